"""The pictures of an article with their captions, and the files it offers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import cast
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.models import Attachment, Image
from crawler.extract.noise import is_caption
from crawler.extract.tables import is_picture_table, names_file
from crawler.extract.tree import Element, text_of

_PICTURES = etree.XPath("descendant-or-self::img")
_LINKS = etree.XPath("descendant-or-self::a[@href]")
# Pages that load pictures late keep the true address in one of these.
_ADDRESSES = ("data-original", "data-src", "data-lazy-src", "data-srcset", "src", "srcset")
_MOST = 200
_NEAR = 500
_MOST_CAPTIONS = 10
_LARGEST_CAPTION = 100


def images(pictures: Iterable[Element], base: str) -> tuple[Image, ...]:
    """Pictures by their whole address, each once, with the caption that stands with it."""
    found: dict[str, Image] = {}
    for picture in islice(pictures, _MOST):
        url = _address(picture, base)
        if url and url not in found:
            found[url] = Image(url=url, caption=_caption(picture))
    return tuple(found.values())


def pictures_in(node: Element) -> list[Element]:
    """The img elements of a node, itself included."""
    return cast(list[Element], _PICTURES(node))


def attachments(nodes: Iterable[Element], base: str) -> tuple[Attachment, ...]:
    """The documents that some nodes link to, each address once."""
    found: dict[str, Attachment] = {}
    for link in (link for node in nodes for link in cast(list[Element], _LINKS(node))):
        href = link.get("href", "")
        path = href.replace("#", "?").partition("?")[0]
        if names_file(path.strip()) and (url := _absolute(href, base)):
            found.setdefault(url, Attachment(url=url, title=text_of(link) or None))
        if len(found) >= _MOST:
            break
    return tuple(found.values())


def _address(picture: Element, base: str) -> str | None:
    for key in _ADDRESSES:
        value = picture.get(key, "").strip().split(" ")[0]
        if value and not value.startswith("data:"):
            return _absolute(value, base)
    return None


def _absolute(address: str, base: str) -> str | None:
    """The whole address, or None for one that is no web address: pages hold any nonsense here."""
    try:
        url = urljoin(base, address.strip())
        return url if urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


def _caption(picture: Element) -> str | None:
    """The caption in the figure or table that holds the picture."""
    for around in picture.iterancestors():
        if around.tag in ("figure", "table") or "caption" in (around.get("class") or "").lower():
            return _caption_in(around)
        if around.tag in ("article", "section", "main", "body"):
            break
    return None


def _caption_in(frame: Element) -> str | None:
    nodes = [node for node in islice(frame.iter(), _NEAR) if _is_caption_node(node)]
    for node in nodes[:_MOST_CAPTIONS]:
        few = len(list(islice(node.iter(), _LARGEST_CAPTION))) < _LARGEST_CAPTION
        if few and (text := text_of(node)):
            return text
    return (text_of(frame) or None) if _is_around_one(frame) else None


def _is_around_one(frame: Element) -> bool:
    """Whether a frame holds one picture and few words: then its words are the caption."""
    if frame.tag == "figure":
        return True
    several = len(pictures_in(frame)) > 1 or next(frame.iterdescendants("table"), None) is not None
    return frame.tag == "table" and not several and is_picture_table(frame, len(text_of(frame)))


def _is_caption_node(node: Element) -> bool:
    if not isinstance(node.tag, str) or node.tag in ("table", "figure", "img"):
        return False
    return node.tag in ("figcaption", "caption") or is_caption(node)
