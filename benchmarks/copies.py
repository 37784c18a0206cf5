"""What finding copies costs and finds in an archive of 100,000 articles, beside datasketch.

    python -m benchmarks.copies [--articles 100000] [--count 300] [--ours] [--write]

The archive is a real file with its own tables, filled by the code that a crawl runs; only the
full-text index is left out. Times are CPU times of the process, medians, so that they can be
measured while others use the machine too.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from archive.bands import Bands
from archive.copies import story
from archive.minhash import bare, sign
from archive.models import Source
from archive.store import Archive
from archive.stories import rebuild
from archive.times import to_text
from benchmarks import extraction_table
from benchmarks.copies_texts import EDITS, Case, many, sets, write
from benchmarks.peers.environments import Peer, made

ROOT = Path(__file__).resolve().parent.parent
SEED = 2026
MOST_MICROSECONDS, MOST_BYTES = 200, 1300
LIGHT, HEAVY = 0.99, 0.93
HEAVY_EDITS = ("half cut", "heavy edit")
DATASKETCH = Peer(distribution="datasketch", function="")
INSERT = (
    "INSERT INTO articles (id, url, site, source, published_at, title, lead, body, first_seen_at,"
    " last_seen_at, version, extractor, content_hash)"
    " VALUES (?1, 'https://a.vn/' || ?1, 'a', 'a', ?2, ?3, ?4, ?5, ?2, ?2, 1, 1, '')"
)
SIZE = """
SELECT sum(pgsize) FROM dbstat
WHERE name IN ('signatures', 'bands', 'pairs', 'stories') OR name IN (SELECT name FROM sqlite_master
    WHERE type = 'index' AND tbl_name IN ('signatures', 'bands', 'pairs', 'stories'))
"""
Found = dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """CPU of an article in ms, of a look-up in µs (median, 95th of 100), bytes kept, found."""

    name: str
    ms: float
    look_up: tuple[float, float]
    kept: float
    found: Found


def ours(folder: Path, articles: int, count: int) -> Measured:
    with Archive.open(folder, write=True) as archive:
        connection = archive.connection
        archive.put_site(slug="a", name="A", homepage="https://a.vn/", source=_source())
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'articles'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        _insert(archive, many(random.Random(SEED), articles), first=1)
        began = time.process_time()
        rebuild(connection, _tell)
        ms = 1000 * (time.process_time() - began) / articles
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = connection.execute(SIZE).fetchone()[0] / articles
        cases = list(sets(random.Random(SEED + 1), count))
        times = _look_ups(connection, cases)
        found = _found(archive, cases, first=10 * articles)
    times.sort()
    middle, late = (times[len(times) * n // 100] / 1000 for n in (50, 95))
    return Measured(name="moit-news", ms=ms, look_up=(middle, late), kept=kept, found=found)


def _source() -> Source:
    return Source(slug="a", name="A", homepage="https://a.vn/", language="vi")


def _insert(archive: Archive, cases: Iterable[Case], first: int) -> None:
    rows = (
        (n, to_text(t.published), t.title, t.lead, "\n\n".join(t.paragraphs))
        for n, t in enumerate((case.text for case in cases), first)
    )
    with archive.transaction():
        archive.connection.executemany(INSERT, rows)


def _tell(done: int, of: int) -> None:
    if sys.stderr.isatty() and done % 1000 == 0:
        print(f"\r{done:,} of {of:,}", end="", file=sys.stderr)


def _look_ups(connection: sqlite3.Connection, cases: list[Case]) -> list[int]:
    """Nanoseconds of CPU for each case; the cache is as the cases before it have left it."""
    times, bands = [], Bands(connection)
    for case in cases:
        keys = sign(bare(case.text.lead, "\n\n".join(case.text.paragraphs))).look_up_keys()
        began = time.process_time_ns()
        bands.look_up(keys)
        times.append(time.process_time_ns() - began)
    return times


def _found(archive: Archive, cases: list[Case], first: int) -> Found:
    """How many cases of each kind are copies: of their originals, or at all if they have none."""
    _insert(archive, cases, first)
    rebuild(archive.connection, _tell)
    found: Counter[str] = Counter()
    for number, case in enumerate(cases):
        if case.of is None:
            sql = "SELECT count(*) FROM pairs WHERE article_id = ?"
            pairs = archive.connection.execute(sql, (first + number,)).fetchone()[0]
            found[case.kind] += bool(pairs)
        else:
            told = story(archive.connection, first + number)
            found[case.kind] += bool(told) and told[0]["id"] == first + case.of
    return dict(found)


def datasketch(folder: Path, articles: int, count: int, environments: Path) -> Measured:
    write(folder / "many.jsonl", many(random.Random(SEED), articles))
    write(folder / "sets.jsonl", sets(random.Random(SEED + 1), count))
    script = ROOT / "benchmarks" / "peers" / "find_datasketch.py"
    files = (str(folder / "many.jsonl"), str(folder / "sets.jsonl"))
    done = subprocess.run(
        [str(made("datasketch", environments)), str(script), *files],
        capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    told = json.loads(done.stdout)
    return Measured(
        name=f"datasketch {DATASKETCH.release}",
        ms=told["ms"],
        look_up=(told["look_up"][0], told["look_up"][1]),
        kept=told["kept"],
        found=told["found"],
    )


def report(measured: list[Measured], articles: int, count: int) -> str:
    costs = [
        ("", *(each.name for each in measured)),
        ("look-up, median µs", *(f"{each.look_up[0]:.0f}" for each in measured)),
        ("look-up, 95 % within µs", *(f"{each.look_up[1]:.0f}" for each in measured)),
        ("kept an article, bytes", *(f"{each.kept:,.0f}" for each in measured)),
        ("CPU an article, ms", *(f"{each.ms:.2f}" for each in measured)),
    ]
    found = [(f"of {count:,} each", *(each.name for each in measured))]
    for kind in (kind for kind in measured[0].found if kind != "originals"):
        shares = (each.found.get(kind, 0) for each in measured)
        found.append((
            f"{'found' if kind in EDITS else 'wrongly linked'}: {kind}",
            *(f"{100 * n / count:.1f} %" if kind in EDITS else f"{n}" for n in shares),
        ))  # fmt: skip
    return f"{articles:,} articles of 500 to 700 syllables:\n\n{_table(costs)}\n\n{_table(found)}\n"


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    ruled = [rows[0], tuple("-" * (w - 1) + (":" if n else "-") for n, w in enumerate(widths))]
    forms: list[Callable[[str, int], str]] = [str.ljust, *[str.rjust] * (len(widths) - 1)]
    return "\n".join(
        "| " + " | ".join(f(c, w) for f, c, w in zip(forms, row, widths, strict=True)) + " |"
        for row in [*ruled, *rows[1:]]
    )


def unmet(us: Measured, count: int) -> list[str]:
    """The goals that our own figures miss."""
    goals = {
        "look-up": us.look_up[0] <= MOST_MICROSECONDS,
        "bytes kept": us.kept <= MOST_BYTES,
        "nothing wrongly linked": not any(n for k, n in us.found.items() if k not in EDITS
                                          and k != "originals"),
    } | {
        kind: us.found[kind] >= count * (HEAVY if kind in HEAVY_EDITS else LIGHT) for kind in EDITS
    }  # fmt: skip
    return [goal for goal, is_met in goals.items() if not is_met]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.copies",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--count", type=int, default=300, help="cases of each kind")
    parser.add_argument("--environments", type=Path, default=ROOT / "build" / "peers")
    parser.add_argument("--ours", action="store_true", help="measure ours alone")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args()


def main() -> None:
    given = options()
    folder = Path(tempfile.mkdtemp(prefix="moit-news-copies-"))
    try:
        measured = [ours(folder, given.articles, given.count)]
        if not given.ours:
            measured.append(datasketch(folder, given.articles, given.count, given.environments))
    finally:
        shutil.rmtree(folder)
    text = report(measured, given.articles, given.count)
    missed = unmet(measured[0], given.count)
    print(text)
    print("goals missed: " + ", ".join(missed) if missed else "all goals are met")
    if given.write:
        arguments = shlex.join(["--articles", str(given.articles), "--count", str(given.count)])
        command = f"python -m benchmarks.copies {arguments} --write"
        extraction_table.write(text, command, section="copies")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
