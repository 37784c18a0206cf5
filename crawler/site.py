"""Site: one website and how to read it, composed from its file over its family over generic.

Pure: files are read and checked in :mod:`crawler.site_file`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlsplit

from archive.address_rules import AddressRules
from archive.urls import canonical
from crawler.plans import REVISIT_AGES


class ListingKind(StrEnum):
    """In what form a site names its articles."""

    FEED = "feed"
    SITEMAP = "sitemap"
    HEADLINES = "headlines"
    API = "api"


class Keep(StrEnum):
    """What may be kept of a site's articles."""

    TEXT = "text"
    METADATA = "metadata"


@dataclass(frozen=True, kw_only=True, slots=True)
class Selector:
    """Where a field stands on a page, and the layer that says so.

    ``text`` is CSS (``h1.title``), CSS with an attribute (``time@datetime``), XPath (begins with
    ``/``, ``./`` or ``(``), ``meta:NAME`` (name, property or itemprop of a meta element) or
    ``json-ld:PATH`` (``json-ld:author.name``). ``layer`` is ``site``, ``family`` or ``generic``.
    """

    text: str
    layer: str

    def __str__(self) -> str:
        return f"{self.layer} {self.text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One place where a site names its articles.

    ``url`` and the values of ``form`` may hold ``{page}``, ``{year}``, ``{month}``, ``{month:02}``,
    ``{since}`` and ``{until}`` (epoch seconds). ``pages`` bounds the paging from ``first_page`` on.
    ``items``, ``link``, ``title`` and ``date`` are selectors for headlines and dotted paths for an
    API; feeds and sitemaps need none.
    """

    kind: ListingKind
    url: str
    section: str | None = None
    method: str = "GET"
    form: Mapping[str, str] = field(default_factory=dict)
    first_page: int = 1
    pages: int = 1
    next: str | None = None
    items: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None
    date_format: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Politeness:
    """How gently a site is asked: ``delay`` and ``timeout`` in seconds, never a delay of 0."""

    delay: float = 1.0
    timeout: float = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """What is one address on a site; see :class:`archive.address_rules.AddressRules`.

    ``hosts`` are aliases of its own; ``paths`` leads from a form of path to another, each with one
    ``*``; ``query`` names the parameters that matter (None: all); ``id`` holds expressions.
    """

    hosts: tuple[str, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    query: tuple[str, ...] | None = None
    id: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Site:
    """One website and how to read it."""

    slug: str
    name: str
    homepage: str
    source: str
    source_name: str | None = None
    source_homepage: str | None = None
    language: str = "vi"
    family: str | None = None
    evidence: str | None = None
    hosts: tuple[str, ...] = ()
    article_url: tuple[re.Pattern[str], ...] = ()
    address: Address = Address()
    keep: Keep | None = None
    fields: Mapping[str, tuple[Selector, ...]] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    lead_prefixes: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    politeness: Politeness = Politeness()
    articles_per_week: int | None = None
    revisit: tuple[dt.timedelta, ...] | None = None

    @property
    def revisit_ages(self) -> tuple[dt.timedelta, ...]:
        """The ages at which an article is looked at again: the site's own, or the program's."""
        return REVISIT_AGES if self.revisit is None else self.revisit

    def is_article(self, url: str) -> bool:
        """Whether a canonical URL has the form of this site's articles."""
        return any(pattern.search(url) for pattern in self.article_url)

    def owns(self, url: str) -> bool:
        """Whether a URL lies on one of the site's hosts (``host`` or ``host:port``)."""
        netloc = urlsplit(url).netloc.lower()
        return netloc in self.hosts or netloc in self.address.hosts

    @cached_property
    def rules(self) -> AddressRules:
        """What is one address on this site, as the archive keeps it."""
        home = urlsplit(canonical(self.homepage))
        return AddressRules(
            home=f"{home.scheme}://{home.netloc}",
            hosts=self.hosts,
            aliases=self.address.hosts,
            paths=tuple(self.address.paths.items()),
            query=self.address.query,
            ids=self.address.id,
            articles=tuple(pattern.pattern for pattern in self.article_url),
        )
