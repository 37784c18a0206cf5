"""Filling gaps: a crawl goes back over the days of a site that nobody watched."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from archive.coverage import first_look, gaps
from archive.store import Archive
from crawler.order import Order
from crawler.site import Site

Days = Sequence[tuple[dt.date, dt.date]]
MOST_TOLD = 6


def found_gaps(archive: Archive, site: Site, order: Order, now: dt.datetime) -> Days:
    """The gaps of a site in the days that are asked for, else from the day it was first looked at,
    since what lies before was never to be watched, to yesterday: any crawl watches today."""
    first = order.since or first_look(archive.connection, site.slug)
    if first is None:
        return ()
    return gaps(
        archive.connection, site.slug, first, order.until or now.date() - dt.timedelta(days=1), now
    )


def to_fill(order: Order, spans: Days) -> Order:
    """The order that goes back over these days, from the last to the first."""
    return dataclasses.replace(order, since=spans[0][0], until=spans[-1][1], gaps=tuple(spans))


def told(spans: Days) -> str:
    """Gaps in words.

    >>> day = dt.date(2026, 9, 4)
    >>> told([(day, day), (day.replace(day=8), day.replace(day=9))])
    '3 days: 2026-09-04, 2026-09-08 to 2026-09-09'
    """
    count = sum((last - first).days + 1 for first, last in spans)
    shown = [f"{first}" if first == last else f"{first} to {last}" for first, last in spans]
    more = f" and {len(shown) - MOST_TOLD} more" if len(shown) > MOST_TOLD else ""
    return f"{count:,} day{'s' * (count != 1)}: {', '.join(shown[:MOST_TOLD])}{more}"
