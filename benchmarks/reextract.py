"""How fast kept pages are read again: one process against several.

    python -m benchmarks.reextract [--pages 10000] [--runs 3] [--jobs 2]

The pages are those of the crawl benchmark, about 100 kB each, no two alike. ``moit-news
reextract`` reads all of them, its start included, with one process and with several in turn: as
they were read before (nothing changes), and with a site file that says something else each time
(a field of every article changes). With 1,000 pages a good part of a run is its start.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from archive.models import VIETNAM, Page
from archive.pages import PageStore
from archive.store import Archive
from benchmarks.crawl import BIN, Measured, measure
from benchmarks.crawl_pages import HeavyDaily, articles
from benchmarks.crawl_server import write_site
from crawler.site_file import load_site, source_of

GOAL = 1.6
HOMEPAGE = "https://thi-truong.example.vn/"
SLUG = "thi-truong-mau"
FETCHED = dt.datetime(2026, 9, 30, 8, 0, tzinfo=VIETNAM)
SAME, CHANGED = "nothing changes", "a field of each"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """The folder of a benchmark: site file, archive, log."""

    folder: Path
    pages: int

    @property
    def sites(self) -> Path:
        return self.folder / "sites"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def fill(self) -> float:
        """Keeps the pages as a crawl that read none of them; gives their mean size in kB."""
        write_site(self.sites, HOMEPAGE, 0.01)
        self.data.mkdir()
        paper, size = HeavyDaily(HOMEPAGE, articles(HOMEPAGE, self.pages)), 0
        site = load_site(SLUG, self.sites)
        with Archive.open(self.data, write=True) as archive:
            archive.put_site(slug=SLUG, name=site.name, homepage=HOMEPAGE, source=source_of(site))
        with PageStore.open(self.data, write=True) as store, store.transaction():
            for article in paper.articles:
                url, body = HOMEPAGE.rstrip("/") + article.path, paper.weigh(article)
                size += len(body)
                store.put(_page(url, body), site=SLUG)
        return size / self.pages / 1000

    def read(self, jobs: int, *options: str) -> Measured:
        """One whole process of ``moit-news reextract``; raises SystemExit where it fails."""
        env = os.environ | {"MOIT_NEWS_SITES": str(self.sites), "MOIT_NEWS_DATA": str(self.data)}
        command = [str(BIN / "moit-news"), "reextract", "--jobs", str(jobs), *options]
        return measure(command, env, self.folder / "reextract.log")

    def describe_otherwise(self, number: int) -> None:
        """A site file by which the same pages give articles with another source each time."""
        path = self.sites / f"{SLUG}.toml"
        text = path.read_text(encoding="utf-8").split("\n[source]", maxsplit=1)[0]
        source = f'\n[source]\nslug = "nguon-{number}"\nname = "Nguồn {number}"\n'
        path.write_text(text.rstrip() + "\n" + source, encoding="utf-8")

    def check(self) -> None:
        """No page may have been left out, or a rate would be that of doing nothing."""
        path = self.data / "archive.db"
        archive = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        found = archive.execute("SELECT count(*), max(version) FROM articles").fetchone()
        (read,) = archive.execute("SELECT count(*) FROM pages_read").fetchone()
        archive.close()
        if (*found, read) != (self.pages, 1, self.pages):
            raise SystemExit(f"{found} articles and versions, {read} pages of {self.pages} read")


def _page(url: str, body: bytes) -> Page:
    return Page(
        url=url,
        final_url=url,
        fetched_at=FETCHED,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=body,
    )


def report(rates: dict[tuple[str, int], list[float]], cpu: dict[int, float], jobs: int) -> bool:
    """Prints the table and tells whether the goal is met."""
    print(f"\n{'':18}{'1 process':>22}{f'{jobs} processes':>22}   ratio of each pair, median")
    met = True
    for what in (SAME, CHANGED):
        one, many = rates[what, 1], rates[what, jobs]
        ratios = [b / a for a, b in zip(one, many, strict=True)]
        ratio = statistics.median(ratios)
        cells = "".join(f"{_spread(rows):>22}" for rows in (one, many))
        told = ", ".join(f"{each:.2f}" for each in ratios)
        print(f"{what:18}{cells}   {told}; {ratio:.2f}")
        met = met and ratio >= GOAL
    print(f"pages a second; goal: {GOAL} times. CPU ms a page: 1 process {cpu[1]:.1f}", end="")
    print(f", {jobs} processes {cpu[jobs]:.1f}")
    return met


def _spread(rates: list[float]) -> str:
    return f"{statistics.median(rates):.0f} [{min(rates):.0f}-{max(rates):.0f}]"


def run(folder: Path, given: argparse.Namespace) -> bool:
    bench = Bench(folder=folder, pages=given.pages)
    size = bench.fill()
    print(
        f"{given.pages} pages of {size:.0f} kB, {os.cpu_count()} cores, load {os.getloadavg()[0]}"
    )
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    first = bench.read(given.jobs)
    print(f"read for the first time, {given.jobs} processes: {given.pages / first.wall:.0f}/s")
    rates: dict[tuple[str, int], list[float]] = {}
    cpu: dict[int, float] = {}
    for number in range(given.runs):
        for jobs in (1, given.jobs):
            done = bench.read(jobs, "--all")
            rates.setdefault((SAME, jobs), []).append(given.pages / done.wall)
            cpu[jobs] = 1000 * done.cpu / given.pages
            bench.describe_otherwise(2 * number + (jobs > 1))
            done = bench.read(jobs)
            rates.setdefault((CHANGED, jobs), []).append(given.pages / done.wall)
            bench.check()
    return report(rates, cpu, given.jobs)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reextract",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moit-news-reextract-") as folder:
        met = run(Path(folder), given)
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
