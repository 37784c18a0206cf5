"""How small pages are kept: ``python benchmarks/pages.py [--data FOLDER]``.

Without a folder, real pages of ../shared/corpus, by site where a site has two: each is compressed
with each other one of its site as dictionary, at several levels of zstd, and with gzip -6 alone; by
site also with xz -9e behind that other one, to show how much is there to be gained at all.
With a data folder, all its bodies as they are kept, the dictionaries counted in.
"""

from __future__ import annotations

import argparse
import gzip
import lzma
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import zstandard

from archive import pages as keeping
from archive.pages import Codec, PageStore
from archive.tables import columns
from benchmarks.labelled import CORPUS

LEVELS = (3, 5, 6, 7, 9)
ROUNDS = 5
NUMBERS = ("pages", "raw kB", "gzip -6", "times", "ms a page")
AT_BEST = "xz -9e, times"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A pair of pages at one level: sizes in bytes, CPU time in seconds."""

    raw: int
    gzipped: int
    kept: int
    seconds: float


def sites(folder: Path) -> dict[str, list[bytes]]:
    """The saved pages of each site that has at least two, listings and articles alike."""
    found: dict[str, list[bytes]] = defaultdict(list)
    for path in sorted(folder.glob("pages/*/*.htm*")):
        body = path.read_bytes()
        found[path.parent.name].append(gzip.decompress(body) if path.suffix == ".gz" else body)
    return {site: bodies for site, bodies in sorted(found.items()) if len(bodies) > 1}


def pairs(bodies: Sequence[bytes], level: int) -> Iterator[Kept]:
    """Each page kept with each other as dictionary, as the crawl would."""
    for first, body in permutations(bodies, 2):
        codec = Codec(1, first, level)
        kept, seconds = timed(codec.compress, body)
        if codec.decompress(kept, len(body)) != body:
            raise AssertionError("a page came out otherwise than it went in")
        gzipped = len(gzip.compress(body, 6))
        yield Kept(raw=len(body), gzipped=gzipped, kept=len(kept), seconds=seconds)


def timed(compress: Callable[[bytes], bytes], body: bytes) -> tuple[bytes, float]:
    """What comes out, and the least CPU time of some rounds: others use the machine too."""
    least = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        kept = compress(body)
        least = min(least, time.process_time() - began)
    return kept, least


def at_best(bodies: Sequence[bytes]) -> str:
    """How many times smaller than gzip -6 the slowest compressor makes a page that follows another
    of its site."""
    gzipped = sum(len(gzip.compress(body, 6)) for _, body in permutations(bodies, 2))
    behind = sum(xz(first + body) - xz(first) for first, body in permutations(bodies, 2))
    return f"{gzipped / behind:.2f}"


def xz(content: bytes) -> int:
    return len(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))


def print_corpus(folder: Path) -> None:
    """A row a site at the level that the crawl uses, then a row a level over all."""
    found = sites(folder)
    header = ("site", *NUMBERS, AT_BEST)
    by_site = {site: list(pairs(bodies, keeping.LEVEL)) for site, bodies in found.items()}
    rows = [
        (*row(site, len(found[site]), kept), at_best(found[site])) for site, kept in by_site.items()
    ]
    print("\n".join(columns(header, rows, header[1:])), end="\n\n")
    rows = []
    for level in LEVELS:
        kept = [one for bodies in found.values() for one in pairs(bodies, level)]
        name = f"level {level}" + (" (used)" if level == keeping.LEVEL else "")
        rows.append(row(name, sum(map(len, found.values())), kept))
    print("\n".join(columns(("all sites", *NUMBERS), rows, NUMBERS)))
    print("times: smaller than gzip -6 of each page; the mean over sites or pairs of their sums")


def row(name: str, pages: int, kept: Sequence[Kept]) -> tuple[str, ...]:
    """Sizes a page in kB, how many times smaller than gzip, CPU time a page."""
    raw, gzipped, ours = (sum(getattr(k, n) for k in kept) for n in ("raw", "gzipped", "kept"))
    count = len(kept)
    sizes = (f"{raw / count / 1000:.0f}", f"{gzipped / count / 1000:.1f}")
    milliseconds = sum(k.seconds for k in kept) / count * 1000
    return (name, str(pages), *sizes, f"{gzipped / ours:.2f}", f"{milliseconds:.2f}")


def print_folder(folder: Path) -> None:
    """All bodies of a data folder beside gzip -6 of each."""
    with PageStore.open(folder) as pages:
        sql = "SELECT id FROM pages WHERE id IN (SELECT min(id) FROM pages GROUP BY sha256)"
        ids = [one[0] for one in pages.connection.execute(sql)]
        bodies = [body for body in (pages.get(one).body for one in ids) if body]
        sizes = (
            "SELECT (SELECT sum(length(z)) FROM bodies) + (SELECT sum(length(z)) FROM dictionaries)"
        )
        (kept,) = pages.connection.execute(sizes).fetchone()
    raw = sum(map(len, bodies))
    gzipped = sum(len(gzip.compress(body, 6)) for body in bodies)
    print(
        f"{len(bodies)} bodies of {folder}: raw {raw:,}, gzip -6 {gzipped:,}, kept {kept:,} bytes"
    )
    print(
        f"{raw / kept:.1f} times smaller than raw, {gzipped / kept:.1f} than gzip -6 of each page"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="a data folder, as that of `make demo`")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    chosen = parser.parse_args()
    print(f"zstandard {zstandard.__version__}, Python {platform.python_version()}")
    print_folder(chosen.data) if chosen.data else print_corpus(chosen.corpus)


if __name__ == "__main__":
    main()
