"""Captures that come late: what a site showed before what is kept, put in its place in time.

A crawl stores what a site shows now. A file from another archive tells what it showed then; each
text has its time, so that the order in which captures come changes nothing but what was missing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from archive.models import Article, Change, Page, Stored
from archive.store import Archive, columns
from archive.times import to_text
from archive.versions import KEPT, is_said_by, keep_version

_PRESENT = """
SELECT *, coalesce((SELECT max(replaced_at) FROM versions WHERE article_id = articles.id),
    first_seen_at) AS seen_at FROM articles WHERE id = ?
"""
_COLUMNS = ", ".join(KEPT)
_MARKS = ", ".join(f":{column}" for column in KEPT)
_INSERT = f"""
INSERT INTO versions (article_id, version, seen_at, last_seen_at, replaced_at, page_id,
    read_page_id, {_COLUMNS})
VALUES (:article_id, :version, :at, :at, :replaced_at, :page_id, :page_id, {_MARKS})
"""
_REPEAT = f"""
INSERT INTO versions (article_id, version, seen_at, last_seen_at, replaced_at, page_id,
    read_page_id, {_COLUMNS})
SELECT article_id, version + 2, last_seen_at, last_seen_at, replaced_at, page_id, read_page_id,
    {_COLUMNS}
FROM versions WHERE id = ?
"""

_WAS_BACK = """
UPDATE withdrawals SET returned_at = :at
WHERE article_id = :id AND withdrawn_at <= :at AND returned_at > :at
"""
_SIGHTS = """
WITH sights(at) AS (
    SELECT first_seen_at FROM articles WHERE id = :id
    UNION SELECT last_seen_at FROM articles WHERE id = :id
    UNION SELECT seen_at FROM versions WHERE article_id = :id
    UNION SELECT last_seen_at FROM versions WHERE article_id = :id
    UNION SELECT replaced_at FROM versions WHERE article_id = :id
    UNION SELECT at FROM outcomes WHERE state IN ('done', 'unchanged')
        AND url IN (SELECT address FROM addresses WHERE article_id = :id))
SELECT (SELECT max(at) FROM sights WHERE at <= :at) AS before,
    (SELECT min(at) FROM sights WHERE at > :at) AS back
"""
_AWAY = """
SELECT id, withdrawn_at FROM withdrawals WHERE article_id = :id AND withdrawn_at > :before
    AND (:back IS NULL OR withdrawn_at <= :back) ORDER BY withdrawn_at LIMIT 1
"""
_WAS_AWAY = """
INSERT INTO withdrawals (article_id, url, withdrawn_at, reason, status, page_id, returned_at)
VALUES (:id, :url, :at, :reason, :status, :page_id, :back)
"""
_WAS_AWAY_SOONER = """
UPDATE withdrawals SET withdrawn_at = :at, reason = :reason, status = :status, page_id = :page_id
WHERE id = :known
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """That a site did not show an article at an address at some time, and how it said so."""

    url: str
    at: dt.datetime
    reason: str | None = None
    status: int | None = None
    page_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """What came of a capture; ``is_earlier`` where a later text of the article is kept."""

    stored: Stored
    is_earlier: bool


def place(
    archive: Archive, article: Article, *, site: str, page: Page, page_id: int | None
) -> Placed:
    """Stores what a site showed when the page was fetched: as what it shows now, where nothing
    later is known, else among the earlier versions."""
    at = page.fetched_at
    with archive.transaction():
        identity = archive.addresses.identify(article, site, page)
        present = None
        if identity.article_id is not None:
            row = archive.connection.execute(_PRESENT, (identity.article_id,))
            present = row.fetchone()
        if present is None or to_text(at) >= max(
            present["last_seen_at"], present["withdrawn_at"] or ""
        ):
            stored = archive.add(article, site=site, page_id=page_id, seen_at=at, page=page)
            return Placed(stored=stored, is_earlier=False)
        if to_text(at) >= present["last_seen_at"]:
            return _before_withdrawal(
                archive, article, present, site=site, page=page, page_id=page_id
            )
        values = columns(article) | {"url": identity.url, "site": site, "page_id": page_id}
        history = _History(archive.connection, present)
        change = history.insert(article, values, to_text(at))
        archive.addresses.keep(present["id"], identity, site, to_text(at))
        archive.connection.execute(_WAS_BACK, {"id": present["id"], "at": to_text(at)})
    stored = Stored(article_id=present["id"], change=change, url=present["url"])
    return Placed(stored=stored, is_earlier=True)


def note_absence(archive: Archive, article_id: int, absence: Absence) -> None:
    """Notes that an article was not shown: from then to its next sight, or until now. Before it was
    first seen there was nothing to take away."""
    told = dataclasses.asdict(absence) | {"id": article_id, "at": to_text(absence.at)}
    with archive.transaction():
        told |= dict(archive.connection.execute(_SIGHTS, told).fetchone())
        known = archive.connection.execute(_AWAY, told).fetchone() if told["before"] else None
        if told["before"] is None:
            return
        if known is None:
            archive.connection.execute(_WAS_AWAY, told)
        elif told["at"] < known["withdrawn_at"]:
            archive.connection.execute(_WAS_AWAY_SOONER, told | {"known": known["id"]})
        else:
            return
        if told["back"] is None:
            sql = "UPDATE articles SET withdrawn_at = :at WHERE id = :id"
            archive.connection.execute(sql, told)


def _before_withdrawal(
    archive: Archive,
    article: Article,
    present: sqlite3.Row,
    *,
    site: str,
    page: Page,
    page_id: int | None,
) -> Placed:
    """The newest text, but of a time before the site took it off: it stays withdrawn."""
    stored = archive.add(article, site=site, page_id=page_id, seen_at=page.fetched_at, page=page)
    since = present["withdrawn_at"]
    archive.connection.execute(
        "UPDATE articles SET withdrawn_at = ? WHERE id = ?", (since, present["id"])
    )
    archive.connection.execute(
        "UPDATE withdrawals SET returned_at = NULL WHERE article_id = ? AND withdrawn_at = ?",
        (present["id"], since),
    )
    return Placed(stored=dataclasses.replace(stored, withdrawn_at=None), is_earlier=False)


class _History:
    """The texts of one article in their order: its versions, then its present text."""

    def __init__(self, connection: sqlite3.Connection, present: sqlite3.Row) -> None:
        self._connection = connection
        self._id = present["id"]
        sql = "SELECT * FROM versions WHERE article_id = ? ORDER BY version"
        self._texts = [*connection.execute(sql, (self._id,)).fetchall(), present]

    def insert(self, article: Article, values: Mapping[str, object], at: str) -> Change:
        """Puts a text seen at a time where it belongs; UNCHANGED where it is known of that time."""
        place = sum(text["seen_at"] <= at for text in self._texts) - 1
        before = self._texts[place] if place >= 0 else None
        if before is not None and is_said_by(before, article):
            self._was_seen(place, at)
            return Change.UNCHANGED
        inside = before is not None and at < (before["last_seen_at"] or before["seen_at"])
        if not inside and is_said_by(self._texts[place + 1], article):
            self._began(place + 1, values["page_id"], at)
            return Change.UNCHANGED
        self._put_between(place, values, at, inside=inside)
        return Change.REVISED

    def _was_seen(self, place: int, at: str) -> None:
        table = "articles" if self._is_present(place) else "versions"
        self._connection.execute(
            f"UPDATE {table} SET last_seen_at = max(coalesce(last_seen_at, ''), ?) WHERE id = ?",
            (at, self._texts[place]["id"]),
        )

    def _began(self, place: int, page_id: object, at: str) -> None:
        """A text that is known was seen before the time at which it was known to begin."""
        text = self._texts[place]
        if self._is_present(place):
            sql = "UPDATE articles SET page_id = coalesce(?, page_id) WHERE id = ?"
            self._connection.execute(sql, (page_id, text["id"]))
        else:
            sql = (
                "UPDATE versions SET seen_at = ?, page_id = coalesce(?, page_id),"
                " last_seen_at = coalesce(last_seen_at, seen_at) WHERE id = ?"
            )
            self._connection.execute(sql, (at, page_id, text["id"]))
        self._ends(place - 1, at)

    def _put_between(
        self, place: int, values: Mapping[str, object], at: str, *, inside: bool
    ) -> None:
        """``inside``: the text before was seen again after this one, so it stands on both sides."""
        if inside and self._is_present(place):
            keep_version(self._connection, self._id, self._at(at))
            sql = "SELECT * FROM versions WHERE article_id = ? ORDER BY version DESC LIMIT 1"
            kept = self._connection.execute(sql, (self._id,)).fetchone()
            until = kept["last_seen_at"]
            self._shorten(kept["id"])
            number = kept["version"]
            self._count_on(number - 1, number, 2)
        else:
            number = self._texts[place]["version"] if place >= 0 else 0
            self._make_room(number, 2 if inside else 1)
            until = self._texts[place + 1]["seen_at"]
            if inside:
                kept = self._texts[place]
                until = kept["last_seen_at"]
                self._connection.execute(_REPEAT, (kept["id"],))
                self._shorten(kept["id"])
            self._ends(place, at)
        told = {"article_id": self._id, "version": number + 1, "at": at, "replaced_at": until}
        self._connection.execute(_INSERT, {**values, **told})

    def _make_room(self, number: int, places: int) -> None:
        # By way of negative numbers: a version must at no moment have another one's.
        self._connection.execute(
            "UPDATE versions SET version = -(version + ?) WHERE article_id = ? AND version > ?",
            (places, self._id, number),
        )
        self._connection.execute(
            "UPDATE versions SET version = -version WHERE article_id = ? AND version < 0",
            (self._id,),
        )
        self._count_on(number, number, places)

    def _count_on(self, read: int, number: int, places: int) -> None:
        """What was read of later texts before, and the present one, go on with their numbers."""
        self._connection.execute(
            "UPDATE readings SET version = version + ? WHERE article_id = ? AND version > ?",
            (places, self._id, read),
        )
        self._connection.execute(
            "UPDATE articles SET version = version + ? WHERE id = ? AND version >= ?",
            (places, self._id, number),
        )

    def _ends(self, place: int, at: str) -> None:
        """The text at a place was replaced at a time; before the first there was nothing."""
        if place < 0:
            sql = "UPDATE articles SET first_seen_at = ? WHERE id = ?"
            self._connection.execute(sql, (at, self._id))
        else:
            sql = "UPDATE versions SET replaced_at = ? WHERE id = ?"
            self._connection.execute(sql, (at, self._texts[place]["id"]))

    def _shorten(self, version_id: int) -> None:
        self._connection.execute(
            "UPDATE versions SET last_seen_at = seen_at WHERE id = ?", (version_id,)
        )

    def _is_present(self, place: int) -> bool:
        return place == len(self._texts) - 1

    @staticmethod
    def _at(text: str) -> dt.datetime:
        return dt.datetime.fromisoformat(text)
