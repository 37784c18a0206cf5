"""Watches: queries that somebody wants to be told of, their channels, and their hits so far."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from archive.arrivals import newest
from archive.branches import MOST_BRANCHES, branches
from archive.connection import transaction
from archive.errors import NotFoundError, WatchError
from archive.models import VIETNAM
from archive.query import Query, parse
from archive.times import to_text

LONGEST_QUERY = 1_000
MOST_CHANNELS = 20
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_WATCH_COLUMNS = (
    "id, name, tag, query, only_exact, tells_changes, created_at, started_after, looked_to,"
    " looked_at, failed_at, failure"
)
_CHANNEL_COLUMNS = (
    "id, watch_id, kind, target, allows_private, told_to, telling_to, told_at, failures,"
    " failed_at, failure"
)
_ADD = """
INSERT INTO watches (name, tag, query, only_exact, tells_changes, created_at, started_after,
    looked_to)
VALUES (:name, :tag, :query, :only_exact, :tells_changes, :created_at, :after, :after)
"""
_ADD_CHANNEL = """
INSERT INTO watch_channels (watch_id, kind, target, allows_private, told_to) VALUES (?, ?, ?, ?, 0)
"""
_FEED_IN_USE = """
SELECT w.name FROM watch_channels c JOIN watches w ON w.id = c.watch_id
WHERE c.kind = 'atom' AND c.target = ?
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """A query, what of it is told, and how far it has looked. Articles that came under a number
    above ``started_after`` are new to it. ``tag`` is its id in the world, a tag: URI (RFC 4151)."""

    id: int
    name: str
    tag: str
    query: str
    only_exact: bool
    tells_changes: bool
    created_at: str
    started_after: int
    looked_to: int
    looked_at: str | None
    failed_at: str | None
    failure: str | None

    @property
    def parsed(self) -> Query:
        return parse(self.query)


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """Where a watch tells its hits, and the number of the last one that was told there. While
    something is being told, ``telling_to`` is the number of its last hit."""

    id: int
    watch_id: int
    kind: str
    target: str
    allows_private: bool
    told_to: int
    telling_to: int | None
    told_at: str | None
    failures: int
    failed_at: str | None
    failure: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A channel as it was asked for."""

    kind: str
    target: str
    allows_private: bool = False


def add_watch(
    connection: sqlite3.Connection,
    name: str,
    query: str,
    channels: Sequence[Wanted],
    *,
    authority: str,
    only_exact: bool = False,
    tells_changes: bool = False,
    from_start: bool = False,
    now: dt.datetime | None = None,
) -> Watch:
    """A new watch, which tells what comes from now on, or all that there is too ``from_start``.

    ``authority`` is a domain or mail address of whoever runs the archive, for the ids. Raises
    WatchError for what would later tell nothing, too much, or nobody."""
    now = now or dt.datetime.now(VIETNAM)
    _check_name(name)
    check_query(query)
    with transaction(connection):
        _check_free(connection, name, channels)
        values = {
            "name": name,
            "tag": f"tag:{authority},{now:%Y-%m-%d}:{secrets.token_hex(8)}",
            "query": query,
            "only_exact": only_exact,
            "tells_changes": tells_changes,
            "created_at": to_text(now),
            "after": 0 if from_start else newest(connection),
        }
        watch_id = connection.execute(_ADD, values).lastrowid
        for each in channels or [Wanted(kind="print", target="stdout")]:
            row = (watch_id, each.kind, each.target, each.allows_private)
            connection.execute(_ADD_CHANNEL, row)
    return watch_called(connection, name)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise WatchError(
            f"{name[:80]!r} cannot be the name of a watch: use up to 64 small letters, digits, "
            "dots and dashes, as gia-dien"
        )


def check_query(query: str) -> None:
    """Refuses what a search would only remark on: nobody reads remarks at night."""
    if len(query) > LONGEST_QUERY:
        raise WatchError(f"the query is longer than {LONGEST_QUERY} characters: make several")
    parsed = parse(query)
    if parsed.notes:
        raise WatchError(" ".join(parsed.notes))
    ways = branches(parsed)
    if not any(branch.wanted or branch.filters for branch in ways):
        raise WatchError("the query asks for nothing: give it at least one word or field")
    if len(ways) >= MOST_BRANCHES:
        raise WatchError(
            "the query has too many alternatives that mix words with fields: make several watches"
        )


def _check_free(connection: sqlite3.Connection, name: str, channels: Sequence[Wanted]) -> None:
    if connection.execute("SELECT 1 FROM watches WHERE name = ?", (name,)).fetchone():
        raise WatchError(
            f"there is a watch {name} already: `moit-news watch show {name}` tells what it does, "
            f"`moit-news watch remove {name}` ends it"
        )
    if len(channels) > MOST_CHANNELS or len(set(channels)) < len(channels):
        raise WatchError(f"a watch has at most {MOST_CHANNELS} channels, each another one")
    for each in channels:
        taken = each.kind == "atom" and connection.execute(_FEED_IN_USE, (each.target,)).fetchone()
        if taken:
            raise WatchError(f"{each.target} is the feed of the watch {taken[0]}: name another")


def watches(connection: sqlite3.Connection) -> list[Watch]:
    """All watches by name."""
    rows = connection.execute(f"SELECT {_WATCH_COLUMNS} FROM watches ORDER BY name")
    return [_watch(row) for row in rows]


def watch_called(connection: sqlite3.Connection, name: str) -> Watch:
    """One watch; raises NotFoundError."""
    sql = f"SELECT {_WATCH_COLUMNS} FROM watches WHERE name = ?"
    row = connection.execute(sql, (name,)).fetchone()
    if row is not None:
        return _watch(row)
    known = ", ".join(each.name for each in watches(connection))
    there = f"there are: {known}" if known else "there is none; `moit-news watch add` makes one"
    raise NotFoundError(f"no watch is called {name[:80]!r}; {there}")


def channels_of(connection: sqlite3.Connection, watch: Watch) -> list[Channel]:
    """The channels of a watch in the order in which they were asked for."""
    sql = f"SELECT {_CHANNEL_COLUMNS} FROM watch_channels WHERE watch_id = ? ORDER BY id"
    return [_channel(row) for row in connection.execute(sql, (watch.id,))]


def remove_watch(connection: sqlite3.Connection, name: str) -> None:
    """Ends a watch and forgets its hits; raises NotFoundError."""
    with transaction(connection):
        watch = watch_called(connection, name)
        connection.execute("DELETE FROM watches WHERE id = ?", (watch.id,))


def hit_count(connection: sqlite3.Connection, watch: Watch, after: int = 0) -> int:
    """How many hits a watch has had, or has had since one of them."""
    sql = "SELECT count(*) FROM watch_hits WHERE watch_id = ? AND arrival_id > ?"
    return int(connection.execute(sql, (watch.id, after)).fetchone()[0])


def _watch(row: sqlite3.Row) -> Watch:
    flags = {name: bool(row[name]) for name in ("only_exact", "tells_changes")}
    return Watch(**dict(row) | flags)


def _channel(row: sqlite3.Row) -> Channel:
    return Channel(**dict(row) | {"allows_private": bool(row["allows_private"])})
