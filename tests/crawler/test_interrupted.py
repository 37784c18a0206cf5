"""Crawls that are killed or told to end: nothing is lost, nothing is stored twice."""

from __future__ import annotations

import signal
import time

import pytest

from archive.store import Archive
from crawler import batch
from tests.crawler.paper import World, path, publish
from tests.crawler.server import Server


@pytest.mark.parametrize("hits", [3, 12, 31])
def test_kill_9_loses_nothing_and_stores_nothing_twice(
    server: Server, world: World, hits: int
) -> None:
    publish(server, range(60))
    world.add_site("bao-thu", server, delay=0.004)

    process = world.start("crawl")
    while len(server.hits) < hits:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    done = world.run("crawl")

    assert done.returncode == 0, done.stderr
    assert world.value("SELECT count(*) FROM articles") == 60
    assert world.value("SELECT count(DISTINCT url) FROM articles") == 60
    assert set(world.states().values()) == {"done"}
    # robots.txt and feed twice, what was under way, and what had come but was not yet kept
    assert len(server.paths()) <= 60 + 4 + 2 + batch.MOST
    (row,) = world.rows("SELECT sum(asked) AS asked, sum(new) AS new FROM run_sites")
    assert row["asked"] == row["new"] == 60
    with Archive.open(world.data) as archive:
        assert archive.integrity() == []


def test_a_page_that_was_kept_before_the_kill_is_read_without_asking_again(
    server: Server, world: World
) -> None:
    publish(server, range(3))
    world.add_site("bao-thu", server)
    world.run("crawl")
    with Archive.open(world.data, write=True) as archive:  # as if killed before it was read
        url = server.home.rstrip("/") + path(1)
        archive.connection.execute(
            "UPDATE frontier SET state = 'fetching', article_id = NULL WHERE url = ?", (url,)
        )
    server.hits.clear()

    world.run("crawl")

    assert server.paths() == ["/robots.txt", "/feed.rss"]
    assert world.states()[path(1)] == "unchanged"
    assert world.value("SELECT count(*) FROM articles") == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_in_good_order(server: Server, world: World, number: int) -> None:
    publish(server, range(40))
    world.add_site("bao-thu", server, delay=0.2)

    process = world.start("crawl")
    while len(server.hits) < 6:  # robots.txt, the feed, some articles: it is under way
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)

    assert process.returncode == 0, err
    assert "bao-thu" in out
    assert set(world.states().values()) == {"done", "due"}
    assert world.rows("SELECT exit_code FROM runs")[0][0] == 0
    assert world.run("crawl", "--limit", "1").returncode == 0
