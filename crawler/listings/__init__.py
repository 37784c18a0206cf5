"""Listings: a feed, sitemap, page of headlines or API answer becomes links. Pure."""

from __future__ import annotations

from collections.abc import Callable

from archive.models import Page
from crawler.listings.api import read_api
from crawler.listings.feed import read_feed
from crawler.listings.headlines import read_headlines
from crawler.listings.link import Link, Reading, at_home
from crawler.listings.paging import Ask, Window, first_asks, next_asks
from crawler.listings.reaching import reach, unchanged_reach
from crawler.listings.sitemap import read_sitemap
from crawler.site import Listing, ListingKind, Site

__all__ = [
    "Ask",
    "Link",
    "Reading",
    "Window",
    "at_home",
    "first_asks",
    "next_asks",
    "reach",
    "read",
    "unchanged_reach",
]

READERS: dict[ListingKind, Callable[[Page, Listing, Site], Reading]] = {
    ListingKind.FEED: read_feed,
    ListingKind.SITEMAP: read_sitemap,
    ListingKind.HEADLINES: read_headlines,
    ListingKind.API: read_api,
}


def read(page: Page, listing: Listing, site: Site) -> Reading:
    """What a listing's answer names; raises ListingError for an answer that cannot be read."""
    return READERS[listing.kind](page, listing, site)
