"""What a crawl remembers of how it got and read each page."""

from __future__ import annotations

import gzip
import json

from archive.pages import PageStore
from crawler.extract import EXTRACTOR
from tests.crawler.paper import World, article_html, path, publish
from tests.crawler.server import Answer, Server

PAGES = "SELECT id, fetched_at FROM pages"


def test_a_site_that_no_longer_looks_as_its_file_says_is_told_in_the_log(
    server: Server, world: World
) -> None:
    publish(server, range(3))
    renamed = article_html(1).replace(b'class="body"', b'class="noi-dung"')
    server.answers[path(1)] = Answer(body=renamed)
    world.add_site("bao-thu", server)

    world.run("crawl")

    assert "1 of 3 articles were read without the site's own title or body" in world.log()
    assert world.value("SELECT count(*) FROM articles") == 3


def test_a_page_keeps_its_status_line_its_packing_and_the_way_to_it(
    server: Server, world: World
) -> None:
    publish(server, range(1))
    packed = gzip.compress(article_html(0))
    server.answers[path(0)] = Answer(status=301, headers={"Location": path(1)})
    server.answers[path(1)] = Answer(body=packed, headers={"Content-Encoding": "gzip"})
    world.add_site("bao-thu", server)

    world.run("crawl")

    with PageStore.open(world.data) as pages:
        page = pages.latest(server.home.rstrip("/") + path(0))
    assert page is not None
    assert (page.protocol, page.status) == ("HTTP/1.1", 200)
    assert page.redirects == ((page.url, 301),)
    assert (page.body, page.header("Content-Encoding")) == (article_html(0), "gzip")


def test_each_page_is_kept_with_the_reader_that_read_it(server: Server, world: World) -> None:
    publish(server, range(2))
    world.add_site("bao-thu", server)
    world.run("crawl")
    server.answers[path(0)] = Answer(body=article_html(0, text="Bản sửa, một câu khác hẳn."))
    world.add_site("bao-thu", server, keys="drop = ['div.quang-cao']")
    world.run("crawl", "--url", server.home.rstrip("/") + path(0))

    readers = world.rows("SELECT * FROM readers ORDER BY id")
    pages = world.rows("SELECT reader_id FROM pages_read ORDER BY page_id")
    (article,) = world.rows("SELECT * FROM articles WHERE version = 2")
    assert [(r["site"], r["extractor"]) for r in readers] == [("bao-thu", EXTRACTOR)] * 2
    # The newest stands first, so path(0) is page 2: it is read again before 3 is compared with it.
    assert [r["reader_id"] for r in pages] == [1, 2, 2]
    assert article["page_id"] == article["read_page_id"] == 3
    assert world.value("SELECT read_page_id FROM versions") == 2


def test_a_better_reading_is_no_version_of_the_publication(server: Server, world: World) -> None:
    box = '<div class="o-phu"><p>Mua ngay kẻo hết hàng</p></div></div>'
    with_box = article_html(0).replace(b"</div>", box.encode())
    publish(server, range(1))
    server.answers[path(0)] = Answer(body=with_box)
    world.add_site("bao-thu", server)
    world.run("crawl")
    world.add_site("bao-thu", server, keys="drop = ['div.o-phu']")
    server.answers[path(0)] = Answer(body=with_box + b"<!-- 2 -->")  # else it answers 304

    world.run("crawl", "--url", server.home.rstrip("/") + path(0))

    (article,) = world.rows("SELECT * FROM articles")
    (reading,) = world.rows("SELECT * FROM readings")
    assert (article["version"], "Mua ngay" in article["body"]) == (1, False)
    assert "Mua ngay" in json.loads(reading["former"])["blocks"]
    assert world.value("SELECT sum(unchanged) FROM run_sites") == 1
    assert world.value("SELECT count(*) FROM versions") == 0


def test_what_became_of_a_page_is_dated_as_its_answer_not_as_its_batch(
    server: Server, world: World
) -> None:
    publish(server, range(8))
    server.answers[path(3)] = Answer(body="<html><p>ngắn</p></html>".encode())
    world.add_site("bao-thu", server, delay=0.2)
    world.run("crawl")

    fetched = {row["id"]: row["fetched_at"] for row in world.rows(PAGES, file="pages.db")}
    told = world.rows("SELECT page_id, at FROM outcomes WHERE page_id IS NOT NULL")
    assert {row["page_id"]: row["at"] for row in told} == fetched
    assert len(told) == 8
