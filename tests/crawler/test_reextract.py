"""Kept pages read again: what is corrected, what is kept of it, and what a kill leaves behind."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from archive.lock import take_lock
from archive.models import VIETNAM, Page, State
from archive.pages import PageStore
from archive.readings import Readings
from archive.rows import whole_blocks
from archive.search import search
from archive.store import Archive
from crawler.extract import EXTRACTOR
from crawler.frontier import Settled
from crawler.plans import Counted, Verdict, failed
from crawler.reading_pool import Task, Work
from crawler.reextract import Selection, Summary, preview, read_again
from crawler.reread import METADATA_ONLY, REPLACED, Ending
from crawler.run import Run
from crawler.site import Site
from crawler.site_file import load_site
from tests.archive.older import unpack
from tests.crawler.paper import article_html

HOME = "https://bao.example.vn/"
DAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
SITE = f"""name = "Báo Thử"
homepage = "{HOME}"
article_url = '/tin/[a-z0-9-]+\\.html$'
{{keys}}
[fields]
title = "h1"
published = "meta:article:published_time"
{{fields}}
[[listings]]
kind = "feed"
url = "{HOME}feed.rss"
"""
BODY = 'body = "div.body"'
ADVERTISEMENT = '<div class="o-phu"><p>Mua ngay kẻo hết</p></div></div>'
NO_TEXT = "no selector of bao-thu and no finder found a text"


def url(number: int) -> str:
    return f"{HOME}tin/ban-tin-so-{number}.html"


def with_advertisement(number: int) -> bytes:
    return article_html(number).replace(b"</div>", ADVERTISEMENT.encode(), 1)


def odd(text: str, head: str = "") -> bytes:
    """A page that nobody reads who is not told where its text stands."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head>
<body><h1>Tin ngắn</h1><b id="chu">{text}</b></body></html>""".encode()


class Shelf:
    """An archive of kept pages, filled as a crawl that could read none of them would have."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data, self.sites = folder / "data", folder / "sites"
        self.data.mkdir()
        self.sites.mkdir()
        monkeypatch.setenv("MOIT_NEWS_DATA", str(self.data))
        monkeypatch.setenv("MOIT_NEWS_SITES", str(self.sites))

    def describe(self, *, keys: str = "", fields: str = BODY) -> None:
        text = SITE.format(keys=keys, fields=fields)
        (self.sites / "bao-thu.toml").write_text(text, encoding="utf-8")

    def keep(self, number: int, body: bytes, at: dt.datetime = DAY) -> int:
        """A page that came and gave no article."""
        page = Page(
            url=url(number),
            final_url=url(number),
            fetched_at=at,
            status=200,
            headers=(("Content-Type", "text/html"), ("ETag", f'"{number}"')),
            body=body,
        )
        with PageStore.open(self.data, write=True) as pages:
            page_id = pages.put(page, site="bao-thu")
        self.settle(number, failed(NO_TEXT, 0, at), at, status=200, page_id=page_id)
        return page_id

    def settle(self, number: int, verdict: Verdict, at: dt.datetime, **more: int) -> None:
        run = Run.open(self.data)
        frontier = run.begin(load_site("bao-thu"))
        frontier.want(url(number), at)
        frontier.settle(Settled(url=url(number), verdict=verdict, at=at, **more))
        run.close(0)

    def fill(self, numbers: range) -> None:
        """Many pages with an advertisement each; put there at once, as a commit each takes long."""
        for number in numbers[:1]:
            self.keep(number, with_advertisement(number))
        with PageStore.open(self.data, write=True) as pages, pages.transaction():
            for number in numbers[1:]:
                page = Page(
                    url=url(number), final_url=url(number), fetched_at=DAY, status=200,
                    headers=(), body=with_advertisement(number),
                )  # fmt: skip
                pages.put(page, site="bao-thu")

    def read(self, *, jobs: int = 1, dry: bool = False, **chosen: object) -> Summary:
        summary, selection = Summary(), Selection(**chosen)  # type: ignore[arg-type]
        for _ in (preview if dry else read_again)(selection, jobs, summary):
            pass
        assert summary.pages == summary.planned
        return summary

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with Archive.open(self.data) as archive:
            return archive.connection.execute(sql, values).fetchall()

    def article(self, number: int) -> sqlite3.Row:
        with Archive.open(self.data) as archive:
            return archive.article(url(number))

    def start(self, *options: str) -> subprocess.Popen[str]:
        """The real program, in a process of its own; it takes the folders from the environment."""
        program = "from crawler.cli import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", program, "reextract", *options],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf(tmp_path, monkeypatch)
    shelf.describe()
    return shelf


def endings(summary: Summary) -> dict[str, int]:
    return {ending.value: count for (_, ending), count in summary.endings.items()}


def dump(folder: Path) -> dict[str, list[str]]:
    """Everything that both files say, as SQL."""
    files = {}
    for name in ("archive.db", "pages.db"):
        with closing(sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True)) as connection:
            files[name] = list(connection.iterdump())
    return files


def test_a_page_that_nobody_could_read_becomes_an_article_of_its_day(shelf: Shelf) -> None:
    page_id = shelf.keep(1, odd("Giá xăng giảm."))
    assert endings(shelf.read()) == {"still unreadable": 1}
    shelf.describe(fields='body = "#chu"')

    assert endings(shelf.read()) == {"newly read": 1}
    article = shelf.article(1)
    (row,) = shelf.rows("SELECT * FROM frontier")
    assert (article["body"], article["id"]) == ("Giá xăng giảm.", 202603020001)
    assert article["first_seen_at"] == article["last_seen_at"] == "2026-03-02T09:00:00+07:00"
    assert (row["state"], row["reason"], row["tries"], row["etag"]) == ("done", None, 0, '"1"')
    assert (row["article_id"], row["page_id"]) == (article["id"], page_id)
    told = shelf.rows("SELECT state, reason FROM outcomes ORDER BY id")
    assert [tuple(each) for each in told] == [
        ("failed", NO_TEXT),
        ("done", "its kept page was read again"),
    ]


def test_a_corrected_site_file_mends_articles_and_makes_no_version(shelf: Shelf) -> None:
    shelf.keep(1, with_advertisement(1))
    shelf.keep(2, article_html(2))
    shelf.read()
    before = shelf.article(1)
    shelf.describe(keys='drop = ["div.o-phu"]')

    summary = shelf.read()

    after = shelf.article(1)
    assert endings(summary) == {"changed": 1, "same": 1}
    assert dict(summary.fields) == {("bao-thu", "blocks"): 1}
    assert "Mua ngay" in before["body"]
    assert "Mua ngay" not in after["body"]
    assert (after["version"], after["last_seen_at"]) == (1, before["last_seen_at"])
    with Archive.open(shelf.data) as archive:
        (former,) = Readings(archive).of(after["id"])
        assert json.loads(former["former"]) == {"blocks": whole_blocks(before)}
        assert search(archive.connection, '"mua ngay"') == []
        assert archive.versions(after["id"]) == archive.integrity() == []
    assert [] == []


def test_what_was_read_as_today_is_not_read_again_unless_asked(shelf: Shelf) -> None:
    shelf.keep(1, article_html(1))
    shelf.keep(2, odd("Giá xăng giảm."))
    shelf.read()

    assert (shelf.read().planned, shelf.read().exit_code()) == (0, 0)
    assert endings(shelf.read(everything=True)) == {"same": 1, "still unreadable": 1}
    with Archive.open(shelf.data, write=True) as archive:
        archive.connection.execute("UPDATE readers SET extractor = 0")
    assert endings(shelf.read()) == {"same": 1, "still unreadable": 1}
    assert shelf.read().planned == 0


def test_only_the_pages_asked_for_are_read(shelf: Shelf) -> None:
    for number in range(1, 4):
        shelf.keep(number, article_html(number), DAY + dt.timedelta(days=number))

    since, until = DAY + dt.timedelta(days=1.5), DAY + dt.timedelta(days=2.5)
    assert shelf.read(since=since, until=until).pages == 1
    assert [row["url"] for row in shelf.rows("SELECT url FROM articles")] == [url(2)]
    assert shelf.read(sites=("bao-thu",)).pages == 2


def test_a_dry_run_says_what_the_real_one_does_and_writes_nothing(shelf: Shelf) -> None:
    for number in range(4):
        shelf.keep(number, with_advertisement(number))
    shelf.read()
    shelf.describe(keys='drop = ["div.o-phu"]')
    shelf.keep(9, article_html(9))
    (shelf.data / "lock").unlink()
    before = dump(shelf.data)

    said = shelf.read(dry=True, jobs=2)

    assert dump(shelf.data) == before
    assert not (shelf.data / "lock").exists()
    done = shelf.read()
    assert endings(said) == endings(done) == {"changed": 4, "newly read": 1}
    assert (said.fields, said.examples) == (done.fields, done.examples)


def test_an_earlier_version_is_corrected_from_its_own_page(shelf: Shelf) -> None:
    later = with_advertisement(1).replace("tiêu thứ 1".encode(), "tiêu thứ 100".encode())
    shelf.keep(1, with_advertisement(1))
    shelf.read()
    shelf.keep(1, later, DAY + dt.timedelta(hours=5))
    shelf.read()
    shelf.describe(keys='drop = ["div.o-phu"]')

    assert endings(shelf.read()) == {"changed": 2}
    article = shelf.article(1)
    with Archive.open(shelf.data) as archive:
        (version,) = archive.versions(article["id"])
        histories = Readings(archive).of(article["id"])
        assert archive.integrity() == []
    assert "thứ 1 " in version["body"]
    assert "thứ 100 " in article["body"]
    assert "Mua ngay" not in version["body"] + article["body"]
    assert [(each["version"], list(json.loads(each["former"]))) for each in histories] == [
        (2, ["blocks"]),
        (1, ["blocks"]),
    ]


def test_the_last_page_of_a_version_is_read_and_no_other(shelf: Shelf) -> None:
    tagged = article_html(1).replace(b"</head>", b'<meta name="keywords" content="than"></head>')
    shelf.keep(1, article_html(1))
    shelf.read()
    shelf.keep(1, tagged, DAY + dt.timedelta(hours=5))
    assert endings(shelf.read()) == {"newly read": 1}
    for known in ("read_page_id = 2", "read_page_id = NULL"):  # as an older archive has it
        with Archive.open(shelf.data, write=True) as archive:
            archive.connection.execute(f"UPDATE articles SET {known}")

        summary = shelf.read(everything=True)

        assert endings(summary) == {"skipped": 1, "same": 1}
        assert summary.reasons == {(Ending.SKIPPED, REPLACED): 1}
        assert shelf.article(1)["tags"] == '["than"]'


def test_a_page_that_came_before_what_is_kept_becomes_an_earlier_version(shelf: Shelf) -> None:
    shelf.keep(1, odd("Giá xăng giảm."))
    shelf.keep(1, article_html(1), DAY + dt.timedelta(days=1))
    shelf.read()
    shelf.describe(keys='drop = ["div.o-phu"]', fields='body = ["#chu", "div.body"]')

    assert endings(shelf.read()) == {"newly read": 1, "same": 1}
    article = shelf.article(1)
    with Archive.open(shelf.data) as archive:
        (version,) = archive.versions(article["id"])
    assert (article["version"], article["first_seen_at"][:10]) == (2, "2026-03-02")
    assert (version["body"], version["replaced_at"][:10]) == ("Giá xăng giảm.", "2026-03-03")
    assert endings(shelf.read(everything=True)) == {"same": 2}


def test_a_page_that_cannot_be_read_any_more_leaves_its_article(shelf: Shelf) -> None:
    shelf.describe(fields='body = "#chu"')
    shelf.keep(1, odd("Giá xăng giảm."))
    shelf.read()
    before = shelf.article(1)
    shelf.describe(fields='body = "#khac"')

    summary = shelf.read()

    assert endings(summary) == {"no longer readable": 1}
    assert (summary.lost[0][0], summary.exit_code()) == (url(1), 1)
    assert tuple(shelf.article(1)) == tuple(before)
    assert shelf.read().planned == 0


def test_what_may_not_be_archived_is_forgotten_with_its_former_readings(shelf: Shelf) -> None:
    robots = '<meta name="robots" content="noarchive">'
    shelf.describe(keys='keep = "text"')
    page_id = shelf.keep(1, with_advertisement(1).replace(b"</head>", robots.encode() + b"</head>"))
    shelf.read()
    shelf.describe(keys='keep = "text"\ndrop = ["div.o-phu"]')
    shelf.read()
    assert len(shelf.rows("SELECT * FROM readings")) == 1
    shelf.describe()

    summary = shelf.read()

    assert (summary.forgotten, endings(summary)) == (1, {"changed": 1})
    article = shelf.article(1)
    assert (article["blocks"], article["body"]) == (None, None)
    assert shelf.rows("SELECT * FROM readings") == []
    with PageStore.open(shelf.data) as pages:
        assert pages.get(page_id).body == b""
    assert shelf.read(everything=True).selected == 0


def test_pages_of_a_site_that_allows_metadata_only_are_not_read(shelf: Shelf) -> None:
    shelf.keep(1, article_html(1))
    shelf.read()
    before = shelf.article(1)
    shelf.describe(keys='keep = "metadata"', fields='body = "#khac"')

    summary = shelf.read()

    assert summary.reasons == {(Ending.SKIPPED, METADATA_ONLY): 1}
    assert tuple(shelf.article(1)) == tuple(before)


def test_an_article_that_was_gone_later_stays_withdrawn(shelf: Shelf) -> None:
    shelf.describe(fields='body = "#chu"')
    for number in (1, 2):
        shelf.keep(number, odd(f"Tin số {number}."))
    shelf.read(until=DAY)  # neither is read
    gone = DAY + dt.timedelta(days=2)
    verdict = Verdict(state=State.GONE, counted=Counted.GONE, reason="404")
    shelf.settle(1, verdict, gone, status=404)

    shelf.read()

    assert shelf.article(1)["withdrawn_at"] == "2026-03-04T09:00:00+07:00"
    assert shelf.article(2)["withdrawn_at"] is None
    states = {row["url"]: row["state"] for row in shelf.rows("SELECT * FROM frontier")}
    assert states == {url(1): "gone", url(2): "done"}


def test_a_page_of_before_a_withdrawal_is_no_return(shelf: Shelf) -> None:
    shelf.keep(1, article_html(1))
    shelf.read()
    changed = article_html(1, text="Một câu khác hẳn, đã được sửa lại.")
    shelf.keep(1, changed, DAY + dt.timedelta(days=1))
    with Archive.open(shelf.data, write=True) as archive:
        archive.withdraw(url(1), DAY + dt.timedelta(days=2), status=404)

    assert endings(shelf.read()) == {"newly read": 1}
    article = shelf.article(1)
    assert (article["version"], article["withdrawn_at"]) == (2, "2026-03-04T09:00:00+07:00")
    (row,) = shelf.rows("SELECT returned_at FROM withdrawals")
    assert row["returned_at"] is None


def test_a_page_that_says_its_article_is_not_there_withdraws_it(shelf: Shelf) -> None:
    shelf.keep(1, article_html(1))
    shelf.read()
    gone = "<html><head><title>404</title></head><body><h1>Không tìm thấy trang</h1></body></html>"
    shelf.keep(1, gone.encode(), DAY + dt.timedelta(days=3))

    assert endings(shelf.read()) == {"still unreadable": 1}
    article = shelf.article(1)
    assert (article["version"], article["withdrawn_at"]) == (1, "2026-03-05T09:00:00+07:00")


def test_a_page_that_makes_the_extractor_fail_is_told_and_the_rest_goes_on(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    import crawler.reading_pool as pool

    def read_page(page: Page, *rest: object) -> object:
        if page.url == url(1):
            raise RecursionError("too deep")
        return reads(page, *rest)  # type: ignore[arg-type]

    reads = pool.read_page
    monkeypatch.setattr(pool, "read_page", read_page)
    shelf.keep(1, article_html(1))
    shelf.keep(2, article_html(2))

    summary = shelf.read()

    assert endings(summary) == {"still unreadable": 1, "newly read": 1}
    ((_, reason),) = summary.reasons
    assert reason == "the extractor failed with RecursionError: too deep"


def test_one_at_a_time_writes_and_each_run_is_listed(shelf: Shelf) -> None:
    shelf.keep(1, article_html(1))
    with take_lock(shelf.data):
        refused = shelf.start()
        _, err = refused.communicate(timeout=60)
    done = shelf.start("--jobs", "2")
    out, _ = done.communicate(timeout=60)

    assert (refused.returncode, done.returncode) == (75, 0)
    assert "under way" in err
    assert out.splitlines()[1].split()[:2] == ["bao-thu", "1"]
    (run,) = shelf.rows("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
    assert run["command"].endswith("reextract --jobs 2")
    assert (run["exit_code"], run["ended_at"] is not None) == (0, True)


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
    shelf.fill(range(40))

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
    assert 0 < left < 40
    assert sum(int(line.split()[1]) for line in out.splitlines()[1:2]) == 40 - left
