"""CaptureDesk: what old captures say, into the archive, each at its time.

A page is kept before it is read, and its article, state and outcome are one transaction, as in a
crawl; what comes late does not undo what was seen later.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import sqlite3
from collections.abc import Mapping

from archive.earlier import Absence, Placed, note_absence, place
from archive.models import Change, Page, State
from archive.times import from_text, to_text
from crawler.captures import Fate
from crawler.frontier import Frontier, Settled
from crawler.listings import Link
from crawler.plans import SECOND_LOOKS, Counted, Verdict, failed, gone, revisit_at
from crawler.reading import Reading, read_page
from crawler.reread import read_first
from crawler.run import Run
from crawler.site import Keep, Site

_STORED = {Change.NEW: Fate.NEW, Change.REVISED: Fate.REVISED, Change.UNCHANGED: Fate.UNCHANGED}


class CaptureDesk:
    """Takes in the captures of one file; ``name`` is where their pages were found."""

    def __init__(self, run: Run, name: str, now: dt.datetime) -> None:
        self._run = run
        self._name = name
        self._now = now
        self._frontiers: dict[str, Frontier] = {}

    def _frontier(self, site: Site) -> Frontier:
        if site.slug not in self._frontiers:
            self._frontiers[site.slug] = self._run.begin(site)
        return self._frontiers[site.slug]

    def keep(self, page: Page, site: Site, said: Mapping[str, str]) -> Fate:
        """Keeps a page, reads it, stores its article; ``said`` is what is known of its finding."""
        frontier = self._frontier(site)
        page_id, is_known = self._kept(page)
        if is_known:
            return Fate.KNOWN
        if page_id is None:
            keep_body = site.keep is not Keep.METADATA
            page_id = self._run.pages.put(page, site=site.slug, keep_body=keep_body)
        link = self._link(page.url, said)
        reading = read_page(page, site, link.date, link.section)
        if reading.forget:
            self._run.pages.drop_body(page_id)
        with self._run.archive.transaction():
            found_at = time_of(said.get("found")) or page.fetched_at
            frontier.know(link, found_at=found_at, found_on=said.get("via") or self._name)
            return self._store(page, page_id, reading, site)

    def _kept(self, page: Page) -> tuple[int | None, bool]:
        """The id of this very capture if it is kept, and whether it was read and stored too."""
        sha256, at = hashlib.sha256(page.body).digest(), to_text(page.fetched_at)
        sql = "SELECT 1 FROM outcomes WHERE url = ? AND page_id = ?"
        for row in self._run.pages.connection.execute(
            "SELECT id, sha256 FROM pages WHERE url = ? AND fetched_at = ?", (page.url, at)
        ):
            if row["sha256"] in (None, sha256):
                told = self._run.archive.connection.execute(sql, (page.url, row["id"])).fetchone()
                return row["id"], told is not None
        return None, False

    def _link(self, url: str, said: Mapping[str, str]) -> Link:
        """What a listing said of a page: the file's word, or what is known of its address."""
        row = self._row(url)
        if row is not None:
            date = row["listed_date"] and from_text(row["listed_date"])
            return Link(url=url, date=date, section=row["listed_section"])
        return Link(
            url=url,
            title=said.get("listed-title"),
            date=time_of(said.get("listed-date")),
            section=said.get("listed-section"),
        )

    def _store(self, page: Page, page_id: int, reading: Reading, site: Site) -> Fate:
        archive, at = self._run.archive, page.fetched_at
        placed, verdict = None, failed(reading.problem or "", 0, at, for_good=True)
        if reading.absent is not None:
            verdict = self._away(reading.absent, at)
        elif reading.article is not None:
            read_first(self._run, site, archive.addresses.at(reading.article.url))
            placed = place(archive, reading.article, site=site.slug, page=page, page_id=page_id)
            due_at = revisit_at(reading.article.published_at, self._now, site.revisit_ages)
            verdict = _verdict(placed, due_at)
        settled = Settled(
            url=page.url,
            verdict=verdict,
            at=at,
            status=page.status,
            page_id=page_id,
            article_id=placed.stored.article_id if placed else None,
            etag=page.header("ETag"),
            last_modified=page.header("Last-Modified"),
            size=len(page.body),
        )
        self._settle(settled, site)
        self._run.note_read(site, page_id)
        if reading.absent is not None:
            self._mark(settled)
        if placed is None:
            return Fate.NO_ARTICLE if reading.absent is None else Fate.GONE
        self._frontier(site).aliases.join(settled, placed.stored.url)
        is_past = placed.is_earlier and placed.stored.change is Change.REVISED
        return Fate.EARLIER if is_past else _STORED[placed.stored.change]

    def _settle(self, settled: Settled, site: Site) -> None:
        """A try that came after all that is known gives a URL its state; another is told only."""
        frontier, row = self._frontier(site), self._row(settled.url)
        answered: str | None = row["answered_at"] if row is not None else None
        if row is None or answered is None or answered <= to_text(settled.at):
            frontier.settle(settled)
            return
        frontier.tell(settled)
        if row["state"] == State.GONE and settled.article_id is not None:
            why = {"reason": row["reason"], "status": row["status"]}
            self._run.archive.withdraw(settled.url, from_text(answered), **why)

    def _row(self, url: str) -> sqlite3.Row | None:
        sql = "SELECT * FROM frontier WHERE url = ?"
        row: sqlite3.Row | None = self._run.archive.connection.execute(sql, (url,)).fetchone()
        return row

    def gone(
        self, url: str, site: Site, at: dt.datetime, status: int | None, reason: str | None = None
    ) -> Fate:
        """Notes that an address had no article then."""
        verdict = self._away(reason or f"the site answers {status}: the page is not there", at)
        settled = Settled(url=url, verdict=verdict, at=at, status=status)
        return Fate.GONE if self._tell(settled, site) else Fate.KNOWN

    def _away(self, reason: str, at: dt.datetime) -> Verdict:
        """A page that was not there is looked for again only where it was not there lately."""
        verdict = gone(reason, 0, at)
        is_old = at + SECOND_LOOKS[-1] < self._now
        return dataclasses.replace(verdict, due_at=None) if is_old else verdict

    def still_there(self, url: str, site: Site, at: dt.datetime) -> Fate:
        """Notes that an article was then as it was before."""
        row = self._row(url)
        if row is None or row["article_id"] is None:
            return Fate.LOST_REVISIT
        published = self._run.archive.article(row["article_id"])["published_at"]
        verdict = Verdict(
            state=State.UNCHANGED,
            counted=Counted.UNCHANGED,
            due_at=revisit_at(published and from_text(published), self._now, site.revisit_ages),
        )
        settled = Settled(
            url=url,
            verdict=verdict,
            at=at,
            status=304,
            article_id=row["article_id"],
            etag=row["etag"],
            last_modified=row["last_modified"],
        )
        return Fate.UNCHANGED if self._tell(settled, site) else Fate.KNOWN

    def _tell(self, settled: Settled, site: Site) -> bool:
        """Notes an answer without a body; False where it is known."""
        archive, verdict, at = self._run.archive, settled.verdict, to_text(settled.at)
        frontier = self._frontier(site)
        with archive.transaction():
            told = archive.connection.execute(
                "SELECT 1 FROM outcomes WHERE url = ? AND at = ? AND state = ?",
                (settled.url, at, verdict.state),
            ).fetchone()
            if told is not None:
                return False
            frontier.know(Link(url=settled.url), found_at=settled.at, found_on=self._name)
            self._settle(settled, site)
            self._mark(settled)
        return True

    def _mark(self, settled: Settled) -> None:
        """What an answer without an article says of the one that is kept."""
        archive, verdict, at = self._run.archive, settled.verdict, settled.at
        article_id = archive.addresses.at(settled.url)
        if article_id is None:
            return
        if verdict.state is State.GONE:
            absence = Absence(
                url=settled.url,
                at=at,
                reason=verdict.reason,
                status=settled.status,
                page_id=settled.page_id,
            )
            note_absence(archive, article_id, absence)
            return
        row = archive.article(article_id)
        if to_text(at) >= max(row["last_seen_at"], row["withdrawn_at"] or ""):
            archive.seen(article_id, at)


def _verdict(placed: Placed, due_at: dt.datetime | None) -> Verdict:
    unchanged = placed.stored.change is Change.UNCHANGED
    return Verdict(
        state=State.UNCHANGED if unchanged else State.DONE,
        counted=Counted(placed.stored.change.value),
        due_at=due_at,
    )


def time_of(text: str | None) -> dt.datetime | None:
    """An ISO 8601 time, None for what is none."""
    try:
        at = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
