"""The scores of our reading, and the file that pins them.

python -m tests.quality          the scores now
python -m tests.quality --pin    writes them to tests/quality.json; say why in the commit
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import reading
from benchmarks.labelled import LabelledPage, corpus, golden_pages
from benchmarks.scoring import score, summary

Scores = Mapping[str, float]
Read = Callable[[bytes, str, dt.datetime | None], Mapping[str, Any]]

PINS = Path(__file__).parent / "quality.json"
COLLECTIONS: Mapping[str, Callable[[], Sequence[LabelledPage]]] = {
    "golden pages": golden_pages,
    "corpus": corpus,
}
_NAMES = re.compile(rb"(\s(?:class|id)\s*=\s*)(?:\"[^\"]*\"|'[^']*')")


def read_nameless(body: bytes, url: str, fetched_at: dt.datetime | None) -> Mapping[str, Any]:
    """What generic reads where class names and ids say nothing, as on sites made by programs."""
    return reading.read_generic(_NAMES.sub(rb'\1""', body), url, fetched_at)


READINGS: Mapping[str, Read] = {
    "read": reading.read,
    "read_generic": reading.read_generic,
    "read_nameless": read_nameless,
}


def measure(pages: Sequence[LabelledPage], read: Read) -> Scores:
    """The mean scores of a reading, worst page and forbidden strings included."""
    found = summary([score(one.label, _reading(one, read)) for one in pages])
    scores = {"F1": found.f1, "strict F1": found.strict_f1, "worst F1": found.worst_f1}
    # Fewer is better there, more is better everywhere else.
    scores |= {**found.right, "free of forbidden strings": -found.forbidden}
    return {name: round(value, 4) for name, value in scores.items()} | {"pages": found.pages}


def _reading(page: LabelledPage, read: Read) -> Mapping[str, Any]:
    # Some pages show "5 phút trước": golden pages tell when they were fetched.
    at = dt.datetime.fromisoformat(page.fetched_at) if page.fetched_at else None
    return read(page.file.read_bytes(), page.label.url, at)


def lower(now: Scores, pinned: Scores) -> dict[str, str]:
    """What has become worse, as "now, was pinned".

    >>> lower({"F1": 0.98, "lead": 1.0, "pages": 9}, {"F1": 0.99, "lead": 1.0, "pages": 10})
    {'F1': '0.98, 0.99 is pinned'}
    """
    return {
        name: f"{now[name]}, {value} is pinned"
        for name, value in pinned.items()
        if name != "pages" and now[name] < value
    }


def pins() -> dict[str, dict[str, Scores]]:
    return dict(json.loads(PINS.read_text(encoding="utf-8")))


def main() -> None:
    """Prints the scores, or pins them."""
    known = pins() if PINS.is_file() else {}
    for collection, load in COLLECTIONS.items():
        if pages := load():
            known[collection] = {name: measure(pages, read) for name, read in READINGS.items()}
    text = json.dumps(known, indent=1, ensure_ascii=False) + "\n"
    if "--pin" in sys.argv[1:]:
        PINS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
