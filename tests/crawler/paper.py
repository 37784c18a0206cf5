"""A small paper: articles, a feed that names them, and the site file that describes it."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import escape

from tests.crawler.server import Answer, Server

TOPICS = (
    "Giá điện bán lẻ",
    "Xuất khẩu gạo",
    "Thị trường xăng dầu",
    "Quản lý thị trường",
    "Năng lượng tái tạo",
    "Thương mại điện tử",
    "Công nghiệp ô tô",
    "Hội nhập kinh tế",
)


def article_html(number: int, *, text: str | None = None) -> bytes:
    """A page with title, time and three paragraphs of our own."""
    topic = TOPICS[number % len(TOPICS)]
    text = text or f"Bộ Công Thương cho biết chỉ tiêu thứ {number} đã hoàn thành trước thời hạn."
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{topic}</title>
<meta property="article:published_time" content="{published(number).isoformat()}"></head>
<body><h1>{topic}: bản tin số {number}</h1>
<div class="body"><p>{text}</p>
<p>Đại diện đơn vị số {number} nói rằng {topic.lower()} sẽ được theo dõi sát trong quý tới.</p>
<p>Các địa phương được yêu cầu báo cáo kết quả thực hiện trước ngày mười lăm hằng tháng.</p>
</div></body></html>""".encode()


def published(number: int) -> dt.datetime:
    zone = dt.timezone(dt.timedelta(hours=7))
    return dt.datetime(2026, 3, 1, 8, 0, tzinfo=zone) + dt.timedelta(hours=number)


def path(number: int) -> str:
    return f"/tin/ban-tin-so-{number}.html"


def feed(numbers: range, home: str) -> bytes:
    entries = "".join(
        f"<item><title>{escape(TOPICS[n % len(TOPICS)])} {n}</title>"
        f"<link>{home.rstrip('/')}{path(n)}</link>"
        f"<pubDate>{published(n).strftime('%a, %d %b %Y %H:%M:%S +0700')}</pubDate></item>"
        for n in numbers
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>'.encode()


SITE = """name = "Báo Thử"
homepage = "{home}"
article_url = '/tin/[a-z0-9-]+\\.html$'
{keys}
[fields]
title = "h1"
body = "div.body"
published = "meta:article:published_time"
[politeness]
delay = {delay}
timeout = {timeout}
{listings}
"""
FEED = '[[listings]]\nkind = "feed"\nurl = "{home}feed.rss"\n'


class World:
    """A data folder and a folder of site files; crawls run as the real program, in a process."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.sites = folder / "sites"
        self.data.mkdir()
        self.sites.mkdir()

    def add_site(
        self,
        slug: str,
        server: Server,
        *,
        listings: str = FEED,
        keys: str = "",
        delay: float = 0.001,
        timeout: float = 10,
    ) -> None:
        text = SITE.format(
            home=server.home,
            keys=keys,
            delay=delay,
            timeout=timeout,
            listings=listings.replace("{home}", server.home),
        )
        (self.sites / f"{slug}.toml").write_text(text, encoding="utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        return clean | {"MOIT_NEWS_DATA": str(self.data), "MOIT_NEWS_SITES": str(self.sites)} | more

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", "from crawler.cli import main; main()", *arguments],
            env=self.environment(**environment),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def rows(self, sql: str, *values: object, file: str = "archive.db") -> list[sqlite3.Row]:
        connection = sqlite3.connect(f"file:{self.data / file}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def value(self, sql: str, *values: object) -> object:
        return self.rows(sql, *values)[0][0]

    def execute(self, sql: str, values: tuple[object, ...] = ()) -> None:
        """Changes what a run has left, as time would."""
        with closing(sqlite3.connect(self.data / "archive.db")) as connection, connection:
            connection.execute(sql, values)

    def states(self) -> dict[str, str]:
        """State of each URL, by its path."""
        return {
            "/" + r["url"].split("/", 3)[3]: r["state"] for r in self.rows("SELECT * FROM frontier")
        }

    def adds_up(self) -> bool:
        """Whether each run counts every page that it asked for under one outcome."""
        ends = ("new", "revised", "unchanged", "failed", "refused", "gone")
        rows = self.rows("SELECT * FROM run_sites")
        return len(rows) > 0 and all(r["asked"] == sum(r[end] for end in ends) for r in rows)

    def log(self) -> str:
        return "".join(p.read_text() for p in sorted((self.data / "log").glob("*.log")))


def publish(server: Server, numbers: range) -> None:
    """Puts the articles and their feed on a server."""
    for number in numbers:
        server.answers[path(number)] = Answer(body=article_html(number))
    server.answers["/feed.rss"] = Answer(
        body=feed(numbers, server.home), headers={"Content-Type": "application/rss+xml"}
    )


def as_json(value: object) -> Answer:
    return Answer(body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})
