"""Proposes what a site's article addresses look like, and how its listings are read. Pure."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import Tag

from archive.errors import UrlError
from archive.models import Page
from archive.urls import canonical
from crawler import listings
from crawler.errors import ExtractError, ListingError
from crawler.listings import Link, at_home
from crawler.listings.dates import parse_date
from crawler.selectors import own_selectors, soup_of
from crawler.site import Listing, ListingKind, Site

_ID = re.compile(r"^(?P<slug>.*?)(?P<mark>[-.][a-z]{0,8})?(?P<number>\d{4,})$")
_WORD = "[a-z0-9-]+"
# Without a number only the length of its slug tells an article from a section.
_SLUG = "(?:[a-z0-9]+-){3,}[a-z0-9]*"
_FEED_TYPE = re.compile(r"application/(?:rss|atom)\+xml")
_SITEMAP = re.compile(r"^\s*sitemap:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_NEXT = re.compile(r"^(?:2|[›»>]+|trang sau|tiếp(?: theo)?|sau|next)\s*[›»>]*$", re.IGNORECASE)
_TWO = re.compile(r"(?<!\d)2(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = re.compile(
    r"\]\+(?P<mark>-[a-z]*)(?P<digits>\\d(?:\+|\{\d+,\d+\}))(?P<ending>(?:\\\.[a-z]+)?/?)\$$"
)
_ENOUGH = 3
_MOST_DATE = 40
_SHORTEST_TITLE = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """A listing that names articles: its keys as they stand in a site file, and what it named."""

    keys: dict[str, Any]
    links: tuple[Link, ...]
    parts: int = 0


def article_pattern(url: str, others: Sequence[str] = ()) -> str:
    """The regular expression of a site's article addresses, from one of them; ``others`` are the
    addresses that a listing links to.

    >>> article_pattern("https://bao.vn/kinh-te/gia-dien-tang-post123456.html")
    '^https?://(?:www\\\\.)?bao\\\\.vn/(?:[a-z0-9-]+/)*[a-z0-9-]+-post\\\\d+\\\\.html$'
    """
    parts = urlsplit(url)
    www = "" if re.search(r"[\d:]$", parts.netloc) else r"(?:www\.)?"
    start = f"^https?://{www}{re.escape(parts.netloc.removeprefix('www.'))}"
    if parts.query:
        return f"{start}{re.escape(parts.path)}\\?{_query(parts.query)}"
    forms = [f"{start}/{path}$" for path in _paths(parts.path, others)]
    counts = [sum(bool(re.search(form, other)) for other in others) for form in forms]
    # A number at the end of a slug may be part of a headline: then hardly another address has one.
    surest = next((form for form, fits in zip(forms, counts, strict=True) if fits >= _ENOUGH), None)
    return surest or forms[0]


def id_pattern(pattern: str) -> str | None:
    """The expression of a site's ids, where its article addresses end in a number.

    >>> id_pattern(r"^https?://bao\\.vn/[a-z0-9-]+-post\\d+\\.html$")
    '^[^?]+-post(\\\\d+)\\\\.html$'
    """
    match = _NUMBERED.search(pattern)
    return match and rf"^[^?]+{match['mark']}({match['digits']}){match['ending']}$"


def _paths(path: str, others: Iterable[str]) -> Iterator[str]:
    """Expressions for a path, the narrowest first."""
    whole = path.strip("/")
    *folders, last = whole.split("/")
    stem, dot, extension = last.rpartition(".")
    if not dot or not extension.isalnum():
        stem, dot, extension = last, "", ""
    ending = re.escape(dot + extension) + ("/" if path.endswith("/") else "")
    match = _ID.match(stem)
    if match and not _YEAR.fullmatch(match["number"]):
        yield rf"(?:{_WORD}/)*{_with_number(match)}{ending}"
    if folders and folders[-1].isdigit():
        yield rf"(?:{_WORD}/)*\d+/{_WORD}{ending}"
    yield f"{_folders(folders, others)}{_SLUG}{ending}"


def _with_number(match: re.Match[str]) -> str:
    number, mark = match["number"], re.escape(match["mark"] or "").replace(r"\-", "-")
    # Ids that hold a time differ in length: some systems do not pad the milliseconds.
    digits = rf"\d{{{len(number) - 3},{len(number) + 3}}}" if len(number) > 8 else r"\d+"
    return (_WORD if match["slug"] else "") + mark + digits


def _folders(folders: Sequence[str], others: Iterable[str]) -> str:
    """The folders before a slug without a number: the first as it stands, if all share it."""
    if not folders:
        return ""
    depths = {len(folders)}
    firsts = {folders[0]}
    for other in others:
        *there, last = urlsplit(other).path.lstrip("/").split("/")
        if last.count("-") >= _ENOUGH and there:
            depths.add(len(there))
            firsts.add(there[0])
    first = f"{re.escape(folders[0])}/".replace(r"\-", "-") if len(firsts) == 1 else f"{_WORD}/"
    few, many = min(depths) - 1, max(depths) - 1
    if few == many:
        return first + f"{_WORD}/" * many
    return first + rf"(?:{_WORD}/){{{few},{many}}}"


def _query(query: str) -> str:
    """Pairs that are numbers or ids may change, words stay."""
    return "&".join(
        re.escape(name) + "=" + (r"[\w-]+$" if re.search(r"\d", value) else re.escape(value))
        for name, _, value in (pair.partition("=") for pair in query.split("&"))
    )


def addresses(page: Page) -> list[str]:
    """Every address that a page of HTML links to, canonical, each once."""
    found = dict.fromkeys(
        address
        for link in soup_of(page).find_all("a", href=True)
        if (address := _address(page, str(link["href"])))
    )
    return list(found)


def _address(page: Page, href: str) -> str | None:
    try:
        return canonical(urljoin(page.final_url, href.strip()))
    except (UrlError, ValueError):
        return None


def feeds_of(page: Page) -> list[str]:
    """The feeds that a page of HTML names in its head."""
    links = soup_of(page).find_all("link", href=True, type=_FEED_TYPE)
    found = (_address(page, str(link["href"])) for link in links)
    return list(dict.fromkeys(url for url in found if url))


def sitemaps_of(robots: str) -> list[str]:
    """The sitemaps that a robots.txt names.

    >>> sitemaps_of("User-agent: *\\nSitemap: https://bao.vn/sitemap.xml")
    ['https://bao.vn/sitemap.xml']
    """
    return list(dict.fromkeys(_SITEMAP.findall(robots)))


def kind_of(page: Page) -> ListingKind:
    """What kind of listing an answer is."""
    start = page.body[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start[:1] in (b"{", b"["):
        return ListingKind.API
    if b"<urlset" in start or b"<sitemapindex" in start:
        return ListingKind.SITEMAP
    if b"<rss" in start or b"<feed" in start or b"<rdf" in start:
        return ListingKind.FEED
    return ListingKind.HEADLINES


def propose_listing(page: Page, site: Site) -> Proposed | None:
    """How an answer is read as a listing; None where it names no article of the site, or is the
    answer of an API, which only a person can describe."""
    kind = kind_of(page)
    if kind is ListingKind.API:
        return None
    keys: dict[str, Any] = {"kind": kind.value, "url": at_home(page.url, site)}
    reading = _read(page, keys, site)
    if reading is None or not (reading.links or reading.deeper):
        return None
    if reading.deeper:
        return Proposed(keys=keys | {"pages": 2}, links=(), parts=len(reading.deeper))
    if kind is ListingKind.HEADLINES:
        keys |= _following(page, site)
        for selectors in _Headlines(page, site).all():
            with_selectors = _read(page, keys | selectors, site)
            if with_selectors and len(with_selectors.links) >= min(len(reading.links) / 2, 10):
                return Proposed(keys=keys | selectors, links=with_selectors.links)
    return Proposed(keys=keys, links=reading.links)


def _read(page: Page, keys: dict[str, Any], site: Site) -> listings.Reading | None:
    listing = Listing(**{**keys, "kind": ListingKind(keys["kind"])})
    try:
        return listings.read(page, listing, site)
    except (ListingError, ExtractError):
        return None


def _following(page: Page, site: Site) -> dict[str, Any]:
    """The address of the next pages, where the first names its second."""
    for link in soup_of(page).find_all(["a", "link"], href=True):
        says_next = "next" in (link.get("rel") or ()) or _NEXT.match(link.get_text(strip=True))
        url = _address(page, str(link["href"])) if says_next else None
        if url and site.owns(url := at_home(url, site)) and url != at_home(page.url, site):
            twos = list(_TWO.finditer(url, len(urlsplit(url).netloc) + 8))
            if twos:
                start, end = twos[-1].span()
                plain = [
                    text.replace("{", "{{").replace("}", "}}") for text in (url[:start], url[end:])
                ]
                return {"next": "{page}".join(plain), "pages": 3}
    return {}


class _Headlines:
    """Finds what repeats on a page of headlines: a box an article, its link and its date."""

    def __init__(self, page: Page, site: Site) -> None:
        self.site = site
        self.page = page
        self.soup = soup_of(page)
        self.urls: dict[int, str] = {}
        for link in self.soup.find_all("a", href=True):
            url = _address(page, str(link["href"]))
            if url and site.is_article(home := at_home(url, site)):
                self.urls[id(link)] = home

    def all(self) -> Iterator[dict[str, str]]:
        """Selectors to try, the most telling first."""
        boxes = self._boxes()
        for items in self._common(boxes):
            inside = [box for box in boxes if items in self._names(box)]
            link = self._link(inside)
            if link is None:
                continue
            keys = {"items": items, "link": link}
            date = self._date(inside)
            yield keys | ({"date": date} if date else {})

    def _boxes(self) -> list[Tag]:
        """For each article the largest element that links to no other."""
        boxes: dict[str, Tag] = {}
        for link in self.soup.find_all("a", href=True):
            url = self.urls.get(id(link))
            if url is None or url in boxes or len(link.get_text(strip=True)) < _SHORTEST_TITLE:
                continue
            box = link
            while box.parent is not None and self._named_in(box.parent) == {url}:
                box = box.parent
            boxes[url] = box
        return list(boxes.values())

    def _named_in(self, tag: Tag) -> set[str]:
        return {self.urls[id(a)] for a in tag.find_all("a", href=True) if id(a) in self.urls}

    def _names(self, box: Tag) -> list[str]:
        return list(own_selectors(box))

    def _common(self, boxes: list[Tag]) -> Iterator[str]:
        counted = Counter(name for box in boxes for name in self._names(box))
        yield from (name for name, count in counted.most_common(4) if count >= _ENOUGH)

    def _link(self, boxes: list[Tag]) -> str | None:
        """Where in its box the link with the words of the headline stands."""
        counted: Counter[str] = Counter()
        for box in boxes:
            names: dict[str, int] = {}
            for link in box.find_all("a", href=True):
                if id(link) in self.urls and len(link.get_text(strip=True)) >= _SHORTEST_TITLE:
                    names |= dict.fromkeys(_names_of_link(link, box), 1)
            counted.update(names)
        found = [name for name, count in counted.most_common() if count >= 0.8 * len(boxes)]
        # A teaser repeats the link, with the words of the lead.
        return next(
            (name for name in found if re.match(r"h[1-4]\b", name)), next(iter(found), None)
        )

    def _date(self, boxes: list[Tag]) -> str | None:
        counted: Counter[str] = Counter()
        for box in boxes:
            counted.update(dict.fromkeys(islice(_dates(box), 6), 1))
        name, count = next(iter(counted.most_common(1)), ("", 0))
        return name if count >= 0.6 * len(boxes) else None


def _names_of_link(link: Tag, box: Tag) -> Iterator[str]:
    yield from own_selectors(link)
    parent = link.parent
    if parent is not None and parent is not box:
        yield from (f"{name} a" for name in own_selectors(parent))
        if parent.name in ("h2", "h3", "h4"):
            yield f"{parent.name} a"


def _dates(box: Tag) -> Iterator[str]:
    for tag in box.find_all(True):
        names = [*own_selectors(tag), *(["time"] if tag.name == "time" else [])]
        if parse_date(str(tag.get("datetime") or "")):
            yield from (f"{name}@datetime" for name in names)
        text = tag.get_text(" ", strip=True)
        if 8 <= len(text) <= _MOST_DATE and parse_date(text):
            yield from names


def weekly(links: Sequence[Link]) -> int | None:
    """How many articles a week a listing names, from the dates that it gives; None if they do not
    tell."""
    dates = sorted(link.date for link in links if link.date)
    if len(dates) < 5:
        return None
    days = (dates[-1] - dates[0]).total_seconds() / 86400
    return round(7 * (len(dates) - 1) / days) if days > 0.1 else None


def without(listing: Proposed, keys: Iterable[str]) -> Proposed:
    """A proposal without some of its keys."""
    left = {name: value for name, value in listing.keys.items() if name not in set(keys)}
    return dataclasses.replace(listing, keys=left)
