"""Days in Vietnam, and the weeks, months and years that they make; pure."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from enum import StrEnum

from archive.models import VIETNAM

IDS_A_DAY = 10_000
_MOST = {"day": 45, "week": 45 * 7, "month": 60 * 31}


class By(StrEnum):
    """The length of time that is counted at once."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


def day_of_id(article_id: int) -> dt.date:
    """The day that an article's id begins with; what went over a full day is its month's last.

    >>> day_of_id(202405020007), day_of_id(202402450007)
    (datetime.date(2024, 5, 2), datetime.date(2024, 2, 29))
    """
    number = article_id // IDS_A_DAY
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def fitting(days: int) -> By:
    """The length of time of which so many days make a picture, not a wall.

    >>> fitting(30), fitting(200), fitting(800), fitting(4000)
    (<By.DAY: 'day'>, <By.WEEK: 'week'>, <By.MONTH: 'month'>, <By.YEAR: 'year'>)
    """
    return next((By(name) for name, most in _MOST.items() if days <= most), By.YEAR)


def start(day: dt.date, by: By) -> dt.date:
    """The first day of the time that a day lies in; weeks begin on Monday.

    >>> start(dt.date(2026, 9, 30), By.WEEK), start(dt.date(2026, 9, 30), By.MONTH)
    (datetime.date(2026, 9, 28), datetime.date(2026, 9, 1))
    """
    if by is By.WEEK:
        return day - dt.timedelta(days=min(day.weekday(), day.toordinal() - 1))
    if by is By.MONTH:
        return day.replace(day=1)
    return day.replace(month=1, day=1) if by is By.YEAR else day


def after(first: dt.date, by: By) -> dt.date:
    """The first day of the time that follows.

    >>> after(dt.date(2026, 12, 1), By.MONTH)
    datetime.date(2027, 1, 1)
    """
    if by is By.DAY or by is By.WEEK:
        return first + dt.timedelta(days=1 if by is By.DAY else 7)
    if by is By.YEAR:
        return first.replace(year=first.year + 1)
    return (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def label(first: dt.date, by: By) -> str:
    """A time as one reads and sorts it; a week by its Monday.

    >>> [label(dt.date(2026, 9, 28), by) for by in By]
    ['2026-09-28', '2026-09-28', '2026-09', '2026']
    """
    return {By.MONTH: f"{first:%Y-%m}", By.YEAR: f"{first.year:04}"}.get(by, first.isoformat())


def each_day(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """All days from one to another, both included."""
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(days=number)


def midnight(day: dt.date) -> dt.datetime:
    """When a day begins in Vietnam."""
    return dt.datetime.combine(day, dt.time(), VIETNAM)
