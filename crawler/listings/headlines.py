"""Pages of headlines: HTML that links to articles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.models import Page
from crawler.errors import ExtractError, ListingError
from crawler.extract.select import elements
from crawler.extract.tree import Element, parse, text_of
from crawler.listings.dates import parse_date
from crawler.listings.link import Named, Reading, article_links
from crawler.site import Listing, Site

_ATTRIBUTE = re.compile(r"@([\w:-]+)$")


def read_headlines(page: Page, listing: Listing, site: Site) -> Reading:
    """The articles that a page links to; without selectors, each link of an article's form."""
    try:
        root = parse(page).root
    except ExtractError as error:
        raise ListingError(f"the page of headlines cannot be read: {error}") from error
    return article_links(_named(root, listing), site, page.final_url)


def _named(root: Element, listing: Listing) -> Iterator[Named]:
    for scope in elements(root, listing.items) if listing.items else [root]:
        date = parse_date(_value(scope, listing.date), listing.date_format)
        title = _value(scope, listing.title)
        for link in _links(scope, listing.link):
            yield Named(
                url=link.get("href"),
                title=title or text_of(link) or link.get("title"),
                date=date,
                section=listing.section,
            )


def _links(scope: Element, selector: str | None) -> list[Element]:
    found = elements(scope, selector) if selector else [scope, *elements(scope, "a[href]")]
    return [one for one in found if one.get("href")]


def _value(scope: Element, selector: str | None) -> str | None:
    if not selector:
        return None
    attribute = _ATTRIBUTE.search(selector)
    for found in elements(scope, selector):
        text = found.get(attribute[1]) if attribute else text_of(found)
        if text:
            return text
    return None
