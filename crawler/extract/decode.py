"""The bytes of a page as clean UTF-8, whatever charset they came in."""

from __future__ import annotations

import codecs
import logging
import re

from archive.models import Page
from crawler.bodies import marked_text
from crawler.errors import NotHtmlError

_NOT_HTML = {
    b"%PDF-": "a PDF",
    b"\x89PNG": "a picture",
    b"GIF8": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"RIFF": "a picture or film",
    b"PK\x03\x04": "an Office file or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x1f\x8b": "compressed data",
}
# A feed, a sitemap or an API's answer under an article's address.
_DATA = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<rss|<urlset|[{\[])")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# One of our sites declares its charset only at byte 18,257.
_DECLARED_WITHIN = 32_768
# A page in UTF-8 with a few bytes cut by its own CMS is still UTF-8.
_FEW_ERRORS = 500


def utf8(page: Page) -> bytes:
    """The body in UTF-8 without byte order mark and NULs; raises NotHtmlError.

    Strict UTF-8 is tried first: bytes that pass are never anything else, whatever a header says.
    """
    body = page.body
    _refuse_other_kinds(body)
    if (text := marked_text(body)) is not None:
        return text.replace("\0", "").encode("utf-8", "replace")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(page).encode("utf-8", "replace")
    return body.replace(b"\0", b"")


def _refuse_other_kinds(body: bytes) -> None:
    if not body or body.isspace():
        raise NotHtmlError("the answer is empty; ask the page again")
    kind = next((name for magic, name in _NOT_HTML.items() if body.startswith(magic)), None)
    if not kind and (match := _DATA.match(body)) and b"<html" not in body[:4096].lower():
        kind = "JSON" if match[0].strip() in b"{[" else "XML"
    if kind:
        raise NotHtmlError(f"the answer is {kind}, not a web page; it is kept as it came")


def _legacy(page: Page) -> str:
    body = page.body.replace(b"\0", b"")
    declared = _declared(page)
    if "utf-8" in declared or not declared:
        text = body.decode("utf-8", "replace")
        if text.count("\ufffd") * _FEW_ERRORS < len(text):
            return text
    # Undeclared Vietnamese of before 2005 is Windows-1258; UnicodeDammit alone would say 1252.
    guesses = [name for name in declared if name != "utf-8"] + ["windows-1258"]
    from bs4.dammit import UnicodeDammit  # slow to import, and hardly a page needs it

    # It warns of each character it replaces; the text shows them.
    logging.getLogger("bs4.dammit").setLevel(logging.ERROR)
    dammit = UnicodeDammit(body, known_definite_encodings=guesses, is_html=True)
    return dammit.unicode_markup or body.decode("utf-8", "replace")


def _declared(page: Page) -> list[str]:
    """The charsets that the header and the page name, without those that Python does not know."""
    head = page.body[:_DECLARED_WITHIN].decode("ascii", "ignore")
    names = _CHARSET.findall(page.header("Content-Type") or "") + _CHARSET.findall(head)[:3]
    return list(dict.fromkeys(known for name in names if (known := _codec(name))))


def _codec(name: str) -> str | None:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
