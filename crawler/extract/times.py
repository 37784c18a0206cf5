"""Times as Vietnamese pages show and hide them, read against the moment the page was fetched."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.models import VIETNAM

# The first Vietnamese news sites opened in 1997; a clock may be a day fast.
_EARLIEST = dt.datetime(1997, 1, 1, tzinfo=VIETNAM)
_FAST_CLOCK = dt.timedelta(days=1)

_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)"
    r"(?:(?:T|\s+)(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?(?!\d)"
)
_DATE = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})\s*[/.-]\s*(?P<month>\d{1,2})\s*[/.-]\s*(?P<year>\d{4})(?!\d)"
    r"|(?:ngày\s+)?(?<!\d)(?P<day2>\d{1,2})\s+tháng\s+(?P<month2>\d{1,2})"
    r"(?:\s*,|\s+năm|\s*[/-])?\s*(?P<year2>\d{4})(?!\d)",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*"
_ENGLISH = re.compile(
    rf"\b{_MONTH}[\s,./-]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s,./-]+(?P<year>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})[\s,./-]+{_MONTH}[\s,./-]+(?P<year>\d{{4}})(?!\d)", re.IGNORECASE
)
_CLOCK = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2})\s*(?::|h|g|giờ)\s*(?P<minute>\d{2})(?:[:.](?P<second>\d\d))?"
    r"(?:\s*phút)?(?!\d)\s*(?P<half>[AP]M|SA|CH)?\b",
    re.IGNORECASE,
)
_ZONE = re.compile(r"(?:GMT|UTC)\s*(?P<zone>[+-]\s*\d{1,2}(?::?\d\d)?)?|(?P<bare>\+0?7(?::?00)?)\b")
_WORDS = re.compile(r"\d|hôm|vừa|phút|giờ|ngày|tuần|tháng|yesterday|today|ago|just", re.IGNORECASE)
_FROM_NOW = re.compile(r"trước|vừa|hôm (?:nay|qua)|ago|just|today|yesterday", re.IGNORECASE)
_TELLS_MINUTE = re.compile(r"phút|giờ|vừa|minute|hour|\d\s*[:h]\s*\d\d", re.IGNORECASE)
# A time of day alone tells no day: "08:30 |".
_ONLY_CLOCK = re.compile(rf"[\W_]*(?:{_CLOCK.pattern})[\W_]*", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"\b(?:thứ\s\w+|chủ nhật|ngày|lúc|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in Vietnam, whether the text told the minute or only the day, and whether it told
    it from the moment of reading ("2 giờ trước")."""

    at: dt.datetime
    has_minute: bool
    is_relative: bool = False


def read_time(text: str, formats: Iterable[str], base: dt.datetime) -> Moment | None:
    """The time that a text tells, or None; one without a zone is Vietnam's.

    >>> base = dt.datetime(2026, 9, 5, tzinfo=VIETNAM)
    >>> read_time("Thứ Sáu, 4/9/2026, 00:05 (GMT+7)", (), base).at.isoformat()
    '2026-09-04T00:05:00+07:00'
    >>> read_time("2026-09-04T08:52:11.000 +07:00", (), base).at.isoformat()
    '2026-09-04T08:52:11+07:00'
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    readers = (_by_formats, _iso, _written, _in_words)
    for reader in readers:
        moment = reader(text, formats, base)
        if moment and _EARLIEST <= moment.at <= base + _FAST_CLOCK:
            return moment
    return None


def is_time(text: str) -> bool:
    """Whether a short line holds nothing but a date, perhaps with a time of day and its zone.

    >>> is_time("Thứ ba, 08/09/2026 - 08:07 (GMT+7)"), is_time("Ngày 08/09/2026, tổ máy hòa lưới")
    (True, False)
    """
    if len(text) > _LONGEST:
        return False
    zoneless = _ZONE.sub(" ", text)
    bare = zoneless
    for pattern in (_DATE, _ENGLISH, _DAY_FIRST):
        bare = pattern.sub(" ", bare)
    return bare != zoneless and not re.search(r"\w", _WEEKDAY.sub(" ", _CLOCK.sub(" ", bare)))


def _by_formats(text: str, formats: Iterable[str], _base: dt.datetime) -> Moment | None:
    for pattern in formats:
        try:
            at = dt.datetime.strptime(text, pattern)  # noqa: DTZ007 - zoned two lines below
        except ValueError:
            continue
        return Moment(_zoned(at), "%H" in pattern or "%I" in pattern or "%T" in pattern)
    return None


def _iso(text: str, _formats: Iterable[str], _base: dt.datetime) -> Moment | None:
    match = _ISO.search(text)
    if not match:
        return None
    clock = [int(match[name] or 0) for name in ("hour", "minute", "second")]
    date = [int(match[name]) for name in ("year", "month", "day")]
    return _moment(date, clock, match["zone"] if match["hour"] else None, match["hour"] is not None)


def _written(text: str, _formats: Iterable[str], _base: dt.datetime) -> Moment | None:
    """A date in numbers, day first, or with an English month; a time before or behind it."""
    zone = _ZONE.search(text)
    # Taken out first: the 07:00 of "(GMT+07:00)" is no time of day.
    text = _ZONE.sub(" ", text)
    match = _DATE.search(text) or _ENGLISH.search(text) or _DAY_FIRST.search(text)
    if not match:
        return None
    clock = _CLOCK.search(text[: match.start()] + " " * len(match[0]) + text[match.end() :])
    offset = (zone["zone"] or zone["bare"]) if zone else None
    if not clock:
        return _moment(_date(match), [0, 0, 0], None, False)
    hour = _hour(int(clock["hour"]), (clock["half"] or "").upper())
    day_time = [hour, int(clock["minute"]), int(clock["second"] or 0)]
    return _moment(_date(match), day_time, offset, True)


def _date(match: re.Match[str]) -> list[int]:
    found = match.groupdict()
    if name := found.get("name"):
        return [int(found["year"]), _MONTHS.index(name.lower()) + 1, int(found["day"])]
    return [int(found[key] or found[key + "2"]) for key in ("year", "month", "day")]


def _hour(hour: int, half: str) -> int:
    """24 hours; some sites write AM or PM after a 24-hour clock: 00:01 AM, 13:00 PM."""
    if half in {"PM", "CH"} and 1 <= hour < 12:
        return hour + 12
    return 0 if half in {"AM", "SA"} and hour == 12 else hour


def _moment(date: list[int], clock: list[int], zone: str | None, has_minute: bool) -> Moment | None:
    try:
        at = dt.datetime(*date, *clock)  # type: ignore[arg-type] # noqa: DTZ001 - zoned below
        return Moment(_zoned(at, zone), has_minute)
    except (ValueError, OverflowError):
        return None


def _zoned(at: dt.datetime, zone: str | None = None) -> dt.datetime:
    if at.tzinfo is None:
        at = at.replace(tzinfo=_offset(zone))
    return at.astimezone(VIETNAM)


def _offset(zone: str | None) -> dt.tzinfo:
    if zone is None:
        return VIETNAM
    if zone == "Z":
        return dt.UTC
    sign = -1 if zone[0] == "-" else 1
    hours, _, minutes = zone[1:].strip().partition(":")
    if not minutes:
        hours, minutes = (hours[:2], hours[2:]) if len(hours) > 2 else (hours, "0")
    return dt.timezone(sign * dt.timedelta(hours=int(hours), minutes=int(minutes or 0)))


def _in_words(text: str, _formats: Iterable[str], base: dt.datetime) -> Moment | None:
    """What is left to dateparser: "5 phút trước", "hôm qua", "July 20, 2026"."""
    if not _WORDS.search(text) or len(text) > 60 or _ONLY_CLOCK.fullmatch(text):
        return None
    import dateparser

    local = base.astimezone(VIETNAM)
    at = dateparser.parse(
        text,
        languages=["vi", "en"],
        settings={
            "RELATIVE_BASE": local.replace(tzinfo=None),
            "TIMEZONE": "Asia/Ho_Chi_Minh",
            "RETURN_AS_TIMEZONE_AWARE": True,
            "PREFER_DATES_FROM": "past",
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": [],
        },
    )
    if at is None:
        return None
    relative = _FROM_NOW.search(text) is not None
    if _TELLS_MINUTE.search(text):
        return Moment(_zoned(at), True, relative)
    return Moment(_zoned(at).replace(hour=0, minute=0, second=0, microsecond=0), False, relative)
