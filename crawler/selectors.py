"""Selectors for an element of a page: short, and likely to hold for other pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from archive.models import Page
from crawler.extract.decode import utf8
from crawler.extract.hostile import refuse_hostile

_MOST_ANCESTORS = 5
# What content systems write for their scripts and for search engines outlives every redesign.
_SPEAKING = ("itemprop", "data-role", "data-slot", "data-field")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_VALUE = re.compile(r"[A-Za-z][\w-]*")
# Tailwind's and Bootstrap's words say how a box looks; a site may prefix them: dt-text-13px.
_LOOKS = re.compile(
    r"(?:[a-z]{1,3}-)?-?(?:[mp][trblxy]?|w|h|z|fs|fw|text|font|flex|grid|gap|bg|border|rounded|items"
    r"|justify|self|content|space|leading|tracking|order|min|max|top|bottom|left|right|inset|col"
    r"|row|sm|md|lg|xl|offset|pull|float|align|hidden|visible|overflow|shadow|opacity|cursor|mx"
    r"|line|size|width|height|d|cols?|rows?|clear|position)-[\w.-]+"
    r"|(?:[a-z]{1,3}-)?(?:row|col|left|right|center|clear|clearfix|container|wrap|wrapper|inner|outer|box|block|inline"
    r"|flex|grid|hidden|relative|absolute|fixed|sticky|active|first|last|odd|even|fl|fr|cf|bold"
    r"|italic|underline|truncate|container-fluid|uppercase|lowercase|dropcap)"
    r"|.*[_-](?:green|red|blue|black|white|gr[ae]y|orange|yellow)",
    re.IGNORECASE,
)
# css-1x2y3z, sc-bdVaJa, title__3xYz1, _1a2b3: what build tools make anew each time.
_HASHED = re.compile(
    r"(?:css|sc|jsx|emotion|styled|svelte|astro)-[\w-]+|_+[a-z0-9]*\d[\w-]*|.*__[A-Za-z0-9_-]*\d[\w-]*"
    r"|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{6,}|.*\d{3,}.*"
)


def soup_of(page: Page) -> BeautifulSoup:
    """The page for looking around in, while parse() is for reading; raises ExtractError alike."""
    markup = utf8(page)
    refuse_hostile(markup)
    return BeautifulSoup(markup, "lxml", from_encoding="utf-8")


def is_stable(name: str) -> bool:
    """Whether a class or id says what a thing is, and will say so tomorrow.

    >>> [is_stable(name) for name in ("article__title", "dt-text-13px", "css-1q2w3e", "post-99871")]
    [True, False, False, False]
    """
    if not _IDENTIFIER.fullmatch(name):
        return False
    return not (_LOOKS.fullmatch(name) or _HASHED.fullmatch(name))


def own_selectors(tag: Tag) -> Iterator[str]:
    """What a tag says of itself, the most telling first.

    >>> soup = BeautifulSoup('<h1 class="mt-2 title" data-role="title">A</h1>', "lxml")
    >>> list(own_selectors(soup.h1))
    ["h1[data-role='title']", 'h1.title']
    """
    for name in _SPEAKING:
        value = _text(tag.get(name))
        if _VALUE.fullmatch(value) and is_stable(value):
            yield f"{tag.name}[{name}='{value}']"
    if is_stable(own_id := _text(tag.get("id"))):
        yield f"{tag.name}#{own_id}"
    classes = stable_classes(tag)
    yield from (f"{tag.name}.{name}" for name in classes)
    yield from (f"{tag.name}.{classes[0]}.{name}" for name in classes[1:3])


def stable_classes(tag: Tag) -> list[str]:
    """The class names that tell what a tag is, the longest and so most telling first."""
    given = tag.get("class")
    names = given if isinstance(given, list) else _text(given).split()
    return sorted(filter(is_stable, map(str, names)), key=len, reverse=True)


def selectors_of(tag: Tag) -> Iterator[str]:
    """Selectors that find a tag, by itself, then by where it stands."""
    yield from own_selectors(tag)
    if tag.name in ("h1", "article", "main", "time"):
        yield tag.name
    for place, around in enumerate(tag.parents):
        if place >= _MOST_ANCESTORS or around.name in ("body", "html"):
            return
        between = " > " if place == 0 else " "
        for outer in own_selectors(around):
            yield f"{outer}{between}{tag.name}"
            yield from (f"{outer} {inner}" for inner in own_selectors(tag))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
