"""All articles that a query finds, to be counted: from the newest back, within a time."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

from archive.branches import Branch, branches
from archive.candidates import Asked, Patience
from archive.expressions import exact, match, unwanted
from archive.filters import conditions, day_span, sites_meant
from archive.query import All, Filter, Query, parse
from archive.words import beginning

NOTHING_ASKED = "Nothing is asked for: a query needs a word, or a field as site: or after:"
_SITES = "SELECT slug FROM sites ORDER BY slug"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """What is to be counted: a query as typed, on one site or all, in a span of days, both ends
    included; with ``only_exact`` every word as it was typed must stand in the article."""

    query: str
    site: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    only_exact: bool = False

    @property
    def parsed(self) -> Query:
        found = parse(self.query)
        if self.site is None or found.tree is None:
            return found
        return Query(All((*found.parts, Filter("site", self.site))), found.notes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The ids of the articles, the newest first; ``looked_back_to`` is the id down to which they
    are all, where time or number had an end."""

    ids: tuple[int, ...]
    looked_back_to: int | None
    notes: tuple[str, ...]


def all_found(
    connection: sqlite3.Connection,
    asking: Asking,
    *,
    seconds: float | None = None,
    most: int | None = None,
) -> Found:
    """The articles of a query, up to a time and a number; each once, whatever it was found by."""
    parsed = asking.parsed
    notes = list(parsed.notes)
    room = -1 if most is None else most + 1
    ways = [way for b in branches(parsed) if (way := _way(connection, b, asking, notes, room))]
    if not ways and not notes:
        notes.append(NOTHING_ASKED)
    ids: set[int] = set()
    floor, began = 0, time.monotonic()
    for batches in zip_longest(*ways):
        # A way that has come to its end has found all there is; the others go on.
        floor = max((batch[0] for batch in batches if batch), default=0)
        for batch in batches:
            ids.update(batch[1] if batch else ())
        is_late = seconds is not None and time.monotonic() - began > seconds
        if is_late or (most is not None and len(ids) >= most):
            break
    else:
        floor = 0
    return _cut(ids, floor, most, tuple(dict.fromkeys(notes)))


def sites_of(connection: sqlite3.Connection, asking: Asking) -> list[str]:
    """The sites that a query can find anything on: all, unless it names some."""
    sites = [row[0] for row in connection.execute(_SITES)]
    for part in asking.parsed.parts:
        if isinstance(part, Filter) and part.field in {"site", "source"}:
            meant = sites_meant(connection, part)
            sites = [site for site in sites if site in meant]
    return sites


def _way(
    connection: sqlite3.Connection, branch: Branch, asking: Asking, notes: list[str], room: int
) -> Iterator[tuple[int, list[int]]] | None:
    """One way to be found, from the newest articles back; None for one that asks for nothing."""
    span = day_span(since=asking.since, until=asking.until)
    extra = conditions(connection, branch.filters, span)
    notes += extra.notes
    only = exact(branch) if asking.only_exact else None
    asked = Asked(connection, extra, Patience(thorough=True), exact=only)
    if branch.wanted:
        return asked.by_stretch(match(branch, partial(beginning, connection)))
    return asked.by_stretch(None, unwanted(branch), most=room) if branch.filters else None


def _cut(ids: set[int], floor: int, most: int | None, notes: tuple[str, ...]) -> Found:
    """Only what lies where all ways were looked through, and of that the newest."""
    ordered = sorted((each for each in ids if each >= floor), reverse=True)
    if most is not None and len(ordered) > most:
        ordered = ordered[:most]
        floor = ordered[-1]
    return Found(ids=tuple(ordered), looked_back_to=floor or None, notes=notes)
