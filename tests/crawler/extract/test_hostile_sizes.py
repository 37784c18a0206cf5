"""Pages of up to 8 MiB, each large in another way, are read or refused in time and with a reason.

The limit is two seconds of CPU time on an idle core; tests allow for a busy machine and for a
slow one, and a cost that grows with the square of something takes far longer than that.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from archive.models import Article
from crawler.errors import ExtractError, TooComplexError
from crawler.extract import extract
from crawler.site_file import load_sites
from tests.crawler.extract.pages import OTHER, SENTENCE, TITLE, page, read

# Two where the processor is ours; what this is to find, time that grows with the square of a
# page's size, takes minutes. Other programs made it five.
SECONDS = 10
HEAD = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
TEXT = f"<p>{SENTENCE}</p>"
# Just below the number of elements at which a page is refused.
MOST = 39_000
# In the order that normalization has to turn round.
MARKS = "\u0302\u0323"


def numbered(pattern: str, count: int) -> str:
    return "".join(pattern.format(n) for n in range(count))


def in_head(markup: str) -> str:
    return f"<html><head>{markup}{HEAD.removeprefix('<html><head>')}{TEXT}"


def json_ld(text: str) -> str:
    return in_head(f'<script type="application/ld+json">{text}</script>')


def told(**fields: object) -> str:
    return json_ld(json.dumps({"@type": "NewsArticle", **fields}))


READ: dict[str, Callable[[], str]] = {
    "paragraphs": lambda: HEAD + numbered(f"<p>{SENTENCE} {{}}</p>", MOST),
    "one paragraph said again and again": lambda: HEAD + TEXT * 30_000,
    "paragraphs that nobody closes": lambda: HEAD + "<p>chữ" * MOST,
    "a paragraph of megabytes": lambda: HEAD + "<p>" + SENTENCE * 50_000,
    "links": lambda: HEAD + TEXT + "<a href='/x'>một liên kết khác</a> " * MOST,
    "a table": lambda: HEAD + TEXT + "<table>" + "<tr><td>RON 95<td>20.140" * 13_000,
    "pictures": lambda: HEAD + TEXT + numbered("<img src='{0}.jpg'>", MOST),
    "pictures in nested captions": lambda: (
        HEAD + TEXT + numbered("<div class=caption><img src='{0}.jpg'>", 1900)
    ),
    "attachments": lambda: HEAD + TEXT + numbered("<a href='{0}.pdf'>tệp {0}</a>", MOST),
    "attributes of metadata": lambda: in_head(
        numbered("<meta property='article:published_time' content='hôm qua {}'>", MOST)
    ),
    "metadata of megabytes": lambda: in_head(
        f"<meta property='og:title' content='{'giá điện ' * 600_000}'>"
    ),
    "headings": lambda: HEAD + numbered(f"<h1>{TITLE} {{}}</h1>", 20_000) + TEXT,
    "boxes called title": lambda: (
        HEAD.replace("<h1>", "<h1>khác ") + numbered(f"<div class=title>{TITLE} {{}}", 1900) + TEXT
    ),
    "boxes called lead": lambda: HEAD + "<div class=sapo>ngắn</div>" * MOST + TEXT,
    "boxes called author": lambda: HEAD + TEXT + numbered("<p class=author>Mai Lan {}", MOST),
    "times": lambda: HEAD + numbered("<span>{} phút trước</span>", MOST) + TEXT,
    "lines to the right": lambda: HEAD + TEXT + "<p align=right>Mai Lan</p>" * MOST,
    "names of classes": lambda: HEAD + TEXT + numbered(f"<p class='{'x' * 150}{{}}'>chữ</p>", MOST),
    "a name of megabytes": lambda: HEAD + f"<div class='{'liên quan ' * 500_000}'>" + TEXT,
    "entities": lambda: HEAD + "<p>" + "&amp;#273;" * 800_000,
    "entities of marks": lambda: HEAD + TEXT + "<p>a" + "&#803;&#770;" * 500_000,
    "marks on one letter": lambda: HEAD + TEXT + "<p>a" + MARKS * 1_900_000,
    "blanks": lambda: HEAD + TEXT + "<p>chữ" + "\u00a0" * 3_900_000 + "chữ",
    "line breaks": lambda: HEAD + "<p>" + "chữ<br>" * MOST,
    "hidden repeats": lambda: (
        HEAD + TEXT + f"<p>{OTHER}</p><p style='display:none'>{OTHER}</p>" * 15_000
    ),
    "JSON-LD": lambda: in_head(
        '<script type="application/ld+json">{"@type": "NewsArticle"}</script>' * MOST
    ),
    "JSON-LD of deep lists": lambda: json_ld("[" * 4_000_000),
    "JSON-LD of deep objects": lambda: json_ld('{"@graph":' * 800_000),
    "JSON-LD of objects": lambda: json_ld("[" + '{"@type":"X"},' * 500_000 + "{}]"),
    "JSON-LD of authors": lambda: told(author=[{"name": f"Mai {n}"} for n in range(200_000)]),
    "metadata with a number of thousands of digits": lambda: in_head(
        f"<meta property='og:title' content='&amp;#{'9' * 5000};'>"
    ),
    "JSON-LD of a title with such a number": lambda: told(headline=f"&#{'9' * 5000}; giá"),
    "JSON-LD of a long title": lambda: told(headline="&amp;" * 1_400_000),
    "JSON-LD of a long number": lambda: json_ld('{"datePublished":' + "9" * 7_000_000 + "}"),
    "JSON-LD of comments": lambda: json_ld(("-->" + " " * 3000) * 2600),
    "JSON-LD of commas": lambda: json_ld((", " + " " * 2000) * 3900),
    "a page address of megabytes": lambda: in_head(
        "<link rel=canonical href='https://vidu.vn/" + "a/../" * 1_500_000 + "'>"
    ),
    "a base address of megabytes": lambda: (
        f"<base href='{'http://a/' * 800_000}'>" + HEAD + TEXT + "<img src=x>" * 200
    ),
    "base addresses": lambda: "<base href='http://a/'>" * MOST + HEAD + TEXT,
    "nothing but angle brackets": lambda: HEAD + TEXT + "<" * 7_000_000,
    "comments": lambda: HEAD + TEXT + "<!-- x -->" * 700_000,
    "scripts": lambda: HEAD + "<script>x</script>" * MOST + TEXT,
    "comments below many levels": lambda: HEAD + "<div>" * 2100 + TEXT + "<!---->" * 900_000,
    "broken comments below many levels": lambda: HEAD + "<div>" * 2100 + TEXT + "<!--" * 1_900_000,
    "broken declarations below many levels": lambda: HEAD + "<div>" * 2100 + TEXT + "<![x" * 9_000,
    "39,000 levels": lambda: HEAD + "<b>" * 39_000 + TEXT,
    "tables in tables": lambda: (
        HEAD + TEXT + ("<table><tr><td>" * 60 + "x" + "</table>" * 60) * 200
    ),
    "dates that are none": lambda: HEAD + numbered("<b>{}/13/2026 25:61</b>", 20_000) + TEXT,
    "dates in words in all metadata": lambda: in_head(
        "".join(
            f"<meta {key} content='{n} tháng thứ ngày lúc tuần giờ'>"
            for n in range(200)
            for key in ("property=article:published_time", "name=pubdate", "itemprop=datepublished")
        )
    ),
    "signatures": lambda: HEAD + TEXT + "<p>Theo Theo Theo Theo Theo</p>" * MOST,
    "trails": lambda: HEAD + "<div class=breadcrumb><a href=/>x</a></div>" * 19_000 + TEXT,
    "wrong nesting": lambda: HEAD + TEXT + "<a href=x><p>" * 19_000,
}
REFUSED: dict[str, Callable[[], str]] = {
    "a line of 15 MB": lambda: HEAD + "<p>" + "x" * 15_000_000,
    "100,000 links": lambda: HEAD + "<a href=x>y</a>" * 100_000,
    "200,000 paragraphs": lambda: HEAD + "<p>y</p>" * 200_000,
    "a million attributes": lambda: (
        HEAD + f"<p {' '.join(f'a{n}=1' for n in range(30))}>x" * 33_000
    ),
    "a table of 100,000 rows": lambda: HEAD + "<table>" + "<tr><td>y" * 100_000,
}


def seconds_and_outcome(markup: str) -> tuple[float, Article | ExtractError]:
    """Of a page that took too long the best of three: other programs share the processor."""
    one = page(markup)
    taken: list[float] = []
    while not taken or (min(taken) >= SECONDS and len(taken) < 3):
        start = time.process_time()
        try:
            outcome: Article | ExtractError = read(one)
        except ExtractError as error:
            outcome = error
        taken.append(time.process_time() - start)
    return min(taken), outcome


@pytest.mark.parametrize("name", READ)
def test_a_large_page_is_read_in_time(name: str) -> None:
    seconds, outcome = seconds_and_outcome(READ[name]())
    assert seconds < SECONDS
    assert isinstance(outcome, Article)
    assert outcome.text


@pytest.mark.parametrize("name", REFUSED)
def test_a_larger_page_is_refused_at_once_with_the_reason(name: str) -> None:
    seconds, outcome = seconds_and_outcome(REFUSED[name]())
    assert seconds < SECONDS
    assert isinstance(outcome, TooComplexError)
    assert "more than" in str(outcome) or "so many" in str(outcome)


@pytest.mark.parametrize("levels", [2_000, 20_000])
def test_a_deep_page_keeps_its_text(levels: int) -> None:
    markup = HEAD + "<div>" * levels + TEXT + "</div>" * levels + f"<p>{OTHER}</p>"
    seconds, outcome = seconds_and_outcome(markup)
    assert seconds < SECONDS
    assert isinstance(outcome, Article)
    assert SENTENCE in outcome.text
    assert OTHER in outcome.text


def test_bodies_in_bodies_without_text_are_read_in_time() -> None:
    site = load_sites()["moit-gov-vn"]
    body = "<div class='article-content common-content'><img src=x>" * 950
    start = time.process_time()
    with pytest.raises(ExtractError):
        extract(page(HEAD + body, url="https://moit.gov.vn/tin-tuc/anh.html"), site)
    assert time.process_time() - start < SECONDS


def test_marks_piled_on_a_letter_do_not_cost_the_text_behind_them() -> None:
    _, outcome = seconds_and_outcome(HEAD + "<p>a" + MARKS * 50_000 + " " + SENTENCE)
    assert isinstance(outcome, Article)
    assert outcome.text.endswith(SENTENCE)
