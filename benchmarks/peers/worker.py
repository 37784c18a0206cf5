"""Reads pages with one reader, in the environment of that reader: the standard library alone.

python worker.py PAGES MODULE:FUNCTION [ARGUMENT…]

PAGES is a JSON file of pages (file, url, language, fetched_at). Each line on the standard input
asks for one pass, which answers a line of JSON a page (CPU seconds, and what was read or why it
was not) and a last one with the process's largest memory. Passes named "time" send no readings.
"""

from __future__ import annotations

import importlib
import json
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LONGEST = 60

Reader = Callable[..., dict[str, Any]]


def main() -> None:
    file, name, *arguments = sys.argv[1:]
    signal.signal(signal.SIGALRM, _too_long)
    # What a reader prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    pages = [(page, Path(page["file"]).read_bytes()) for page in json.loads(Path(file).read_text())]
    module, function = name.split(":")
    reader = getattr(importlib.import_module(module), function)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for wish in sys.stdin:
        for page, body in pages:
            row = _row(reader, page, body, arguments, wish.strip() == "time")
            print(json.dumps(row), file=answers, flush=True)
        print(json.dumps({"peak_mb": _peak()}), file=answers, flush=True)


def _row(
    reader: Reader, page: dict[str, str], body: bytes, arguments: list[str], only_time: bool
) -> dict[str, Any]:
    signal.alarm(LONGEST)
    start = time.process_time()
    try:
        reading: dict[str, Any] | None = reader(body, page, *arguments)
        error = None
    except Exception as caught:  # noqa: BLE001  # told in the table
        reading, error = None, f"{type(caught).__name__}: {caught}"[:300]
    seconds = time.process_time() - start
    signal.alarm(0)
    if reading is not None:
        at = reading["published_at"]
        reading["published_at"] = at if at is None or isinstance(at, str) else at.isoformat()
    return {"seconds": seconds, "error": error} | ({} if only_time else {"reading": reading})


def _too_long(*_: object) -> None:
    raise TimeoutError(f"not done within {LONGEST} s")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
