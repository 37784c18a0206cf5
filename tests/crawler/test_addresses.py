"""One article under many addresses: asked once, kept once, found by each of them."""

from __future__ import annotations

import re

import pytest

from tests.crawler.paper import World, article_html
from tests.crawler.server import Answer, Server

LISTINGS = '[[listings]]\nkind = "headlines"\nurl = "{home}"\n'
ADDRESS = """
[address]
hosts = ["localhost:{port}"]
paths = {{ "/amp/*" = "/*" }}
query = []
id = '^[^?]+-(\\d+)\\.html$'
"""


def add_site(world: World, server: Server, *, address: str = ADDRESS) -> None:
    table = address.format(port=server.host.partition(":")[2])
    world.add_site("bao-thu", server, listings=LISTINGS + table)
    file = world.sites / "bao-thu.toml"
    text = file.read_text().replace("'/tin/[a-z0-9-]+\\.html$'", "'/tin/[a-z0-9/-]+\\.html$'")
    file.write_text(text)


def list_links(server: Server, *links: str) -> None:
    anchors = "".join(f'<p><a href="{link}">Bản tin</a></p>' for link in links)
    server.answers["/"] = Answer(body=f"<html><body>{anchors}</body></html>".encode())


def asked(server: Server) -> list[str]:
    """The articles that were asked since the last call."""
    found = [path for path in server.paths() if path.startswith("/tin/")]
    server.hits.clear()
    return found


def with_canonical(body: bytes, address: str) -> bytes:
    return body.replace(b"<head>", f'<head><link rel="canonical" href="{address}">'.encode())


def test_an_article_that_a_listing_names_by_four_addresses_is_asked_once(
    server: Server, world: World
) -> None:
    mobile = server.home.replace("127.0.0.1", "localhost")
    list_links(
        server,
        "/tin/gia-gao-7.html?utm_source=zalo",
        f"{mobile}tin/gia-gao-7.html",
        "/amp/tin/gia-gao-7.html?ref=home",
        "/tin/kinh-te/gia-gao-tang-7.html",
    )
    for path in ("/tin/gia-gao-7.html", "/tin/kinh-te/gia-gao-tang-7.html"):
        server.answers[path] = Answer(body=article_html(7))
    add_site(world, server)

    done = world.run("crawl")

    assert done.returncode == 0, done.stderr
    assert asked(server) == ["/tin/gia-gao-7.html"]
    assert world.value("SELECT count(*) FROM articles") == 1
    assert world.states() == {
        "/tin/gia-gao-7.html": "done",
        "/tin/kinh-te/gia-gao-tang-7.html": "ignored",
    }
    assert world.adds_up()
    for ref in (
        f"{mobile}amp/tin/gia-gao-7.html",
        f"{server.home}tin/kinh-te/gia-gao-tang-7.html?fbclid=1",
        f"{server.home}tin/ten-chua-ai-thay-7.html",
    ):
        shown = world.run("show", ref)
        assert "bản tin số 7" in shown.stdout, ref
        told = world.run("why", ref).stdout
        assert re.search(r"article \d+: .*bản tin số 7", told)
        assert "also at" in told
    world.run("crawl")
    assert asked(server) == []


def test_a_moved_article_stays_one_with_its_old_address_and_no_version(
    server: Server, world: World
) -> None:
    list_links(server, "/tin/gia-gao-7.html")
    server.answers["/tin/gia-gao-7.html"] = Answer(body=article_html(7))
    add_site(world, server)
    world.run("crawl")
    old, new = "/tin/gia-gao-7.html", "/tin/thi-truong/gia-gao-tang-manh-7.html"
    server.answers[old] = Answer(status=301, headers={"Location": new})
    server.answers[new] = Answer(body=article_html(7))
    list_links(server, new)
    asked(server)

    done = world.run("crawl", "--url", server.home.rstrip("/") + old)

    assert done.returncode == 0, done.stderr
    assert asked(server) == [old, new]
    (row,) = world.rows("SELECT * FROM articles")
    assert row["url"].endswith(new)
    assert (row["version"], row["withdrawn_at"]) == (1, None)
    assert world.value("SELECT count(*) FROM versions") == 0
    world.run("crawl")
    assert asked(server) == []
    assert "bản tin số 7" in world.run("show", server.home.rstrip("/") + old).stdout


def test_an_old_address_that_is_gone_sends_us_to_the_new_one_and_withdraws_nothing(
    server: Server, world: World
) -> None:
    old, new = "/tin/gia-gao-7.html", "/tin/gia-gao-tang-7.html"
    list_links(server, old)
    server.answers[old] = Answer(body=article_html(7))
    add_site(world, server)
    world.run("crawl")
    list_links(server, new)
    world.run("crawl")
    assert world.states() == {old: "done", new: "ignored"}
    server.answers[old] = Answer(status=404)
    server.answers[new] = Answer(body=article_html(7, text="Bộ Công Thương đính chính số liệu."))
    asked(server)

    world.run("crawl", "--url", server.home.rstrip("/") + old)
    assert world.value("SELECT withdrawn_at FROM articles") is None
    assert world.states() == {old: "gone", new: "due"}
    world.run("crawl")

    assert asked(server) == [old, new]
    (row,) = world.rows("SELECT * FROM articles")
    assert (row["url"].endswith(new), row["version"], row["withdrawn_at"]) == (True, 2, None)
    assert world.value("SELECT count(*) FROM withdrawals") == 0
    server.answers[new] = Answer(status=404)
    world.run("crawl", "--url", server.home.rstrip("/") + new)
    assert world.value("SELECT withdrawn_at FROM articles") is not None


def test_a_slug_that_a_listing_names_after_the_old_one_was_gone_brings_the_article_back(
    server: Server, world: World
) -> None:
    old, new = "/tin/gia-gao-7.html", "/tin/gia-gao-tang-7.html"
    list_links(server, old)
    server.answers[old] = Answer(body=article_html(7))
    add_site(world, server)
    world.run("crawl")
    server.answers[old] = Answer(status=410)
    world.run("crawl", "--url", server.home.rstrip("/") + old)
    assert world.value("SELECT withdrawn_at FROM articles") is not None
    server.answers[new] = Answer(body=article_html(7))
    list_links(server, new)

    world.run("crawl")

    (row,) = world.rows("SELECT * FROM articles")
    assert (row["url"].endswith(new), row["version"], row["withdrawn_at"]) == (True, 1, None)


@pytest.mark.parametrize("address", [ADDRESS, ""], ids=["with ids", "without"])
def test_pages_that_name_a_wrong_address_as_canonical_stay_articles_of_their_own(
    server: Server, world: World, address: str
) -> None:
    paths = [f"/tin/ban-tin-{number}.html" for number in range(1, 5)]
    for number, path in enumerate(paths, 1):
        named = paths[0] if number % 2 else "/"
        server.answers[path] = Answer(body=with_canonical(article_html(number), named))
    list_links(server, *reversed(paths))
    add_site(world, server, address=address)

    done = world.run("crawl")

    assert done.returncode == 0, done.stderr
    rows = world.rows("SELECT url, title FROM articles ORDER BY url")
    assert [row["url"].rpartition("/tin/")[2] for row in rows] == [p[5:] for p in paths]
    assert [row["title"][-1] for row in rows] == ["1", "2", "3", "4"]
    assert world.value("SELECT count(*) FROM versions") == 0
    assert set(world.states().values()) == {"done"}


def test_redirects_in_a_ring_and_to_another_article_lose_nothing(
    server: Server, world: World
) -> None:
    one, two, ring = "/tin/mot-1.html", "/tin/hai-2.html", "/tin/vong-1.html"
    server.answers[one] = Answer(body=article_html(1))
    server.answers[two] = Answer(body=article_html(2))
    list_links(server, one, two)
    add_site(world, server)
    world.run("crawl")
    server.answers[one] = Answer(status=302, headers={"Location": ring})
    server.answers[ring] = Answer(status=302, headers={"Location": one})
    server.answers[two] = Answer(status=302, headers={"Location": "/tin/ba-3.html"})
    server.answers["/tin/ba-3.html"] = Answer(body=article_html(3))
    base = server.home.rstrip("/")

    world.run("crawl", "--url", base + one, "--url", base + two)

    assert world.states() == {one: "failed", two: "failed"}
    rows = world.rows("SELECT url, title, version, withdrawn_at FROM articles ORDER BY id")
    assert [(row["url"], row["version"]) for row in rows] == [(base + one, 1), (base + two, 1)]
    assert "which is another article" in world.run("why", base + two).stdout


def test_rules_that_come_later_take_the_doubles_out_of_the_queue(
    server: Server, world: World
) -> None:
    links = [f"/tin/{word}-{number}.html" for number in (1, 2) for word in ("gao", "lua", "thoc")]
    for number, link in enumerate(links):
        server.answers[link] = Answer(body=article_html(number // 3))
    list_links(server, *links)
    add_site(world, server, address="")
    world.run("crawl", "--limit", "1")
    add_site(world, server)
    asked(server)

    done = world.run("crawl")

    assert done.returncode == 0, done.stderr
    assert len(asked(server)) == 1
    assert sorted(world.states().values()) == ["done"] * 2 + ["ignored"] * 4
    assert world.value("SELECT count(*) FROM articles") == 2
    assert world.value("SELECT count(*) FROM addresses") == 6
