"""Refuses markup that would block the parser, before the parser sees it. Linear in the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crawler.errors import TooComplexError

LARGEST = 8 * 1024 * 1024
# The largest news page seen has 7,000 elements, a list of 20,000 prices would have this many.
_MOST_TAGS = 40_000

# libxml2 appends each attribute of a tag by walking its list: the cost is the square of their
# number (200,000 in one tag took 198 s). This much work is about half a second.
_WORK_LIMIT = 200_000_000
# What it costs beside that to make one: half a million of them are half a second too.
_WORK_EACH = 400

# Written out, for a class of letters that holds \s is slower; what most values are is tried first.
_BLANK = rb" \t\n\r\f\v"
_VALUE = (
    rb"=(?:\"[^\"]*+\""
    rb"|[" + _BLANK + rb"]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^" + _BLANK + rb">]*+))"
)
ATTRIBUTES = rb"[^" + _BLANK + rb"/>]*+[^>=]*+(?:" + _VALUE + rb"[^>=]*+)*+"
_TAG = re.compile(rb"<[a-zA-Z]" + ATTRIBUTES)
# The slow, exact reading: no tags are looked for where a browser looks for none.
_TAG_OR_RAW = re.compile(
    rb"<!--.*?(?:--!?>|\Z)"
    rb"|<(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>])"
    rb"(?P<raw_tag>"
    + ATTRIBUTES
    + rb")>.*?(?:</(?P=raw)|\Z)|(?P<tag><[a-zA-Z]"
    + ATTRIBUTES
    + rb")",
    re.DOTALL | re.IGNORECASE,
)
# Shorter tags cannot add up to much in a page of the largest size ...
_LONG_TAG = 512
# ... unless there are many of them.
_MANY_BYTES = 1_000_000
_SHORT_TAG = 64
_ATTRIBUTE = re.compile(rb"[\s/\"'][^\s/>=\"']")
_ANY_VALUE = re.compile(_VALUE)


def refuse_hostile(html: bytes) -> int:
    """The number of tags that open an element; raises TooComplexError for a page too large, of too
    many elements or attributes."""
    if len(html) > LARGEST:
        raise TooComplexError(
            f"the page has {len(html):,} bytes, more than {LARGEST:,}; it is kept, but not read"
        )
    tags = _TAG.findall(html)
    if len(tags) > _MOST_TAGS:
        raise TooComplexError(
            f"the page has {len(tags):,} elements, more than {_MOST_TAGS:,}; it is kept, not read"
        )
    if _may_be_too_much(tags, len(html)) and _is_too_much(_exactly_read(html)):
        raise TooComplexError(
            "the tags of the page have so many attributes that parsing them would take minutes; "
            "the page is kept, but not read"
        )
    return len(tags)


def _may_be_too_much(tags: list[bytes], size: int) -> bool:
    small = size < _MANY_BYTES or sum(map(len, tags)) < _MANY_BYTES
    least = _LONG_TAG if small else _SHORT_TAG
    if max(map(len, tags), default=0) <= least:
        return False
    return sum(_work(_most_attributes(tag)) for tag in tags if len(tag) > least) > _WORK_LIMIT


def _work(attributes: int) -> int:
    return attributes * (attributes + _WORK_EACH)


def _most_attributes(tag: bytes) -> int:
    """No attribute begins but behind a blank, a slash or a quotation mark."""
    return len(tag.split()) + tag.count(b'"') + tag.count(b"'") + tag.count(b"/")


def _exactly_read(html: bytes) -> Iterator[bytes]:
    """The tags without their values, whose words are no attributes: papers keep texts in one."""
    for match in _TAG_OR_RAW.finditer(html):
        yield _ANY_VALUE.sub(b"= ", match["tag"] or match["raw_tag"] or b"")


def _is_too_much(tags: Iterable[bytes]) -> bool:
    work = 0
    for tag in tags:
        work += _work(len(_ATTRIBUTE.findall(tag)))
        if work > _WORK_LIMIT:
            return True
    return False
