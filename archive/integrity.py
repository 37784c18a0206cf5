"""What SQLite itself knows to be wrong with a file: its pages, its references, its full text."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from archive.connection import ARCHIVE_FILE, PAGES_FILE, explained, open_file
from archive.errors import ArchiveDamagedError

INDEXES = ("articles_fts", "articles_exact", "versions_fts")


def integrity(folder: Path) -> list[str]:
    """What is wrong inside archive.db and pages.db, read row by row; empty if nothing is."""
    findings = []
    for path in (folder / ARCHIVE_FILE, folder / PAGES_FILE):
        if path.exists():
            findings += _of_file(path)
    return findings


def malformed(connection: sqlite3.Connection) -> list[str]:
    """Where a file is not as SQLite wrote it; it may read wrong or not at all."""
    told = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    return [finding for finding in told if finding != "ok"]


def lost_parents(connection: sqlite3.Connection) -> list[str]:
    """Rows that name a row which is not there, by the tables of both."""
    rows = connection.execute("PRAGMA foreign_key_check")
    lost = Counter((row[0], row[2]) for row in rows)
    return [
        f"{count} rows of {table} name a row that {parent} lacks"
        for (table, parent), count in lost.items()
    ]


def stale_indexes(connection: sqlite3.Connection) -> list[str]:
    """The full-text tables of archive.db that do not say what its articles and versions say; a
    file of an older schema lacks some."""
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    return [t for t in INDEXES if t in there and not _matches_articles(connection, t)]


def _of_file(path: Path) -> list[str]:
    try:
        # A connection of its own that may write: FTS5 is asked for its check by an INSERT.
        with explained(path), closing(open_file(path, write=True)) as connection:
            findings = malformed(connection) + lost_parents(connection)
            stale = stale_indexes(connection) if path.name == ARCHIVE_FILE else []
    except ArchiveDamagedError as error:
        return [str(error)]
    findings += [f"the index {table} does not match the articles" for table in stale]
    return [f"{path.name}: {finding}" for finding in findings]


def _matches_articles(connection: sqlite3.Connection, table: str) -> bool:
    try:  # without rank 1 the index is not compared with the articles
        connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
            return False
        raise
    return True
