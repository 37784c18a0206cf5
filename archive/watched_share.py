"""The share of each day of a site that was watched; pure. docs/decisions/watched.md defines it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from archive.stretches import Watched
from archive.times import from_text

# Half an hour of a day: clocks and the minutes that a run takes.
WHOLE = 0.98
# A look without any reach is a moment; it was not nothing.
MOMENT = 60.0
SITEMAP = "sitemap"
_DAY = 86_400.0
_OFFSET = 7 * 3_600.0
_EPOCH = dt.date(1970, 1, 1).toordinal()
Span = tuple[float, float]
# Open times, by what they are of: a sitemap, a part that is watched, a part that counts.
_WHOLE, _WATCHED, _COUNTED = range(3)


def shares(
    listings: Sequence[Watched], first: dt.date, last: dt.date, now: dt.datetime
) -> dict[dt.date, float]:
    """For each day, both ends included, how much of it was watched, 0 to 1; of today, of the part
    that is over. Days to come are left out."""
    watched: dict[int, float] = defaultdict(float)
    present = now.timestamp()
    for begin, end, weight in _weighed(listings, _dawn(first.toordinal()), present):
        for day in range(_ordinal(begin), _ordinal(end) + 1):
            dawn = _dawn(day)
            watched[day] += weight * max(0.0, min(end, dawn + _DAY) - max(begin, dawn))
    return {
        dt.date.fromordinal(day): min(1.0, watched[day] / max(1.0, min(_DAY, present - _dawn(day))))
        for day in range(first.toordinal(), min(last.toordinal(), _ordinal(present)) + 1)
    }


def _dawn(ordinal: int) -> float:
    """When a day begins in Vietnam, which has kept one offset since before any of these days."""
    return (ordinal - _EPOCH) * _DAY - _OFFSET


def _ordinal(seconds: float) -> int:
    return int((seconds + _OFFSET) // _DAY) + _EPOCH


def _weighed(
    listings: Sequence[Watched], first: float, now: float
) -> Iterator[tuple[float, float, float]]:
    """Spans of time with the share of the site's listings that were watched, where any was."""
    open_now = [0, 0, 0]
    before = first
    for edge, what, change in sorted(_edges(listings)):
        at = min(max(edge, first), now)
        if at > before and (weight := _weight(*open_now)):
            yield before, at, weight
        open_now[what] += change
        before = at
    if now > before and (weight := _weight(*open_now)):
        yield before, now, weight


def _weight(whole: int, watched: int, counted: int) -> float:
    return 1.0 if whole else min(1.0, watched / max(1, counted))


def _edges(listings: Sequence[Watched]) -> Iterator[tuple[float, int, int]]:
    """When a stretch, or the time in which a listing counts, begins and ends."""
    parts = [each for each in listings if each.kind != SITEMAP]
    for each in listings:
        what = _WATCHED if each in parts else _WHOLE
        for begin, end in _spans(each):
            yield begin, what, 1
            yield end, what, -1
    for begin, end in _lives(parts):
        yield begin, _COUNTED, 1
        yield end, _COUNTED, -1


def _lives(parts: Sequence[Watched]) -> Iterator[Span]:
    """Each part counts while the site's file named it, the first ones for all time before; and in
    all that it watched."""
    first = min((each.named_from for each in parts), default="")
    last = max((each.named_until for each in parts), default="")
    for each in parts:
        begin = float("-inf") if each.named_from == first else _seconds(each.named_from)
        end = float("inf") if each.named_until == last else _seconds(each.named_until)
        spans = _spans(each)
        yield min([begin, *(s[0] for s in spans)]), max([end, *(s[1] for s in spans)])


def _spans(listing: Watched) -> list[Span]:
    times = ((_seconds(since), _seconds(until)) for since, until in listing.stretches)
    return [(since, max(until, since + MOMENT)) for since, until in times]


def _seconds(text: str) -> float:
    return from_text(text).timestamp()
