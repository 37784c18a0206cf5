"""Who and what the articles of a query are of: site, section, author, tag, year, cited document."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from archive.counting import Asking, all_found
from archive.days import IDS_A_DAY, day_of_id

# Of so many articles the rows are read within 0.2 s, whatever the archive's size (benchmarks).
NEWEST = 2_000
SECONDS = 0.06
TOP = 10
_IDS_A_YEAR = 10_000 * IDS_A_DAY
_ROWS = """
SELECT a.site, a.section, a.authors, a.tags
FROM json_each(?) e CROSS JOIN articles a ON a.id = e.value
"""
_CITED = """
SELECT c.number, count(*) FROM json_each(?) e CROSS JOIN citations c ON c.article_id = e.value
GROUP BY c.number
"""


class By(StrEnum):
    """What articles are told apart by."""

    SITE = "site"
    YEAR = "year"
    SECTION = "section"
    AUTHOR = "author"
    TAG = "tag"
    CITED = "cited"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facet:
    """The commonest values with how many articles have them; ``values_in_all`` is how many there
    are, ``without`` how many articles have none."""

    by: By
    values: tuple[tuple[str, int], ...]
    values_in_all: int
    without: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """``articles`` were looked at; ``looked_back_to`` is the day down to which they are all that
    there are, None where they simply are all."""

    query: str
    articles: int
    looked_back_to: dt.date | None
    facets: tuple[Facet, ...]
    notes: tuple[str, ...] = ()


def facets(
    connection: sqlite3.Connection,
    asking: Asking,
    *,
    by: Iterable[By] = By,
    top: int = TOP,
    thorough: bool = False,
) -> Facets:
    """Counts the newest articles of a query, as many as 0.2 s allow, or all if ``thorough``."""
    limits: dict[str, Any] = {} if thorough else {"seconds": SECONDS, "most": NEWEST}
    found = all_found(connection, asking, **limits)
    ids = json.dumps(found.ids)
    counted, have = _counted(connection, ids)
    counted[By.YEAR] = Counter(f"{each // _IDS_A_YEAR}" for each in found.ids)
    have[By.YEAR] = len(found.ids)
    counted[By.CITED] = Counter(dict(connection.execute(_CITED, (ids,)).fetchall()))
    have[By.CITED] = _citing(connection, ids)
    return Facets(
        query=asking.query,
        articles=len(found.ids),
        looked_back_to=day_of_id(found.looked_back_to) if found.looked_back_to else None,
        facets=tuple(_facet(each, counted[each], len(found.ids) - have[each], top) for each in by),
        notes=found.notes,
    )


def _counted(
    connection: sqlite3.Connection, ids: str
) -> tuple[dict[By, Counter[str]], dict[By, int]]:
    """How many articles have each value, and how many have any; a tag named twice counts once."""
    columns = list(zip(*connection.execute(_ROWS, (ids,)).fetchall(), strict=True)) or [()] * 4
    sites, sections, authors, tags = columns
    counted = {By.SITE: Counter(sites), By.SECTION: Counter(filter(None, sections))}
    have = {By.SITE: len(sites), By.SECTION: sum(counted[By.SECTION].values())}
    for by, column in ((By.AUTHOR, authors), (By.TAG, tags)):
        # The same few authors and sets of tags stand in many articles: each is read once.
        counted[by], have[by] = Counter(), 0
        for text, count in Counter(filter(None, column)).items():
            values = set(json.loads(text))
            counted[by].update(dict.fromkeys(values, count))
            have[by] += count if values else 0
    return counted, have


def _citing(connection: sqlite3.Connection, ids: str) -> int:
    sql = (
        "SELECT count(*) FROM json_each(?) e WHERE EXISTS"
        " (SELECT 1 FROM citations c WHERE c.article_id = e.value)"
    )
    return int(connection.execute(sql, (ids,)).fetchone()[0])


def _facet(by: By, counted: Counter[str], without: int, top: int) -> Facet:
    """Years in their order, the newest first; all else by how many."""
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    if by is By.YEAR:
        ordered.sort(reverse=True)
    return Facet(by=by, values=tuple(ordered[:top]), values_in_all=len(ordered), without=without)
