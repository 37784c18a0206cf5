"""The pages on which a site file can be tried without asking anybody."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

from archive.connection import PAGES_FILE
from archive.models import Page
from archive.pages import PageStore
from crawler.site import Site

# Of a checkout; an installed program has none.
GOLDEN = Path(__file__).parent.parent / "tests" / "sites"
NEW = "new"
LAST_KEPT = 5


def saved_pages(site: Site, folder: Path | None) -> Iterator[Page]:
    """The golden pages of a site, those that `sites new` saved, and the last ones kept of it."""
    yield from _with_labels(GOLDEN / site.slug, site)
    if folder is not None:
        yield from _with_labels(folder / NEW / site.slug, site)
        yield from kept_pages(site, folder)


def kept_pages(site: Site, folder: Path) -> list[Page]:
    """The last articles' pages in the archive, the newest first."""
    if not (folder / PAGES_FILE).exists():
        return []
    with PageStore.open(folder) as pages:
        return pages.newest(site.slug, LAST_KEPT, site.is_article)


def _with_labels(folder: Path, site: Site) -> Iterator[Page]:
    for path in sorted(folder.glob("*.html")):
        label = path.with_suffix(".json")
        if label.exists() and (page := read_saved(path, label)) and site.owns(page.url):
            yield page


def read_saved(path: Path, label: Path) -> Page:
    """A page saved as a file, with the address and time that its label tells."""
    said = json.loads(label.read_text(encoding="utf-8"))
    return Page(
        url=said["url"],
        final_url=said["url"],
        fetched_at=dt.datetime.fromisoformat(said["fetched_at"]),
        status=200,
        headers=(("Content-Type", said.get("content_type", "text/html")),),
        body=path.read_bytes(),
    )
