"""What happens to an article after it was printed: corrected, retouched, taken away, moved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from archive.models import Block, BlockKind
from tests.world import markup
from tests.world.articles import Fate, WorldArticle
from tests.world.exchange import Answer, missing, page, redirect

AWAY = "Bài viết không tồn tại hoặc đã bị gỡ bỏ"
CORRECTION = Block(
    kind=BlockKind.PARAGRAPH,
    text="Đính chính: Tòa soạn đã sửa lại một số liệu và thành thật xin lỗi bạn đọc.",
)
_NUMBER = re.compile(r"\d+")


class Happening(StrEnum):
    """What a paper did with an article."""

    CORRECTED = "corrected"
    RETOUCHED = "retouched"
    WITHDRAWN = "withdrawn"
    SENT_HOME = "sent-home"
    SOFT_404 = "soft-404"
    MOVED = "moved"


TAKEN_AWAY = (Happening.WITHDRAWN, Happening.SENT_HOME, Happening.SOFT_404)


def after(article: WorldArticle, happening: Happening, at: dt.datetime) -> WorldArticle:
    """The article as its paper has it since a time."""
    if happening in TAKEN_AWAY:
        return replace(article, fate=Fate.WITHDRAWN, modified=at)
    if happening is Happening.CORRECTED:
        return replace(article, blocks=corrected(article.blocks), modified=at)
    if happening is Happening.RETOUCHED:
        return replace(article, tags=article.tags[::-1], modified=at)
    path = moved(article.path)
    return replace(article, path=path, url=article.url.removesuffix(article.path) + path)


def corrected(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """With another number in the first paragraph that has one, and a note that says so."""
    place = next(n for n, b in enumerate(blocks) if b.rows is None and _NUMBER.search(b.text))
    text = _NUMBER.sub(lambda found: str(int(found[0]) + 1), blocks[place].text, count=1)
    return (*blocks[:place], replace(blocks[place], text=text), *blocks[place + 1 :], CORRECTION)


def retouched(html: str) -> str:
    """The same page with other white space, addresses of pictures and, where no JSON-LD repeats the
    text, quotation marks."""
    html = html.replace("</p><p", "</p>\n\n   <p").replace("/anh", "/anh-1200x675")
    return html if "ld+json" in html else re.sub("[“”]", "&quot;", html)


def moved(path: str) -> str:
    """The same article under another slug: what tells it from others stays.

    >>> moved("/gia-gao-tang-post410007.html")
    '/ban-moi-gia-gao-tang-post410007.html'
    """
    folder, _, name = path.rpartition("/")
    return f"{folder}/ban-moi-{name}"


def answer(happening: Happening, article: WorldArticle, others: Sequence[WorldArticle]) -> Answer:
    """What the paper answers at the address where the article stood."""
    match happening:
        case Happening.WITHDRAWN:
            return missing(410)
        case Happening.SENT_HOME:
            return redirect("/")
        case Happening.MOVED:
            return redirect(moved(article.path), 301)
    return page(soft_404(others))


def soft_404(others: Sequence[WorldArticle]) -> str:
    """A content system's own page for what it does not find; it answers 200."""
    rows = "".join(f'<li><a href="{a.path}">{markup.escape(a.title)}</a></li>' for a in others[:6])
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Thông báo</title>
</head><body><header>{markup.menu("nav")}</header>
<div class="page-404"><h1>{AWAY}</h1><a href="/">Về trang chủ</a></div>
<section><h2>Tin mới</h2><ul>{rows}</ul></section></body></html>"""
