"""When known articles are looked at again, and what makes a version of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.models import State
from archive.store import Archive
from archive.times import from_text, to_text
from crawler.errors import SiteError
from crawler.frontier import Frontier
from crawler.listings import Link, Window
from crawler.plans import LEAST_PAUSE, MOST_LED_AWAY, REVISIT_AGES
from crawler.revisits import FEW, MOST_A_RUN, Revisits, plan_again
from crawler.site import Site
from crawler.site_file import load_site
from tests.archive.news import SEEN, article, new_archive
from tests.crawler.paper import World, article_html, path, publish
from tests.crawler.server import Answer, Server

NOW = SEEN + dt.timedelta(days=40)
LOOKED = NOW - dt.timedelta(days=2)
HOUR = dt.timedelta(hours=1)
SITE = Site(slug="bo-vn", name="Bộ", homepage="https://bo.example.vn/", source="moit")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Two hundred addresses that were looked at two days ago and are due in a year."""
    with new_archive(tmp_path) as archive:
        frontier = Frontier(archive, site="bo-vn", run_id=1)
        links = [Link(url=address(n)) for n in range(200)]
        frontier.add(links, found_on="x", window=Window(now=LOOKED))
        archive.connection.execute(
            "UPDATE frontier SET state = 'unchanged', answered_at = ?, due_at = ?",
            (to_text(LOOKED), to_text(NOW + dt.timedelta(days=365))),
        )
        yield archive


def address(number: int) -> str:
    return f"https://bo.example.vn/tin/{number}.html"


def named(count: int, changed: dt.datetime, *, of: int = 200) -> list[Link]:
    """An answer that names many articles and says that the first few were changed."""
    before = LOOKED - HOUR
    return [Link(url=address(n), changed=changed if n < count else before) for n in range(of)]


def due(archive: Archive) -> list[str]:
    sql = "SELECT url FROM frontier WHERE due_at <= ?"
    return [row["url"] for row in archive.connection.execute(sql, (to_text(NOW),))]


def test_what_a_listing_says_was_changed_is_due(archive: Archive) -> None:
    assert Revisits(archive, "bo-vn").heed(named(3, NOW - HOUR), NOW) == 3
    assert sorted(due(archive)) == sorted(map(address, range(3)))


def test_what_was_changed_before_our_last_look_is_not(archive: Archive) -> None:
    assert Revisits(archive, "bo-vn").heed(named(3, LOOKED - HOUR), NOW) == 0
    assert due(archive) == []


def test_a_sitemap_that_always_says_now_makes_nothing_due(archive: Archive) -> None:
    assert Revisits(archive, "bo-vn").heed(named(200, NOW), NOW) == 0
    assert Revisits(archive, "bo-vn").heed(named(FEW + 1, NOW, of=FEW + 1), NOW) == 0
    assert due(archive) == []


def test_a_few_claims_are_believed_also_where_they_are_all(archive: Archive) -> None:
    assert Revisits(archive, "bo-vn").heed(named(FEW, NOW, of=FEW), NOW) == FEW


def test_a_run_heeds_a_bounded_number_the_newest_first(archive: Archive) -> None:
    revisits = Revisits(archive, "bo-vn")
    newest = Link(url=address(79), changed=NOW)
    assert revisits.heed([*named(79, NOW - HOUR), newest], NOW) == MOST_A_RUN
    assert address(79) in due(archive)
    assert revisits.heed(named(9, NOW), NOW) == 0


def test_a_time_ahead_of_ours_says_nothing(archive: Archive) -> None:
    assert Revisits(archive, "bo-vn").heed(named(3, NOW + 7 * HOUR), NOW) == 0


def test_an_hour_lies_between_two_looks(archive: Archive) -> None:
    archive.connection.execute("UPDATE frontier SET answered_at = ?", (to_text(NOW - HOUR / 2),))
    assert Revisits(archive, "bo-vn").heed(named(1, NOW), NOW) == 1
    (row,) = archive.connection.execute("SELECT * FROM frontier WHERE url = ?", (address(0),))
    assert from_text(row["due_at"]) == NOW - HOUR / 2 + LEAST_PAUSE
    assert row["listed_changed"] == to_text(NOW)


@pytest.mark.parametrize("state", [State.DUE, State.REFUSED, State.IGNORED])
def test_addresses_without_an_answer_are_left_alone(archive: Archive, state: State) -> None:
    archive.connection.execute("UPDATE frontier SET state = ?", (state,))
    assert Revisits(archive, "bo-vn").heed(named(3, NOW), NOW) == 0


def test_another_plan_plans_all_articles_of_the_site_again(archive: Archive) -> None:
    stored = archive.add(article(1), site="bo-vn", page_id=None, seen_at=SEEN)
    archive.connection.execute(
        "UPDATE frontier SET article_id = ? WHERE url = ?", (stored.article_id, address(1))
    )
    published = article(1).published_at
    assert published is not None

    def next_look() -> dt.datetime | None:
        row = archive.connection.execute("SELECT due_at FROM frontier WHERE url = ?", (address(1),))
        text = row.fetchone()[0]
        return text and from_text(text)

    assert plan_again(archive, SITE, NOW) == 1
    assert next_look() == published + REVISIT_AGES[5]
    assert plan_again(archive, SITE, NOW) == 0
    own = Site(slug="bo-vn", name="Bộ", homepage=SITE.homepage, source="moit", revisit=(99 * HOUR,))
    assert plan_again(archive, own, NOW) == 1
    assert next_look() is None


AGES = {
    '["6h", "30d"]': (6 * HOUR, 30 * 24 * HOUR),
    '["2d", "1h", "48h"]': (HOUR, 48 * HOUR),
    "[]": (),
}


@pytest.mark.parametrize("text", AGES)
def test_a_site_may_have_its_own_ages(tmp_path: Path, text: str) -> None:
    body = f'name = "Báo"\nhomepage = "https://bao.vn/"\nrevisit = {text}\n'
    (tmp_path / "bao.toml").write_text(body, encoding="utf-8")
    assert load_site("bao", tmp_path).revisit_ages == AGES[text]


@pytest.mark.parametrize("text", ['["6"]', '["0h"]', '["-1d"]', "[6]", "6", '["6w"]', '"x"'])
def test_an_age_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    body = f'name = "Báo"\nhomepage = "https://bao.vn/"\nrevisit = {text}\n'
    (tmp_path / "bao.toml").write_text(body, encoding="utf-8")
    with pytest.raises(SiteError, match=r"bao\.toml: revisit: .*'?6h'"):
        load_site("bao", tmp_path)


# --- what only our reading changed ---

BOX = "<div class='hop'><p>Bấm vào đây để đăng ký nhận bản tin của chúng tôi.</p></div>"


def page(text: str, remark: str) -> Answer:
    body = article_html(1, text=text).decode().replace("</div>", f"{BOX}</div>{remark}")
    return Answer(body=body.encode())


@pytest.mark.parametrize("changed", [False, True])
def test_a_mended_site_file_makes_no_version_but_a_changed_text_does(
    tmp_path: Path, changed: bool
) -> None:
    world = World(tmp_path)
    with Server() as server:
        publish(server, range(1, 2))
        world.add_site("bao-thu", server)
        server.answers[path(1)] = page("Giá gạo giữ nguyên trong cả tháng.", "")
        assert world.run("crawl").returncode == 0
        assert "đăng ký nhận bản tin" in str(world.value("SELECT body FROM articles"))
        world.add_site("bao-thu", server, keys='drop = ["div.hop"]')
        text = "Giá gạo tăng nhẹ." if changed else "Giá gạo giữ nguyên trong cả tháng."
        server.answers[path(1)] = page(text, "<!-- 2 -->")
        url = server.home.rstrip("/") + path(1)
        assert world.run("crawl", "--url", url).returncode == 0
    texts = [str(row["body"]) for row in world.rows("SELECT body FROM versions")]
    now = str(world.value("SELECT body FROM articles"))
    assert world.value("SELECT version FROM articles") == 1 + changed
    assert len(texts) == changed
    assert not [body for body in (*texts, now) if "đăng ký nhận bản tin" in body]
    assert all("giữ nguyên trong cả tháng" in body for body in texts)
    assert world.value("SELECT count(*) FROM readings") == 1


# --- a site that is closed ---


def test_a_site_that_leads_all_its_articles_home_withdraws_a_few_at_most(tmp_path: Path) -> None:
    world = World(tmp_path)
    with Server() as server:
        publish(server, range(9))
        world.add_site("bao-thu", server)
        assert world.run("crawl").returncode == 0
        for number in range(9):
            server.answers[path(number)] = Answer(status=302, headers={"Location": "/"})
        server.answers["/"] = Answer(body=b"<h1>B\xc3\xa1o</h1>")
        urls = (server.home.rstrip("/") + path(number) for number in range(9))
        world.run("crawl", *(part for url in urls for part in ("--url", url)))
    states = list(world.states().values())
    away = world.value("SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL")
    assert (states.count("gone"), states.count("failed"), away) == (MOST_LED_AWAY, 4, 5)
    told = world.value("SELECT DISTINCT reason FROM frontier WHERE state = 'failed'")
    assert "is the site closed?" in str(told)
