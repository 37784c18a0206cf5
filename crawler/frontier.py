"""Frontier: every URL ever seen, each in one state, as rows of the archive's own file.

The rows of an article, of its URL and of the run's numbers are written in one transaction, so a
run that is killed at any moment has stored all of them or none. Nothing of it is kept in memory.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import NotFoundError
from archive.models import Outcome, State
from archive.store import Archive
from archive.times import from_text, to_text
from crawler.aliases import SAME, Aliases
from crawler.listings import Link, Window
from crawler.plans import Counted, Verdict

# In this order: what was never read, what went wrong, what may have changed.
_TURNS = (
    (State.DUE, "DESC"),  # the newest article first; a backlog of years waits behind it
    (State.FAILED, "ASC"),
    (State.DONE, "ASC"),
    (State.UNCHANGED, "ASC"),
    (State.GONE, "ASC"),
    (State.REFUSED, "ASC"),
)
_DUE = (
    "SELECT *, (SELECT published_at FROM articles WHERE id = article_id) AS published_at"
    " FROM frontier WHERE site = :site AND state = :state AND due_at <= :now{narrowed}"
    " ORDER BY due_at {order} LIMIT :most"
)
_IN_WINDOW = (
    " AND (:since IS NULL OR listed_date IS NULL OR listed_date >= :since)"
    " AND (:until IS NULL OR listed_date IS NULL OR listed_date < :until)"
)
_NAMED = " AND url IN (SELECT value FROM json_each(:only))"
_FIND = """
INSERT INTO frontier (url, site, state, reason, found_at, found_on, listed_date, listed_title,
    listed_section, due_at, key, article_id)
VALUES (:url, :site, :state, :reason, :now, :found_on, :date, :title, :section, :due_at, :key,
    :article_id) ON CONFLICT (url) DO NOTHING
"""
# After any answer but a success, a conditional request could be told "not modified" of a page that
# is not kept: the validators are forgotten.
_SETTLE = """
UPDATE frontier SET state = :state, reason = :reason, answered_at = :at, due_at = :due_at,
    status = :status, tries = CASE WHEN :succeeded THEN 0 ELSE tries + 1 END,
    etag = CASE WHEN :succeeded THEN :etag END,
    last_modified = CASE WHEN :succeeded THEN :last_modified END,
    page_id = coalesce(:page_id, page_id), article_id = coalesce(:article_id, article_id)
WHERE url = :url
"""
_TELL = (
    "INSERT INTO outcomes (url, run_id, at, state, reason, status, page_id)"
    " VALUES (:url, :run_id, :at, :state, :reason, :status, :page_id)"
)
_COUNT = (
    "UPDATE run_sites SET asked = asked + 1, bytes = bytes + :size,"
    " new = new + (:counted = 'new'), revised = revised + (:counted = 'revised'),"
    " unchanged = unchanged + (:counted = 'unchanged'), failed = failed + (:counted = 'failed'),"
    " refused = refused + (:counted = 'refused'), gone = gone + (:counted = 'gone')"
    " WHERE run_id = :run_id AND site = :site"
)
_LEAD = (
    "UPDATE frontier SET page_id = coalesce(page_id, :page_id),"
    " article_id = coalesce(article_id, :article_id) WHERE url = :url"
)
# Only where that page was the last answer: a URL that has changed its state since keeps it.
_READ_LATE = """
UPDATE frontier SET state = :state, reason = NULL, tries = 0, due_at = :due_at, etag = :etag,
    last_modified = :last_modified WHERE url = :url AND state = 'failed' AND page_id = :page_id
"""
SUCCESSES = (Counted.NEW, Counted.REVISED, Counted.UNCHANGED)
OUTSIDE = "dated outside the days that the crawl was asked for"
INTERRUPTED = "a run ended before the answer was stored"


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A URL to ask now, with what is known of it; ``tries`` counts the failures in a row."""

    url: str
    tries: int = 0
    etag: str | None = None
    last_modified: str | None = None
    page_id: int | None = None
    article_id: int | None = None
    listed_date: dt.datetime | None = None
    listed_section: str | None = None
    published_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """How one try of a URL ended: what ArchivePage or the spider hands to the frontier."""

    url: str
    verdict: Verdict
    at: dt.datetime
    status: int | None = None
    page_id: int | None = None
    article_id: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    size: int = 0


class Frontier:
    """The frontier of one site during one run, on the archive's connection."""

    def __init__(self, archive: Archive, *, site: str, run_id: int) -> None:
        self.archive = archive
        self.site = site
        self.run_id = run_id
        self.aliases = Aliases(archive, site)

    def add(self, links: Iterable[Link], *, found_on: str, window: Window) -> int:
        """Notes the links, in order; gives how many were never seen before."""
        self.aliases.forget()
        with self.archive.transaction():
            return sum(self._add(link, found_on, window, n) for n, link in enumerate(links))

    def recall(self, window: Window) -> None:
        """Makes due what an earlier crawl passed over for its date and this one asks for."""
        with self.archive.transaction():
            self.archive.connection.execute(
                "UPDATE frontier SET state = 'due', reason = NULL WHERE site = :site"
                " AND state = 'ignored' AND reason = :reason"
                " AND (:since IS NULL OR due_at >= :since)"
                " AND (:until IS NULL OR listed_date IS NULL OR listed_date < :until)",
                {"site": self.site, "reason": OUTSIDE, **_bounds(window)},
            )

    def _add(self, link: Link, found_on: str, window: Window, place: int) -> bool:
        wanted = window.holds(link)
        key = self.aliases.key(link.url)
        standing = self.aliases.standing(link.url, key, wanted=wanted)
        # Without a date the place on the page tells what is newer; a date in the future is a
        # mistake, not a reason to wait.
        age = link.newest or window.now - dt.timedelta(seconds=place)
        row = {
            "url": link.url,
            "site": self.site,
            "state": State.DUE if wanted and standing is None else State.IGNORED,
            "reason": SAME + standing["url"] if standing else None if wanted else OUTSIDE,
            "key": key,
            "article_id": standing and standing["article_id"],
            "now": to_text(window.now),
            "found_on": found_on,
            "date": link.date and to_text(link.date),
            "title": link.title,
            "section": link.section,
            "due_at": None if standing else to_text(min(age, window.now)),
        }
        cursor = self.archive.connection.execute(_FIND, row)
        if cursor.rowcount == 1 and standing:
            self.aliases.note_listed(link.url, key, standing["article_id"])
        return cursor.rowcount == 1 and not standing

    def want(self, url: str, now: dt.datetime) -> None:
        """Makes a URL due now, whatever its state: somebody asked for it by hand."""
        with self.archive.transaction():
            self.archive.connection.execute(
                "INSERT INTO frontier (url, site, state, found_at, found_on, due_at, key) VALUES"
                " (:url, :site, 'due', :now, 'the command line', :now, :key) ON CONFLICT (url) DO"
                " UPDATE SET state = 'due', due_at = :now, tries = 0, site = :site",
                {
                    "url": url,
                    "site": self.site,
                    "now": to_text(now),
                    "key": self.aliases.key(url),
                },
            )

    def take(self, window: Window, *, only: tuple[str, ...] = (), most: int = 1) -> list[Due]:
        """Marks up to that many URLs as being fetched, in the order in which to ask them."""
        with self.archive.transaction():
            rows = self._due(window, only, most)
            self.archive.connection.executemany(
                "UPDATE frontier SET state = 'fetching', asked_at = ? WHERE url = ?",
                [(to_text(window.now), due.url) for due in rows],
            )
        return rows

    def _due(self, window: Window, only: tuple[str, ...], most: int) -> list[Due]:
        values = {
            "site": self.site,
            "now": to_text(window.now),
            "only": json.dumps(only),
            **_bounds(window),
        }
        rows: list[Due] = []
        for state, order in _TURNS:
            sql = _DUE.format(narrowed=_NAMED if only else _IN_WINDOW, order=order)
            found = self.archive.connection.execute(
                sql, values | {"state": state, "most": most - len(rows)}
            )
            rows += [_due(row) for row in found]
            if len(rows) >= most:
                break
        return rows

    def settle(self, settled: Settled) -> None:
        """Writes how a try ended: the URL's state, its story, the run's numbers, and that its
        article, if one is kept, is no longer shown."""
        connection, values = self.archive.connection, self._values(settled)
        with self.archive.transaction():
            for statement in (_SETTLE, _TELL, _COUNT):
                connection.execute(statement, values)
            self._note_absence(settled)

    def _values(self, settled: Settled) -> dict[str, object]:
        """What the statements above ask for of one try."""
        verdict = settled.verdict
        return {
            "url": settled.url,
            "state": verdict.state,
            "reason": verdict.reason,
            "at": to_text(settled.at),
            "due_at": verdict.due_at and to_text(verdict.due_at),
            "status": settled.status,
            "page_id": settled.page_id,
            "article_id": settled.article_id,
            "etag": settled.etag,
            "last_modified": settled.last_modified,
            "counted": verdict.counted,
            "succeeded": verdict.counted in SUCCESSES,
            "run_id": self.run_id,
            "site": self.site,
            "size": settled.size,
        }

    def _note_absence(self, settled: Settled) -> None:
        """What is gone is looked for at another address of its article; where there is none, its
        site no longer shows it."""
        verdict = settled.verdict
        if verdict.state is State.FAILED and verdict.due_at is None:
            self.aliases.is_lost(settled.url, settled.at)
        if verdict.state is State.GONE and self.aliases.is_lost(settled.url, settled.at):
            self.archive.withdraw(
                settled.url,
                settled.at,
                reason=verdict.reason,
                status=settled.status,
                page_id=settled.page_id,
            )

    def know(self, link: Link, *, found_at: dt.datetime, found_on: str) -> None:
        """Notes a URL that a file from elsewhere holds; whoever calls settles it at once."""
        self.archive.connection.execute(
            "INSERT INTO frontier (url, site, state, found_at, found_on, listed_date,"
            " listed_title, listed_section, key) VALUES (?, ?, 'ignored', ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (url) DO NOTHING",
            (
                *(link.url, self.site, to_text(found_at), found_on),
                *(link.date and to_text(link.date), link.title, link.section),
                self.aliases.key(link.url),
            ),
        )

    def tell(self, settled: Settled) -> None:
        """Writes how a try ended that lies before the last one: the URL's state stays."""
        connection, values = self.archive.connection, self._values(settled)
        with self.archive.transaction():
            for statement in (_TELL, _COUNT, _LEAD):
                connection.execute(statement, values)

    def read_late(self, settled: Settled, to: str) -> None:
        """A kept page that could not be read when it came has given its article after all; ``to``
        is the address of that article."""
        connection, values = self.archive.connection, self._values(settled)
        with self.archive.transaction():
            connection.execute(
                "UPDATE frontier SET article_id = :article_id WHERE url = :url", values
            )
            mended = connection.execute(_READ_LATE, values).rowcount
            connection.execute(_TELL, values)
            if mended and to != settled.url:
                self.aliases.join(settled, to)

    def interrupted(self) -> list[tuple[Due, dt.datetime]]:
        """What a run before this one was fetching when it ended, and since when."""
        rows = self.archive.connection.execute(
            "SELECT *, NULL AS published_at FROM frontier WHERE site = ? AND state = 'fetching'",
            (self.site,),
        )
        return [(_due(row), from_text(row["asked_at"])) for row in rows]

    def release(self, reason: str | None = None) -> int:
        """Makes every URL that is being fetched due again; gives how many there were."""
        with self.archive.transaction():
            cursor = self.archive.connection.execute(
                "UPDATE frontier SET state = 'due', reason = coalesce(?, reason)"
                " WHERE site = ? AND state = 'fetching'",
                (reason, self.site),
            )
        return cursor.rowcount

    def postpone(self, until: dt.datetime, reason: str) -> None:
        """Leaves the site's due URLs due, but not before a time, and says why."""
        with self.archive.transaction():
            self.archive.connection.execute(
                "UPDATE frontier SET due_at = ?, reason = ?"
                " WHERE site = ? AND state = 'due' AND due_at < ?",
                (to_text(until), reason, self.site, to_text(until)),
            )


def outcomes(archive: Archive, url: str) -> list[Outcome]:
    """The story of a URL, one row a try, the oldest first."""
    rows = archive.connection.execute(
        "SELECT * FROM outcomes WHERE url = ? ORDER BY at, id", (url,)
    )
    return [
        Outcome(
            url=row["url"],
            at=from_text(row["at"]),
            state=State(row["state"]),
            reason=row["reason"],
            status=row["status"],
            page_id=row["page_id"],
        )
        for row in rows
    ]


def known(archive: Archive, url: str) -> dict[str, object]:
    """The frontier's row of a URL, else NotFoundError."""
    row = archive.connection.execute("SELECT * FROM frontier WHERE url = ?", (url,)).fetchone()
    if row is None:
        raise NotFoundError(
            f"{url} was never seen: no listing named it. `moit-news crawl --url {url}` asks for it"
        )
    return dict(row)


def _bounds(window: Window) -> dict[str, str | None]:
    return {
        "since": to_text(window.since) if window.since else None,
        "until": to_text(window.until) if window.until else None,
    }


def _due(row: sqlite3.Row) -> Due:
    date = row["listed_date"]
    return Due(
        url=row["url"],
        tries=row["tries"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        page_id=row["page_id"],
        article_id=row["article_id"],
        listed_date=date and from_text(date),
        listed_section=row["listed_section"],
        published_at=row["published_at"] and from_text(row["published_at"]),
    )
