"""Templates with choices and slots become sentences: ``<a|b>`` is a choice, ``{slot}`` a value.

A word slot keeps its value for the whole article; a number slot is fresh each time unless its name
ends in a digit (``{pct1}``), so that an article does not contradict itself.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Mapping, Sequence

from tests.world import lexicon

CHOICE = re.compile(r"<([^<>]*)>")
SLOT = re.compile(r"\{([a-z]+)(\d?)(?::(\d+)-(\d+))?(\.short)?\}")
SENTENCE_START = re.compile(r"(^|(?<![A-ZĐ0-9])[.!?…] |^[“\"])([a-zà-ỹđ])")


def thousands(number: int) -> str:
    """A whole number as Vietnamese papers write it.

    >>> thousands(1234567)
    '1.234.567'
    """
    return f"{number:,}".replace(",", ".")


def decimal(number: float, digits: int = 1) -> str:
    """A fraction with the decimal comma, thousands with a point.

    >>> decimal(1234.56, 2)
    '1.234,56'
    """
    return f"{number:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def sentence_case(text: str) -> str:
    """Each sentence begins with a capital, also one that begins with a slot.

    >>> sentence_case("ông Hòa nói. tại TP. Hồ Chí Minh, giá tăng 1.250 đồng.")
    'Ông Hòa nói. Tại TP. Hồ Chí Minh, giá tăng 1.250 đồng.'
    """
    return SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), text)


def halves(low: int | None, high: int | None) -> tuple[int, int]:
    """The bounds of a price in steps of 500 đồng."""
    return (low or 1000) // 500, (high or 100_000) // 500


class Cast:
    """Who and what one article speaks about: the values of its slots, drawn as they are met."""

    def __init__(
        self, dice: random.Random, today: dt.date, words: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.dice = dice
        self.today = today
        self.words = {**lexicon.WORDS, **(words or {})}
        self.values: dict[str, str] = {}
        self.kinds: dict[str, Callable[[int | None, int | None], str]] = {
            "pct": lambda low, high: decimal(self.fraction(low, high, 2, 28)) + "%",
            "int": lambda low, high: thousands(self.dice.randint(low or 2, high or 90)),
            "price": lambda low, high: thousands(500 * self.dice.randint(*halves(low, high))),
            "dec": lambda low, high: decimal(self.fraction(low, high, 1, 9), 2),
            "usd": lambda low, high: decimal(self.fraction(low, high, 1, 9), 2) + " tỷ USD",
            "usdm": lambda low, high: decimal(self.fraction(low, high, 20, 900)) + " triệu USD",
            "vnd": lambda low, high: (
                thousands(self.dice.randint(low or 120, high or 9800)) + " tỷ đồng"
            ),
            "vndm": lambda low, high: f"{self.dice.randint(low or 15, high or 480)} triệu đồng",
            "day": lambda low, high: self.date(self.dice.randint(low or 1, high or 12)),
            "ahead": lambda low, high: self.date(-self.dice.randint(low or 5, high or 60)),
            "decree": lambda low, high: f"Nghị định số {self.number(low, high)}/2025/NĐ-CP",
            "circular": lambda low, high: f"Thông tư số {self.number(low, high):02}/2026/TT-BCT",
            "decision": lambda low, high: f"Quyết định số {self.number(900, 2900)}/QĐ-BCT",
            "letter": lambda low, high: f"Công văn số {self.number(2000, 7900)}/BCT-VP",
            "resolution": lambda low, high: f"Nghị quyết số {self.number(low, high)}/NQ-CP",
        }

    def number(self, low: int | None, high: int | None) -> int:
        return self.dice.randint(low or 11, high or 198)

    def fraction(self, low: int | None, high: int | None, lowest: int, highest: int) -> float:
        return self.dice.uniform(low or lowest, high or highest)

    def date(self, days_ago: int) -> str:
        day = self.today - dt.timedelta(days=days_ago)
        return f"{day.day}/{day.month}/{day.year}"

    def calendar(self, name: str) -> str | None:
        """The slots that follow from the article's own day."""
        before = self.today.replace(day=1) - dt.timedelta(days=1)
        return {
            "today": self.date(0),
            "shortday": f"{self.today.day}/{self.today.month}",
            "month": f"tháng {before.month}/{before.year}",
            "months": f"{before.month} tháng đầu năm {before.year}",
            "year": str(self.today.year),
            "lastyear": str(self.today.year - 1),
            "nextyear": str(self.today.year + 1),
        }.get(name)

    def person(self) -> str:
        """A name with its form of address: ``ông Trần Quốc Hưng``."""
        word, given = self.dice.choice((("ông", lexicon.MALE), ("bà", lexicon.FEMALE)))
        return f"{word} {self.dice.choice(lexicon.FAMILY)} {self.dice.choice(given)}"

    def word(self, name: str) -> str:
        match name:
            case "person":
                return self.person()
            case "official":
                return f"{self.person()}, {self.dice.choice(self.words['office'])}"
            case "expert":
                return f"{self.person()}, {self.dice.choice(self.words['expert'])}"
            case "director":
                return f"{self.person()}, Giám đốc {self.value('company', '')}"
        taken = set(self.values.values())
        return self.dice.choice([w for w in self.words[name] if w not in taken])

    def value(self, name: str, suffix: str, low: int | None = None, high: int | None = None) -> str:
        fixed = self.calendar(name)
        if fixed is not None:
            return fixed
        if name in self.kinds and not suffix:
            return self.kinds[name](low, high)
        key = name + suffix
        if key not in self.values:
            draw = self.kinds.get(name)
            self.values[key] = draw(low, high) if draw else self.word(name)
        return self.values[key]

    def fill(self, template: str) -> str:
        """One template as text: choices are made innermost first, then slots are filled."""
        text = template
        while CHOICE.search(text):
            text = CHOICE.sub(lambda found: self.dice.choice(found[1].split("|")), text)
        return sentence_case(SLOT.sub(self._slot, " ".join(text.split())))

    def _slot(self, found: re.Match[str]) -> str:
        name, suffix, low, high, short = found.groups()
        value = self.value(name, suffix, int(low) if low else None, int(high) if high else None)
        if not short:
            return value
        words = value.split(",")[0].split()
        return f"{words[0]} {words[-1]}"
