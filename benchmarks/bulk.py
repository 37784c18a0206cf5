"""Fills an archive with made articles for searches alone, by SQL, faster than a crawl stores them.

    python -m benchmarks.bulk --articles 1000000 --folder F

The rows of the articles, their words and their citations are those that storing would give, and
the indexes are built in bulk over them. What no search reads is left out: signatures and bands of
copies, addresses, arrivals. So such a file says nothing of the size of an archive or of storing.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.citing import cited
from archive.models import Article, Source
from archive.store import IDS_A_DAY, Archive, columns
from archive.text import distinct_syllables, distinct_words
from archive.times import day_in_vietnam
from benchmarks.synthetic import SITES, articles

BATCH = 2_000
SEEN = "2026-11-01T08:00:00+07:00"
INDEXES = ("articles_fts", "articles_exact", "fields_fts")
# What FTS5 gathers before it writes a segment: the default megabyte makes a thousand small ones.
_GATHERED = 64 << 20
_SETTINGS = "PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;"


def fill(folder: Path, count: int) -> None:
    with Archive.open(folder, write=True) as archive:
        put_sites(archive)
        connection = archive.connection
        connection.executescript(_SETTINGS)
        with without_triggers(connection):
            _fill_tables(connection, count)
            for name in INDEXES:
                _rebuild(connection, name)
        connection.execute("ANALYZE")


def put_sites(archive: Archive) -> None:
    """The sites of the made articles, each its own source."""
    for slug in SITES:
        source = Source(slug=slug, name=slug, homepage=f"https://{slug}.vn/", language="vi")
        archive.put_site(slug=slug, name=slug, homepage=source.homepage, source=source)


@contextmanager
def without_triggers(connection: sqlite3.Connection) -> Iterator[None]:
    """The triggers of articles are away meanwhile."""
    sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'articles'"
    triggers = connection.execute(sql).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for _, made in triggers:
        connection.execute(made)


def _fill_tables(connection: sqlite3.Connection, count: int) -> None:
    ids: dict[int, int] = {}
    words: set[str] = set()
    for first in range(0, count, BATCH):
        made = list(articles(min(BATCH, count - first), first))
        rows = [_row(site, article, ids) for site, article in made]
        new = set().union(*(_words(article) for _, article in made)) - words
        words |= new
        connection.execute("BEGIN")
        connection.executemany(_insert(rows[0]), rows)
        connection.executemany("INSERT INTO words (word) VALUES (?)", [(word,) for word in new])
        connection.executemany(
            "INSERT INTO citations (number, kind, count, article_id) VALUES (?, ?, ?, ?)",
            [
                (*one, row["id"])
                for row, (_, article) in zip(rows, made, strict=True)
                for one in cited(article)
            ],
        )
        connection.execute("COMMIT")
        _say(f"{first + len(made):,} of {count:,} articles")


def _row(site: str, article: Article, ids: dict[int, int]) -> dict[str, object]:
    assert article.published_at is not None
    day = int(f"{day_in_vietnam(article.published_at):%Y%m%d}")
    ids[day] = ids.get(day, 0) + 1
    told = {"site": site, "first_seen_at": SEEN, "last_seen_at": SEEN, "version": 1}
    return columns(article) | told | {"id": day * IDS_A_DAY + ids[day]}


def _insert(row: dict[str, object]) -> str:
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    return f"INSERT INTO articles ({names}) VALUES ({marks})"


def _words(article: Article) -> set[str]:
    return distinct_syllables(distinct_words(article.title, article.lead, article.text))


def _rebuild(connection: sqlite3.Connection, name: str) -> None:
    _say(f"index {name}")
    configure = f"INSERT INTO {name}({name}, rank) VALUES ('hashsize', {_GATHERED})"
    connection.execute(configure)
    connection.execute(f"INSERT INTO {name}({name}) VALUES ('rebuild')")
    connection.execute(f"DELETE FROM {name}_config WHERE k = 'hashsize'")


def _say(text: str) -> None:
    print(f"{time.process_time():8.0f} s of CPU: {text}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True, help="where no archive is yet")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    fill(given.folder, given.articles)


if __name__ == "__main__":
    main()
