"""What changed is told word by word, and nothing else is."""

import json
import random
import re
import time
from itertools import pairwise

import pytest

from archive.difference import Difference, Edit, difference
from archive.difference_page import as_page
from archive.models import Block, BlockKind
from archive.rows import body_of, kept_blocks
from tests.archive.news import paragraphs

TEXTS = (
    "Giá bán lẻ điện bình quân tăng 3,5% từ ngày 10/5/2026.",
    "Mức tăng này theo Nghị định 72/2025/NĐ-CP, áp dụng cho cả nước.",
    "Các hộ nghèo được hỗ trợ tiền điện hằng tháng.",
    "Tập đoàn Điện lực đề nghị người dân dùng điện tiết kiệm.",
)
TABLE = Block(
    kind=BlockKind.TABLE,
    text="Bậc | Giá\n1 | 1.984\n2 | 2.050",
    rows=(("Bậc", "Giá"), ("1", "1.984"), ("2", "2.050")),
)


def row(*texts: str, title: str = "Giá điện tăng", blocks: tuple[Block, ...] = (), **more: object):
    said = (*paragraphs(*texts), *blocks)
    kept = {"blocks": kept_blocks(said), "body": body_of(said)}
    return {"title": title, "lead": "Tin mới.", "url": "https://bao.vn/1"} | kept | more


def edits(told: Difference) -> list[Edit]:
    return [passage.edit for passage in told.passages]


def spans(passage) -> list[tuple[str, str]]:
    return [(span.edit.value, span.text.strip()) for span in passage.spans]


def texts_of(told: Difference, kept: Edit) -> list[str]:
    """The blocks of one side, put together again from the spans."""
    other = Edit.ADDED if kept is Edit.REMOVED else Edit.REMOVED
    whole = ("".join(s.text for s in p.spans if s.edit is not other) for p in told.passages)
    return [" ".join(text.split()) for text in whole if text.strip()]


def test_one_number_is_one_change():
    told = difference(row(*TEXTS), row(TEXTS[0].replace("3,5%", "4,8%"), *TEXTS[1:]))
    assert edits(told) == [Edit.CHANGED, Edit.SAME, Edit.SAME, Edit.SAME]
    assert spans(told.passages[0]) == [
        ("same", "Giá bán lẻ điện bình quân tăng"),
        ("removed", "3,5"),
        ("added", "4,8"),
        ("same", "% từ ngày 10/5/2026."),
    ]
    assert (told.words(Edit.REMOVED), told.words(Edit.ADDED)) == (1, 1)


def test_the_number_of_a_document_is_one_word():
    changed = TEXTS[1].replace("72/2025", "73/2025")
    told = difference(row(TEXTS[1]), row(changed))
    assert ("removed", "72/2025/NĐ-CP") in spans(told.passages[0])


def test_paragraphs_come_and_go_beside_those_that_stay():
    told = difference(row(*TEXTS), row(TEXTS[0], "Đính chính: tòa soạn xin lỗi.", *TEXTS[2:]))
    assert edits(told) == [Edit.SAME, Edit.REMOVED, Edit.ADDED, Edit.SAME, Edit.SAME]


def test_a_paragraph_that_is_rewritten_between_new_ones_is_found_again():
    new = ("Tin thêm thứ nhất từ Hà Nội.", TEXTS[2].replace("hằng tháng", "mỗi quý"), "Tin cuối.")
    told = difference(row(TEXTS[0], TEXTS[2], TEXTS[3]), row(TEXTS[0], *new, TEXTS[3]))
    assert edits(told) == [Edit.SAME, Edit.ADDED, Edit.CHANGED, Edit.ADDED, Edit.SAME]


def test_one_cell_of_a_table_is_changed_and_no_other_row():
    rows = (*TABLE.rows[:2], ("2", "2.167"))
    other = Block(kind=BlockKind.TABLE, text="Bậc | Giá\n1 | 1.984\n2 | 2.167", rows=rows)
    told = difference(row(TEXTS[0], blocks=(TABLE,)), row(TEXTS[0], blocks=(other,)))
    assert edits(told) == [Edit.SAME, Edit.SAME, Edit.SAME, Edit.CHANGED]
    assert spans(told.passages[3])[1:] == [("removed", "2.050"), ("added", "2.167")]


def test_title_lead_time_byline_and_section_are_told():
    before = row(*TEXTS, published_at="2026-05-09T08:00:00+07:00", authors='["Lê Thử"]')
    after = row(
        *TEXTS,
        title="Giá điện sẽ tăng",
        lead=None,
        published_at="2026-05-09T09:00:00+07:00",
        authors='["Lê Thử", "Trần Mẫu"]',
        section="Năng lượng",
    )
    told = difference(before, after)
    assert spans(told.title) == [("same", "Giá điện"), ("added", "sẽ"), ("same", "tăng")]
    assert told.lead is not None
    assert told.lead.edit is Edit.REMOVED
    assert [(fact.name, fact.after) for fact in told.facts] == [
        ("time", "2026-05-09T09:00:00+07:00"),
        ("byline", "Lê Thử, Trần Mẫu"),
        ("section", "Năng lượng"),
    ]
    assert set(edits(told)) == {Edit.SAME}


def test_blanks_and_quotation_marks_are_no_change():
    told = difference(row("Giá “điện”  tăng – mạnh ."), row('Giá "điện" tăng - mạnh.'))
    assert edits(told) == [Edit.SAME]


@pytest.mark.parametrize("seed", range(40))
def test_both_texts_can_be_put_together_again_from_what_is_told(seed: int):
    dice = random.Random(seed)
    words = [word for text in TEXTS for word in text.split()]

    def some() -> list[str]:
        count = dice.randint(0, 9)
        return [" ".join(dice.choices(words, k=dice.randint(1, 30))) for _ in range(count)]

    before, after = some(), some()
    if dice.random() < 0.7:
        after = [text for text in before if dice.random() < 0.8] + after[:2]
    told = difference(row(*before), row(*after))
    assert texts_of(told, Edit.REMOVED) == before
    assert texts_of(told, Edit.ADDED) == after
    for passage in told.passages:
        assert all(one.edit is not two.edit for one, two in pairwise(passage.spans))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["a " * 60_000], ["a b " * 40_000]),
        ([f"{n % 7} x" for n in range(8000)], [f"{n % 7} y" for n in range(8000)]),
        ([" ".join(str(n * 7919 % 101) for n in range(90_000))], ["x " * 90_000]),
    ],
    ids=["one word", "many blocks", "one block"],
)
def test_texts_made_to_hurt_are_compared_in_time(before: list[str], after: list[str]):
    began = time.process_time()
    told = difference(row(*before), row(*after))
    assert time.process_time() - began < 5
    assert Edit.SAME not in edits(told)


def seen_as(number: int, some) -> dict[str, object]:
    at = "2026-05-09T08:00:00+07:00"
    times = {"seen_at": at, "last_seen_at": at, "replaced_at": at if number == 1 else None}
    return some | times | {"version": number, "article_id": 1, "language": "vi", "page_id": None}


def test_the_page_shows_hostile_texts_as_texts_and_loads_nothing():
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m\u202e"
    before = seen_as(1, row(evil, TEXTS[0], title="Cũ"))
    url = "javascript:alert(1)"
    after = seen_as(2, row(evil + " mới", TEXTS[0], title=f"</title>{evil}", url=url))
    html = as_page(difference(before, after), before, after, 'Báo "Thử" <b>')
    assert set(re.findall(r"<(\w+)", html)) <= {
        *("html", "head", "meta", "title", "style", "body", "main", "header", "p", "h1", "dl"),
        *("div", "dt", "dd", "article", "footer", "ins", "del", "table", "tr", "th", "td", "span"),
    }
    assert "default-src 'none'" in html
    assert "javascript:" not in re.sub(r">[^<]*<", "><", html)
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "Báo &quot;Thử&quot; &lt;b&gt;" in html
    assert json.dumps(html).count("<ins>") >= 1
