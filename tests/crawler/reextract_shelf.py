"""A data folder with kept pages to be read again."""

from __future__ import annotations

import datetime as dt
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive.models import VIETNAM, Page
from archive.pages import PageStore
from archive.store import Archive
from crawler.frontier import Settled
from crawler.plans import Verdict, failed
from crawler.reextract import Selection, Summary, preview, read_again
from crawler.run import Run
from crawler.site_file import load_site
from tests.crawler.paper import article_html

HOME = "https://bao.example.vn/"
DAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
SITE = f"""name = "Báo Thử"
homepage = "{HOME}"
article_url = '/tin/[a-z0-9-]+\\.html$'
{{keys}}
[fields]
title = "h1"
published = "meta:article:published_time"
{{fields}}
[[listings]]
kind = "feed"
url = "{HOME}feed.rss"
"""
BODY = 'body = "div.body"'
ADVERTISEMENT = '<div class="o-phu"><p>Mua ngay kẻo hết</p></div></div>'
NO_TEXT = "no selector of bao-thu and no finder found a text"


def url(number: int) -> str:
    return f"{HOME}tin/ban-tin-so-{number}.html"


def with_advertisement(number: int) -> bytes:
    return article_html(number).replace(b"</div>", ADVERTISEMENT.encode(), 1)


def odd(text: str, head: str = "") -> bytes:
    """A page that nobody reads who is not told where its text stands."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head>
<body><h1>Tin ngắn</h1><b id="chu">{text}</b></body></html>""".encode()


class Shelf:
    """An archive of kept pages, filled as a crawl that could read none of them would have."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data, self.sites = folder / "data", folder / "sites"
        self.data.mkdir()
        self.sites.mkdir()
        monkeypatch.setenv("MOIT_NEWS_DATA", str(self.data))
        monkeypatch.setenv("MOIT_NEWS_SITES", str(self.sites))

    def describe(self, *, keys: str = "", fields: str = BODY) -> None:
        text = SITE.format(keys=keys, fields=fields)
        (self.sites / "bao-thu.toml").write_text(text, encoding="utf-8")

    def keep(self, number: int, body: bytes, at: dt.datetime = DAY) -> int:
        """A page that came and gave no article."""
        page = Page(
            url=url(number),
            final_url=url(number),
            fetched_at=at,
            status=200,
            headers=(("Content-Type", "text/html"), ("ETag", f'"{number}"')),
            body=body,
        )
        with PageStore.open(self.data, write=True) as pages:
            page_id = pages.put(page, site="bao-thu")
        self.settle(number, failed(NO_TEXT, 0, at), at, status=200, page_id=page_id)
        return page_id

    def settle(self, number: int, verdict: Verdict, at: dt.datetime, **more: int) -> None:
        run = Run.open(self.data)
        frontier = run.begin(load_site("bao-thu"))
        frontier.want(url(number), at)
        frontier.settle(Settled(url=url(number), verdict=verdict, at=at, **more))
        run.close(0)

    def fill(self, numbers: range) -> None:
        """Many pages with an advertisement each; put there at once, as a commit each takes long."""
        for number in numbers[:1]:
            self.keep(number, with_advertisement(number))
        with PageStore.open(self.data, write=True) as pages, pages.transaction():
            for number in numbers[1:]:
                page = Page(
                    url=url(number), final_url=url(number), fetched_at=DAY, status=200,
                    headers=(), body=with_advertisement(number),
                )  # fmt: skip
                pages.put(page, site="bao-thu")

    def read(self, *, jobs: int = 1, dry: bool = False, **chosen: object) -> Summary:
        summary, selection = Summary(), Selection(**chosen)
        for _ in (preview if dry else read_again)(selection, jobs, summary):
            pass
        assert summary.pages == summary.planned
        return summary

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with Archive.open(self.data) as archive:
            return archive.connection.execute(sql, values).fetchall()

    def article(self, number: int) -> sqlite3.Row:
        with Archive.open(self.data) as archive:
            return archive.article(url(number))

    def start(self, *options: str) -> subprocess.Popen[str]:
        """The real program, in a process of its own; it takes the folders from the environment."""
        program = "from crawler.cli import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", program, "reextract", *options],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            # Who runs the tests in the background hands an ignored SIGINT down to them.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads
        )  # fmt: skip


def endings(summary: Summary) -> dict[str, int]:
    return {ending.value: count for (_, ending), count in summary.endings.items()}


def dump(folder: Path) -> dict[str, list[str]]:
    """Everything that both files say, as SQL."""
    files = {}
    for name in ("archive.db", "pages.db"):
        with closing(sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True)) as connection:
            files[name] = list(connection.iterdump())
    return files
