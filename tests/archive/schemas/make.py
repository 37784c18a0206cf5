"""Keeps a small archive of today's schema, for the tests of later ones to migrate.

``python tests/archive/schemas/make.py`` crawls a small paper three times with the program as it is
and writes the two files beside this one, in a folder named after their last migration. To be run
before a release that changed the schema, never for an old one: only the old code knows it.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from archive.connection import ARCHIVE_FILE, PAGES_FILE, STEPS
from tests.crawler.paper import World, article_html, path, publish
from tests.crawler.server import Answer, Server

HERE = Path(__file__).parent
PORT = 8741
ARTICLES = range(30)
REVISED, WITHDRAWN, BROKEN = (3, 7, 11), (5,), (13,)
# A page under 4 kB is no dictionary: the frame that all pages of this paper have.
FRAME = "".join(
    f'<li class="muc-{n}"><a href="/muc/{n}.html">Mục số {n}</a></li>' for n in range(90)
)


def page(number: int, text: str | None = None) -> Answer:
    html = article_html(number, text=text)
    return Answer(body=html.replace(b"<body>", f"<body><ul>{FRAME}</ul>".encode()))


def crawl_thrice(folder: Path) -> Path:
    """A data folder with versions, a withdrawn article, failures, aliases, a watch and its hits."""
    world = World(folder)
    with Server(port=PORT) as server:
        world.add_site("bao-thu", server)
        publish(server, ARTICLES)
        for number in ARTICLES:
            server.answers[path(number)] = page(number)
        for number in BROKEN:
            server.answers[path(number)] = Answer(body="<html><p>ngắn</p></html>".encode())
        world.run("crawl")
        cites = "Thông tư số 38/2016/TT-BCT được sửa đổi từ đầu quý sau theo đề nghị mới."
        for number in REVISED:
            server.answers[path(number)] = page(number, cites)
        for number in WITHDRAWN:
            del server.answers[path(number)]
        urls = [server.home.rstrip("/") + path(n) for n in (*REVISED, *WITHDRAWN)]
        world.run("crawl", *(part for url in urls for part in ("--url", url)))
        server.answers[path(3)] = page(3, "Chỉ tiêu thứ ba được tính lại lần thứ hai trong tháng.")
        world.run("crawl", "--url", urls[0])
    world.run("watch", "add", "nang-luong", "năng lượng", "--changes", "--from-start")
    world.run("watch", "run")
    return world.data


def main() -> None:
    folder = HERE / STEPS[ARCHIVE_FILE][-1][:4]
    if folder.exists():
        sys.exit(f"{folder} exists: a released schema is never made anew")
    folder.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        data = crawl_thrice(Path(scratch))
        for name in (ARCHIVE_FILE, PAGES_FILE):
            with closing(sqlite3.connect(data / name)) as connection:
                connection.execute("VACUUM")
                connection.execute("PRAGMA journal_mode = DELETE")
            packed = gzip.compress((data / name).read_bytes(), 9, mtime=0)
            (folder / f"{name}.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
