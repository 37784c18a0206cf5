import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.query import NOTHING, expression, parse

TEXTS = {
    1: "Công ty điện lực Đông Bắc sửa đường dây",
    2: "Thông tư 38/2016/TT-BCT và Nghị định 15/2020/NĐ-CP của HĐND TP.HCM",
    3: "Giá xăng 16.294,9 đồng, tăng 5,3 % tại 21-23 Ngô Quyền",
    4: "Doanh nghiệp dân doanh dự báo nhu cầu",
    5: "Lực lượng quản lý điện và nước",
    6: "Da Nang power company, Dien Bien branch",
}


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE news USING fts5(title, lead, body, d_forms,"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    connection.executemany("INSERT INTO news (rowid, body) VALUES (?, ?)", TEXTS.items())
    yield connection
    connection.close()


def find(index: sqlite3.Connection, match: str) -> list[int]:
    return [row[0] for row in index.execute("SELECT rowid FROM news WHERE news MATCH ?", (match,))]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dien luc", [1, 5]),
        ("điện lực", [1, 5]),
        ('"dien luc"', [1]),
        ("“điện lực”", [1]),
        ('"dien luc dong bac sua duong day"', [1]),
        ('"dien luc dong bac', [1]),
        (unicodedata.normalize("NFD", "ĐIỆN LỰC"), [1, 5]),
        ("38/2016/TT-BCT", [2]),
        ("38/2016/tt-bct", [2]),
        ("15/2020/ND-CP", [2]),
        ("hdnd tphcm", []),
        ("hdnd tp.hcm", [2]),
        ("5,3%", [3]),
        ("5,3 %", [3]),
        ("16.294,9", [3]),
        ("21-23 ngo quyen", [3]),
        ("dân doanh", [4]),
        ("dường", []),
        ("duong", [1]),
        ("đà nẵng", [6]),
        ("điện -nước", [1, 6]),
        ('điện -"điện lực" -biên', [5]),
        ("-điện", []),
        ('dien AND "', []),
        ("(((", []),
        ("", []),
    ],
)
def test_a_query_finds_what_a_reader_means(index, typed: str, found: list[int]):
    assert find(index, expression(typed)) == found


def test_tiers_go_from_the_phrase_over_the_neighbourhood_to_all_words():
    assert parse("lực điện").tiers == (
        '{title lead body} : ((("lực điện" OR "lực diện")))',
        '{title lead body} : ((NEAR("lực" "điện", 12) OR NEAR("lực" "diện", 12)))',
        '{title lead body} : ((("lực") AND ("điện" OR "diện")))',
    )
    assert len(parse("điện").tiers) == 1
    assert len(parse('"điện lực"').tiers) == 1
    assert parse("dien luc dong bac duong day dai dien doi dan").tiers[1].count("NEAR") == 0


def test_only_what_was_typed_with_accents_must_be_exact():
    assert parse("giá xăng RON 95").exact == '"giá" AND "xăng"'
    assert parse("gia xang").exact is None


def test_a_text_without_words_asks_for_nothing():
    for text in ("", "   ", '""', "%&/()", "-", "- -", "\u200b", "\U0001f600", "-giá"):
        assert parse(text).tiers == ()
        assert expression(text) == NOTHING


SYNTAX = r"""" “ - NEAR( AND OR NOT * ^ : title: { } ( ) + đ dd điện 38/2016 5,3% ' -- ; ộ"""
SNIPPETS = st.sampled_from([*SYNTAX.split(), " ", "\0", "\u0301"])


@settings(max_examples=3000, deadline=None)
@given(st.one_of(st.text(), st.lists(SNIPPETS, max_size=20).map("".join)))
@example("d" * 50)
@example("dddd ddd dd d " * 30)
@example("\ud800")
@example("ﷺ ǆ İ ß 𝟘 ½")
def test_any_text_at_all_is_answered(index, text: str):
    query = parse(text)
    for match in (expression(text), *query.tiers, query.exact or NOTHING):
        find(index, match)


def test_a_pasted_page_is_answered_quickly(index):
    long = " ".join(f"dự án điện đường dây {n} dd dd" for n in range(2000))
    for match in parse(long).tiers:
        assert len(match) < 50_000
        find(index, match)
