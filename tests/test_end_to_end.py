"""The whole way, with the real command on the demo world: listing to search hit."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.world import Fate, Quirk, World
from tests.world.collected import Collected
from tests.world.compare import archived, rows, wrong_articles, wrong_states, wrong_stories
from tests.world.server import Request

README = Path(__file__).resolve().parent.parent / "README.md"


@dataclass
class Crawled(Collected):
    """A world and the data folder it was crawled into, with what the first crawl asked."""

    first: list[Request] = field(default_factory=list)
    first_code: int = -1
    first_table: str = ""

    def url(self, quirk: Quirk) -> str:
        return next(a.url for a in self.world.articles if a.quirk is quirk)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with World.serve() as world:
        made = Crawled.of(world, tmp_path_factory)
        done = made.moit_news("crawl")
        made.first_code, made.first_table = done.returncode, done.stdout
        made.first = world.requests
        yield made


def transcripts(command: str) -> list[tuple[str, str]]:
    """The commands of that name in README.md, each with the output that stands under it."""
    blocks = re.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    shown = re.findall(r"^\$ (moit-news \w+[^\n]*)\n(.*?)(?=^\$|\Z)", "".join(blocks), re.M | re.S)
    return [(words, output) for words, output in shown if words.split()[1] == command]


def without_ports(text: str) -> str:
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text).strip()


def test_the_searches_of_the_readme_print_what_stands_there(crawled: Crawled) -> None:
    shown = transcripts("search")
    assert shown
    for words, output in shown:
        found = crawled.moit_news(*shlex.split(words)[1:])
        assert without_ports(found.stdout) == without_ports(output)


def test_the_crawl_of_the_readme_prints_what_stands_there(crawled: Crawled) -> None:
    ((_, table),) = transcripts("crawl")
    assert table.strip() == crawled.first_table.strip()


def test_the_first_crawl_ends_well(crawled: Crawled) -> None:
    assert crawled.first_code == 0


def test_every_readable_article_is_archived_as_it_was_printed(crawled: Crawled) -> None:
    assert wrong_articles(crawled.folder, crawled.world.articles) == {}
    assert len(archived(crawled.folder)) == len(crawled.world.readable())


def test_pages_that_give_no_article_end_in_the_state_of_their_fate(crawled: Crawled) -> None:
    assert wrong_states(crawled.folder, crawled.world.articles) == {}


def test_each_reprint_is_a_copy_of_what_it_repeats_and_nothing_else_is(crawled: Crawled):
    assert wrong_stories(crawled.folder, crawled.world.articles) == {}


def test_each_failed_gone_or_refused_page_has_its_reason(crawled: Crawled) -> None:
    told = rows(crawled.folder, "SELECT * FROM frontier WHERE state NOT IN ('done', 'unchanged')")
    assert len(told) == len([a for a in crawled.world.articles if a.fate is not Fate.READ])
    assert all(row["reason"] for row in told)


def test_the_numbers_of_the_run_add_up(crawled: Crawled) -> None:
    (run,) = rows(
        crawled.folder,
        "SELECT sum(asked) AS asked, sum(new) AS new, sum(revised) AS revised,"
        " sum(unchanged) AS unchanged, sum(failed) AS failed, sum(refused) AS refused,"
        " sum(gone) AS gone FROM run_sites WHERE run_id = 1",
    )
    ends = sum(run[name] for name in ("new", "revised", "unchanged", "failed", "refused", "gone"))
    assert run["asked"] == ends == len(crawled.world.articles)
    assert run["new"] == len(crawled.world.readable())


def test_robots_txt_is_asked_first_and_obeyed_and_one_request_at_a_time(crawled: Crawled) -> None:
    for port in crawled.world.ports:
        asked = [request for request in crawled.first if request.port == port]
        assert asked[0].path == "/robots.txt"
        assert max(request.open for request in asked) == 1
        assert not [request for request in asked if request.path.startswith("/noi-bo/")]
        assert all("moit-news" in request.user_agent for request in asked)


def test_nothing_is_fetched_twice_in_one_crawl(crawled: Crawled) -> None:
    paths = {article.path for article in crawled.world.readable()}
    asked = [(r.port, r.path) for r in crawled.first if r.path in paths]
    assert len(asked) == len(set(asked)) == len(paths)


@pytest.mark.parametrize("query", ["điện lực", "dien luc", "DIEN LUC", '"điện lực"'])
def test_search_finds_the_same_articles_with_and_without_accents(
    crawled: Crawled, query: str
) -> None:
    found = crawled.moit_news("search", query, "--all", "--limit", "1000", "--json")
    assert found.returncode == 0, found.stderr
    urls = {hit["url"] for hit in json.loads(found.stdout)}
    holding = {
        a.url
        for a in crawled.world.readable()
        if "điện lực" in f"{a.title}\n{a.lead}\n{a.text}".lower()
    }
    assert holding
    assert holding <= urls


def test_a_document_number_finds_just_the_articles_that_name_it(crawled: Crawled) -> None:
    article = next(a for a in crawled.world.readable() if "/2026/TT-BCT" in a.title)
    number = article.title.split("số ")[1].split()[0].rstrip(":")
    found = crawled.moit_news("search", number, "--json", "--limit", "100")
    naming = {a.url for a in crawled.world.readable() if number in f"{a.title}\n{a.lead}\n{a.text}"}
    assert {hit["url"] for hit in json.loads(found.stdout)} == naming


def test_show_prints_the_article(crawled: Crawled) -> None:
    article = next(a for a in crawled.world.readable() if not a.copy_of)
    shown = crawled.moit_news("show", article.url)
    words = " ".join(shown.stdout.split())
    assert shown.returncode == 0
    assert article.title in words
    assert article.blocks[0].text in words


def test_a_second_crawl_fetches_no_article_and_hardly_a_byte(crawled: Crawled) -> None:
    crawled.world.forget_requests()
    again = crawled.moit_news("crawl")
    paths = {article.path for article in crawled.world.readable()}
    asked = crawled.world.requests
    assert again.returncode == 0, again.stderr
    assert [r.path for r in asked if r.path in paths] == []
    assert sum(r.size for r in asked) < sum(r.size for r in crawled.first) / 100


def test_edition_2_brings_new_articles_a_revised_and_a_withdrawn_one(crawled: Crawled) -> None:
    before = archived(crawled.folder)
    corrected, withdrawn = crawled.url(Quirk.CORRECTED), crawled.url(Quirk.WITHDRAWN)
    crawled.world.turn_to(2)
    assert crawled.moit_news("crawl").returncode == 0
    crawled.moit_news("crawl", "--url", corrected, "--url", withdrawn)
    after = archived(crawled.folder)
    assert len(after) == len(before) + 9
    assert wrong_articles(crawled.folder, crawled.world.articles) == {}
    assert after[corrected]["version"] == 2
    (old,) = rows(
        crawled.folder, "SELECT * FROM versions WHERE article_id = ?", after[corrected]["id"]
    )
    assert old["body"] == before[corrected]["body"]
    assert after[withdrawn]["withdrawn_at"]
    assert after[withdrawn]["body"] == before[withdrawn]["body"]
