"""Each explanation is tested with its real cause."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.connection import ARCHIVE_FILE, open_file, transaction
from archive.errors import (
    ArchiveBusyError,
    ArchiveDamagedError,
    ArchiveFullError,
    ArchiveReadOnlyError,
    ArchiveSchemaError,
    DataFolderError,
)
from archive.store import Archive
from tests.archive.news import SEEN, article, new_archive, paragraphs

HOLD_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""
AS_NOBODY = """
import os, sys
from pathlib import Path
from archive.store import Archive
import archive.migrations
if os.getuid() == 0:
    os.seteuid(65534)
try:
    Archive.open(Path(sys.argv[1]), write=sys.argv[2] == "write")
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user may enter, which pytest's own folders are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, check=False).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_lock_held_by_another_program_is_named(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        archive.connection.execute("PRAGMA busy_timeout = 100")
        command = [sys.executable, "-c", HOLD_THE_LOCK, str(archive.path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"locked\n"
            with pytest.raises(ArchiveBusyError, match=r"archive\.db is locked by another"):
                archive.add(article(), site="bo-vn", page_id=None, seen_at=SEEN)
            assert other.stdin is not None
            other.stdin.close()
            other.wait()
        assert archive.add(article(), site="bo-vn", page_id=None, seen_at=SEEN)


def fill(archive: Archive) -> None:
    for number in range(1, 1000):
        text = f"Đoạn {number}. " * 300
        some = article(number, blocks=paragraphs(text))
        archive.add(some, site="bo-vn", page_id=None, seen_at=SEEN)


def test_a_full_disk_loses_nothing_that_was_stored(small_disk: Path):
    with pytest.raises(ArchiveFullError, match="disk"), new_archive(small_disk) as archive:
        fill(archive)
    (small_disk / "archive.db-shm").unlink(missing_ok=True)
    with Archive.open(small_disk) as archive:
        assert archive.article(article(1).url)["title"] == article(1).title
        (result,) = archive.connection.execute("PRAGMA integrity_check").fetchone()
        assert result == "ok"


def test_a_file_that_may_not_grow_is_full(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        archive.connection.execute("PRAGMA max_page_count = 200")
        with pytest.raises(ArchiveFullError, match="free some space"):
            fill(archive)
        kept = archive.connection.execute("SELECT count(*) FROM articles").fetchone()[0]
        assert kept > 0
        archive.connection.execute("PRAGMA max_page_count = 20000")
        assert archive.integrity() == []


@pytest.mark.parametrize("mode", ["read", "write"])
def test_a_folder_without_permission_is_named(open_folder: Path, mode: str):
    new_archive(open_folder).close()
    (open_folder / ARCHIVE_FILE).chmod(0o600 if mode == "read" else 0o644)
    if os.getuid() != 0:
        (open_folder / ARCHIVE_FILE).chmod(0o000 if mode == "read" else 0o444)
    command = [sys.executable, "-c", AS_NOBODY, str(open_folder), mode]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ArchiveReadOnlyError")
    assert str(open_folder) in done.stdout


def test_a_file_that_is_no_database_is_named(tmp_path: Path):
    (tmp_path / ARCHIVE_FILE).write_bytes(b"<html>not an archive</html>" * 100)
    for write in (True, False):
        with pytest.raises(ArchiveDamagedError, match="last backup"):
            Archive.open(tmp_path, write=write)


def test_damage_in_the_middle_is_named_and_found(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        for number in range(1, 400):
            archive.add(article(number), site="bo-vn", page_id=None, seen_at=SEEN)
    path = tmp_path / ARCHIVE_FILE
    whole = path.read_bytes()
    # The schema and the record of migrations stand at the beginning, the articles behind them.
    sound = len(whole) * 3 // 4 // 4096 * 4096
    path.write_bytes(whole[:sound] + b"\xa5" * (len(whole) - sound))
    with Archive.open(tmp_path) as archive:
        assert archive.integrity() != []
        with pytest.raises(ArchiveDamagedError, match="damaged"):
            _ = [archive.article(article(number).url) for number in range(1, 400)]


def test_a_missing_archive_is_named_to_a_reader(tmp_path: Path):
    with pytest.raises(DataFolderError, match="moit-news crawl"):
        Archive.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_newer_an_older_and_a_foreign_file_are_refused(tmp_path: Path):
    path = tmp_path / ARCHIVE_FILE
    path.touch()
    with pytest.raises(ArchiveSchemaError, match="m001_archive"):
        Archive.open(tmp_path)
    new_archive(tmp_path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('archive', 'm999_future', '')"
        )
    for write in (True, False):
        with pytest.raises(ArchiveSchemaError, match="newer moit-news"):
            Archive.open(tmp_path, write=write)
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE somebody_elses (id INTEGER)")
    with pytest.raises(ArchiveSchemaError, match="somebody_elses"):
        Archive.open(tmp_path, write=True)


def test_our_own_mistakes_are_not_explained_away(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        with pytest.raises(sqlite3.OperationalError, match="no such table"), archive.transaction():
            archive.connection.execute("SELECT * FROM nowhere")
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            archive.add(article(), site="unknown", page_id=None, seen_at=SEEN)


def _inner_succeeds_but_outer_fails(connection: sqlite3.Connection, insert: str) -> None:
    with transaction(connection):
        with transaction(connection):
            connection.execute(insert, ("d",))
        connection.execute(insert, ("a",))


def test_an_inner_transaction_can_fail_alone_and_an_outer_one_undoes_all(tmp_path: Path):
    with closing(open_file(tmp_path / ARCHIVE_FILE, write=True)) as connection:
        insert = "INSERT INTO sources VALUES (?, '', '', '')"
        with transaction(connection):
            connection.execute(insert, ("a",))
            with pytest.raises(sqlite3.IntegrityError), transaction(connection):
                connection.executemany(insert, [("b",), ("a",)])
            with transaction(connection):
                connection.execute(insert, ("c",))
        with pytest.raises(sqlite3.IntegrityError):
            _inner_succeeds_but_outer_fails(connection, insert)
        kept = [row[0] for row in connection.execute("SELECT slug FROM sources ORDER BY slug")]
        assert kept == ["a", "c"]
        assert not connection.in_transaction


def test_a_reader_cannot_write(tmp_path: Path):
    new_archive(tmp_path).close()
    with Archive.open(tmp_path) as archive, pytest.raises(ArchiveReadOnlyError):
        archive.add(article(), site="bo-vn", page_id=None, seen_at=SEEN)
