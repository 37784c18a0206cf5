"""What counting costs on a large archive of made articles: `facets` and `trend`, form by form.

    python -m benchmarks.counting --folder F [--times 30] [--cold 3] [--write]

The folder is one that benchmarks.search_speed has built. Six sites are taken for watched with a
hole each month, so that a trend has as many stretches to read as years of runs leave.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from archive.connection import ARCHIVE_FILE
from archive.counting import Asking
from archive.facets import facets
from archive.models import VIETNAM
from archive.store import Archive
from archive.stretches import name_listings, note_stretch
from archive.trend import trend
from benchmarks.reporting import write_section
from benchmarks.search_forms import Ask, Typed
from benchmarks.search_speed import kept, percentile
from benchmarks.synthetic import SITES

NOW = dt.datetime(2026, 11, 1, 8, tzinfo=VIETNAM)
FIRST_YEAR, LAST_YEAR = 2015, 2026
FORMS = (
    *("a common word", "any word", "two common words", "a phrase of two", "(a OR b) c", "a -b"),
    *("prefix*", "site: and a year", "author:", "cites:", "title:", "three words, --exact"),
)


def watch(folder: Path) -> None:
    """Gives each site a listing with a hole of two days each month."""
    with Archive.open(folder, write=True) as archive, archive.transaction():
        for site in SITES:
            name_listings(archive.connection, site, [("feed", "feed")], NOW)
            for month in range(12 * FIRST_YEAR, 12 * (LAST_YEAR + 1)):
                first = dt.datetime(month // 12, month % 12 + 1, 3, tzinfo=VIETNAM)
                span = first, first + dt.timedelta(days=26)
                note_stretch(archive.connection, site, "feed", *(one.isoformat() for one in span))


def measured(archive: Archive, ask: Ask, times: int) -> tuple[list[float], list[float], int]:
    """CPU ms of facets and of trends, and of how many facets not all were counted."""
    of_facets, of_trends, some = [], [], 0
    for _ in range(times):
        text, wanted = ask()
        asking = Asking(query=text, only_exact=wanted.get("only_exact", False))
        began = time.process_time()
        some += facets(archive.connection, asking).looked_back_to is not None
        between = time.process_time()
        trend(archive.connection, asking, now=NOW)
        of_facets.append(1e3 * (between - began))
        of_trends.append(1e3 * (time.process_time() - between))
    return of_facets, of_trends, some


def cold(folder: Path, ask: Ask, times: int) -> list[float]:
    """Wall ms of facets by a new connection, the file dropped from memory before each."""
    spent = []
    for _ in range(times):
        text, _ = ask()
        with (folder / ARCHIVE_FILE).open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        began = time.monotonic()
        with Archive.open(folder) as archive:
            facets(archive.connection, Asking(query=text))
        spent.append(1e3 * (time.monotonic() - began))
    return spent


def report(folder: Path, times: int, cold_times: int) -> Iterator[str]:
    yield "| query | facets p50, p95 ms | newest only | facets cold p50 ms | trend p50, p95 ms |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    with Archive.open(folder) as archive:
        asks = Typed(archive, seed=5).forms()
        for form in FORMS:
            of_facets, of_trends, some = measured(archive, asks[form], times)
            late = percentile(cold(folder, asks[form], cold_times), 0.5) if cold_times else 0.0
            yield (
                f"| {form} | {_both(of_facets)} | {some} of {times} | {late:.0f} |"
                f" {_both(of_trends)} |"
            )


def _both(values: list[float]) -> str:
    return f"{percentile(values, 0.5):.0f}, {percentile(values, 0.95):.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.counting")
    parser.add_argument("--folder", type=Path, required=True, help="as search_speed has built it")
    parser.add_argument("--times", type=int, default=30, help="queries of each form")
    parser.add_argument("--cold", type=int, default=3, help="queries of each form from the disk")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args()
    watch(given.folder)
    lines = [
        f"`python -m benchmarks.counting` over {kept(given.folder):,} articles of 2015 to 2026,"
        f" {dt.datetime.now(tz=VIETNAM).date()}; {os.cpu_count()} cores that others used too,"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}.",
        "",
    ]
    print("\n".join(lines))
    for line in report(given.folder, given.times, given.cold):
        print(line, flush=True)
        lines.append(line)
    if given.write:
        write_section("counting", "\n".join(lines))


if __name__ == "__main__":
    main()
