"""The pages on which a site file can be tried without asking anybody."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.connection import PAGES_FILE
from archive.models import Page
from archive.pages import PageStore
from crawler.errors import LabelError
from crawler.site import Site

# Of a checkout; an installed program has none.
GOLDEN = Path(__file__).parent.parent / "tests" / "sites"
NEW = "new"
LAST_KEPT = 5


def saved_pages(site: Site, folder: Path | None) -> Iterator[tuple[Page, dict[str, Any]]]:
    """The golden pages of a site, those that `sites new` saved, and the last ones kept of it; each
    with its label, empty where it has none."""
    yield from _with_labels(GOLDEN / site.slug, site)
    if folder is not None:
        yield from _with_labels(folder / NEW / site.slug, site)
        yield from ((page, {}) for page in kept_pages(site, folder))


def kept_pages(site: Site, folder: Path) -> list[Page]:
    """The last articles' pages in the archive, the newest first."""
    if not (folder / PAGES_FILE).exists():
        return []
    with PageStore.open(folder) as pages:
        return pages.newest(site.slug, LAST_KEPT, site.is_article)


def _with_labels(folder: Path, site: Site) -> Iterator[tuple[Page, dict[str, Any]]]:
    for path in sorted(folder.glob("*.html")):
        label = path.with_suffix(".json")
        if label.exists():
            said = read_label(label)
            page = saved_page(path, said)
            if site.owns(page.url):
                yield page, said


def read_label(path: Path) -> dict[str, Any]:
    """The JSON beside a saved page; raises LabelError for one that a correction has broken."""
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        dt.datetime.fromisoformat(said["fetched_at"])
        str(said["url"])
    except (ValueError, KeyError, TypeError) as error:
        raise LabelError(
            f"{path}: not a label: {error!r}; it is an object with url, fetched_at and the fields"
        ) from error
    return said


def saved_page(path: Path, said: dict[str, Any]) -> Page:
    """A page saved as a file, with the address and time that its label tells."""
    return Page(
        url=said["url"],
        final_url=said["url"],
        fetched_at=dt.datetime.fromisoformat(said["fetched_at"]),
        status=200,
        headers=(("Content-Type", said.get("content_type", "text/html")),),
        body=path.read_bytes(),
    )
