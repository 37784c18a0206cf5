import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.branches import branches
from archive.expressions import (
    COMMON,
    NOTHING,
    Tier,
    accented,
    all_but_one,
    exact,
    expression,
    is_spelt_one_way,
    tiers,
    unwanted,
    whole_but_one,
)
from archive.query import All, Any, Filter, Not, Phrase, parse
from archive.text import d_forms

TEXTS = {
    1: "Công ty điện lực Đông Bắc sửa đường dây",
    2: "Thông tư 38/2016/TT-BCT và Nghị định 15/2020/NĐ-CP của HĐND TP.HCM",
    3: "Giá xăng 16.294,9 đồng, tăng 5,3 % tại 21-23 Ngô Quyền",
    4: "Doanh nghiệp dân doanh dự báo nhu cầu",
    5: "Lực lượng quản lý điện và nước",
    6: "Da Nang power company, Dien Bien branch",
}


def word(*syllables: str, field: str | None = None) -> Phrase:
    return Phrase(syllables, field=field)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE news USING fts5(title, lead, body, d_forms,"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    connection.executemany(
        "INSERT INTO news (rowid, body, d_forms) VALUES (?, ?, ?)",
        [(number, text, d_forms(text)) for number, text in TEXTS.items()],
    )
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
        ("hdnd tphcm", [2]),
        ("hdnd tp hcm", [2]),
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
        ('dien AND "', [1, 5, 6]),
        ("điện AND nước", [5]),
        ("điện (xăng OR biên)", [6]),
        ("xăng OR nước", [3, 5]),
        ("điện NOT (lực OR biên)", []),
        ("quan li", [5]),
        ("title:điện", []),
        ("(((", []),
        ("", []),
    ],
)
def test_a_query_finds_what_a_reader_means(index, typed: str, found: list[int]):
    assert find(index, expression(typed)) == found


def ways(text: str) -> dict[Tier, str]:
    (branch,) = branches(parse(text))
    return {tier: way.anywhere for tier, way in tiers(branch).items()}


def test_tiers_go_from_the_phrase_over_the_neighbourhood_to_all_words():
    assert list(ways("lực điện").values()) == [
        '(("lực điện" OR "lực diện"))',
        '(NEAR("lực" "điện", 12) OR NEAR("lực" "diện", 12))',
        '(("lực")) AND (("diện"))',
    ]
    assert list(ways("điện")) == list(ways('"điện lực"')) == [Tier.ALL]


def test_of_many_words_the_rarest_are_asked_to_stand_close_together():
    (branch,) = branches(parse("một hai ba bốn năm sáu"))
    often = {"ba": 9, "bốn": 8, "năm": 2, "sáu": 7}
    found = tiers(branch, rarity=lambda each: often.get(each, 99))
    assert list(found) == [Tier.PHRASE, Tier.ALL]
    assert found[Tier.PHRASE].anywhere == (
        '(NEAR("năm" "sáu" "bốn" "ba", 16)) AND (("một")) AND (("hai"))'
    )
    assert found[Tier.ALL].anywhere.startswith('(("năm")) AND (("sáu"))')


def test_of_many_words_the_commonest_are_left_to_who_reads_the_texts():
    (branch,) = branches(parse('một "hai ba" bốn năm sáu bảy tphcm'))
    rare = {"một": 5, "bốn": 1, "năm": 2, "sáu": 3}
    found = tiers(branch, rarity=lambda each: rare.get(each, COMMON))
    assert found[Tier.PHRASE].anywhere == (
        '(NEAR("bốn" "năm" "sáu" "một", 18)) AND (("hai ba")) AND (("tphcm") OR ("tp hcm"))'
    )
    assert found[Tier.PHRASE].unasked == ("bảy",)
    assert '"bảy"' in found[Tier.ALL].anywhere
    assert found[Tier.ALL].unasked == ()


def test_of_four_syllables_side_by_side_the_commonest_may_be_another():
    def found(text: str, common: str) -> tuple[str, tuple[str, ...]] | None:
        (branch,) = branches(parse(text))
        way = whole_but_one(branch, lambda each: int(each == common))
        return way and (way.anywhere, way.unasked)

    assert found("giá của bán lẻ", "của") == ('(NEAR("giá" "bán lẻ", 1))', ("của",))
    assert found("giá bán lẻ của", "của") == ('(("giá bán lẻ"))', ("của",))
    assert found("giá bán của", "của") is None
    assert found("dd dd dd dd", "dd") is None


def test_words_that_others_write_together_are_not_always_close_together_as_typed():
    ((plain,), (acronym,)) = branches(parse("giá điện")), branches(parse("ubnd tp hcm"))
    assert is_spelt_one_way(plain)
    assert not is_spelt_one_way(acronym)


D_TEXTS = (
    *TEXTS.values(),
    *("Đàn bò của dân bản", "Đám đông dân đen", "đan đen", "dan den", "Đang đi dự đại hội Đảng"),
    *("Đường đi đến Đà Nẵng", "duong di den da nang", "Quy định đấu thầu", "Quỳ đúng dáng"),
)


@pytest.fixture(scope="module")
def titles() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE news USING fts5(title, lead, body, d_forms,"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    connection.executemany(
        "INSERT INTO news (title, d_forms) VALUES (?, ?)",
        [(text, d_forms(text)) for text in D_TEXTS],
    )
    yield connection
    connection.close()


D_WORDS = (
    *("dân", "dan", "đàn", "đan", "den", "đen", "đến", "di", "đi", "dd", "nang", "quy", "quỳ"),
    *('"dân đen"', '"dan den"', '"di den"', '"đi đến"', '"den da nang"', "-dan", "-đen", "dinh"),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(D_WORDS), min_size=1, max_size=6).map(" ".join))
def test_the_column_of_d_forms_makes_no_query_find_more_or_less(titles, typed: str):
    for branch in branches(parse(typed)):
        for way in tiers(branch).values():
            assert find(titles, way.anywhere) == find(titles, way.in_title)


def test_only_what_was_typed_with_accents_must_be_exact():
    (branch,) = branches(parse("giá xăng RON 95"))
    assert accented(branch) == '("giá") AND ("xăng")'
    assert exact(branch) == '("giá") AND ("xăng") AND ("ron") AND ("95")'
    assert accented(*branches(parse("gia xang"))) is None
    assert accented(*branches(parse("hòa kĩ"))) == '("hòa" OR "hoà") AND ("kĩ" OR "kỹ")'


def test_a_text_without_words_asks_for_nothing():
    for text in ("", "   ", '""', "%&/()", "-", "- -", "\u200b", "\U0001f600", "*"):
        assert parse(text).tree is None
        assert expression(text) == NOTHING
    assert expression("-giá") == NOTHING


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("giá OR xăng dầu", Any((word("giá"), All((word("xăng"), word("dầu")))))),
        ("giá (xăng OR dầu)", All((word("giá"), Any((word("xăng"), word("dầu")))))),
        ("NOT giá xăng", All((Not(word("giá")), word("xăng")))),
        ("giá -(xăng dầu)", All((word("giá"), Not(All((word("xăng"), word("dầu"))))))),
        ("NOT NOT giá", word("giá")),
        ("giá AND", word("giá")),
        ("OR giá )", word("giá")),
        ("AND", word("and")),
        ("giảm -2,5%", All((word("giảm"), word("2", "5")))),
        ("giảm -95", All((word("giảm"), Not(word("95"))))),
        ("site:cafef", Filter("site", "cafef")),
        ("Site: cafef", Filter("site", "cafef")),
        ("tag:(xăng OR dầu)", Any((Filter("tag", "xăng"), Filter("tag", "dầu")))),
        ("title:(xăng dầu)", All((word("xăng", field="title"), word("dầu", field="title")))),
        ("before:05/2024", Filter("before", "2024-05-01")),
        ("has:tables", Filter("has", "table")),
        ("cites:38-2016-tt-bct", Filter("cites", "38/2016/TT-BCT")),
        ("xuat*", Phrase(("xuat",), prefix=True)),
        ('"xuat kh*"', Phrase(("xuat", "kh"), quoted=True, prefix=True)),
        ("https://moit.gov.vn/x", word("https", "moit", "gov", "vn", "x")),
        ("Video:Giá", word("video", "giá")),
    ],
)
def test_what_a_query_is_understood_as(typed: str, tree: object):
    query = parse(typed)
    assert query.tree == tree
    assert query.notes == ()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("tittle:giá", "did you mean title:"),
        ("foo:bar giá", "there are title:, lead:"),
        ("has:tabel giá", "did you mean has:table"),
        ("has:xyz giá", "has:table, has:list"),
        ("before:hôm giá", "before:2024, 2024-05 or 31/05/2024"),
        ("cites:abc giá", "as cites:38/2016/TT-BCT is"),
    ],
)
def test_what_cannot_be_meant_is_told_and_the_rest_is_searched(typed: str, told: str):
    query = parse(typed)
    assert any(told in note for note in query.notes)
    assert ("giá",) in query.wanted


@pytest.mark.parametrize(
    ("typed", "wanted", "filters"),
    [
        ("(điện OR site:a) giá", [2, 1], [0, 1]),
        ("NOT (giá site:a)", [0, 0], [0, 1]),
        ("giá -site:a", [1], [1]),
        ("a (b OR NOT c)", [2, 1], [0, 0]),
        ("-(-a OR b)", [1], [0]),
        ("-(-a -b)", [1], [0]),
    ],
)
def test_words_and_filters_are_taken_apart(typed: str, wanted: list[int], filters: list[int]):
    ways = branches(parse(typed))
    assert [len(way.wanted) for way in ways] == wanted
    assert [len(way.filters) for way in ways] == filters


SYNTAX = r"""" “ - NEAR( AND OR NOT * ^ : title: { } ( ) + đ dd điện 38/2016 5,3% ' -- ; ộ"""
SNIPPETS = st.sampled_from([*SYNTAX.split(), " ", "\0", "\u0301"])


@settings(max_examples=3000, deadline=None)
@given(st.one_of(st.text(), st.lists(SNIPPETS, max_size=20).map("".join)))
@example("d" * 50)
@example("dddd ddd dd d " * 30)
@example("\ud800")
@example("ﷺ ǆ İ ß 𝟘 ½")
@example("-(-0(-0")
@example("-(-a OR b) c")
def test_any_text_at_all_is_answered(index, text: str):
    find(index, expression(text))
    for branch in branches(parse(text)):
        found = [way for each in tiers(branch).values() for way in (each.anywhere, each.in_title)]
        less = all_but_one(branch)
        for match in (*found, less and less.anywhere, unwanted(branch), exact(branch)):
            find(index, match or NOTHING)


def test_a_pasted_page_is_answered_quickly(index):
    long = " ".join(f"dự án điện đường dây {n} dd dd" for n in range(2000))
    for match in ways(long).values():
        assert len(match) < 50_000
        find(index, match)
