"""Bodies as they came over the wire: unpacked within a bound, and whole or not. Pure."""

from __future__ import annotations

import codecs
import zlib

from crawler.errors import BrokenAnswerError

# Only what we say we accept: each further packing would be one more way to hide a bomb.
ACCEPTED = "gzip, deflate"
# Where a request remembers how its answer's body was packed.
PACKED = "packed"
_GZIP_MARK = b"\x1f\x8b"
_TAIL = 2048
# A byte order mark, or the bracket with which HTML and XML begin.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)


def unpack(body: bytes, encoding: str, most: int, *, brotli: bool = False) -> bytes:
    """A body without its Content-Encoding; raises BrokenAnswerError for one that is cut, damaged
    or larger than ``most`` bytes. ``brotli`` is for those whom others asked for.

    >>> import gzip
    >>> unpack(gzip.compress(b"tin"), "gzip", 100)
    b'tin'
    """
    for name in reversed([part.strip().lower() for part in encoding.split(",")]):
        if name in ("", "identity"):
            continue
        if name == "br" and brotli:
            body = _unbrotli(body, most)
            continue
        if name not in ("gzip", "x-gzip", "deflate"):
            raise BrokenAnswerError(f"the body is packed with {name!r}, which was not asked for")
        if name == "deflate":
            body = _inflate(body, zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS, most)
        elif body.startswith(_GZIP_MARK):  # some servers say gzip and send plain text
            body = _inflate(body, 16 + zlib.MAX_WBITS, most)
    return body


def _inflate(body: bytes, window: int, most: int) -> bytes:
    pieces: list[bytes] = []
    left = most
    while body:
        unpacker = zlib.decompressobj(wbits=window)
        try:
            piece = unpacker.decompress(body, left + 1)
        except zlib.error as error:
            raise BrokenAnswerError(f"the packed body is damaged: {error}") from error
        left -= len(piece)
        if left < 0:
            raise BrokenAnswerError(f"the body unpacks to more than {most:,} bytes")
        if not unpacker.eof:
            raise BrokenAnswerError("the packed body is cut short")
        pieces.append(piece)
        body = unpacker.unused_data if unpacker.unused_data.startswith(_GZIP_MARK) else b""
    return b"".join(pieces)


def _unbrotli(body: bytes, most: int) -> bytes:
    try:
        import brotli
    except ImportError as error:
        raise BrokenAnswerError(
            "the body is packed with brotli: `pip install brotli`, then do this again"
        ) from error
    unpacker = brotli.Decompressor()
    pieces: list[bytes] = []
    left = most
    try:
        while left >= 0 and not unpacker.is_finished():
            piece = unpacker.process(body, output_buffer_limit=max(left, 1))
            if not piece and unpacker.can_accept_more_data() and not body:
                raise BrokenAnswerError("the packed body is cut short")
            body = b""
            left -= len(piece)
            pieces.append(piece)
    except brotli.error as error:
        raise BrokenAnswerError(f"the packed body is damaged: {error}") from error
    if left < 0:
        raise BrokenAnswerError(f"the body unpacks to more than {most:,} bytes")
    return b"".join(pieces)


def marked_text(body: bytes) -> str | None:
    """A body as text, where its first bytes tell the charset beyond doubt.

    >>> marked_text("<p>Tin".encode("utf-16")), marked_text(b"<p>Tin")
    ('<p>Tin', None)
    """
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body.decode(charset, "replace").removeprefix("\ufeff")
    return None


def is_cut(body: bytes) -> bool:
    """Whether a page of HTML surely ends before its end. One of our papers never closes its
    ``<html>``, so all that can be known is that markup ends with a tag or a comment.

    >>> is_cut(b"<html><p>Bo Cong Thuong vua ba"), is_cut(b"<html><p>Tin</p></body>")
    (True, False)
    """
    if body.lstrip()[:1] != b"<":
        return False
    tail = body[-_TAIL:].rstrip()
    return not (tail.endswith(b">") or b"</html" in tail.lower() or b"</body" in tail.lower())
