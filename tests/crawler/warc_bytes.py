"""WARC records made by hand, in all the forms that tools write them in."""

from __future__ import annotations

import base64
import gzip
import hashlib

DATE = "2025-03-04T05:06:07Z"


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def record(
    kind: str, url: str, block: bytes, *, version: str = "1.0", end: bytes = b"\r\n", **more: str
) -> bytes:
    """A record; ``more`` are headers with ``_`` for ``-``, and an empty one leaves it out."""
    headers = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": DATE,
        "WARC-Record-ID": f"<urn:uuid:{hashlib.md5(url.encode() + block).hexdigest()}>",
        "Content-Length": str(len(block)),
    }
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"WARC/{version}", *(f"{k}: {v}" for k, v in headers.items() if v)]
    return end.join(line.encode() for line in lines) + end * 2 + block + end * 2


def answer(
    body: bytes, *headers: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8"
) -> bytes:
    """An answer of a web server, as its bytes were."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunks(body: bytes, size: int = 1000) -> bytes:
    """A body as it is sent in chunks."""
    parts = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def members(*records: bytes) -> bytes:
    """Records as a WARC.GZ file holds them: one gzip member each."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)
