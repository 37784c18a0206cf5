"""The filters of a query as conditions of SQL on the id of an article."""

import calendar
import datetime as dt
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.expressions import phrase_expression
from archive.query import All, Any, Filter, Node, Not
from archive.store import IDS_A_DAY
from archive.text import nfc, syllables

LAST_ID = 1 << 62
_SYLLABLE = re.compile(r"[^\W_]+")
_COLUMN = {"author": "authors", "section": "sections", "tag": "tags", "has": "has"}
# The row by its id in a small index; a join would make SQLite ask MATCH for every article.
_OF_ARTICLE = "(SELECT {column} FROM articles INDEXED BY articles_of_site WHERE id = {{id}})"
# The unary plus keeps SQLite from asking the text again for each of these articles.
_IN_FIELDS = (
    "(+{{id}} IN (SELECT rowid FROM fields_fts"
    " WHERE fields_fts MATCH {match} AND rowid BETWEEN :first AND :last))"
)
_CITING = (
    "(+{{id}} IN (SELECT article_id FROM citations WHERE number IN ({numbers})"
    " AND article_id BETWEEN :first AND :last))"
)
_SITES = """
SELECT s.slug, s.name, s.homepage, p.slug, p.name FROM sites s JOIN sources p ON p.slug = s.source
"""


@dataclass(slots=True)
class Conditions:
    """What must be true of {id}, its values, the span of ids, and what to tell the reader."""

    sql: list[str] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)
    first: int = 0
    last: int = LAST_ID
    notes: list[str] = field(default_factory=list)
    is_narrow: bool = False  # an index names the few articles

    def where(self, article_id: str) -> str:
        return "".join(f" AND {each.format(id=article_id)}" for each in self.sql)

    def bind(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def conditions(
    connection: sqlite3.Connection, filters: Iterable[Node], span: tuple[int, int] = (0, LAST_ID)
) -> Conditions:
    """All of the filters, within a span of ids; a span of days becomes one too."""
    found = Conditions(first=span[0], last=span[1])
    for node in filters:
        for part in node.parts if isinstance(node, All) else (node,):
            if isinstance(part, Filter) and part.field in {"before", "after"}:
                days = day_span(**{_SIDE[part.field]: dt.date.fromisoformat(part.value)})
                found.first, found.last = max(found.first, days[0]), min(found.last, days[1])
            else:
                found.sql.append(condition(connection, part, found))
                narrow = isinstance(part, Filter) and part.field not in {"site", "source", "has"}
                found.is_narrow = found.is_narrow or narrow
    return found


_SIDE = {"before": "before", "after": "since"}


def day_span(
    *, since: dt.date | None = None, until: dt.date | None = None, before: dt.date | None = None
) -> tuple[int, int]:
    """A span of days as a span of ids; days that were full went on after their month's last.

    >>> day_span(since=dt.date(2024, 2, 1), until=dt.date(2024, 2, 29))
    (202402010000, 202402999999)
    >>> day_span(before=dt.date(2024, 2, 1))
    (0, 202401999999)
    """
    if before and before > dt.date.min:
        until = before - dt.timedelta(days=1)
    first = int(f"{since:%Y%m%d}") * IDS_A_DAY if since else 0
    if until is None:
        return first, LAST_ID
    is_last_day = until.day == calendar.monthrange(until.year, until.month)[1]
    day = until.year * 10_000 + until.month * 100 + (99 if is_last_day else until.day)
    return first, day * IDS_A_DAY + IDS_A_DAY - 1


def condition(connection: sqlite3.Connection, node: Node, found: Conditions) -> str:
    """One filter, or a choice of filters, as SQL on {id}; its values are bound in `found`."""
    if isinstance(node, All | Any):
        word = " AND " if isinstance(node, All) else " OR "
        return f"({word.join(condition(connection, part, found) for part in node.parts)})"
    if isinstance(node, Not):
        return f"NOT {condition(connection, node.part, found)}"
    if not isinstance(node, Filter):
        raise TypeError(f"{node} is no filter")  # branches() has taken words and filters apart
    if node.field in {"site", "source"}:
        return _of_site(connection, node, found)
    if node.field in {"before", "after"}:
        side, last = _SIDE[node.field], dt.date.fromisoformat(node.value)
        first_id, last_id = day_span(**{side: last})
        return f"({{id}} BETWEEN {first_id} AND {last_id})"
    if node.field == "cites":
        return _citing(node, found)
    return _of_fields(node, found)


def _of_fields(node: Filter, found: Conditions) -> str:
    typed = _cut(node.value)
    column = _COLUMN[node.field]
    match = found.bind(f"{{{column}}} : ({phrase_expression(typed)})")
    return _IN_FIELDS.format(match=match)


def _cut(text: str) -> list[str]:
    return _SYLLABLE.findall(nfc(text).lower())


def _citing(node: Filter, found: Conditions) -> str:
    from archive.citing import spellings  # patterns that take 15 ms to load

    numbers = ", ".join(found.bind(number) for number in spellings(node.value))
    return _CITING.format(numbers=numbers)


def _of_site(connection: sqlite3.Connection, node: Filter, found: Conditions) -> str:
    rows = [tuple(row) for row in connection.execute(_SITES)]
    column = "site" if node.field == "site" else "source"
    slugs = sorted({row[0 if column == "site" else 3] for row in _meant(rows, node)})
    if not slugs:
        there = ", ".join(sorted({row[0 if column == "site" else 3] for row in rows}))
        found.notes.append(f"No {column} is called {node.value!r} — there are: {there}")
    values = ", ".join(found.bind(slug) for slug in slugs)
    return f"({_OF_ARTICLE.format(column=column)} IN ({values}))"


def sites_meant(connection: sqlite3.Connection, node: Filter) -> set[str]:
    """The sites that a `site:` or a `source:` of a query means."""
    rows = [tuple(row) for row in connection.execute(_SITES)]
    return {row[0] for row in _meant(rows, node)}


def _meant(rows: list[tuple[str, ...]], node: Filter) -> list[tuple[str, ...]]:
    """The sites of that slug; else those whose slug, name or address holds the words."""
    typed = node.value.lower()
    at = 0 if node.field == "site" else 3
    if same := [row for row in rows if row[at] == typed]:
        return same
    words = " ".join(syllables(typed))
    looked = (0, 1, 2) if at == 0 else (3, 4)
    return [row for row in rows if any(words in _plain(row[place]) for place in looked)]


def _plain(text: str) -> str:
    return " ".join(syllables(text))
