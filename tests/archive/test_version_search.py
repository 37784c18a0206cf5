"""What an article no longer says is found, and told with its version."""

import datetime as dt
from pathlib import Path

import pytest

from archive.search import search
from archive.store import Archive
from archive.version_search import find_versions
from tests.archive.news import SEEN, article, new_archive, paragraphs

STORY = (
    "Mức thuế tự vệ với phân bón là mười phần trăm.",
    "Mức thuế tự vệ với phân bón là mười hai phần trăm.",
    "Bộ sẽ công bố mức thuế tự vệ trong tháng tới.",
)


@pytest.fixture
def archive(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        for number, text in enumerate(STORY):
            put(archive, 1, text, number)
        put(archive, 2, "Điện lực Đà Nẵng cắt điện phố cổ.", 0, site="bao-vn", source="bao-thu")
        put(archive, 2, "Phố cổ có điện trở lại.", 1, site="bao-vn", source="bao-thu")
        put(archive, 3, "Diễn lục vẫn in như trước.", 0)
        yield archive


def put(archive: Archive, number: int, text: str, day: int, site="bo-vn", **changes) -> None:
    day_one = dt.datetime(2024, 5, number, 8, 0, tzinfo=SEEN.tzinfo)
    some = article(number, blocks=paragraphs(text), published_at=day_one, **changes)
    archive.add(some, site=site, page_id=None, seen_at=SEEN + dt.timedelta(days=day))


def found(archive: Archive, query: str, **filters):
    hits = find_versions(archive.connection, query, **filters).hits
    return [(hit.url[-6:-5], hit.version) for hit in hits]


def test_a_text_that_was_taken_back_is_found_with_its_version(archive: Archive):
    (hit,) = find_versions(archive.connection, "mười hai phần trăm").hits
    assert (hit.version, hit.replaced_at[:10], hit.exact) == (2, "2024-06-03", True)
    assert "⟦mười hai phần trăm⟧" in hit.snippet
    assert search(archive.connection, "mười hai phần trăm") == []


def test_of_several_versions_that_said_it_the_last_is_told(archive: Archive):
    assert found(archive, "phân bón") == [("1", 2)]


def test_what_an_article_still_says_is_not_found(archive: Archive):
    assert found(archive, "mức thuế tự vệ") == []
    assert found(archive, "phố cổ") == []


def test_words_that_stay_but_no_longer_together_are_found(archive: Archive):
    assert found(archive, '"điện phố"') == [("2", 1)]


@pytest.mark.parametrize("query", ["điện lực", "dien luc", "ĐIỆN LỰC", '"dien luc" -xăng'])
def test_versions_are_found_with_and_without_accents(archive: Archive, query: str):
    assert found(archive, query) == [("2", 1)]


def test_filters_narrow_and_newest_is_what_was_replaced_last(archive: Archive):
    put(archive, 3, "Bản tin mới.", 5)
    assert found(archive, "như trước", site="bao-vn") == []
    assert found(archive, "cắt điện", source="bao-thu") == [("2", 1)]
    assert found(archive, "cắt điện", since=dt.date(2024, 5, 3)) == []
    assert found(archive, "cắt điện", until=dt.date(2024, 5, 2)) == [("2", 1)]
    put(archive, 2, "Diễn lục in xong.", 6, site="bao-vn", source="bao-thu")
    put(archive, 2, "Hết.", 7, site="bao-vn", source="bao-thu")
    assert found(archive, "diễn lục", newest=True) == [("2", 3), ("3", 1)]
    assert len(found(archive, "diễn lục", limit=1)) == 1


@pytest.mark.parametrize("query", ["", '"', "-", "NEAR(", "a" * 5000, "* OR *", "\x00"])
def test_any_text_is_a_question(archive: Archive, query: str):
    assert found(archive, query) == []
