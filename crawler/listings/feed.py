"""RSS and Atom feeds."""

from __future__ import annotations

from collections.abc import Iterator

from archive.models import Page
from crawler.listings.dates import parse_date
from crawler.listings.link import Named, Reading, article_links, title_text
from crawler.listings.xml import Element, Parts, all_text, by_name, local, parse_xml, text_at
from crawler.site import Listing, Site


def read_feed(page: Page, listing: Listing, site: Site) -> Reading:
    """The articles that a feed names; raises ListingError."""
    root = parse_xml(page.body)
    named = (_named(entry, listing) for entry in root.iter() if _is_entry(entry))
    return article_links(named, site, page.final_url)


def _is_entry(element: Element) -> bool:
    return isinstance(element.tag, str) and local(element) in ("item", "entry")


def _named(entry: Element, listing: Listing) -> Named:
    parts = by_name(entry)
    date = text_at(parts, "pubdate", "published", "date", "updated", "modified")
    return Named(
        url=next((url for url in _addresses(parts) if url), None),
        title=text_at(parts, "title"),
        date=parse_date(date, listing.date_format) or parse_date(date),
        section=listing.section or title_text(text_at(parts, "category")),
        changed=parse_date(text_at(parts, "updated", "modified")),
    )


def _addresses(parts: Parts) -> Iterator[str | None]:
    for link in parts.get("link", ()):
        if link.get("rel", "alternate") == "alternate":
            yield link.get("href") or all_text(link)
    for guid in (*parts.get("guid", ()), *parts.get("id", ())):
        text = all_text(guid)
        if text.startswith("http") and guid.get("isPermaLink", "true") == "true":
            yield text
