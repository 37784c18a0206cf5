"""Reading again, killed, interrupted, or by a page that no process survives."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from archive.store import Archive
from crawler.extract import EXTRACTOR
from crawler.reading_pool import Task, Work
from crawler.site import Site
from crawler.site_file import load_site
from tests.archive.older import unpack
from tests.crawler.reextract_shelf import (
    HOME,
    Shelf,
    endings,
)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf(tmp_path, monkeypatch)
    shelf.describe()
    return shelf


def kept_of(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a reading leaves in an archive but when it was read."""
    tables = {
        "articles": "*", "versions": "*", "citations": "*", "pages_read": "*",
        "frontier": "url, state, reason, article_id, page_id",
        "readings": "article_id, version, extractor, former",
    }  # fmt: skip
    with closing(sqlite3.connect(f"file:{folder / 'archive.db'}?mode=ro", uri=True)) as connection:
        return {
            table: connection.execute(f"SELECT {what} FROM {table} ORDER BY 1, 2").fetchall()
            for table, what in tables.items()
        }


def children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in told.read_text().split()] if told.exists() else []


@pytest.mark.parametrize("done", [1, 15])
def test_killed_and_started_again_it_ends_as_if_undisturbed(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    shelf.fill(range(40))
    if done > 1:  # also articles that are corrected, not only such as are new
        shelf.read(jobs=2)
        shelf.describe(keys='drop = ["div.o-phu"]')
    shutil.copytree(shelf.data, tmp_path / "undisturbed")
    ((old,),) = shelf.rows("SELECT max(id) FROM readers")
    reader = f"SELECT count(*) FROM pages_read WHERE reader_id >= {max(old, 1) + (done > 1)}"

    process = shelf.start("--jobs", "2")
    with closing(sqlite3.connect(shelf.data / "archive.db")) as connection:
        while connection.execute(reader).fetchone()[0] < done:
            assert process.poll() is None, process.communicate()
            time.sleep(0.002)
        workers = children(process.pid)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    left = 40 - shelf.rows(reader)[0][0]
    again = shelf.read(jobs=1)
    monkeypatch.setenv("MOIT_NEWS_DATA", str(tmp_path / "undisturbed"))
    whole = shelf.read(jobs=2)

    assert workers
    assert 0 < left < 40
    assert (again.planned, whole.planned) == (left, 40)
    assert kept_of(shelf.data) == kept_of(tmp_path / "undisturbed")
    with Archive.open(shelf.data) as archive:
        assert archive.integrity() == []
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < deadline, "a process that reads pages outlived its parent"
        time.sleep(0.05)


class Deadly:
    """A site whose pages end the process that reads them, as one that takes all memory does."""

    @property
    def keep(self) -> object:
        os._exit(9)


def test_a_page_that_no_process_survives_is_told_and_the_rest_is_read(shelf: Shelf) -> None:
    shelf.fill(range(9))
    sites = {"bao-thu": load_site("bao-thu"), "giet": cast("Site", Deadly())}
    slugs = ["giet" if number in (2, 7) else "bao-thu" for number in range(9)]
    tasks = [Task(page_id=number + 1, site=slug) for number, slug in enumerate(slugs)]
    chunks = [(number, tasks[number : number + 3]) for number in (0, 3, 6)]

    found = [read for _, pages in Work(shelf.data, sites, 2).read(chunks) for read in pages]

    assert [read.page_id for read in found] == [task.page_id for task in tasks]
    dead = [read.page_id for read in found if read.reading and read.reading.problem]
    assert dead == [3, 8]


def test_an_archive_of_an_older_release_is_read_again(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.data = unpack("m001", tmp_path)
    monkeypatch.setenv("MOIT_NEWS_DATA", str(shelf.data))
    home = "http://127.0.0.1:8741/"
    (shelf.sites / "bao-thu.toml").write_text(
        (shelf.sites / "bao-thu.toml").read_text().replace(HOME, home), encoding="utf-8"
    )

    summary = shelf.read()

    assert summary.pages == 34
    assert summary.lost == []
    assert endings(summary)["still unreadable"] == 1
    texts = {"title", "lead", "blocks", "published_at"}
    assert texts & {name for _, name in summary.fields} == set()
    versions = shelf.rows("SELECT * FROM versions")
    assert {(row["published_from"], row["extractor"]) for row in versions} == {("meta", EXTRACTOR)}
    assert shelf.read().planned == 0
    with Archive.open(shelf.data) as archive:
        assert archive.integrity() == []


def test_interrupted_it_says_what_is_left_and_goes_on(shelf: Shelf) -> None:
    shelf.fill(range(600))

    process = shelf.start("--jobs", "2")
    with closing(sqlite3.connect(shelf.data / "archive.db")) as connection:
        while connection.execute("SELECT count(*) FROM pages_read").fetchone()[0] == 0:
            time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 1, err
    assert "interrupted with" in err
    assert "Traceback" not in err
    left = shelf.read().pages
    assert 0 < left < 600
    assert sum(int(line.split()[1]) for line in out.splitlines()[1:2]) == 600 - left
