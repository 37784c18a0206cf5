"""Files that released code wrote, opened by today's: migrated, searched, whole."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.connection import ARCHIVE_FILE, PAGES_FILE, STEPS, steps_taken
from archive.errors import ArchiveSchemaError
from archive.pages import PageStore
from archive.rows import blocks_of
from archive.search import search
from archive.store import Archive
from tests.archive.dying import DYING
from tests.archive.older import RELEASED, bring_up_to_date, unpack

FILES = (ARCHIVE_FILE, PAGES_FILE)
KILLED = f"""{DYING}
die_after(int(sys.argv[2]))
archive.connection.open_file(Path(sys.argv[1]), write=True).close()
"""


def rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    """All that the own tables of a file hold, in the order of their keys."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        sql = (
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            " AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\'"
        )
        tables = [row[0] for row in connection.execute(sql)]
        return {
            table: sorted(map(dict, connection.execute(f"SELECT * FROM {table}")), key=repr)
            for table in tables
        }


def shape(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        sql = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%sqlite%' ORDER BY name"
        return [(name, " ".join((sql or "").split())) for name, sql in connection.execute(sql)]


def with_texts(row: dict[str, object]) -> dict[str, object]:
    """A row as it says the same before and after its texts were kept once."""
    return row | {"blocks": blocks_of(row)} if row.get("blocks") else row


@pytest.mark.parametrize("schema", RELEASED)
def test_an_older_archive_becomes_todays_with_all_its_rows(schema: str, tmp_path: Path) -> None:
    old = unpack(schema, tmp_path)
    before = {name: rows(old / name) for name in FILES}
    fresh = tmp_path / "fresh"
    fresh.mkdir()

    bring_up_to_date(old)
    bring_up_to_date(fresh)

    for name in FILES:
        assert shape(old / name) == shape(fresh / name)
        after = rows(old / name)
        for table, kept in before[name].items():
            assert len(after[table]) == len(kept)
            for was, now in zip(map(with_texts, kept), map(with_texts, after[table]), strict=True):
                assert {column: now[column] for column in was} == was, table


@pytest.mark.parametrize("schema", RELEASED)
def test_an_older_archive_is_searched_shown_and_sound(schema: str, tmp_path: Path) -> None:
    old = unpack(schema, tmp_path)
    bring_up_to_date(old)

    with Archive.open(old) as archive, PageStore.open(old) as pages:
        hits = search(archive.connection, "nang luong tai tao", limit=40)
        assert len(hits) == 4
        article = archive.article("http://127.0.0.1:8741/tin/ban-tin-so-3.html")
        assert article["version"] == 3
        assert [version["version"] for version in archive.versions(article["id"])] == [1, 2]
        assert "lần thứ hai" in pages.get(article["page_id"]).body.decode()
        assert archive.article("http://127.0.0.1:8741/tin/ban-tin-so-5.html")["withdrawn_at"]
        (cited,) = archive.citations(
            archive.article("http://127.0.0.1:8741/tin/ban-tin-so-7.html")["id"]
        )
        assert cited["number"] == "38/2016/TT-BCT"
        assert archive.integrity() == []


@pytest.mark.parametrize("schema", RELEASED)
def test_what_later_steps_added_is_filled_from_the_old_rows(schema: str, tmp_path: Path) -> None:
    old = unpack(schema, tmp_path)
    bring_up_to_date(old)

    kept = rows(old / ARCHIVE_FILE)

    assert {row["address"] for row in kept["addresses"]} >= {row["url"] for row in kept["articles"]}
    assert len(kept["addresses"]) == 29
    assert [row["status"] for row in kept["withdrawals"]] == [404]
    assert "cong" in {row["word"] for row in kept["words"]}
    assert all(row["url"] and row["site"] and row["d_forms"] for row in kept["versions"])
    with Archive.open(old) as archive:
        indexed = archive.connection.execute("SELECT count(*) FROM fields_fts_docsize")
        assert indexed.fetchone()[0] == 29
        found = "SELECT count(*) FROM versions_fts WHERE versions_fts MATCH 'bo cong thuong'"
        assert archive.connection.execute(found).fetchone()[0] == 3


def test_a_reader_leaves_an_older_archive_as_it_is_and_says_what_to_do(tmp_path: Path) -> None:
    old = unpack("m001", tmp_path)

    with pytest.raises(ArchiveSchemaError, match="moit-news crawl"):
        Archive.open(old)

    with closing(sqlite3.connect(old / ARCHIVE_FILE)) as connection:
        assert steps_taken(connection) == ["m001_archive"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("schema", [None, *RELEASED])
def test_killed_while_it_migrates_a_file_is_of_one_schema_and_goes_on(
    schema: str | None, name: str, tmp_path: Path
) -> None:
    whole = unpack(schema, tmp_path) if schema else tmp_path
    start = (whole / name).read_bytes() if schema else None
    bring_up_to_date(whole)
    shapes = {}
    seen = set()
    for statements in range(6, 800, 29):
        path = tmp_path / f"killed-{statements}" / name
        path.parent.mkdir()
        if start is not None:
            path.write_bytes(start)
        command = [sys.executable, "-c", KILLED, str(path), str(statements)]
        died = subprocess.run(command, check=False).returncode
        if died == 0:
            break
        assert died == -signal.SIGKILL
        with closing(sqlite3.connect(path)) as connection:
            taken = tuple(steps_taken(connection))
        assert taken == STEPS[name][: len(taken)]
        shapes.setdefault(taken, shape(path))
        assert shape(path) == shapes[taken]  # nothing of the next step is there
        seen.add(taken)
        bring_up_to_date(path.parent)
        assert shape(path) == shape(whole / name)
        assert all(rows(path)[table] == kept for table, kept in rows(whole / name).items())
    assert died == 0
    assert seen or start is not None
