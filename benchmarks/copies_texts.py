"""The texts that copies are looked for among: many that repeat nobody, and the sets of the tests.

The many are runs of two to six syllables from the world's sentences, one after the other: they
have the common phrases of the language, and share no sentence.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.models import VIETNAM
from tests.archive import reprints
from tests.archive.reprints import Text, base

EDITS = reprints.LIGHT | reprints.HEAVY
FIRST_DAY = dt.datetime(2015, 1, 1, 8, tzinfo=VIETNAM)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A text, what it is an instance of, and the number of the case that it repeats."""

    kind: str
    text: Text
    of: int | None = None

    def as_json(self) -> str:
        text = self.text
        said = [text.title, text.lead, "\n\n".join(text.paragraphs)]
        return json.dumps({"kind": self.kind, "of": self.of, "text": said}, ensure_ascii=False)


def many(dice: random.Random, count: int) -> Iterator[Case]:
    words = [word for n in range(400) for p in base(dice, n).paragraphs for word in p.split()]
    for number in range(count):
        length, said = dice.randint(500, 700), list[str]()
        while len(said) < length:
            place = dice.randrange(len(words) - 6)
            said += words[place : place + dice.randint(2, 6)]
        published = FIRST_DAY + dt.timedelta(minutes=40 * number)
        paragraphs = [" ".join(said[n : n + 80]) for n in range(40, len(said), 80)]
        yield Case(
            kind="many",
            text=Text(
                title=" ".join(said[:12]),
                lead=" ".join(said[:40]),
                paragraphs=tuple(paragraphs),
                published=published,
            ),
        )


def sets(dice: random.Random, count: int) -> Iterator[Case]:
    """What is never to be linked, then texts, then their copies, by their places in this row."""
    events = reprints.same_events(dice, count // 2)
    unlike = [
        ("price bulletins", list(reprints.fuel_bulletins(dice, count))),
        ("bulletins, few prices moved", list(reprints.fuel_bulletins(dice, count, moves=0.2))),
        ("bulletins, no price moved", list(reprints.fuel_bulletins(dice, count, moves=0))),
        ("market reports", list(reprints.market_reports(dice, count))),
        ("shared lead", [t for two in reprints.shared_leads(dice, count // 2) for t in two]),
        ("one event, two papers", [t for two in events for t in two]),
    ]
    cases = [Case(kind=kind, text=text) for kind, texts in unlike for text in texts]
    texts = [base(dice, number, dice.randint(500, 700)) for number in range(count)]
    first = len(cases)
    cases += [Case(kind="originals", text=text) for text in texts]
    for kind, edit in EDITS.items():
        copies = (reprints.reprint(edit, dice, text) for text in texts)
        cases += [Case(kind=kind, text=text, of=first + n) for n, text in enumerate(copies)]
    yield from cases


def write(path: Path, cases: Iterator[Case]) -> None:
    """The cases as JSON lines, for a process of another environment."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(case.as_json() + "\n" for case in cases)
