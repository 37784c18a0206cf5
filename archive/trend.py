"""How many articles a query finds, time by time, beside what was watched in that time.

A count is never told alone: what nobody watched is a hole, not silence.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.counting import Asking, Found, all_found, sites_of
from archive.coverage import Watch, judge, watched_shares
from archive.days import IDS_A_DAY, By, after, day_of_id, fitting, label, start
from archive.filters import LAST_ID, day_span

# A trend is looked at, not typed ahead of: seconds, after which it says how far it came.
SECONDS = 5.0
_ALL = """
SELECT id / :day AS day, count(*) FROM articles INDEXED BY articles_of_site
WHERE id BETWEEN :first AND :last AND site IN (SELECT value FROM json_each(:sites)) GROUP BY day
"""
_ENDS = "SELECT (SELECT min(id) FROM articles), (SELECT max(id) FROM articles)"
_WATCHED_UNTIL = "SELECT max(until) FROM stretches"


@dataclass(frozen=True, kw_only=True, slots=True)
class Time:
    """One day, week, month or year, as far as it was asked for: the articles found, None where they
    were not counted; all articles of these sites; how much was watched, None where unknown."""

    first: dt.date
    last: dt.date
    label: str
    articles: int | None
    all_articles: int
    watched: float | None

    @property
    def share(self) -> float | None:
        """Of all articles of that time."""
        if self.articles is None or not self.all_articles:
            return None
        return self.articles / self.all_articles

    @property
    def watch(self) -> Watch:
        return judge(self.watched)

    def values(self) -> dict[str, object]:
        """The time as a row of a table."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "articles": self.articles,
            "all_articles": self.all_articles,
            "share": None if self.share is None else round(self.share, 6),
            "watched": None if self.watched is None else round(self.watched, 4),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """The times in their order; ``counted_from`` is the first day that was counted, where time was
    too short for all; ``sites`` are those that the query may find."""

    query: str
    by: By
    sites: tuple[str, ...]
    times: tuple[Time, ...]
    counted_from: dt.date | None = None
    notes: tuple[str, ...] = ()

    @property
    def articles(self) -> int:
        return sum(time.articles or 0 for time in self.times)

    @property
    def all_articles(self) -> int:
        """All articles of the times that were counted."""
        return sum(time.all_articles for time in self.times if time.articles is not None)

    @property
    def watched(self) -> float | None:
        """The share of all days that was watched, of those of which it is known."""
        known = [
            ((time.last - time.first).days + 1, time.watched)
            for time in self.times
            if time.watched is not None
        ]
        return sum(n * share for n, share in known) / sum(n for n, _ in known) if known else None


def trend(
    connection: sqlite3.Connection,
    asking: Asking,
    *,
    now: dt.datetime,
    by: By | None = None,
    seconds: float | None = SECONDS,
) -> Trend:
    """Counts a query by time, as fits the days unless ``by`` says; all, with ``seconds`` None."""
    found = all_found(connection, asking, seconds=seconds)
    sites = sites_of(connection, asking)
    first, last = _days(connection, asking, found, now)
    by = by or fitting((last - first).days + 1)
    hits = Counter(each // IDS_A_DAY for each in found.ids)
    counted_from = _first_counted(found)
    return Trend(
        query=asking.query,
        by=by,
        sites=tuple(sites),
        times=_times(
            (first, last, by),
            _by_time(hits, by),
            _by_time(_all_articles(connection, sites, first, last), by),
            _watched(connection, sites, (first, last, by), now),
            counted_from,
        ),
        counted_from=counted_from,
        notes=found.notes,
    )


def _days(
    connection: sqlite3.Connection, asking: Asking, found: Found, now: dt.datetime
) -> tuple[dt.date, dt.date]:
    """The days that were asked for; else from the first article found, or kept where none was, to
    the last day of which anything is known."""
    today = now.date()
    oldest, newest = connection.execute(_ENDS).fetchone()
    until = connection.execute(_WATCHED_UNTIL).fetchone()[0]
    known = [day_of_id(newest)] if newest else []
    known += [dt.datetime.fromisoformat(until).date()] if until else []
    last = asking.until or max((day for day in known if day <= today), default=today)
    begin = found.ids[-1] if found.ids else oldest
    first = asking.since or (day_of_id(begin) if begin else last)
    return min(first, last), last


def _first_counted(found: Found) -> dt.date | None:
    """The day after the one in which the counting ended; None where all was counted."""
    if found.looked_back_to is None:
        return None
    return day_of_id(found.looked_back_to) + dt.timedelta(days=1)


def _all_articles(
    connection: sqlite3.Connection, sites: Sequence[str], first: dt.date, last: dt.date
) -> Counter[int]:
    low, high = day_span(since=first, until=last)
    values = {"first": low, "last": min(high, LAST_ID), "sites": json.dumps(sites)}
    return Counter(dict(connection.execute(_ALL, values | {"day": IDS_A_DAY}).fetchall()))


def _by_time(by_day: Mapping[int, int], by: By) -> Counter[dt.date]:
    found: Counter[dt.date] = Counter()
    for day, count in by_day.items():
        found[start(day_of_id(day * IDS_A_DAY), by)] += count
    return found


def _watched(
    connection: sqlite3.Connection,
    sites: Sequence[str],
    span: tuple[dt.date, dt.date, By],
    now: dt.datetime,
) -> dict[dt.date, float]:
    """The mean share of the sites and days of each time, of those of which it is known."""
    first, last, by = span
    sums: dict[dt.date, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for site in sites:
        for day, share in watched_shares(connection, site, first, last, now).items():
            if share is not None:
                tally = sums[start(day, by)]
                tally[0] += share
                tally[1] += 1
    return {day: share / count for day, (share, count) in sums.items()}


def _times(
    span: tuple[dt.date, dt.date, By],
    hits: Mapping[dt.date, int],
    everything: Mapping[dt.date, int],
    watched: Mapping[dt.date, float],
    counted_from: dt.date | None,
) -> tuple[Time, ...]:
    first, last, by = span
    times = []
    at = start(first, by)
    while at <= last:
        end = after(at, by) - dt.timedelta(days=1)
        is_counted = counted_from is None or max(at, first) >= counted_from
        times.append(
            Time(
                first=max(at, first),
                last=min(end, last),
                label=label(at, by),
                articles=hits.get(at, 0) if is_counted else None,
                all_articles=everything.get(at, 0),
                watched=watched.get(at),
            )
        )
        at = after(at, by)
    return tuple(times)
