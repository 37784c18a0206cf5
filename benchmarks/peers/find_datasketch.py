"""datasketch's MinHashLSH among the same texts: ``python find_datasketch.py MANY SETS``.

The same folded 3-syllable shingles, 128 permutations and 32 bands of 4, in memory, as it is used:
what the index finds and whose estimated Jaccard is at least THRESHOLD counts as a copy.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasketch import MinHash, MinHashLSH

from archive.text import syllables

PERMUTATIONS, BANDS, ROWS = 128, 32, 4
THRESHOLD = 0.4  # half of a text has a Jaccard of 0.5, which 128 permutations tell as 0.4 to 0.6


def main() -> None:
    many, sets = (list(_cases(Path(path))) for path in sys.argv[1:3])
    gc.collect()
    before, began = _resident(), time.process_time()
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    kept = {}
    for number, case in enumerate(many):
        kept[f"many {number}"] = _hashed(case)
        index.insert(f"many {number}", kept[f"many {number}"])
    seconds, size = time.process_time() - began, _resident() - before
    found, looked_up = _found(index, kept, sets)
    looked_up.sort()
    print(
        json.dumps({
            "ms": 1000 * seconds / len(many),
            "look_up": [looked_up[len(looked_up) * n // 100] / 1000 for n in (50, 95)],
            "kept": size / len(many),
            "found": found,
        })
    )  # fmt: skip


def _found(
    index: Any, kept: dict[str, Any], sets: list[dict[str, Any]]
) -> tuple[dict[str, int], list[int]]:
    found: Counter[str] = Counter()
    times = []
    for number, case in enumerate(sets):
        hashed = _hashed(case)
        began = time.process_time_ns()
        candidates = index.query(hashed)
        times.append(time.process_time_ns() - began)
        copies = {name for name in candidates if hashed.jaccard(kept[name]) >= THRESHOLD}
        if case["of"] is not None:
            found[case["kind"]] += f"set {case['of']}" in copies
        else:
            found[case["kind"]] += bool(copies)
            kept[f"set {number}"] = hashed
            index.insert(f"set {number}", hashed)
    return dict(found), times


def _hashed(case: dict[str, Any]) -> Any:
    words = syllables("\n\n".join(case["text"][1:]))
    shingles = {" ".join(words[n : n + 3]).encode() for n in range(len(words) - 2)}
    hashed = MinHash(num_perm=PERMUTATIONS)
    hashed.update_batch(list(shingles))
    return hashed


def _cases(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


if __name__ == "__main__":
    main()
