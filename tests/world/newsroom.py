"""Writes one article's words: a topic's sentences, drawn and filled by a seeded dice."""

from __future__ import annotations

import datetime as dt
import random
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from archive.models import Block, BlockKind
from tests.world.phrases import Cast

TOPICS = Path(__file__).with_name("topics")


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An article before a paper prints it."""

    topic: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    section: str
    tags: tuple[str, ...]
    author: str


@cache
def topics() -> dict[str, dict[str, Any]]:
    """Every topic's sentences by slug, and ``common`` for those that suit all."""
    files = sorted(TOPICS.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


def slug(text: str) -> str:
    """A title as papers write it in addresses.

    >>> slug("Đà Nẵng: Giá xăng giảm 3,5%")
    'da-nang-gia-xang-giam-3-5'
    """
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    ascii_only = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def paragraph(cast: Cast, template: str) -> Block:
    return Block(kind=BlockKind.PARAGRAPH, text=cast.fill(template))


def listing(cast: Cast, lines: Sequence[str]) -> list[Block]:
    """A sentence that introduces a list, and the list."""
    intro, *entries = (cast.fill(line) for line in lines)
    return [
        Block(kind=BlockKind.PARAGRAPH, text=intro),
        Block(kind=BlockKind.LIST, text="\n".join(entries)),
    ]


def table(cast: Cast, template: dict[str, Any]) -> Block:
    rows = [template["head"], *template["rows"]]
    cells = tuple(tuple(cast.fill(cell) for cell in row) for row in rows)
    text = "\n".join(" | ".join(row) for row in cells)
    return Block(kind=BlockKind.TABLE, text=text, rows=cells)


def body(cast: Cast, topic: dict[str, Any], angle: dict[str, Any], length: int) -> list[Block]:
    """``length`` paragraphs in a likely order, with what a longer article also has."""
    dice, common = cast.dice, topics()["common"]
    pool = topic["body"] + angle.get("body", []) + dice.sample(common["context"], 2)
    chosen = dice.sample(pool, min(length, len(pool)))
    blocks = [paragraph(cast, dice.choice(angle["openings"]))]
    subheadings = dice.sample(topic["subheadings"], min(length // 4, 3))
    for number, template in enumerate(chosen):
        if subheadings and number and number % 3 == 0:
            blocks.append(Block(kind=BlockKind.SUBHEADING, text=subheadings.pop()))
        blocks.append(paragraph(cast, template))
        if number == 1:
            blocks.append(paragraph(cast, dice.choice(topic["quotes"])))
        if number == 2 and dice.random() < 0.5:
            blocks.append(
                Block(kind=BlockKind.CAPTION, text=cast.fill(dice.choice(common["captions"])))
            )
    if length > 5 and dice.random() < 0.6:
        blocks += listing(cast, dice.choice(topic["lists"]))
    if dice.random() < 0.4:
        blocks.append(table(cast, dice.choice(topic["tables"])))
    blocks.append(paragraph(cast, dice.choice(common["closings"])))
    return blocks


def write(dice: random.Random, topic_name: str, day: dt.date) -> Draft:
    """One article on a topic, dated a day: between about 250 and 900 words."""
    topic = topics()[topic_name]
    cast = Cast(dice, day, topic.get("words"))
    angle = dice.choices(topic["angles"], [len(a["titles"]) for a in topic["angles"]])[0]
    title = cast.fill(dice.choice(angle["titles"]))
    return Draft(
        topic=topic_name,
        title=title,
        lead=cast.fill(dice.choice(angle["leads"])),
        blocks=tuple(body(cast, topic, angle, dice.choice((4, 5, 6, 7, 8, 9, 10)))),
        section=topic["section"],
        tags=tuple(dice.sample(topic["tags"], 3)),
        author=cast.value("author", ""),
    )
