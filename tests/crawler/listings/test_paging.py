"""What is asked of a listing, and when the asking stops."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from archive.models import VIETNAM
from crawler.listings import Ask, Link, Reading, Window, first_asks, next_asks
from crawler.listings.link import Named
from crawler.listings.paging import MOST_PAGES
from crawler.site import Listing, ListingKind

NOW = dt.datetime(2026, 9, 5, 17, 0, tzinfo=VIETNAM)
PLAIN = Window(now=NOW)
BACK_TO_JULY = Window(now=NOW, since=dt.datetime(2026, 7, 10, tzinfo=VIETNAM))
TIN = "https://bao.vn/tin/"
PAGED = Listing(kind=ListingKind.HEADLINES, url=TIN, next=TIN + "p{page}", pages=3)
MONTHLY = Listing(kind=ListingKind.SITEMAP, url="https://bao.vn/maps/{year}-{month}.xml")
INDEX = Listing(kind=ListingKind.SITEMAP, url="https://bao.vn/sitemap.xml", pages=2)


def named(*numbers: int, date: dt.datetime | None = None) -> Reading:
    links = tuple(Link(url=f"https://bao.vn/tin-{n}.html", date=date) for n in numbers)
    return Reading(links=links, skipped=Counter())


def turn(listing: Listing, readings: list[tuple[Reading, int]], window: Window) -> list[str]:
    """The addresses asked while the listing answers with these readings, in turn."""
    (ask,) = first_asks(listing, window)
    asked = [ask.url]
    for reading, fresh in readings:
        follow = next_asks(ask, reading, fresh, window)
        if not follow:
            break
        (ask,) = follow
        asked.append(ask.url)
    return asked


def test_pages_are_turned_up_to_the_bound() -> None:
    readings = [(named(n), 1) for n in range(9)]

    assert turn(PAGED, readings, PLAIN) == [
        "https://bao.vn/tin/", "https://bao.vn/tin/p2", "https://bao.vn/tin/p3",
    ]  # fmt: skip


def test_a_page_that_names_nothing_new_ends_the_paging() -> None:
    assert len(turn(PAGED, [(named(1, 2), 0), (named(3), 1)], PLAIN)) == 1


def test_a_page_that_repeats_the_last_one_ends_it_too() -> None:
    readings = [(named(1, 2), 2), (named(2, 1), 2), (named(3), 1)]

    assert len(turn(PAGED, readings, BACK_TO_JULY)) == 2


def test_with_since_known_pages_are_turned_until_one_is_wholly_older() -> None:
    pages = [named(n, date=NOW - dt.timedelta(days=20 * n)) for n in range(9)]

    assert len(turn(PAGED, [(page, 0) for page in pages], BACK_TO_JULY)) == 4


def test_a_calendar_without_end_is_left() -> None:
    dated = [(named(n, date=NOW), 1) for n in range(3000)]
    undated = [(named(n), 1) for n in range(3000)]

    assert len(turn(PAGED, dated, BACK_TO_JULY)) == MOST_PAGES
    assert len(turn(PAGED, undated, BACK_TO_JULY)) == 3


def test_page_numbers_of_a_form_count_from_the_first_page() -> None:
    listing = Listing(
        kind=ListingKind.API, url="https://bao.vn/api", method="POST", first_page=0, pages=2,
        form={"pageNo": "{page}", "from": "{since}"},
    )  # fmt: skip
    (first,) = first_asks(listing, BACK_TO_JULY)
    (second,) = next_asks(first, named(1), 1, BACK_TO_JULY)

    assert first.form == {"pageNo": "0", "from": "1783616400"}
    assert second.form["pageNo"] == "1"
    assert first.key != second.key


def test_a_monthly_sitemap_is_asked_for_the_months_of_the_window() -> None:
    early = Window(now=dt.datetime(2026, 9, 2, 8, tzinfo=VIETNAM))
    padded = Listing(
        kind=ListingKind.SITEMAP, url="https://bao.vn/Article-{year}-{month:02}-01.xml"
    )

    assert [ask.url for ask in first_asks(MONTHLY, PLAIN)] == ["https://bao.vn/maps/2026-9.xml"]
    assert len(first_asks(MONTHLY, early)) == 2  # the last month may not be finished yet
    assert [ask.url for ask in first_asks(MONTHLY, BACK_TO_JULY)] == [
        "https://bao.vn/maps/2026-9.xml",
        "https://bao.vn/maps/2026-8.xml",
        "https://bao.vn/maps/2026-7.xml",
    ]  # fmt: skip
    assert first_asks(padded, PLAIN)[0].url == "https://bao.vn/Article-2026-09-01.xml"


def test_of_an_index_the_newest_parts_are_read_or_those_of_the_window() -> None:
    parts = tuple(Named(url=f"https://bao.vn/maps/news-2026-{m}.xml") for m in (5, 6, 7, 8, 9, 10))
    reading = Reading(skipped=Counter(), deeper=(*parts, Named(url="https://bao.vn/maps/cat.xml")))
    (ask,) = first_asks(INDEX, PLAIN)

    plain = [a.url[-9:] for a in next_asks(ask, reading, 0, PLAIN)]
    back = [a.url[-9:] for a in next_asks(ask, reading, 0, BACK_TO_JULY)]

    assert plain == ["26-10.xml", "026-9.xml"]
    assert back == ["026-9.xml", "026-8.xml", "026-7.xml", "s/cat.xml"]


def test_parts_without_a_month_are_chosen_by_their_last_edit() -> None:
    parts = tuple(
        Named(url=f"https://bao.vn/part{n}.xml", changed=NOW - dt.timedelta(days=30 * n))
        for n in range(5)
    )  # fmt: skip
    reading = Reading(skipped=Counter(), deeper=parts)
    (ask,) = first_asks(INDEX, PLAIN)

    assert [a.url[-9:] for a in next_asks(ask, reading, 0, PLAIN)] == ["part0.xml", "part1.xml"]
    assert len(next_asks(ask, reading, 0, BACK_TO_JULY)) == 2


def test_indexes_that_lead_to_each_other_end() -> None:
    ask = first_asks(INDEX, PLAIN)[0]
    deeper = Reading(skipped=Counter(), deeper=(Named(url="https://bao.vn/other.xml"),))
    depth = 0
    follow: tuple[Ask, ...] = (ask,)
    while follow and depth < 50:
        follow = next_asks(follow[0], deeper, 0, PLAIN)
        depth += 1

    assert depth < 6


def test_a_window_holds_articles_by_their_date_and_never_drops_one_without() -> None:
    window = Window(now=NOW, since=NOW - dt.timedelta(days=2), until=NOW - dt.timedelta(days=1))
    old, new = NOW - dt.timedelta(days=3), NOW

    assert not window.holds(Link(url="a", date=old))
    assert not window.holds(Link(url="a", changed=old))  # its last edit is older
    assert window.holds(Link(url="a", changed=new))  # it may have been published before
    assert not window.holds(Link(url="a", date=new))
    assert window.holds(Link(url="a"))
