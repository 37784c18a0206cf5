"""Pages of random structure, and damaged ones, are read as clean articles or not at all."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import Article, BlockKind
from crawler.errors import ExtractError
from crawler.extract import extract
from crawler.site import Site
from crawler.site_file import SITES, load_sites, unknown_site
from tests.crawler.extract.pages import OTHER, SENTENCE, TITLE, URL, page

GOLDEN = sorted((Path(__file__).parents[2] / "sites").glob("*/*.html"))
SITE_FILES = load_sites(SITES)
# A line break parts the lines of a list, a table or a poem; nothing else invisible may pass.
INVISIBLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b\ufeff\ud800-\udfff]")

BOXES = ("div", "section", "article", "main", "aside", "figure", "blockquote", "center", "td")
LINES = ("p", "h1", "h2", "h3", "li", "span", "b", "em", "a", "figcaption", "time", "font")
NAMES = (
    *("", "", "", "detail", "content", "sapo", "author", "related-news", "caption", "tags"),
    *("title", "date", "fck_detail", "detail-content afcbc-body", "box-tinlienquan", "source"),
)
WORDS = (
    *(SENTENCE + " " + OTHER, f"<p>{SENTENCE}</p><p>{OTHER}</p>"),
    *(SENTENCE, OTHER, TITLE, "8/9/2026 10:12", "Thứ Hai, 07-09-2026 - 13:00 PM", "5 phút trước"),
    *("Theo TTXVN", "Mai Lan", "Xem thêm:", ">>", "Ảnh: Mai Lan", "(Chinhphu.vn) - ", "&#273;"),
    *("điê\u0323n lư\u0323c", "a\u200bb", "\u00ad", "\u202e", "&amp;#7871;", "\x01", "\u00a0", ""),
)
JSON_LD = '<script type="application/ld+json">{}</script>'
HEADS = (
    f"<title>{TITLE} - Báo Ví Dụ</title>",
    f"<meta property='og:title' content='{TITLE}'>",
    f"<meta name=description content='{SENTENCE}'>",
    "<meta property='article:published_time' content='2026-09-08T10:12:00+0700'>",
    "<meta property='article:published_time' content='2026-13-45'>",
    JSON_LD.format('{"@type":"NewsArticle","author":[{"name":"Lan"},3]}'),
    JSON_LD.format('{"datePublished":"2026-09-08T01:02:03.000 +07:00"}'),
    "<base href='//['>",
    "<link rel=canonical href='/khac.html'>",
    "<meta charset=windows-1258>",
)

texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=30))
leaves = st.one_of(
    texts,
    st.builds(
        "<{0} class='{1}'>{2}</{0}>".format, st.sampled_from(LINES), st.sampled_from(NAMES), texts
    ),
    st.sampled_from(
        ("<br>", "<img src=a.jpg>", "<img data-src='x y' alt=Ảnh>", "<hr>", "<!-- x -->")
    ),
    st.builds("<a href='{}'>{}</a>".format, st.sampled_from(("a.pdf", "//[", "/x.html")), texts),
)


def box(tag: str, name: str, style: str, inside: list[str]) -> str:
    return f"<{tag} class='{name}' style='{style}'>{''.join(inside)}</{tag}>"


def table(cells: list[str]) -> str:
    rows = (cells[n : n + 2] for n in range(0, len(cells), 2))
    return "<table>" + "".join("<tr><td>" + "<td>".join(row) for row in rows) + "</table>"


def boxes(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    many = st.lists(inside, max_size=5)
    styles = st.sampled_from(("", "", "", "text-align:right", "display:none"))
    return st.one_of(
        st.builds(box, st.sampled_from(BOXES), st.sampled_from(NAMES), styles, many),
        st.builds(table, many),
        st.builds("<ul>{}</ul>".format, many.map(lambda lines: "<li>" + "<li>".join(lines))),
    )


trees = st.recursive(leaves, boxes, max_leaves=25)
pages = st.builds(
    "<html><head>{}</head><body>{}{}</body></html>".format,
    st.lists(st.sampled_from(HEADS), max_size=4).map("".join),
    st.sampled_from(("", f"<h1>{TITLE}</h1>", f"<div class=title>{TITLE}</div>")),
    st.lists(trees, min_size=1, max_size=8).map("".join),
)
sites = st.sampled_from([unknown_site(URL), *SITE_FILES.values()])


def outcome(body: bytes, site: Site) -> Article | str:
    try:
        return extract(page(body), site)
    except ExtractError as error:
        return type(error).__name__


def texts_of(article: Article) -> list[str]:
    fields = [article.title, article.lead, article.section, article.origin, article.language]
    fields += [*article.authors, *article.tags, *(block.text for block in article.blocks)]
    fields += [cell for block in article.blocks for row in block.rows or () for cell in row]
    fields += [image.caption for image in article.images]
    fields += [attachment.title for attachment in article.attachments]
    return [text for text in fields if text is not None]


def hold(article: Article) -> None:
    """What is true of every article, whatever page it was read from."""
    for text in texts_of(article):
        assert unicodedata.is_normalized("NFC", text)
        assert not INVISIBLE.search(text), ascii(text)
    lines = [block.text for block in article.blocks if block.rows is None]
    assert all(text == text.strip() != "" for text in (article.title, *lines, *article.authors))
    running = [block.text for block in article.blocks if block.kind is not BlockKind.CAPTION]
    assert article.text == "\n\n".join(running)
    for at in (article.published_at, article.modified_at):
        assert at is None or at.utcoffset() is not None
    assert all(image.url.startswith(("http:", "https:")) for image in article.images)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(pages, sites)
def test_any_page_gives_a_clean_article_or_a_named_error(markup: str, site: Site) -> None:
    body = markup.encode("utf-8", "replace")
    article = outcome(body, site)
    assert outcome(body, site) == article
    if isinstance(article, Article):
        hold(article)


def cut(body: bytes, dice: random.Random) -> bytes:
    return body[: dice.randrange(len(body))]


def without_tags(body: bytes, dice: random.Random) -> bytes:
    return re.sub(rb"<[^>]*>", lambda tag: b"" if dice.random() < 0.1 else tag[0], body)


def flipped(body: bytes, dice: random.Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(20):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return bytes(damaged)


def without_a_part(body: bytes, dice: random.Random) -> bytes:
    begin, end = sorted(dice.randrange(len(body)) for _ in range(2))
    return body[:begin] + body[end:]


def recoded(body: bytes, dice: random.Random) -> bytes:
    charset = dice.choice(("utf-16", "utf-16-be", "windows-1258", "latin-1", "utf-8-sig"))
    return body.decode("utf-8", "replace").encode(charset, "replace")


def of_other_figures(body: bytes, dice: random.Random) -> bytes:
    return re.sub(rb"\d", lambda _: str(dice.randrange(10)).encode(), body)


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    cut,
    without_tags,
    flipped,
    without_a_part,
    recoded,
    of_other_figures,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_page_gives_a_clean_article_or_a_named_error(
    damage: Callable[[bytes, random.Random], bytes],
) -> None:
    dice = random.Random(damage.__name__)
    read = 0
    for path in GOLDEN:
        site = SITE_FILES.get(path.parent.name) or unknown_site(URL)
        for _ in range(3):
            article = outcome(damage(path.read_bytes(), dice), site)
            if isinstance(article, Article):
                hold(article)
                read += 1
    assert read > len(GOLDEN) / 2
