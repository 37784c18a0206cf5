"""Kept pages read again: what is corrected, what is kept of it, and what a kill leaves behind."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from archive.lock import take_lock
from archive.models import Page, State
from archive.pages import PageStore
from archive.readings import Readings
from archive.rows import whole_blocks
from archive.search import search
from archive.store import Archive
from crawler.plans import Counted, Verdict
from crawler.reread import METADATA_ONLY, REPLACED, Ending
from tests.crawler.paper import article_html
from tests.crawler.reextract_shelf import (
    DAY,
    NO_TEXT,
    Shelf,
    dump,
    endings,
    odd,
    url,
    with_advertisement,
)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf(tmp_path, monkeypatch)
    shelf.describe()
    return shelf


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
        return reads(page, *rest)

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
