"""The searches that are compared: ours, and what SQLite does alone; the others are peers."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from archive.search import find
from archive.store import Archive
from benchmarks.peers.serving import Row

LIMIT = 20


class Engine(Protocol):
    """Seconds it took, and the ids of the best articles."""

    @property
    def name(self) -> str: ...

    def ask(self, typed: str) -> tuple[float, list[int]]: ...


@dataclass
class Ours:
    """`moit-news search` without its process."""

    archive: Archive
    name: str = "moit-news"

    def ask(self, typed: str) -> tuple[float, list[int]]:
        began = time.perf_counter()
        hits = find(self.archive.connection, typed, limit=LIMIT).hits
        return time.perf_counter() - began, [hit.id for hit in hits]


class PlainFts5:
    """What SQLite does alone: all words, folded by unicode61, in the order of bm25."""

    name = "plain FTS5"

    def __init__(self, rows: Iterable[Row]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute(
            "CREATE VIRTUAL TABLE news USING fts5(title, lead, body,"
            " tokenize='unicode61 remove_diacritics 2')"
        )
        sql = "INSERT INTO news (rowid, title, lead, body) VALUES (?, ?, ?, ?)"
        self._connection.executemany(sql, rows)

    def ask(self, typed: str) -> tuple[float, list[int]]:
        match = " ".join(f'"{word}"' for word in re.findall(r"[^\W_]+", typed)) or '""'
        began = time.perf_counter()
        sql = "SELECT rowid FROM news WHERE news MATCH ? ORDER BY rank LIMIT ?"
        ids = [row[0] for row in self._connection.execute(sql, (match, LIMIT))]
        return time.perf_counter() - began, ids


def rows_of(archive: Archive) -> Iterator[Row]:
    """Every article of an archive as the other engines are given it."""
    sql = "SELECT id, title, coalesce(lead, ''), coalesce(body, '') FROM articles"
    yield from map(tuple, archive.connection.execute(sql))
