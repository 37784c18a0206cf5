"""What was watched of each site and day, and what became of the links that were named."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import groupby

from archive.days import IDS_A_DAY, day_of_id
from archive.filters import day_span
from archive.stretches import Watched, watched
from archive.watched_share import WHOLE, shares

MOST_REASONS = 8
# The states of links of which no article is kept, as a reader names them.
ENDS = {
    "failed": "failed",
    "refused": "refused",
    "gone": "gone",
    "due": "waiting",
    "fetching": "waiting",
    "ignored": "passed_over",
}
_KEPT = """
SELECT id / :day AS day, count(*) FROM articles INDEXED BY articles_of_site
WHERE id BETWEEN :first AND :last AND site = :site GROUP BY day
"""
# What is an alias of another address is counted there.
_NOT_KEPT = """
SELECT substr(coalesce(listed_date, found_at), 1, 10) AS day, state, reason, count(*) AS count
FROM frontier
WHERE site = :site AND state IN ('failed', 'refused', 'gone', 'due', 'fetching', 'ignored')
    AND article_id IS NULL
    AND NOT (state = 'ignored' AND coalesce(reason, '') LIKE 'is the same article%')
    AND coalesce(listed_date, found_at) >= :since AND coalesce(listed_date, found_at) < :after
GROUP BY day, state, reason
"""
# The runs first: they are few, and of each one row is looked up; run_sites has no index of sites.
_RUNS = """
SELECT r.started_at, s.listings > s.listings_failed AS has_seen
FROM runs r CROSS JOIN run_sites s ON s.run_id = r.id AND s.site = :site
WHERE r.started_at <= :until ORDER BY r.started_at
"""
_FIRST = f"SELECT min(started_at) FROM ({_RUNS}) WHERE has_seen"
_LAST = f"""
SELECT max(started_at) FROM ({_RUNS} DESC LIMIT -1 OFFSET :skipped) WHERE has_seen
"""
_EVER = "9999"


class Watch(StrEnum):
    """Whether a day of a site was watched."""

    WATCHED = "watched"
    PARTLY = "partly"
    NEVER = "never"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveredDay:
    """One day of one site: how much of it was watched, None where nobody wrote it down, and what
    became of the links of that day, each article counted once."""

    site: str
    day: dt.date
    watch: Watch
    share: float | None
    kept: int = 0
    failed: int = 0
    refused: int = 0
    gone: int = 0
    waiting: int = 0
    passed_over: int = 0

    @property
    def links(self) -> int:
        return self.kept + self.lost + self.gone + self.waiting + self.passed_over

    @property
    def lost(self) -> int:
        """The links that should have given an article and did not."""
        return self.failed + self.refused

    def values(self) -> dict[str, object]:
        """The day as a row of a table."""
        row = asdict(self) | {"day": self.day.isoformat(), "watch": str(self.watch)}
        return row | {"links": self.links}


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """The days of some sites; why links failed, were refused or gone, the commonest first; and the
    listings in use with how much of these days each was watched, the least watched first."""

    days: tuple[CoveredDay, ...]
    reasons: tuple[tuple[str, str, int], ...]
    listings: tuple[tuple[str, str, float], ...] = ()

    def of(self, site: str) -> tuple[CoveredDay, ...]:
        return tuple(day for day in self.days if day.site == site)


def coverage(
    connection: sqlite3.Connection,
    sites: Iterable[str],
    first: dt.date,
    last: dt.date,
    now: dt.datetime,
) -> Coverage:
    """What is known of each of these days, both ends included; days to come are left out."""
    days: list[CoveredDay] = []
    reasons: Counter[tuple[str, str]] = Counter()
    listings: list[tuple[str, str, float]] = []
    for site in sites:
        listings += _of_listings(connection, site, first, last, now)
        ends = _ends(connection, site, first, last, reasons)
        kept = kept_by_day(connection, site, first, last)
        for day, share in watched_shares(connection, site, first, last, now).items():
            counts = {"kept": kept.get(day, 0), **ends.get(day, {})}
            days.append(CoveredDay(site=site, day=day, watch=judge(share), share=share, **counts))
    told = [(state, reason, n) for (state, reason), n in reasons.most_common(MOST_REASONS)]
    listings.sort(key=lambda row: (row[2], row[0], row[1]))
    return Coverage(days=tuple(days), reasons=tuple(told), listings=tuple(listings))


def watched_shares(
    connection: sqlite3.Connection, site: str, first: dt.date, last: dt.date, now: dt.datetime
) -> dict[dt.date, float | None]:
    """How much of each day of a site was watched; None where runs were that did not write it down,
    and nothing later covers the day."""
    listings = _watched(connection, site, first, last)
    found = shares(listings, first, last, now)
    written = min((each.named_from for each in listings), default=None)
    silent = _silent_until(connection, site, written)
    return {
        day: None if share == 0 and silent and day.isoformat() <= silent[:10] else share
        for day, share in found.items()
    }


def gaps(
    connection: sqlite3.Connection, site: str, first: dt.date, last: dt.date, now: dt.datetime
) -> list[tuple[dt.date, dt.date]]:
    """The days of a site that were not, or not wholly, or not known to be watched, as spans with
    both ends included, the oldest first."""
    shares_by_day = watched_shares(connection, site, first, last, now)
    open_days = [day for day, share in shares_by_day.items() if judge(share) is not Watch.WATCHED]
    spans: list[tuple[dt.date, dt.date]] = []
    for day in open_days:
        if spans and (day - spans[-1][1]).days == 1:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def first_look(connection: sqlite3.Connection, site: str) -> dt.date | None:
    """The day on which a run first asked a listing of a site that answered."""
    found = connection.execute(_FIRST, {"site": site, "until": _EVER}).fetchone()[0]
    return dt.date.fromisoformat(found[:10]) if found else None


def _watched(
    connection: sqlite3.Connection, site: str, first: dt.date, last: dt.date
) -> list[Watched]:
    """The listings of a site with their stretches of these days."""
    after = last + dt.timedelta(days=1)
    return watched(connection, site, first.isoformat(), after.isoformat())


def _of_listings(
    connection: sqlite3.Connection, site: str, first: dt.date, last: dt.date, now: dt.datetime
) -> list[tuple[str, str, float]]:
    """Each listing that the last run of a site knew, with its own share of these days."""
    listings = _watched(connection, site, first, last)
    latest = max((each.named_until for each in listings), default=None)
    found = []
    for each in listings:
        if each.named_until == latest:
            share = shares([each], first, last, now).values()
            found.append((site, each.listing.strip(), sum(share) / max(1, len(share))))
    return found


def judge(share: float | None) -> Watch:
    """
    >>> judge(None), judge(0.0), judge(0.5), judge(1.0)
    (<Watch.UNKNOWN: 'unknown'>, <Watch.NEVER: 'never'>, <Watch.PARTLY: 'partly'>, \
<Watch.WATCHED: 'watched'>)
    """
    if share is None:
        return Watch.UNKNOWN
    return Watch.WATCHED if share >= WHOLE else Watch.PARTLY if share else Watch.NEVER


def kept_by_day(
    connection: sqlite3.Connection, site: str, first: dt.date, last: dt.date
) -> dict[dt.date, int]:
    """The articles of a site by day, from an index alone."""
    span = dict(zip(("first", "last"), day_span(since=first, until=last), strict=True))
    found: Counter[dt.date] = Counter()
    for day, count in connection.execute(_KEPT, span | {"site": site, "day": IDS_A_DAY}):
        found[day_of_id(day * IDS_A_DAY)] += count
    return found


def runs_of_days(days: Sequence[CoveredDay]) -> list[tuple[Watch, dt.date, dt.date]]:
    """Days in a row of which the same is true: what, the first and the last."""
    rows = [(watch, list(group)) for watch, group in groupby(days, key=lambda day: day.watch)]
    return [(watch, group[0].day, group[-1].day) for watch, group in rows]


def _ends(
    connection: sqlite3.Connection,
    site: str,
    first: dt.date,
    last: dt.date,
    reasons: Counter[tuple[str, str]],
) -> Mapping[dt.date, Mapping[str, int]]:
    """What became of the links without an article, by their listed day, else when they were found;
    adds why to the reasons."""
    after = last + dt.timedelta(days=1)
    values = {"site": site, "since": first.isoformat(), "after": after.isoformat()}
    found: dict[dt.date, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(_NOT_KEPT, values):
        end = ENDS[row["state"]]
        found[dt.date.fromisoformat(row["day"])][end] += row["count"]
        if row["reason"] and end != "passed_over":
            reasons[end, row["reason"]] += row["count"]
    return found


def _silent_until(connection: sqlite3.Connection, site: str, written: str | None) -> str | None:
    """Until when runs asked the site's listings without writing down how far they reached: the run
    that wrote it down first is the last to begin before that."""
    values = {"site": site, "until": written or _EVER, "skipped": int(written is not None)}
    found: str | None = connection.execute(_LAST, values).fetchone()[0]
    return found
