"""Programs that ours is compared with, each a process that answers in lines of JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 120  # seconds in which a process that was told to end has ended


class PeerError(Exception):
    """A program that cannot be measured, and why."""


@dataclass(slots=True, kw_only=True)
class LineProcess:
    """A line told, lines of JSON answered; ``begin`` first, ``end`` last.

    What it says on its standard error goes to a log, whose last line is why it has died.
    """

    command: Sequence[str]
    log: Path
    cwd: Path
    process: subprocess.Popen[str] = field(init=False)

    def begin(self) -> None:
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=self.cwd,
            )

    def tell(self, line: str) -> None:
        assert self.process.stdin
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise PeerError(self._last_words()) from None

    def answer(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise PeerError(self._last_words())
        return json.loads(line)

    def _last_words(self) -> str:
        code = self.process.wait()
        said = self.log.read_text(errors="replace").strip().splitlines()
        return said[-1] if said else f"the process ended with {code}"

    def end(self) -> None:
        """Lets it end by itself, which takes away what it has made; then asks, then insists."""
        for insist in (self.process.terminate, self.process.kill):
            try:
                self.process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                insist()
        self.process.wait()


@dataclass(frozen=True, kw_only=True, slots=True)
class Pass:
    """One reading of all pages: CPU seconds, readings and reasons in the order of the pages."""

    seconds: list[float]
    readings: list[dict[str, Any] | None]
    errors: list[str | None]
    peak_mb: float


@dataclass(slots=True, kw_only=True)
class ReaderProcess(LineProcess):
    """A reader that reads so many pages whenever it is asked."""

    count: int

    def begin(self) -> None:
        LineProcess.begin(self)  # super() does not know a class that slots=True has made anew
        self.answer()

    def read(self, *, only_time: bool = False) -> Pass:
        self.tell("time" if only_time else "read")
        rows = [self.answer() for _ in range(self.count)]
        return Pass(
            seconds=[row["seconds"] for row in rows],
            readings=[row.get("reading") for row in rows],
            errors=[row["error"] for row in rows],
            peak_mb=self.answer()["peak_mb"],
        )

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
