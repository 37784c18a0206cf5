"""Pages built to hurt are refused or read within two seconds, with a reason."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from archive.models import Page
from crawler.errors import ExtractError, TooComplexError
from tests.crawler.extract.pages import OTHER, SENTENCE, TITLE, page, read

# Two where the processor is ours; what this is to find, time that grows with the square of a
# page's size, takes minutes. Other programs made it five.
SECONDS = 10
HEAD = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"


def attributes(count: int, value: str = "=1") -> str:
    return " ".join(f"a{n}{value}" for n in range(count))


QUOTED = '="><"'
QUOTE_IN_SCRIPT = "<script>'<a b=\"'</script>"
BOMBS = {
    "attributes": f"{HEAD}<p {attributes(200_000)}>x</p>",
    "attributes with marks in quotes": f"{HEAD}<p {attributes(150_000, QUOTED)}>x</p>",
    "attributes behind a quote in a script": HEAD + QUOTE_IN_SCRIPT + f"<p {attributes(200_000)}>",
    "attributes of a script": f"{HEAD}<script {attributes(200_000)}></script>",
    "many tags of many attributes": HEAD + f"<p {attributes(500)}>x</p>" * 1500,
    "too large": HEAD + "x" * 9_000_000,
    "100,000 links": HEAD + "<a href='/x'>một liên kết</a> " * 100_000,
    "deep and large": HEAD + "<div>" * 300_000,
}
BURDENS = {
    "open tags": HEAD + "<a href=x " * 200_000,
    "links": HEAD + "<a href='/x'>một liên kết</a> " * 25_000,
    "a long line": HEAD + "<p>" + "điện lực " * 600_000,
    "comments": HEAD + "<!--" * 1_000_000,
    "scripts": HEAD + "<script>" * 500_000,
    "nested lists": HEAD + "<ul><li>mục " * 900,
    "nested tables": HEAD + "<table><tr><td>ô" * 600,
    "entities": HEAD + "<p>" + "&amp;" * 1_000_000,
    "breaks": HEAD + "<p>chữ" + "<br>" * 25_000,
    "many times": HEAD + "<span>5 phút trước, ngày 3/9/2026</span>" * 20_000,
    "prose far down": HEAD + "<div>" * 1900 + (f"{SENTENCE}<br>" * 10_000),
    "nested dates": HEAD + "<div>8/9/2026 10:12" * 1900 + "chữ " * 500_000,
    "nested leads": HEAD + "<p class='sapo'><div class='sapo'>" * 900 + "chữ " * 500_000,
    "nested authors": HEAD + "<div class='author'>" * 1900 + "<i class='author'>A B</i>" * 15_000,
    "pictures in one table": HEAD + "<table>" + "<tr><td><img src=/a><td>b" * 10_000,
    "files in nested boxes": HEAD
    + "<div><a href=a.html>liên kết nào đó</a>" * 1900
    + "<a href=a.pdf>",
    "an endless title": "<title>" + "điện - " * 300_000 + "</title><h1>a</h1>" + SENTENCE,
    "endless names": HEAD + f"<p class='{'share_' * 300_000}' id='{'ad-' * 300_000}'>{SENTENCE}",
    "endless metas": f"<meta property='og:title' content='{'a - ' * 900_000}'>" + HEAD + SENTENCE,
    "an endless author": HEAD + f"<i class='author'>{'a' * 2_000_000}</i><p>{SENTENCE}",
    "many files": HEAD + "<p>" + SENTENCE + "<a href=a.pdf>tệp</a>" * 20_000,
    "many leads": HEAD + "<div class='sapo'>" * 1000,
}


def best_of_three(work: Callable[[], object]) -> float:
    """CPU seconds; the best of three where the first was too slow: others share the processor."""
    taken: list[float] = []
    while not taken or (min(taken) >= SECONDS and len(taken) < 3):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def read_if_it_can_be(one: Page) -> None:
    with contextlib.suppress(ExtractError):
        read(one)


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_at_once(name: str) -> None:
    one = page(BOMBS[name])
    with pytest.raises(TooComplexError, match="kept"):
        read(one)
    assert best_of_three(lambda: read_if_it_can_be(one)) < SECONDS


@pytest.mark.parametrize("name", BURDENS)
def test_burden_is_carried_in_time(name: str) -> None:
    one = page(BURDENS[name])
    assert best_of_three(lambda: read_if_it_can_be(one)) < SECONDS


@pytest.mark.parametrize("levels", [100, 1_900, 2_100, 10_000])
def test_no_text_is_lost_however_deep_it_stands(levels: int) -> None:
    deep = "<div>" * levels + f"<p>{SENTENCE}</p>" + "</div>" * levels + f"<p>{OTHER}</p>"
    text = read(page(HEAD + deep)).text
    assert SENTENCE in text
    assert OTHER in text
    assert best_of_three(lambda: read(page(HEAD + deep))) < SECONDS


def test_a_bomb_in_a_comment_does_not_make_a_page_unreadable() -> None:
    body = f"{HEAD}<!-- <p {attributes(100_000)}> --><p>{SENTENCE}</p></body></html>"
    assert read(page(body)).text == SENTENCE


def test_the_words_of_a_value_are_not_taken_for_attributes() -> None:
    value = "điện " * 100_000
    body = f"{HEAD}<div data-text='{value}' data-more=\"{value}\"><p>{SENTENCE}</p></div>"
    assert read(page(body)).text == SENTENCE


@pytest.mark.parametrize("start", ['a=b="', "a='b'c=d'", '="x"y', 'a="b"\''])
def test_attributes_do_not_hide_behind_half_a_quotation(start: str) -> None:
    with pytest.raises(TooComplexError, match="attributes"):
        read(page(f"{HEAD}<p {start} {attributes(50_000)}>x</p>"))
