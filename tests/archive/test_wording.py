"""What makes a new version, and what does not."""

import datetime as dt
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import VIETNAM, Attachment, Block, BlockKind, Image, TimeOrigin
from archive.text import clean
from archive.wording import RELATIVE, content_hash, plain, signs
from tests.archive.news import article, paragraphs

PARAGRAPH, CAPTION = BlockKind.PARAGRAPH, BlockKind.CAPTION
TEXTS = ("Lượng hàng về chợ ổn định.", "Giá rau xanh giảm 5,5% ở “nhiều nơi” – theo các sạp.")
ROWS = (("Mặt hàng", "Hôm qua", "Hôm nay"), ("Xăng", "", "20.100"))


def table(*rows: tuple[str, ...]) -> Block:
    return Block(kind=BlockKind.TABLE, text="\n".join(" | ".join(r) for r in rows), rows=rows)


def caption(text: str) -> Block:
    return Block(kind=CAPTION, text=text)


BLOCKS = (*paragraphs(*TEXTS), table(*ROWS), caption("Một góc chợ."), caption("Sạp rau sáng nay."))
WHOLE = article(blocks=BLOCKS, tags=("giá", "rau"), authors=("Lê Thị Thử",))


def with_texts(*texts: str):
    return {"blocks": (*paragraphs(*texts), *BLOCKS[2:])}


TRIVIAL = {
    "white space": with_texts(" Lượng hàng \n về\u00a0chợ  ổn định. ", TEXTS[1]),
    "zero-width characters": with_texts("Lượng\u200b hàng về chợ ổn định.\ufeff", TEXTS[1]),
    "decomposed letters": with_texts(*(unicodedata.normalize("NFD", text) for text in TEXTS)),
    "quotation marks and dashes": with_texts(
        TEXTS[0], 'Giá rau xanh giảm 5,5% ở "nhiều nơi" - theo các sạp.'
    ),
    "a blank before a sign": with_texts("Lượng hàng về chợ ổn định .", TEXTS[1].replace("%", " %")),
    "paragraphs joined": with_texts("\n".join(TEXTS)),
    "a paragraph as a subheading": {
        "blocks": (Block(kind=BlockKind.SUBHEADING, text=TEXTS[0]), *BLOCKS[1:])
    },
    "the lead as first paragraph": {
        "lead": None,
        "blocks": (*paragraphs(str(WHOLE.lead)), *BLOCKS),
    },
    "empty cells at the end": {
        "blocks": (*BLOCKS[:2], table(ROWS[0], (*ROWS[1], "")), *BLOCKS[3:])
    },
    "pictures in another order": {"blocks": (*BLOCKS[:2], BLOCKS[4], *BLOCKS[2:4])},
    "another address of a picture": {"images": (Image(url="https://cdn9.example.vn/a.webp"),)},
    "order of tags": {"tags": ("rau", "giá")},
    "another file address": {"attachments": (Attachment(url="https://bo.example.vn/f?v=2"),)},
    "the byline": {"authors": ("Lê Thị Thử", "Trần Văn Mẫu")},
    "the section": {"section": "Giá cả"},
    "the time of the last edit": {"modified_at": dt.datetime(2024, 5, 3, tzinfo=VIETNAM)},
    "the extractor": {"extractor": 99, "layers": {"title": "site h1"}},
    "seconds of the time": {"published_at": dt.datetime(2024, 5, 2, 7, 15, 42, tzinfo=VIETNAM)},
    "the zone of the time": {"published_at": dt.datetime(2024, 5, 2, 0, 15, tzinfo=dt.UTC)},
}
MEANT = {
    "the title": {"title": "Tiêu đề khác"},
    "the lead": {"lead": None},
    "a letter's accent": with_texts("Lượng hàng về chợ ốn định.", TEXTS[1]),
    "a number": with_texts(TEXTS[0], TEXTS[1].replace("5,5%", "5,6%")),
    "a blank inside a number": with_texts(TEXTS[0], TEXTS[1].replace("5,5%", "5, 5%")),
    "words moved apart": with_texts("Lượng hàng về ch ợổn định.", TEXTS[1]),
    "a word more": with_texts("Lượng hàng về chợ không ổn định.", TEXTS[1]),
    "capitals": with_texts(TEXTS[0].upper(), TEXTS[1]),
    "the order of paragraphs": with_texts(*reversed(TEXTS)),
    "a paragraph less": with_texts(TEXTS[0]),
    "a number in another column": {
        "blocks": (*BLOCKS[:2], table(ROWS[0], ("Xăng", "20.100", "")), *BLOCKS[3:])
    },
    "a caption": {"blocks": (*BLOCKS[:3], caption("Một góc khác."), BLOCKS[4])},
    "the time": {"published_at": dt.datetime(2024, 5, 2, 7, 16, tzinfo=VIETNAM)},
}


@pytest.mark.parametrize("change", TRIVIAL.values(), ids=TRIVIAL.keys())
def test_a_trivial_change_makes_no_version(change):
    assert content_hash(article(**{**vars_of(WHOLE), **change})) == content_hash(WHOLE)


@pytest.mark.parametrize("change", MEANT.values(), ids=MEANT.keys())
def test_a_change_that_a_reader_sees_makes_a_version(change):
    assert content_hash(article(**{**vars_of(WHOLE), **change})) != content_hash(WHOLE)


def test_the_time_of_a_listing_is_not_what_the_page_says():
    listed = {"published_from": TimeOrigin.LISTING}
    later = dt.datetime(2024, 5, 9, tzinfo=VIETNAM)
    assert content_hash(article(**listed)) == content_hash(article(**listed, published_at=later))


def test_a_time_told_from_the_moment_of_the_look_is_no_change():
    ago = {"layers": {"published": f"site span.time{RELATIVE}"}}
    later = dt.datetime(2024, 5, 2, 9, 0, tzinfo=VIETNAM)
    assert content_hash(article(**ago)) == content_hash(article(**ago, published_at=later))


def vars_of(some):
    return {name: getattr(some, name) for name in ("blocks", "tags", "authors")}


BLANKS = re.compile(r"\s+")
BLANK_AT_SIGN = re.compile(r" (?=[,.;:!?%)\]}])|(?<=[(\[{]) ")


@settings(max_examples=1000)
@given(st.text(st.sampled_from('giáĐ 1,.;:!?%)]}([{“”–…"\u200b\x85\x0b\u2028\xa0\r\n\u0301')))
def test_a_text_counts_as_it_did_when_its_hashes_were_kept(text: str):
    """Letter by letter, as the first release did it."""
    one = BLANKS.sub(" ", signs(clean(text))).strip()
    assert plain(text) == BLANK_AT_SIGN.sub("", one)


@given(st.text(st.one_of(st.sampled_from(" ,.;:!?%)]}([{“”–…\u00a0\n\u0309a"), st.characters())))
def test_a_plain_text_has_single_blanks_and_none_inside_signs(text: str):
    slow = " ".join(signs(clean(text)).split())
    for sign in ",.;:!?%)]}":
        slow = slow.replace(f" {sign}", sign)
    for bracket in "([{":
        slow = slow.replace(f"{bracket} ", bracket)
    assert plain(text) == slow
