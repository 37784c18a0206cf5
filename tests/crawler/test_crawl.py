"""Whole crawls by the real program, over real sockets, into real files."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack

from tests.crawler.paper import FEED, World, article_html, as_json, feed, path, publish
from tests.crawler.server import Answer, Server


def test_a_crawl_asks_robots_first_one_at_a_time_and_archives_every_article(
    server: Server, world: World
) -> None:
    publish(server, range(12))
    world.add_site("bao-thu", server)

    done = world.run("crawl")

    assert done.returncode == 0, done.stderr
    assert server.paths()[:2] == ["/robots.txt", "/feed.rss"]
    assert server.most_open == 1
    assert sorted(server.paths()[2:]) == sorted(path(n) for n in range(12))
    assert world.value("SELECT count(*) FROM articles") == 12
    assert set(world.states().values()) == {"done"}
    assert world.adds_up()
    assert "12" in done.stdout
    assert all(hit.headers["User-Agent"].startswith("moit-news/") for hit in server.hits)


def test_the_newest_article_is_asked_first(server: Server, world: World) -> None:
    publish(server, range(5))
    world.add_site("bao-thu", server)

    world.run("crawl")

    assert server.paths()[2:] == [path(n) for n in (4, 3, 2, 1, 0)]


def test_a_second_crawl_of_an_unchanged_world_asks_for_no_article(
    server: Server, world: World
) -> None:
    publish(server, range(6))
    world.add_site("bao-thu", server)
    world.run("crawl")
    first, server.sent = server.sent, 0
    server.hits.clear()

    done = world.run("crawl")

    assert done.returncode == 0, done.stderr
    assert [(hit.path, hit.status) for hit in server.hits] == [
        ("/robots.txt", 200),
        ("/feed.rss", 304),
    ]
    assert server.sent < first / 100 + 30  # robots.txt alone
    assert world.value("SELECT count(*) FROM outcomes") == 6


def test_a_listing_without_validators_is_not_read_twice(server: Server, world: World) -> None:
    publish(server, range(3))
    server.answers["/feed.rss"] = Answer(body=feed(range(3), server.home), validators=False)
    world.add_site("bao-thu", server)
    world.run("crawl")

    world.run("crawl")

    assert world.value("SELECT sum(found) FROM run_sites") == 3
    assert world.log().count("3 articles, 3 new") == 1


def test_new_articles_of_a_changed_feed_are_fetched_and_the_old_ones_are_not(
    server: Server, world: World
) -> None:
    publish(server, range(3))
    world.add_site("bao-thu", server)
    world.run("crawl")
    server.hits.clear()
    publish(server, range(5))

    world.run("crawl")

    assert server.paths()[2:] == [path(4), path(3)]


def test_a_page_asked_for_by_hand_is_asked_conditionally_and_a_change_makes_a_version(
    server: Server, world: World
) -> None:
    publish(server, range(2))
    world.add_site("bao-thu", server)
    world.run("crawl")
    address = server.home.rstrip("/") + path(1)

    same = world.run("crawl", "--url", address)
    assert server.hits[-1].status == 304
    server.answers[path(1)] = Answer(
        body=article_html(1, text="Bộ Công Thương đính chính số liệu.")
    )
    changed = world.run("crawl", "--url", address)

    assert (same.returncode, changed.returncode) == (0, 0)
    assert world.states() == {path(0): "done", path(1): "done"}
    assert world.value("SELECT version FROM articles WHERE url = ?", address) == 2
    assert [r[0] for r in world.rows("SELECT state FROM outcomes WHERE url = ?", address)] == [
        "done",
        "unchanged",
        "done",
    ]
    told = world.run("why", address)
    assert "unchanged" in told.stdout
    assert "version 2" in told.stdout


def test_a_page_that_is_gone_is_withdrawn_and_its_text_stays(server: Server, world: World) -> None:
    publish(server, range(2))
    world.add_site("bao-thu", server)
    world.run("crawl")
    address = server.home.rstrip("/") + path(0)
    server.answers[path(0)] = Answer(status=410)

    done = world.run("crawl", "--url", address)

    assert done.returncode == 0
    assert world.states()[path(0)] == "gone"
    (row,) = world.rows("SELECT * FROM articles WHERE url = ?", address)
    assert row["withdrawn_at"]
    assert row["body"]


def test_limit_since_and_until_bound_what_is_asked(server: Server, world: World) -> None:
    publish(server, range(48))  # one an hour from 1 March, 8:00
    world.add_site("bao-thu", server)

    world.run("crawl", "--since", "2026-03-02", "--until", "02/03/2026", "--limit", "5")

    assert len(server.paths()) == 7
    days = {r[0][:10] for r in world.rows("SELECT published_at FROM articles")}
    assert days == {"2026-03-02"}
    ignored = [s for s in world.states().values() if s == "ignored"]
    assert len(ignored) == 24
    world.run("crawl")  # what was outside the days is due once nobody bounds them
    assert world.value("SELECT count(*) FROM articles") == 48


def test_a_time_limit_ends_the_run_in_good_order(server: Server, world: World) -> None:
    publish(server, range(60))
    world.add_site("bao-thu", server, delay=0.2)

    started = time.monotonic()
    done = world.run("crawl", "--time-limit", "0.05")

    assert done.returncode == 0
    assert time.monotonic() - started < 15
    assert set(world.states().values()) == {"done", "due"}
    assert world.adds_up()


def test_headlines_are_paged_until_a_page_names_nothing_new(server: Server, world: World) -> None:
    def listing(first: int) -> Answer:
        links = "".join(
            f'<h3><a href="{path(n)}">Bản tin {n}</a></h3>' for n in range(first, first + 4)
        )
        return Answer(
            body=f"<html><body>{links}<a href='/lien-he'>Liên hệ</a></body></html>".encode()
        )

    publish(server, range(12))
    server.answers |= {
        "/moi/": listing(8),
        "/moi/p2": listing(4),
        "/moi/p3": listing(0),
        "/moi/p4": listing(0),
    }
    listings = (
        '[[listings]]\nkind = "headlines"\nurl = "{home}moi/"\n'
        'next = "{home}moi/p{page}"\npages = 9\n'
    )
    world.add_site("bao-thu", server, listings=listings)

    done = world.run("crawl")

    assert done.returncode == 0, done.stdout
    assert [p for p in server.paths() if p.startswith("/moi")] == [
        "/moi/",
        "/moi/p2",
        "/moi/p3",
        "/moi/p4",
    ]
    assert world.value("SELECT count(*) FROM articles") == 12
    server.hits.clear()
    world.run("crawl")
    assert [p for p in server.paths() if p.startswith("/moi")] == ["/moi/"]


def test_an_api_is_asked_by_post_for_each_category(server: Server, world: World) -> None:
    asked: list[bytes] = []

    def api(_: str, body: bytes) -> Answer:
        asked.append(body)
        number = 1 if b"category=7" in body else 2
        one = {"title": "Bản tin", "url": path(number).lstrip("/"), "time": 1772328600 + number}
        return as_json({"items": {"a": one}})

    publish(server, range(3))
    server.answers["/api"] = api
    listings = (
        '[[listings]]\nkind = "api"\nmethod = "POST"\nurl = "{home}api"\nitems = "items"\n'
        'link = "url"\ntitle = "title"\ndate = "time"\n[listings.form]\ncategory = "{category}"\n'
        'page = "{page}"\n[listings.each.category]\n"Tin tức" = "7"\n"Thị trường" = "8"\n'
    )
    world.add_site("bao-thu", server, listings=listings)

    done = world.run("crawl")

    assert done.returncode == 0, done.stdout
    assert asked == [b"category=7&page=1", b"category=8&page=1"]
    rows = world.rows("SELECT url, listed_section, listed_date FROM frontier ORDER BY url")
    assert [(r["listed_section"], r["listed_date"][:16]) for r in rows] == [
        ("Tin tức", "2026-03-01T08:30"),
        ("Thị trường", "2026-03-01T08:30"),
    ]


def test_a_listing_given_on_the_command_line_is_read_as_headlines(
    server: Server, world: World
) -> None:
    publish(server, range(3))
    server.answers["/chuyen-de.html"] = Answer(
        body=f'<p><a href="{path(2)}">Bản tin</a></p>'.encode()
    )
    world.add_site("bao-thu", server)

    done = world.run("crawl", "bao-thu", "--listing", server.home + "chuyen-de.html")

    assert done.returncode == 0
    assert server.paths() == ["/robots.txt", "/chuyen-de.html", path(2)]


def test_two_sites_on_one_host_are_asked_one_after_the_other(server: Server, world: World) -> None:
    publish(server, range(8))
    for number in range(8):
        server.answers[path(number)] = Answer(body=article_html(number), delay=0.02)
    halves = "article_url = '/tin/ban-tin-so-[{}]\\.html$'"
    for slug, digits in (("bao-mot", "0-3"), ("bao-hai", "4-7")):
        world.add_site(slug, server)
        file = world.sites / f"{slug}.toml"
        text = file.read_text().splitlines()
        file.write_text("\n".join([*text[:2], halves.format(digits), *text[3:]]))

    done = world.run("crawl")

    assert done.returncode == 0, done.stdout
    assert server.most_open == 1
    assert dict(world.rows("SELECT site, count(*) FROM articles GROUP BY site")) == {
        "bao-mot": 4,
        "bao-hai": 4,
    }


def test_what_may_not_be_archived_is_known_but_not_kept(world: World) -> None:
    noarchive = '<meta name="robots" content="noarchive">'
    sites = {
        "bao-thuong": ("", "", True),
        "bao-tu-choi": ("", noarchive, False),
        "bao-cho-phep": ('keep = "text"', noarchive, True),
        "bao-muc-luc": ('keep = "metadata"', "", False),
        "bao-khong-doc": ("", noarchive, False),  # and no article can be read from it
    }
    with ExitStack() as stack:
        for number, (slug, (keep, meta, _)) in enumerate(sites.items()):
            server = stack.enter_context(Server())
            publish(server, range(number, number + 1))
            page = article_html(number).replace(b"</head>", meta.encode() + b"</head>")
            if slug == "bao-khong-doc":
                page = page[: page.index(b"<h1>")] + b"</body></html>"
            server.answers[path(number)] = Answer(body=page)
            world.add_site(slug, server, keys=keep)
        done = world.run("crawl")

    assert done.returncode == 1, done.stdout
    texts = {"bao-khong-doc": 0} | dict(world.rows("SELECT site, body IS NOT NULL FROM articles"))
    bodies = dict(world.rows("SELECT site, sha256 IS NOT NULL FROM pages", file="pages.db"))
    assert texts == bodies == {slug: is_kept for slug, (_, _, is_kept) in sites.items()}
    assert len(world.rows("SELECT * FROM bodies", file="pages.db")) == 2


def test_the_listing_speaks_where_the_page_is_silent(server: Server, world: World) -> None:
    publish(server, range(1))
    page = re.sub(rb"<meta property[^>]*>", b"", article_html(0))
    server.answers[path(0)] = Answer(body=page)
    world.add_site("bao-thu", server, listings=FEED + 'section = "Năng lượng"\n')

    world.run("crawl")

    (article,) = world.rows("SELECT * FROM articles")
    assert (article["published_at"], article["published_from"]) == (
        "2026-03-01T08:00:00+07:00",
        "listing",
    )
    assert article["section"] == "Năng lượng"


def test_an_article_that_moved_is_kept_once_under_its_new_address(
    server: Server, world: World
) -> None:
    publish(server, range(1))
    server.answers[path(0)] = Answer(status=301, headers={"Location": path(5)}, validators=False)
    server.answers[path(5)] = Answer(body=article_html(5))
    world.add_site("bao-thu", server)

    assert world.run("crawl").returncode == 0
    assert [r["url"] for r in world.rows("SELECT url FROM articles")] == [
        server.home.rstrip("/") + path(5)
    ]
    assert world.states() == {path(0): "done", path(5): "done"}
    server.hits.clear()
    publish(server, range(6))
    world.run("crawl", "--limit", "4")
    assert path(5) not in server.paths()
