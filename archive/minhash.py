"""Signatures: a few hundred bytes by which texts that repeat each other find one another.  Pure.

A text is the set of its folded 3-syllable shingles. MinHash of 128 permutations tells how alike two
such sets are; 32 bands of 4 of its rows are looked up. A cut halves that likeness and so misses the
bands, hence 10 anchors: the 8-syllable passages with the smallest hashes. A part of a text has most
of its smallest passages in common with the whole, whatever the whole holds besides.

All constants are made here from xxhash: signatures are kept for years, and must not change with a
release of some library. Whoever changes any of them raises MAKER and runs `moit-news stories
rebuild`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xxhash

from archive.text import PerWord, syllables

MAKER = 1
SHINGLE = 3
PERMUTATIONS = 128
BANDS, ROWS = 32, 4
ANCHORS = 10
ANCHOR_SYLLABLES = 8
# Under this a text is a line or two, which papers share without copying.
FEWEST_SHINGLES = 30
MOST_TEXT = 200_000

Hashes = npt.NDArray[np.uint64]

# A paper's own mark before a lead: "(Chinhphu.vn) -", "TPO -", "(Dân trí) –".
_DATELINE = re.compile(r"\s*(?:\([^()\n]{2,30}\)|[A-ZĐ][\w.+]{1,15})\s*[-–—:]\s+")
# Lines that a paper puts below what it prints: where it is from, what else to read.
_FOOT = re.compile(
    r"\W*(?:theo\b|nguồn\b|ảnh\b|tin, ảnh\b|bài, ảnh\b|tin liên quan\b|xem thêm\b|đọc thêm\b"
    r"|mời (?:quý|bạn|độc)|source\b)",
    re.IGNORECASE,
)
_FOOT_SYLLABLES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """What is kept of a text: how many shingles it has, 128 rows of 16 bits, up to 10 anchors."""

    size: int
    rows: npt.NDArray[np.uint16]
    anchors: Hashes

    def to_bytes(self) -> bytes:
        """256 bytes of rows, then 6 bytes an anchor; the same on every machine."""
        anchors = b"".join(int(anchor).to_bytes(6, "little") for anchor in self.anchors)
        return self.rows.astype("<u2").tobytes() + anchors

    @classmethod
    def from_bytes(cls, size: int, kept: bytes) -> Signature:
        rows = np.frombuffer(kept, "<u2", PERMUTATIONS)
        sixes = np.frombuffer(kept, np.uint8, offset=2 * PERMUTATIONS).reshape(-1, 6)
        eights = np.zeros((len(sixes), 8), np.uint8)
        eights[:, :6] = sixes
        return cls(size=size, rows=rows, anchors=eights.view("<u8").ravel())

    def look_up_keys(self) -> list[int]:
        """What it is looked up by: a number of 48 bits for each band and each anchor, none for a
        text that is too short to be told from others."""
        if self.size < FEWEST_SHINGLES:
            return []
        bands = self.rows.reshape(BANDS, ROWS).astype(np.uint64) @ _PLACES
        mixed = _mix(bands ^ _BAND_NAMES) >> np.uint64(16)
        return list(dict.fromkeys([*mixed.tolist(), *self.anchors.tolist()]))


def sign(text: str) -> Signature:
    """The signature of a text; of one that no paper would print, of its first 200,000 characters.

    >>> whole = " ".join(f"câu thứ {n} nói về việc {n * 7}" for n in range(40))
    >>> half = whole[: len(whole) // 2]
    >>> len(set(sign(whole).look_up_keys()) & set(sign(half.upper()).look_up_keys())) > 2
    True
    """
    hashed = syllable_hashes(text)
    shingles = _shingled(hashed, SHINGLE)
    anchors = _smallest(_runs_of_8(hashed), ANCHORS) >> np.uint64(16)
    return Signature(size=len(shingles), rows=_minima(shingles), anchors=anchors)


def shingles(text: str) -> Hashes:
    """The distinct shingles of a text, as sorted hashes.

    >>> len(shingles("Giá điện tăng, giá điện TĂNG giá"))
    3
    """
    return _shingled(syllable_hashes(text), SHINGLE)


def bare(lead: str | None, body: str | None) -> str:
    """What an article says, without the paper's mark before it and its lines below.

    >>> bare("(Báo Mẫu) - Chợ đông.", "Giá ổn định.\\n\\nTheo Thông tấn xã")
    'Chợ đông.\\n\\nGiá ổn định.'
    """
    blocks = [part for text in (lead, body) if text for part in text[:MOST_TEXT].split("\n\n")]
    if blocks and (mark := _DATELINE.match(blocks[0])):
        blocks[0] = blocks[0][mark.end() :]
    while len(blocks) > 1 and _is_foot(blocks[-1]):
        blocks.pop()
    return "\n\n".join(blocks)


def _is_foot(block: str) -> bool:
    return bool(_FOOT.match(block[:40])) and len(block[:400].split()) <= _FOOT_SYLLABLES


def likeness(one: Signature, other: Signature) -> float:
    """About which share of the smaller text stands in the other, by signatures alone: within 0.1
    as a rule, so it can only say where it is not worth to read both.

    >>> text = " ".join(map(str, range(100)))
    >>> likeness(sign(text), sign(text))
    1.0
    """
    if not one.size or not other.size:
        return 0.0
    jaccard = np.count_nonzero(one.rows == other.rows) / PERMUTATIONS
    common = jaccard * (one.size + other.size) / (1 + jaccard)
    return float(min(1.0, common / min(one.size, other.size)))


def syllable_hashes(text: str) -> Hashes:
    """A hash for each folded syllable and number, in order; y counts as i (kỹ, kĩ)."""
    words = text[:MOST_TEXT].split()
    return np.frombuffer(b"".join(map(_HASHES.__getitem__, words)), np.uint64)


def _hashes(word: str) -> bytes:
    folded = (syllable.replace("y", "i") for syllable in syllables(word))
    hashes = [xxhash.xxh3_64_intdigest(each.encode("utf-8", "replace")) for each in folded]
    return np.array(hashes, np.uint64).tobytes()


# Folding letter by letter is what a signature costs; a word is folded once, not each time.
_HASHES = PerWord(_hashes)


def _shingled(hashed: Hashes, length: int) -> Hashes:
    """Each run of so many syllables as one hash, sorted, each once."""
    return _distinct(np.sort(_runs(hashed, length)))


def _distinct(values: Hashes) -> Hashes:
    """Of sorted values each once; on a few hundred, numpy's own way costs four times as much."""
    if len(values) < 2:
        return values
    is_first = np.empty(len(values), np.bool_)
    is_first[0] = True
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    return values[is_first]


def _smallest(values: Hashes, count: int) -> Hashes:
    """The smallest distinct values, sorted."""
    few = min(len(values), 4 * count)
    found = _distinct(np.sort(np.partition(values, few - 1)[:few] if few else values))
    return found[:count] if len(found) >= count else _distinct(np.sort(values))[:count]


def _runs(hashed: Hashes, length: int) -> Hashes:
    """Each run of so many syllables as one hash; the order of the syllables matters."""
    count = len(hashed) - length + 1
    if count < 1:
        return np.empty(0, np.uint64)
    mixed = hashed[:count].copy()
    for place in range(1, length):
        mixed *= _FACTOR
        mixed += hashed[place : place + count]
    return _mix(mixed)


def _runs_of_8(hashed: Hashes) -> Hashes:
    """What `_runs` gives for eight, each run made of two halves.

    >>> hashed = syllable_hashes(" ".join(map(str, range(9))))
    >>> bool((_runs_of_8(hashed) == _runs(hashed, 8)).all())
    True
    """
    if len(hashed) < ANCHOR_SYLLABLES:
        return np.empty(0, np.uint64)
    runs = hashed
    for length, factor in _FACTORS:
        runs = runs[:-length] * factor + runs[length:]
    return _mix(runs)


def _mix(values: Hashes) -> Hashes:
    """Spreads every bit over all (the finish of splitmix64)."""
    mixed = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _minima(hashed: Hashes) -> npt.NDArray[np.uint16]:
    """The smallest value of each permutation x -> ax + b modulo 2**32, its lower half."""
    values = hashed.astype(np.uint32)
    smallest = np.full(PERMUTATIONS, 0xFFFFFFFF, np.uint32)
    for first in range(0, len(values), 2000):  # in pieces that stay in the processor's cache
        part = _A * values[None, first : first + 2000]
        part += _B
        np.minimum(smallest, part.min(axis=1), out=smallest)
    return smallest.astype(np.uint16)


def _constants(name: str, count: int) -> list[int]:
    return [xxhash.xxh3_64_intdigest(f"{name} {number}".encode()) for number in range(count)]


def _column(values: Iterable[int]) -> npt.NDArray[np.uint32]:
    return np.array([value & 0xFFFFFFFF for value in values], np.uint32)[:, None]


_A = _column(value | 1 for value in _constants("factor", PERMUTATIONS))
_B = _column(_constants("shift", PERMUTATIONS))
_PLACES = np.array([1 << (16 * row) for row in range(ROWS)], np.uint64)
_BAND_NAMES = np.array(_constants("band", BANDS), np.uint64)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = [(n, np.uint64(pow(int(_FACTOR), n, 1 << 64))) for n in (1, 2, 4)]
