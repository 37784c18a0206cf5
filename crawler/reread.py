"""What is kept of a page, and what reading it again makes of that."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from archive.earlier import Absence, note_absence, place
from archive.models import Article, State, Stored
from archive.pages import PageStore
from archive.readings import Differences, Kept, Readings, differences, digest
from archive.store import Archive, columns
from archive.times import from_text, to_text
from crawler.extract import EXTRACTOR
from crawler.frontier import Frontier, Settled
from crawler.plans import Counted, Verdict, revisit_at
from crawler.reader import rules_of
from crawler.reading_pool import ReadPage, Task, read_kept
from crawler.run import Run, now
from crawler.site import Keep, Site

READ_LATE = "its kept page was read again"
METADATA_ONLY = "its site allows to keep metadata only"
NO_SITE = "no site file describes it"
REPLACED = "a later page of the same article was read"


class Ending(StrEnum):
    """What became of a kept page that was to be read again: exactly one of these."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "newly read"
    UNREADABLE = "still unreadable"
    LOST = "no longer readable"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reread:
    """How reading a page again ended; ``reason`` tells why it gave no article."""

    page_id: int
    site: str
    url: str
    ending: Ending
    differences: Differences = field(default_factory=dict)
    reason: str | None = None
    forget: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A kept page before it is read again: what is kept of it, or why it is not read."""

    page_id: int
    site: str
    url: str
    fetched_at: dt.datetime
    kept: Kept | None = None
    reason: str | None = None


class Rereader:
    """Looks up what is kept of pages and corrects it; without a run it writes nothing."""

    def __init__(
        self, archive: Archive, pages: PageStore, sites: Mapping[str, Site], run: Run | None
    ) -> None:
        self.archive, self.pages, self.sites = archive, pages, sites
        self.readings = Readings(archive)
        self._run = run
        self._frontiers: dict[str, Frontier] = {}
        self._readers: dict[str, list[int]] = {}
        for site in sites.values():
            if run is not None:
                self._frontiers[site.slug] = run.know(site)
            known = self.readings.readers(site.slug, EXTRACTOR, rules_of(site))
            self._readers[site.slug] = known

    @property
    def readers(self) -> list[int]:
        """The numbers of the readers of today that have read pages before."""
        return [reader for known in self._readers.values() for reader in known]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; without a run there is nothing to write."""
        if self._run is None:
            yield
        else:
            with self.archive.transaction():
                yield

    def wait(self, page_ids: Iterable[int]) -> None:
        """Makes pages wait to be read, so that a run that is killed needs no --all to go on."""
        if self._run is not None:
            self.readings.forget(page_ids)

    def forget(self, page_ids: Iterable[int]) -> None:
        """Drops the bodies of pages that may not be archived."""
        if self._run is not None:
            for page_id in page_ids:
                self.pages.drop_body(page_id)

    def look_up(self, row: sqlite3.Row) -> tuple[Candidate, Task | None]:
        """What is kept of a page by its row in pages.db, and how to read it, if it is to be."""
        page = Candidate(
            page_id=row["id"],
            site=row["site"],
            url=row["url"],
            fetched_at=from_text(row["fetched_at"]),
        )
        site = self.sites.get(page.site)
        if site is None or site.keep is Keep.METADATA:
            reason = NO_SITE if site is None else METADATA_ONLY
            return dataclasses.replace(page, reason=reason), None
        listed = self._listed(page.url)
        article_id = self._article_of(page.url, listed)
        kept = self.readings.kept_of(page.page_id, article_id) if article_id is not None else None
        if kept is None and article_id is not None and self._was_read(page):
            return dataclasses.replace(page, reason=REPLACED), None
        page = dataclasses.replace(page, kept=kept)
        return page, _task(page, listed)

    def finish(self, page: Candidate, read: ReadPage | None) -> Reread:
        """Corrects what is kept of a page by what it says now, in the open transaction."""
        result = self._finish(page, read)
        if self._run is not None and not result.forget and page.site in self.sites:
            self._run.note_read(self.sites[page.site], page.page_id)
        return result

    def _finish(self, page: Candidate, read: ReadPage | None) -> Reread:
        if read is None:
            return _ended(page, Ending.SKIPPED, reason=page.reason)
        if read.reading is None:
            return _ended(page, Ending.SAME)
        article, forget = read.reading.article, read.reading.forget
        reason = read.reading.problem or read.reading.absent
        if page.kept is not None:
            if article is None:  # its text stays, and so does its page: the reading may be at fault
                return _ended(page, Ending.LOST, reason=reason)
            return self._correct(page, page.kept, article, forget)
        if article is None:
            self._note_absence(page, read)
            return _ended(page, Ending.UNREADABLE, reason=reason, forget=forget)
        return self._add(page, read, article, forget)

    def _correct(self, page: Candidate, kept: Kept, article: Article, forget: bool) -> Reread:
        if self._run is None:
            found = differences(kept.row, columns(article))
        else:
            found = self.readings.correct(kept, article, at=now(), forget=forget)
        ending = Ending.CHANGED if found else Ending.SAME
        return _ended(page, ending, found=found, forget=forget)

    def _add(self, page: Candidate, read: ReadPage, article: Article, forget: bool) -> Reread:
        """An article, or a version of one, that nobody could read when its page came."""
        if self._run is not None:
            placed = place(
                self.archive, article, site=page.site, page=read.page, page_id=page.page_id
            )
            self._settle(page, read, article, placed.stored)
        return _ended(page, Ending.NEW, forget=forget)

    def _settle(self, page: Candidate, read: ReadPage, article: Article, stored: Stored) -> None:
        ages = self.sites[page.site].revisit_ages
        due_at = revisit_at(article.published_at, now(), ages)
        verdict = Verdict(state=State.DONE, counted=Counted.NEW, reason=READ_LATE, due_at=due_at)
        settled = Settled(
            url=page.url,
            verdict=verdict,
            at=page.fetched_at,  # the site answered then, and showed the article then
            status=read.page.status,
            page_id=page.page_id,
            article_id=stored.article_id,
            etag=read.page.header("ETag"),
            last_modified=read.page.header("Last-Modified"),
            size=read.size,
        )
        self._frontiers[page.site].read_late(settled, stored.url)
        self._withdraw(page, stored.url)

    def _withdraw(self, page: Candidate, url: str) -> None:
        """A page that was gone when it was asked once more is gone, though it can be read now."""
        row = self._listed(page.url)
        if row and row["state"] == State.GONE and row["answered_at"] > to_text(page.fetched_at):
            at = from_text(row["answered_at"])
            self.archive.withdraw(url, at, reason=row["reason"], status=row["status"])

    def _note_absence(self, page: Candidate, read: ReadPage) -> None:
        """A page that says in an article's stead that it is not there: nobody knew when it came."""
        if self._run is None or read.reading is None or not read.reading.absent:
            return
        article_id = self._article_of(page.url, self._listed(page.url))
        if article_id is None or self._state_of(page) != State.FAILED:
            return
        absence = Absence(
            url=page.url,
            at=page.fetched_at,
            reason=read.reading.absent,
            status=read.page.status,
            page_id=page.page_id,
        )
        note_absence(self.archive, article_id, absence)

    def _article_of(self, url: str, listed: sqlite3.Row | None) -> int | None:
        known: int | None = listed["article_id"] if listed else None
        return self.archive.addresses.at(url) if known is None else known

    def _listed(self, url: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.archive.connection.execute(
            "SELECT * FROM frontier WHERE url = ?", (url,)
        ).fetchone()
        return row

    def _was_read(self, page: Candidate) -> bool:
        """Whether a page of an article showed a text that is kept, but was not the last to do so;
        one that could not be read may be of a version that nobody has seen."""
        return self._state_of(page) in (None, State.DONE, State.UNCHANGED)

    def _state_of(self, page: Candidate) -> str | None:
        """The state to which a page led when it was read last."""
        row = self.archive.connection.execute(
            "SELECT state FROM outcomes WHERE url = ? AND page_id = ? ORDER BY id DESC LIMIT 1",
            (page.url, page.page_id),
        ).fetchone()
        return row and str(row["state"])


def read_first(run: Run, site: Site, article_id: int | None) -> None:
    """Reads the kept page of an article as today before a new look at the article is compared with
    it: where only the reading got better, its paper has changed nothing."""
    readings = Readings(run.archive)
    present = None if article_id is None else readings.present(article_id)
    page_id = None if present is None else readings.page_of(present)
    if present is None or page_id is None or run.was_read(site, page_id):
        return
    page = run.pages.get(page_id)
    reading = page.body and read_kept(page, site, *_listing_word(run.archive, page.url))
    if reading and reading.article and not reading.forget:
        readings.correct(present, reading.article, at=now())
        run.note_read(site, page_id)


def _listing_word(archive: Archive, url: str) -> tuple[dt.datetime | None, str | None]:
    sql = "SELECT listed_date, listed_section FROM frontier WHERE url = ?"
    row = archive.connection.execute(sql, (url,)).fetchone()
    if row is None:
        return None, None
    return row["listed_date"] and from_text(row["listed_date"]), row["listed_section"]


def _task(page: Candidate, listed: sqlite3.Row | None) -> Task:
    kept = digest(page.kept.row) if page.kept else None
    if listed is None:
        return Task(page_id=page.page_id, site=page.site, kept=kept)
    date = listed["listed_date"]
    return Task(
        page_id=page.page_id,
        site=page.site,
        listed_date=date and from_text(date),
        listed_section=listed["listed_section"],
        kept=kept,
    )


def _ended(
    page: Candidate,
    ending: Ending,
    *,
    found: Differences | None = None,
    reason: str | None = None,
    forget: bool = False,
) -> Reread:
    return Reread(
        page_id=page.page_id,
        site=page.site,
        url=page.url,
        ending=ending,
        differences=found or {},
        reason=reason,
        forget=forget,
    )
