"""Sitemaps: plain, news, and indexes of further sitemaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archive.models import Page
from crawler.errors import ListingError
from crawler.listings.dates import parse_date
from crawler.listings.link import Named, Reading, article_links, own_address
from crawler.listings.xml import Element, children, local, parse_xml, text_at
from crawler.site import Listing, Site

# The protocol's own limit for one file.
MOST = 50_000


def read_sitemap(page: Page, listing: Listing, site: Site) -> Reading:
    """The articles of a sitemap, or the parts of an index; raises ListingError."""
    root = parse_xml(page.body)
    if local(root) == "sitemapindex":
        return _index(root, site, page.final_url)
    if local(root) != "urlset":
        raise ListingError(f"a sitemap begins with urlset or sitemapindex, not {local(root)}")
    return article_links(_named(root, listing), site, page.final_url)


def _named(root: Element, listing: Listing) -> Iterator[Named]:
    for number, url in enumerate(children(root, "url")):
        if number >= MOST:
            return
        news = next(children(url, "news"), None)
        image = next(children(url, "image"), None)
        titles = (text_at(part, "title") for part in (news, image) if part is not None)
        yield Named(
            url=text_at(url, "loc"),
            title=next((title for title in titles if title), None),
            date=parse_date(text_at(news, "publication_date")) if news is not None else None,
            section=listing.section,
            changed=parse_date(text_at(url, "lastmod")),
        )


def _index(root: Element, site: Site, page_url: str) -> Reading:
    skipped: Counter[str] = Counter()
    deeper = []
    for part in children(root, "sitemap"):
        url, reason = own_address(text_at(part, "loc"), site, page_url)
        if url is None:
            skipped[reason] += 1
        else:
            deeper.append(Named(url=url, changed=parse_date(text_at(part, "lastmod"))))
    return Reading(skipped=skipped, deeper=tuple(deeper))
