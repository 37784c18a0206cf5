"""What a WARC record of an answer says: address, time, status line, headers, body. Pure.

Tools write what they hold: bodies in chunks or without them, packed or unpacked, digests of either.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from archive.models import Page
from crawler.bodies import unpack
from crawler.errors import BrokenAnswerError, CaptureError
from crawler.warc_records import WarcRecord

LARGEST_HEAD = 256 * 1024
# Headers of the way whose true value an archive keeps under a prefix, because the body it holds is
# unpacked: pywb's and ours, Common Crawl's.
_ORIGINAL = re.compile(
    r"(?:x-archive-orig-|x-crawl-)(?=(?:content-encoding|transfer-encoding|content-length)$)", re.I
)
_STATUS = re.compile(r"(HTTP/\d(?:\.\d)?)\s+(\d{3})\b")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]*\r?\n")
_FOLDED = re.compile(r"\r?\n[ \t]+")
_FRACTION = re.compile(r"\.\d+")
_ALGORITHMS = {"sha1": 20, "md5": 16, "sha256": 32, "sha512": 64}
# A clock may be wrong by hours; a capture of another year would be the newest version for ever.
_AHEAD = dt.timedelta(days=1)


class Fate(StrEnum):
    """What became of a record: each ends in exactly one."""

    NEW = "new articles"
    REVISED = "new versions"
    EARLIER = "earlier versions"
    UNCHANGED = "the same text"
    KNOWN = "known: imported or crawled before"
    GONE = "gone: the site answered that it is not there"
    REDIRECT = "redirects"
    NO_ARTICLE = "pages that give no article"
    NOT_OK = "answers other than 200"
    CUT = "cut: the page ends before its end"
    UNREADABLE = "bodies that cannot be unpacked"
    TOO_LARGE = "larger than a page may be"
    WRONG_DIGEST = "damaged: the digest is of other bytes"
    FAILED = "failed by a mistake of this program: please report it"
    BROKEN = "broken records"
    LOST_REVISIT = "revisits of a page that is not here"
    NO_DATE = "records without a usable date"
    NOT_WANTED = "other addresses of known sites"
    FOREIGN = "pages of other sites"
    OTHER = "records of other kinds: warcinfo, request, metadata …"


ADDED = {Fate.NEW, Fate.REVISED, Fate.EARLIER}
USABLE = ADDED | {Fate.UNCHANGED, Fate.KNOWN, Fate.GONE}
HARMED = {Fate.FAILED, Fate.BROKEN, Fate.WRONG_DIGEST, Fate.UNREADABLE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer as it was captured, its body still as it came."""

    protocol: str
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name, in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


def captured_at(record: WarcRecord, now: dt.datetime) -> dt.datetime:
    """WARC-Date to the second; raises CaptureError for none, or one that lies ahead."""
    text = record.headers.get("warc-date", "")
    try:
        at = dt.datetime.fromisoformat(_FRACTION.sub("", text))
        at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
        ahead = at > now + _AHEAD
    except (ValueError, OverflowError) as error:
        raise CaptureError(Fate.NO_DATE, f"no date: {text[:40]!r}") from error
    if ahead or at.year < 1990:
        raise CaptureError(Fate.NO_DATE, f"dated {text[:40]}")
    return at


def answer_of(record: WarcRecord) -> Answer:
    """The answer in a record; raises CaptureError."""
    block = record.block or b""
    _check(record.headers.get("warc-block-digest"), [block])
    head, payload = _divide(block)
    first, _, rest = _FOLDED.sub(" ", head.decode("latin-1")).partition("\n")
    status = _STATUS.match(first)
    if status is None:
        raise CaptureError(Fate.OTHER, "no answer of a web server")
    return Answer(
        protocol=status[1], status=int(status[2]), headers=tuple(_fields(rest)), payload=payload
    )


def body_of(answer: Answer, record: WarcRecord, most: int) -> bytes:
    """The body, without chunks and unpacked; raises CaptureError."""
    if record.headers.get("warc-truncated") or record.headers.get("warc-segment-number"):
        raise CaptureError(Fate.CUT)
    whole = answer.payload
    chunked = "chunked" in (answer.header("transfer-encoding") or "").lower()
    joined = join_chunks(whole, most) if chunked else whole
    encoding = answer.header("content-encoding") or ""
    try:
        body = unpack(joined, encoding, most, brotli=True)
    except BrokenAnswerError as error:
        large = "more than" in str(error)
        raise CaptureError(Fate.TOO_LARGE if large else Fate.UNREADABLE, str(error)) from error
    digest = record.headers.get("warc-payload-digest")
    if record.kind != "revisit":
        _check(digest, [whole, joined, body])
    if not chunked and _is_short(answer):
        raise CaptureError(Fate.CUT)
    return body


def page_of(
    answer: Answer, url: str, redirects: tuple[tuple[str, int], ...], at: dt.datetime, body: bytes
) -> Page:
    """The page that a crawl would have kept of the answer."""
    restored = [(_ORIGINAL.sub("", name), value) for name, value in answer.headers]
    pairs = list(zip(restored, answer.headers, strict=True))
    told = {new[0].lower() for new, old in pairs if new != old}
    headers = tuple(new for new, old in pairs if new != old or new[0].lower() not in told)
    return Page(
        url=redirects[0][0] if redirects else url,
        final_url=url,
        fetched_at=at,
        status=answer.status,
        headers=headers,
        body=body,
        protocol=answer.protocol,
        redirects=redirects,
    )


def join_chunks(payload: bytes, most: int) -> bytes:
    """A body without the chunks it was sent in; as it is where it has none, whatever its header
    says: many archives join them and leave the header.

    >>> join_chunks(b"3\\r\\nTin\\r\\n0\\r\\n\\r\\n", 100), join_chunks(b"<html>", 100)
    (b'Tin', b'<html>')
    """
    pieces: list[bytes] = []
    place = 0
    while (match := _CHUNK.match(payload, place)) and (size := int(match[1], 16)):
        place = match.end() + size
        if place > len(payload):
            raise CaptureError(Fate.CUT, "the last chunk is cut")
        pieces.append(payload[match.end() : place])
        place += 2 if payload.startswith(b"\r\n", place) else 1
    if not pieces and not match:
        return payload
    if match is None:
        raise CaptureError(Fate.CUT, "the end of the chunks is missing")
    return b"".join(pieces)


def is_digest(digest: str, data: bytes) -> bool | None:
    """Whether a digest is of the data; None for one that cannot be told.

    >>> is_digest("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b""), is_digest("crc:1", b"")
    (True, None)
    """
    algorithm, _, value = digest.partition(":")
    name = algorithm.strip().lower().replace("-", "")
    size = _ALGORITHMS.get(name)
    wanted = None if size is None else _bytes(value.strip(), size)
    if wanted is None:
        return None
    return hashlib.new(name, data, usedforsecurity=False).digest() == wanted


def _bytes(value: str, size: int) -> bytes | None:
    """A digest's value in base 16 or 32, told apart by its length."""
    try:
        if len(value) == size * 2:
            return bytes.fromhex(value)
        found = base64.b32decode(value.rstrip("=").upper() + "=" * (-len(value.rstrip("=")) % 8))
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == size else None


def _check(digest: str | None, forms: list[bytes]) -> None:
    """Some tools take a body's digest as it came, some after joining its chunks or unpacking."""
    if digest is None:
        return
    answers = [is_digest(digest, form) for form in forms]
    if False in answers and True not in answers:
        raise CaptureError(Fate.WRONG_DIGEST)


def _divide(block: bytes) -> tuple[bytes, bytes]:
    """Head and payload; some tools end lines with LF alone."""
    ends = [(place, len(mark)) for mark in (b"\r\n\r\n", b"\n\n")
            if (place := block.find(mark, 0, LARGEST_HEAD)) >= 0]  # fmt: skip
    if not ends:
        if len(block) > LARGEST_HEAD:
            raise CaptureError(Fate.TOO_LARGE, "the answer's head has no end")
        return block, b""  # a revisit may hold the head alone
    place, length = min(ends)
    return block[:place], block[place + length :]


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip():
            yield name.strip(), value.strip()


def _is_short(answer: Answer) -> bool:
    length = (answer.header("content-length") or "").strip()
    return length.isdecimal() and len(length) < 16 and len(answer.payload) < int(length)
