"""What came into the archive, in the order in which it came, and which of it a query finds.

A search looks from the newest article back until its patience ends. A watch must miss nothing, so
it looks at every article that came since it last looked, and at no others.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from archive.branches import Branch, branches
from archive.expressions import exact, match, unwanted
from archive.filters import Conditions, conditions
from archive.query import Query
from archive.ranking import Sought, is_as_typed

# So many at once: one look at a year of arrivals is a few questions to the index, and what is
# written between two of them is short.
AT_ONCE = 5_000
_IDS_A_MONTH = 1_000_000
_SINCE = "SELECT id, article_id, change FROM arrivals WHERE id > ? ORDER BY id LIMIT ?"
_NEWEST = "SELECT coalesce(max(id), 0) FROM arrivals"
_FIRST = "SELECT min(id) FROM arrivals WHERE article_id = ?"
_AMONG = " AND +{id} IN (SELECT value FROM json_each(:among))"
_MATCHING = """
SELECT f.rowid FROM articles_fts f
WHERE articles_fts MATCH :match AND f.rowid BETWEEN :first AND :last{where}
"""
_EXACTLY = (
    " AND +f.rowid IN (SELECT rowid FROM articles_exact"
    " WHERE articles_exact MATCH :exact AND rowid BETWEEN :first AND :last)"
)
_LISTED = """
SELECT a.id FROM articles a INDEXED BY articles_of_site
WHERE a.id BETWEEN :first AND :last{where}
"""
_WITHOUT = (
    " AND +a.id NOT IN (SELECT rowid FROM articles_fts"
    " WHERE articles_fts MATCH :without AND rowid BETWEEN :first AND :last)"
)
_TEXTS = "SELECT title, lead, body FROM articles WHERE id = ?"
# All of them: search's list of the words that begin so ends after a hundred.
_BEGINNING = "SELECT word FROM words WHERE word >= :start AND word < :start || char(0x10ffff)"

_Question = tuple[str, dict[str, object]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One thing that happened to an article: it is new, corrected, reread, withdrawn, returned."""

    id: int
    article_id: int
    change: str


def newest(connection: sqlite3.Connection) -> int:
    """The number of the last arrival; 0 where nothing ever came."""
    return int(connection.execute(_NEWEST).fetchone()[0])


def arrivals(connection: sqlite3.Connection, after: int, most: int = AT_ONCE) -> list[Arrival]:
    """What came after an arrival, the first come first."""
    rows = connection.execute(_SINCE, (after, most))
    return [Arrival(id=row[0], article_id=row[1], change=row[2]) for row in rows]


def first_arrival(connection: sqlite3.Connection, article_id: int) -> int:
    """The number under which an article came first."""
    return int(connection.execute(_FIRST, (article_id,)).fetchone()[0] or 0)


def found_among(
    connection: sqlite3.Connection, query: Query, ids: Iterable[int], *, only_exact: bool = False
) -> set[int]:
    """Which of these articles a query finds, as they read now: all that a search without any
    bound would show."""
    found: set[int] = set()
    groups = list(_close_together(sorted(set(ids))))
    for branch in branches(query):
        extra = conditions(connection, branch.filters)
        asked = _question(connection, branch, extra, only_exact=only_exact)
        if asked is not None:
            for group in groups:
                found |= _found(connection, asked, extra, group)
    if only_exact:
        found = {each for each in found if _is_as_typed(connection, query, each)}
    return found


def _close_together(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ids in their order, cut where a month or more lies between two: the index is asked for the
    span of each group, and a late old article would make it all of time.

    >>> [list(group) for group in _close_together([202401010001, 202402280001, 202405010001])]
    [[202401010001, 202402280001], [202405010001]]
    """
    start = 0
    for place in range(1, len(ids) + 1):
        if place == len(ids) or _month(ids[place]) - _month(ids[place - 1]) > 1:
            yield ids[start:place]
            start = place


def _month(article_id: int) -> int:
    year, month = divmod(article_id // _IDS_A_MONTH, 100)
    return year * 12 + month


def _question(
    connection: sqlite3.Connection, branch: Branch, extra: Conditions, *, only_exact: bool
) -> _Question | None:
    """The question for the articles of a branch, and its values; None where it asks nothing."""
    words = partial(_beginning, connection)
    if branch.wanted:
        exactly = exact(branch) if only_exact else None
        where = extra.where("f.rowid") + _AMONG.format(id="f.rowid")
        values: dict[str, object] = {"match": match(branch, words), "exact": exactly}
        return _MATCHING.format(where=where + (_EXACTLY if exactly else "")), values
    if not branch.filters:
        return None
    without = unwanted(branch, words)
    where = extra.where("a.id") + _AMONG.format(id="a.id") + (_WITHOUT if without else "")
    return _LISTED.format(where=where), {"without": without}


def _beginning(connection: sqlite3.Connection, start: str) -> list[str]:
    return [row[0] for row in connection.execute(_BEGINNING, {"start": start})]


def _found(
    connection: sqlite3.Connection, asked: _Question, extra: Conditions, ids: Sequence[int]
) -> set[int]:
    sql, values = asked
    span = {"first": max(extra.first, ids[0]), "last": min(extra.last, ids[-1])}
    among = {"among": json.dumps(list(ids))}
    return {row[0] for row in connection.execute(sql, values | extra.values | span | among)}


def _is_as_typed(connection: sqlite3.Connection, query: Query, article_id: int) -> bool:
    texts = tuple(connection.execute(_TEXTS, (article_id,)).fetchone())
    return any(
        is_as_typed(Sought.of(branch), *texts) for branch in branches(query) if branch.wanted
    ) or any(not branch.wanted for branch in branches(query))
