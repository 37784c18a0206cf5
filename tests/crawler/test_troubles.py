"""Wrong use and ill machines: one sentence that says what to do, an exit code, nothing lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store import Archive
from tests.crawler.paper import World, path, publish
from tests.crawler.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        publish(running, range(20))
        yield running


@pytest.fixture
def world(world: World, server: Server) -> World:
    world.add_site("bao-thu", server)
    return world


def sentence(text: str) -> bool:
    """One line, no traceback."""
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["crawl", "bao-tuh"], "did you mean 'bao-thu'"),
        (["crawl", "--since", "2026-05-02", "--until", "2026-05-01"], "--until"),
        (["crawl", "--since", "hom qua"], "--since"),
        (["crawl", "--limit", "0"], "--limit"),
        (["crawl", "--listing", "https://bao.vn/"], "exactly one SITE"),
        (["crawl", "bao-thu", "--listing", "https://bao.vn/"], "not on a host of bao-thu"),
        (["crawl", "bao-thu", "--url", "https://bao.vn/"], "give no SITE"),
        (["crawl", "--url", "ftp://bao.vn/tin.html"], "only http and https"),
        (["crwal"], "No such command"),
    ],
)
def test_wrong_use_is_exit_code_2(world: World, arguments: list[str], words: str) -> None:
    done = world.run(*arguments)

    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_site_file_stops_the_run_before_the_first_request(
    world: World, server: Server
) -> None:
    (world.sites / "bao-hong.toml").write_text('name = "Hỏng"\nhomepge = "https://hong.vn/"\n')

    done = world.run("crawl", "bao-thu")

    assert done.returncode == 2
    assert "bao-hong.toml" in done.stderr
    assert "did you mean 'homepage'" in done.stderr
    assert server.hits == []


def test_a_named_data_folder_that_does_not_exist_is_not_made(world: World, tmp_path: Path) -> None:
    missing = tmp_path / "dta"

    done = world.run("crawl", MOIT_NEWS_DATA=str(missing))

    assert done.returncode == 2
    assert sentence(done.stderr)
    assert str(missing) in done.stderr
    assert not missing.exists()


def test_the_default_data_folder_is_made(world: World, tmp_path: Path) -> None:
    environment = world.environment()
    del environment["MOIT_NEWS_DATA"]

    done = subprocess.run(
        [sys.executable, "-c", "from crawler.cli import main; main()", "crawl"],
        env=environment | {"PYTHONPATH": str(Path.cwd())},
        cwd=tmp_path / "sites",
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0
    assert (tmp_path / "sites" / "data" / "archive.db").exists()


def test_a_second_crawl_ends_at_once_and_says_which_is_running(
    world: World, server: Server
) -> None:
    publish(server, range(40))
    first = world.start("crawl")
    while not server.hits:
        time.sleep(0.01)
    first.send_signal(signal.SIGSTOP)  # under way for as long as the other takes

    second = world.run("crawl")
    first.kill()
    first.communicate()

    assert second.returncode == 75
    assert sentence(second.stderr)
    assert f"process {first.pid}" in second.stderr
    assert world.run("crawl").returncode == 0  # the kernel has freed the lock of the killed one


def test_a_locked_archive_is_told_and_nothing_is_lost(world: World) -> None:
    world.run("crawl", "--limit", "1")
    holder = sqlite3.connect(world.data / "archive.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        done = world.run("crawl")
    finally:
        holder.rollback()
        holder.close()

    assert done.returncode == 3
    assert sentence(done.stderr)
    assert "locked by another program" in done.stderr
    assert world.run("crawl").returncode == 0
    assert world.value("SELECT count(*) FROM articles") == 20


def test_a_damaged_archive_is_told(world: World) -> None:
    (world.data / "archive.db").write_bytes(b"this is no database at all" * 100)

    done = world.run("crawl")

    assert done.returncode == 3
    assert sentence(done.stderr)
    assert "damaged or no archive" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_ends_the_run_with_a_sentence_and_loses_nothing(
    world: World, server: Server
) -> None:
    publish(server, range(90))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2500k", "tmpfs", str(world.data)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        done = world.run("crawl")
        assert done.returncode == 1
        assert sentence(done.stderr), done.stderr
        assert "is full" in done.stderr
        kept = {row["url"] for row in world.rows("SELECT url FROM articles")}
        assert 0 < len(kept) < 90
        subprocess.run(["mount", "-o", "remount,size=60m", str(world.data)], check=True)
        again = world.run("crawl")
        assert again.returncode == 0, again.stderr
        urls = {row["url"] for row in world.rows("SELECT url FROM articles")}
        assert kept < urls
        assert len(urls) == 90
        with Archive.open(world.data) as archive:
            assert archive.integrity() == []
    finally:
        subprocess.run(["umount", "-l", str(world.data)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk read-only")
def test_a_disk_that_may_not_be_written_is_told(world: World) -> None:
    options = ["-t", "tmpfs", "-o", "ro", "tmpfs", str(world.data)]
    if subprocess.run(["mount", *options], check=False).returncode:
        pytest.skip("this machine does not let us mount a disk")
    try:
        done = world.run("crawl")
    finally:
        subprocess.run(["umount", "-l", str(world.data)], check=True)

    assert done.returncode == 3
    assert sentence(done.stderr)
    assert "cannot be written" in done.stderr


def test_one_site_that_fails_makes_1_and_none_that_works_makes_3(
    world: World, server: Server
) -> None:
    with Server() as gone:
        world.add_site("bao-mat", gone)
    one = world.run("crawl")
    none = world.run("crawl", "bao-mat")

    assert (one.returncode, none.returncode) == (1, 3)
    assert world.rows("SELECT exit_code FROM runs")[-1][0] == 3
    assert world.value("SELECT count(*) FROM articles") == 20


def test_an_extractor_that_raises_is_counted_and_the_run_goes_on(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sitecustomize.py").write_text(
        "import crawler.extract as module\n"
        "real = module.extract\n"
        "def extract(page, site):\n"
        "    if 'so-7' in page.url:\n"
        "        raise ZeroDivisionError('a mistake of ours')\n"
        "    return real(page, site)\n"
        "module.extract = extract\n"
    )

    done = world.run("crawl", PYTHONPATH=f"{tmp_path / 'broken'}:{Path.cwd()}")

    assert done.returncode == 1
    assert world.states()[path(7)] == "failed"
    assert world.value("SELECT count(*) FROM articles") == 19
    reason = world.value("SELECT reason FROM frontier WHERE state = 'failed'")
    assert reason == "this program failed: ZeroDivisionError: a mistake of ours"


def test_why_tells_of_a_url_that_was_never_seen(world: World) -> None:
    world.run("crawl", "--limit", "1")
    done = world.run("why", "https://bao.vn/tin/khong-co.html")

    assert done.returncode == 1
    assert sentence(done.stderr)
    assert "was never seen" in done.stderr


@pytest.mark.parametrize("command", [["why", "--help"], ["crawl", "--help"], ["--help"]])
def test_only_a_crawl_loads_scrapy(world: World, command: list[str]) -> None:
    program = (
        "import sys; from crawler.cli import main\n"
        f"sys.argv = ['moit-news', *{command!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('twisted', 'scrapy', 'lxml', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=world.environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_scrapy_itself_lists_and_crawls_the_sites(world: World, server: Server) -> None:
    root = Path(__file__).resolve().parents[2]
    scrapy = [sys.executable, "-m", "scrapy"]
    listed = subprocess.run(
        [*scrapy, "list"],
        cwd=root,
        env=world.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    crawled = subprocess.run(
        [*scrapy, "crawl", "bao-thu", "-a", "limit=3"],
        cwd=root,
        env=world.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    shell = subprocess.run(
        [
            *scrapy,
            "shell",
            "--nolog",
            server.home.rstrip("/") + path(1),
            "-c",
            "response.css('h1::text').get()",
        ],
        cwd=root,
        env=world.environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert listed.stdout.split() == ["bao-thu"]
    assert world.value("SELECT count(*) FROM articles") == 3, crawled.stderr
    assert world.value("SELECT count(*) FROM runs WHERE exit_code = 0") == 1
    assert shell.stdout.strip() == "Xuất khẩu gạo: bản tin số 1"
