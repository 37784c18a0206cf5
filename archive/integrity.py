"""What SQLite itself knows to be wrong with a file: its pages, its references, its full text."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from archive.connection import ARCHIVE_FILE, PAGES_FILE, explained, open_file
from archive.errors import ArchiveDamagedError

_LOST = "PRAGMA foreign_key_check"
_INDEXES = (
    "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' ORDER BY name"
)


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


def lost_parents(connection: sqlite3.Connection) -> list[tuple[str, str, str, int]]:
    """Rows that name a row which is not there: table, column, the other's table, how many."""
    lost = Counter((row[0], row[3], row[2]) for row in connection.execute(_LOST))
    return [(table, _column(connection, table, key), of, n) for (table, key, of), n in lost.items()]


def _column(connection: sqlite3.Connection, table: str, key: int) -> str:
    sql = 'SELECT "from" FROM pragma_foreign_key_list(?) WHERE id = ?'
    return str(connection.execute(sql, (table, key)).fetchone()[0])


def stale_indexes(connection: sqlite3.Connection) -> list[str]:
    """The full-text tables that do not say what the rows that they index say."""
    tables = [row[0] for row in connection.execute(_INDEXES)]
    return [table for table in tables if not _matches_rows(connection, table)]


def told(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with a file that can be read, a sentence each."""
    rows = [(t, parent, n) for t, _, parent, n in lost_parents(connection)]
    lost = [
        f"{count} rows of {table} name a row that {parent} lacks" for table, parent, count in rows
    ]
    stale = stale_indexes(connection)
    return lost + [f"the index {table} does not match its rows" for table in stale]


def _of_file(path: Path) -> list[str]:
    try:
        # A connection of its own that may write: FTS5 is asked for its check by an INSERT.
        with explained(path), closing(open_file(path, write=True)) as connection:
            findings = malformed(connection) + told(connection)
    except ArchiveDamagedError as error:
        return [str(error)]
    return [f"{path.name}: {finding}" for finding in findings]


def _matches_rows(connection: sqlite3.Connection, table: str) -> bool:
    try:  # without rank 1 the index is not compared with its rows
        connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
            return False
        raise
    return True
