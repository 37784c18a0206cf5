"""The searches that ours is measured beside, each a process with an index of the same articles.

    python -m benchmarks.search_peers

makes what they need in build/peers, and says which of them can be measured here.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.text import fold
from benchmarks.finding import LIMIT
from benchmarks.peers import cluster
from benchmarks.peers.environments import is_made, made
from benchmarks.peers.process import LineProcess, PeerError
from benchmarks.peers.serving import Row

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "peers"
SYSTEM = Path("/usr/bin/python3")  # the Python for which a distribution packs its libraries
_OTHER = re.compile(r"[\W_]+")
# A sign is one before a word only: that of 5/2015/TT-BCT stands between two.
_TOKEN = re.compile(r'"[^"]*"|[()]|(?:(?<![^\s(])-)?[^\W_]+\*?')


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchPeer:
    """A search, the module that asks it, and whose Python runs the module: that of an environment
    made for a distribution, or the system's. ``lacking`` says what the system has not got for it.
    """

    name: str
    module: str
    distribution: str | None = None
    lacking: Callable[[], str | None] = lambda: None

    def python(self) -> Path:
        """Makes its environment where that is missing; raises PeerError where it cannot."""
        if reason := self.lacking():
            raise PeerError(reason)
        return _of_environment(self.distribution) if self.distribution else SYSTEM

    def absent(self) -> str | None:
        """Why it cannot be asked at once, with nothing installed for it."""
        if self.distribution and not is_made(self.distribution, BUILD):
            made_by = "python -m benchmarks.search_peers"
            return self.lacking() or f"build/peers has no environment for it: {made_by} makes it"
        return self.lacking()

    @contextmanager
    def over(self, articles: Path) -> Iterator[RunningPeer]:
        """With an index of a file of articles; raises PeerError where it cannot be had."""
        folder = articles.parent / self.module
        folder.mkdir()
        command = [str(self.python()), "-m", f"benchmarks.peers.{self.module}"]
        process = LineProcess(command=command, log=folder.with_suffix(".log"), cwd=ROOT)
        process.begin()
        try:
            process.tell(json.dumps([str(articles), str(folder)]))
            release, cpu, size = process.answer()
            name = f"{self.name} {release}"
            yield RunningPeer(process=process, name=name, cpu=cpu, size=size)
        finally:
            process.end()


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningPeer:
    """An engine in a process, which takes its time itself; what its index cost."""

    process: LineProcess
    name: str
    cpu: float
    size: int

    def ask(self, typed: str) -> tuple[float, list[int]]:
        self.process.tell(json.dumps([LIMIT, tokens(typed)]))
        seconds, ids = self.process.answer()
        return seconds, ids

    def __str__(self) -> str:
        return (
            f"{self.name} built its index of the same texts in {self.cpu:,.0f} seconds of CPU;"
            f" it is {self.size / 1e6:,.0f} MB."
        )


def _of_environment(distribution: str) -> Path:
    try:
        return made(distribution, BUILD)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or str(error)).strip().splitlines()
        raise PeerError(f"{distribution}.txt cannot be installed: {said[-1]}") from None


def _without_xapian() -> str | None:
    """PyPI has no wheel of it that is kept up."""
    asked = [str(SYSTEM), "-c", "import xapian"]
    if SYSTEM.exists() and not subprocess.run(asked, check=False, capture_output=True).returncode:
        return None
    return f"{SYSTEM} has no module xapian (Debian: apt-get install python3-xapian)"


TANTIVY = SearchPeer(name="tantivy", module="search_tantivy", distribution="tantivy")
PEERS = (
    TANTIVY,
    SearchPeer(name="Xapian", module="search_xapian", lacking=_without_xapian),
    SearchPeer(
        name="PostgreSQL",
        module="search_postgresql",
        distribution="postgresql",
        lacking=cluster.missing,
    ),
)


@contextmanager
def started(
    peers: Sequence[SearchPeer], articles: Path
) -> Iterator[tuple[list[RunningPeer], list[str]]]:
    """Those that can be had, and a sentence on each that cannot."""
    running, absent = [], []
    with ExitStack() as stack:
        for peer in peers:
            try:
                running.append(stack.enter_context(peer.over(articles)))
            except PeerError as error:
                absent.append(f"{peer.name} is not measured: {error}.")
        yield running, absent


def written(rows: Iterable[Row], folder: Path) -> Path:
    """A file of articles as the peers are given them: folded, letters and digits alone."""
    path = folder / "articles.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for number, *texts in rows:
            lines.write(json.dumps([number, *map(_plain, texts)]) + "\n")
    return path


def _plain(text: str) -> str:
    return _OTHER.sub(" ", fold(text))


def tokens(typed: str) -> list[str]:
    """A query as the peers are asked it; peers/serving.py says what the tokens are."""
    return [token if token == "OR" else fold(token) for token in _TOKEN.findall(typed)]


def main() -> None:
    for peer in PEERS:
        try:
            print(f"{peer.name}: {peer.python()}")
        except PeerError as error:
            print(f"{peer.name}: {error}.")


if __name__ == "__main__":
    main()
