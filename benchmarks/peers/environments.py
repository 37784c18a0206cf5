"""A virtual environment for each reader that we are measured beside, so that none disturbs another.

Every reader has a file of pinned requirements here; an environment is made anew when it changes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
STAMP = "made-from.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """A reader: its distribution, the function that calls it, and the manner it is told."""

    distribution: str
    function: str
    manner: str = ""
    takes_manner: bool = False

    @property
    def name(self) -> str:
        return f"{self.distribution}, {self.manner}" if self.manner else self.distribution

    @property
    def release(self) -> str:
        if self.distribution == "moit-news":
            return version("moit-news")
        lines = requirements(self.distribution).read_text("utf-8").lower().splitlines()
        return next(
            line.split("==")[1].split()[0]
            for line in lines
            if line.startswith(f"{self.distribution}==")
        )


_OURS = "benchmarks.peers.read_ours"
OURS = (
    Peer(distribution="moit-news", function=f"{_OURS}:read"),
    Peer(distribution="moit-news", function=f"{_OURS}:read_generic", manner="no site files"),
)
PEERS = (
    *(
        Peer(
            distribution="trafilatura",
            function="read_trafilatura:read",
            manner=manner,
            takes_manner=True,
        )
        for manner in ("balanced", "fast", "precision", "recall")
    ),
    Peer(distribution="newspaper4k", function="read_newspaper4k:read"),
    Peer(distribution="news-please", function="read_news_please:read"),
    Peer(distribution="fundus", function="read_fundus:read"),
    Peer(distribution="readability-lxml", function="read_readability:read"),
)


def requirements(distribution: str) -> Path:
    return HERE / f"{distribution}.txt"


def is_made(distribution: str, folder: Path) -> bool:
    """Whether the environment is there and has what its requirements say today."""
    stamp = folder / distribution / STAMP
    wanted = requirements(distribution).read_text("utf-8")
    return stamp.is_file() and stamp.read_text("utf-8") == wanted


def made(distribution: str, folder: Path) -> Path:
    """The Python of the reader's environment; raises CalledProcessError where pip fails."""
    home = folder / distribution
    python = home / "bin" / "python"
    if is_made(distribution, folder):
        return python
    shutil.rmtree(home, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(home))
    pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _run(*pip, "-r", str(requirements(distribution)))
    (home / STAMP).write_text(requirements(distribution).read_text("utf-8"), "utf-8")
    return python


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
