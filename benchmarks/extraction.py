"""Our reading of labelled pages beside that of other readers, on the same pages in one run.

    python -m benchmarks.extraction [--passes 5] [--environments build/peers] [--write]

Each reader is one process in an environment of its own. They take turns, a pass over all pages
each, so that whatever else the machine does troubles all alike; CPU seconds are of the process.
Pages are the golden pages in tests/sites, and a corpus of real pages where there is one.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import extraction_table
from benchmarks.labelled import CORPUS, ROOT, LabelledPage, corpus, golden_pages
from benchmarks.peers.environments import OURS, PEERS, Peer, made
from benchmarks.peers.process import Pass, PeerError, ReaderProcess


@dataclass(slots=True)
class Measured:
    """A reader and its passes over the pages; none, and a reason, where it cannot be had."""

    peer: Peer
    passes: list[Pass] = field(default_factory=list)
    absent: str | None = None


def commands(peer: Peer, environments: Path, pages: Path) -> list[str]:
    """What starts the reader's worker; makes its environment where that is missing."""
    manner = [peer.manner] if peer.takes_manner else []
    if peer in OURS:
        return [sys.executable, "-m", "benchmarks.peers.worker", str(pages), peer.function]
    worker = str(ROOT / "benchmarks" / "peers" / "worker.py")
    return [str(made(peer.distribution, environments)), worker, str(pages), peer.function, *manner]


def begun(
    measured: Measured, environments: Path, pages: Path, count: int, log: Path
) -> ReaderProcess | None:
    try:
        command = commands(measured.peer, environments, pages)
        reader = ReaderProcess(command=command, count=count, log=log, cwd=ROOT)
        reader.begin()
    except subprocess.CalledProcessError as error:
        measured.absent = "not installed: " + (error.stderr or str(error)).strip().splitlines()[-1]
        return None
    except PeerError as error:
        measured.absent = f"does not start: {error}"
        return None
    return reader


def turn(measured: Measured, reader: ReaderProcess) -> None:
    """One more pass, unless the reader has died in an earlier one."""
    if measured.absent:
        return
    try:
        measured.passes.append(reader.read(only_time=bool(measured.passes)))
    except PeerError as error:
        measured.absent = f"died while it read: {error}"


def measure(
    peers: Sequence[Peer], pages: Sequence[LabelledPage], passes: int, environments: Path
) -> list[Measured]:
    rows = [Measured(peer) for peer in peers]
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="moit-news-peers-")))
        file = scratch / "pages.json"
        file.write_text(json.dumps([page.told() for page in pages]), "utf-8")
        running: list[tuple[Measured, ReaderProcess]] = []
        for row in rows:
            log = scratch / f"{len(running)}.log"
            if reader := begun(row, environments, file, len(pages), log):
                stack.callback(reader.close)
                running.append((row, reader))
        for _ in range(passes + 1):  # the first one warms up, and keeps what was read
            for row, reader in running:
                turn(row, reader)
    return rows


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.extraction",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--passes", type=int, default=5, help="timed passes of each reader")
    parser.add_argument("--environments", type=Path, default=ROOT / "build" / "peers")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="real pages, where they are")
    parser.add_argument("--ours", action="store_true", help="measure ours alone")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args()


def main() -> None:
    given = options()
    real, golden = corpus(given.corpus), golden_pages()
    peers = OURS if given.ours else (*OURS, *PEERS)
    rows = measure(peers, [*real, *golden], given.passes, given.environments)
    groups = {"Real pages": real, "Golden pages": golden}
    text = extraction_table.report(rows, groups, given.passes)
    print(text)
    print(extraction_table.where_others_are_better(rows, [*real, *golden]))
    if given.write:
        arguments = shlex.join(["--passes", str(given.passes), "--write"])
        extraction_table.write(text, f"python -m benchmarks.extraction {arguments}")
    if any(row.absent for row in rows if row.peer in OURS):
        sys.exit(1)


if __name__ == "__main__":
    main()
