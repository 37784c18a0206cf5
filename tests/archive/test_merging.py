"""Two archives made one: nothing is lost, nothing is twice, this one's ids stay."""

import datetime as dt
import hashlib
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.errors import AlreadyRunningError, ArchiveSchemaError, DataFolderError
from archive.inspection import inspect
from archive.lock import take_lock
from archive.merging import merge
from archive.merging_asked import ELSEWHERE, KEYED
from archive.pages import PageStore
from archive.search import search
from archive.store import Archive
from tests.archive.dying import DYING
from tests.archive.news import SEEN, article, new_archive, page, paragraphs
from tests.archive.older import RELEASED, unpack

FRAME = random.Random(3).randbytes(5_000).hex()
Seen = tuple[int, int, str]  # on which day, which article, with which text


def at(day: int) -> dt.datetime:
    return SEEN + dt.timedelta(days=day)


def url(number: int) -> str:
    return article(number).url


def folder_of(path: Path, *sights: Seen, frame: str = FRAME, site: str = "bo-vn") -> Path:
    """A data folder whose crawls saw these texts, each with its page and its place in the
    frontier."""
    path.mkdir(exist_ok=True)
    with new_archive(path) as archive, PageStore.open(path, write=True) as pages:
        run = archive.connection.execute(
            "INSERT INTO runs (started_at, command, program) VALUES (?, 'crawl', 'x')",
            (at(sights[0][0] if sights else 0).isoformat(),),
        ).lastrowid
        for day, number, text in sights:
            when = at(day)
            body = f"<html>{frame}<p>{text} {number}</p></html>".encode()
            page_id = pages.put(page(url(number), body, fetched_at=when), site=site)
            some = article(number, blocks=paragraphs(text))
            stored = archive.add(some, site=site, page_id=page_id, seen_at=when)
            values = (url(number), site, when.isoformat(), when.isoformat(), page_id)
            archive.connection.execute(
                "INSERT INTO frontier (url, site, state, found_at, answered_at, page_id,"
                " article_id) VALUES (?, ?, 'done', ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET"
                " answered_at = excluded.answered_at, page_id = excluded.page_id",
                (*values, stored.article_id),
            )
            archive.connection.execute(
                "INSERT INTO outcomes (url, run_id, at, state, page_id)"
                " VALUES (?, ?, ?, 'done', ?)",
                (url(number), run, when.isoformat(), page_id),
            )
            count = "INSERT INTO run_sites (run_id, site, asked, new) VALUES (?, ?, 1, 1)"
            archive.connection.execute(
                count + " ON CONFLICT DO UPDATE SET asked = asked + 1, new = new + 1", (run, site)
            )
    return path


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that both files hold but the inner tables of the full text."""
    kept = {}
    for name in ("archive.db", "pages.db"):
        with closing(sqlite3.connect(folder / name)) as connection:
            sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            for (table,) in connection.execute(sql).fetchall():
                if not table.startswith(("sqlite_", "_")):
                    found = connection.execute(f'SELECT * FROM "{table}"')
                    kept[f"{name} {table}"] = sorted(found.fetchall(), key=repr)
    return kept


def texts(folder: Path, number: int) -> list[str]:
    """All that an article said, the oldest first, each checked against its own page."""
    with Archive.open(folder) as archive, PageStore.open(folder) as pages:
        row = archive.article(url(number))
        history = [*archive.versions(row["id"]), row]
        assert [one["version"] for one in history] == list(range(1, len(history) + 1))
        for one in history:
            assert one["body"].encode() in pages.get(one["page_id"]).body
        replaced = [one["replaced_at"] for one in history[:-1]]
        assert replaced == sorted(replaced)
        assert [one["seen_at"] for one in history[1:-1]] == replaced[:-1]
        return [one["body"] for one in history]


def sums(folder: Path) -> dict[str, str]:
    names = ("archive.db", "pages.db")
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def test_what_one_archive_alone_has_comes_with_its_page_its_past_and_its_words(tmp_path: Path):
    ours = folder_of(tmp_path / "ours", (0, 1, "Giá chè"))
    theirs = folder_of(tmp_path / "theirs", (1, 2, "Giá tiêu"), (2, 2, "Giá tiêu tăng"))

    done = merge(ours, theirs)

    assert (done.new, done.same, done.revised) == (1, 0, 0)
    assert texts(ours, 1) == ["Giá chè"]
    assert texts(ours, 2) == ["Giá tiêu", "Giá tiêu tăng"]
    with Archive.open(ours) as archive:
        assert [hit.url for hit in search(archive.connection, "gia tieu tang")] == [url(2)]
    assert inspect(ours, deep=True).findings == ()


@pytest.mark.parametrize(
    ("mine", "others", "whole"),
    [
        (((0, "a"),), ((1, "a"),), ["a"]),
        (((0, "a"), (4, "b")), ((1, "a"), (5, "b")), ["a", "b"]),
        (((0, "a"), (9, "c")), ((1, "a"), (4, "b"), (8, "c")), ["a", "b", "c"]),
        (((5, "b"),), ((0, "a"),), ["a", "b"]),
        (((0, "a"),), ((3, "b"),), ["a", "b"]),
        (((0, "a"), (9, "a")), ((3, "b"),), ["a", "b", "a"]),
        (((0, "a"), (2, "b"), (6, "a")), ((4, "c"), (8, "d")), ["a", "b", "c", "a", "d"]),
    ],
    ids=["same", "both", "between", "before", "after", "and back", "in turn"],
)
def test_the_texts_of_one_article_stand_in_the_order_in_which_either_saw_them(
    mine: tuple[tuple[int, str], ...],
    others: tuple[tuple[int, str], ...],
    whole: list[str],
    tmp_path: Path,
):
    for name, one, two in (("forth", mine, others), ("back", others, mine)):
        (tmp_path / name).mkdir()
        ours = folder_of(tmp_path / name / "ours", *((day, 1, text) for day, text in one))
        theirs = folder_of(tmp_path / name / "theirs", *((day, 1, text) for day, text in two))
        done = merge(ours, theirs)
        assert texts(ours, 1) == whole
        assert (done.new, done.same) == (0, 1)
        assert inspect(ours, deep=True).findings == ()
        before = rows(ours)
        again = merge(ours, theirs)
        assert rows(ours) == before
        assert {count.added for count in again.counts.values()} == {0}
        assert again.revised == 0


def test_an_id_in_use_becomes_a_new_one_and_ours_stay(tmp_path: Path):
    ours = folder_of(tmp_path / "ours", (0, 1, "một"), (0, 2, "hai"))
    theirs = folder_of(tmp_path / "theirs", (0, 3, "ba"), (0, 4, "bốn"), (0, 5, "năm"))

    done = merge(ours, theirs)

    with Archive.open(ours) as archive:
        ids = {n: archive.article(url(n))["id"] for n in range(1, 6)}
    day = 202405020000
    # The third there keeps its id, which is free here; the first two go behind it.
    assert ids == {1: day + 1, 2: day + 2, 5: day + 3, 3: day + 4, 4: day + 5}
    assert done.renamed == 2
    assert [texts(ours, n) for n in range(1, 6)] == [["một"], ["hai"], ["ba"], ["bốn"], ["năm"]]
    assert inspect(ours, deep=True).findings == ()


def test_a_merge_adds_up_and_never_touches_the_other(tmp_path: Path):
    ours = folder_of(tmp_path / "ours", *((0, n, f"bài {n}") for n in range(1, 6)))
    theirs = folder_of(
        tmp_path / "theirs", *((n % 2, n, f"bài {n}") for n in range(3, 9)), frame=FRAME[::-1]
    )
    before = sums(theirs)

    done = merge(ours, theirs)

    assert sums(theirs) == before
    assert (done.new, done.same) == (3, 3)
    for count in done.counts.values():
        assert count.before + count.added == count.now
    assert done.counts["articles"].now == 8
    assert done.counts["dictionaries"].added == 1
    assert not [*ours.glob(".merging*")]


@pytest.mark.parametrize("schema", RELEASED)
def test_an_archive_of_an_older_schema_is_merged_without_being_migrated(
    schema: str, tmp_path: Path
):
    ours = folder_of(tmp_path / "ours", (0, 1, "một"))
    theirs = unpack(schema, tmp_path)
    before = sums(theirs)

    done = merge(ours, theirs)

    assert sums(theirs) == before
    assert done.new == 29
    with Archive.open(ours) as archive:
        row = archive.article("http://127.0.0.1:8741/tin/ban-tin-so-3.html")
        assert (row["version"], len(archive.versions(row["id"]))) == (3, 2)
        assert archive.article("http://127.0.0.1:8741/tin/ban-tin-so-5.html")["withdrawn_at"]
        citing = archive.article("http://127.0.0.1:8741/tin/ban-tin-so-7.html")
        assert [one["number"] for one in archive.citations(citing["id"])] == ["38/2016/TT-BCT"]
    assert inspect(ours, deep=True).findings == ()
    kept = rows(ours)
    merge(ours, theirs)
    assert rows(ours) == kept


KILLED = f"""{DYING}
from archive import merging, merging_articles, merging_pages
merging_articles.AT_ONCE = merging_pages.AT_ONCE = 3
die_after(int(sys.argv[3]), merging)
merging.merge(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_killed_at_any_moment_and_done_again_it_is_as_if_undisturbed(tmp_path: Path):
    sights = [(n % 3, n, f"bài {n}") for n in range(1, 13)]
    others = [(n % 4 + 1, n, f"bài {n}" + " sửa" * (n % 2)) for n in range(8, 20)]
    theirs = folder_of(tmp_path / "theirs", *others, (9, 15, "lần nữa"))
    calm = folder_of(tmp_path / "calm", *sights)
    merge(calm, theirs)
    wanted = rows(calm)
    kills = 0
    for statements in (40, 120, *range(200, 3000, 130)):
        ours = folder_of(tmp_path / f"killed-{statements}", *sights)
        command = [sys.executable, "-c", KILLED, str(ours), str(theirs), str(statements)]
        died = subprocess.run(command, check=False, capture_output=True).returncode
        if died == 0:
            break
        assert died == -signal.SIGKILL
        kills += 1
        with Archive.open(ours, write=True) as archive:
            assert archive.integrity() == []
        merge(ours, theirs)
        assert rows(ours) == wanted
        assert not [*ours.glob(".merging*")]
    assert kills > 5
    assert died == 0


def test_copies_across_the_two_archives_become_a_story(tmp_path: Path):
    text = " ".join(f"tỉnh thứ {n} thu hoạch {n * 7} tấn cà phê trong vụ này" for n in range(40))
    ours = folder_of(tmp_path / "ours", (0, 1, text))
    theirs = folder_of(tmp_path / "theirs", (3, 2, text + " Xin mời đọc tiếp."))

    merge(ours, theirs)

    with Archive.open(ours) as archive:
        ids = [archive.article(url(number))["id"] for number in (1, 2)]
        stories = archive.connection.execute("SELECT article_id, first_id FROM stories").fetchall()
        assert {tuple(row) for row in stories} == {(one, ids[0]) for one in ids}


def test_an_earlier_reading_goes_with_its_version(tmp_path: Path):
    ours = folder_of(tmp_path / "ours", (5, 1, "b"), (7, 1, "c"))
    theirs = folder_of(tmp_path / "theirs", (0, 1, "a"), (6, 1, "b"))
    for folder, version in ((ours, 1), (ours, 2), (theirs, 1), (theirs, 2)):
        with Archive.open(folder, write=True) as archive:
            row = archive.article(url(1))
            said = [*archive.versions(row["id"]), row][version - 1]["body"]
            archive.connection.execute(
                "INSERT INTO readings (article_id, version, replaced_at, former)"
                " VALUES (?, ?, ?, ?)",
                (row["id"], version, at(20).isoformat(), f"{folder.name} {said}"),
            )

    for _ in range(2):
        merge(ours, theirs)
        with Archive.open(ours) as archive:
            sql = "SELECT version, former FROM readings ORDER BY version, former"
            assert [tuple(row) for row in archive.connection.execute(sql)] == [
                (1, "theirs a"),
                (2, "ours b"),
                (2, "theirs b"),
                (3, "ours c"),
            ]


def test_a_withdrawal_and_a_return_are_brought(tmp_path: Path):
    ours = folder_of(tmp_path / "ours", *((0, n, f"bài {n}") for n in (1, 2, 3)), (8, 2, "bài 2"))
    theirs = folder_of(tmp_path / "theirs", *((1, n, f"bài {n}") for n in (1, 2, 4)))
    with Archive.open(theirs, write=True) as archive:
        for number in (1, 2, 4):
            archive.withdraw(url(number), at(5), reason="404", status=404)

    merge(ours, theirs)

    with Archive.open(ours) as archive:
        articles = {n: archive.article(url(n)) for n in (1, 2, 3, 4)}
        gone = {n: bool(row["withdrawn_at"]) for n, row in articles.items()}
        assert gone == {1: True, 2: False, 3: False, 4: True}
        (again,) = archive.withdrawals(articles[2]["id"])
        assert again["returned_at"] == at(8).isoformat()  # this archive saw it after that
        assert [one["reason"] for one in archive.withdrawals(articles[1]["id"])] == ["404"]


def test_the_later_answer_knows_the_state_and_nothing_stays_half_asked(tmp_path: Path):
    ours = folder_of(tmp_path / "ours", (0, 1, "một"), (5, 2, "hai"))
    theirs = folder_of(tmp_path / "theirs", (2, 1, "một"), (2, 2, "hai"), (2, 3, "ba"))
    with closing(sqlite3.connect(theirs / "archive.db")) as connection, connection:
        connection.execute("UPDATE frontier SET state = 'unchanged', etag = '\"x\"'")
        connection.execute("UPDATE frontier SET state = 'fetching' WHERE url = ?", (url(3),))

    merge(ours, theirs)

    with closing(sqlite3.connect(ours / "archive.db")) as connection:
        sql = "SELECT url, state, etag, found_at FROM frontier ORDER BY url"
        assert connection.execute(sql).fetchall() == [
            (url(1), "unchanged", '"x"', at(0).isoformat()),
            (url(2), "done", None, at(2).isoformat()),
            (url(3), "due", '"x"', at(2).isoformat()),
        ]


def test_a_body_that_one_archive_may_not_keep_is_not_brought_back(tmp_path: Path):
    ours = folder_of(tmp_path / "ours", (0, 1, "một"))
    theirs = folder_of(tmp_path / "theirs", (0, 1, "một"))
    with PageStore.open(ours, write=True) as pages:
        pages.drop_body(1)

    merge(ours, theirs)

    with PageStore.open(ours) as pages:
        assert pages.get(1).body == b""
        assert pages.connection.execute("SELECT count(*) FROM pages").fetchone()[0] == 1


def test_what_cannot_be_merged_is_refused_before_it_begins(tmp_path: Path):
    ours = folder_of(tmp_path / "ours", (0, 1, "một"))
    theirs = folder_of(tmp_path / "theirs", (0, 2, "hai"))
    before = rows(ours)
    with pytest.raises(DataFolderError, match="itself"):
        merge(ours, ours / ".." / "ours")
    with pytest.raises(DataFolderError, match=r"no archive\.db"):
        merge(ours, tmp_path)
    with take_lock(ours), pytest.raises(AlreadyRunningError):
        merge(ours, theirs)
    with closing(sqlite3.connect(theirs / "archive.db")) as connection, connection:
        connection.execute("INSERT INTO _sqlite_migrations (name) VALUES ('m999_future')")
    with pytest.raises(ArchiveSchemaError, match="newer"):
        merge(ours, theirs)
    assert rows(ours) == before


def test_each_table_of_the_schema_is_merged(tmp_path: Path):
    """A new table is forgotten by a merge until somebody says here how it is brought."""
    new_archive(tmp_path).close()
    tables = {name.split()[1] for name in rows(tmp_path) if name.startswith("archive.db")}
    own = {table for table in tables if "_fts" not in table and "_exact" not in table}

    assert own - {*KEYED, *ELSEWHERE} == set()


def test_the_command_tells_what_came_and_ends_with_0(tmp_path: Path):
    ours = folder_of(tmp_path / "ours", (0, 1, "một"))
    theirs = folder_of(tmp_path / "theirs", (0, 1, "một"), (1, 1, "một sửa"), (0, 2, "hai"))
    program = "from crawler.cli import main; main()"
    environment = os.environ | {"MOIT_NEWS_DATA": str(ours)}

    done = subprocess.run(
        [sys.executable, "-c", program, "merge", str(theirs)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert re.search(r"articles +2 +1 +1 +2\n", done.stdout)
    assert "1 new, 1 were here (1 of them with other texts); 0 have another id" in done.stdout
