"""Answers in all the forms in which archives hold them."""

from __future__ import annotations

import datetime as dt
import gzip
import zlib

import brotli
import pytest

from crawler.captures import Fate, answer_of, body_of, captured_at, page_of
from crawler.errors import CaptureError
from crawler.warc_records import WarcRecord
from tests.crawler.warc_bytes import answer, chunks, sha1

NOW = dt.datetime(2026, 5, 2, tzinfo=dt.UTC)
MOST = 100_000
HTML = "<html><p>Giá điện được điều chỉnh từ ngày mai.</p></html>".encode() * 20


def capture(block: bytes, **headers: str) -> WarcRecord:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WarcRecord(headers={"warc-type": "response"} | named, block=block)


def body(block: bytes, **headers: str) -> bytes:
    record = capture(block, **headers)
    return body_of(answer_of(record), record, MOST)


PACKED = {
    "gzip": gzip.compress(HTML),
    "deflate": zlib.compress(HTML),
    "br": brotli.compress(HTML),
    "gzip, br": brotli.compress(gzip.compress(HTML)),
}


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_is_freed_of_chunks_and_packing(encoding: str, chunked: bool):
    sent = chunks(PACKED[encoding], 70) if chunked else PACKED[encoding]
    headers = [f"Content-Encoding: {encoding}"] + ["Transfer-Encoding: chunked"] * chunked

    assert body(answer(sent, *headers)) == HTML


def test_headers_that_tell_of_chunks_and_packing_long_gone_do_no_harm():
    block = answer(HTML, "Content-Encoding: gzip", "Transfer-Encoding: chunked")

    assert body(block) == HTML


def test_a_digest_of_any_form_of_the_body_is_right():
    packed = gzip.compress(HTML, mtime=0)
    sent = chunks(packed)
    block = answer(sent, "Content-Encoding: gzip", "Transfer-Encoding: chunked")
    for form in (sent, packed, HTML):
        assert body(block, warc_payload_digest=sha1(form), warc_block_digest=sha1(block)) == HTML


@pytest.mark.parametrize("name", ["warc_payload_digest", "warc_block_digest"])
def test_a_wrong_digest_is_told(name: str):
    with pytest.raises(CaptureError) as caught:
        body(answer(HTML), **{name: sha1(b"other")})
    assert caught.value.fate == Fate.WRONG_DIGEST


def test_a_digest_that_nobody_knows_is_passed_over():
    for digest in ("crc32:1234", "sha1:short", "sha1", "md5:" + "0" * 31 + "z"):
        assert body(answer(HTML), warc_payload_digest=digest) == HTML


@pytest.mark.parametrize(
    ("block", "fate"),
    [
        (answer(chunks(HTML)[:-40], "Transfer-Encoding: chunked"), Fate.CUT),
        (answer(chunks(HTML)[:-5], "Transfer-Encoding: chunked"), Fate.CUT),
        (answer(HTML, f"Content-Length: {len(HTML) + 1}"), Fate.CUT),
        (answer(gzip.compress(HTML)[:-30], "Content-Encoding: gzip"), Fate.UNREADABLE),
        (answer(brotli.compress(HTML)[:-3], "Content-Encoding: br"), Fate.UNREADABLE),
        (answer(HTML, "Content-Encoding: zstd"), Fate.UNREADABLE),
        (b"not an answer at all", Fate.OTHER),
        (b"", Fate.OTHER),
        (b"HTTP/1.1 200 OK\r\nX: " + b"h" * 300_000 + b"\r\n\r\n", Fate.TOO_LARGE),
    ],
)
def test_what_gives_no_body_says_why(block: bytes, fate: Fate):
    with pytest.raises(CaptureError) as caught:
        body(block)
    assert caught.value.fate == fate


@pytest.mark.parametrize("name", ["warc_truncated", "warc_segment_number"])
def test_what_its_own_archive_cut_is_cut_whatever_its_digest(name: str):
    with pytest.raises(CaptureError) as caught:
        body(answer(HTML), **{name: "1"}, warc_payload_digest=sha1(b"the whole"))
    assert caught.value.fate == Fate.CUT


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "br, gzip"])
def test_a_bomb_is_not_unpacked(encoding: str):
    bomb = b"\0" * 20_000_000
    for name in encoding.split(", "):
        bomb = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[name](bomb)
    with pytest.raises(CaptureError) as caught:
        body(answer(bomb, f"Content-Encoding: {encoding}"))
    assert caught.value.fate == Fate.TOO_LARGE


@pytest.mark.parametrize("prefix", ["X-Archive-Orig-", "X-Crawl-"])
def test_headers_that_an_archive_has_renamed_get_their_names_back(prefix: str):
    block = answer(
        HTML, f"{prefix}Content-Encoding: gzip", f"{prefix}content-length: 7",
        f"Content-Length: {len(HTML)}", "X-Archive-Orig-Etag: a",
    )  # fmt: skip
    record = capture(block)
    found = answer_of(record)
    page = page_of(found, "https://a.vn/", (), NOW, body_of(found, record, MOST))

    assert page.headers[1:] == (
        ("Content-Encoding", "gzip"), ("content-length", "7"), ("X-Archive-Orig-Etag", "a"),
    )  # fmt: skip
    assert (page.protocol, page.status) == ("HTTP/1.1", 200)


def test_line_ends_without_carriage_return_are_read():
    block = b"HTTP/1.0 200 OK\nContent-Type: text/html\nX: a\n b\n\n" + HTML
    found = answer_of(capture(block))

    assert found.headers == (("Content-Type", "text/html"), ("X", "a b"))
    assert found.payload == HTML


@pytest.mark.parametrize(
    ("text", "year"),
    [("2016-08-26T10:00:00Z", 2016), ("2016-08-26T10:00:00.123456789Z", 2016), ("2016-08", None),
     ("", None), ("2099-01-01T00:00:00Z", None), ("0001-01-01T00:00:00Z", None)],
)  # fmt: skip
def test_only_a_date_that_can_be_true_counts(text: str, year: int | None):
    record = capture(b"", warc_date=text)
    if year is None:
        with pytest.raises(CaptureError) as caught:
            captured_at(record, NOW)
        assert caught.value.fate == Fate.NO_DATE
    else:
        assert captured_at(record, NOW).year == year
