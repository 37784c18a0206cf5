"""What a search costs on a large archive of made articles, form of query by form of query.

    python -m benchmarks.search_speed [--articles 100000] [--folder F] [--write]

The articles are stored as a crawl stores them, in the order of their days, and found as `moit-news
search` finds them, snippets and count included. A folder that holds as many already is used again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.branches import branches
from archive.candidates import Asked, Patience
from archive.connection import ARCHIVE_FILE
from archive.derived import derived
from archive.expressions import match
from archive.filters import conditions
from archive.models import VIETNAM, Source
from archive.query import parse
from archive.search import find
from archive.store import Archive
from archive.text import fold
from benchmarks.finding import Tantivy, rows_of
from benchmarks.reporting import write_section
from benchmarks.synthetic import SITES, articles
from crawler.batch import MOST

SAMPLE = 2_000
COMMON = "công điện nước giá tháng kinh doanh thị trường quốc xuất khẩu thương phát".split()  # noqa: SIM905 - to be read
SEEN = dt.datetime(2026, 11, 1, 8, tzinfo=VIETNAM)
GOALS = {"newest": 25.0, "count": 10.0}
GOAL = 100.0

Ask = Callable[[], tuple[str, dict[str, Any]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """What storing so many articles took: CPU and wall seconds, bytes of text and of the file."""

    articles: int
    cpu: float
    wall: float
    text: int
    file: int

    def __str__(self) -> str:
        return (
            f"{self.articles:,} articles stored, {MOST} in a transaction as a crawl does, at"
            f" {self.articles / self.cpu:,.0f} a second of CPU"
            f" ({self.articles / self.wall:,.0f} a second of a busy machine); the file is"
            f" {self.file / 1e6:,.0f} MB, {self.file / self.text:.2f} times the text."
        )


def build(folder: Path, count: int) -> Built:
    """Stores made articles; the making of them is not counted."""
    cpu = wall = 0.0
    text = 0
    with Archive.open(folder, write=True) as archive:
        for slug in SITES:
            source = Source(slug=slug, name=slug, homepage=f"https://{slug}.vn/", language="vi")
            archive.put_site(slug=slug, name=slug, homepage=source.homepage, source=source)
        for first in range(0, count, MOST):
            made = list(articles(min(MOST, count - first), first))
            text += sum(len(f"{a.title}{a.lead}{a.text}".encode()) for _, a in made)
            began, worked = time.monotonic(), time.process_time()
            ready = derived(article for _, article in made)
            with archive.transaction():
                for (site, article), each in zip(made, ready, strict=True):
                    archive.add(article, site=site, page_id=None, seen_at=SEEN, derived=each)
            wall, cpu = wall + time.monotonic() - began, cpu + time.process_time() - worked
            _progress(first + len(made), count)
    size = (folder / ARCHIVE_FILE).stat().st_size
    return Built(articles=count, cpu=cpu, wall=wall, text=text, file=size)


def _progress(done: int, count: int) -> None:
    if sys.stderr.isatty() and done % 1_000 == 0:
        print(f"\r{done:,} of {count:,}", end="", file=sys.stderr, flush=True)


class Typed:
    """Queries as people type them, out of the articles themselves."""

    def __init__(self, archive: Archive, seed: int) -> None:
        self._connection = archive.connection
        self._dice = random.Random(seed)
        sql = "SELECT id FROM articles_fts_docsize"
        self._ids = [row[0] for row in self._connection.execute(sql)]

    def _article(self) -> sqlite3.Row:
        sql = "SELECT title, body FROM articles WHERE id = ?"
        found: sqlite3.Row = self._connection.execute(
            sql, (self._dice.choice(self._ids),)
        ).fetchone()
        return found

    def run(self, size: int) -> str:
        words = [word.strip(".,") for word in self._article()["body"].split()]
        start = self._dice.randrange(max(1, len(words) - size))
        return " ".join(words[start : start + size])

    def common(self, size: int = 1) -> str:
        return " ".join(self._dice.sample(COMMON, size))

    def title(self) -> str:
        return str(self._article()["title"])

    def number(self) -> str:
        made = self._dice.choice(self._ids) % 10_000
        return f"{made % 90 + 1}/{2010 + made % 15}/TT-BCT"

    def forms(self) -> dict[str, Ask]:
        """Each form's next query, and what is wanted beside it."""
        plain: dict[str, Callable[[], str]] = {
            "a common word": self.common,
            "any word": lambda: self.run(1),
            "two common words": lambda: self.common(2),
            "two words": lambda: self.run(2),
            "a phrase of two": lambda: f'"{self.run(2)}"',
            "four syllables": lambda: self.run(4),
            "four syllables, no accents": lambda: fold(self.run(4)),
            "eight syllables, no accents": lambda: fold(self.run(8)),
            "a title": self.title,
            "a title, no accents": lambda: fold(self.title()),
            "a document number": self.number,
            "cites:": lambda: f"cites:{self.number()}",
            "(a OR b) c": lambda: f"({self.common()} OR {self.run(1)}) {self.run(1)}",
            "a -b": lambda: f"{self.common()} -{self.run(1)}",
            "prefix*": lambda: f"{fold(self.common())[:3]}* {self.run(1)}",
            "site: and a year": lambda: f"{self.run(2)} site:bao-ba after:2018 before:2019",
            "author:": lambda: f"{self.run(1)} author:nguyễn",
            "section:": lambda: f"{self.common()} section:năng",
            "title:": lambda: f"title:{self.run(1)}",
        }
        forms: dict[str, Ask] = {name: _with(each) for name, each in plain.items()}
        forms["three words, --exact"] = _with(lambda: self.run(3), only_exact=True)
        forms["newest"] = _with(lambda: self.common(2), newest=True)
        return forms


def _with(typed: Callable[[], str], **wanted: bool) -> Ask:
    return lambda: (typed(), wanted)


def measured(archive: Archive, ask: Ask, times: int) -> tuple[list[float], list[str], int]:
    """CPU ms of each search, what was typed, and how many stopped before the oldest article."""
    spent, typed, stopped = [], [], 0
    for _ in range(times):
        text, wanted = ask()
        began = time.process_time()
        answer = find(archive.connection, text, **wanted)
        spent.append(1e3 * (time.process_time() - began))
        typed.append(text)
        stopped += answer.looked_back_to is not None
    return spent, typed, stopped


def cold(folder: Path, ask: Ask, times: int) -> list[float]:
    """Wall ms of searches by a new connection, the file dropped from memory before each."""
    spent = []
    for _ in range(times):
        text, wanted = ask()
        with (folder / ARCHIVE_FILE).open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        began = time.monotonic()
        with Archive.open(folder) as archive:
            find(archive.connection, text, **wanted)
        spent.append(1e3 * (time.monotonic() - began))
    return spent


def counts(archive: Archive, typed: Typed, times: int) -> list[float]:
    """CPU ms of counting the hits alone."""
    spent = []
    for _ in range(times):
        (branch,) = branches(parse(typed.common(2)))
        asked = Asked(archive.connection, conditions(archive.connection, ()), Patience())
        began = time.process_time()
        asked.count(match(branch) or "")
        spent.append(1e3 * (time.process_time() - began))
    return spent


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * len(values)))]


def report(folder: Path, times: int, cold_times: int) -> Iterator[str]:
    yield "| query | p50 ms | p95 ms | cold p50 ms | stopped early | tantivy p50, p95 ms |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    with (
        Archive.open(folder) as archive,
        tempfile.TemporaryDirectory() as name,
        Tantivy.over(rows_of(archive), Path(name)) as tantivy,
    ):
        typed = Typed(archive, seed=4)
        for form, ask in typed.forms().items():
            spent, texts, stopped = measured(archive, ask, times)
            theirs = [1e3 * tantivy.ask(text)[0] for text in texts]
            other = f"{percentile(theirs, 0.5):.1f}, {percentile(theirs, 0.95):.1f}"
            late = percentile(cold(folder, ask, cold_times), 0.5) if cold_times else 0.0
            yield (
                f"| {form} | {percentile(spent, 0.5):.0f} | {percentile(spent, 0.95):.0f} |"
                f" {late:.0f} | {stopped} of {times} | {'–' if ':' in form else other} |"
            )
        spent = counts(archive, typed, times)
        half, most = percentile(spent, 0.5), percentile(spent, 0.95)
        yield f"| the count alone | {half:.0f} | {most:.0f} | | | |"
        yield f"\ntantivy built its index of the same texts in {tantivy.built:.0f} seconds of CPU."


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_speed")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=40, help="searches of each form")
    parser.add_argument("--cold", type=int, default=5, help="searches of each form from the disk")
    parser.add_argument("--folder", type=Path, help="build the archive here and leave it")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args()


def kept(folder: Path) -> int:
    """How many articles a folder holds."""
    if not (folder / ARCHIVE_FILE).exists():
        return 0
    with closing(sqlite3.connect(folder / ARCHIVE_FILE)) as connection:
        return int(connection.execute("SELECT count(*) FROM articles_fts_docsize").fetchone()[0])


def weighed(folder: Path) -> str:
    """How large an archive is that was built before."""
    sql = "SELECT sum(length(CAST(title || lead || body AS BLOB))) FROM articles"
    with closing(sqlite3.connect(folder / ARCHIVE_FILE)) as connection:
        (text,) = connection.execute(sql).fetchone()
    size = (folder / ARCHIVE_FILE).stat().st_size
    return f"The file is {size / 1e6:,.0f} MB, {size / text:.2f} times the text."


def run(folder: Path, given: argparse.Namespace) -> None:
    lines = [
        f"`python -m benchmarks.search_speed --articles {given.articles}`,"
        f" {dt.datetime.now(tz=VIETNAM).date()}; {os.cpu_count()} cores that others used too,"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
    ]
    if kept(folder) < given.articles:
        lines.append(str(build(folder, given.articles)))
    else:
        lines.append(weighed(folder))
        with tempfile.TemporaryDirectory() as sample:
            lines.append(f"Into an empty archive: {build(Path(sample), SAMPLE)}")
    lines.append("")
    print("\n".join(lines))
    for line in report(folder, given.times, given.cold):
        print(line, flush=True)
        lines.append(line)
    if given.write:
        write_section("search speed", "\n".join(lines))


def main() -> None:
    given = options()
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
        run(given.folder, given)
        return
    with tempfile.TemporaryDirectory(prefix="moit-news-search-") as folder:
        run(Path(folder), given)


if __name__ == "__main__":
    main()
