"""Our extractor as a scoring tool calls it: bytes and an address in, a plain dictionary out."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from archive.models import Article, BlockKind, Page
from archive.urls import canonical, host
from crawler.extract import extract
from crawler.site import Site
from crawler.site_file import load_sites, site_of, unknown_site

# Labels hold running text: a table of prices and a caption are parts of an article, not of that.
_NOT_RUNNING = (BlockKind.CAPTION, BlockKind.TABLE)


def read(body: bytes, url: str, fetched_at: dt.datetime | None = None) -> dict[str, Any]:
    """What the site's own file, its family and the generic layer read; fetched now, if not told."""
    site = site_of(canonical(url), _sites()) or _unknown(host(url))
    return _said(extract(_page(body, url, fetched_at), site))


def read_generic(body: bytes, url: str, fetched_at: dt.datetime | None = None) -> dict[str, Any]:
    """What the generic layer alone reads, as on a site that nobody described."""
    return _said(extract(_page(body, url, fetched_at), _unknown(host(url))))


def _said(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "lead": article.lead,
        "text": _running_text(article),
        "published_at": article.published_at,
        "authors": list(article.authors),
        "section": article.section,
        "section_path": list(article.sections),
    }


def _running_text(article: Article) -> str:
    return "\n\n".join(b.text for b in article.blocks if b.kind not in _NOT_RUNNING)


def _page(body: bytes, url: str, fetched_at: dt.datetime | None) -> Page:
    at = fetched_at or dt.datetime.now(dt.UTC)
    return Page(url=url, final_url=url, fetched_at=at, status=200, headers=(), body=body)


@lru_cache(maxsize=1)
def _sites() -> tuple[Site, ...]:
    return tuple(load_sites().values())


@lru_cache(maxsize=1000)
def _unknown(name: str) -> Site:
    return unknown_site(f"https://{name}/")
