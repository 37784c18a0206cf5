"""What the archive holds and what it weighs: a second's work, whatever its size.

Counts come from indexes. What would need every text or page to be read, bytes of text and of
pages, is reckoned from some hundred of each and marked so, unless the archive is small.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.connection import ARCHIVE_FILE, PAGES_FILE, open_file

# The mean of so many is right within a few percent.
SAMPLE = 100  # of a site's articles
SOME_PAGES = 2000
MONTHS = 24

_ARTICLES = """
SELECT site, count(*) AS articles, min(published_at) AS first, max(published_at) AS last,
    count(DISTINCT substr(published_at, 1, 10)) AS days FROM articles GROUP BY site
"""
_VERSIONS = "SELECT site, count(*) FROM versions GROUP BY site"
_WITHDRAWN = """
SELECT a.site, count(DISTINCT a.id) FROM withdrawals w JOIN articles a ON a.id = w.article_id
WHERE w.returned_at IS NULL GROUP BY a.site
"""
# Every n-th of a site's articles in the order of their publication, from the index alone.
_SOME_IDS = """
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY published_at) AS n FROM articles
    WHERE site = :site) WHERE n % max(1, :count / :sample) = 0 LIMIT :sample
"""
_TEXT = "SELECT coalesce(length(CAST(body AS BLOB)), 0) FROM articles WHERE id = ?"
_MONTHS = """
SELECT substr(r.started_at, 1, 7) AS month, sum(s.new) AS new, sum(s.bytes) AS bytes
FROM run_sites s JOIN runs r ON r.id = s.run_id GROUP BY month ORDER BY month DESC LIMIT ?
"""
_SOME_PAGES = """
SELECT p.site, b.size, length(b.z) AS z FROM pages p LEFT JOIN bodies b USING (sha256)
WHERE p.id = ?
"""
_DICTIONARIES = "SELECT site, sum(length(z)) FROM dictionaries GROUP BY site"
_SIZES = """
SELECT coalesce(m.tbl_name, s.name) AS of, s.name AS name, sum(s.pgsize) AS bytes
FROM dbstat s LEFT JOIN sqlite_master m ON m.name = s.name GROUP BY s.name ORDER BY bytes DESC
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteStats:
    """One site; ``days`` are those on which it published anything that is kept."""

    site: str
    articles: int = 0
    versions: int = 0
    withdrawn: int = 0
    first: str | None = None
    last: str | None = None
    days: int = 0
    text_bytes: int = 0
    pages: int = 0
    raw_bytes: int = 0
    stored_bytes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """What the crawls of a month brought."""

    month: str
    new: int
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stats:
    """``is_exact`` is false where bytes, and the pages of each site, are reckoned from a sample;
    ``sizes`` is empty unless asked for, since it reads both files from end to end."""

    sites: tuple[SiteStats, ...]
    months: tuple[Month, ...]
    files: dict[str, int]
    sizes: tuple[tuple[str, str, int], ...]
    is_exact: bool


def stats(folder: Path, *, sizes: bool = False) -> Stats:
    """Counts and weighs a data folder."""
    with _reading(folder / ARCHIVE_FILE) as connection:
        found, is_whole = _of_articles(connection)
        months = [Month(**dict(row)) for row in connection.execute(_MONTHS, (MONTHS,))]
        tables = _sizes(connection) if sizes else []
    has_pages = (folder / PAGES_FILE).exists()
    if has_pages:
        with _reading(folder / PAGES_FILE) as connection:
            is_whole &= _add_pages(connection, found)
            tables += _sizes(connection) if sizes else []
    names = [name for name in (ARCHIVE_FILE, PAGES_FILE) if (folder / name).exists()]
    return Stats(
        sites=tuple(SiteStats(site=site, **found[site]) for site in sorted(found)),
        months=tuple(reversed(months)),
        files={name: (folder / name).stat().st_size for name in names},
        sizes=tuple(tables),
        is_exact=is_whole,
    )


def _reading(path: Path) -> closing[sqlite3.Connection]:
    return closing(open_file(path, write=False))


def _of_articles(connection: sqlite3.Connection) -> tuple[dict[str, dict[str, Any]], bool]:
    found: dict[str, dict[str, Any]] = {}
    is_whole = True
    for row in connection.execute(_ARTICLES).fetchall():
        site, count = row["site"], row["articles"]
        text, is_exact = _text_bytes(connection, site, count)
        is_whole &= is_exact
        found[site] = {name: row[name] for name in ("articles", "first", "last", "days")}
        found[site]["text_bytes"] = text
    for name, sql in (("versions", _VERSIONS), ("withdrawn", _WITHDRAWN)):
        for site, count in connection.execute(sql):
            found.setdefault(site, {})[name] = count
    return found, is_whole


def _text_bytes(connection: sqlite3.Connection, site: str, count: int) -> tuple[int, bool]:
    values = {"site": site, "count": count, "sample": SAMPLE}
    ids = [row[0] for row in connection.execute(_SOME_IDS, values)]
    some = sum(connection.execute(_TEXT, (one,)).fetchone()[0] for one in ids)
    return round(some * count / max(1, len(ids))), len(ids) == count


def _add_pages(connection: sqlite3.Connection, found: dict[str, dict[str, Any]]) -> bool:
    """Adds each site's pages and their bytes; False where they are reckoned from a sample."""
    (whole,) = connection.execute("SELECT count(*) FROM pages").fetchone()
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM pages").fetchone()
    step = max(1, last // SOME_PAGES)
    rows = (
        connection.execute(_SOME_PAGES, (page_id,)).fetchone() for page_id in range(last, 0, -step)
    )
    seen = [row for row in rows if row is not None]
    share = whole / max(1, len(seen))
    for row in seen:
        site = found.setdefault(row["site"], {})
        for name, value in (("pages", 1), ("raw_bytes", row["size"]), ("stored_bytes", row["z"])):
            site[name] = site.get(name, 0) + (value or 0) * share
    for slug, size in connection.execute(_DICTIONARIES):
        site = found.setdefault(slug, {})
        site["stored_bytes"] = site.get("stored_bytes", 0) + size
    for site in found.values():
        for name in ("pages", "raw_bytes", "stored_bytes"):
            site[name] = round(site.get(name, 0))
    return bool(len(seen) == whole)


def _sizes(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
    return [tuple(row) for row in connection.execute(_SIZES)]
