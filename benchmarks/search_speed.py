"""What a search costs on a large archive of made articles, form of query by form of query.

    python -m benchmarks.search_speed [--articles 100000] [--folder F] [--ours] [--write]

The articles are stored as a crawl stores them, in the order of their days, and found as `moit-news
search` finds them, snippets and count included. A folder that holds as many already is used again:
a million are made by benchmarks.bulk in a tenth of the time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

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
from benchmarks.finding import rows_of
from benchmarks.reporting import write_section
from benchmarks.search_forms import Ask, Typed
from benchmarks.search_peers import PEERS, RunningPeer, SearchPeer, started, written
from benchmarks.synthetic import SITES, articles
from crawler.batch import MOST

SAMPLE = 2_000
SEEN = dt.datetime(2026, 11, 1, 8, tzinfo=VIETNAM)
COUNT = "the count alone"
GOALS = {"newest": 25.0, COUNT: 10.0}
GOAL, GOAL_OF_MANY, MANY = 100.0, 150.0, 500_000
OWN = ("query", "p50 ms", "p95 ms", "cold p50 ms", "stopped early")
OURS_ALONE = (":", "--exact", "newest")


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


def judged(late: dict[str, float], articles: int) -> str:
    """Which goals are met by the time within which 95 of 100 searches of each form end."""
    most = GOAL if articles < MANY else GOAL_OF_MANY
    ranked = {form: ms for form, ms in late.items() if form not in GOALS}
    over = [f"{form} {ms:.0f}" for form, ms in ranked.items() if ms > most]
    told = f"{len(ranked) - len(over)} of {len(ranked)} ranked forms within {most:.0f} ms"
    told += f" (not: {', '.join(over)})" if over else ""
    others = (f"{form} {late[form]:.0f} ms (goal {goal:.0f})" for form, goal in GOALS.items())
    return f"95 of 100: {told}, {', '.join(others)}."


def report(folder: Path, times: int, cold_times: int, asked: Sequence[SearchPeer]) -> Iterator[str]:
    late: dict[str, float] = {}
    with (
        Archive.open(folder) as archive,
        tempfile.TemporaryDirectory() as name,
        started(asked, written(rows_of(archive) if asked else (), Path(name))) as (peers, absent),
    ):
        columns = [*OWN, *(f"{peer.name} p50, p95 ms" for peer in peers)]
        yield f"| {' | '.join(columns)} |"
        yield f"| --- |{' ---: |' * (len(columns) - 1)}"
        typed = Typed(archive, seed=4)
        for form, ask in typed.forms().items():
            spent, texts, stopped = measured(archive, ask, times)
            late[form] = percentile(spent, 0.95)
            first = percentile(cold(folder, ask, cold_times), 0.5) if cold_times else 0.0
            own = f"{percentile(spent, 0.5):.0f} | {late[form]:.0f} | {first:.0f}"
            others = "".join(f" {beside(peer, form, texts)} |" for peer in peers)
            yield f"| {form} | {own} | {stopped} of {times} |{others}"
        spent = counts(archive, typed, times)
        late[COUNT] = percentile(spent, 0.95)
        own = f"{percentile(spent, 0.5):.0f} | {late[COUNT]:.0f}"
        yield f"| {COUNT} | {own} | | |{' |' * len(peers)}"
        yield f"\n{judged(late, kept(folder))}"
        yield from (f"\n{line}" for line in (*peers, *absent))


def beside(peer: RunningPeer, form: str, texts: Sequence[str]) -> str:
    """What the same texts cost there; a peer has no fields, accents or days to ask for."""
    if any(mark in form for mark in OURS_ALONE):
        return "–"
    spent = [1e3 * peer.ask(text)[0] for text in texts]
    return f"{percentile(spent, 0.5):.1f}, {percentile(spent, 0.95):.1f}"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_speed")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=40, help="searches of each form")
    parser.add_argument("--cold", type=int, default=5, help="searches of each form from the disk")
    parser.add_argument("--folder", type=Path, help="build the archive here and leave it")
    parser.add_argument("--ours", action="store_true", help="without the others")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args()


def kept(folder: Path) -> int:
    """How many articles a folder holds."""
    if not (folder / ARCHIVE_FILE).exists():
        return 0
    with closing(_read_only(folder)) as connection:
        return int(connection.execute("SELECT count(*) FROM articles_fts_docsize").fetchone()[0])


def _read_only(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{(folder / ARCHIVE_FILE).absolute().as_uri()}?mode=ro", uri=True)


def weighed(folder: Path) -> str:
    """How large an archive is that was built before."""
    sql = "SELECT sum(length(CAST(title || lead || body AS BLOB))) FROM articles"
    with closing(_read_only(folder)) as connection:
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
    for line in report(folder, given.times, given.cold, () if given.ours else PEERS):
        print(line, flush=True)
        lines.append(line)
    if given.write:
        write_section(f"search speed of {given.articles:,}", "\n".join(lines))


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
