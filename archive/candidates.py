"""Which articles may be hits: the index asked from the newest articles back, within a time.

FTS5 looks at every article that holds the commonest of the words, so one question on a million
articles could take seconds. It is asked a stretch of articles at a time, and the clock in between.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf

from archive.expressions import NOTHING
from archive.filters import LAST_ID, Conditions

# The first stretch is short, so that the newest articles are always asked for all that there is.
STRETCH, LONGEST_STRETCH = 16_000, 64_000
RECENT = 2_000
CANDIDATES = 200
COUNTED = 10_000
COUNTING = 0.008
_COUNT_STRETCH = 5_000
_SHORTEST_STRETCH, _A_MOMENT = 500, 1e-6
Left = Callable[[], float]
# Soft: enough where something was found. Hard: nobody waits longer for nothing.
SOFT, HARD = 0.05, 1.0
# Seconds of work count; seconds of waiting for a disk or for others on the machine count less.
_WAITING = 0.25
# The sizes of the texts: the only small table that has all ids in their order.
_BORDER = """
SELECT id FROM articles_fts_docsize WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1 OFFSET ?
"""
_RECENT = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ? AND rowid >= ?"
_MATCHING = """
SELECT f.rowid FROM articles_fts f
WHERE articles_fts MATCH :match AND f.rowid BETWEEN :first AND :last{where}
ORDER BY f.rowid DESC LIMIT :limit
"""
_LISTED = """
SELECT a.id FROM articles a INDEXED BY articles_of_site
WHERE a.id BETWEEN :first AND :last{where} ORDER BY a.id DESC LIMIT :limit
"""
_NARROW = """
SELECT a.id FROM articles a WHERE a.id BETWEEN :first AND :last{where}
ORDER BY a.id DESC LIMIT :limit
"""
_WITHOUT = (
    " AND +a.id NOT IN (SELECT rowid FROM articles_fts"
    " WHERE articles_fts MATCH :without AND rowid BETWEEN :first AND :last)"
)
_EXACTLY = (
    " AND +f.rowid IN (SELECT rowid FROM articles_exact"
    " WHERE articles_exact MATCH :exact AND rowid BETWEEN :first AND :last)"
)


@dataclass(slots=True)
class Patience:
    """The time that one search may take, and how far back it looked where that was too short."""

    thorough: bool = False
    began: float = field(default_factory=time.monotonic)
    worked: float = field(default_factory=time.thread_time)
    looked_back_to: int | None = None

    def is_over(self, *, found: bool) -> bool:
        return self.left(found=found) < 0

    def left(self, *, found: bool) -> float:
        """Seconds of work."""
        waited = _WAITING * (time.monotonic() - self.began)
        spent = max(time.thread_time() - self.worked, waited)
        return inf if self.thorough else (SOFT if found else HARD) - spent


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the index: the FTS5 expression, the filters, what must be exact."""

    connection: sqlite3.Connection
    conditions: Conditions
    patience: Patience
    exact: str | None = None

    def matching(self, match: str, limit: int, *, found: bool = False) -> list[int]:
        """The ids of the newest articles that an expression finds, the newest first."""
        where = self.conditions.where("f.rowid") + (_EXACTLY if self.exact else "")
        values: dict[str, object] = {"match": match, "exact": self.exact or NOTHING}
        return self._asked(_MATCHING.format(where=where), values, limit, found=found)

    def listed(self, without: str | None, limit: int) -> list[int]:
        """The ids of the newest articles that the filters alone let pass."""
        where = self.conditions.where("a.id") + (_WITHOUT if without else "")
        values: dict[str, object] = {"without": without or NOTHING}
        if self.conditions.is_narrow:
            span = {"first": self.conditions.first, "last": self.conditions.last}
            sql = _NARROW.format(where=where.replace("(+a.id IN", "(a.id IN"))
            rows = self.connection.execute(
                sql, values | self.conditions.values | span | {"limit": limit}
            )
            return [row[0] for row in rows]
        return self._asked(_LISTED.format(where=where), values, limit, found=False)

    def by_stretch(
        self, match: str | None, without: str | None = None, *, most: int = -1
    ) -> Iterator[tuple[int, list[int]]]:
        """The ids of all articles, the newest first, a stretch at a time with the id down to which
        it went; whoever reads them decides when it is enough. What an index of few names comes at
        once, and only ``most`` of it."""
        if match is None and self.conditions.is_narrow:
            yield self.conditions.first, self.listed(without, most)
            return
        where = self.conditions.where("a.id" if match is None else "f.rowid")
        if match is None:
            sql = _LISTED.format(where=where + (_WITHOUT if without else ""))
        else:
            sql = _MATCHING.format(where=where + (_EXACTLY if self.exact else ""))
        told = {"match": match, "exact": self.exact or NOTHING, "without": without or NOTHING}
        for first, last in self._stretches(STRETCH, LONGEST_STRETCH):
            span = {"first": first, "last": last, "limit": -1}
            rows = self.connection.execute(sql, told | self.conditions.values | span)
            yield first, [row[0] for row in rows]
            if first <= self.conditions.first:
                return

    def count(self, match: str) -> tuple[int, bool]:
        """How many an expression finds, and whether that is all of them: time and number have
        an end."""
        sql = f"SELECT count(*) FROM ({_MATCHING.format(where=self.conditions.where('f.rowid'))})"  # noqa: S608
        counted, began = 0, time.monotonic()
        for first, last in self._stretches(_COUNT_STRETCH, _COUNT_STRETCH):
            values = self.conditions.values | {"match": match, "first": first, "last": last}
            row = self.connection.execute(sql, values | {"limit": COUNTED - counted}).fetchone()
            counted += row[0]
            if counted >= COUNTED:
                return counted, False
            if time.monotonic() - began > COUNTING:
                return counted, first <= self.conditions.first
        return counted, True

    def _asked(self, sql: str, values: dict[str, object], limit: int, *, found: bool) -> list[int]:
        ids: list[int] = []
        values = values | self.conditions.values
        left: Left = lambda: self.patience.left(found=found or bool(ids))  # noqa: E731
        for first, last in self._stretches(STRETCH, LONGEST_STRETCH, left):
            span = {"first": first, "last": last, "limit": limit - len(ids)}
            ids += [row[0] for row in self.connection.execute(sql, values | span)]
            if len(ids) >= limit or first <= self.conditions.first:
                break
            if self.patience.is_over(found=found or bool(ids)):
                if not found:  # else it looked for what stands below what was found
                    self.patience.looked_back_to = first
                break
        return ids

    def _stretches(
        self, size: int, longest: int, left: Left = lambda: inf
    ) -> Iterator[tuple[int, int]]:
        """Spans of ids, the newest first, each with twice as many articles as the one before, but
        no more than can be asked, at the pace of the last one, in the seconds that are left."""
        first, last = self.conditions.first, self.conditions.last
        while True:
            row = self.connection.execute(_BORDER, (first, last, size)).fetchone()
            if row is None:
                yield first, last
                return
            began = time.thread_time()
            yield row[0] + 1, last
            pace = size / max(time.thread_time() - began, _A_MOMENT)
            last = row[0]
            size = int(max(_SHORTEST_STRETCH, min(2 * size, longest, pace * left())))


def rarity(connection: sqlite3.Connection) -> Callable[[str], int]:
    """A function that tells in how many of the newest articles a syllable stands."""
    row = connection.execute(_BORDER, (0, LAST_ID, RECENT)).fetchone()
    first = row[0] + 1 if row else 0

    def count(syllable: str) -> int:
        found = connection.execute(_RECENT, (f'"{syllable}"', first)).fetchone()
        return int(found[0])

    return count
