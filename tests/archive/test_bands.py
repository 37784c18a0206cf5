"""The keys of the newest signatures wait in memory, and are found and kept all the same."""

import random
from contextlib import closing
from pathlib import Path

import pytest

from archive import bands
from archive.bands import Bands
from archive.connection import ARCHIVE_FILE, open_file
from archive.store import Archive
from tests.archive.news import SEEN, new_archive
from tests.archive.reprints import base


def add(archive: Archive, number: int) -> int:
    text = base(random.Random(5), number).article(f"https://bo.example.vn/{number}.html")
    return archive.add(text, site="bo-vn", page_id=None, seen_at=SEEN).article_id


def counts(archive: Archive) -> tuple[int, int]:
    """How many keys are written, and of how many signatures they wait."""
    tables = ("bands", "bands_later")
    rows = (archive.connection.execute(f"SELECT count(*) FROM {each}") for each in tables)
    written, waiting = (row.fetchone()[0] for row in rows)
    return written, waiting


def test_keys_wait_until_the_archive_is_closed(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        add(archive, 1)
        add(archive, 2)
        assert counts(archive) == (0, 2)
    with Archive.open(tmp_path) as archive:
        written, waiting = counts(archive)
        assert written > 2 * 32
        assert waiting == 0


def test_many_keys_are_written_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bands, "MOST_WAITING", 3)
    with new_archive(tmp_path) as archive:
        waiting = [add(archive, number) and counts(archive)[1] for number in range(7)]
    assert waiting == [1, 2, 0, 1, 2, 0, 1]


def test_after_a_kill_the_keys_that_waited_are_found_and_then_written(tmp_path: Path):
    archive = new_archive(tmp_path)
    first = add(archive, 1)
    archive.connection.close()  # as a kill does: nobody wrote what waited

    with Archive.open(tmp_path, write=True) as archive:
        text = base(random.Random(5), 1).article("https://bo.example.vn/lai.html")
        copy = archive.add(text, site="bo-vn", page_id=None, seen_at=SEEN).article_id
        told = archive.connection.execute("SELECT * FROM stories ORDER BY 1").fetchall()
    assert [tuple(row) for row in told] == [(first, first), (copy, first)]
    with Archive.open(tmp_path) as archive:
        assert counts(archive)[1] == 0


def test_what_waited_when_a_run_was_killed_is_written_by_one_that_stores_nothing(tmp_path: Path):
    archive = new_archive(tmp_path)
    add(archive, 1)
    archive.connection.close()

    Archive.open(tmp_path, write=True).close()

    with Archive.open(tmp_path) as archive:
        assert counts(archive)[0] > 32
        assert counts(archive)[1] == 0


def test_keys_wait_on_where_another_program_writes_at_the_end(tmp_path: Path):
    archive = new_archive(tmp_path)
    add(archive, 1)
    with closing(open_file(tmp_path / ARCHIVE_FILE, write=True)) as other:
        other.execute("BEGIN IMMEDIATE")
        archive.close()
    with Archive.open(tmp_path, write=True) as archive:
        assert counts(archive) == (0, 1)
    with Archive.open(tmp_path) as archive:
        assert counts(archive)[1] == 0


def undone(archive: Archive, number: int) -> None:
    with archive.transaction():
        add(archive, number)
        raise KeyError


def test_keys_that_were_rolled_back_find_nothing(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        add(archive, 1)
        with pytest.raises(KeyError):
            undone(archive, 2)
        add(archive, 3)
        signed = {row[0] for row in archive.connection.execute("SELECT id FROM signatures")}
    with closing(open_file(tmp_path / ARCHIVE_FILE, write=False)) as connection:
        named = connection.execute("SELECT DISTINCT signature_id FROM bands")
        assert {row[0] for row in named} == signed


def test_a_key_is_found_once_whether_it_waits_or_is_written(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        add(archive, 1)
        ours = Bands(archive.connection)
        (row,) = archive.connection.execute("SELECT id, size, signature FROM signatures")
        keys = bands.kept_signature(row).look_up_keys()
        expected = ({row["id"]: len(keys)}, set())
        assert ours.look_up(keys) == expected  # as it waits
        with archive.transaction():
            Bands(archive.connection).write()
        assert ours.look_up(keys) == expected  # it does not know that another has written them
        assert Bands(archive.connection).look_up(keys) == expected
