"""Selectors: the small language in which site files say where a field stands.

``h1.title`` CSS, ``time@datetime`` CSS with an attribute, ``//h1`` ``./h1`` ``(//h1)[1]`` XPath,
``meta:og:title`` a meta element, ``json-ld:author.name`` a path in the page's JSON-LD, and
``find:NAME`` one of our own finders (:mod:`crawler.extract.generic`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from cssselect import HTMLTranslator, SelectorError
from cssselect.xpath import XPathExpr
from lxml import etree

from archive.models import TimeOrigin
from crawler.extract import json_ld
from crawler.extract.tree import LONGEST_FIELD, MOST_FOUND, Element, Tree, line, text_of

FINDERS = ("title", "lead", "body", "published", "authors", "byline", "section")

_WITH_ATTRIBUTE = re.compile(r"^(?P<css>.+)@(?P<name>[\w:-]+)$")
_XPATH_STARTS = ("/", "./", "(")
_PREFIXES = ("meta:", "json-ld:", "find:")


@dataclass(frozen=True, slots=True)
class Found:
    """What a selector found: the text, the element where there is one, how far to trust a time."""

    text: str
    element: Element | None = None
    origin: TimeOrigin = TimeOrigin.SHOWN


def check_selector(text: str) -> None:
    """Raises ValueError, saying what is allowed, for a selector that cannot be compiled."""
    if text.startswith("find:") and text.removeprefix("find:") not in FINDERS:
        raise ValueError(f"{text!r}: no such finder; there are: {', '.join(FINDERS)}")
    if text.startswith(_PREFIXES):
        if not text.partition(":")[2].strip():
            raise ValueError(f"{text!r}: a name must follow the colon")
        return
    _compile(text)


class _Translator(HTMLTranslator):
    """CSS to XPath, asking first what is cheap to ask: most elements lack the word altogether."""

    def xpath_attrib_includes(self, xpath: XPathExpr, name: str, value: str | None) -> XPathExpr:
        if value and "'" not in value:
            xpath.add_condition(f"contains({name}, '{value}')")
        return super().xpath_attrib_includes(xpath, name, value)


@lru_cache(maxsize=4096)
def _compile(text: str) -> tuple[etree.XPath, str | None]:
    """The XPath and the attribute to read; raises ValueError."""
    if text.startswith(_XPATH_STARTS):
        return _xpath(text, text), None
    match = _WITH_ATTRIBUTE.match(text)
    css, attribute = (match["css"], match["name"]) if match else (text, None)
    try:
        path = _Translator().css_to_xpath(css, prefix="descendant::")
    except SelectorError as error:
        raise ValueError(
            f"{text!r} is no selector ({error}); allowed are CSS, CSS@attribute, XPath, "
            "meta:NAME, json-ld:PATH and find:NAME"
        ) from error
    return _xpath(path, text), attribute


def _xpath(path: str, text: str) -> etree.XPath:
    try:
        compiled = etree.XPath(path, smart_strings=False)
        compiled(etree.Element("html"))
    except etree.XPathError as error:
        raise ValueError(f"{text!r} is not an XPath: {error}") from error
    return compiled


def elements(scope: Element, text: str) -> list[Element]:
    """The elements that a CSS or XPath selector finds below an element, in document order."""
    found = _compile(text)[0](scope)
    return [one for one in cast(list[Element], found) if isinstance(one, Element)]


def select(tree: Tree, text: str, without: set[Element] | None = None) -> list[Found]:
    """All that a selector (but ``find:``) finds on the page and is not empty, in document order."""
    if text.startswith("meta:"):
        texts = tree.metas.get(text.removeprefix("meta:").lower(), [])
        return [Found(one, origin=TimeOrigin.META) for one in texts if one]
    if text.startswith("json-ld:"):
        texts = json_ld.values(tree.json_ld, text.removeprefix("json-ld:"))
        return [Found(one, origin=TimeOrigin.JSON_LD) for one in texts]
    path, attribute = _compile(text)
    found = path(tree.root)
    if not isinstance(found, list):
        found = [str(found)]
    some = cast(list[Element | str], found)[:MOST_FOUND]
    read = (_read(one, attribute, without) for one in some)
    return [one for one in read if one.text]


def _read(one: Element | str, attribute: str | None, without: set[Element] | None) -> Found:
    if not isinstance(one, Element):
        return Found(line(str(one)[:LONGEST_FIELD]))
    if attribute:
        return Found(line(one.get(attribute, "")[:LONGEST_FIELD]), one)
    return Found(text_of(one, without or set()), one)
