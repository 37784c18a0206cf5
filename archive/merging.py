"""Merging: all that another data folder knows is brought into this one; that one is only read.

Pages come first, in portions, then articles, in portions, then what was asked and when, at once.
Each portion finds what is here already by what it is, so a merge that was killed, or is done
again, adds only what is missing.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.connection import (
    ARCHIVE_FILE,
    PAGES_FILE,
    STEPS,
    connect,
    explained,
    open_file,
    steps_taken,
)
from archive.errors import ArchiveFullError, ArchiveSchemaError, DataFolderError
from archive.lock import take_lock
from archive.merging_articles import merge_articles
from archive.merging_asked import merge_asked
from archive.merging_pages import merge_pages
from archive.store import Archive

Watch = Callable[[str, int, int], None]
COPIES = ".merging-"
ROOM_TO_SPARE = 64 << 20
COUNTED = ("articles", "versions", "withdrawals", "addresses", "frontier", "outcomes", "runs")


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Rows of one table: there, here before, and here now."""

    there: int
    before: int
    now: int

    @property
    def added(self) -> int:
        return self.now - self.before


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """What a merge came to; ``renamed`` articles have another id here than there, ``revised`` ones
    were here with fewer or other texts."""

    counts: dict[str, Count]
    same: int
    new: int
    renamed: int
    revised: int


def unwatched(_what: str, _done: int, _whole: int) -> None:
    """For callers that show no progress."""


def merge(folder: Path, other: Path, *, watch: Watch = unwatched) -> Merged:
    """Brings another data folder's knowledge into this one; raises MoitNewsError."""
    _refuse(folder, other)
    with take_lock(folder):
        for path in folder.glob(f"{COPIES}*"):
            shutil.rmtree(path)
        with (
            _readable(folder, other) as (articles, pages),
            _joined(folder, articles, pages) as ours,
        ):
            before = _counts(ours.connection)
            merge_pages(ours.connection, watch)
            tally = merge_articles(ours, watch)
            watch("addresses", 0, 1)
            with ours.transaction():
                merge_asked(ours.connection)
            watch("addresses", 1, 1)
            counts = {
                table: Count(there=there, before=before[table][1], now=now)
                for table, (there, now) in _counts(ours.connection).items()
            }
    return Merged(counts=counts, **tally)


def _refuse(folder: Path, other: Path) -> None:
    for name in (ARCHIVE_FILE, PAGES_FILE):
        if not (other / name).exists():
            raise DataFolderError(
                f"there is no {name} in {other}: name the data folder or the backup to merge"
            )
    if folder.resolve() == other.resolve():
        raise DataFolderError(f"{other} is this archive itself: name another data folder")


@contextmanager
def _readable(folder: Path, other: Path) -> Iterator[tuple[Path, Path]]:
    """The other's two files as one moment had them and of today's schema, never changed in place:
    archive.db as a copy, pages.db only where it is of an older schema, since it is large."""
    with tempfile.TemporaryDirectory(prefix=COPIES, dir=folder) as scratch:
        copies = Path(scratch)
        _copy(other / ARCHIVE_FILE, copies / ARCHIVE_FILE)
        pages = other / PAGES_FILE
        if not _is_of_today(pages):
            _copy(pages, copies / PAGES_FILE)
            pages = copies / PAGES_FILE
        yield copies / ARCHIVE_FILE, pages


def _copy(source: Path, target: Path) -> None:
    needed = source.stat().st_size * 2 + ROOM_TO_SPARE
    if shutil.disk_usage(target.parent).free < needed:
        raise ArchiveFullError(
            f"the disk of {target.parent.parent} needs {needed / 1e6:,.0f} MB free to merge: "
            "free some space and run this again; nothing was begun"
        )
    with explained(source), closing(connect(source, "ro")) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    open_file(target, write=True).close()  # migrates the copy


def _is_of_today(path: Path) -> bool:
    with explained(path), closing(connect(path, "ro")) as connection:
        taken = steps_taken(connection)
    if unknown := [step for step in taken if step not in STEPS[path.name]]:
        raise ArchiveSchemaError(
            f"{path} was written by a newer moit-news (it holds {', '.join(unknown)}): "
            "update this program"
        )
    return len(taken) == len(STEPS[path.name])


@contextmanager
def _joined(folder: Path, articles: Path, pages: Path) -> Iterator[Archive]:
    """This archive open for writing, with its pages as ``pages`` and the other's files as ``other``
    and ``other_pages``."""
    open_file(folder / PAGES_FILE, write=True).close()
    with Archive.open(folder, write=True) as ours:
        attach(ours.connection, "pages", folder / PAGES_FILE, "rw")
        attach(ours.connection, "other", articles, "ro")
        attach(ours.connection, "other_pages", pages, "ro")
        ours.connection.execute("PRAGMA pages.synchronous = FULL")
        with explained(ours.path):
            yield ours
        for name in ("pages", "other", "other_pages"):
            ours.connection.execute(f"DETACH {name}")


def attach(connection: sqlite3.Connection, name: str, path: Path, mode: str) -> None:
    """Another file under a name of its own on the same connection."""
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    connection.execute(f"ATTACH ? AS {name}", (uri,))


def _counts(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """There and here, of each table that is told at the end."""
    tables = dict.fromkeys(COUNTED, ("other", "main"))
    tables |= dict.fromkeys(("pages", "bodies", "dictionaries"), ("other_pages", "pages"))
    sql = "SELECT count(*) FROM {schema}.{table}"
    return {
        table: tuple(
            connection.execute(sql.format(schema=schema, table=table)).fetchone()[0]
            for schema in schemas
        )
        for table, schemas in tables.items()
    }
