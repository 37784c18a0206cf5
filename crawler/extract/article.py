"""A page laid under a site's selectors becomes an article."""

from __future__ import annotations

from types import MappingProxyType

from archive.models import Article, Page
from crawler.errors import NoBodyError
from crawler.extract.reader import Reader
from crawler.extract.tree import parse
from crawler.site import Site

# Raised whenever the same page would give another article: then pages are read again.
EXTRACTOR = 2


def extract(page: Page, site: Site) -> Article:
    """What a page says; raises an ExtractError that says why it gives no article."""
    reader = Reader(parse(page), site)
    title = reader.title()
    lead = reader.lead()
    published, published_from = reader.published()
    authors = reader.authors()
    origin, path, tags = reader.origin(), reader.sections(title), reader.tags()
    body = reader.body(title, lead)
    pictures = reader.images(body)
    if not body.blocks and not (lead and (pictures or reader.shows_film())):
        raise NoBodyError(
            f"no selector of {site.slug} and no finder found a text; see the kept page, "
            "and add a body selector to the site file"
        )
    return Article(
        url=reader.url(),
        source=site.source,
        title=title,
        lead=lead,
        blocks=body.blocks,
        authors=authors or reader.signed(body),
        published_at=published.at if published else None,
        published_from=published_from,
        modified_at=reader.modified(),
        section=path[-1] if path else None,
        sections=path,
        origin=origin or reader.signed_origin(body),
        tags=tags,
        images=pictures,
        attachments=reader.attachments(),
        language=reader.language(body),
        noarchive=reader.noarchive(),
        layers=MappingProxyType(reader.layers),
        extractor=EXTRACTOR,
    )
