import datetime as dt
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import VIETNAM, Article
from archive.search import CLOSE, OPEN, search
from archive.store import Archive
from tests.archive.news import SEEN, article, keep, new_archive, number_of, paragraphs


def day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def text(number: int, title: str, *body: str, **changes: object) -> Article:
    return article(number, **({"title": title, "blocks": paragraphs(*body)} | changes))


NEWS = [
    text(1, "Điện lực miền núi sửa lưới", "Thợ điện lực leo cột.", published_at=day("2024-01-31")),
    text(2, "Diễn đàn lúc cuối năm", "Buổi diễn lực sĩ mở màn.", published_at=day("2024-02-01")),
    text(
        3,
        "Chợ quê họp sớm",
        "Nước dâng, lực lượng xã kéo tới.",
        "Sau đó điện có lại.",
        published_at=day("2024-02-29"),
    ),
    text(4, "Thông tư 38/2016/TT-BCT còn hiệu lực", "Văn bản giữ nguyên.", published_at=None),
    text(
        5,
        "Giá than",
        lead="Tập đoàn bán than cho nhà máy nhiệt điện.",
        published_at=day("2023-12-31"),
    ),
    text(6, "Chỉ có tiêu đề về khí đốt", lead=None, published_at=day("2024-03-01")),
    text(7, "Điện mặt trời", "Mái nhà.", source="bao-thu", published_at=day("2024-03-02")),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("search")
    keep(folder, NEWS)
    with Archive.open(folder) as archive:
        yield archive


def numbers(archive: Archive, query: str, **filters: object) -> list[int]:
    hits = search(archive.connection, query, **filters)
    return [number_of(hit.url) for hit in hits]


def test_words_are_found_with_and_without_accents_and_stroke(archive: Archive):
    for query in ("điện lực", "dien luc", "ĐIỆN LỰC", unicodedata.normalize("NFD", "điện lực")):
        assert numbers(archive, query)[0] == 1


def test_a_phrase_comes_before_neighbours_and_neighbours_before_scattered_words(archive: Archive):
    assert numbers(archive, "điện lực") == [1, 2, 3]
    assert numbers(archive, '"điện lực"') == [1, 2]


def test_the_same_accents_come_first_and_are_marked_as_exact(archive: Archive):
    assert numbers(archive, "diễn lực")[0] == 2
    hits = search(archive.connection, '"điện lực"')
    assert [hit.exact for hit in hits] == [True, False]
    assert [hit.exact for hit in search(archive.connection, '"điện lực"', newest=True)] == [
        False,
        True,
    ]
    assert not any(hit.exact for hit in search(archive.connection, "dien luc"))


def test_newest_first_goes_by_the_day(archive: Archive):
    assert numbers(archive, "điện", newest=True) == [7, 3, 2, 1, 5]
    assert numbers(archive, "điện", newest=True, limit=2) == [7, 3]


def test_document_numbers_are_found_as_they_stand(archive: Archive):
    for query in ("38/2016/TT-BCT", "38/2016/tt-bct", "38 2016 tt bct"):
        assert numbers(archive, query) == [4]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2024-02-01", "2024-02-29", [3, 2]),
        ("2024-02-29", None, [7, 3]),
        (None, "2024-01-31", [1, 5]),
        ("2024-03-02", "2024-03-02", [7]),
        ("2024-03-03", "2024-03-02", []),
    ],
)
def test_days_are_included_at_both_ends(archive: Archive, since, until, found):
    bounds = [dt.date.fromisoformat(text) if text else None for text in (since, until)]
    assert numbers(archive, "điện", since=bounds[0], until=bounds[1], newest=True) == found
    assert sorted(numbers(archive, "điện", since=bounds[0], until=bounds[1])) == sorted(found)


def test_articles_of_a_day_that_was_full_belong_to_their_month(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        archive.add(text(1, "Điện gió"), site="bo-vn", page_id=None, seen_at=SEEN)
        archive.connection.execute("UPDATE articles SET id = 202405320001")
        first, last = dt.date(2024, 5, 1), dt.date(2024, 5, 31)
        assert numbers(archive, "điện", since=first, until=last) == [1]
        assert numbers(archive, "điện", since=dt.date(2024, 6, 1)) == []


def test_site_and_source_restrict_the_hits(archive: Archive):
    assert numbers(archive, "điện", site="bao-vn") == [7]
    assert numbers(archive, "điện", source="moit", newest=True) == [3, 2, 1, 5]
    assert numbers(archive, "điện", site="bao-vn", source="moit") == []


def test_the_snippet_shows_the_original_text_with_the_found_words_marked(archive: Archive):
    hit = search(archive.connection, "dien luc")[0]
    assert f"{OPEN}điện lực{CLOSE}" in hit.snippet
    assert hit.marked_title.startswith(f"{OPEN}Điện lực{CLOSE} miền núi")
    assert hit.title == "Điện lực miền núi sửa lưới"


def test_the_snippet_comes_from_the_lead_where_the_word_stands_there(archive: Archive):
    (hit,) = search(archive.connection, "nhiệt điện")
    assert hit.snippet == f"Tập đoàn bán than cho nhà máy {OPEN}nhiệt điện{CLOSE}."


def test_an_article_without_text_is_found_by_its_title(archive: Archive):
    (hit,) = search(archive.connection, "khí đốt")
    assert (hit.title, hit.snippet) == ("Chỉ có tiêu đề về khí đốt", "")


def test_excluded_words_keep_articles_out(archive: Archive):
    assert 7 in numbers(archive, "điện")
    assert numbers(archive, 'điện -"mặt trời"') == [n for n in numbers(archive, "điện") if n != 7]


def test_no_words_find_nothing(archive: Archive):
    for query in ("", "?!", "-điện"):
        assert search(archive.connection, query) == []


def test_searching_never_writes(archive: Archive):
    with pytest.raises(sqlite3.OperationalError):
        archive.connection.execute("DELETE FROM articles")


@settings(max_examples=500, deadline=None)
@given(st.text(), st.booleans())
def test_any_text_is_answered_with_hits_of_the_site_each_once(
    archive: Archive, query: str, newest: bool
):
    hits = search(archive.connection, query, site="bo-vn", newest=newest)
    assert {hit.site for hit in hits} <= {"bo-vn"}
    assert len({hit.id for hit in hits}) == len(hits)
