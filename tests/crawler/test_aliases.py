"""The aliases of a URL in the frontier, without a network."""

from pathlib import Path

import pytest

from archive.address_rules import AddressRules
from archive.store import Archive
from crawler import aliases
from crawler.frontier import Frontier
from crawler.listings import Link, Window
from tests.archive.news import SEEN, new_archive

HOME = "https://bo.example.vn"
RULES = AddressRules(
    home=HOME, hosts=("bo.example.vn",), ids=(r"^[^?]+-(\d+)\.html$",), articles=(r"/tin/",)
)
WINDOW = Window(now=SEEN)
VALUES = {
    **dict.fromkeys(("site", "key", "url", "to", "reason", "now", "wanted"), "x"),
    "article_id": 1,
}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = new_archive(tmp_path)
    archive.addresses.put_rules("bo-vn", RULES)
    return archive


def add(archive: Archive, *paths: str) -> int:
    frontier = Frontier(archive, site="bo-vn", run_id=1)
    return frontier.add([Link(url=HOME + path) for path in paths], found_on="x", window=WINDOW)


def states(archive: Archive) -> dict[str, str]:
    rows = archive.connection.execute("SELECT url, state FROM frontier ORDER BY url")
    return {row["url"].removeprefix(HOME): row["state"] for row in rows}


def test_of_the_links_with_one_id_the_first_is_due_and_only_it_counts_as_new(
    archive: Archive,
) -> None:
    assert add(archive, "/tin/gao-7.html", "/tin/lua-7.html", "/tin/lua-8.html") == 2
    assert add(archive, "/tin/thoc-7.html", "/tin/lua-7.html") == 0
    assert states(archive) == {
        "/tin/gao-7.html": "due",
        "/tin/lua-7.html": "ignored",
        "/tin/lua-8.html": "due",
        "/tin/thoc-7.html": "ignored",
    }


@pytest.mark.parametrize("state", ["gone", "failed", "refused"])
def test_a_link_whose_known_address_is_dead_or_closed_is_due(archive: Archive, state: str) -> None:
    add(archive, "/tin/gao-7.html")
    archive.connection.execute("UPDATE frontier SET state = ?", (state,))

    assert add(archive, "/tin/lua-7.html") == 1
    assert states(archive) == {"/tin/gao-7.html": state, "/tin/lua-7.html": "due"}


def test_an_alias_is_asked_when_its_address_is_lost_and_one_that_stands_keeps_it_back(
    archive: Archive,
) -> None:
    add(archive, "/tin/gao-7.html", "/tin/lua-7.html")
    of_site = aliases.Aliases(archive, "bo-vn")

    assert not of_site.is_lost(HOME + "/tin/lua-7.html", SEEN)
    assert states(archive)["/tin/gao-7.html"] == "due"
    assert not of_site.is_lost(HOME + "/tin/gao-7.html", SEEN)
    assert states(archive)["/tin/lua-7.html"] == "due"
    archive.connection.execute("UPDATE frontier SET state = 'gone'")
    assert of_site.is_lost(HOME + "/tin/lua-7.html", SEEN)
    assert of_site.is_lost(HOME + "/tin/never-seen-9.html", SEEN)


@pytest.mark.parametrize("name", ["_STANDING", "_STANDS", "_NEXT", "_STEP_BACK", "_LISTED"])
def test_no_question_about_aliases_reads_the_whole_frontier(archive: Archive, name: str) -> None:
    sql = "EXPLAIN QUERY PLAN " + getattr(aliases, name)
    plan = [row["detail"] for row in archive.connection.execute(sql, VALUES)]

    assert plan
    assert [step for step in plan if step.startswith("SCAN")] == []
