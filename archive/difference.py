"""What changed between two texts of an article, word by word and block by block. Pure.

Blocks are laid beside each other first: the same ones, then those that share most of their words.
Inside two such blocks the words are compared, a word being a syllable, a number or a sign.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from typing import Any

from archive.models import Block, BlockKind
from archive.rows import blocks_of
from archive.text import clean
from archive.wording import plain, signs

# A number with its dots and commas is one word, so is the number of a document: 38/2016/TT-BCT.
_WORD = re.compile(r"(?:[^\W_]+(?:[.,:/-][^\W_]+)*|\S)\s*")
_LEAST_ALIKE = 0.4
# Beyond that many cells of words by words, or blocks by blocks, whole blocks are told as changed.
_MOST_WORDS = 4_000_000
_MOST_PAIRS = 10_000
_SHORT = 2  # as many unchanged words between two changes only tear these apart

FACTS = (
    ("published_at", "time"),
    ("authors", "byline"),
    ("section", "section"),
    ("origin", "from"),
    ("url", "address"),
)


class Edit(StrEnum):
    """What became of a word or a block."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Words in a row of which the same is true."""

    edit: Edit
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """One paragraph, row of a table or entry of a list, as it was and is."""

    edit: Edit
    kind: BlockKind
    spans: tuple[Span, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """What else is told of an article and was changed: its time, byline, section …"""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All that changed between two versions; title and lead are passages of their own."""

    title: Passage
    lead: Passage | None
    facts: tuple[Fact, ...]
    passages: tuple[Passage, ...]

    @cached_property
    def texts(self) -> tuple[Passage, ...]:
        """Title, lead and passages."""
        return (self.title, *([self.lead] if self.lead else []), *self.passages)

    def words(self, edit: Edit) -> int:
        """How many syllables and numbers were added or removed."""
        spans = (span.text for each in self.texts for span in each.spans if span.edit is edit)
        return sum(1 for text in spans for word in text.split() if any(map(str.isalnum, word)))

    def passages_with(self, edit: Edit) -> int:
        return sum(each.edit is edit for each in self.passages)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """What changed between two rows of `articles` or `versions`.

    >>> none = {"body": None, "blocks": None}
    >>> told = difference(none | {"title": "Giá tăng 3,5%"}, none | {"title": "Giá điện tăng 3%"})
    >>> [(span.edit.value, span.text) for span in told.title.spans][:3]
    [('same', 'Giá '), ('added', 'điện '), ('same', 'tăng ')]
    """
    facts = (Fact(name=n, before=_told(before, k), after=_told(after, k)) for k, n in FACTS)
    leads = [_unit(row.get("lead")) for row in (before, after)]
    return Difference(
        title=_passage(_unit(before["title"]), _unit(after["title"])),
        lead=_passage(*leads) if any(unit.text for unit in leads) else None,
        facts=tuple(fact for fact in facts if fact.before != fact.after),
        passages=tuple(_passages(_units(before), _units(after))),
    )


@dataclass(frozen=True)
class _Unit:
    """A block, or one row or entry of it, with its words."""

    kind: BlockKind
    text: str

    @cached_property
    def key(self) -> str:
        return plain(self.text)

    @cached_property
    def tokens(self) -> list[str]:
        return _WORD.findall(self.text)

    @cached_property
    def keys(self) -> list[str]:
        return [signs(token.strip()) for token in self.tokens]

    def alike(self, other: _Unit) -> float:
        """The share of common words, as if in any order.

        >>> _unit("Giá điện tăng").alike(_unit("Giá xăng tăng")) > _LEAST_ALIKE
        True
        """
        common = Counter(self.keys) & Counter(other.keys)
        return 2 * common.total() / max(1, len(self.keys) + len(other.keys))


def _unit(text: str | None, kind: BlockKind = BlockKind.PARAGRAPH) -> _Unit:
    return _Unit(kind, " ".join(clean(text or "").split()))


def _units(row: Mapping[str, Any]) -> list[_Unit]:
    blocks = blocks_of(row)
    return [_unit(text, block.kind) for block in blocks for text in _parts(block) if text.strip()]


def _parts(block: Block) -> Sequence[str]:
    if block.rows is not None:
        return [" | ".join(cells) for cells in block.rows]
    return block.text.split("\n") if block.kind is BlockKind.LIST else [block.text]


def _told(row: Mapping[str, Any], column: str) -> str | None:
    value = row.get(column)
    return ", ".join(json.loads(value)) if value and column == "authors" else value


def _passages(before: Sequence[_Unit], after: Sequence[_Unit]) -> Iterator[Passage]:
    matcher = SequenceMatcher(None, [u.key for u in before], [u.key for u in after])
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from (_whole(Edit.SAME, unit) for unit in after[c:d])
        else:
            yield from _laid_together(before[a:b], after[c:d])


def _laid_together(before: Sequence[_Unit], after: Sequence[_Unit]) -> Iterator[Passage]:
    """Old and new blocks in one order: pairs that are alike, what is gone before what is new."""
    i = j = 0
    for a, b in [*_pairs(before, after), (len(before), len(after))]:
        yield from (_whole(Edit.REMOVED, unit) for unit in before[i:a])
        yield from (_whole(Edit.ADDED, unit) for unit in after[j:b])
        if a < len(before):
            yield _passage(before[a], after[b])
        i, j = a + 1, b + 1


def _pairs(before: Sequence[_Unit], after: Sequence[_Unit]) -> list[tuple[int, int]]:
    """The pairs of places, in order, whose likenesses add up to most."""
    rows, columns = len(before), len(after)
    if not rows or not columns or rows * columns > _MOST_PAIRS:
        return []
    alike = [[one.alike(other) for other in after] for one in before]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for a in reversed(range(rows)):
        for b in reversed(range(columns)):
            paired = alike[a][b] + best[a + 1][b + 1] if alike[a][b] >= _LEAST_ALIKE else 0.0
            best[a][b] = max(paired, best[a + 1][b], best[a][b + 1])
    found, a, b = [], 0, 0
    while a < rows and b < columns:
        if best[a][b] == best[a + 1][b]:
            a += 1
        elif best[a][b] == best[a][b + 1]:
            b += 1
        else:
            found.append((a, b))
            a, b = a + 1, b + 1
    return found


def _whole(edit: Edit, unit: _Unit) -> Passage:
    return Passage(edit=edit, kind=unit.kind, spans=(Span(edit=edit, text=unit.text),))


def _passage(before: _Unit, after: _Unit) -> Passage:
    if before.key == after.key:
        return _whole(Edit.SAME, after)
    if not before.text or not after.text:
        return _whole(Edit.ADDED, after) if after.text else _whole(Edit.REMOVED, before)
    return Passage(edit=Edit.CHANGED, kind=after.kind, spans=tuple(_spans(before, after)))


def _spans(before: _Unit, after: _Unit) -> Iterator[Span]:
    steps = _joined(_changes(before, after))
    blanks = ["", ""]  # those that stand after unchanged words on one side only
    for place, (same, gone, new) in enumerate(steps):
        sides = ["".join(gone), "".join(new)]
        if same:
            following = steps[place + 1][1:] if place + 1 < len(steps) else ([], [])
            text, blanks = _ended(sides, following)
            yield Span(edit=Edit.SAME, text=text)
            continue
        for edit, side, blank in zip((Edit.REMOVED, Edit.ADDED), sides, blanks, strict=True):
            if side:
                yield Span(edit=edit, text=blank + side)
        blanks = ["", ""]


def _ended(sides: list[str], following: tuple[list[str], list[str]]) -> tuple[str, list[str]]:
    """Unchanged words, and the blank that only one side has after them: it moves to that side's
    next words, or those of the other side would stand away from a dot."""
    ends = [side[len(side.rstrip()) :] for side in sides]
    if ends[0] == ends[1]:
        return sides[1], ["", ""]
    side = 0 if ends[0] else 1
    if not following[side]:
        return sides[side], ["", ""]
    return sides[1].rstrip(), [ends[0], ends[1]]


Step = tuple[bool, list[str], list[str]]


def _changes(before: _Unit, after: _Unit) -> Iterator[Step]:
    """Whether words are the same, the old ones, the new ones: from the first to the last."""
    old, new = before.keys, after.keys
    shortest = min(len(old), len(new))
    first = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    rest = shortest - first
    last = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    ends = len(old) - last, len(new) - last
    yield True, before.tokens[:first], after.tokens[:first]
    if (ends[0] - first) * (ends[1] - first) > _MOST_WORDS:
        yield False, before.tokens[first : ends[0]], after.tokens[first : ends[1]]
    else:
        matcher = SequenceMatcher(None, old[first : ends[0]], new[first : ends[1]])
        for tag, a, b, c, d in matcher.get_opcodes():
            yield (
                tag == "equal",
                before.tokens[first + a : first + b],
                after.tokens[first + c : first + d],
            )
    yield True, before.tokens[ends[0] :], after.tokens[ends[1] :]


def _joined(steps: Iterator[Step]) -> list[Step]:
    """The steps without empty ones; a word or two that stayed between two changes join these."""
    found: list[Step] = []
    for step in steps:
        if not step[1] and not step[2]:
            continue
        torn = len(found) > 1 and found[-1][0] and not found[-2][0] and not step[0]
        if torn and len(found[-1][2]) <= _SHORT and _is_large(found[-2], step):
            stayed, (_, gone, new) = found.pop(), found.pop()
            found.append((False, gone + stayed[1] + step[1], new + stayed[2] + step[2]))
        else:
            found.append(step)
    return found


def _is_large(one: Step, other: Step) -> bool:
    return len(one[1]) + len(one[2]) + len(other[1]) + len(other[2]) > 3 * _SHORT
