"""Which times each listing of a site was watched: a stretch is a time without a hole.

A run that reaches back to where a stretch ended makes it longer; one that does not begins another,
and what lies between the two is a hole.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from archive.times import to_text

_NAMED = """
INSERT INTO watched_listings (site, listing, kind, named_from, named_until)
VALUES (:site, :listing, :kind, :at, :at)
ON CONFLICT (site, listing) DO UPDATE SET named_until = max(named_until, excluded.named_until),
    named_from = min(named_from, excluded.named_from), kind = excluded.kind
"""
_TOUCHING = """
SELECT min(since), max(until) FROM stretches
WHERE listing_id = :listing AND since <= :until AND until >= :since
"""
_SWALLOWED = """
DELETE FROM stretches WHERE listing_id = :listing AND since <= :until AND until >= :since
"""
_OF_ONE = """
SELECT since, until FROM stretches
WHERE listing_id = :listing AND since < :until AND until >= :since ORDER BY since
"""
_LAST = """
SELECT max(s.until) FROM stretches s JOIN watched_listings l ON l.id = s.listing_id
WHERE l.site = ? AND l.listing = ?
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """One listing of a site: in which runs its file named it, and its stretches, the oldest first.

    ``named_until`` is the same for all listings that the last run of the site knew.
    """

    site: str
    listing: str
    kind: str
    named_from: str
    named_until: str
    stretches: tuple[tuple[str, str], ...] = ()


def name_listings(
    connection: sqlite3.Connection, site: str, listings: Iterable[tuple[str, str]], at: dt.datetime
) -> None:
    """Notes which listings, by name and kind, the file of a site has now; also those that will not
    answer count when it is asked what was watched. Joins the transaction."""
    connection.executemany(
        _NAMED,
        [
            {"site": site, "listing": name, "kind": kind, "at": to_text(at)}
            for name, kind in listings
        ],
    )


def note_stretch(
    connection: sqlite3.Connection, site: str, listing: str, since: str, until: str
) -> None:
    """Adds a time that was watched to a listing that is named; joins the transaction."""
    sql = "SELECT id FROM watched_listings WHERE site = ? AND listing = ?"
    row = connection.execute(sql, (site, listing)).fetchone()
    if row is None or until < since:
        return
    values = {"listing": row[0], "since": since, "until": until}
    first, last = connection.execute(_TOUCHING, values).fetchone()
    connection.execute(_SWALLOWED, values)
    connection.execute(
        "INSERT INTO stretches (listing_id, since, until) VALUES (?, ?, ?)",
        (row[0], min(since, first or since), max(until, last or until)),
    )


def watched_until(connection: sqlite3.Connection, site: str, listing: str) -> str | None:
    """The end of a listing's last stretch."""
    row = connection.execute(_LAST, (site, listing)).fetchone()
    return str(row[0]) if row[0] else None


def watched(
    connection: sqlite3.Connection, site: str, since: str = "", until: str = "9999"
) -> list[Watched]:
    """The listings of a site with those of their stretches that touch a span of time."""
    sql = "SELECT * FROM watched_listings WHERE site = ? ORDER BY id"
    values = {"since": since, "until": until}
    return [
        Watched(
            **{key: value for key, value in dict(row).items() if key != "id"},
            stretches=tuple(
                (found[0], found[1])
                for found in connection.execute(_OF_ONE, values | {"listing": row["id"]})
            ),
        )
        for row in connection.execute(sql, (site,)).fetchall()
    ]
