"""How a search beside ours is asked, in an environment of its own: the standard library alone.

The first line on its standard input is [file of articles, folder for its index]; the file has an
article a line, [id, title, lead, body]. The answer is [release, CPU seconds, bytes of the index].
Each line after it is [limit, tokens]; the answer is [CPU seconds, ids]. Text and tokens come
folded, letters and digits alone; a token is a word, a word left out (-word), the begin of a word
(word*), words side by side ("a b"), a bracket or OR. All words are wanted.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

SIDE_BY_SIDE = 4  # times that words count besides where they stand side by side as they were typed
TITLE = 2  # times that a word counts in the title

Row = tuple[int, str, str, str]


class Index(Protocol):
    """What each search does in its own way."""

    release: str

    def fill(self, rows: Iterator[Row]) -> None: ...

    def size(self) -> int: ...

    def ask(self, tokens: Sequence[str], limit: int) -> list[int]: ...

    def cpu(self) -> float:
        """CPU seconds till now, of all processes that work for it."""
        return time.process_time()


def serve(opened: Callable[[Path], AbstractContextManager[Index]]) -> None:
    """Answers until nobody asks any more, in whatever way that came; then the index is closed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("it was told to end"))
    # What a library prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    file, folder = map(Path, json.loads(sys.stdin.readline()))
    with opened(folder) as index:
        began = index.cpu()
        index.fill(_rows(file))
        built = index.cpu() - began
        print(json.dumps([index.release, built, index.size()]), file=answers, flush=True)
        for line in sys.stdin:
            limit, tokens = json.loads(line)
            began = index.cpu()
            ids = index.ask(tokens, limit)
            print(json.dumps([index.cpu() - began, ids]), file=answers, flush=True)


def _rows(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def are_plain(tokens: Sequence[str]) -> bool:
    """Whether they are two words or more and nothing else: then side by side is worth more."""
    return len(tokens) > 1 and all(token.isalnum() and token != "OR" for token in tokens)


def weight_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
