"""Bytes to text for readers that want text, as a careful caller would do it."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def decoded(body: bytes) -> str:
    """By byte order mark, as UTF-8, else by what the page declares."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode(_declared(body), "replace")


def _declared(body: bytes) -> str:
    found = _DECLARED.search(body[:4096])
    try:
        return codecs.lookup(found[1].decode()).name if found else "utf-8"
    except LookupError:
        return "utf-8"
