"""WARC files of all kinds into an archive, by the real program and by its importer."""

from __future__ import annotations

import datetime as dt
import gzip
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from warcio.checker import Checker

from archive.lock import take_lock
from archive.models import VIETNAM, Page
from archive.pages import PageStore
from archive.store import Archive
from crawler.captures import Fate
from crawler.frontier import outcomes
from crawler.reading import Reading, read_page
from crawler.run import Run
from crawler.site_file import load_sites
from crawler.warc_import import LARGEST, Importer
from crawler.warc_records import WarcFile
from tests.crawler.paper import World, article_html, path, publish
from tests.crawler.server import Answer, Server
from tests.crawler.warc_bytes import answer, chunks, members, record, sha1

NOW = dt.datetime(2026, 6, 1, tzinfo=VIETNAM)
HOME = "https://bao-thu.example.vn"
LATER = "2025-05-05T00:00:00Z"
SOFT = "<html><head><title>Lỗi</title></head><body><h1>Không tìm thấy trang</h1></body></html>"
KEYS = 'hosts = ["bao-thu.example.vn"]'


class Far:
    """A paper that nobody can ask any more."""

    home = HOME + "/"


@pytest.fixture
def world(world: World) -> World:
    world.add_site("bao-thu", Far(), keys=KEYS)
    return world


def take(world: World, *records: bytes, name: str = "x.warc.gz") -> dict[Fate, int]:
    """Imports records, one gzip member each; gives what became of them."""
    file = world.data.parent / name
    file.write_bytes(members(*records))
    sites = load_sites(world.sites).values()
    run = Run.open(world.data)
    try:
        importer = Importer(run, sites, NOW)
        with WarcFile(file, most=LARGEST) as opened:
            for _ in importer.take(opened):
                pass
    finally:
        run.close(0)
    assert importer.counts.total() == len(records)
    fates: Counter[Fate] = Counter()
    for (_, fate), count in importer.counts.items():
        fates[fate] += count
    return dict(fates)


def capture(number: int, *headers: str, html: bytes | None = None, **more: str) -> bytes:
    body = html or article_html(number)
    return record("response", HOME + path(number), answer(body, *headers), **more)


def kept(world: World, number: int) -> Any:
    return world.rows("SELECT * FROM articles WHERE url = ?", HOME + path(number))[0]


def test_a_file_as_common_crawl_writes_them_becomes_articles(world: World):
    packed = chunks(gzip.compress(article_html(1)))
    ways = ("Content-Encoding: gzip", "Transfer-Encoding: chunked")
    wrong_charset = answer(article_html(2), kind="text/html; charset=iso-8859-1")
    large = record("response", HOME + path(8), b"d" * (LARGEST + 1))
    bomb = gzip.compress(b"\0" * 20_000 * 1000)
    url = HOME + path(1)
    fates = take(
        world,
        record("warcinfo", "", b"software: crawler\r\n"),
        record("request", url, b"GET / HTTP/1.1\r\n\r\n"),
        record("response", url, answer(packed, *ways), WARC_Payload_Digest=sha1(packed)),
        record("response", HOME + path(2), wrong_charset),
        record("response", HOME + path(3), answer(bomb, "Content-Encoding: gzip")),
        record("response", HOME + path(4), answer(b"%PDF-1.7", kind="application/pdf")),
        capture(5, WARC_Payload_Digest=sha1(b"other")),
        capture(6, WARC_Truncated="length"),
        record("response", HOME + "/tag/gia-dien", answer(article_html(7))),
        record("response", "https://khac.example.vn/tin/a.html", answer(article_html(7))),
        record("response", "dns:bao-thu.example.vn", b"20250304 1.2.3.4", WARC_Type="response"),
        record("response", HOME + path(9), answer(b"", status="503 Unavailable")),
        record("resource", HOME + path(7), article_html(7)),
        capture(10, WARC_Date="yesterday"),
        record("revisit", HOME + path(11), b"", WARC_Payload_Digest=sha1(b"lost")),
        large,
    )

    assert fates == {
        Fate.NEW: 2, Fate.OTHER: 4, Fate.TOO_LARGE: 2, Fate.NO_ARTICLE: 1, Fate.WRONG_DIGEST: 1,
        Fate.CUT: 1, Fate.NOT_WANTED: 1, Fate.FOREIGN: 2, Fate.NOT_OK: 1, Fate.NO_DATE: 1,
    }  # fmt: skip
    assert kept(world, 1)["first_seen_at"] == "2025-03-04T12:06:07+07:00"
    assert kept(world, 2)["title"] == "Thị trường xăng dầu: bản tin số 2"
    with PageStore.open(world.data) as pages:
        page = pages.latest(url)
    assert page is not None
    assert (page.body, page.protocol) == (article_html(1), "HTTP/1.1")


def test_captures_are_versions_in_the_order_of_their_dates(world: World):
    texts = {"2024-01-01T00:00:00Z": "cũ nhất", "2025-01-01T00:00:00Z": "mới hơn"}
    old, new = (
        capture(1, html=article_html(1, text=text), WARC_Date=date) for date, text in texts.items()
    )
    assert take(world, new) == {Fate.NEW: 1}
    assert take(world, old) == {Fate.EARLIER: 1}
    assert take(world, old, new) == {Fate.KNOWN: 2}

    (version,) = world.rows("SELECT * FROM versions")
    assert "cũ nhất" in version["body"]
    assert "mới hơn" in kept(world, 1)["body"]
    assert (version["seen_at"][:4], version["replaced_at"][:4]) == ("2024", "2025")
    with Archive.open(world.data) as archive:
        assert [one.at.year for one in outcomes(archive, HOME + path(1))] == [2024, 2025]


def test_a_revisit_shows_the_page_that_it_refers_to(world: World):
    url, body = HOME + path(1), article_html(1)
    later, head = "2025-06-01T00:00:00Z", answer(b"")
    named = {"WARC_Refers_To_Target_URI": url, "WARC_Refers_To_Date": "2025-03-04T05:06:07Z"}
    by_digest = {"WARC_Payload_Digest": sha1(body)}
    fates = take(
        world,
        capture(1),
        record("revisit", url, head, WARC_Date=later, **named),
        record("revisit", url, head, WARC_Date="2025-07-01T00:00:00Z", **by_digest),
    )

    assert fates == {Fate.NEW: 1, Fate.UNCHANGED: 2}
    assert kept(world, 1)["last_seen_at"][:10] == "2025-07-01"
    assert _kept_in_pages(world, "SELECT count(*) FROM pages") == 3
    assert _kept_in_pages(world, "SELECT count(*) FROM bodies") == 1


def test_a_redirect_leads_to_the_page_that_follows_it(world: World):
    old = record(
        "response", HOME + path(1), answer(b"", f"Location: {path(2)}", status="301 Moved")
    )
    assert take(world, old, capture(2)) == {Fate.REDIRECT: 1, Fate.NEW: 1}

    with PageStore.open(world.data) as pages:
        page = pages.latest(HOME + path(1))
    assert page is not None
    assert (page.final_url, page.redirects) == (HOME + path(2), ((HOME + path(1), 301),))
    with Archive.open(world.data) as archive:
        assert archive.article(HOME + path(1))["url"] == HOME + path(2)


def test_a_page_that_was_gone_withdraws_what_was_seen_before_only(world: World):
    gone = answer(b"", status="404 Not Found")
    at = {"WARC_Date": LATER}
    url = HOME + path(1)
    assert take(world, capture(1), record("response", url, gone, **at)) == {
        Fate.NEW: 1, Fate.GONE: 1
    }  # fmt: skip
    assert kept(world, 1)["withdrawn_at"][:10] == "2025-05-05"
    assert take(world, record("response", url, gone, **at)) == {Fate.KNOWN: 1}
    assert take(world, capture(1, WARC_Date="2025-09-09T00:00:00Z")) == {Fate.UNCHANGED: 1}
    assert kept(world, 1)["withdrawn_at"] is None
    assert take(world, record("response", url, gone, WARC_Date="2025-06-06T00:00:00Z")) == {
        Fate.GONE: 1
    }  # fmt: skip
    assert kept(world, 1)["withdrawn_at"] is None
    (withdrawal,) = world.rows("SELECT * FROM withdrawals")  # the second is of the same absence
    assert [withdrawal[name][:10] for name in ("withdrawn_at", "returned_at")] == [
        "2025-05-05", "2025-09-09"
    ]  # fmt: skip


def test_a_page_that_says_it_is_not_there_and_a_way_home_withdraw_too(world: World):
    home = record("response", Far.home, answer(b"<html>Trang chu</html>"), WARC_Date=LATER)
    moved = answer(b"", "Location: /", status="302 Found")
    assert take(
        world,
        capture(1),
        capture(2),
        capture(1, html=SOFT.encode(), WARC_Date=LATER),
        record("response", HOME + path(2), moved, WARC_Date=LATER),
        home,
        home,
    ) == {Fate.NEW: 2, Fate.GONE: 2, Fate.REDIRECT: 1, Fate.NOT_WANTED: 1}

    assert {kept(world, number)["withdrawn_at"][:10] for number in (1, 2)} == {LATER[:10]}


def test_what_may_not_be_kept_is_not_kept(world: World):
    forbidden = article_html(1).replace(
        b"<head>", b'<head><meta name="robots" content="noarchive">'
    )
    assert take(world, capture(1, html=forbidden)) == {Fate.NEW: 1}
    assert kept(world, 1)["body"] is None
    world.add_site("bao-thu", Far(), keys=KEYS + '\nkeep = "metadata"')
    assert take(world, capture(2)) == {Fate.NEW: 1}

    assert kept(world, 2)["body"] is None
    assert _kept_in_pages(world, "SELECT count(*) FROM bodies") == 0
    assert take(world, capture(1, html=forbidden), capture(2)) == {Fate.KNOWN: 2}


def test_an_import_that_was_killed_is_done_again_and_ends_the_same(world: World):
    file = world.data.parent / "x.warc.gz"
    file.write_bytes(members(*(capture(number) for number in range(60))))
    process = world.start("import-warc", str(file))
    database = world.data / "archive.db"
    while not (database.exists() and _count(world) >= 7):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert 0 < _count(world) < 60

    done = world.run("import-warc", str(file))

    assert done.returncode == 0, done.stderr
    assert "60  records read" in done.stdout
    assert _count(world) == 60
    assert _kept_in_pages(world, "SELECT count(*) FROM pages") == 60
    assert world.value("SELECT count(*) FROM outcomes") == 60
    with Archive.open(world.data) as archive:
        assert archive.integrity() == []


def _count(world: World) -> int:
    try:
        return int(str(world.value("SELECT count(*) FROM articles")))
    except sqlite3.OperationalError:  # the schema is being made
        return 0


def _kept_in_pages(world: World, sql: str) -> int:
    return int(world.rows(sql, file="pages.db")[0][0])


def test_a_mistake_of_ours_costs_one_record_and_leaves_no_trace(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    def fail(page: Page, *_: object) -> Reading:
        if page.url.endswith(path(2)):
            raise ZeroDivisionError
        return read_page(page, *_)

    monkeypatch.setattr("crawler.capture_desk.read_page", fail)

    assert take(world, *(capture(n) for n in range(4))) == {Fate.NEW: 3, Fate.FAILED: 1}
    assert world.rows("SELECT * FROM frontier WHERE url LIKE ?", "%" + path(2)) == []
    assert _kept_in_pages(world, "SELECT count(*) FROM pages") == 3


def test_a_file_that_is_none_or_broken_is_told_by_the_exit_code(world: World):
    folder = world.data.parent
    (folder / "good.warc.gz").write_bytes(members(capture(1)))
    (folder / "cut.warc.gz").write_bytes(members(capture(2), capture(3))[:-60])
    (folder / "old.arc").write_bytes(b"filedesc://old.arc 0.0.0.0 2008 text/plain 76\n")

    done = world.run("import-warc", *(str(folder / n) for n in ("old.arc", "good.warc.gz")))
    assert (done.returncode, done.stdout.split()[:3]) == (1, ["1", "new", "articles"])
    assert "warcio recompress" in done.stderr
    cut = world.run("import-warc", str(folder / "cut.warc.gz"))
    assert cut.returncode == 1
    assert "1  broken records" in cut.stdout
    assert world.run("import-warc", str(folder / "old.arc")).returncode == 3
    codes = [row["exit_code"] for row in world.rows("SELECT exit_code FROM runs ORDER BY id")]
    assert codes == [1, 1, 3]


def test_an_import_waits_for_no_crawl_and_does_nothing_beside_one(world: World):
    (world.data.parent / "good.warc.gz").write_bytes(members(capture(1)))
    with take_lock(world.data):
        done = world.run("import-warc", str(world.data.parent / "good.warc.gz"))

    assert done.returncode == 75
    assert not (world.data / "archive.db").exists()


def test_an_archive_comes_back_from_its_own_export(server: Server, tmp_path: Path):
    world = World(tmp_path)
    publish(server, range(6))
    server.answers[path(5)] = Answer(status=302, headers={"Location": path(9)}, validators=False)
    server.answers[path(9)] = Answer(body=article_html(9))
    world.add_site("bao-thu", server)
    assert world.run("crawl").returncode == 0
    server.answers[path(1)] = Answer(body=article_html(1, text="Đã đính chính."))
    server.answers[path(2)] = Answer(status=404)
    server.answers[path(3)] = Answer(status=302, headers={"Location": "/"}, validators=False)
    server.answers["/"] = Answer(body=b"<html><body><h1>Trang nh\xc3\xa0</h1></body></html>")
    server.answers[path(4)] = Answer(body=SOFT.encode(), validators=False)
    time.sleep(1.1)  # times are kept to the second
    urls = [server.home.rstrip("/") + path(number) for number in range(5)]
    world.run("crawl", *(part for url in urls for part in ("--url", url)))
    file, second = tmp_path / "all.warc.gz", tmp_path / "second"
    second.mkdir()

    assert world.run("export-warc", "--to", str(file)).returncode == 0
    done = world.run("import-warc", str(file), MOIT_NEWS_DATA=str(second))

    assert done.returncode == 0, done.stderr
    assert Checker(_Inputs(file)).process_all() == 0
    assert world.value("SELECT count(*) FROM withdrawals") == 3
    assert dump(second) == dump(world.data)
    again = world.run("import-warc", str(file), MOIT_NEWS_DATA=str(second))
    assert again.returncode == 0
    assert dump(second) == dump(world.data)
    for words in ("dinh chinh", "giá điện"):
        found = [
            world.run("search", words, "--json", MOIT_NEWS_DATA=str(folder)).stdout
            for folder in (world.data, second)
        ]
        assert found[0] == found[1] != "[]"


class _Inputs:
    """What warcio's checker takes from its command line."""

    verbose = False

    def __init__(self, file: Path) -> None:
        self.inputs = [str(file)]


def dump(folder: Path) -> dict[str, list[dict[str, object]]]:
    """All that an archive says of its articles, without the running numbers of pages and rows."""
    tables = {
        "articles": "id", "versions": "article_id, version", "addresses": "address",
        "withdrawals": "article_id, withdrawn_at", "citations": "article_id, number",
    }  # fmt: skip
    with Archive.open(folder) as archive:
        rows = {
            table: archive.connection.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()
            for table, order in tables.items()
        }
        listed = "SELECT url, listed_date, listed_title, listed_section, found_on FROM frontier"
        rows["frontier"] = archive.connection.execute(listed + " ORDER BY url").fetchall()
    assert all(rows[table] for table in ("articles", "versions", "withdrawals"))
    pages = {"page_id", "read_page_id"}
    numbered = {("versions", "id"), ("withdrawals", "id")}
    return {
        table: [
            {k: v for k, v in dict(row).items() if k not in pages and (table, k) not in numbered}
            for row in found
        ]
        for table, found in rows.items()
    }
