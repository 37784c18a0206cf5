"""What papers do with articles afterwards, from their servers to what `diff` and `why` tell."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.world import Happening, Quirk, World
from tests.world.collected import Collected
from tests.world.compare import rows
from tests.world.happenings import moved
from tests.world.plan import DAILY, PORTAL, WEEKLY


@dataclass
class Told(Collected):
    """A small world that was crawled, changed, crawled, put back and crawled again."""

    urls: dict[str, str] = field(default_factory=dict)
    away: dict[str, str] = field(default_factory=dict)

    def ask(self) -> None:
        self.says("crawl", *(part for url in self.urls.values() for part in ("--url", url)))

    def article(self, name: str) -> dict[str, object]:
        (row,) = rows(self.folder, "SELECT * FROM articles WHERE url = ?", self.urls[name])
        return row


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with World.serve(per_paper=24) as world:
        told = Told.of(world, tmp_path_factory)
        told.says("crawl")
        for name, paper, happening in HAPPENED:
            told.urls[name] = pick(told, paper)
            world.let(told.urls[name], happening)
        told.ask()
        told.away = {name: told.says("why", told.urls[name]) for name in AWAY}
        for name in AWAY:
            world.let(told.urls[name], None)
        told.ask()
        yield told


HAPPENED = (
    ("corrected", PORTAL, Happening.CORRECTED),
    ("retouched", PORTAL, Happening.RETOUCHED),
    ("retouched daily", DAILY, Happening.RETOUCHED),
    ("moved", DAILY, Happening.MOVED),
    ("gone", WEEKLY, Happening.WITHDRAWN),
    ("home", DAILY, Happening.SENT_HOME),
    ("soft", PORTAL, Happening.SOFT_404),
    ("soft weekly", WEEKLY, Happening.SOFT_404),
)
REASONS = {
    "gone": "the site answers 410: the page is not there",
    "home": "the site redirects to its home page",
    "soft": "the page says: Bài viết không tồn tại hoặc đã bị gỡ bỏ",
    "soft weekly": "the page says: Bài viết không tồn tại hoặc đã bị gỡ bỏ",
}
AWAY = tuple(REASONS)


def pick(told: Told, paper: str) -> str:
    """An article that has nothing odd about it and to which nothing has happened."""
    used = set(told.urls.values())
    plain = (a for a in told.world.articles if a.paper == paper and a.quirk is Quirk.NONE)
    free = (a for a in plain if a.url not in used and "/ban-moi-" not in a.url)
    return next(a.url for a in free if not a.copy_of)


def test_a_correction_is_a_version_and_diff_tells_its_words(told: Told) -> None:
    shown = told.says("diff", told.urls["corrected"])
    changed = told.world.article(told.urls["corrected"])
    assert told.article("corrected")["version"] == 2
    assert told.article("corrected")["body"] == changed.text
    assert "1 changed, 1 added" in shown
    assert "+ Đính chính:" in shown
    as_json = json.loads(told.says("diff", told.urls["corrected"], "--json"))
    assert as_json["words"]["removed"] == 1
    first = told.says("show", told.urls["corrected"], "--version", "1")
    assert "Đính chính:" not in first


def test_what_the_correction_took_back_is_found_in_the_versions(told: Told) -> None:
    changed = json.loads(told.says("diff", told.urls["corrected"], "--json"))
    block = next(block for block in changed["blocks"] if block["edit"] == "changed")
    before, gone = [span["text"] for span in block["spans"] if span["edit"] != "added"][:2]
    phrase = " ".join([*before.split()[-3:], gone.strip()])
    found = json.loads(told.says("search", "--versions", f'"{phrase}"', "--json"))
    assert [(hit["url"], hit["version"]) for hit in found] == [(told.urls["corrected"], 1)]


@pytest.mark.parametrize("name", ["retouched", "retouched daily"])
def test_another_make_up_of_the_page_is_no_version(told: Told, name: str) -> None:
    article = told.article(name)
    assert article["version"] == 1
    sql = "SELECT page_id FROM outcomes WHERE url = ? AND status = 200"
    first, second = (row["page_id"] for row in rows(told.folder, sql, article["url"]))
    assert first != second


@pytest.mark.parametrize("name", AWAY)
def test_what_is_taken_away_is_withdrawn_with_its_reason(told: Told, name: str) -> None:
    (away,) = rows(
        told.folder, "SELECT * FROM withdrawals WHERE article_id = ?", told.article(name)["id"]
    )
    assert away["reason"] == REASONS[name]
    assert f"gone: {REASONS[name]}" in told.away[name]
    assert "withdrawn by the site" in told.away[name]


@pytest.mark.parametrize("name", AWAY)
def test_what_is_shown_again_is_back_with_all_of_it(told: Told, name: str) -> None:
    article = told.article(name)
    (away,) = rows(told.folder, "SELECT * FROM withdrawals WHERE article_id = ?", article["id"])
    assert article["withdrawn_at"] is None
    assert away["returned_at"] > away["withdrawn_at"]
    assert (article["version"], article["body"]) == (1, told.world.article(told.urls[name]).text)
    shown = told.says("why", told.urls[name])
    assert "is shown again; it was away since" in shown
    assert "shown again, seen" in told.says("show", told.urls[name])


def test_an_article_that_moved_is_one_article_under_both_addresses(told: Told) -> None:
    old = told.urls["moved"]
    new = told.world.papers[1].homepage.rstrip("/") + moved(urlsplit(old).path)
    before, after = (json.loads(told.says("show", url, "--json")) for url in (old, new))
    assert before == after
    assert (after["url"], after["version"], after["withdrawn_at"]) == (new, 1, None)
    assert told.says("why", old).splitlines()[0] == old
    titles = rows(told.folder, "SELECT id FROM articles WHERE title = ?", after["title"])
    assert len(titles) == 1


def test_a_sitemaps_word_makes_a_known_article_due(told: Told) -> None:
    url = pick(told, DAILY)
    told.urls["listed"] = url
    back_two_days(told.folder)
    told.world.let(url, Happening.CORRECTED)
    told.world.forget_requests()
    told.says("crawl", DAILY)
    asked = {request.path for request in told.world.requests}
    named = {a.path for a in told.world.articles if a.paper == DAILY}
    changed = (told.world.article(one).path for one in (url, told.urls["retouched daily"]))
    assert asked & named == set(changed)
    assert told.article("listed")["version"] == 2
    (row,) = rows(told.folder, "SELECT listed_changed FROM frontier WHERE url = ?", url)
    assert row["listed_changed"]


def back_two_days(folder: Path) -> None:
    """Lets the looks so far have been two days ago: an hour must lie between two."""
    connection = sqlite3.connect(folder / "archive.db")
    with connection:
        connection.execute(
            "UPDATE frontier SET answered_at = strftime('%Y-%m-%dT%H:%M:%S+07:00',"
            " answered_at, '+7 hours', '-2 days')"
        )
    connection.close()
