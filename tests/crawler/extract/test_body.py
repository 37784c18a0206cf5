from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from archive.models import VIETNAM, Article, Attachment, Block, BlockKind, Image, TimeOrigin
from crawler.errors import NoBodyError, NoTitleError
from crawler.extract import EXTRACTOR, extract
from crawler.extract.tree import words
from crawler.site import Selector
from crawler.site_file import unknown_site
from crawler.site_schema import FieldsTable
from tests.crawler.extract.pages import (
    OTHER,
    SENTENCE,
    TITLE,
    URL,
    article_page,
    page,
    read,
    read_body,
)

P = ("paragraph", SENTENCE)
O = ("paragraph", OTHER)  # noqa: E741 - reads as the pair of P


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (f"<p>{SENTENCE}</p><p>{OTHER}</p>", [P, O]),
        (f"<div>{SENTENCE}</div><div><div>{OTHER}</div></div>", [P, O]),
        (f"{SENTENCE}<br><br>{OTHER}", [P, O]),
        (f"{SENTENCE}<p>{OTHER}</p>", [P, O]),
        (f"<p>{SENTENCE}<p>{OTHER}", [P, O]),
        (f"<p>{SENTENCE}</p><h2>Tiến độ</h2><p>{OTHER}</p>", [P, ("subheading", "Tiến độ"), O]),
        (
            f"<p>{SENTENCE}</p><p><b>Tiến độ</b></p><p>{OTHER}</p>",
            [P, ("subheading", "Tiến độ"), O],
        ),
        (f"<p>{SENTENCE}</p><blockquote>{OTHER}</blockquote>", [P, ("quote", OTHER)]),
        (f"<p>{SENTENCE}</p><p>Một<br>hai</p><p>{OTHER}</p>", [P, ("paragraph", "Một\nhai"), O]),
        (f"<p>{SENTENCE}</p><ul><li>Một<ul><li>hai</li></ul></li></ul>", [P, ("list", "Một\nhai")]),
        (f"<p>{SENTENCE}</p><p>{OTHER}</p><p>{OTHER}</p>", [P, O]),
        (f"<p>{SENTENCE}</p><p style='display:none'>Ẩn</p><p>{OTHER}</p>", [P, O]),
        (f"<p>{SENTENCE}</p><script>var x='chữ';</script><p>{OTHER}</p>", [P, O]),
        (f"<p>{SENTENCE}</p><p>&nbsp;</p><p>\u200b</p><p>{OTHER}</p>", [P, O]),
        (f"<p>{SENTENCE}</p><div class='box-tin-lien-quan'>Tin cũ</div><p>{OTHER}</p>", [P, O]),
        (f"<p>{SENTENCE}</p><p>Xem thêm: <a href='/a'>Tin cũ</a></p><p>{OTHER}</p>", [P, O]),
        (f"<p>{SENTENCE}</p><p><a href='/a'>Một tin cũ nào đó khác</a></p><p>{OTHER}</p>", [P, O]),
        (f"<p>{TITLE}</p><p>{SENTENCE}</p>", [P]),
        (f"<p>{SENTENCE}</p><p>{OTHER}</p><p>(Theo TTXVN)</p>", [P, O]),
        (f"<p><b>Trương Vĩnh Lộc</b></p><p>{SENTENCE}</p><p>{OTHER}</p>", [P, O]),
        (f"<p>8/9/2026 - 07:05</p><p>{SENTENCE}</p>", [P]),
        (f"<p><a href='/k'>Kinh tế</a></p><p>{SENTENCE}</p>", [P]),
        (f"<p>{SENTENCE}</p><div>Quảng cáo</div><p>{OTHER}</p>", [P, O]),
        (f"<p>{SENTENCE}</p><p>{OTHER}</p><div><h3>2 bình luận</h3><p>Hay quá!</p></div>", [P, O]),
        # A box that begins with such a box is not one.
        (f"<div><div>TIN MỚI</div><p>{SENTENCE}</p></div><p>{OTHER}</p>", [P, O]),
        (
            f"<p>{SENTENCE}</p><div><h3><a href='/t'>Tin của một bài khác</a></h3><p>Sapo của bài "
            f"khác ấy.</p></div><p>{OTHER}</p>",
            [P, O],
        ),
        (
            f"<p>{SENTENCE}</p><figure><img src='/a.jpg'><figcaption><h2>Tổ máy 1</h2></figcaption>"
            f"</figure><p>{OTHER}</p>",
            [P, ("caption", "Tổ máy 1"), O],
        ),
        (f"<p>{SENTENCE}</p><p align='right'><b>Bài và ảnh: HẢI SƠN</b></p>", [P]),
        # Names that head the parts of a text do not sign it.
        (
            f"<p><b>Lê Thị Hồng</b></p><p>{SENTENCE}</p><p><b>Vũ Đức Long</b></p><p>{OTHER}</p>",
            [("subheading", "Lê Thị Hồng"), P, ("subheading", "Vũ Đức Long"), O],
        ),
    ],
)
def test_blocks_are_what_a_reader_sees(markup: str, expected: list[tuple[str, str]]) -> None:
    assert read_body(markup) == expected


def test_inline_markup_neither_glues_nor_parts_words() -> None:
    markup = f"<p>{SENTENCE}</p><p>Nghị <b>đ</b>ịnh <a href='/x'>số 1</a>, <i>điều</i> 2.</p>"
    assert read_body(markup)[1] == ("paragraph", "Nghị định số 1, điều 2.")


def test_text_is_nfc_and_holds_no_invisible_characters() -> None:
    decomposed = "Bo\u0323\u0302 Co\u0302ng\u00a0Thu\u0323\u00ad\u200bc\ufeff"
    assert read_body(f"<p>{SENTENCE}</p><p>{decomposed}.</p>")[1][1] == "Bộ Công Thục."


def test_table_of_prices_keeps_its_cells() -> None:
    rows = "<tr><td><p>Xăng</p></td><td>19.810</td></tr><tr><td>Dầu</td><td><b>18.020</b></td></tr>"
    article = read(article_page(f"<p>{SENTENCE}</p><table>{rows}</table>"))
    table = article.blocks[1]
    assert table.kind is BlockKind.TABLE
    assert table.rows == (("Xăng", "19.810"), ("Dầu", "18.020"))
    assert table.text == "Xăng | 19.810\nDầu | 18.020"


def test_wide_cells_keep_columns_in_line_and_huge_spans_are_bounded() -> None:
    rows = "<tr><td colspan=2>Giá</td><td>Đơn vị</td></tr><tr><td>A</td><td>B</td><td>C</td></tr>"
    article = read(article_page(f"<p>{SENTENCE}</p><table>{rows}</table>"))
    assert article.blocks[1].rows == (("Giá", "", "Đơn vị"), ("A", "B", "C"))
    bomb = "<tr><td colspan=100000>Giá</td><td>B</td></tr>"
    article = read(article_page(f"<p>{SENTENCE}</p><table>{bomb}</table>"))
    assert len((article.blocks[1].rows or ())[0]) == 51


def test_table_for_layout_is_text() -> None:
    markup = f"<table><tr><td><p>{SENTENCE}</p><p>{OTHER}</p></td></tr></table>"
    assert read_body(markup) == [P, O]


def test_table_round_a_picture_is_its_caption() -> None:
    rows = "<tr><td><img src='/a.jpg'></td></tr><tr><td>Tổ máy số 1</td></tr>"
    article = read(article_page(f"<p>{SENTENCE}</p><table>{rows}</table>"))
    assert (article.blocks[1].kind, article.blocks[1].text) == (BlockKind.CAPTION, "Tổ máy số 1")
    assert article.images[0].url == "https://vidu.vn/a.jpg"
    assert article.text == SENTENCE


def test_centered_line_below_a_picture_is_its_caption() -> None:
    markup = (
        f"<p>{SENTENCE}</p><p style='text-align:center'><img src='/a.jpg'></p>"
        f"<p style='text-align: center;'>Hồ chứa</p><p>{OTHER}</p>"
    )
    assert read_body(markup) == [P, ("caption", "Hồ chứa"), O]


def test_right_aligned_last_line_is_a_byline_not_text() -> None:
    article = read(
        article_page(f"<p>{SENTENCE}</p><p>{OTHER}</p><p align='right'><b>Ái Như</b></p>")
    )
    assert article.authors == ("Ái Như",)
    assert article.text == f"{SENTENCE}\n\n{OTHER}"


def test_byline_above_a_note_is_no_text_either() -> None:
    lines = "<p style='text-align: right'>Ái Như</p><p><i>Tên nhân vật đã được thay đổi.</i></p>"
    article = read(article_page(f"<p>{SENTENCE}</p><p>{OTHER}</p>{lines}"))
    assert article.authors == ("Ái Như",)
    assert "Ái Như" not in article.text
    assert article.text.endswith("thay đổi.")


@pytest.mark.parametrize(
    "head",
    [
        "<h1>Báo Ví Dụ</h1><h2 class='title'>{}</h2>",
        "<h1 class='logo'>Ví Dụ</h1><h1>{}</h1>",
        "<div class='detail-title'>{}</div>",
        "<p class='none'>Mục lục</p>",
    ],
)
def test_title_is_the_heading_that_the_page_s_title_names(head: str) -> None:
    title = "Giá thép “hạ nhiệt” sau ba tuần"
    page_title = '<title>Giá thép "hạ nhiệt" sau ba tuần - Kinh tế - Báo Ví Dụ</title>'
    menu = "<a href='/kinh-te'>Kinh tế</a>"
    site = '<meta property="og:site_name" content="Ví Dụ">'
    one = page(f"{page_title}{site}<body>{menu}{head.format(title)}<p>{SENTENCE}</p></body>")
    assert words(read(one).title) == words(title)
    assert ("“" in read(one).title) == (title in head.format(title))


def test_lead_of_another_story_is_not_the_lead() -> None:
    other = (
        "<div class='box'><h3>Tin khác</h3><div class='sapo-tin'>"
        + "Đoạn khác. " * 8
        + "</div></div>"
    )
    article = read(article_page(f"<p>{SENTENCE}</p><p>{OTHER}</p></div>{other}"))
    assert article.lead is None


def test_agency_below_the_text_is_the_origin() -> None:
    article = read(article_page(f"<p>{SENTENCE}</p><p>{OTHER}</p><p>(Theo TTXVN)</p>"))
    assert (article.origin, article.authors) == ("TTXVN", ())


def test_attachments_are_kept_with_their_words() -> None:
    markup = f"<p>{SENTENCE}</p><ul><li><a href='/f/tb.PDF?x=1'>Thông báo 12</a></li></ul>"
    article = read(article_page(markup))
    assert [(one.url, one.title) for one in article.attachments] == [
        ("https://vidu.vn/f/tb.PDF?x=1", "Thông báo 12")
    ]
    assert article.blocks[1].text == "Thông báo 12"


def test_hidden_body_is_read_where_nothing_else_is() -> None:
    markup = f"<div style='display: none'><p>{SENTENCE}</p><p>{OTHER}</p></div>"
    assert [text for _, text in read_body(markup)] == [SENTENCE, OTHER]


def test_body_may_stand_where_no_body_belongs() -> None:
    paragraphs = f"<div><p>{SENTENCE}</p><div><p>{OTHER}</p></div></div>"
    site = unknown_site(URL)
    site = replace(site, fields={**site.fields, "body": (Selector(text="nav", layer="site"),)})
    article = extract(article_page(f"<nav>{paragraphs}</nav>"), site)
    assert article.text == f"{SENTENCE}\n\n{OTHER}"


def test_page_without_title_or_text_says_which() -> None:
    with pytest.raises(NoTitleError, match="title"):
        read(page(f"<html><body><p>{SENTENCE}</p></body></html>"))
    with pytest.raises(NoBodyError, match="text"):
        read(page(f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1></body></html>"))


def test_shown_time_wins_over_metadata_and_the_layer_says_so() -> None:
    head = '<meta property="article:published_time" content="2026-09-08T10:30:00+07:00">'
    article = read(
        article_page(f"<p>{SENTENCE}</p>", head, "<span class='d'>8/9/2026 10:12</span>")
    )
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-09-08T10:12:00+07:00"
    assert article.layers["published"] == "generic find:published"


def test_minute_comes_from_metadata_where_only_the_day_is_shown() -> None:
    head = '<meta property="article:published_time" content="2026-09-08T10:30:00+07:00">'
    article = read(article_page(f"<p>{SENTENCE}</p>", head, "<span class='d'>8/9/2026</span>"))
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-09-08T10:30:00+07:00"
    assert "minute from generic meta:article:published_time" in article.layers["published"]


def test_noarchive_is_read_from_meta_and_header() -> None:
    body = f"<p>{SENTENCE}</p>"
    assert read(article_page(body, '<meta name="robots" content="index, NOARCHIVE">')).noarchive
    assert not read(article_page(body, '<meta name="robots" content="index">')).noarchive


def test_every_field_of_a_site_file_is_read() -> None:
    markup = (
        f"<h2 class='t'>{TITLE}</h2><p class='l'>BVD - {OTHER}</p><i class='p'>8/9/2026 9:00</i>"
        "<i class='m'>8/9/2026 9:30</i><i class='a'>Hạ Vy</i><i class='o'>Theo Báo Ví Dụ</i>"
        "<i class='s'>Năng lượng</i><i class='g'>điện</i><img class='i' src='/a.jpg'>"
        f"<a class='f' href='/x.doc'>Tờ trình</a><div class='b'><p>{SENTENCE}</p>"
        "<p class='c'>Tổ máy số 1</p></div><i class='n'>vi</i>"
    )
    names = dict(zip(FieldsTable.model_fields, "tlbpmaosgcifn", strict=True))
    fields = {key: (Selector(text=f".{name}", layer="site"),) for key, name in names.items()}
    site = replace(unknown_site(URL), fields=fields, lead_prefixes=("BVD - ",), drop=())
    article = extract(page(markup), site)
    assert article == Article(
        url=URL,
        source="vidu-vn",
        title=TITLE,
        lead=OTHER,
        blocks=(
            Block(kind=BlockKind.PARAGRAPH, text=SENTENCE),
            Block(kind=BlockKind.CAPTION, text="Tổ máy số 1"),
        ),
        authors=("Hạ Vy",),
        published_at=dt.datetime(2026, 9, 8, 9, 0, tzinfo=VIETNAM),
        published_from=TimeOrigin.SHOWN,
        modified_at=dt.datetime(2026, 9, 8, 9, 30, tzinfo=VIETNAM),
        section="Năng lượng",
        sections=("Năng lượng",),
        origin="Báo Ví Dụ",
        tags=("điện",),
        images=(Image(url="https://vidu.vn/a.jpg"),),
        attachments=(Attachment(url="https://vidu.vn/x.doc", title="Tờ trình"),),
        language="vi",
        layers={key: f"site .{name}" for key, name in names.items() if key != "captions"},
        extractor=EXTRACTOR,
    )


def test_the_nearest_layer_that_finds_something_wins_and_is_named() -> None:
    chain = tuple(Selector(text=f".{name}", layer=name) for name in ("site", "family", "generic"))
    site = unknown_site(URL)
    site = replace(site, fields={**site.fields, "section": chain})
    article = extract(
        article_page(f"<p>{SENTENCE}</p><i class='family'>Điện</i><i class='generic'>X</i>"), site
    )
    assert (article.section, article.layers["section"]) == ("Điện", "family .family")


@pytest.mark.parametrize(
    ("url", "tail"),
    [
        ("https://amp.baokhoi.example/a-1.html", "Báo Khơi"),
        ("https://khoi.example/a-1.html", "Báo Khơi Kinh doanh"),
        ("https://www.vidu.gov.vn/a-1.html", "Ví Dụ"),
    ],
)
def test_a_title_loses_the_name_that_its_address_spells(url: str, tail: str) -> None:
    markup = f"<title>{TITLE} | {tail}</title><div><p>{SENTENCE}</p><p>{OTHER}</p></div>"

    assert read(page(markup, url=url)).title == TITLE


def test_a_title_loses_the_publisher_s_name() -> None:
    told = '<script type="application/ld+json">{"publisher": {"name": "Nhịp Đập Số"}}</script>'
    markup = f"<title>{TITLE} - Nhịp Đập Số</title>{told}<p>{SENTENCE}</p><p>{OTHER}</p>"

    assert read(page(markup)).title == TITLE
