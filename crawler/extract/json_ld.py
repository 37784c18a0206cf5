"""JSON-LD as sites really write it: escaped twice, in graphs and arrays, with broken commas."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from archive.text import clean
from crawler.entities import unescaped

_OPENING = re.compile(r"(?://\s*)?(?:<!--|<!\[CDATA\[)")
_CLOSING = ("-->", "]]>")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_DEEPEST = 12
_LONGEST = 6000
# A page has a handful of blocks and objects; the longest hold the whole text of an article.
_LONGEST_BLOCKS = 1_000_000
_MOST = 500


def objects(blocks: Iterable[str]) -> list[dict[str, Any]]:
    """All objects of the blocks, graphs and arrays opened, articles first; bad blocks give none.

    >>> objects(['[{"@graph": [{"@type": "Person"}, {"@type": "NewsArticle"}]}]'])[0]["@type"]
    'NewsArticle'
    """
    found = (one for block in _within(blocks) for one in _open(_load(block), _DEEPEST))
    return sorted(islice(found, _MOST), key=_rank)


def _within(blocks: Iterable[str]) -> Iterator[str]:
    """The blocks that together are not longer than any page's."""
    left = _LONGEST_BLOCKS
    for block in islice(blocks, _MOST):
        if len(block) <= left:
            left -= len(block)
            yield block


def values(found: list[dict[str, Any]], path: str) -> list[str]:
    """The texts at a dotted path in the first object that has any, entities resolved.

    >>> values([{"author": [{"name": "An &amp;amp; B\u00ecnh"}]}], "author.name")
    ['An & Bình']
    """
    for one in found:
        every = islice(_at(one, path.split(".")), _MOST)
        texts = [said for value in every if (said := text(value))]
        if texts:
            return texts
    return []


def _load(block: str) -> Any:
    block = _unwrapped(block)
    for mend in (str, _without_commas, html.unescape):
        try:
            return json.loads(mend(block), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _unwrapped(block: str) -> str:
    """A block without the comment around it that once hid scripts from browsers."""
    block = block.strip().rstrip(";").rstrip()
    if opening := _OPENING.match(block):
        block = block[opening.end() :]
    for mark in _CLOSING:
        if block.endswith(mark):
            block = block.removesuffix(mark).rstrip().removesuffix("//")
    return block


def _without_commas(block: str) -> str:
    return _TRAILING_COMMA.sub("", block)


def _open(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth and isinstance(value, list):
        for one in value:
            yield from _open(one, depth - 1)
    elif depth and isinstance(value, dict):
        yield value
        yield from _open(value.get("@graph"), depth - 1)


def _rank(one: dict[str, Any]) -> int:
    kinds = one.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    if any(str(name).endswith(("Article", "Posting")) for name in names):
        return 0
    return 1 if "VideoObject" in names or "WebPage" in names else 2


def _at(value: Any, steps: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _at(one, steps)
    elif not steps:
        yield value
    elif isinstance(value, dict):
        yield from _at(value.get(steps[0]), steps[1:])


def flat(value: Any, most: int) -> Iterator[dict[str, Any]]:
    """The objects of a list, of lists in lists too: some sites wrap each step of a trail.

    >>> list(flat([[{"position": 1}], {"position": 2}], 9))
    [{'position': 1}, {'position': 2}]
    """
    return islice(_each(value, _DEEPEST), most)


def _each(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    elif depth and isinstance(value, list):
        for one in value:
            yield from _each(one, depth - 1)


def text(value: Any) -> str:
    """A string or number as clean text on one line, entities resolved; else nothing."""
    if not isinstance(value, str | int | float):
        return ""
    # Some sites escape what their template has escaped already: &amp;#7871;
    return clean(unescaped(unescaped(str(value)[:_LONGEST]))).replace("\n", " ")
