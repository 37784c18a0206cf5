"""Is this article a copy of that one? Words alone do not tell.  Pure.

The fuel-price bulletins of two weeks share seven tenths of their shingles, as much as a copy that
an editor went through; what differs is what they say. So a copy has to repeat the words of the
other *and* its facts: the same numbers, the same number in the same place, the same day of issue.
docs/decisions/copies.md says where each threshold comes from.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from archive.minhash import FEWEST_SHINGLES, MOST_TEXT, Hashes, bare, shingles
from archive.text import fold

SHARED = 0.5
NUMBERS = 0.6
FEWEST_NUMBERS = 3
# Of the numbers that stand in the same words in both texts: an editor changes one figure, the next
# bulletin changes most. One may be a correction, where at least three others are the same.
SAME_PLACE = 0.9
SAME_PLACE_OF_FEW = 0.75
MOST_CHANGED = 1
# A notice of a few sentences names its facts in words, and two of them differ by a name.
FEW_SHINGLES = 120
ALIKE_IF_SHORT = 0.8
HEAD_SYLLABLES = 40
DAY = "ǂ"  # a letter to regular expressions, and to nobody else
NUMBER_SIGNS = frozenset(f"0123456789{DAY}")

_TOKEN = re.compile(r"\d+(?:[.,/-]\d+)*|[^\W_]+")
# 12/3, 12/03/2024, 12.3.2024, 12 tháng 3 năm 2024; 12-3 and 12.3 where a word for a day is before.
_DATE = re.compile(
    r"(?<![\d.,/-])(\d{1,2})(?:\s?/\s?|\s+thang\s+|(?=[.-]\d{1,2}[.-]\d{4})[.-]"
    r"|(?:(?<=(?:ngay|sang|trua) \d)|(?<=(?:ngay|sang|trua) \d\d)|(?<=chieu \d)|(?<=chieu \d\d)"
    r"|(?<=(?:toi|nay|qua) \d)|(?<=(?:toi|nay|qua) \d\d)|(?<=\(\d)|(?<=\(\d\d))[.-])"
    r"(\d{1,2})(?:(?:\s?[/.-]\s?|\s+nam\s+)(\d{4}))?(?![\d/]|[.,]\d)"
)
_DAY = re.compile(rf"{DAY}\d+m\d+")
_NOT_DIGITS = re.compile(r"\D")
Place = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What of an article is compared; each part is made when it is first asked for."""

    title: str
    lead: str | None
    body: str | None

    @cached_property
    def text(self) -> str:
        return bare(self.lead, self.body)[:MOST_TEXT]

    @cached_property
    def shingles(self) -> Hashes:
        return shingles(self.text)

    @cached_property
    def tokens(self) -> list[str]:
        """Folded syllables, numbers whole; a day as ``ǂ12m3``."""
        return _TOKEN.findall(_with_days(self.text))

    @cached_property
    def numbered(self) -> list[int]:
        """Which of the tokens are numbers or days."""
        return [at for at, token in enumerate(self.tokens) if token[0] in NUMBER_SIGNS]

    @cached_property
    def numbers(self) -> Counter[str]:
        return Counter(_plain(self.tokens[at]) for at in self.numbered)

    @cached_property
    def places(self) -> dict[Place, Counter[str]]:
        """The numbers by the two syllables before and the one behind them."""
        found: dict[Place, Counter[str]] = {}
        tokens = ["", "", *self.tokens, ""]
        for at in self.numbered:
            around = tokens[at], tokens[at + 1], tokens[at + 3]
            place = tuple("#" if each[:1] in NUMBER_SIGNS else each for each in around)
            found.setdefault(place, Counter())[_plain(tokens[at + 2])] += 1
        return found

    @cached_property
    def title_days(self) -> set[str]:
        return set(_DAY.findall(_with_days(self.title)))

    @cached_property
    def head_days(self) -> set[str]:
        """The days that the lead names; of an article without one, those of its first lines."""
        if self.lead:
            return set(_DAY.findall(_with_days(self.lead)))
        return {t for t in self.tokens[:HEAD_SYLLABLES] if t[0] == DAY}

    @cached_property
    def years(self) -> dict[str, set[str]]:
        """Each day that is named with its year, and which years."""
        found: dict[str, set[str]] = {}
        for date in _DATE.finditer(fold(f"{self.title}\n{self.text}")):
            if date[3]:
                found.setdefault(_as_day(date), set()).add(date[3])
        return found

    @cached_property
    def days(self) -> set[str]:
        return self.title_days | self.head_days | {t for t in self.tokens if t[0] == DAY}


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """How much two articles share: of the words of the shorter, of both together, of the numbers
    of the one with fewer, and of those that stand in the same words; whether their days differ."""

    shared: float
    alike: float
    shortest: int
    numbers: float
    in_place: float
    changed: int
    days_differ: bool

    @property
    def is_copy(self) -> bool:
        """Whether one repeats the other, words and facts."""
        if self.shortest < FEWEST_SHINGLES or self.days_differ:
            return False
        if self.in_place < (SAME_PLACE if self.changed > MOST_CHANGED else SAME_PLACE_OF_FEW):
            return False
        if self.shortest < FEW_SHINGLES:
            return self.alike >= ALIKE_IF_SHORT and self.changed == 0
        return self.shared >= SHARED and self.numbers >= NUMBERS


def copied(one: Reading, other: Reading) -> Likeness | None:
    """What two articles share where one repeats the other, else None; words are asked first."""
    shortest = min(len(one.shingles), len(other.shingles))
    if shortest < FEWEST_SHINGLES or _common(one, other) < SHARED * shortest:
        return None
    alike = compare(one, other)
    return alike if alike.is_copy else None


def _common(one: Reading, other: Reading) -> int:
    return len(np.intersect1d(one.shingles, other.shingles, assume_unique=True))


def compare(one: Reading, other: Reading) -> Likeness:
    """How much two articles share; the same whichever comes first."""
    common = _common(one, other)
    shortest = min(len(one.shingles), len(other.shingles))
    placed, same = _in_place(one, other)
    return Likeness(
        shared=common / shortest if shortest else 0.0,
        alike=common / max(1, len(one.shingles) + len(other.shingles) - common),
        shortest=shortest,
        numbers=_agreement(one.numbers, other.numbers),
        in_place=same / placed if placed else 1.0,
        changed=placed - same,
        days_differ=days_differ(one, other),
    )


def days_differ(one: Reading, other: Reading) -> bool:
    """Whether each is of a day of its own: the days in the titles differ, or those in the leads,
    so that neither text knows the other's.

    >>> def of(title, lead): return Reading(title=title, lead=lead, body=None)
    >>> days_differ(of("Giá xăng hôm nay 12/3", ""), of("Giá xăng hôm nay 19/03", ""))
    True
    >>> days_differ(of("Giá xăng giảm", "Ngày 12 tháng 3, giá"), of("Xăng rẻ", "Chiều 12/3/2026"))
    False
    """
    titles, heads = one.title_days and other.title_days, one.head_days and other.head_days
    # An older bulletin's day may be named in a newer one, not the other way round.
    if titles and not (one.title_days <= other.days and other.title_days <= one.days):
        return True
    # An editor's note bears a day of its own, above the text with the other's.
    if heads and not (one.head_days <= other.days or other.head_days <= one.days):
        return True
    return _day_changed(one, other) or _year_changed(one, other)


def _day_changed(one: Reading, other: Reading) -> bool:
    """Whether the same words name another day: a copy names fewer days, never others."""
    for place in one.places.keys() & other.places.keys():
        days = [{t for t in each.places[place] if t[0] == DAY} for each in (one, other)]
        if days[0] and days[1] and not days[0] & days[1]:
            return True
    return False


def _year_changed(one: Reading, other: Reading) -> bool:
    """Whether both name the same day, each of another year: prices stood still, not time.

    >>> def of(text): return Reading(title="Giá xăng", lead=None, body=text)
    >>> _year_changed(of("Từ ngày 9/3/2023"), of("Từ ngày 9 tháng 3 năm 2028"))
    True
    >>> _year_changed(of("Từ ngày 9/3/2023"), of("Từ ngày 9/3"))
    False
    """
    same_days = one.years.keys() & other.years.keys()
    return any(not one.years[day] & other.years[day] for day in same_days)


def _in_place(one: Reading, other: Reading) -> tuple[int, int]:
    """How many numbers stand in the same words in both, and how many of them are the same."""
    placed = same = 0
    for place in one.places.keys() & other.places.keys():
        mine, theirs = one.places[place], other.places[place]
        placed += min(mine.total(), theirs.total())
        same += (mine & theirs).total()
    return placed, same


def _agreement(one: Counter[str], other: Counter[str]) -> float:
    """Of the numbers of the text with fewer, how many the other has too; of too few, all.

    >>> _agreement(Counter("1234"), Counter("123789"))
    0.75
    """
    fewest = min(one.total(), other.total())
    return (one & other).total() / fewest if fewest >= FEWEST_NUMBERS else 1.0


def _with_days(text: str) -> str:
    """Folded, each day in one form.

    >>> _with_days("Chiều 12/03, từ ngày 5 tháng 4 năm 2024, 12.3 tấn")
    'chieu  ǂ12m3 , tu ngay  ǂ5m4 , 12.3 tan'
    """
    return _DATE.sub(_as_day, fold(text))


def _as_day(found: re.Match[str]) -> str:
    day, month = int(found[1]), int(found[2])
    return f" {DAY}{day}m{month} " if 1 <= day <= 31 and 1 <= month <= 12 else found[0]


def _plain(number: str) -> str:
    """Without what papers separate digits by, each in its own way: 1.250, 1,250."""
    return number if number[0] == DAY else _NOT_DIGITS.sub("", number)
