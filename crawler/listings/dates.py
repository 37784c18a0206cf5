"""The dates of feeds, sitemaps, headlines and APIs, in all the forms that our sites write."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

from archive.models import VIETNAM

# Before 1995 no Vietnamese paper was on the web; 1970 is a clock that was never set.
EARLIEST, LATEST = 1995, 2100
# Behind as much else no listing of ours has a date.
LONGEST = 1000
_NUMBER = re.compile(r"\d{9,13}(?:\.\d+)?")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{0,2})?"
)
_RFC_822 = re.compile(r"(?:\w{3,9},?\s+)?\d{1,2}[ -]\w{3,9}[ -]\d{2,4}\s+\d")
# "GMT+7", "+07", "+7": email.utils reads only "+0700", and takes "GMT+7" for GMT.
_LOOSE_ZONE = re.compile(r"\s*(?:GMT|UTC)?\s*([+-])(\d{1,2}):?(\d{2})?\s*$", re.IGNORECASE)
_SLASHED = re.compile(
    r"(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<year>\d{4})"
    r"(?:\D{0,5}?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>[AaPp][Mm])?)?"
)
_CLOCK_FIRST = re.compile(r"^\D*(\d{1,2}:\d{2}(?::\d{2})?)\D+(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})")


def parse_date(text: str | float | None, date_format: str | None = None) -> dt.datetime | None:
    """An aware time, or None for what cannot be read or cannot be true; naive means Vietnam.

    >>> parse_date("9/5/2026 1:30:00 PM").isoformat()  # month first wherever AM or PM follows
    '2026-09-05T13:30:00+07:00'
    >>> parse_date("05/09/2026 13:30") == parse_date("Sat, 05 Sep 26 13:30:00 +07")
    True
    """
    if text is None or isinstance(text, bool):
        return None
    text = " ".join(str(text)[:LONGEST].split())
    readers = (_epoch, _iso, _rfc_822, _slashed)
    try:
        if date_format:
            return _plausible(dt.datetime.strptime(text, date_format))  # noqa: DTZ007 - zoned there
        return next((when for read in readers if (when := _plausible(read(text)))), None)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _plausible(when: dt.datetime | None) -> dt.datetime | None:
    if when is None or not EARLIEST <= when.year <= LATEST:
        return None
    return when.replace(tzinfo=VIETNAM) if when.tzinfo is None else when.astimezone(VIETNAM)


def _epoch(text: str) -> dt.datetime | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return dt.datetime.fromtimestamp(number / 1000 if number > 1e11 else number, dt.UTC)


def _iso(text: str) -> dt.datetime | None:
    match = _ISO.match(text)
    if not match:
        return None
    *numbers, zone = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=_zone(zone))


def _zone(text: str | None) -> dt.tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return dt.UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-offset if text[0] == "-" else offset)


def _rfc_822(text: str) -> dt.datetime | None:
    if not _RFC_822.match(text):
        return None
    zone = _LOOSE_ZONE.search(text)
    if zone:
        sign, hours, minutes = zone.groups()
        text = f"{text[: zone.start()]} {sign}{int(hours):02}{minutes or '00'}"
    return parsedate_to_datetime(text)


def _slashed(text: str) -> dt.datetime | None:
    clock_first = _CLOCK_FIRST.match(text)
    if clock_first:
        text = f"{clock_first[2]} {clock_first[1]}"
    match = _SLASHED.search(text)
    if not match:
        return None
    first, second = int(match["a"]), int(match["b"])
    hour, half = int(match["hour"] or 0), (match["half"] or "").lower()
    # Vietnam writes the day first; only .NET servers left in US English add AM and PM.
    month_first = bool(half) and "/" in match[0]
    day, month = (second, first) if month_first else (first, second)
    if month > 12:
        day, month = month, day
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return dt.datetime(  # noqa: DTZ001 - the zone is added by the caller
        int(match["year"]), month, day, hour, int(match["minute"] or 0), int(match["second"] or 0)
    )
