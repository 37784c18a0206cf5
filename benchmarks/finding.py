"""The searches that are compared: ours, plain FTS5, and tantivy in an environment of its own."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from archive.search import find
from archive.store import Archive
from benchmarks.peers.environments import HERE, made

LIMIT = 20
BUILD = Path("build/peers")
Row = tuple[int, str, str, str]


class Engine(Protocol):
    """Seconds it took, and the ids of the best articles."""

    name: str

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


@dataclass
class Tantivy:
    """A process that holds an index in memory; the time is taken in it."""

    process: subprocess.Popen[str]
    built: float
    name: str = "tantivy"

    def ask(self, typed: str) -> tuple[float, list[int]]:
        seconds, ids = _asked(self.process, [LIMIT, typed])
        return seconds, ids

    @classmethod
    @contextmanager
    def over(cls, rows: Iterable[Row], folder: Path) -> Iterator[Tantivy]:
        path = folder / "articles.jsonl"
        with path.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        command = [str(made("tantivy", BUILD)), str(HERE / "search_tantivy.py")]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            yield cls(process, _asked(process, str(path)))
            if process.stdin:
                process.stdin.close()


def _asked(process: subprocess.Popen[str], question: object) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(question) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def rows_of(archive: Archive) -> Iterator[Row]:
    """Every article of an archive as the other engines are given it."""
    sql = "SELECT id, title, coalesce(lead, ''), coalesce(body, '') FROM articles"
    yield from map(tuple, archive.connection.execute(sql))
