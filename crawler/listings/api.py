"""JSON APIs: articles as objects, or a piece of HTML inside JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from archive.models import Page
from crawler.errors import ListingError
from crawler.listings.dates import parse_date
from crawler.listings.headlines import read_headlines
from crawler.listings.link import Named, Reading, article_links
from crawler.site import Listing, Site


def read_api(page: Page, listing: Listing, site: Site) -> Reading:
    """The articles of a JSON answer; raises ListingError. ``items`` may lead to a list, to an
    object whose values count (moit), or to HTML (nhandan)."""
    try:
        # ValueError also where a number has more digits than Python reads.
        answer = json.loads(page.body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise ListingError(f"the answer is no JSON: {error}") from error
    found = at_path(answer, listing.items)
    if isinstance(found, str):
        inner = dataclasses.replace(page, body=found.encode("utf-8", "replace"), headers=())
        return read_headlines(inner, dataclasses.replace(listing, items=None, link=None), site)
    if not isinstance(found, list | dict):
        raise ListingError(f"the answer has no {listing.items or 'list'}: {page.body[:80]!r}")
    return article_links(_named(found, listing), site, site.homepage)


def _named(found: list[Any] | dict[str, Any], listing: Listing) -> Iterator[Named]:
    for one in found.values() if isinstance(found, dict) else found:
        yield Named(
            url=_text(at_path(one, listing.link)),
            title=_text(at_path(one, listing.title)),
            date=parse_date(_text(at_path(one, listing.date)), listing.date_format),
            section=listing.section,
        )


def at_path(value: Any, path: str | None) -> Any:
    """What stands at a dotted path; None where it does not lead anywhere.

    >>> at_path({"data": [{"url": "/a"}]}, "data.0.url")
    '/a'
    """
    for step in (path or "").split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int | float) else None
