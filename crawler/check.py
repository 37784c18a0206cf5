"""What looks wrong in the reading of a site's pages and listings. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from archive.models import Article, BlockKind, Page
from archive.text import fold
from crawler import listings
from crawler.errors import ExtractError, ListingError, NoBodyError, NoTitleError
from crawler.extract import extract
from crawler.extract.generic import without_site_name
from crawler.extract.select import elements, select
from crawler.extract.times import read_time
from crawler.extract.tree import Tree, parse, words
from crawler.labels import contradictions
from crawler.site import Listing, Site
from crawler.site_file import unknown_site

FIELDS = ("title", "lead", "body", "published", "authors", "section", "tags", "images")

# A page may be a few minutes ahead of us: our clock, or theirs, is not exact.
_CLOCKS_DIFFER = dt.timedelta(minutes=10)
_FAR_AHEAD = dt.timedelta(days=3650)
_SHORTEST = {"title": 10, "lead": 20, "body": 80}
_LONGEST_AUTHOR = 40
_ENOUGH_TO_COMPARE = 200
_LEAST_OVERLAP = 0.5
# Fields that any article has; of the others three pages in a row without them say something.
_ALWAYS = ("title", "body", "published")
_MOSTLY = ("lead", "authors", "section")
_A_FEW = 3
_SHOWN = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that looks wrong, with the page or listing where it was seen."""

    field: str
    what: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldReading:
    """What was read as a field, shortened, and the layer and selector that gave it."""

    field: str
    value: str | None
    layer: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageReading:
    """One page as a site reads it; ``alive`` are the fields in which a selector of the site's own
    file found something."""

    url: str
    fields: tuple[FieldReading, ...] = ()
    findings: tuple[Finding, ...] = ()
    alive: frozenset[str] = frozenset()

    def layer(self, field: str) -> str | None:
        """Which selector gave a field."""
        return next((one.layer for one in self.fields if one.field == field), None)


def read_page(
    page: Page, site: Site, label: Mapping[str, Any] = MappingProxyType({})
) -> PageReading:
    """The page as the site reads it, with what looks wrong, or contradicts its label."""
    try:
        tree = parse(page)
        article = extract(page, site)
    except ExtractError as error:
        field = {NoTitleError: "title", NoBodyError: "body"}.get(type(error), "page")
        return PageReading(
            url=page.url, findings=(Finding(field=field, what=str(error), url=page.url),)
        )
    return PageReading(
        url=page.url,
        fields=tuple(_fields(article)),
        findings=tuple(
            Finding(field=field, what=what, url=page.url)
            for field, what in [*_doubts(article, tree, site), *contradictions(label, article)]
        ),
        alive=frozenset(_alive(tree, site)),
    )


def doubt_site(site: Site, pages: Sequence[PageReading]) -> Iterator[Finding]:
    """What looks wrong only when all pages of a site are seen together."""
    read = [page for page in pages if page.fields]
    for field, needed in [(f, 1) for f in _ALWAYS] + [(f, _A_FEW) for f in _MOSTLY]:
        own = [one.text for one in site.fields.get(field, ()) if one.layer == "site"]
        if len(read) < needed:
            continue
        pages_told = f"{len(read)} page{'s' if len(read) > 1 else ''}"
        layers = {page.layer(field) or "nothing" for page in read}
        if own and not any(field in page.alive for page in read) and not _by_family(layers):
            told = f"{' and '.join(own)} found nothing on {pages_told}; it is from {min(layers)}"
            yield Finding(field=field, what=told)
        elif layers == {"nothing"} and (field == "lead" or _is_described(site, field)):
            yield Finding(field=field, what=f"empty on {pages_told}")


def _is_described(site: Site, field: str) -> bool:
    """Whether the site or its family says where a field stands: some sites have no sections."""
    return any(selector.layer != "generic" for selector in site.fields.get(field, ()))


def _by_family(layers: set[str]) -> bool:
    """Whether the family's selectors gave a field: the site's own may be those of an old layout."""
    return any(layer.startswith("family") for layer in layers)


def read_listing(page: Page, listing: Listing, site: Site) -> tuple[listings.Reading, list[str]]:
    """What a listing names, and what looks wrong about that."""
    try:
        reading = listings.read(page, listing, site)
    except ListingError as error:
        return listings.Reading(skipped=Counter()), [str(error)]
    return reading, list(_doubts_of_listing(reading, page.fetched_at))


def _doubts_of_listing(reading: listings.Reading, at: dt.datetime) -> Iterator[str]:
    links = reading.links
    if not links and not reading.deeper:
        passed = ", ".join(f"{count} {reason}" for reason, count in reading.skipped.items())
        yield f"names no article; passed over: {passed or 'nothing'}"
    ahead = [link for link in links if link.date and link.date > at + _CLOCKS_DIFFER]
    if ahead:
        yield f"{len(ahead)} of {len(links)} dates lie in the future: {ahead[0].date}"


def _fields(article: Article) -> Iterator[FieldReading]:
    published = article.published_at
    values: dict[str, str | None] = {
        "title": article.title,
        "lead": article.lead,
        "body": article.text and f"{len(article.text)} characters: {article.text}",
        "published": f"{published:%Y-%m-%d %H:%M}" if published else None,
        "authors": ", ".join(article.authors),
        "section": article.section,
        "tags": ", ".join(article.tags),
        "images": str(len(article.images)) if article.images else None,
    }
    for field in FIELDS:
        value = " ".join((values[field] or "").split())
        layer = article.layers.get(field) if value else None
        yield FieldReading(field=field, value=value[:_SHOWN] or None, layer=layer)


def _doubts(article: Article, tree: Tree, site: Site) -> Iterator[tuple[str, str]]:
    generic = _generic(tree.page)
    yield from _too_short(article)
    yield from _doubts_of_title(article, generic, site)
    yield from _doubts_of_body(article, generic, site)
    yield from _doubts_of_time(article, generic, tree, site)
    yield from (("authors", told) for told in _doubts_of_authors(article, tree, site))


def _generic(page: Page) -> Article | None:
    """The page as it is read where no file describes its site."""
    try:
        return extract(page, unknown_site(page.url))
    except ExtractError:
        return None


def _too_short(article: Article) -> Iterator[tuple[str, str]]:
    texts = {"title": article.title, "lead": article.lead, "body": article.text}
    for field, text in texts.items():
        pictures = field == "body" and article.images
        if text and len(text) < _SHORTEST[field] and not pictures:
            yield field, f"too short: {text!r}"


def _doubts_of_title(
    article: Article, generic: Article | None, site: Site
) -> Iterator[tuple[str, str]]:
    if without_site_name(article.title, _names(site)) != article.title:
        yield "title", f"ends with the site's name: {article.title!r}"
    if _plain(article.title) in map(_plain, _names(site)):
        yield "title", f"is the site's name: {article.title!r}"
    told = generic and _plain(generic.title) not in map(_plain, _names(site))
    if generic and told and overlap(article.title, generic.title) < _LEAST_OVERLAP:
        yield "title", f"far from the generic reading: {article.title!r} but {generic.title!r}"


def _doubts_of_body(
    article: Article, generic: Article | None, site: Site
) -> Iterator[tuple[str, str]]:
    layer = article.layers.get("body", "")
    own = [one for one in site.fields.get("body", ()) if one.layer != "generic"]
    if layer.startswith("generic") and own:
        yield "body", f"only by the generic finder; {own[0].text} and the like found none"
    if not article.text and not _is_photo_story(article):
        yield "body", "empty"
    if generic and min(len(article.text), len(generic.text)) > _ENOUGH_TO_COMPARE:
        share = overlap(article.text, generic.text)
        if share < _LEAST_OVERLAP:
            yield "body", f"far from the generic reading: {share:.0%} of the words agree"
    elif generic and len(generic.text) > 10 * max(len(article.text), _SHORTEST["body"]):
        yield "body", f"{len(article.text)} characters; the generic reading {len(generic.text)}"


def _is_photo_story(article: Article) -> bool:
    return bool(article.images) or any(b.kind is BlockKind.CAPTION for b in article.blocks)


def _doubts_of_time(
    article: Article, generic: Article | None, tree: Tree, site: Site
) -> Iterator[tuple[str, str]]:
    at, now = article.published_at, tree.page.fetched_at
    if at is None:
        ahead = _time_ahead(tree, site)
        yield "published", f"in the future: {ahead!r}" if ahead else "empty"
    elif at > now + _CLOCKS_DIFFER:
        yield "published", f"in the future: {at:%Y-%m-%d %H:%M}, asked {now:%Y-%m-%d %H:%M}"
    elif generic and generic.published_at and abs(generic.published_at - at).days >= 1:
        other = f"{generic.published_at:%Y-%m-%d %H:%M}"
        yield "published", f"far from the generic reading: {at:%Y-%m-%d %H:%M} but {other}"


def _time_ahead(tree: Tree, site: Site) -> str | None:
    """A text that tells a time, but one that no article may have yet."""
    later = tree.page.fetched_at + _FAR_AHEAD
    for selector in site.fields.get("published", ()):
        if not selector.text.startswith("find:"):
            for found in select(tree, selector.text):
                if read_time(found.text, site.date_formats, later):
                    return found.text[:_SHOWN]
    return None


def _doubts_of_authors(article: Article, tree: Tree, site: Site) -> Iterator[str]:
    names = {_plain(name) for name in _names(site) | {tree.meta("og:site_name") or ""}}
    section = _plain(article.section or "")
    for author in article.authors:
        if _plain(author) in names:
            yield f"is the site's name: {author!r}"
        elif _plain(author) in {section, *map(_plain, article.tags)}:
            yield f"is a section or a tag: {author!r}"
        elif len(author) > _LONGEST_AUTHOR or author[0].islower():
            yield f"reads like no name: {author!r}"
    if not article.authors and not article.origin:
        for selector in site.fields.get("authors", ()):
            if selector.layer == "site" and (found := select(tree, selector.text)):
                yield f"{selector.text} says {found[0].text[:_SHOWN]!r}, which names no person"
                return


def _names(site: Site) -> set[str]:
    hosts = {host.partition(":")[0].removeprefix("www.") for host in site.hosts}
    return {site.name, site.source_name or site.name, *hosts}


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _alive(tree: Tree, site: Site) -> Iterator[str]:
    """The fields in which a selector of the site's own file finds something."""
    for field, chain in site.fields.items():
        finds: Callable[[str], object] = (
            (lambda text: elements(tree.root, text))
            if field in ("body", "images", "attachments")
            else (lambda text: select(tree, text))
        )
        own = (one.text for one in chain if one.layer == "site")
        if any(text.startswith("find:") or finds(text) for text in own):
            yield field


def overlap(one: str, other: str) -> float:
    """How many words two texts share, of the words of both: 1 is all, 0 none.

    >>> overlap("giá điện tăng", "Giá điện giảm")
    0.6666666666666666
    """
    left, right = Counter(words(one).split()), Counter(words(other).split())
    both = left.total() + right.total()
    return 2 * (left & right).total() / both if both else 1.0
