"""Run: one crawl of some sites, from its lock to its exit code."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import shlex
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Self

from archive.errors import ArchiveError
from archive.lock import take_lock
from archive.models import VIETNAM, Page
from archive.pages import PageStore
from archive.readings import Readings
from archive.store import Archive
from archive.times import from_text, to_text
from crawler.batch import Batch
from crawler.errors import NOTHING_USABLE, SOME_FAILED, WELL
from crawler.extract import EXTRACTOR
from crawler.frontier import Frontier
from crawler.reader import rules_of
from crawler.revisits import plan_again
from crawler.site import Site
from crawler.site_file import source_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The numbers of one site in one run, as they are stored."""

    site: str
    listings: int = 0
    listings_failed: int = 0
    found: int = 0
    asked: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    failed: int = 0
    refused: int = 0
    gone: int = 0
    bytes: int = 0
    reason: str | None = None

    @property
    def articles(self) -> int:
        """The articles that were answered with their text, or as unchanged."""
        return self.new + self.revised + self.unchanged

    @property
    def is_usable(self) -> bool:
        """Whether anything came of the site at all."""
        return self.listings > self.listings_failed or self.articles + self.gone > 0

    @property
    def has_failed(self) -> bool:
        """A single broken page is counted, but does not make its site fail; a listing does: what
        it would have named is missed in silence."""
        trouble = self.failed + self.refused
        return bool(self.reason or self.listings_failed) or trouble > self.articles + self.gone


def exit_code(tallies: Iterable[Tally]) -> int:
    """0 all well, 1 some site failed, 3 nothing usable.

    >>> exit_code([Tally(site="a", listings=1), Tally(site="b", listings=1, listings_failed=1)])
    1
    """
    rows = list(tallies)
    if not any(row.is_usable for row in rows) and any(row.has_failed for row in rows):
        return NOTHING_USABLE
    return SOME_FAILED if any(row.has_failed for row in rows) else WELL


class Run:
    """The lock, the two open files and the record that all sites of one process share."""

    def __init__(self, folder: Path, lock: IO[str], archive: Archive, pages: PageStore) -> None:
        self.folder = folder
        self.archive = archive
        self.pages = pages
        self.error: ArchiveError | None = None
        self.batch = Batch(archive, pages)
        self.id = _insert_run(archive)
        self._lock = lock
        self._readings = Readings(archive)
        self._readers: dict[str, int] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Locks the data folder and opens its files; raises AlreadyRunningError, ArchiveError."""
        lock = take_lock(folder)
        try:
            return cls(
                folder, lock, Archive.open(folder, write=True), PageStore.open(folder, write=True)
            )
        except BaseException:
            lock.close()
            raise

    def begin(self, site: Site) -> Frontier:
        """The frontier of a site, whose numbers of this run start at 0."""
        with self.archive.transaction():
            frontier = self.know(site)
            self.archive.connection.execute(
                "INSERT OR IGNORE INTO run_sites (run_id, site) VALUES (?, ?)", (self.id, site.slug)
            )
            plan_again(self.archive, site, now())
        return frontier

    def know(self, site: Site) -> Frontier:
        """The frontier of a site, which is kept as its file describes it now."""
        with self.archive.transaction():
            self.archive.put_site(
                slug=site.slug,
                name=site.name,
                homepage=site.homepage,
                source=source_of(site),
                family=site.family,
                evidence=site.evidence,
            )
            frontier = Frontier(self.archive, site=site.slug, run_id=self.id)
            if self.archive.addresses.put_rules(site.slug, site.rules):
                frontier.aliases.fold()
            reader = self._readings.reader(site.slug, EXTRACTOR, rules_of(site))
        self._readers[site.slug] = reader
        return frontier

    def note_read(self, site: Site, page_id: int) -> None:
        """Remembers that a page was read as the site's file says now."""
        self._readings.note(page_id, self._readers[site.slug])

    def was_read(self, site: Site, page_id: int) -> bool:
        """Whether a page was read last as the site's file says now."""
        return bool(self._readings.read_by([self._readers[site.slug]], page_id, page_id))

    def end(self, slug: str, reason: str | None) -> None:
        """Notes why a site's crawl stopped before it was through, if it did."""
        with self.archive.transaction():
            self.archive.connection.execute(
                "UPDATE run_sites SET reason = coalesce(reason, ?) WHERE run_id = ? AND site = ?",
                (reason, self.id, slug),
            )

    def close(self, code: int | None = None) -> None:
        """Writes how the run ended, closes the files, gives the lock back."""
        try:
            if self.error is None:
                code = exit_code(self.tallies()) if code is None else code
                with self.archive.transaction():
                    self.archive.connection.execute(
                        "UPDATE runs SET ended_at = ?, exit_code = ? WHERE id = ?",
                        (to_text(now()), code, self.id),
                    )
        finally:
            self.pages.close()
            self._close_archive()
            self._lock.close()

    def _close_archive(self) -> None:
        try:
            self.archive.close()
        except ArchiveError:  # the trouble that ended the run has been told once
            if self.error is None:
                raise

    def tallies(self) -> list[Tally]:
        """The numbers of each site so far."""
        rows = self.archive.connection.execute(
            "SELECT * FROM run_sites WHERE run_id = ? ORDER BY site", (self.id,)
        )
        return [Tally(**{k: v for k, v in dict(row).items() if k != "run_id"}) for row in rows]

    def due(self) -> list[tuple[str, int]]:
        """How many URLs of each site wait to be asked."""
        sql = "SELECT site, count(*) FROM frontier WHERE state = 'due' GROUP BY site"
        return [(row[0], row[1]) for row in self.archive.connection.execute(sql)]

    @asynccontextmanager
    async def turn(self, site: Site) -> AsyncIterator[None]:
        """Waits until no other site of this run asks one of the site's hosts."""
        async with AsyncExitStack() as stack:
            for host in sorted(site.hosts):
                await stack.enter_async_context(self._turns.setdefault(host, asyncio.Lock()))
            yield

    def quiet_until(self, site: Site, at: dt.datetime) -> tuple[dt.datetime, str] | None:
        """Until when, and why, a run before this one was asked to leave the site alone."""
        row = self.archive.connection.execute(
            "SELECT max(not_before) AS until, reason FROM hosts WHERE not_before > ?"
            " AND host IN (SELECT value FROM json_each(?))",
            (to_text(at), json.dumps(site.hosts)),
        ).fetchone()
        return (from_text(row["until"]), row["reason"]) if row["until"] else None

    def leave_alone(self, site: Site, until: dt.datetime, reason: str) -> None:
        """Remembers, for the runs after this one, that a site's host wants quiet."""
        with self.archive.transaction():
            self.archive.connection.executemany(
                "INSERT INTO hosts (host, not_before, reason) VALUES (?, ?, ?)"
                " ON CONFLICT (host) DO UPDATE SET not_before = excluded.not_before,"
                " reason = excluded.reason",
                [(host, to_text(until), reason) for host in site.hosts],
            )

    def kept_page(self, url: str, since: dt.datetime) -> tuple[int, Page] | None:
        """A page that was kept since a time but may not have been read yet."""
        row = self.pages.connection.execute(
            "SELECT id FROM pages WHERE url = ? AND fetched_at >= ? AND status = 200"
            " AND sha256 IS NOT NULL ORDER BY id DESC LIMIT 1",
            (url, to_text(since)),
        ).fetchone()
        return (row["id"], self.pages.get(row["id"])) if row else None


def now() -> dt.datetime:
    """The time, in Vietnam's zone."""
    return dt.datetime.now(VIETNAM)


def _insert_run(archive: Archive) -> int:
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    with archive.transaction():
        cursor: sqlite3.Cursor = archive.connection.execute(
            "INSERT INTO runs (started_at, command, program) VALUES (?, ?, ?)",
            (to_text(now()), command, f"moit-news {version('moit-news')}"),
        )
    return int(cursor.lastrowid or 0)
