"""What a crawled page costs: the whole job against a Scrapy spider that only downloads.

    python -m benchmarks.crawl [--pages 2000] [--runs 3] [--alike] [--profile]

Both ask the same local server for the same pages, one request at a time and 1 ms apart. CPU is
user and system time of the whole process, its start included. The whole job is ``moit-news
crawl`` into a fresh archive: download, keep, read, store, index.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

GOAL = 3.5
LARGEST_RSS = 300.0
BIN = Path(sys.executable).parent
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One process: CPU and wall seconds, and its resident memory in MB once a half second."""

    cpu: float
    wall: float
    memory: list[float] = field(default_factory=list)

    def quarters(self) -> str:
        """The memory after each quarter of the run."""
        last = len(self.memory) - 1
        return " ".join(f"{self.memory[last * n // 4]:.0f}" for n in range(1, 5))


def resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * PAGE_SIZE / 1e6


def measure(command: list[str], env: dict[str, str], log: Path) -> Measured:
    """Runs one command to its end; raises CalledProcessError where it fails."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    memory: list[float] = []
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT)
        while process.poll() is None:
            memory.append(resident(process.pid))
            time.sleep(0.5)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        tail = log.read_text(errors="replace")[-2000:]
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(cpu=cpu, wall=time.monotonic() - began, memory=[m for m in memory if m > 1])


@contextmanager
def origin(folder: Path, given: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The server process: its homepage and the mean size of a page in kB."""
    sites = folder / "sites"
    command = [sys.executable, "-m", "benchmarks.crawl_server", "--pages", str(given.pages)]
    command += ["--sites", str(sites), "--delay", str(given.delay)]
    command += ["--alike"] if given.alike else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        _, homepage, size = process.stdout.readline().split()
        yield homepage, size
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def download_only(folder: Path, homepage: str, delay: float) -> Measured:
    command = [sys.executable, "-m", "benchmarks.download_only", homepage, str(delay)]
    return measure(command, dict(os.environ), folder / "download.log")


def surroundings(folder: Path, number: int) -> dict[str, str]:
    data = folder / f"data-{number}"
    data.mkdir()
    return os.environ | {
        "MOIT_NEWS_SITES": str(folder / "sites"),
        "MOIT_NEWS_DATA": str(data),
    }


def whole_job(folder: Path, number: int, pages: int) -> Measured:
    """One crawl into a fresh archive, which must then hold and find every article."""
    env = surroundings(folder, number)
    result = measure([str(BIN / "moit-news"), "crawl"], env, folder / "crawl.log")
    archive = sqlite3.connect(f"file:{env['MOIT_NEWS_DATA']}/archive.db?mode=ro", uri=True)
    (stored,) = archive.execute("select count(*) from articles").fetchone()
    archive.close()
    if stored != pages:
        raise SystemExit(f"the archive has {stored} articles of {pages}: {folder}/crawl.log")
    return result


def profile(folder: Path) -> None:
    """The functions of the whole job that take the most CPU of their own, by cProfile."""
    stats = folder / "crawl.pstats"
    env = surroundings(folder, 99)
    code = "import sys; sys.argv[1:] = ['crawl']; from crawler.cli import main; main()"
    wrapper = (
        f"import atexit, cProfile, time\nprofile = cProfile.Profile(time.process_time)\n"
        f"atexit.register(lambda: (profile.disable(), profile.dump_stats({str(stats)!r})))\n"
        f"profile.enable()\n{code}\n"
    )
    measure([sys.executable, "-c", wrapper], env, folder / "profile.log")
    import pstats

    for order in ("tottime", "cumtime"):
        pstats.Stats(str(stats)).sort_stats(order).print_stats(45)


def report(downloads: list[Measured], jobs: list[Measured], pages: int) -> bool:
    """Prints the table and tells whether the goals are met."""
    print(f"\n{'':16}{'CPU ms/page':>22}{'wall s':>9}  memory MB after each quarter")
    for name, rows in (("download only", downloads), ("whole job", jobs)):
        costs = [1000 * row.cpu / pages for row in rows]
        middle = statistics.median(costs)
        spread = f"{middle:.2f} [{min(costs):.2f}-{max(costs):.2f}]"
        wall = statistics.median(row.wall for row in rows)
        print(f"{name:16}{spread:>22}{wall:>9.1f}  {rows[-1].quarters()}")
    ratios = [job.cpu / download.cpu for job, download in zip(jobs, downloads, strict=True)]
    ratio, largest = statistics.median(ratios), max(max(row.memory) for row in jobs)
    print(f"\nratio {ratio:.2f} (runs: {', '.join(f'{r:.2f}' for r in ratios)}; goal {GOAL})")
    print(f"largest memory {largest:.0f} MB (goal {LARGEST_RSS:.0f})")
    return ratio <= GOAL and largest <= LARGEST_RSS


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.crawl",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0.001)
    parser.add_argument("--alike", action="store_true", help="pages that resemble each other")
    parser.add_argument(
        "--profile", action="store_true", help="show where the whole job's CPU goes"
    )
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    return parser.parse_args()


def run(folder: Path, given: argparse.Namespace) -> bool:
    with origin(folder, given) as (homepage, size):
        names = ("scrapy", "twisted", "lxml")
        versions = ", ".join(f"{name} {version(name)}" for name in names)
        print(f"{given.pages} pages of {size} kB, delay {given.delay} s, {os.cpu_count()} cores")
        print(f"Python {platform.python_version()}, {versions}, SQLite {sqlite3.sqlite_version}")
        if given.profile:
            profile(folder)
            return True
        downloads, jobs = [], []
        for number in range(given.runs):
            downloads.append(download_only(folder, homepage, given.delay))
            jobs.append(whole_job(folder, number, given.pages))
        return report(downloads, jobs, given.pages)


def main() -> None:
    given = options()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        met = run(given.keep, given)
    else:
        with tempfile.TemporaryDirectory(prefix="moit-news-crawl-") as folder:
            met = run(Path(folder), given)
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
