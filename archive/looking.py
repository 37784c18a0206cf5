"""A watch looks: from what came since it last looked to its new hits, each one once."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence

from archive.arrivals import Arrival, arrivals, first_arrival, found_among, newest
from archive.connection import transaction
from archive.times import to_text
from archive.watches import Watch

CHANGES = ("corrected", "withdrawn", "returned")
_KNOWN = """
SELECT DISTINCT article_id FROM watch_hits
WHERE watch_id = ? AND article_id IN (SELECT value FROM json_each(?))
"""
_HIT = """
INSERT OR IGNORE INTO watch_hits (watch_id, arrival_id, article_id, change, found_at)
VALUES (?, ?, ?, ?, ?)
"""
_LOOKED = """
UPDATE watches SET looked_to = max(looked_to, ?), looked_at = ?, failed_at = NULL, failure = NULL
WHERE id = ?
"""
Progress = Callable[[int, int], None]


def look(
    connection: sqlite3.Connection,
    watch: Watch,
    now: dt.datetime,
    progress: Progress = lambda _done, _whole: None,
) -> int:
    """Finds and keeps the new hits of a watch; gives their number.

    Its hits and how far it has looked are written together, some thousands of arrivals at a time:
    killed at any moment, it goes on where it was and takes nothing for new a second time."""
    found, at = 0, watch.looked_to
    begin, last = at, newest(connection)
    while True:
        came = arrivals(connection, at)
        hits = list(_hits(connection, watch, came))
        at = came[-1].id if came else at
        with transaction(connection):
            still_there = connection.execute(_LOOKED, (at, to_text(now), watch.id)).rowcount
            rows = [(watch.id, n, article, how, to_text(now)) for n, article, how in hits]
            connection.executemany(_HIT, rows if still_there else [])
        found += len(hits) if still_there else 0
        progress(at - begin, max(last, at) - begin)
        if not came or not still_there:
            return found


def _hits(
    connection: sqlite3.Connection, watch: Watch, came: Sequence[Arrival]
) -> Iterator[tuple[int, int, str]]:
    """The hits among arrivals: each with its number, its article, and what happened to that.

    What comes to be found only by a correction is new then. What was told once is told again only
    where changes are, also where a correction took away the words that it was found by."""
    if not came:
        return
    of_article: dict[int, list[Arrival]] = {}
    for each in came:
        of_article.setdefault(each.article_id, []).append(each)
    ids = json.dumps(list(of_article))
    known = {row[0] for row in connection.execute(_KNOWN, (watch.id, ids))}
    found = found_among(connection, watch.parsed, of_article, only_exact=watch.only_exact)
    for article_id, happened in of_article.items():
        if article_id not in known and article_id not in found:
            continue
        is_new = article_id not in known and (
            first_arrival(connection, article_id) > watch.started_after
        )
        changes = [each.change for each in happened if each.change in CHANGES]
        if is_new:
            yield happened[-1].id, article_id, "new"
        elif changes and watch.tells_changes:
            yield happened[-1].id, article_id, changes[-1]
