"""Whatever bytes come, an article or a named error goes out."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import Article
from crawler.errors import ExtractError
from tests.crawler.extract.pages import SENTENCE, TITLE, page, read

# Line breaks part the lines of lists, tables and poems; no other control character may pass.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\ufeff\u00ad]")

TAGS = st.from_regex(
    r"p|div|span|b|strong|a|h[123]|ul|li|table|tr|t[dh]|fig(ure|caption)|img|br|blockquote|time"
    r"|script|style|article|section|aside|meta|title|base|link|iframe|center",
    fullmatch=True,
)
ATTRIBUTES = st.sampled_from(
    [
        "",
        " class='sapo'",
        " class='author'",
        " class='related'",
        " class='caption'",
        " style='display:none'",
        " style='text-align:right'",
        " href='//[x'",
        " href='a.pdf'",
        " src='http://[::1'",
        " src='data:x'",
        " datetime='2026-99-99'",
        " colspan='9999999'",
        " property='article:published_time' content='2026-09-08'",
        " name='robots' content='noarchive'",
        " rel='canonical' href='http://vidu.vn:99999/'",
        " hidden",
    ]
)
TEXTS = st.one_of(
    st.sampled_from([SENTENCE, "8/9/2026 10:12", "5 phút trước", "Xem thêm:", "&#273;&amp;#7871;"]),
    st.text(max_size=80),
)
PIECES = st.one_of(
    st.builds("<{}{}>".format, TAGS, ATTRIBUTES),
    st.builds("</{}>".format, TAGS),
    TEXTS,
)
MARKUP = st.lists(PIECES, max_size=60).map("".join)


def outcome(body: bytes) -> Article | str:
    try:
        return read(page(body))
    except ExtractError as error:
        return type(error).__name__


def texts_of(article: Article) -> list[str]:
    texts = [article.title, article.lead or "", article.section or "", *article.authors]
    texts += [*article.tags, *(block.text for block in article.blocks)]
    texts += [cell for block in article.blocks for row in block.rows or () for cell in row]
    return texts + [image.caption or "" for image in article.images]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_give_an_article_or_a_named_error(body: bytes) -> None:
    assert outcome(body)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MARKUP)
def test_any_markup_gives_clean_text_and_aware_times(markup: str) -> None:
    body = f"<title>{TITLE}</title><h1>{TITLE}</h1>{markup}<p>{SENTENCE}</p>".encode(
        "utf-8", "replace"
    )
    article = outcome(body)
    if isinstance(article, str):
        return
    for text in texts_of(article):
        assert unicodedata.is_normalized("NFC", text)
        assert not CONTROL.search(text)
    for at in (article.published_at, article.modified_at):
        assert at is None or at.utcoffset() is not None
    assert outcome(body) == article
