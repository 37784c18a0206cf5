"""Of which time an answer of a listing names all that there is."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter

from archive.models import VIETNAM
from crawler.listings import Ask, Link, Reading, Window, reach, unchanged_reach
from crawler.listings.link import Named
from crawler.listings.reaching import wanted
from crawler.site import Listing, ListingKind

NOW = dt.datetime(2026, 9, 5, 17, 0, tzinfo=VIETNAM)
PLAIN = Window(now=NOW)
YESTERDAY = NOW - dt.timedelta(days=1)
FEED = Ask(listing=Listing(kind=ListingKind.FEED, url="https://bao.vn/rss"), url="")
INDEX = Ask(listing=Listing(kind=ListingKind.SITEMAP, url="https://bao.vn/map.xml"), url="")
PAGE_2 = dataclasses.replace(FEED, page=2, reached=NOW - dt.timedelta(hours=9))
MONTHLY = Listing(kind=ListingKind.SITEMAP, url="https://bao.vn/{year}-{month}.xml")


def hours_ago(*hours: float) -> Reading:
    links = (Link(url=f"u{n}", date=NOW - dt.timedelta(hours=n)) for n in hours)
    return Reading(links=tuple(links), skipped=Counter())


def undated(count: int) -> Reading:
    return Reading(links=tuple(Link(url=f"u{n}") for n in range(count)), skipped=Counter())


def since(span: tuple[dt.datetime, dt.datetime] | None) -> float:
    """How many hours ago a span begins, where it ends now."""
    assert span is not None
    assert span[1] == NOW
    return (NOW - span[0]).total_seconds() / 3600


def test_a_dated_page_reaches_back_to_its_oldest_article_but_one() -> None:
    assert since(reach(FEED, hours_ago(1, 2, 3, 4), 4, PLAIN, None)) == 3
    assert since(reach(FEED, hours_ago(1, 2), 2, PLAIN, None)) == 2


def test_pinned_old_headlines_do_not_make_it_reach_back_to_them() -> None:
    pinned = hours_ago(9000, 8000, *range(1, 19))

    assert since(reach(FEED, pinned, 20, PLAIN, None)) == 18


def test_an_article_dated_tomorrow_reaches_no_further_than_now() -> None:
    assert since(reach(FEED, hours_ago(-24, 2, 3), 3, PLAIN, None)) == 2


def test_a_later_page_goes_on_where_the_one_before_it_ended() -> None:
    span = reach(PAGE_2, hours_ago(10, 12, 20), 3, PLAIN, None)

    assert span == (NOW - dt.timedelta(hours=20), NOW - dt.timedelta(hours=9))


def test_an_undated_page_reaches_the_last_look_where_it_names_what_is_known() -> None:
    assert since(reach(FEED, undated(8), 6, PLAIN, YESTERDAY)) == 24
    assert since(reach(FEED, undated(8), 7, PLAIN, YESTERDAY)) == 0
    assert since(reach(FEED, undated(8), 0, PLAIN, None)) == 0


def test_what_is_most_read_does_not_make_a_page_reach_back_to_it() -> None:
    mixed = hours_ago(1, 90, 2, 95, 3, 99, 4, 80, 5, 85, 6, 92)

    assert since(reach(FEED, mixed, 12, PLAIN, YESTERDAY)) == 0
    assert since(reach(FEED, mixed, 6, PLAIN, YESTERDAY)) == 24


def test_a_later_page_without_times_reaches_back_to_what_is_kept_below_what_is_new() -> None:
    kept = {f"u{n}": NOW - dt.timedelta(hours=10 * n) for n in range(4, 10)}

    def back(times: dict[str, dt.datetime]) -> dt.datetime | None:
        span = reach(PAGE_2, undated(10), 4, PLAIN, None, kept=times)
        return span and span[0]

    assert back(kept) == NOW - dt.timedelta(hours=80)
    assert back({"u9": kept["u9"]}) == PAGE_2.reached
    assert back({f"u{n}": kept["u9"] for n in (0, 2, 4, 6)}) == PAGE_2.reached
    assert reach(FEED, undated(10), 9, PLAIN, None, kept=kept) == (NOW, NOW)


def test_a_page_that_names_nothing_new_reaches_the_last_look() -> None:
    assert since(reach(FEED, hours_ago(1, 2, 3), 0, PLAIN, YESTERDAY)) == 24
    assert since(reach(FEED, hours_ago(1, 2, 3), 1, PLAIN, YESTERDAY)) == 2


def test_a_page_without_any_article_covers_nothing_but_an_empty_api_does() -> None:
    api = Ask(listing=Listing(kind=ListingKind.API, url="https://bao.vn/api"), url="")
    others = Reading(links=(), skipped=Counter({"not an article": 30}))

    assert reach(FEED, undated(0), 0, PLAIN, YESTERDAY) is None
    assert reach(api, others, 0, PLAIN, YESTERDAY) is None
    assert since(reach(api, undated(0), 0, PLAIN, YESTERDAY)) == 24
    later = dataclasses.replace(PAGE_2, listing=api.listing)
    assert reach(later, undated(0), 0, PLAIN, None) == (PAGE_2.reached, PAGE_2.reached)


def test_an_empty_page_after_the_last_covers_nothing_more() -> None:
    api = Listing(kind=ListingKind.API, url="https://bao.vn/api")
    ask = dataclasses.replace(PAGE_2, listing=api)

    assert reach(ask, undated(0), 0, PLAIN, None) == (ask.reached, ask.reached)
    assert reach(ask, undated(0), 0, PLAIN, YESTERDAY) == (YESTERDAY, ask.reached)


def test_a_months_sitemap_covers_the_month_as_far_as_it_is_over() -> None:
    may, now = (Ask(listing=MONTHLY, url=f"https://bao.vn/2026-{n}.xml") for n in (5, 9))
    midnight = dt.datetime(2026, 5, 1, tzinfo=VIETNAM)

    assert reach(may, undated(3), 3, PLAIN, None) == (midnight, midnight.replace(month=6))
    assert reach(now, undated(1), 0, PLAIN, None) == (midnight.replace(month=9), NOW)
    assert unchanged_reach(now, PLAIN, None, 3) == (midnight.replace(month=9), NOW)


def test_an_unchanged_answer_covers_the_time_since_the_last_but_an_index_nothing() -> None:
    parts = Reading(deeper=(Named(url="https://bao.vn/1.xml"),), skipped=Counter())

    assert unchanged_reach(FEED, PLAIN, YESTERDAY, 20) == (YESTERDAY, NOW)
    assert unchanged_reach(FEED, PLAIN, None, 20) is None
    assert unchanged_reach(PAGE_2, PLAIN, YESTERDAY, 20) is None
    assert unchanged_reach(INDEX, PLAIN, YESTERDAY, 0) is None
    assert reach(INDEX, parts, 0, PLAIN, YESTERDAY) is None


def test_of_what_was_seen_only_the_days_that_were_asked_for_count() -> None:
    day = dt.timedelta(days=1)
    span = (NOW - 9 * day, NOW)

    assert wanted(span, PLAIN) == span
    assert wanted(span, Window(now=NOW, since=NOW - 3 * day)) == (NOW - 3 * day, NOW)
    assert wanted(span, Window(now=NOW, until=NOW - 3 * day)) == (span[0], NOW - 3 * day)
    assert wanted(span, Window(now=NOW, until=NOW - 30 * day)) is None
    gap = (NOW - 5 * day, NOW - 4 * day)
    filling = Window(now=NOW, since=gap[0], until=gap[1], gaps=(gap,))
    assert wanted(span, filling) == (NOW - 5 * day, NOW)


def test_a_listing_that_is_asked_up_to_a_day_covers_nothing_after_it() -> None:
    dated = Listing(kind=ListingKind.API, url="https://bao.vn/api?to={until}")
    span = reach(
        Ask(listing=dated, url=""), hours_ago(48, 60), 2, Window(now=NOW, until=YESTERDAY), None
    )

    assert span == (NOW - dt.timedelta(hours=60), YESTERDAY)
