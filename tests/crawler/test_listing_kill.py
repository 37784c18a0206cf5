"""A run that ends between two pages of a listing must not forget the pages behind."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from tests.crawler.paper import World, article_html, path
from tests.crawler.server import Answer, Server

PAGED = """[[listings]]
kind = "headlines"
url = "{home}tin/?trang={page}"
pages = 20
items = "li"
link = "a@href"
"""


def print_pages(server: Server, numbers: Sequence[int], *, slow: int = 0) -> None:
    """Pages of ten headlines each, in the order of the numbers; one of them may be slow."""
    for number in numbers:
        server.answers[path(number)] = Answer(body=article_html(number))
    for page, first in enumerate(range(0, len(numbers), 10), start=1):
        lines = "".join(
            f'<li><a href="{path(number)}">Bản tin số {number}</a></li>'
            for number in numbers[first : first + 10]
        )
        body = f'<html lang="vi"><body><ul>{lines}</ul></body></html>'.encode()
        delay = 30.0 if page == slow else 0.0
        server.answers[f"/tin/?trang={page}"] = Answer(body=body, delay=delay)


def kill_after(world: World, server: Server, hit: str) -> None:
    process = world.start("crawl")
    while hit not in server.paths():
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.communicate()


def test_the_pages_behind_a_kill_are_asked_by_the_next_run(server: Server, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add_site("bao-thu", server, listings=PAGED)
    print_pages(server, range(60), slow=3)
    kill_after(world, server, "/tin/?trang=3")
    assert world.value("SELECT count(*) FROM frontier") == 20
    # Meanwhile twelve more are printed, which move the others to later pages.
    print_pages(server, [*range(60, 72), *range(60)])

    done = world.run("crawl")

    assert done.returncode == 0, done.stderr
    assert world.value("SELECT count(*) FROM articles") == 72
    assert world.value("SELECT count(*) FROM asks") == 0


def test_a_page_of_a_listing_that_fails_is_asked_again_but_not_for_ever(
    server: Server, tmp_path: Path
) -> None:
    world = World(tmp_path)
    world.add_site("bao-thu", server, listings=PAGED)
    print_pages(server, range(40))
    server.answers["/tin/?trang=3"] = Answer(status=400)
    assert world.run("crawl").returncode == 1
    assert world.value("SELECT tries FROM asks") == 1
    for _ in range(4):
        assert world.run("crawl").returncode == 1

    assert world.value("SELECT count(*) FROM asks") == 0
    assert world.run("crawl").returncode == 0
