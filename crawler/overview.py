"""What is known of the sites: what their files say, and what the archive has of them."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.connection import ARCHIVE_FILE, explained
from archive.store import Archive
from crawler.site import Listing, Site

_KEPT = (
    "SELECT count(*) AS articles, max(published_at) AS last_published,"
    " max(first_seen_at) AS last_new FROM articles WHERE site = ?"
)
_CRAWLED = (
    "SELECT max(coalesce(runs.ended_at, runs.started_at)) AS last_crawl FROM run_sites"
    " JOIN runs ON runs.id = run_id WHERE site = ?"
)
_NOTHING = {"articles": None, "last_published": None, "last_new": None, "last_crawl": None}


def overview(sites: Mapping[str, Site], folder: Path | None) -> list[dict[str, Any]]:
    """One object a site; the numbers of the archive are None where there is none."""
    rows = [_of_file(site) for site in sites.values()]
    if folder is None or not (folder / ARCHIVE_FILE).exists():
        return [row | _NOTHING for row in rows]
    with Archive.open(folder) as archive, explained(archive.path):
        return [row | _of_archive(archive.connection, row["slug"]) for row in rows]


def _of_file(site: Site) -> dict[str, Any]:
    return {
        "slug": site.slug,
        "name": site.name,
        "homepage": site.homepage,
        "family": site.family,
        "listings": dict(Counter(one.kind.value for one in site.listings)),
        "keep": site.keep.value if site.keep else None,
        "articles_per_week": site.articles_per_week,
        "evidence": site.evidence,
    }


def _of_archive(connection: sqlite3.Connection, slug: str) -> dict[str, Any]:
    kept = dict(connection.execute(_KEPT, (slug,)).fetchone())
    return kept | dict(connection.execute(_CRAWLED, (slug,)).fetchone())


def described(site: Site) -> dict[str, Any]:
    """A composed site as JSON can hold it; each selector with the layer that it comes from."""
    kept = asdict(site)
    return kept | {
        "keep": site.keep.value if site.keep else None,
        "article_url": [pattern.pattern for pattern in site.article_url],
        "fields": {
            name: [{"selector": one.text, "layer": one.layer} for one in chain]
            for name, chain in site.fields.items()
        },
        "listings": [_described_listing(one) for one in site.listings],
    }


def _described_listing(listing: Listing) -> dict[str, Any]:
    values = asdict(listing) | {"kind": listing.kind.value, "form": dict(listing.form)}
    return {name: value for name, value in values.items() if value not in (None, {})}


def told(site: Site) -> Iterator[str]:
    """A composed site as lines to be read: its keys, its fields' chains, its listings."""
    yield f"{site.slug}: {site.name}"
    for name, value in described(site).items():
        if name not in ("slug", "name", "fields", "listings"):
            yield f"  {name}: {_value(value)}"
    yield "  fields, the first selector that gives something wins:"
    for name, chain in site.fields.items():
        for place, selector in enumerate(chain):
            yield f"    {'' if place else name:<12} {selector.layer:<8} {selector.text}"
        if not chain:
            yield f"    {name:<12} -"
    yield f"  listings: {len(site.listings) or 'none: only --url and --listing can ask this site'}"
    for listing in site.listings:
        yield f"    {_listing(listing)}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "  ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)


def _listing(listing: Listing) -> str:
    values = _described_listing(listing)
    usual = {"kind", "url", "section"} | ({"method"} if listing.method == "GET" else set())
    usual |= {name for name in ("first_page", "pages") if values[name] == 1}
    more = "; ".join(f"{k} {_value(v)}" for k, v in values.items() if k not in usual)
    section = f" ({listing.section})" if listing.section else ""
    return re.sub(r"\s+$", "", f"{listing.kind.value:<9} {listing.url}{section}  {more}")
