"""Proposes where the fields of an article stand, from one page of it. Pure.

The family and ``generic`` read the page first; what they found by guessing is looked for in the
page, and the element that holds it gets a selector. A selector is proposed only if reading the page
with it gives the same field again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from archive.models import Article, BlockKind, Page
from crawler.check import overlap
from crawler.errors import ExtractError
from crawler.extract import extract
from crawler.extract.authors import people
from crawler.extract.select import elements
from crawler.extract.times import read_time
from crawler.extract.tree import Tree, parse, words
from crawler.selectors import own_selectors, selectors_of, soup_of
from crawler.site import Site
from crawler.site_file import compose, fingerprints
from crawler.site_schema import FieldsTable, SiteFile

_TRIED = 12
_TIME = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\d+\s+tháng\s+\d+|\d{4}-\d\d-\d\d")
_PATH = re.compile(r"bread-?crumb|categor|chuyen-?muc|cate-?name", re.IGNORECASE)
_TAGS = re.compile(r"(?:^|[\s_-])tags?(?:$|[\s_-])|tu-?khoa|keyword", re.IGNORECASE)
_SAME = 0.98
_LONG = 60
# A finder may take a line below the text with it; a selector must not lose more than that.
_NEARLY = 0.8
_ENOUGH_FIELDS = 3
_LONGEST_PREFIX = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A selector for a field, and whether it is the only element of the page that fits it."""

    field: str
    selector: str
    unique: bool


def guess_family(page: Page) -> str | None:
    """The family whose fingerprint a page bears and whose selectors give its body."""
    root = parse(page).root
    found: dict[str, int] = {}
    for name, marks in fingerprints().items():
        seen = sum(bool(elements(root, mark)) for mark in marks)
        given = _given_by(name, page) if seen else 0
        # One mark alone may be borrowed: a paper pastes boxes from another's system.
        if given and (seen >= 2 or given >= _ENOUGH_FIELDS):
            found[name] = seen + given
    return max(found, key=lambda name: found[name], default=None)


def _given_by(family: str, page: Page) -> int:
    """How many fields the family's own selectors give, 0 where the body is not among them."""
    file = SiteFile(name="?", homepage=page.final_url, family=family)
    try:
        layers = extract(page, compose("new", file)).layers
    except ExtractError:
        return 0
    given = {field for field, layer in layers.items() if layer.startswith("family")}
    return len(given) if "body" in given else 0


def propose(page: Page, file: SiteFile, site: Site) -> tuple[list[Proposal], Article]:
    """Selectors for the fields that only a finder gave, and the article as it is read then; raises
    ExtractError for a page that gives none."""
    return _Proposer(page, file, site).all()


class _Proposer:
    def __init__(self, page: Page, file: SiteFile, site: Site) -> None:
        self.page = page
        self.file = file
        self.slug = site.slug
        self.article = extract(page, site)
        self.soup: BeautifulSoup = soup_of(page)
        self.tree: Tree = parse(page)
        body = self.soup.body or self.soup
        texts = (one for one in body.find_all(string=True) if type(one) is NavigableString)
        self.texts = [(one, plain) for one in texts if (plain := words(one))]
        self.chosen: dict[str, str] = {}

    def all(self) -> tuple[list[Proposal], Article]:
        finders: dict[str, Callable[[], Iterator[Tag]]] = {
            "title": self._titles,
            "lead": self._leads,
            "published": self._times,
            # Before the body: a finder's wider body may hold the byline that a narrower one lacks.
            "authors": self._bylines,
            "body": self._bodies,
            "section": self._paths,
            "tags": self._tag_lists,
        }
        proposals = [self._best(field, find()) for field, find in finders.items()]
        return [one for one in proposals if one], self.article

    def _best(self, field: str, tags: Iterator[Tag]) -> Proposal | None:
        """The first selector that reads the field again, one that fits nothing else before."""
        layer = self.article.layers.get(field, "")
        if layer and not layer.startswith(("generic find:", "byline")):
            return None
        tried = list(dict.fromkeys(islice(self._candidates(field, tags), 3 * _TRIED)))
        sure = [text for text in tried if self._count(text) == 1 or text.endswith(" a")]
        for text in [*sure, *(text for text in tried if text not in sure)][:_TRIED]:
            article = self._read(field, text)
            if article is not None and self._agrees(field, article):
                self.chosen[field], self.article = text, article
                return Proposal(field=field, selector=text, unique=text in sure)
        return None

    def _candidates(self, field: str, tags: Iterator[Tag]) -> Iterator[str]:
        for tag in tags:
            if field in ("section", "tags"):
                alone = (text for text in own_selectors(tag) if self._count(text) == 1)
                yield from (f"{text} a" for text in alone)
            else:
                yield from islice(selectors_of(tag), _TRIED)

    def _count(self, selector: str) -> int:
        return len(elements(self.tree.root, selector))

    def _read(self, field: str, selector: str) -> Article | None:
        """The page read with the selectors chosen so far and one more."""
        fields = FieldsTable.model_validate(self.chosen | {field: selector})
        site = compose(self.slug, self.file.model_copy(update={"fields": fields}))
        try:
            return extract(self.page, site)
        except ExtractError:
            return None

    def _agrees(self, field: str, new: Article) -> bool:
        old = self.article
        if not new.layers.get(field, "").startswith("site "):
            return False
        if field in ("section", "tags"):
            return _is_likely(new) and new.text == old.text
        same_text = overlap(new.text, old.text) >= _SAME
        if field == "body" and new.text in old.text:
            same_text = len(new.text) >= _NEARLY * len(old.text)
        same = (new.title, new.published_at, words(new.lead or ""), new.authors)
        return same_text and same == (
            *(old.title, old.published_at),
            *(words(old.lead or ""), old.authors),
        )

    # --- where the fields stand ---

    def _titles(self) -> Iterator[Tag]:
        yield from self._holding(self.article.title)

    def _leads(self) -> Iterator[Tag]:
        if self.article.lead:
            yield from self._holding(self.article.lead)

    def _holding(self, text: str) -> Iterator[Tag]:
        """The elements whose text is this one and no more, headings first, outer before inner."""
        wanted = words(text)
        found: list[Tag] = []
        for string in (one for one, plain in self.texts if wanted[:30] in plain):
            chain = [tag for tag in islice(string.parents, 6) if isinstance(tag, Tag)]
            found += [tag for tag in reversed(chain) if _tells(tag, wanted)]
        yield from sorted(dict.fromkeys(found), key=lambda tag: tag.name not in ("h1", "h2"))

    def _bodies(self) -> Iterator[Tag]:
        """The smallest element around the long paragraphs, and those around it."""
        blocks = self.article.blocks
        texts = [b.text for b in blocks if b.kind is BlockKind.PARAGRAPH and len(b.text) >= _LONG]
        first = next(filter(None, map(self._first_with, texts)), None)
        last = next(filter(None, map(self._first_with, reversed(texts))), None)
        if first is not None and last is not None:
            ends = {id(tag) for tag in last.parents}
            yield from islice((tag for tag in first.parents if id(tag) in ends), 4)

    def _first_with(self, text: str) -> Tag | None:
        """The innermost element that begins with a paragraph."""
        start = words(text)[:40]
        for string in (one for one, plain in self.texts if start.startswith(plain[:40])):
            for tag in islice(string.parents, 4):
                if words(tag.get_text(" ")).startswith(start):
                    return tag
        return None

    def _times(self) -> Iterator[Tag]:
        wanted = self.article.published_at
        for string in (one for one, _ in self.texts if _TIME.search(one)):
            for tag in islice(string.parents, 3):
                text = " ".join(tag.get_text(" ").split())
                moment = read_time(text, (), self.page.fetched_at) if len(text) <= 90 else None
                if moment and moment.at == wanted:
                    yield tag

    def _bylines(self) -> Iterator[Tag]:
        names = self.article.authors
        if not names:
            return
        for string in (one for one, _ in self.texts if names[0] in one):
            for tag in islice(string.parents, 3):
                text = " ".join(tag.get_text(" ").split())
                if len(text) > 120 or people([text]) != names:
                    continue
                # Any paragraph of a text may hold a bare <strong>.
                if next(own_selectors(tag), None) or not self._is_in_body(tag):
                    yield tag

    def _is_in_body(self, tag: Tag) -> bool:
        body = next(self._bodies(), None)
        return body is not None and body in tag.parents

    def _paths(self) -> Iterator[Tag]:
        yield from self._boxes(_PATH, fewest=1, most=6)

    def _tag_lists(self) -> Iterator[Tag]:
        yield from self._boxes(_TAGS, fewest=2, most=30)

    def _boxes(self, named: re.Pattern[str], *, fewest: int, most: int) -> Iterator[Tag]:
        """Boxes of links whose class or id has one of these names."""
        for tag in self.soup.find_all(["div", "ul", "ol", "nav", "p", "section", "span"]):
            given = tag.get("class") or ()
            name = " ".join([str(tag.get("id") or ""), *given])
            links = tag.find_all("a", href=True) if named.search(name) else []
            if fewest <= len(links) <= most and all(len(a.get_text()) <= 60 for a in links):
                yield tag


def _tells(tag: Tag, wanted: str) -> bool:
    """Whether a tag holds this text, with no more before it than a paper's name."""
    text = words(tag.get_text(" "))
    return text.endswith(wanted) and len(text) <= len(wanted) + _LONGEST_PREFIX


def _is_likely(article: Article) -> bool:
    section, tags = article.section or "", article.tags
    return len(section) <= 40 and all(len(tag) <= 60 for tag in tags)
