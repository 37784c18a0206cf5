"""Holes are filled: the real command goes back over days that nobody watched."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from archive.models import VIETNAM
from tests.world import World
from tests.world.collected import Collected
from tests.world.compare import archived, rows, wrong_articles

PORTAL, DAILY, WEEKLY = "cong-thuong-mau", "thi-truong-mau", "kinh-te-mau"
GAP = (dt.date(2026, 9, 1), dt.date(2026, 9, 19))


@dataclass
class Place(Collected):
    """A world and a data folder that has seen only the days from 20 September on."""

    def days(self, slug: str) -> dict[str, str]:
        """What coverage says of each day of the gap."""
        span = ("--since", GAP[0].isoformat(), "--until", GAP[1].isoformat())
        told = json.loads(self.moit_news("coverage", slug, *span, "--json").stdout)
        return {day["day"]: day["watch"] for day in told["days"]}

    def kept_days(self, slug: str) -> set[dt.date]:
        found = rows(self.folder, "SELECT url, published_at FROM articles WHERE site = ?", slug)
        return {dt.date.fromisoformat(row["published_at"][:10]) for row in found}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with World.serve(today=dt.date(2026, 9, 30)) as world:
        made = Place.of(world, tmp_path_factory)
        assert made.moit_news("crawl", "--since", "2026-09-20").returncode == 0
        yield made


def fill(place: Place, slug: str) -> subprocess.CompletedProcess[str]:
    span = ("--since", GAP[0].isoformat(), "--until", GAP[1].isoformat())
    return place.moit_news("crawl", slug, "--fill-gaps", *span)


@pytest.mark.parametrize("slug", [PORTAL, WEEKLY])
def test_pages_are_turned_back_to_the_hole_and_no_further(place: Place, slug: str) -> None:
    assert set(place.days(slug).values()) == {"never"}
    assert min(place.kept_days(slug)) == dt.date(2026, 9, 20)
    place.world.forget_requests()

    done = fill(place, slug)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == (
        f"{slug}: not wholly watched on 19 days: 2026-09-01 to 2026-09-19"
    )
    assert done.stdout.splitlines()[-1] == f"{slug}: all of it is watched now"
    assert set(place.days(slug).values()) == {"watched"}
    printed = [a for a in place.world.readable() if a.paper == slug]
    wanted = {a.url for a in printed if a.published.date() >= GAP[0]}
    assert {url for url, row in archived(place.folder).items() if row["site"] == slug} == wanted
    assert max(request.open for request in place.world.requests) == 1

    again = fill(place, slug)
    assert (again.returncode, again.stdout) == (0, f"{slug}: no gaps\n")


def test_of_monthly_sitemaps_only_those_of_the_holes_are_asked(place: Place) -> None:
    place.world.forget_requests()
    span = ("--since", "2026-08-03", "--until", "2026-08-20")

    done = place.moit_news("crawl", DAILY, "--fill-gaps", *span)

    assert done.returncode == 0, done.stderr
    asked = [r.path for r in place.world.requests if "/sitemaps/" in r.path]
    assert asked == ["/sitemaps/sitemaps-2026-8.xml"]
    assert done.stdout.splitlines()[-1] == f"{DAILY}: all of it is watched now"
    # The map has times of the last change only: what was changed before the gap is not asked.
    begins = dt.datetime(2026, 8, 3, tzinfo=VIETNAM)
    printed = [a for a in place.world.readable() if a.paper == DAILY and a.published.month == 8]
    kept = archived(place.folder)
    assert {a.url for a in printed if a.url in kept} == {
        a.url for a in printed if a.modified >= begins
    }


def test_what_is_kept_afterwards_is_as_it_was_printed(place: Place) -> None:
    kept = archived(place.folder)
    wrong = wrong_articles(place.folder, [a for a in place.world.articles if a.url in kept])

    assert wrong == {}


def test_without_days_the_gaps_since_the_first_look_are_filled(place: Place) -> None:
    with closing(sqlite3.connect(place.folder / "archive.db")) as connection, connection:
        connection.execute("UPDATE runs SET started_at = '2026-09-10T08:00:00+07:00' WHERE id = 1")
        connection.execute(
            "DELETE FROM stretches WHERE listing_id ="
            " (SELECT id FROM watched_listings WHERE site = ?)", (PORTAL,),
        )  # fmt: skip

    done = place.moit_news("crawl", PORTAL, "--fill-gaps")

    first, *_, last = done.stdout.splitlines()
    assert re.match(rf"{PORTAL}: not wholly watched on \d+ days: 2026-09-10 to 2", first)
    assert last == f"{PORTAL}: all of it is watched now"


def test_filling_needs_sites_and_nothing_that_names_pages(place: Place) -> None:
    for arguments in (("--fill-gaps",), ("--fill-gaps", "--url", "https://a.vn/")):
        done = place.moit_news("crawl", *arguments)
        assert done.returncode == 2
        assert "--fill-gaps needs a SITE" in done.stderr
