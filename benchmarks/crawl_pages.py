"""The pages of the crawl benchmark: different articles in pages as heavy as real ones."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks import synthetic
from tests.world.articles import Quirk, WorldArticle
from tests.world.daily import Daily
from tests.world.newsroom import Draft
from tests.world.plan import DAILY, Newspaper, drafts, moments, printed

TODAY = dt.date(2026, 9, 30)
WEIGHT = 100_000
SEED = 7
A_REPRINT_OF = 20


def articles(homepage: str, count: int, *, alike: bool = False) -> list[WorldArticle]:
    """``count`` different articles of one paper, the newest first.

    Their texts are as different as those of real papers, where one in twenty repeats another; or
    all ``alike``, made of the few hundred sentences that the demo world has, which is the
    hardest case for finding copies: each resembles a dozen others and repeats none.
    """
    dice = random.Random(SEED)
    paper = Newspaper(slug=DAILY, name="", homepage=homepage)
    written = drafts(dice, moments(dice, TODAY, count), set())
    return [
        printed(paper, draft, moment, number, Quirk.NONE)
        for number, (moment, draft) in enumerate(written if alike else different(written))
    ]


def different(
    written: Iterator[tuple[dt.datetime, Draft]],
) -> Iterator[tuple[dt.datetime, Draft]]:
    """The same drafts with texts of their own; every twentieth repeats one of the same day."""
    for number, (moment, draft) in enumerate(written):
        own = synthetic.article(number)
        text = own if number % A_REPRINT_OF else synthetic.article(number + A_REPRINT_OF // 2)
        title, lead = own.title, own.lead or ""
        yield moment, replace(draft, title=title, lead=lead, blocks=text.blocks)


class HeavyDaily(Daily):
    """The demo daily with the menus and teasers of a real paper around each article.

    A saved real page is mostly style sheets and scripts, then menus and teasers; the article is
    a tenth. The proportions here are the same, and the teasers differ from page to page.
    """

    def __init__(self, homepage: str, found: Sequence[WorldArticle]) -> None:
        super().__init__(homepage, found)
        self.menu = menu()

    def weigh(self, article: WorldArticle) -> bytes:
        text = self.show(article)
        text = text.replace(
            '<div class="detail-container">', self.menu + '<div class="detail-container">', 1
        )
        main, end = text.split('<footer class="footer">', 1)
        aside = self.teasers(article.number, max(0, WEIGHT - len(text) * 11 // 10))
        return f"{main}{aside}<footer class='footer'>{end}".encode()

    def teasers(self, number: int, length: int) -> str:
        rows: list[str] = []
        size = 0
        while size < length:
            other = self.articles[(number * 31 + len(rows) * 7 + 1) % len(self.articles)]
            row = (
                f'<div class="box-stream-item" data-id="{other.number}"><a class="box-stream-link-'
                f'with-avatar" href="{other.path}" title="{other.title}"><img src="/anh/'
                f'{other.number}.jpg" alt="{other.title}" width="250" height="156"></a><div '
                f'class="box-stream-content"><a class="box-stream-link-title" href="{other.path}">'
                f'{other.title}</a><p class="box-stream-sapo">{other.lead}</p></div></div>'
            )
            rows.append(row)
            size += len(row.encode())
        return f'<div class="box-stream timeline_list">{"".join(rows)}</div>'


def menu() -> str:
    links = "".join(
        f'<li class="has-child"><a href="/muc-{n}.htm" title="Mục {n}">Chuyên mục {n}</a></li>'
        for n in range(120)
    )
    return f'<div class="popup-megamenu"><ul class="list_all_menu_main">{links}</ul></div>'
