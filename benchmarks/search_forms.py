"""Queries as people type them, form by form, out of the articles of an archive."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from typing import Any

from archive.store import Archive
from archive.text import fold

COMMON = "công điện nước giá tháng kinh doanh thị trường quốc xuất khẩu thương phát".split()  # noqa: SIM905 - to be read

Ask = Callable[[], tuple[str, dict[str, Any]]]


class Typed:
    """Queries as people type them, out of the articles themselves."""

    def __init__(self, archive: Archive, seed: int) -> None:
        self._connection = archive.connection
        self._dice = random.Random(seed)
        sql = "SELECT id FROM articles_fts_docsize"
        self._ids = [row[0] for row in self._connection.execute(sql)]

    def _article(self) -> sqlite3.Row:
        sql = "SELECT title, body FROM articles WHERE id = ?"
        found: sqlite3.Row = self._connection.execute(
            sql, (self._dice.choice(self._ids),)
        ).fetchone()
        return found

    def run(self, size: int) -> str:
        words = [word.strip(".,") for word in self._article()["body"].split()]
        start = self._dice.randrange(max(1, len(words) - size))
        return " ".join(words[start : start + size])

    def common(self, size: int = 1) -> str:
        return " ".join(self._dice.sample(COMMON, size))

    def title(self) -> str:
        return str(self._article()["title"])

    def number(self) -> str:
        made = self._dice.choice(self._ids) % 10_000
        return f"{made % 90 + 1}/{2010 + made % 15}/TT-BCT"

    def forms(self) -> dict[str, Ask]:
        """Each form's next query, and what is wanted beside it."""
        plain: dict[str, Callable[[], str]] = {
            "a common word": self.common,
            "any word": lambda: self.run(1),
            "two common words": lambda: self.common(2),
            "two words": lambda: self.run(2),
            "a phrase of two": lambda: f'"{self.run(2)}"',
            "four syllables": lambda: self.run(4),
            "four syllables, no accents": lambda: fold(self.run(4)),
            "eight syllables, no accents": lambda: fold(self.run(8)),
            "a title": self.title,
            "a title, no accents": lambda: fold(self.title()),
            "a document number": self.number,
            "cites:": lambda: f"cites:{self.number()}",
            "(a OR b) c": lambda: f"({self.common()} OR {self.run(1)}) {self.run(1)}",
            "a -b": lambda: f"{self.common()} -{self.run(1)}",
            "prefix*": lambda: f"{fold(self.common())[:3]}* {self.run(1)}",
            "site: and a year": lambda: f"{self.run(2)} site:bao-ba after:2018 before:2019",
            "author:": lambda: f"{self.run(1)} author:nguyễn",
            "section:": lambda: f"{self.common()} section:năng",
            "title:": lambda: f"title:{self.run(1)}",
        }
        forms: dict[str, Ask] = {name: _with(each) for name, each in plain.items()}
        forms["three words, --exact"] = _with(lambda: self.run(3), only_exact=True)
        forms["newest"] = _with(lambda: self.common(2), newest=True)
        return forms


def _with(typed: Callable[[], str], **wanted: bool) -> Ask:
    return lambda: (typed(), wanted)
