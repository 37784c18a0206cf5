"""What real crawls say they have watched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.paper import World, publish, published
from tests.crawler.server import Answer, Server

STRETCHES = "SELECT since, until FROM stretches ORDER BY since"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def started(world: World, run: int) -> str:
    return str(world.value(f"SELECT started_at FROM runs WHERE id = {run}"))[:16]


def test_a_feed_was_watched_from_its_oldest_article_to_the_last_look(
    server: Server, world: World
) -> None:
    publish(server, range(12))
    world.add_site("bao-thu", server)
    world.run("crawl")
    world.run("crawl")  # the same bytes again

    (stretch,) = world.rows(STRETCHES)
    assert stretch["since"] == published(1).isoformat()
    assert stretch["until"][:16] >= started(world, 2)


def test_what_fell_off_a_feed_between_two_looks_is_a_hole(server: Server, world: World) -> None:
    publish(server, range(12))
    world.add_site("bao-thu", server)
    world.run("crawl")
    # As if the first look lay in March, and the second months later.
    world.execute("UPDATE stretches SET until = ?", (published(11).isoformat(),))
    publish(server, range(40, 52))
    world.run("crawl")

    first, second = world.rows(STRETCHES)
    assert first["until"] == published(11).isoformat()
    assert second["since"] == published(41).isoformat()


def test_a_listing_that_fails_is_named_and_was_not_watched(server: Server, world: World) -> None:
    server.answers["/feed.rss"] = Answer(status=500)
    world.add_site("bao-thu", server)
    world.run("crawl")

    assert world.value("SELECT count(*) FROM watched_listings") == 1
    assert world.rows(STRETCHES) == []
