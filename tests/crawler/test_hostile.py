"""Servers that mean harm or are ill: what they send is refused, counted and told."""

from __future__ import annotations

import gzip
import time
import zlib
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import pytest
from twisted.internet.error import DNSLookupError

from crawler.guards import _only_public, private_names
from tests.crawler.paper import World, article_html, feed, path, publish
from tests.crawler.server import Answer, Server


def redirect(to: str) -> Answer:
    return Answer(status=302, headers={"Location": to}, validators=False)


def endless(socket: Any) -> None:
    for _ in range(4000):
        socket.write(b"<p>" + b"x" * 8000)


def dripping(socket: Any) -> None:
    socket.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        socket.write(b"x")
        socket.flush()
        time.sleep(0.1)


PACKED = {"Content-Encoding": "gzip"}
BOMB = zlib.compressobj(9, wbits=31)
BOMB_BODY = b"".join([BOMB.compress(b"\0" * 1_000_000) for _ in range(100)]) + BOMB.flush()


def hostile_answers(other: Server) -> dict[int, tuple[Answer, str, str]]:
    """By article: the answer, the state it ends in, a word of the reason."""
    page = article_html(99)
    return {
        0: (redirect(other.home.rstrip("/") + path(0)), "refused", "private address"),
        1: (redirect("http://169.254.169.254/latest/meta-data/"), "refused", "private address"),
        2: (redirect("http://0x7f000001:9/"), "refused", "private address"),
        3: (redirect("http://[::1]:9/"), "refused", "private address"),
        4: (redirect("file:///etc/passwd"), "failed", "302"),
        5: (redirect(path(5)), "failed", "redirect"),
        6: (Answer(body=BOMB_BODY, headers=PACKED), "failed", "unpacks to more"),
        7: (Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n", stream=endless), "failed", "larger than"),
        8: (Answer(body=gzip.compress(page)[:-60], headers=PACKED), "failed", "cut short"),
        9: (
            Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + page),
            "failed",
            "ends before",
        ),
        10: (
            Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + page),
            "failed",
            "cut",
        ),
        11: (Answer(raw=b"rubbish\r\n\r\n"), "failed", "broke"),
        12: (Answer(stream=dripping), "failed", "in time"),
        13: (Answer(body=b"%PDF-1.7 " + b"x" * 500), "failed", "PDF"),
        14: (Answer(body=b""), "failed", "empty"),
        15: (
            Answer(body=b"<div " + b"".join(b"a%d=1 " % n for n in range(60_000)) + b"></div>"),
            "failed",
            "attributes",
        ),
        16: (Answer(status=500), "failed", "500"),
        17: (Answer(status=404), "gone", "404"),
        18: (redirect("/"), "gone", "its home page"),
    }


def kinder_answers() -> dict[int, Answer]:
    """A wrong charset in the header, gzip that is plain text, a redirect to another article."""
    return {
        30: Answer(
            body=article_html(30), headers={"Content-Type": "text/html; charset=windows-1258"}
        ),
        31: Answer(body=article_html(31), headers=PACKED),
        32: Answer(body=gzip.compress(article_html(32)), headers=PACKED),
        33: redirect(path(34)),
        34: Answer(body=article_html(34)),
    }


def test_each_hostile_answer_ends_in_its_own_counted_outcome(server: Server, world: World) -> None:
    other = Server()
    with other:
        publish(other, range(1))
        hostile, kinder = hostile_answers(other), kinder_answers()
        server.answers["/"] = Answer(body=b"<html><h1>Trang nhat</h1></html>")
        good = dict.fromkeys(range(40, 60))
        numbers = [n for pair in zip([*hostile, *kinder], good, strict=False) for n in pair]
        for number in good:
            server.answers[path(number)] = Answer(body=article_html(number))
        for number, (answer, _, _) in hostile.items():
            server.answers[path(number)] = answer
        server.answers |= {path(number): answer for number, answer in kinder.items()}
        links = "".join(f'<a href="{path(n)}">Bản tin số {n}</a>' for n in [*numbers, *kinder])
        server.answers["/moi"] = Answer(body=f"<html>{links}</html>".encode())
        listings = '[[listings]]\nkind = "headlines"\nurl = "{home}moi"\n'
        world.add_site("bao-thu", server, listings=listings, timeout=2)

        done = world.run("crawl")

        assert not other.hits
    rows = {"/" + r["url"].split("/", 3)[3]: r for r in world.rows("SELECT * FROM frontier")}
    wrong = {
        n: (rows[path(n)]["state"], rows[path(n)]["reason"])
        for n, (_, state, word) in hostile.items()
        if rows[path(n)]["state"] != state or word not in (rows[path(n)]["reason"] or "")
    }
    assert wrong == {}
    assert "Traceback" not in done.stderr
    assert {rows[path(n)]["state"] for n in [*kinder, *good] if path(n) in rows} <= {
        "done",
        "unchanged",
    }
    bodies = [r["body"] for r in world.rows("SELECT body FROM articles")]
    assert bodies
    assert all("Bộ Công Thương cho biết" in body for body in bodies)
    (row,) = world.rows("SELECT * FROM run_sites")
    ends = ("new", "revised", "unchanged", "failed", "refused", "gone")
    assert row["asked"] == sum(row[end] for end in ends) == len(rows)


def test_robots_txt_that_cannot_be_had_closes_a_host_and_one_that_is_missing_does_not(
    world: World,
) -> None:
    statuses = (500, 503, 429, 401, 403, 404)
    with ExitStack() as stack:
        servers = {status: stack.enter_context(Server()) for status in statuses}
        for status, server in servers.items():
            publish(server, range(2))
            server.answers["/robots.txt"] = Answer(status=status)
            world.add_site(f"bao-{status}", server)

        done = world.run("crawl")

    closed = {
        status for status, server in servers.items() if set(server.paths()) == {"/robots.txt"}
    }
    assert closed == {500, 503, 429}
    assert f"robots.txt of {servers[503].host} answers 503" in done.stdout
    assert done.returncode == 1
    assert world.value("SELECT count(*) FROM articles") == 6


def test_robots_txt_is_obeyed_and_its_delay_too(server: Server, world: World) -> None:
    publish(server, range(4))
    rules = (
        f"User-agent: moit-news\nDisallow: {path(1)}\nCrawl-delay: 0.5\n" + "# filler\n" * 100_000
    )
    server.answers["/robots.txt"] = Answer(
        body=rules.encode(), headers={"Content-Type": "text/plain"}
    )
    world.add_site("bao-thu", server)

    done = world.run("crawl")

    assert done.returncode == 0
    assert world.states()[path(1)] == "refused"
    assert path(1) not in server.paths()
    times = [hit.at for hit in server.hits if hit.path != "/robots.txt"]
    assert min(b - a for a, b in pairwise(times)) > 0.24  # half of it, for the jitter


def test_a_host_that_asks_for_quiet_is_left_alone_in_this_run_and_the_next(
    server: Server, world: World
) -> None:
    publish(server, range(9))
    server.answers[path(6)] = Answer(status=429, headers={"Retry-After": "7200"})
    world.add_site("bao-thu", server)

    done = world.run("crawl")

    assert done.returncode == 1
    assert "asks for 2:00:00 of quiet" in done.stdout
    states = world.states()
    assert [n for n in range(9) if states[path(n)] == "done"] in ([7, 8], [5, 7, 8])
    assert {states[path(n)] for n in range(5)} == {"due"}
    reasons = {r["reason"] for r in world.rows("SELECT reason FROM frontier WHERE state = 'due'")}
    assert all("429" in reason for reason in reasons)
    server.hits.clear()
    again = world.run("crawl")
    assert server.hits == []
    assert "left alone until" in again.stdout


def test_a_short_retry_after_is_waited_for_and_the_crawl_goes_on(
    server: Server, world: World
) -> None:
    publish(server, range(4))
    server.answers[path(2)] = Answer(status=503, headers={"Retry-After": "2"})
    world.add_site("bao-thu", server)

    world.run("crawl")

    times = {hit.path: hit.at for hit in server.hits}
    assert times[path(0)] - times[path(2)] > 1.9
    assert world.states() == {path(3): "done", path(2): "due", path(1): "done", path(0): "done"}


def test_three_refusals_in_a_row_stop_the_asking(server: Server, world: World) -> None:
    publish(server, range(9))
    for number in range(8):
        server.answers[path(number)] = Answer(status=403)
    world.add_site("bao-thu", server)

    done = world.run("crawl")

    assert done.returncode == 1
    assert len([p for p in server.paths() if "ban-tin" in p]) in (4, 5)
    assert "answered 403, 3 times in a row" in done.stdout


def test_a_silent_host_ends_with_nothing_usable(world: World) -> None:
    with Server() as server:
        world.add_site("bao-thu", server)
    done = world.run("crawl")  # nobody listens on that port any more

    assert done.returncode == 3
    assert "cannot be had" in done.stdout


def test_a_private_address_that_no_site_names_is_not_asked_whoever_types_it(
    world: World, server: Server
) -> None:
    done = world.run("crawl", "--url", server.home + "tin/a.html")

    assert done.returncode == 2
    assert "only a site file may name such" in done.stderr
    assert server.hits == []


def test_a_name_that_leads_into_the_private_network_gets_no_address() -> None:
    with pytest.raises(DNSLookupError, match="private address"):
        _only_public("192.168.1.1", "bao-la.vn")
    assert _only_public("8.8.8.8", "bao-khac.vn") == "8.8.8.8"
    assert private_names == {"bao-la.vn"}


def test_an_address_of_no_known_site_is_read_as_any_page_and_a_proxy_finds_its_host(
    world: World, server: Server
) -> None:
    address = "http://bao-la.vn/2026/ban-tin.html"
    server.answers[address] = Answer(body=article_html(3))
    server.answers["http://bao-la.vn/robots.txt"] = Answer(body=b"", status=404)

    done = world.run("crawl", "--url", address, http_proxy=server.home)

    assert done.returncode == 0, done.stdout
    assert server.paths() == ["http://bao-la.vn/robots.txt", address]
    (article,) = world.rows("SELECT * FROM articles")
    assert (article["site"], article["title"]) == ("bao-la-vn", "Quản lý thị trường: bản tin số 3")


def test_a_feed_that_expands_entities_names_only_what_it_says(server: Server, world: World) -> None:
    publish(server, range(1))
    evil = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
    <!ENTITY x SYSTEM "file:///etc/passwd">]>"""
    body = feed(range(1), server.home).replace(b'<?xml version="1.0"?>', evil)
    server.answers["/feed.rss"] = Answer(body=body.replace(b"<title>", b"<title>&x;&b;"))
    world.add_site("bao-thu", server)

    assert world.run("crawl").returncode == 0
    title = world.value("SELECT listed_title FROM frontier")
    assert isinstance(title, str)
    assert "root:" not in title
    assert "haha" not in title
