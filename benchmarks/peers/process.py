"""One reader as a process that reads all pages whenever it is asked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class ReaderError(Exception):
    """A reader that cannot be measured, and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pass:
    """One reading of all pages: CPU seconds, readings and reasons in the order of the pages."""

    seconds: list[float]
    readings: list[dict[str, Any] | None]
    errors: list[str | None]
    peak_mb: float


@dataclass(slots=True)
class ReaderProcess:
    """A worker on those pages; ``begin`` first, ``close`` last."""

    command: Sequence[str]
    count: int
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
        self._answer()

    def read(self, *, only_time: bool = False) -> Pass:
        assert self.process.stdin
        self.process.stdin.write("time\n" if only_time else "read\n")
        self.process.stdin.flush()
        rows = [self._answer() for _ in range(self.count)]
        return Pass(
            seconds=[row["seconds"] for row in rows],
            readings=[row.get("reading") for row in rows],
            errors=[row["error"] for row in rows],
            peak_mb=self._answer()["peak_mb"],
        )

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            said = self.log.read_text(errors="replace").strip().splitlines()
            raise ReaderError(said[-1] if said else f"the process ended with {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
