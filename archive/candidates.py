"""Which articles may be hits: the index asked from the newest articles back, within a time.

FTS5 looks at every article that holds the commonest of the words, so one question on a million
articles could take seconds. It is interrupted where it is in the middle of them.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from math import inf

from archive.expressions import NOTHING, syllable_expression
from archive.filters import LAST_ID, Conditions
from archive.store import IDS_A_DAY

# A filter may read an index of its own to its end: first for the newest articles, of which most
# questions find enough, then for eight times as many.
STRETCH, _LONGER = 16_000, 8
RECENT = 1_000
CANDIDATES = 200
COUNTED = 10_000
# Seconds. Soft: enough where something was found; below: for what stands below that. Firm: for the
# words as they were typed, which may be what somebody remembers of one old article. Hard: nobody
# waits longer for nothing. Least: what each question is given, so that the newest articles are
# always asked for all that there is.
BELOW, SOFT, FIRM, HARD = 0.035, 0.05, 0.08, 1.0
LEAST = COUNTING = 0.007
# Seconds of work count; seconds of waiting for a disk or for others on the machine count less.
_WAITING = 0.25
# So many steps of SQLite's machine take FTS5 some tenths of a millisecond.
_STEPS = 300
Left = Callable[[], float]
# The sizes of the texts: the only small table that has all ids in their order. To pass over many
# of them costs as much as a search, so a few are, and the days tell where the others lie.
_BACK = """
SELECT id FROM articles_fts_docsize WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1 OFFSET ?
"""
_SAMPLE = 250
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

    def left(self, seconds: float) -> float:
        """Of so many seconds of work."""
        return inf if self.thorough else seconds - self.spent()

    def spent(self) -> float:
        waited = _WAITING * (time.monotonic() - self.began)
        return max(time.thread_time() - self.worked, waited)

    def stopped(self, at: int) -> None:
        """No article before this one was looked at for what stands first."""
        self.looked_back_to = max(at, self.looked_back_to or 0)


@dataclass(frozen=True, slots=True)
class Matched:
    """The ids of the newest articles of a question, down to which id all were looked at, whether
    those are all that there are, or as many as were wanted, and how many were counted with them."""

    ids: list[int]
    looked_to: int
    is_all: bool
    is_capped: bool = False
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the index: the FTS5 expression, the filters, what must be exact."""

    connection: sqlite3.Connection
    conditions: Conditions
    patience: Patience
    exact: str | None = None

    def matching(
        self,
        match: str,
        limit: int,
        *,
        most: float = HARD,
        enough: float | None = None,
        found: bool = False,
        count: bool = False,
    ) -> Matched:
        """The newest articles that an expression finds, in at most so many seconds, fewer are
        enough once there is one; where something was ``found`` before, which stands higher, the
        reader need not know that they were over.
        With ``count`` the same statement goes on for a moment and counts the others."""
        where = self.conditions.where("f.rowid") + (_EXACTLY if self.exact else "")
        sql = _MATCHING.format(where=where)
        values: dict[str, object] = {"match": match, "exact": self.exact or NOTHING}
        seconds = (most, min(most, SOFT if enough is None else enough))
        if not count:
            return self._asked(sql, values, limit, seconds, found=found)
        most_ids = max(COUNTED, limit) + 1
        asked = self._asked(sql, values, most_ids, seconds, found=found, enough=limit)
        counted = min(len(asked.ids), COUNTED)
        is_capped = len(asked.ids) >= limit
        return Matched(asked.ids[:limit], asked.looked_to, asked.is_all, is_capped, counted)

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
        return self._asked(
            _LISTED.format(where=where), values, limit, (HARD, SOFT), found=False
        ).ids

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
        told: dict[str, object] = {"match": match, "without": without or NOTHING}
        told["exact"] = self.exact or NOTHING
        if match and self._is_plain:
            yield from self._streamed(sql, told)
            return
        for first, last in self._stretches(2, STRETCH):
            yield first, list(self._rows(sql, told, first, last, -1))

    def count(self, match: str) -> tuple[int, bool]:
        """How many an expression finds, and whether that is all of them: time and number have
        an end."""
        sql = _MATCHING.format(where=self.conditions.where("f.rowid"))
        left = Patience().left
        most = COUNTING if self.patience.left(SOFT) > 0 else COUNTING / 2
        found = self._until(lambda: left(most), sql, {"match": match}, COUNTED + 1, [])
        return min(len(found.ids), COUNTED), found.is_all

    @property
    def _is_plain(self) -> bool:
        """Whether one statement does: FTS5 knows no end of a stretch before it has found an article
        beyond it, so that many stretches would pass over the same articles many times."""
        return not self.conditions.sql and not self.exact

    def _spans(self) -> Iterable[tuple[int, int]]:
        if self._is_plain:
            return [(self.conditions.first, self.conditions.last)]
        # An index of exact forms soon tells who has three words: no need to look at few articles.
        is_quick = self.exact is not None and self.exact.count(" AND ") >= 2
        return self._stretches(_LONGER, STRETCH * _LONGER if is_quick else STRETCH)

    def _asked(
        self,
        sql: str,
        values: dict[str, object],
        limit: int,
        seconds: tuple[float, float],
        *,
        found: bool,
        enough: int = COUNTED,
    ) -> Matched:
        """As many ids as ``limit``; those beyond ``enough`` only for as long as one counts."""
        ids: list[int] = []
        began = self.patience.spent()

        def left() -> float:
            worked = self.patience.spent() - began
            if len(ids) >= enough:
                return COUNTING - worked
            return max(LEAST - worked, self.patience.left(seconds[bool(ids)]))

        matched = self._until(left, sql, values, limit, ids)
        if not matched.is_all and len(ids) < min(limit, enough) and not found:
            row = self.connection.execute(_BACK, (0, matched.looked_to, 0)).fetchone()
            self.patience.stopped(row[0] if row else 0)
        return matched

    def _until(
        self, left: Left, sql: str, values: dict[str, object], limit: int, ids: list[int]
    ) -> Matched:
        """The newest ids, as many as are found before the time is over."""
        span = (self.conditions.first, self.conditions.last)
        looked_to = span[1]
        with until(self.connection, left):
            for first, last in self._spans():
                ids.extend(self._rows(sql, values, first, last, limit - len(ids)))
                looked_to = first
                if len(ids) >= limit:
                    break
        if ids and looked_to > span[0]:
            looked_to = min(looked_to, ids[-1])
        is_capped = len(ids) >= limit
        return Matched(ids, looked_to, looked_to == span[0] and not is_capped, is_capped)

    def _rows(
        self, sql: str, values: dict[str, object], first: int, last: int, limit: int
    ) -> Iterable[int]:
        span = {"first": first, "last": last, "limit": limit}
        rows = self.connection.execute(sql, values | self.conditions.values | span)
        return (row[0] for row in rows)

    def _streamed(self, sql: str, values: dict[str, object]) -> Iterator[tuple[int, list[int]]]:
        """What one statement finds, cut into stretches."""
        stretches = self._stretches(2, STRETCH)
        first, _ = next(stretches)
        ids: list[int] = []
        for found in self._rows(sql, values, self.conditions.first, self.conditions.last, -1):
            while found < first:
                yield first, ids
                first, ids = next(stretches)[0], []
            ids.append(found)
        yield self.conditions.first, ids

    def _stretches(self, longer: int, size: int) -> Iterator[tuple[int, int]]:
        """Spans of ids, the newest first, each with so many times as many articles as the one
        before."""
        first, last = self.conditions.first, self.conditions.last
        while (border := _border(self.connection, first, last, size)) is not None:
            yield border + 1, last
            last, size = border, size * longer
        yield first, last


@contextmanager
def until(connection: sqlite3.Connection, left: Left) -> Iterator[None]:
    """Statements that are run meanwhile end where the time is over, and with them what is done."""
    connection.set_progress_handler(lambda: left() < 0, _STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
    finally:
        connection.set_progress_handler(None, 0)


def _border(connection: sqlite3.Connection, first: int, last: int, size: int) -> int | None:
    """An id that about so many articles of a span have come after; None where fewer are there."""
    sample = min(size, _SAMPLE)
    near = connection.execute(_BACK, (first, last, sample)).fetchone()
    if near is None or sample == size:
        return near and int(near[0])
    newest = connection.execute(_BACK, (first, last, 0)).fetchone()[0]
    far = _id_at(_day(newest) - size / sample * (_day(newest) - _day(near[0])))
    is_there = connection.execute(_BACK, (first, min(far, near[0]), 0)).fetchone()
    return is_there and int(is_there[0])


def _day(article_id: int) -> float:
    """An id on a scale of days, of which a month has a hundred as in ids, for days that are full.

    >>> _day(202402010000) - _day(202401990000)
    2.0
    """
    month, rest = divmod(article_id, 100 * IDS_A_DAY)
    return (month // 100 * 12 + month % 100 - 1) * 100 + rest / IDS_A_DAY


def _id_at(day: float) -> int:
    """The id at a place of that scale.

    >>> _id_at(_day(202402310007))
    202402310007
    """
    months, rest = divmod(day, 100)
    year, month = divmod(int(months), 12)
    return (year * 100 + month + 1) * 100 * IDS_A_DAY + round(rest * IDS_A_DAY)


def rarity(connection: sqlite3.Connection) -> Callable[[str], int]:
    """A function that tells in how many of the newest articles a syllable stands."""
    row = connection.execute(_BACK, (0, LAST_ID, RECENT)).fetchone()
    first = row[0] + 1 if row else 0

    @cache
    def count(syllable: str) -> int:
        found = connection.execute(_RECENT, (syllable_expression(syllable), first)).fetchone()
        return int(found[0])

    return count
