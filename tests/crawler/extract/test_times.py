from __future__ import annotations

import datetime as dt

import pytest

from archive.models import VIETNAM
from crawler.extract.times import read_time

BASE = dt.datetime(2026, 9, 10, 12, 0, tzinfo=VIETNAM)

MINUTES = [
    ("Thứ bảy, 7/3/2026, 00:05 (GMT+7)", "2026-03-07T00:05"),
    ("Thứ 5, 09/07/2026 | 15:19", "2026-07-09T15:19"),
    ("07-03-2026 - 09:40 AM", "2026-03-07T09:40"),
    ("07-03-2026 - 00:01 AM", "2026-03-07T00:01"),
    ("Thứ Tư, ngày 20/08/2025 13:00 PM", "2025-08-20T13:00"),
    ("20/08/2025 01:30 PM", "2025-08-20T13:30"),
    ("20/08/2025 12:10 PM", "2025-08-20T12:10"),
    ("09:43, 04/09/2026", "2026-09-04T09:43"),
    ("07/03/2026 08:06 GMT+7", "2026-03-07T08:06"),
    ("07/03/2026   08:52 (GMT+07:00)", "2026-03-07T08:52"),
    ("- 07/03/2026 08:47", "2026-03-07T08:47"),
    ("Thứ Hai, ngày 20/07/2026 - 06:31", "2026-07-20T06:31"),
    ("14h05 ngày 3 tháng 9 năm 2026", "2026-09-03T14:05"),
    ("3 tháng 9, 2026 lúc 7:05", "2026-09-03T07:05"),
    ("08/04/2020 lúc 14:25 (GMT)", "2020-04-08T14:25"),
    ("2026-09-03T15:24:40+0700", "2026-09-03T15:24"),
    ("2026-03-07T08:52:11.000 +07:00", "2026-03-07T08:52"),
    ("2026-03-07T08:52:11 +07", "2026-03-07T08:52"),
    ("2026-03-07T01:52:11Z", "2026-03-07T08:52"),
    ("2026-03-07T08:52:11", "2026-03-07T08:52"),
    ("2026-03-07 08:07", "2026-03-07T08:07"),
    ("September 8, 2026 16:40", "2026-09-08T16:40"),
    ("September, 08/2026 - 16:40", "2026-09-08T16:40"),
    ("8 Sep 2026, 4:40 PM", "2026-09-08T16:40"),
    ("5 phút trước", "2026-09-10T11:55"),
    ("2 giờ trước", "2026-09-10T10:00"),
]


@pytest.mark.parametrize(("text", "expected"), MINUTES)
def test_time_is_read_to_the_minute_in_vietnam(text: str, expected: str) -> None:
    moment = read_time(text, (), BASE)
    assert moment is not None
    assert moment.has_minute
    assert moment.at.isoformat().startswith(expected)
    assert moment.at.utcoffset() == dt.timedelta(hours=7)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Thứ Ba, 8/9/2026", "2026-09-08"),
        ("2026-09-08", "2026-09-08"),
        ("ngày 8 tháng 9 năm 2026", "2026-09-08"),
        ("hôm qua", "2026-09-09"),
    ],
)
def test_day_without_a_time_says_so(text: str, day: str) -> None:
    moment = read_time(text, (), BASE)
    assert moment is not None
    assert (moment.at.date().isoformat(), moment.has_minute) == (day, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tin tức",
        "12/09/2026 09:00",  # two days after the fetch
        "01/01/1970 00:00",
        "31/02/2026 10:00",
        "2026-09-08T25:00:00+07:00",
        "Điện thoại: 024 2220 2108",
        "99/99/9999",
        "08/09/2026 " + "x" * 200,
        "08:30 |",  # a time of day tells no day
    ],
)
def test_what_is_no_plausible_time_gives_none(text: str) -> None:
    assert read_time(text, (), BASE) is None


def test_a_site_s_own_format_is_tried_first() -> None:
    moment = read_time("09/08/2026 1:30:00 PM", ("%m/%d/%Y %I:%M:%S %p",), BASE)
    assert moment is not None
    assert moment.at.isoformat() == "2026-09-08T13:30:00+07:00"


def test_a_foreign_offset_is_turned_to_vietnam() -> None:
    moment = read_time("2026-09-08 06:00 UTC", (), BASE)
    assert moment is not None
    assert moment.at.utcoffset() == dt.timedelta(hours=7)


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("2 giờ trước", True),
        ("hôm qua", True),
        ("5 minutes ago", True),
        ("July 20, 2026", False),
        ("20/7/2026 15:30", False),
    ],
)
def test_a_time_told_from_the_moment_of_reading_says_so(text: str, relative: bool) -> None:
    moment = read_time(text, (), dt.datetime(2026, 9, 5, 12, 0, tzinfo=dt.UTC))
    assert moment is not None
    assert moment.is_relative is relative
