"""References to legal documents, in texts of our own, each set written before it was first run."""

import re
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.legal import Kind, canonical_number, references
from archive.legal_names import CODES

TEXTS = Path(__file__).with_name("legal_texts.txt")
KINDS = CODES | {
    "L": Kind.LAW,
    "BL": Kind.CODE,
    "LỆNH": Kind.ORDER,
    "QĐi": Kind.REGULATION,
    "VB": Kind.DOCUMENT,
}
MARK = re.compile(
    r"\{(?P<shown>[^|}]+)\|(?P<kind>[^|}]+)(?:\|(?P<number>[^}]+))?\}|<(?P<trap>[^>]+)>"
)


@dataclass(frozen=True)
class Labelled:
    """A text and what stands in it: (kind, number, start, end) of each reference; traps."""

    text: str
    named: tuple[tuple[Kind, str, int, int], ...]
    traps: tuple[str, ...]


def labelled(line: str) -> Labelled:
    form = "NFD" if line.startswith("nfd|") else "NFC"
    line = line.removeprefix("nfd|").replace("\\n", "\n").replace("\\xa0", "\xa0")
    line = line.replace("\\u200b", "\u200b")
    text, named, traps, at = "", [], [], 0
    for mark in MARK.finditer(line):
        text += unicodedata.normalize(form, line[at : mark.start()])
        at, start = mark.end(), len(text)
        text += unicodedata.normalize(form, mark["shown"] or mark["trap"])
        if mark["trap"]:
            traps.append(mark["trap"])
        else:
            number = mark["number"] or mark["shown"]
            named.append((KINDS[mark["kind"]], number, start, len(text)))
    text += unicodedata.normalize(form, line[at:])
    return Labelled(text, tuple(named), tuple(traps))


LINES = [line for line in TEXTS.read_text(encoding="utf-8").splitlines() if line]
ALL = [labelled(line) for line in LINES if not line.startswith("#")]


def found(text: str) -> set[tuple[Kind, str, int, int]]:
    return {(r.kind, r.number, r.start, r.end) for r in references(text)}


def numbers(text: str) -> list[str]:
    return [reference.number for reference in references(text)]


def test_the_set_is_large_and_tricky():
    assert sum(len(one.named) for one in ALL) >= 330
    assert sum(len(one.traps) for one in ALL) >= 300


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.text[:40])
def test_each_text_names_what_its_label_says(one: Labelled):
    assert found(one.text) == set(one.named)


def test_precision_and_recall_are_one():
    right = sum(len(found(one.text) & set(one.named)) for one in ALL)
    given_out = sum(len(references(one.text)) for one in ALL)
    wanted = sum(len(one.named) for one in ALL)

    assert (right / given_out, right / wanted) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("38/2016/TT-BCT", "38/2016/TT-BCT"),
        ("Thông tư số 38/2016/TT – BCT", "38/2016/TT-BCT"),
        ("thong tu 38/2016/tt-bct", "38/2016/TT-BCT"),
        ("38-2016-TT-BCT", "38/2016/TT-BCT"),
        ("38_2016_tt_bct", "38/2016/TT-BCT"),
        ("38 2016 tt bct", "38/2016/TT-BCT"),
        (" 38 / 2016 / TT - BCT ", "38/2016/TT-BCT"),
        ("95/2012/nd-cp", "95/2012/NĐ-CP"),
        ("nghi dinh 95/2012/ndcp", "95/2012/NĐ-CP"),
        ("nghị định 95/2012", "95/2012/NĐ-CP"),
        ("NĐ 95/2012", "95/2012/NĐ-CP"),
        ("luật số 61/2024", "61/2024/QH15"),
        ("thông tư 38/2016 của Bộ Công Thương", "38/2016/TT-BCT"),
        ("483/qd-ttg", "483/QĐ-TTg"),
        ("QĐ 483/QĐ-TTG", "483/QĐ-TTg"),
        ("66/2025/qh15", "66/2025/QH15"),
        ("579/2018/ubtvqh14", "579/2018/UBTVQH14"),
        ("68-nq/tw", "68-NQ/TW"),
        ("68/NQ-TW", "68-NQ/TW"),
        ("1279/bct-tttn", "1279/BCT-TTTN"),
        ("05/2012/ttlt-btc-bct", "05/2012/TTLT-BTC-BCT"),
        ("5/2012/TTLT/BTC/BCT", "05/2012/TTLT-BTC-BCT"),
        ("01/vbhn-bct", "01/VBHN-BCT"),
        ("12A/2020/qd-ubnd", "12a/2020/QĐ-UBND"),
        ("07/2022/tt-bnn&ptnt", "07/2022/TT-BNNPTNT"),
        (unicodedata.normalize("NFD", "nghị định 80/2023/NĐ-CP"), "80/2023/NĐ-CP"),
        ("thông tư 38/2016", None),
        ("giá điện 38/2016/TT-BCT", None),
        ("38/2016/TT-BCT giá điện", None),
        ("21/3/2024", None),
        ("24 tt da nang", None),
        ("24/7", None),
        ("TCVN 9386:2012", None),
        ("21-23 Ngô Quyền", None),
        ("thông tư", None),
        ("", None),
    ],
)
def test_a_typed_number_has_one_spelling(typed: str, number: str | None):
    assert canonical_number(typed) == number


def test_a_short_name_that_could_mean_two_documents_means_none():
    text = "Thông tư 38/2016/TT-BCT và Thông tư 38/2016/TT-BTC; Thông tư 38/2016 đã cũ."
    assert numbers(text) == ["38/2016/TT-BCT", "38/2016/TT-BTC"]


def test_a_kind_that_one_place_tells_holds_for_the_number():
    text = "Theo 54/2019/QH14. Luật Chứng khoán số 54/2019/QH14 nói rõ."
    assert {r.kind for r in references(text)} == {Kind.LAW}


PIECES = st.sampled_from([
    *("Thông tư ", "nghị định ", "luật ", "công văn ", "số ", "năm ", "ngày ", " và ", ",", "."),
    *("a", "İ", "38", "2016", "1", "0", "/", "-", "–", " ", "\n", "\xa0", "\u200b", "\u0301", "Ð"),
    *("TT", "NĐ", "QĐ", "VBHN", "TTLT", "BCT", "CP", "TTg", "QH15", "TW", "của Bộ Công Thương"),
])  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_of_any_text_places_lie_in_it_and_numbers_are_canonical(text: str):
    end = 0
    for reference in references(text):
        assert end <= reference.start < reference.end <= len(text)
        assert canonical_number(reference.number) == reference.number
        end = reference.end


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
def test_a_canonical_number_is_its_own_spelling(text: str):
    number = canonical_number(text)
    assert number is None or canonical_number(number) == number


@pytest.mark.parametrize(
    "piece",
    [
        *("/", "1/", "38/2016/", "1-", "a/", "T", "1", "38/2016/TT-", "TT-BCT-", " ", "\n", "Đ"),
        *("1 / ", "nghị định 1, ", "số 1 ", "luật a a a a ", "luật số 1, ", "38/2016/TT-BCT, "),
        *("1/QĐ- ", "1/BCT-A", "công văn ", "\u0301", "a\u0323\u0301", "\u200b", "38/2016 và "),
        *("Nghị định 95/2012, ", "61/2024/QH15 ", "ngày 1/1/2024 ", "1.000/", "&A", "1/A&A&"),
    ],
)
def test_time_grows_with_the_text_and_no_faster(piece: str):
    def seconds(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        start = time.process_time()
        references(text)
        canonical_number(text)
        return time.process_time() - start

    short = min(seconds(25_000) for _ in range(3))
    long = seconds(500_000)

    assert long < 60 * short + 0.5


def test_many_short_names_of_many_documents_take_linear_time():
    numbers = (f"Thông tư 38/2016/TT-{''.join(chr(65 + n // 26**k % 26) for k in range(4))}, "
               for n in range(15_000))  # fmt: skip
    text = "".join(numbers) + "Thông tư 38/2016 cũ. " * 15_000
    start = time.process_time()
    assert len(references(text)) == 5_000  # more than that no text of a paper names
    assert time.process_time() - start < 30
