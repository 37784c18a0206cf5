"""Archives of which it is known when they were watched."""

from __future__ import annotations

import datetime as dt

from archive.models import VIETNAM
from archive.store import Archive
from archive.stretches import name_listings, note_stretch

NOW = dt.datetime(2024, 5, 31, 12, 0, tzinfo=VIETNAM)
FEED, SITEMAP = "feed https://bo.vn/rss", "sitemap https://bo.vn/map.xml"
SECTIONS = ("headlines https://bo.vn/a", "headlines https://bo.vn/b")


def at(day: int, hour: int = 0) -> str:
    """A moment of May 2024 as it is stored; the days after it are June's."""
    moment = dt.datetime(2024, 5, 1, hour, tzinfo=VIETNAM) + dt.timedelta(days=day - 1)
    return moment.isoformat()


def watch(
    archive: Archive,
    listing: str,
    *spans: tuple[str, str],
    site: str = "bo-vn",
    named: dt.datetime = NOW,
) -> None:
    """Makes a listing one that was watched in these times."""
    name_listings(archive.connection, site, [(listing, listing.partition(" ")[0])], named)
    for since, until in spans:
        note_stretch(archive.connection, site, listing, since, until)
