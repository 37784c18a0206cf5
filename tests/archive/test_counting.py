"""Counting what a query finds: by time beside what was watched, and by what articles are of."""

import csv
import datetime as dt
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.counting import Asking, all_found
from archive.coverage import Watch
from archive.days import By
from archive.facets import By as FacetBy
from archive.facets import facets
from archive.models import VIETNAM
from archive.search import find
from archive.store import Archive
from archive.trend import Trend, trend
from tests.archive.news import PAPER, article, new_archive, paragraphs
from tests.archive.watching import FEED, NOW, at, watch

QUERIES = (
    "điện",
    "dien",
    '"giá điện"',
    "giá -xăng",
    "điện OR xăng",
    "xă*",
    "site:bo",
    "xăng site:bo OR điện site:bao",
    "NOT site:bo điện",
    "author:thu",
    "after:2024-05-03 before:2024-05-06 giá",
    "cites:38/2016/TT-BCT",
    "-xăng site:bo",
    "title:điện",
    "has:table",
)


def put(archive: Archive, number: int, day: int, text: str, **more: object) -> int:
    """An article of a day of May 2024; those with odd numbers are the paper's."""
    url = f"https://{'bao' if number % 2 else 'bo'}.example.vn/tin/{number}.html"
    told = {
        "url": url,
        "source": "bao-thu" if number % 2 else "moit",
        "title": f"{text} ngày {day}",
        "blocks": paragraphs(f"{text}. Theo Thông tư 38/2016/TT-BCT, tin số {number}."),
        "published_at": dt.datetime(2024, 5, day, 9, number % 60, tzinfo=VIETNAM),
        "authors": ("Lê Thu",) if number % 3 == 0 else (),
    }
    site = "bao-vn" if number % 2 else "bo-vn"
    return archive.add(
        article(number, **(told | more)), site=site, page_id=None, seen_at=NOW
    ).article_id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty articles of May 2024; of the days 11 to 20 nothing was watched."""
    with new_archive(tmp_path) as archive:
        archive.put_site(
            slug="bao-vn", name="Báo Thử", homepage="https://bao.example.vn/", source=PAPER
        )
        for number in range(40):
            text = "Giá điện tăng" if number % 4 else "Giá xăng giảm"
            put(archive, number, 1 + number % 10, text)
        for site in ("bo-vn", "bao-vn"):
            watch(archive, FEED, (at(1), at(11)), (at(21), at(31, 12)), site=site)
    return tmp_path


def counted(folder: Path, query: str, by: By = By.DAY, **more: object) -> Trend:
    with Archive.open(folder) as archive:
        return trend(archive.connection, Asking(query=query, **more), now=NOW, by=by)


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_counted_is_what_a_search_finds(folder: Path, query: str) -> None:
    with Archive.open(folder) as archive:
        hits = find(archive.connection, query, limit=1000, unfolded=True, thorough=True).hits
        found = all_found(archive.connection, Asking(query=query))

    assert sorted(hit.id for hit in hits) == sorted(found.ids)
    assert len(set(found.ids)) == len(found.ids)
    assert found.looked_back_to is None


def test_exact_accents_count_alone(folder: Path) -> None:
    with Archive.open(folder) as archive:
        typed = [all_found(archive.connection, Asking(query=q, only_exact=True)).ids
                 for q in ("điện", "dien")]  # fmt: skip

    assert [len(ids) for ids in typed] == [30, 0]


def test_each_day_has_its_articles_its_share_and_what_was_watched(folder: Path) -> None:
    found = counted(folder, "xăng")

    days = {time.first.day: time for time in found.times}
    assert found.times[0].first == dt.date(2024, 5, 1)
    assert (days[1].articles, days[1].all_articles, days[1].share) == (2, 4, 0.5)
    assert (days[2].articles, days[2].watch) == (0, Watch.WATCHED)
    assert (days[15].articles, days[15].watched, days[15].watch) == (0, 0.0, Watch.NEVER)
    assert (days[31].watched, found.times[-1].last) == (1.0, dt.date(2024, 5, 31))
    assert (found.articles, found.all_articles) == (10, 40)


def test_the_parts_of_any_length_of_time_add_up_to_the_same(folder: Path) -> None:
    for by in By:
        found = counted(folder, "điện", by)
        assert (found.articles, found.all_articles) == (30, 40)
        assert found.watched == pytest.approx(21 / 31, abs=0.01)
        assert all(a.last < b.first for a, b in zip(found.times, found.times[1:], strict=False))


def test_a_filter_for_sites_holds_for_all_articles_and_for_what_was_watched(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        watch(archive, FEED, (at(11), at(21)), site="bo-vn")
    for found in (counted(folder, "giá site:bo"), counted(folder, "giá", site="bo-vn")):
        assert (found.sites, found.articles, found.all_articles) == (("bo-vn",), 20, 20)
        assert found.watched == 1

    both = {time.first.day: time.watched for time in counted(folder, "giá").times}
    assert (both[15], both[25]) == (0.5, 1)


def test_since_and_until_are_both_included_and_cut_the_first_and_last_week(folder: Path) -> None:
    span = {"since": dt.date(2024, 5, 2), "until": dt.date(2024, 5, 8)}
    found = counted(folder, "giá", By.WEEK, **span)

    assert [time.label for time in found.times] == ["2024-04-29", "2024-05-06"]
    assert (found.times[0].first, found.times[-1].last) == (span["since"], span["until"])
    assert found.articles == 28


def test_a_day_is_one_in_vietnam(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        night = dt.datetime(2024, 5, 25, 18, 30, tzinfo=dt.UTC)
        put(archive, 90, 25, "Chợ đêm", published_at=night)

    (time,) = [time for time in counted(folder, "chợ đêm").times if time.articles]
    assert time.first == dt.date(2024, 5, 26)


def test_without_time_to_count_all_the_times_before_are_not_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.candidates.STRETCH", 16)
    with Archive.open(folder) as archive:
        found = trend(
            archive.connection,
            Asking(query="giá", since=dt.date(2024, 5, 1)), now=NOW, by=By.DAY, seconds=0.0,
        )  # fmt: skip

    assert found.counted_from is not None
    for time in found.times:
        assert (time.articles is None) == (time.first < found.counted_from)
        assert time.share is None or 0 <= time.share <= 1
    assert 0 < found.articles <= 16


def test_facets_count_each_article_once_by_each_of_its_values(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        put(archive, 90, 12, "Giá cà phê", tags=("cà phê", "cà phê"), authors=("Lê Thu", "Vũ An"))
        found = facets(archive.connection, Asking(query="giá"))

    assert found.articles == 41
    told = {facet.by: facet for facet in found.facets}
    assert dict(told[FacetBy.SITE].values) == {"bao-vn": 20, "bo-vn": 21}
    assert dict(told[FacetBy.YEAR].values) == {"2024": 41}
    assert told[FacetBy.TAG].values == (("cà phê", 1),)
    assert told[FacetBy.TAG].without == 40
    assert dict(told[FacetBy.AUTHOR].values) == {"Lê Thu": 15, "Vũ An": 1}
    assert told[FacetBy.CITED].values == (("38/2016/TT-BCT", 41),)


def test_facets_of_more_than_can_be_looked_at_are_of_the_newest_and_say_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.facets.NEWEST", 8)
    with Archive.open(folder) as archive:
        some = facets(archive.connection, Asking(query="giá"))
        everything = facets(archive.connection, Asking(query="giá"), thorough=True)

    assert (some.articles, some.looked_back_to) == (8, dt.date(2024, 5, 9))
    assert (everything.articles, everything.looked_back_to) == (40, None)


def told(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from crawler.cli import main; main()", *arguments],
        env=os.environ | {"MOIT_NEWS_DATA": str(folder)} | environment,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_hole_is_drawn_as_a_hole_and_silence_as_silence(folder: Path) -> None:
    done = told(folder, "trend", "xăng", "--by", "day", "--since", "2024-05-01",
                "--until", "2024-05-12")  # fmt: skip
    lines = done.stdout.splitlines()

    assert lines[0] == "xăng: articles by day, 2024-05-01 to 2024-05-12"
    assert lines[3].startswith("2024-05-01  ██████████")
    assert lines[3].split()[-6:] == ["2", "50", "%", "█████", "100", "%"]
    assert lines[4].split() == ["2024-05-02", "0", "0", "%", "█████", "100", "%"]
    assert lines[13].split()[1:3] == ["╌", "╌"]
    assert lines[13].split()[-4:] == ["–", "–", "0", "%"]
    assert "╌ ╌ a hole" in done.stdout
    assert max(map(len, lines)) <= 80


def test_ascii_terminals_get_a_picture_too(folder: Path) -> None:
    out = told(folder, "trend", "xăng", "--until", "2024-05-12", PYTHONIOENCODING="ascii:replace")

    assert "2024-05-01  #####" in out.stdout
    assert ". . . ." in out.stdout


def test_csv_and_json_of_a_trend_hold_what_the_picture_shows(folder: Path) -> None:
    days = ("--by", "day", "--since", "2024-05-01", "--until", "2024-05-12")
    rows = list(csv.DictReader(io.StringIO(told(folder, "trend", "xăng", *days, "--csv").stdout)))
    as_json = json.loads(told(folder, "trend", "xăng", *days, "--json").stdout)

    assert rows[0] == {
        "from": "2024-05-01", "to": "2024-05-01", "articles": "2", "all_articles": "4",
        "share": "0.5", "watched": "1.0",
    }  # fmt: skip
    assert rows[11]["watched"] == "0.0"
    assert (as_json["by"], len(as_json["times"])) == ("day", 12)
    assert as_json["sites"] == ["bao-vn", "bo-vn"]


def test_facets_are_tables_csv_and_json(folder: Path) -> None:
    out = told(folder, "facets", "giá", "--by", "site", "--by", "author").stdout
    rows = list(csv.DictReader(io.StringIO(told(folder, "facets", "giá", "--csv").stdout)))
    as_json = json.loads(told(folder, "facets", "giá", "--json", "--top", "1").stdout)

    assert out.splitlines()[0] == "giá: 40 articles"
    assert "  bao-vn       20   50 %  ████" in out
    assert "26 articles have none" in out
    assert {"by": "cited", "value": "38/2016/TT-BCT", "articles": "40"} in rows
    assert as_json["facets"]["author"] == {
        "values": [{"value": "Lê Thu", "articles": 14}], "values_in_all": 1, "articles_without": 26,
    }  # fmt: skip


@pytest.mark.parametrize("query", ["", "-xăng", '"', "((", "tittle:x", "zzzz", "\x1b[31m"])
@pytest.mark.parametrize("command", ["trend", "facets"])
def test_any_text_is_answered(folder: Path, command: str, query: str) -> None:
    done = told(folder, command, "--", query)

    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout


def picture(folder: Path, name: str, *query: str) -> Path:
    """A picture of the first three weeks of May, of which the days from the 11th on are a hole."""
    path = folder / name
    done = told(folder, "trend", *query, "--by", "day", "--since", "2024-05-01",
                "--until", "2024-05-20", "--output", str(path))  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr == f"{path} is written\n"
    return path


def test_a_png_shows_bars_where_there_are_articles_and_hatches_the_hole(folder: Path) -> None:
    from matplotlib.image import imread

    pixels = imread(picture(folder, "a.png", "giá điện"))
    height, width = pixels.shape[:2]

    def share(colour: str, columns: slice) -> float:
        """The share of the upper half, left or right, that has a colour."""
        wanted = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        part = pixels[: height // 2, columns, :3]
        return float((abs(part - wanted) < 0.02).all(axis=2).mean())

    assert (width, height) == (1600, 960)
    watched, hole = slice(0, width // 2), slice(width * 6 // 10, width)
    assert share("#17627d", watched) > 0.2 > share("#fbeceb", watched)
    assert share("#fbeceb", hole) > 0.3 > share("#17627d", hole)


def test_an_svg_is_xml_and_the_same_each_time_whatever_is_asked(folder: Path) -> None:
    from xml.etree import ElementTree

    query = "$\\frac{1}{0}$ <script> giá \x1b[31m 漢"
    first = picture(folder, "a.svg", query)
    second = picture(folder, "b.svg", query)

    root = ElementTree.fromstring(first.read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert first.read_bytes() == second.read_bytes()


def test_a_picture_that_cannot_be_written_is_told_and_leaves_nothing(folder: Path) -> None:
    for path in (folder / "missing" / "a.png", folder / "a.pdf"):
        done = told(folder, "trend", "giá", "--output", str(path))
        assert done.returncode == 2
        assert str(path) in done.stderr
        assert "Traceback" not in done.stderr
    assert [path.name for path in folder.iterdir() if "a.p" in path.name] == []
