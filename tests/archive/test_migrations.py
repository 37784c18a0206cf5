import re
import sqlite3
from contextlib import closing
from pathlib import Path

from archive.connection import ARCHIVE_FILE, PAGES_FILE, STEPS, open_file
from archive.migrations import archive_migrations, pages_migrations

PINNED = Path(__file__).with_name("schema.sql")


def schema(folder: Path) -> str:
    """The schema of both files as statements in their order, each on one line."""
    lines = []
    for name in (ARCHIVE_FILE, PAGES_FILE):
        with closing(open_file(folder / name, write=True)) as connection:
            statements = [row["sql"] for row in connection.execute("SELECT sql FROM sqlite_master")]
        own = [s for s in statements if s and "migrations" not in s and "'articles_" not in s]
        lines += [f"-- {name}", *(re.sub(r"\s+", " ", statement) for statement in own)]
    return "\n".join(lines) + "\n"


def test_the_schema_is_the_pinned_one(tmp_path: Path):
    assert schema(tmp_path) == PINNED.read_text()


def test_the_steps_that_a_reader_compares_are_the_migrations(tmp_path: Path):
    assert set(STEPS) == {ARCHIVE_FILE, PAGES_FILE}
    for migrations, file in ((archive_migrations, ARCHIVE_FILE), (pages_migrations, PAGES_FILE)):
        with closing(open_file(tmp_path / file, write=True)) as connection:
            sql = "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id"
            applied = tuple(row[0] for row in connection.execute(sql, (migrations.name,)))
        assert applied == STEPS[file]


def test_datasette_and_sqlite_utils_find_the_index_of_folded_words(tmp_path: Path):
    from sqlite_utils import Database

    with closing(open_file(tmp_path / ARCHIVE_FILE, write=True)) as connection:
        connection.row_factory = None
        assert Database(connection)["articles"].detect_fts() == "articles_fts"


def test_opening_twice_changes_nothing(tmp_path: Path):
    before = schema(tmp_path)
    with closing(sqlite3.connect(tmp_path / ARCHIVE_FILE)) as connection:
        (version,) = connection.execute("PRAGMA schema_version").fetchone()
    assert schema(tmp_path) == before
    with closing(sqlite3.connect(tmp_path / ARCHIVE_FILE)) as connection:
        assert connection.execute("PRAGMA schema_version").fetchone() == (version,)
