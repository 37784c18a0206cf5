"""Markup nested deeper than libxml2 keeps, with the same text and fewer levels. Linear."""

from __future__ import annotations

import re
from collections import Counter

from crawler.extract.hostile import ATTRIBUTES

# The deepest news page seen has 60 levels.
_FLAT = 200
_TOKEN = re.compile(
    rb"<!--.*?(?:--!?>|\Z)"
    rb"|<(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>])"
    + ATTRIBUTES
    + rb">.*?(?:</(?P=raw)|\Z)|<(?P<end>/)?+(?P<name>[a-zA-Z][^\s/>]*+)"
    + ATTRIBUTES
    + rb">?+",
    re.DOTALL | re.IGNORECASE,
)
_LEVEL = frozenset(
    b"p area base br col embed hr img input link meta param source track wbr html head body".split()
)
# Elements that stand in a list or table, which is counted, and that the next of their kind ends.
_PARTS = frozenset(b"li td th tr dt dd thead tbody tfoot".split())
_BREAKING = _PARTS | frozenset(
    b"div h1 h2 h3 h4 h5 h6 ul ol dl table section article blockquote".split()
)


def flattened(markup: bytes) -> bytes:
    """The markup with elements below many others written as paragraphs, or not at all.

    >>> deep = b"<div>" * 300 + b"An <b>toan</b>" + b"</div>" * 300
    >>> flattened(deep).count(b"<div>"), b"<p>An toan<p>" in flattened(deep)
    (200, True)
    """
    kept: list[bytes] = []
    opened: Counter[bytes] = Counter()
    depth = place = 0
    for match in _TOKEN.finditer(markup):
        name = (match["name"] or b"").lower()
        if not name or name in _LEVEL:
            continue
        ends = match["end"] is not None
        if ends and not opened[name] and name not in _PARTS:
            continue
        too_deep = depth > _FLAT if ends else depth >= _FLAT
        if name not in _PARTS:
            opened[name] += -1 if ends else 1
            depth += -1 if ends else 1
        if too_deep:
            kept += [markup[place : match.start()], b"<p>" if name in _BREAKING else b""]
            place = match.end()
    return b"".join(kept) + markup[place:]
