"""Feeds and sitemaps as trees, whatever their prolog claims and whatever they try to expand."""

from __future__ import annotations

import html.entities
import re
import zlib
from collections.abc import Iterator

from lxml import etree

from crawler.bodies import marked_text
from crawler.errors import ListingError

Element = etree._Element

LARGEST = 50 * 1024 * 1024  # what the sitemap protocol allows
_PROLOG = re.compile(r"^\s*<\?xml[^>]*?\?>", re.IGNORECASE)
_DECLARED = re.compile(rb"encoding\s*=\s*[\"']([\w.:-]+)")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(\w+);")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}


def parse_xml(body: bytes) -> Element:
    """The root of an XML listing, with what can be saved of broken markup; raises ListingError.

    >>> parse_xml(b'<?xml version="1.0" encoding="utf-16"?><rss><t>&nbsp;A</t></rss>').tag
    'rss'
    """
    text = _decode(_unpacked(body)).lstrip()
    if not text.startswith("<"):
        raise ListingError(f"the answer is no XML; it begins {text[:40]!r}")
    # Without its DOCTYPE an XML file defines no entities: nothing can be expanded or fetched.
    text = _DOCTYPE.sub("", _PROLOG.sub("", text), count=1)
    text = _FORBIDDEN.sub("", _ENTITY.sub(_known_entity, text))
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise ListingError(f"the answer is no XML that can be read: {error}") from error
    if root is None:
        raise ListingError("the answer is an empty XML file")
    return root


def children(element: Element, *names: str) -> Iterator[Element]:
    """The child elements with one of these local names, in any namespace, in order."""
    for child in element.iterchildren(tag=etree.Element):
        if local(child) in names:
            yield child


def text_at(element: Element, *names: str) -> str | None:
    """The text of the first child under these names that is not empty; CDATA is text."""
    for name in names:
        for child in children(element, name):
            text = all_text(child)
            if text:
                return text
    return None


def all_text(element: Element) -> str:
    """All text of an element, CDATA too, without the white space around it."""
    return "".join(str(piece) for piece in element.itertext()).strip()


def local(element: Element) -> str:
    """An element's name without namespace and prefix, in lower case."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):  # .xml.gz
        return body
    try:
        unpacker = zlib.decompressobj(wbits=31)
        unpacked = unpacker.decompress(body, LARGEST)
    except zlib.error as error:
        raise ListingError(f"the answer is damaged compressed data: {error}") from error
    if not unpacker.eof:
        raise ListingError(f"the answer is cut short, or unpacks to more than {LARGEST:,} bytes")
    return unpacked


def _decode(body: bytes) -> str:
    if (text := marked_text(body)) is not None:
        return text
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        declared = _DECLARED.search(body[:200])
    try:
        return body.decode(declared[1].decode() if declared else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _known_entity(match: re.Match[str]) -> str:
    """HTML's named characters; XML knows but five, and a feed's title is full of &nbsp;."""
    name = match[1]
    if name in _XML_ENTITIES:
        return match[0]
    code = html.entities.name2codepoint.get(name)
    return chr(code) if code else f"&amp;{name};"
