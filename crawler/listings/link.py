"""What a listing says about one article, and the address under which the archive knows it."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from archive.errors import UrlError
from archive.text import clean
from archive.urls import canonical
from crawler.entities import unescaped
from crawler.extract.tree import LONGEST_FIELD
from crawler.site import Site

_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_BLANKS = re.compile(r"\s+")
# What the sitemap protocol allows in one file; no other listing names as many.
MOST = 50_000
BEYOND = f"beyond the first {MOST:,}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """An article as a listing names it; ``changed`` is a sitemap's lastmod or a feed's updated,
    which is no date of publication: the last edit, or the time at which the file was made."""

    url: str
    title: str | None = None
    date: dt.datetime | None = None
    section: str | None = None
    changed: dt.datetime | None = None

    @property
    def newest(self) -> dt.datetime | None:
        """The latest time that the listing gives: an article is not older than its last edit."""
        return self.date or self.changed


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """One address as it stands in a listing, before anything about it is checked."""

    url: str | None
    title: str | None = None
    date: dt.datetime | None = None
    section: str | None = None
    changed: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What one answer of a listing says: articles, further listings, and what was passed over.

    ``skipped`` counts the addresses that are no article of the site, under the reason.
    ``deeper`` holds the addresses of a sitemap index's parts with their lastmod.
    """

    links: tuple[Link, ...] = ()
    skipped: Counter[str]
    deeper: tuple[Named, ...] = ()


def article_links(named: Iterable[Named], site: Site, page_url: str) -> Reading:
    """The site's own articles among the addresses, each once, in order; none can raise."""
    links: dict[str, Link] = {}
    skipped: Counter[str] = Counter()
    for number, one in enumerate(named):
        if number >= MOST:  # how many more there are is not counted: that is what costs
            skipped[BEYOND] += 1
            break
        url, reason = own_address(one.url, site, page_url)
        if url is None:
            skipped[reason] += 1
        elif not site.is_article(url):
            skipped["not an article"] += 1
        else:
            link = Link(
                url=url,
                title=title_text(one.title),
                date=one.date,
                section=one.section,
                changed=one.changed,
            )
            links[url] = _richer(links.get(url), link)
    return Reading(links=tuple(links.values()), skipped=skipped)


def own_address(address: str | None, site: Site, page_url: str) -> tuple[str | None, str]:
    """The canonical address on one of the site's hosts, or None and why not."""
    text = (address or "").strip()
    if not text:
        return None, "no address"
    try:
        url = at_home(canonical(urljoin(page_url, text)), site)
    except (UrlError, ValueError):  # urljoin raises ValueError for a broken IPv6 host
        return None, "not an address"
    return (url, "") if site.owns(url) else (None, "another host")


def at_home(url: str, site: Site) -> str:
    """The one address of what a URL leads to by the site's rules; with the site's own scheme and
    its own spelling of ``www.`` in any case: sites link to themselves in both ways.

    >>> from crawler.site import Site
    >>> site = Site(slug="a", name="A", homepage="https://a.vn/", source="a")
    >>> at_home("http://www.a.vn/tin.html", site), at_home("http://b.vn/", site)
    ('https://a.vn/tin.html', 'http://b.vn/')
    """
    try:
        return site.rules.address(url)
    except UrlError:  # a redirect may lead to what no address may be
        return url


def title_text(text: str | None) -> str | None:
    """A listing's title as plain text: two of our papers escape theirs twice.

    >>> title_text(" Gi&amp;aacute; <b>điện</b> ")
    'Giá điện'
    """
    if not text:
        return None
    plain = unescaped(unescaped(text[:LONGEST_FIELD]))
    return _BLANKS.sub(" ", clean(_TAG.sub("", plain))).strip() or None


def _richer(known: Link | None, link: Link) -> Link:
    """A headline is linked twice, from its picture and from its words: keep the words."""
    if known is None:
        return link
    longer = max(known.title or "", link.title or "", key=len) or None
    return Link(
        url=link.url,
        title=longer,
        date=known.date or link.date,
        section=known.section or link.section,
        changed=known.changed or link.changed,
    )
