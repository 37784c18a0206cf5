"""How far an answer of a listing reaches: the time of which it names all that the listing has.

A page of headlines covers from its oldest article to the page before it, and the first page to now.
Where nothing is dated, meeting what is known tells that nothing was missed since the last look.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise

from archive.models import VIETNAM
from crawler.listings.link import Link, Reading
from crawler.listings.paging import Ask, Window, year_month
from crawler.site import ListingKind

Span = tuple[dt.datetime, dt.datetime]
# Of a first page one in ten may be an old headline that is pinned among the new ones.
PINNED = 10
# Of an undated page this share has to be known; fewer may be what is pinned or read most.
KNOWN = 4


def reach(
    ask: Ask,
    reading: Reading,
    fresh: int,
    window: Window,
    last: dt.datetime | None,
    *,
    kept: Mapping[str, dt.datetime] | None = None,
) -> Span | None:
    """The time that an answer covers, or None; ``last`` is until when the listing was watched.

    ``fresh`` of the links were never seen before; of those without a time ``kept`` has the times of
    the articles that are kept.
    """
    if reading.deeper or _is_mute(ask, reading):
        return None
    if month := month_span(ask, window.now):
        return month
    times = [min(link.newest, window.now) for link in reading.links if link.newest]
    until = _end(ask, times, window)
    if until is None:
        return None
    if times and (ask.listing.kind is ListingKind.SITEMAP or is_in_order(times)):
        since = sorted(times)[_pinned(len(times)) if _is_first(ask) else 0]
        is_known = not fresh
    else:
        since = (
            until if times else _by_what_is_kept(ask, reading.links, kept or {}, window) or until
        )
        is_known = _is_known(reading.links, fresh)
    if last is not None and is_known:
        since = min(since, last)
    return min(since, until), until


def _by_what_is_kept(
    ask: Ask, links: Sequence[Link], kept: Mapping[str, dt.datetime], window: Window
) -> dt.datetime | None:
    """How far back a later page without times goes, by those of its articles that are kept: enough
    of them, and in order below what is new. A first page has the last look to go back to."""
    known = [kept[link.url] for link in links if link.url in kept]
    in_place = [kept.get(link.url, window.now) for link in links]
    if _is_first(ask) or not known or len(known) * KNOWN < len(links) or not is_in_order(in_place):
        return None
    return sorted(known)[_pinned(len(known))]


def is_in_order(times: Sequence[dt.datetime]) -> bool:
    """Whether articles stand by their time: but for one in ten, none is newer than the one above it
    by more than a tenth of all their time. What is most read does not stand so.

    >>> noon = dt.datetime(2026, 9, 5, 12)
    >>> newest_first = [noon - dt.timedelta(hours=n) for n in range(20)]
    >>> is_in_order(newest_first), is_in_order(newest_first[::2] + newest_first[::2])
    (True, True)
    >>> is_in_order(newest_first[::5] * 5)
    False
    """
    slack = (max(times) - min(times)) / PINNED
    jumps = sum(below > above + slack for above, below in pairwise(times))
    return jumps <= max(1, len(times) // PINNED)


def _is_mute(ask: Ask, reading: Reading) -> bool:
    """No article at all: where other links stand, or where something always stands, the site has
    changed and its file does not fit any more."""
    is_api = ask.listing.kind is ListingKind.API and not reading.skipped
    return not reading.links and not is_api


def wanted(span: Span, window: Window) -> Span | None:
    """What of a span the crawl was asked for: a link that is passed over for its date is seen, but
    its article is not got, and must not be taken for one that was never written."""
    since = max(span[0], window.since or span[0])
    ends = window.until if not window.gaps else None
    until = min(span[1], ends or span[1])
    return (since, until) if since <= until else None


def unchanged_reach(ask: Ask, window: Window, last: dt.datetime | None, links: int) -> Span | None:
    """What an answer covers that is the same as the last one, which named so many ``links``.

    An index of sitemaps stays as it is while its parts change: it covers nothing.
    """
    if month := month_span(ask, window.now):
        return month
    if not _is_first(ask) or (ask.listing.kind is ListingKind.SITEMAP and not links):
        return None
    return (min(last, window.now), window.now) if last else None


def month_span(ask: Ask, now: dt.datetime) -> Span | None:
    """The month that a sitemap of one month covers, as far as it is over.

    >>> from crawler.site import Listing
    >>> listing = Listing(kind=ListingKind.SITEMAP, url="https://a.vn/news-{year}-{month}.xml")
    >>> ask = Ask(listing=listing, url="https://a.vn/news-2026-2.xml")
    >>> span = month_span(ask, dt.datetime(2026, 9, 1, tzinfo=VIETNAM))
    >>> span[0].isoformat(), span[1].isoformat()
    ('2026-02-01T00:00:00+07:00', '2026-03-01T00:00:00+07:00')
    """
    found = year_month(ask.url) if ask.listing.kind is ListingKind.SITEMAP else None
    if found is None or "{page" in ask.listing.url:
        return None
    first = dt.datetime(*found, 1, tzinfo=VIETNAM)
    after = (first + dt.timedelta(days=32)).replace(day=1)
    return (first, min(after, now)) if first <= now else None


def _end(ask: Ask, times: Sequence[dt.datetime], window: Window) -> dt.datetime | None:
    if _is_first(ask):
        text = ask.listing.url + "".join(ask.listing.form.values())
        bounded = window.until if "{until" in text else None
        return min(bounded or window.now, window.now)
    return ask.reached or max(times, default=None)


def _pinned(dated: int) -> int:
    return dated // PINNED or int(dated > 2)


def _is_first(ask: Ask) -> bool:
    return ask.depth == 0 and ask.page == ask.listing.first_page


def _is_known(links: tuple[Link, ...], fresh: int) -> bool:
    return (len(links) - fresh) * KNOWN >= len(links)
