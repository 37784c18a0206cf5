"""What real crawls say they have watched."""

from __future__ import annotations

from tests.crawler.paper import TOPICS, World, article_html, path, publish, published
from tests.crawler.server import Answer, Server

STRETCHES = "SELECT since, until FROM stretches ORDER BY since"


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


def headlines(numbers: range, server: Server) -> Answer:
    """A page of headlines without any date, the newest first."""
    links = "".join(f'<h2><a href="{path(n)}">{TOPICS[0]} {n}</a></h2>' for n in reversed(numbers))
    return Answer(body=f"<html><body>{links}</body></html>".encode())


def print_pages(server: Server, newest: int) -> None:
    """Ten headlines a page, down to article 0."""
    for page, end in enumerate(range(newest, 0, -10), 1):
        numbers = range(end - 10, end)
        server.answers["/moi/" if page == 1 else f"/moi/trang-{page}"] = headlines(numbers, server)
        for number in numbers:
            server.answers[path(number)] = Answer(body=article_html(number))


def test_a_hole_behind_undated_headlines_is_filled_up_to_what_is_known(
    server: Server, world: World
) -> None:
    world.add_site(
        "bao-thu", server,
        listings='[[listings]]\nkind = "headlines"\nurl = "{home}moi/"\n'
        'next = "{home}moi/trang-{page}"\nitems = "h2"\nlink = "a@href"\npages = 1\n',
    )  # fmt: skip
    print_pages(server, 10)
    world.run("crawl")
    print_pages(server, 50)
    world.run("crawl")
    assert world.value("SELECT count(*) FROM articles") == 20
    days = ("--since", "2026-03-01", "--until", "2026-03-03")

    done = world.run("crawl", "bao-thu", "--fill-gaps", *days)

    assert done.returncode == 0, done.stderr
    assert world.value("SELECT count(*) FROM articles") == 50
    (stretch,) = world.rows(STRETCHES)
    assert stretch["since"] == published(1).isoformat()
    assert "/moi/trang-6" in server.paths()
    assert "/moi/trang-7" not in server.paths()


def test_the_next_look_at_undated_headlines_reaches_back_to_the_last(
    server: Server, world: World
) -> None:
    world.add_site(
        "bao-thu", server, listings='[[listings]]\nkind = "headlines"\nurl = "{home}moi/"\n'
        'items = "h2"\nlink = "a@href"\n',
    )  # fmt: skip
    print_pages(server, 10)
    world.run("crawl")
    (first,) = world.rows(STRETCHES)
    server.answers["/moi/"] = headlines(range(2, 12), server)
    server.answers[path(10)] = server.answers[path(11)] = Answer(body=article_html(10))
    world.run("crawl")

    assert first["since"] == first["until"]
    (stretch,) = world.rows(STRETCHES)
    assert stretch["since"] == first["since"]
    assert stretch["until"] > first["until"]
