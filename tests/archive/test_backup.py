"""Backups made while others write, killed, refused, pruned and used again."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from archive.backup import back_up
from archive.backup_shelf import MANIFEST, whole_backups
from archive.errors import AlreadyRunningError, ArchiveFullError, BackupError, DataFolderError
from archive.lock import take_lock
from archive.pages import PageStore
from archive.store import Archive
from tests.archive.news import SEEN, article, new_archive, page
from tests.archive.older import unpack
from tests.crawler.paper import World, publish
from tests.crawler.server import Server

LOST = (
    "SELECT count(*) FROM articles WHERE page_id IS NULL"
    " OR page_id NOT IN (SELECT id FROM pages.pages)"
)


def store(folder: Path, number: int) -> None:
    """As the crawler does: the page first, then its article."""
    with PageStore.open(folder, write=True) as pages:
        body = random.Random(number).randbytes(6000).hex().encode()
        page_id = pages.put(page(article(number).url, body), site="bo-vn")
    with Archive.open(folder, write=True) as archive:
        archive.add(article(number), site="bo-vn", page_id=page_id, seen_at=SEEN)


def articles_without_page(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        connection.execute("ATTACH ? AS pages", (str(folder / "pages.db"),))
        return connection.execute(LOST).fetchone()[0]


def articles(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        return connection.execute("SELECT count(*) FROM articles").fetchone()[0]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    new_archive(folder).close()
    for number in range(1, 6):
        store(folder, number)
    return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


def program(*arguments: str, data: Path, sites: Path | None = None) -> subprocess.Popen[str]:
    environment = os.environ | {"MOIT_NEWS_DATA": str(data)}
    environment |= {"MOIT_NEWS_SITES": str(sites)} if sites else {}
    command = [sys.executable, "-c", "from crawler.cli import main; main()", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, text=True, stdout=pipe, stderr=pipe)


def test_the_manifest_tells_what_the_files_are(data: Path, shelf: Path) -> None:
    made = back_up(data, shelf)

    told = json.loads((made.folder / MANIFEST).read_text())
    assert made.findings == ()
    assert whole_backups(shelf) == [made.folder]
    for name in ("archive.db", "pages.db"):
        done = subprocess.run(["sha256sum", made.folder / name], capture_output=True, check=True)
        assert told["files"][name]["sha256"] == done.stdout.decode().split()[0]
        assert told["files"][name]["bytes"] == (made.folder / name).stat().st_size
    assert told["files"]["archive.db"]["rows"]["articles"] == 5
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "archive.db", MANIFEST, "pages.db"
    ]  # fmt: skip


def test_what_is_stored_between_the_two_files_never_lacks_its_page(data: Path, shelf: Path) -> None:
    begun: list[str] = []

    def watch(what: str, done: int, _whole: int) -> None:
        if done == 0 and what not in begun:
            begun.append(what)
            store(data, 100 + len(begun))

    made = back_up(data, shelf, watch=watch)

    assert len(begun) >= 2
    assert made.findings == ()
    assert articles_without_page(made.folder) == 0
    assert 5 <= articles(made.folder) < articles(data)


def test_each_backup_made_during_a_crawl_is_whole_and_can_be_crawled_on(
    tmp_path: Path, shelf: Path
) -> None:
    world = World(tmp_path)
    with Server() as server:
        publish(server, range(90))
        world.add_site("bao-thu", server, delay=0.04)
        crawl = world.start("crawl")
        while not (world.data / "pages.db").exists() or len(server.hits) < 3:
            time.sleep(0.01)
        counts, half = [], None
        while crawl.poll() is None:
            made = back_up(world.data, shelf, keep=99)
            time.sleep(0.1)
            assert made.findings == ()
            assert articles_without_page(made.folder) == 0
            counts.append(articles(made.folder))
            half = made.folder if counts[-1] < 90 else half
        _, err = crawl.communicate(timeout=60)
        assert crawl.returncode == 0, err
        assert half
        with closing(sqlite3.connect(half / "archive.db")) as connection:
            done = "SELECT url FROM frontier WHERE state = 'done'"
            kept = {row[0] for row in connection.execute(done)}
        server.hits.clear()
        _, err = program("crawl", data=half, sites=world.sites).communicate()
    assert counts == sorted(counts)
    assert len({*counts}) > 1  # the crawl did write meanwhile, a batch or more
    assert kept
    assert {server.home.rstrip("/") + path for path in server.paths()}.isdisjoint(kept)
    assert articles(half) == 90, err
    with Archive.open(half) as archive:
        assert archive.integrity() == []


def test_a_backup_is_a_data_folder_that_reading_does_not_change(data: Path, shelf: Path) -> None:
    made = back_up(data, shelf)

    search = program("search", "gia rau xanh", data=made.folder)
    found, _ = search.communicate()

    assert found.count("https://") == 5
    assert whole_backups(shelf) == [made.folder]


def test_killed_at_any_moment_nothing_half_bears_the_name(data: Path, shelf: Path) -> None:
    with PageStore.open(data, write=True) as pages, pages.transaction():
        for number in range(600):  # 12 MB: the copying takes as long as the rest
            pages.put(page(f"https://bo.example.vn/{number}", os.urandom(20_000)), site="bo-vn")
    back_up(data, shelf)
    leftovers = 0
    for number in range(12):
        process = program("backup", str(shelf), "--keep", "2", data=data)
        while process.poll() is None and not any(shelf.glob(".moit*")):
            time.sleep(0.002)
        time.sleep(0.012 * number)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        named = sorted(shelf.glob("moit-news-*"), reverse=True)
        assert named
        assert whole_backups(shelf) == named
        leftovers += len([*shelf.glob(".moit*")])

    assert leftovers > 2  # else no kill came in time
    last = back_up(data, shelf, keep=2)
    assert [*shelf.glob(".*")] == []
    assert last.folder in whole_backups(shelf)
    assert len(whole_backups(shelf)) == 2


def test_only_whole_backups_of_this_program_are_removed(data: Path, shelf: Path) -> None:
    foreign = shelf / "moit-news-2020-01-01T000000"
    foreign.mkdir()
    (foreign / "archive.db").write_text("not ours")
    (shelf / "photos").mkdir()
    noted, cut = back_up(data, shelf).folder, back_up(data, shelf).folder
    (noted / "note.txt").write_text("the one for the court")
    (cut / "pages.db").write_bytes((cut / "pages.db").read_bytes()[:-4096])
    old = [back_up(data, shelf).folder for _ in range(3)]

    made = back_up(data, shelf, keep=2)

    assert sorted(made.removed) == sorted(old[:2])
    assert {path.name for path in shelf.iterdir()} == {
        *("photos", foreign.name, noted.name, cut.name, old[2].name, made.folder.name, "lock")
    }
    assert back_up(data, shelf).removed == ()  # without --keep nothing goes


def test_a_wrong_clock_never_costs_the_newest_backup(data: Path, shelf: Path) -> None:
    ahead = back_up(data, shelf).folder.rename(shelf / "moit-news-2099-01-01T000000")

    made = back_up(data, shelf, keep=1)

    assert (made.removed, made.folder.exists()) == ((ahead,), True)


def test_an_archive_with_findings_is_copied_but_costs_no_older_backup(
    data: Path, shelf: Path
) -> None:
    good = back_up(data, shelf).folder
    with closing(sqlite3.connect(data / "pages.db")) as connection, connection:
        connection.execute("DELETE FROM pages WHERE id = 3")

    process = program("backup", str(shelf), "--keep", "1", data=data)
    _, err = process.communicate()

    assert process.returncode == 1
    assert "1 rows of articles name a page that pages.db lacks" in err
    assert whole_backups(shelf) == [good]
    assert len([*shelf.glob("moit-news-*")]) == 2


def test_a_damaged_archive_gives_no_backup(data: Path, shelf: Path) -> None:
    good = back_up(data, shelf).folder
    with (data / "archive.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 12))

    process = program("backup", str(shelf), data=data)
    _, err = process.communicate()

    assert process.returncode == 3
    assert "damaged" in err
    assert "Traceback" not in err
    assert [*shelf.glob("*moit-news-*")] == [good]
    assert [*shelf.glob(".*")] == []


def test_places_that_cannot_take_a_backup_are_refused_before_it_begins(
    data: Path, shelf: Path, tmp_path: Path
) -> None:
    (data / "inner").mkdir()
    (tmp_path / "link").symlink_to(data / "inner")
    for place in (data, data / "inner", tmp_path / "link"):
        with pytest.raises(BackupError, match="inside the data folder"):
            back_up(data, place)
    with pytest.raises(BackupError, match="mount its disk"):
        back_up(data, tmp_path / "not-there")
    with pytest.raises(DataFolderError, match=r"archive\.db"):
        back_up(shelf, tmp_path)
    with take_lock(shelf), pytest.raises(AlreadyRunningError, match="another backup"):
        back_up(data, shelf)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize(("size", "fills"), [(2, False), (60, True)], ids=["at once", "meanwhile"])
def test_a_full_disk_is_told_and_nothing_is_left_on_it(
    data: Path, shelf: Path, size: int, fills: bool
) -> None:
    disk = ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(shelf)]
    if subprocess.run(disk, check=False).returncode:
        pytest.skip("this machine does not let us mount a small disk")

    def watch(what: str, _done: int, _whole: int) -> None:
        if what == "pages.db" and fills:
            (shelf / "somebody-elses").write_bytes(bytes(shutil.disk_usage(shelf).free - 8192))

    try:
        with pytest.raises(ArchiveFullError, match="free some space"):
            back_up(data, shelf, watch=watch)
        assert [path.name for path in shelf.iterdir() if "moit" in path.name] == []
    finally:
        subprocess.run(["umount", "-l", str(shelf)], check=True)


def test_an_archive_of_an_older_schema_is_copied_as_it_is(tmp_path: Path, shelf: Path) -> None:
    old = unpack("m001", tmp_path)

    made = back_up(old, shelf)

    assert made.findings == ()
    assert made.files["archive.db"].schema == ("m001_archive",)
    with closing(sqlite3.connect(old / "archive.db")) as connection:
        (steps,) = connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()
    assert steps == 1
