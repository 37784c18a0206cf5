"""What was watched of each day, and what became of its links."""

import csv
import datetime as dt
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.coverage import Watch, coverage, watched_shares
from archive.store import Archive
from tests.archive.news import article, new_archive
from tests.archive.watching import FEED, NOW, SECTIONS, SITEMAP, at, watch

MAY = (dt.date(2024, 5, 1), dt.date(2024, 5, 31))


def shares(archive: Archive) -> dict[int, float | None]:
    """The share of each day of May that was watched, rounded."""
    found = watched_shares(archive.connection, "bo-vn", *MAY, NOW)
    return {day.day: share if share is None else round(share, 3) for day, share in found.items()}


def ran(archive: Archive, when: str, *, failed: int = 0) -> None:
    """A run that asked the site's two listings."""
    sql = "INSERT INTO runs (started_at, command, program) VALUES (?, 'crawl', 'x')"
    run = archive.connection.execute(sql, (when,)).lastrowid
    archive.connection.execute(
        "INSERT INTO run_sites (run_id, site, listings, listings_failed) VALUES (?, 'bo-vn', 2, ?)",
        (run, failed),
    )


def named(archive: Archive, number: int, state: str, day: str | None, **more: object) -> None:
    row = {"reason": None, "article_id": None} | more
    archive.connection.execute(
        "INSERT INTO frontier (url, site, state, found_at, listed_date, reason, article_id)"
        " VALUES (?, 'bo-vn', ?, ?, ?, ?, ?)",
        (f"https://bo.vn/{number}", state, at(9, 8), day, row["reason"], row["article_id"]),
    )


def test_a_hole_between_two_stretches_is_nought_and_its_edges_are_parts(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        watch(archive, FEED, (at(2, 12), at(4)), (at(6, 18), at(31, 12)))
        found = shares(archive)

    assert [found[n] for n in range(1, 8)] == [0, 0.5, 1, 0, 0, 0.25, 1]
    assert found[31] == 1  # of today only what is over counts


def test_sections_count_as_parts_and_a_sitemap_as_the_whole(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        watch(archive, SECTIONS[0], (at(1), at(9)))
        watch(archive, SECTIONS[1], (at(5), at(7)))
        assert [shares(archive)[n] for n in (1, 5, 8, 9)] == [0.5, 1, 0.5, 0]

        watch(archive, SITEMAP, (at(8), at(12)))
        assert [shares(archive)[n] for n in (1, 8, 9, 12)] == [0.5, 1, 1, 0]


def test_a_listing_counts_only_while_the_site_file_names_it(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        old, new = NOW - dt.timedelta(days=30), NOW - dt.timedelta(days=10)
        watch(archive, FEED, (at(1), at(31, 12)), named=old)
        watch(archive, FEED, named=NOW)
        watch(archive, SECTIONS[0], (at(1), at(3)), named=old)
        watch(archive, SECTIONS[1], named=new)
        watch(archive, SECTIONS[1], named=NOW)
        found = shares(archive)

    assert [found[n] for n in (2, 10, 25)] == [1, 1, 0.5]


def test_a_look_without_reach_is_more_than_nothing(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        watch(archive, FEED, (at(3, 8), at(3, 8)))
        days = coverage(archive.connection, ["bo-vn"], *MAY, NOW).days

    assert [day.day.day for day in days if day.watch is Watch.PARTLY] == [3]


def test_what_runs_saw_before_it_was_written_down_is_unknown_not_a_hole(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        ran(archive, at(5, 8))
        assert [shares(archive)[n] for n in (4, 5, 6)] == [None, None, 0]

        ran(archive, at(10, 8))
        watch(archive, FEED, (at(10, 12), at(11)), named=dt.datetime.fromisoformat(at(10, 9)))
        assert [shares(archive)[n] for n in (4, 5, 6, 10)] == [None, None, 0, 0.5]


def test_a_run_whose_listings_all_failed_has_seen_nothing(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        ran(archive, at(5, 8), failed=2)

        assert set(shares(archive).values()) == {0}


def test_each_link_of_a_day_is_counted_once_by_what_became_of_it(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        kept = archive.add(article(1), site="bo-vn", page_id=None, seen_at=NOW).article_id
        named(archive, 1, "done", at(2, 9), article_id=kept)
        named(archive, 2, "failed", at(2, 9), reason="the page is cut")
        named(archive, 3, "failed", at(2, 9), article_id=kept)  # a second look that failed
        named(archive, 4, "refused", at(2, 23), reason="robots.txt closes this address")
        named(archive, 5, "gone", at(2, 1), reason="404")
        named(archive, 6, "due", None)  # a link without a date counts when it was found
        named(archive, 7, "ignored", at(2, 1), reason="is the same article as https://bo.vn/1")
        named(archive, 8, "ignored", at(2, 1), reason="dated outside the days")
        found = coverage(archive.connection, ["bo-vn"], *MAY, NOW)

    second, ninth = found.days[1], found.days[8]
    assert (second.kept, second.failed, second.refused, second.gone) == (1, 1, 1, 1)
    assert (second.passed_over, second.links) == (1, 5)
    assert (ninth.waiting, ninth.links) == (1, 1)
    assert ("failed", "the page is cut", 1) in found.reasons


def test_days_to_come_are_no_holes(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        june = coverage(archive.connection, ["bo-vn"], MAY[1], dt.date(2024, 6, 30), NOW)

    assert [day.day for day in june.days] == [MAY[1]]


@pytest.fixture
def holey(tmp_path: Path) -> Path:
    """An archive with a hole from 4 to 9 May 2024 and a failed link on the 2nd."""
    with new_archive(tmp_path) as archive:
        archive.add(article(1), site="bo-vn", page_id=None, seen_at=NOW)
        watch(archive, FEED, (at(1), at(4)), (at(10), at(32)))
        named(archive, 2, "failed", at(2, 9), reason="the page \x1b[31mis cut")
    return tmp_path


def told(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from crawler.cli import main; main()", "coverage", *arguments],
        env=os.environ | {"MOIT_NEWS_DATA": str(folder)} | environment,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_calendar_of_a_month_shows_a_hole_without_colour(holey: Path) -> None:
    out = told(holey, "bo-vn", "--month", "05/2024").stdout

    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[0] == "Cổng thông tin Bộ (bo-vn), 2024-05-01 to 2024-05-31"
    assert lines[3] == "                     1 ██ 0    2 ██!1    3 ██ 0    4 ··      5 ··"
    assert "never watched: 2024-05-04 to 2024-05-09" in lines
    assert "31 days: 25 watched, 6 never watched; 81 % of the time" in lines
    assert "2 links = 1 kept + 1 failed" in lines
    assert "       1 failed: the page [31mis cut" in lines
    assert max(map(len, lines)) <= 80


def test_of_several_listings_those_with_holes_are_named(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        watch(archive, FEED, (at(1), at(32)))
        watch(archive, SECTIONS[0], (at(1), at(11)))
        watch(archive, SECTIONS[1])
    out = told(tmp_path, "bo-vn", "--month", "2024-05").stdout

    assert "2 of 3 listings were not watched all the time:" in out
    assert f"     0 %  {SECTIONS[1]}\n    32 %  {SECTIONS[0]}\n" in out


def test_a_terminal_that_knows_only_ascii_gets_ascii(holey: Path) -> None:
    out = told(holey, "bo-vn", "--month", "2024-05", PYTHONIOENCODING="ascii:replace").stdout

    assert "3 ## 0    4 ..      5 .." in out


def test_several_sites_have_a_line_each_and_a_year_a_column_a_week(holey: Path) -> None:
    many = told(holey, "--since", "2024-05-01", "--until", "2024-05-31").stdout.splitlines()
    year = told(holey, "bo-vn", "--since", "2024-01-01", "--until", "2024-05-31").stdout

    assert many[2].split() == ["bao-vn", "·" * 31, "0", "%", "0", "0"]
    assert many[3].split() == ["bo-vn", "█!█······" + "█" * 22, "81", "%", "1", "1"]
    assert "     Jan Feb Mar  Apr May\n" in year
    assert "Mon  " + "·" * 19 + "███" in year
    assert max(map(len, [*many, *year.splitlines()])) <= 80


def test_csv_and_json_have_a_row_a_day(holey: Path) -> None:
    month = ("bo-vn", "--month", "2024-05")
    rows = list(csv.DictReader(io.StringIO(told(holey, *month, "--csv").stdout)))
    as_json = json.loads(told(holey, *month, "--json").stdout)

    assert len(rows) == len(as_json["days"]) == 31
    assert rows[1] == {
        "site": "bo-vn", "day": "2024-05-02", "watch": "watched", "share": "1.0", "kept": "1",
        "failed": "1", "refused": "0", "gone": "0", "waiting": "0", "passed_over": "0",
        "links": "2",
    }  # fmt: skip
    assert as_json["days"][4]["watch"] == "never"


def test_what_cannot_be_meant_is_told(holey: Path) -> None:
    for arguments, words in (
        (("bo-vm",), "no site 'bo-vm' is kept; there are: "),
        (("--month", "x"), "'x' is no month; write 2026-09 or 09/2026"),
        (("--month", "2024-05", "--since", "2024-05-01"), "give no --since and no --until"),
    ):
        done = told(holey, *arguments)
        assert done.returncode == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr
