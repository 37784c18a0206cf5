"""One SQLite file of the archive: opened, migrated, its transactions, its errors explained."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import (
    ArchiveBusyError,
    ArchiveDamagedError,
    ArchiveError,
    ArchiveFullError,
    ArchiveReadOnlyError,
    ArchiveSchemaError,
    DataFolderError,
)

ARCHIVE_FILE = "archive.db"
PAGES_FILE = "pages.db"

# The migrations this program knows, by name. They are repeated here (a test compares) because
# importing sqlite-utils costs a search 0.1 s that only a program that writes has to spend.
STEPS = {
    ARCHIVE_FILE: (
        "m001_archive",
        "m002_versions",
        "m003_addresses",
        "m004_copies",
        "m005_readings",
        "m006_sections",
        "m007_finding",
        "m008_stretches",
        "m010_watches",
        "m011_texts_once",
        "m012_written_later",
    ),
    PAGES_FILE: (
        "m001_pages",
        "m002_protocol",
    ),
}

BUSY_SECONDS = 10
# FULL: a frontier row that says "done" must not survive a power cut that its article did not.
# recursive_triggers: without it a REPLACE leaves stale rows in the full-text index.
# cache_size: with 64 MB a file a crawl grew to 208 MB over 5,000 pages and was no faster.
# wal_autocheckpoint: what copies are looked up by lies all over the file. With a thousand pages,
# the default, each batch copied the same ones again: storing among 100,000 took a sixth longer.
WRITER = """
PRAGMA journal_mode = WAL;
PRAGMA wal_autocheckpoint = 8000;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA recursive_triggers = ON;
PRAGMA cache_size = -16000;
PRAGMA journal_size_limit = 67108864;
PRAGMA temp_store = MEMORY;
"""
READER = """
PRAGMA query_only = ON;
PRAGMA cache_size = -64000;
PRAGMA temp_store = MEMORY;
"""
_FULL = {"SQLITE_FULL"}
_WRITE_FAILED = ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHM", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_T")
_ENOUGH_BYTES = 1 << 20


def open_file(path: Path, *, write: bool, any_thread: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode with rows by name, on a file of this program's schema.
    One that is made with ``any_thread`` may be closed by another thread than it was made by."""
    if not write and not path.exists():
        raise DataFolderError(
            f"there is no {path.name} in {path.parent}: run `moit-news crawl` first, "
            "or point MOIT_NEWS_DATA to the folder that holds it"
        )
    if write and path.exists() and not os.access(path, os.W_OK):
        raise ArchiveReadOnlyError(  # SQLite would open it and fail at the first write
            f"{path} may not be written by this user: change its owner or its mode, "
            "or run this as the user that it belongs to"
        )
    with explained(path):
        connection = connect(path, "rwc" if write else "ro", any_thread=any_thread)
        try:
            connection.executescript(WRITER if write else READER)
            _match_schema(connection, path, write=write)
        except BaseException:
            connection.close()
            raise
    return connection


def connect(path: Path, mode: str, *, any_thread: bool = False) -> sqlite3.Connection:
    """A connection whose schema nobody has looked at; ``mode`` is SQLite's ro, rw or rwc."""
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=BUSY_SECONDS,
        check_same_thread=not any_thread,
    )
    connection.row_factory = sqlite3.Row
    return connection


def _match_schema(connection: sqlite3.Connection, path: Path, *, write: bool) -> None:
    steps, taken = STEPS[path.name], steps_taken(connection)
    unknown = [step for step in taken if step not in steps]
    if unknown:
        raise ArchiveSchemaError(
            f"{path} was written by a newer moit-news, or is none of its files "
            f"(it holds {', '.join(unknown)}): update this program"
        )
    if len(taken) == len(steps):
        return
    if not write:
        raise ArchiveSchemaError(
            f"{path} lacks {', '.join(steps[len(taken) :])}: "
            "run `moit-news crawl` once, which brings it up to date"
        )
    _migrate(connection, path)


def steps_taken(connection: sqlite3.Connection) -> list[str]:
    """The migrations that a file has been through, in their order."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if "_sqlite_migrations" in tables:
        sql = "SELECT name FROM _sqlite_migrations ORDER BY id"
        return [row[0] for row in connection.execute(sql)]
    return sorted(tables)[:1]  # somebody else's database is no archive either


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    from sqlite_utils import Database

    from archive.migrations import archive_migrations, pages_migrations

    migrations = archive_migrations if path.name == ARCHIVE_FILE else pages_migrations
    connection.row_factory = None  # sqlite-utils reads rows by position
    migrations.apply(Database(connection))
    connection.row_factory = sqlite3.Row


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; inside another transaction a savepoint, so that it can fail alone."""
    if connection.in_transaction:
        begin, end, undo = "SAVEPOINT part", ["RELEASE part"], ["ROLLBACK TO part", "RELEASE part"]
    else:
        begin, end, undo = "BEGIN IMMEDIATE", ["COMMIT"], ["ROLLBACK"]
    connection.execute(begin)
    try:
        yield
        _execute(connection, end)
    except BaseException:
        if connection.in_transaction:  # a full disk makes SQLite roll back by itself
            _execute(connection, undo)
        raise


def _execute(connection: sqlite3.Connection, statements: list[str]) -> None:
    for statement in statements:
        connection.execute(statement)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what SQLite says of the file or the disk into a sentence; our own mistakes pass."""
    try:
        yield
    except sqlite3.Error as error:
        if _name(error) in {"", "SQLITE_ERROR"} or isinstance(error, sqlite3.IntegrityError):
            raise
        raise explain(error, path) from error


def explain(error: sqlite3.Error, path: Path) -> ArchiveError:
    """The archive's error for one of SQLite's: which file, what is wrong, what to do."""
    name = _name(error)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return ArchiveBusyError(
            f"{path} is locked by another program since {BUSY_SECONDS} seconds: "
            "wait until it has finished, then run this again (nothing was changed)"
        )
    if name in _FULL or (name.startswith(_WRITE_FAILED) and _is_full(path.parent)):
        return ArchiveFullError(
            f"the disk that holds {path} is full: free some space and run this again; "
            "all that was stored before is safe"
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return ArchiveReadOnlyError(
            f"{path} cannot be opened as needed ({error}): "
            f"let this user read and write it and the folder {path.parent}"
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return ArchiveDamagedError(
            f"{path} is damaged or no archive ({error}): put the last backup in its place; "
            "keep the damaged file, since `sqlite3 FILE .recover` may save what is newer"
        )
    return ArchiveError(f"{path}: SQLite says {error} ({name}); check the disk and run this again")


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", None) or ""


def _is_full(folder: Path) -> bool:
    free = os.statvfs(folder)
    return free.f_bavail * free.f_frsize < _ENOUGH_BYTES
