"""Pages of headlines: HTML that links to articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from archive.models import Page
from crawler.errors import ExtractError, ListingError
from crawler.extract.select import elements
from crawler.extract.tree import Element, parse, text_of
from crawler.listings.dates import parse_date
from crawler.listings.link import Named, Reading, article_links
from crawler.site import Listing, Site

# A page has at most 40,000 elements; in boxes within boxes they are looked at again and again.
MOST_LOOKED_AT = 200_000
_BELOW = etree.XPath("count(descendant-or-self::*)")
_ATTRIBUTE = re.compile(r"@([\w:-]+)$")


def read_headlines(page: Page, listing: Listing, site: Site) -> Reading:
    """The articles that a page links to; without selectors, each link of an article's form."""
    try:
        root = parse(page).root
    except ExtractError as error:
        raise ListingError(f"the page of headlines cannot be read: {error}") from error
    return article_links(_named(root, listing), site, page.final_url)


def _named(root: Element, listing: Listing) -> Iterator[Named]:
    look = _Look()
    for scope in elements(root, listing.items) if listing.items else [root]:
        look.at(scope)
        date = parse_date(_value(scope, listing.date), listing.date_format)
        title = _value(scope, listing.title)
        for link in _links(scope, listing.link):
            look.at(link)
            yield Named(
                url=link.get("href"),
                title=title or text_of(link) or link.get("title"),
                date=date,
                section=listing.section,
            )


class _Look:
    """Counts the elements below those that are looked at; raises ListingError for too many."""

    def __init__(self) -> None:
        self._left = MOST_LOOKED_AT

    def at(self, element: Element) -> None:
        self._left -= int(cast(float, _BELOW(element)))
        if self._left < 0:
            raise ListingError("the boxes of the page stand in each other too often to be read")


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
