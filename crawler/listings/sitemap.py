"""Sitemaps: plain, news, and indexes of further sitemaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archive.models import Page
from crawler.errors import ListingError
from crawler.listings.dates import parse_date
from crawler.listings.link import BEYOND, MOST, Named, Reading, article_links, own_address
from crawler.listings.xml import Element, by_name, children, local, parse_xml, text_at
from crawler.site import Listing, Site

_INNER = ("news", "image")


def read_sitemap(page: Page, listing: Listing, site: Site) -> Reading:
    """The articles of a sitemap, or the parts of an index; raises ListingError."""
    root = parse_xml(page.body)
    if local(root) == "sitemapindex":
        return _index(root, site, page.final_url)
    if local(root) != "urlset":
        raise ListingError(f"a sitemap begins with urlset or sitemapindex, not {local(root)}")
    return article_links(_named(root, listing), site, page.final_url)


def _named(root: Element, listing: Listing) -> Iterator[Named]:
    for url in children(root, "url"):
        parts = by_name(url)
        news, image = (by_name(parts[name][0]) if name in parts else {} for name in _INNER)
        titles = (text_at(inner, "title") for inner in (news, image))
        yield Named(
            url=text_at(parts, "loc"),
            title=next((title for title in titles if title), None),
            date=parse_date(text_at(news, "publication_date")),
            section=listing.section,
            changed=parse_date(text_at(parts, "lastmod")),
        )


def _index(root: Element, site: Site, page_url: str) -> Reading:
    skipped: Counter[str] = Counter()
    deeper = []
    for number, part in enumerate(children(root, "sitemap")):
        if number >= MOST:
            skipped[BEYOND] += 1
            break
        told = by_name(part)
        url, reason = own_address(text_at(told, "loc"), site, page_url)
        if url is None:
            skipped[reason] += 1
        else:
            deeper.append(Named(url=url, changed=parse_date(text_at(told, "lastmod"))))
    return Reading(skipped=skipped, deeper=tuple(deeper))
