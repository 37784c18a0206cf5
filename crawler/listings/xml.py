"""Feeds and sitemaps as trees, whatever their prolog claims and whatever they try to expand."""

from __future__ import annotations

import html.entities
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from lxml import etree

from crawler.bodies import marked_text
from crawler.errors import ListingError
from crawler.extract.tree import LONGEST_FIELD

Element = etree._Element
Parts = Mapping[str, Sequence[Element]]

# A sitemap of as many articles as one may have, with news, pictures and all, has 2.6 million.
MOST_TAGS = 3_000_000
MOST_PARTS = 1000
LARGEST = 50 * 1024 * 1024  # what the sitemap protocol allows
_PROLOG = re.compile(r"^\s*<\?xml[^>]*?\?>", re.IGNORECASE)
_DECLARED = re.compile(rb"encoding\s*=\s*[\"']([\w.:-]+)")
# It stands before the first element, or is none.
_BEFORE = re.compile(r"\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+)*+", re.DOTALL)
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
    if (tags := text.count("<")) > MOST_TAGS:
        raise ListingError(f"the answer has {tags:,} tags, more than {MOST_TAGS:,}: it is not read")
    text = _without_doctype(_PROLOG.sub("", text))
    text = _FORBIDDEN.sub("", _ENTITY.sub(_known_entity, text))
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise ListingError(f"the answer is no XML that can be read: {error}") from error
    if root is None:
        raise ListingError("the answer is an empty XML file")
    return root


def _without_doctype(text: str) -> str:
    """Without it an XML file defines no entities: nothing can be expanded or fetched."""
    before = _BEFORE.match(text)
    doctype = _DOCTYPE.match(text, before.end()) if before else None
    return text[: doctype.start()] + text[doctype.end() :] if doctype else text


def children(element: Element, name: str) -> Iterator[Element]:
    """The child elements of this local name, in any namespace, in order."""
    return (child for child in element.iterchildren(tag=etree.Element) if local(child) == name)


def by_name(element: Element) -> Parts:
    """The child elements under their local names, in order: the first thousand, which is more than
    an article has."""
    found: dict[str, list[Element]] = {}
    for child in islice(element.iterchildren(tag=etree.Element), MOST_PARTS):
        found.setdefault(local(child), []).append(child)
    return found


def text_at(parts: Parts, *names: str) -> str | None:
    """The text of the first child under these names that is not empty; CDATA is text."""
    for name in names:
        for child in parts.get(name, ()):
            text = all_text(child)
            if text:
                return text
    return None


def all_text(element: Element) -> str:
    """The text of an element, CDATA too, without the white space around it; it ends after some
    thousand characters, more than any title, date or address has."""
    if not len(element):  # nearly all
        return (element.text or "")[:LONGEST_FIELD].strip()
    pieces: list[str] = []
    size = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        text = node.text if event == "start" else node.tail if node is not element else None
        pieces.append((text or "")[:LONGEST_FIELD])
        size += len(pieces[-1]) + 1
        if size > LONGEST_FIELD:
            break
    return "".join(pieces).strip()


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
