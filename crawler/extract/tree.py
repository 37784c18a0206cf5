"""One parse of a page, and what is looked up in it again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, cast

from lxml import etree

from archive.models import Page
from archive.text import clean, nfc, syllables
from crawler.entities import unescaped
from crawler.errors import NotHtmlError, TooComplexError
from crawler.extract import json_ld
from crawler.extract.decode import utf8
from crawler.extract.flat import flattened
from crawler.extract.hostile import refuse_hostile

Element = etree._Element

# libxml2 drops, without an error, all text below and after this many nested elements.
_DEEPEST = 2040
_TOO_DEEP = etree.XPath("boolean(" + "/*" * _DEEPEST + ")")
# To ask for so many levels takes as long as to read a field; no real page has as many as this.
_DEEP = etree.XPath("boolean(" + "/*" * 100 + ")")

# No field but the body is longer; what would ask for more is built to hurt.
LONGEST_FIELD = 6000
# A list of tags is the longest that a page shows.
MOST_FOUND = 200

_METAS = etree.XPath("descendant::meta[@content]")
_SCRIPTS = etree.XPath("descendant::script[contains(@type, 'ld')]")
_SKIPPED = {"script", "style", "noscript", "template", "svg", "iframe"}
_BREAKING = {"br", "p", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "ul", "ol"}


@dataclass(frozen=True)
class Tree:
    """A parsed page: its root, its meta elements by name, its JSON-LD."""

    root: Element
    page: Page
    # Elements that another field was read from: they are not body.
    taken: set[Element] = field(default_factory=set)

    @cached_property
    def nodes(self) -> list[Element]:
        """All elements in document order; kept, because lxml makes each anew when it is asked."""
        return list(self.root.iter("*"))

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """The contents of meta elements by lower-case name, property or itemprop."""
        found: dict[str, list[str]] = {}
        for meta in cast(list[Element], _METAS(self.root)):
            names = {meta.get(key, "").lower() for key in ("name", "property", "itemprop")}
            content = meta.get("content", "")[:LONGEST_FIELD]
            for name in names - {""}:
                texts = found.setdefault(name, [])
                if len(texts) < MOST_FOUND:
                    texts.append(line(unescaped(content)))
        return found

    def meta(self, name: str) -> str | None:
        """The first content of that name that is not empty."""
        return next((text for text in self.metas.get(name, ()) if text), None)

    @cached_property
    def json_ld(self) -> list[dict[str, Any]]:
        """The objects of all JSON-LD blocks, articles first."""
        scripts = cast(list[Element], _SCRIPTS(self.root))
        return json_ld.objects(script.text or "" for script in scripts)


def parse(page: Page) -> Tree:
    """The page as a tree; raises NotHtmlError and TooComplexError."""
    markup = utf8(page)
    tags = refuse_hostile(markup)
    root = _root(markup)
    if tags > _DEEPEST and _is_too_deep(root):
        root = _root(flattened(markup))
        if _is_too_deep(root):
            raise TooComplexError(f"more than {_DEEPEST} nested elements; kept, but not read")
    return Tree(root=root, page=page)


def _root(markup: bytes) -> Element:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(markup, parser)
    except etree.XMLSyntaxError as error:
        raise NotHtmlError(f"the answer has no markup that can be read: {error}") from error
    if root is None or not len(root):
        raise NotHtmlError("the answer has no markup that can be read; look at the kept page")
    return root


def _is_too_deep(root: Element) -> bool:
    return bool(_DEEP(root) and _TOO_DEEP(root))


def line(text: str) -> str:
    """Text on one line: clean, every white space one blank.

    >>> line(" Giá\\n điện ")
    'Giá điện'
    """
    text = " ".join(text.split())
    # Nearly all text is printable, and then holds nothing to clean away.
    return nfc(text) if text.isprintable() else " ".join(clean(text).split())


def words(text: str) -> str:
    """The bare folded syllables: two texts that differ in marks or accents are the same here.

    >>> words("“Hạ nhiệt”, giá thép…") == words('"Hạ nhiệt": giá thép')
    True
    """
    return " ".join(syllables(text))


def text_of(element: Element, without: frozenset[Element] | set[Element] = frozenset()) -> str:
    """The element's text on one line; no scripts, nothing glued where a block or line ends.

    It ends after some thousand characters: no field but the body, which is read by blocks, is
    longer, and asking each of a thousand nested boxes for all of its text would take minutes.
    """
    pieces: list[str] = []
    size = 0
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        tag = node.tag
        if event == "start":
            if tag in _SKIPPED or node in without:
                walk.skip_subtree()
                continue
            text = node.text or ""
        else:
            text = (node.tail or "") if node is not element else ""
        text = text[:LONGEST_FIELD]
        pieces.append(f" {text}" if tag in _BREAKING else text)
        size += len(text) + 1
        if size > LONGEST_FIELD:
            break
    return line("".join(pieces))


def spaced_text_of(element: Element) -> str:
    """The first words of an element, a blank between any two pieces: dates stand beside icons."""
    pieces = islice((text for text in element.itertext() if isinstance(text, str)), 50)
    return line(" ".join(text[:200] for text in pieces))
