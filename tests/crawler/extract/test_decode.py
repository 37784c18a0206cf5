from __future__ import annotations

import codecs

import pytest

from crawler.errors import NotHtmlError
from crawler.extract.decode import utf8
from tests.crawler.extract.pages import page

TEXT = "<p>Sở Công Thương</p>"


def decoded(body: bytes, content_type: str = "") -> str:
    headers = (("Content-Type", content_type),) if content_type else ()
    return utf8(page(body, headers=headers)).decode("utf-8")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "text/html; charset=windows-1258"),
        (b'<meta charset="iso-8859-1">' + TEXT.encode(), ""),
        (codecs.BOM_UTF8 + TEXT.encode(), ""),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), ""),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "text/html; charset=utf-8"),
        (TEXT.encode("utf-16-le"), ""),
        (TEXT.replace("ư", "u\u0031").encode().replace(b"u1", "ư".encode()) + b"\0", ""),
    ],
)
def test_the_bytes_say_more_than_what_is_declared(body: bytes, content_type: str) -> None:
    assert decoded(body, content_type).endswith(TEXT)


def test_declared_legacy_charset_is_read() -> None:
    latin = "<p>Résumé à</p>"
    assert decoded(latin.encode("latin-1"), "text/html; charset=ISO-8859-1") == latin
    declared = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'
    assert decoded((declared + latin).encode("cp1252")).endswith(latin)


def test_undeclared_old_vietnamese_is_windows_1258() -> None:
    text = "<p>đường sắt, công thương, cơ khí</p>"
    # In Windows-1258 the tone stands behind its vowel.
    body = text.replace("ờ", "ơ\u0300").replace("ắ", "ă\u0301").encode("cp1258")
    import unicodedata

    assert unicodedata.normalize("NFC", decoded(body)) == text


def test_a_few_broken_bytes_leave_a_page_utf_8() -> None:
    body = ("Công Thương " * 200).encode() + b"\xff" + "điện".encode()
    assert decoded(body).endswith("\ufffdđiện")


def test_an_unknown_charset_is_passed_over() -> None:
    assert "Th" in decoded(b"Th\xe0nh", "text/html; charset=no-such-charset")


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"%PDF-1.7 ...", b"\x89PNG\r\n", b"PK\x03\x04", b"\x1f\x8b\x08"]
)
def test_what_is_no_web_page_is_named(body: bytes) -> None:
    with pytest.raises(NotHtmlError, match="answer"):
        utf8(page(body))
