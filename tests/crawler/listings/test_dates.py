"""Every form in which a listing writes its times."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.listings.dates import parse_date

SEVEN = dt.timezone(dt.timedelta(hours=7))
WANTED = dt.datetime(2026, 9, 5, 17, 9, 0, tzinfo=SEVEN)


@pytest.mark.parametrize(
    "text",
    [
        "Sat, 05 Sep 2026 17:09:00 +0700",
        "Sat, 05 Sep 26 17:09:00 +0700",  # a year of two digits
        "Sat, 05 Sep 2026 17:09:00 GMT+7",  # email.utils would say 17:09 in London
        "Sat, 05 Sep 2026 17:09:00 +07",
        "Sat, 05 Sep 2026 17:09:00 +07:00",
        "Sat, 05 Sep 2026 10:09:00 GMT",
        "05 Sep 2026 10:09:00 Z".replace("Z", "+0000"),
        "2026-09-05T17:09:00+07:00",
        "2026-09-05T17:09:00+0700",
        "2026-09-05T17:09:00.000 +07:00",  # a blank before the zone
        "2026-09-05T10:09:00Z",
        "2026-09-05 17:09:00",
        "2026-09-05T17:09",
        "9/5/2026 5:09:00 PM",  # month first, as AM and PM tell
        "05/09/2026 17:09",
        "5/9/2026 17:09",
        "05-09-2026 - 17:09 PM",  # a clock of 24 hours with PM
        "Thứ bảy, 05/09/2026 - 17:09",
        "Thứ Bảy, ngày 05/09/2026 | 17:09 GMT+7",
        "17:09, 05/09/2026",
        "1788602940",
        1788602940,
        "1788602940000",
        "1788602940.5",
    ],
)
def test_each_form_is_the_same_moment(text: str | int) -> None:
    found = parse_date(text)

    assert found is not None
    assert found.replace(microsecond=0) == WANTED
    assert found.utcoffset() == dt.timedelta(hours=7)


def test_a_day_alone_is_its_midnight_in_vietnam() -> None:
    assert parse_date("2026-09-05") == dt.datetime(2026, 9, 5, tzinfo=SEVEN)


def test_a_sites_own_format_comes_first() -> None:
    assert parse_date("9/5/2026 5:09:00 PM", "%m/%d/%Y %I:%M:%S %p") == WANTED


@pytest.mark.parametrize(
    "text",
    [
        None, "", "hôm qua", "5 phút trước", "31/02/2026 08:00", "0000-00-00T00:00:00",
        "1970-01-01T00:00:00Z", "0", "9999-01-01", "12345678901234567890", "Sat, 99 Foo 2026 9:00",
        True,
    ],
)  # fmt: skip
def test_what_is_no_time_or_cannot_be_true_is_unknown(text: str | None) -> None:
    assert parse_date(text) is None


@given(st.text() | st.integers() | st.floats() | st.from_regex(r"[\d/ :.,+-]{1,25}"))
def test_nothing_raises(text: str | float) -> None:
    found = parse_date(text)

    assert found is None or found.tzinfo is not None
