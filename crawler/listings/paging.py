"""What to ask of a listing, and what to ask next."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from archive.models import VIETNAM
from crawler.listings.link import Link, Named, Reading
from crawler.site import Listing, ListingKind

# With --since the dates bound the paging; this stops a calendar that has no end.
MOST_PAGES = 1000
MOST_UNDATED = 100
MOST_PARTS = 600
DEEPEST = 3
_YEAR_MONTH = re.compile(r"(?<!\d)(\d{4})[-_/](\d{1,2})(?!\d)")
# Sites finish the files of a month some days late.
_GRACE_DAYS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """The days a crawl is asked for, and the time at which it runs; None is unbounded.

    ``gaps`` are the parts of it that were not watched: of months that none of them touches no
    sitemap is asked.
    """

    now: dt.datetime
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    gaps: tuple[tuple[dt.datetime, dt.datetime], ...] = ()

    def holds(self, link: Link) -> bool:
        """Whether an article may lie in the window; one without a date may. What lies after gaps
        that are filled is met on the way and waits for the next crawl."""
        if self.since and link.newest and link.newest < self.since:
            return False
        return not (self.until and not self.gaps and link.date and link.date >= self.until)

    def wants_month(self, year: int, month: int) -> bool:
        """Whether a gap touches the month; any month, where there are no gaps to fill."""
        first = dt.datetime(year, month, 1, tzinfo=VIETNAM)
        after = (first + dt.timedelta(days=32)).replace(day=1)
        return not self.gaps or any(a < after and first < b for a, b in self.gaps)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One request to a listing; ``before`` holds the articles that its previous page named,
    ``reached`` the time back to which that page went, and ``resumed`` says that a run before this
    one was to make it and did not."""

    listing: Listing
    url: str
    form: Mapping[str, str] = field(default_factory=dict)
    page: int = 1
    depth: int = 0
    before: frozenset[str] = frozenset()
    resumed: bool = False
    reached: dt.datetime | None = None

    @property
    def key(self) -> str:
        """What tells this request from others: its address and form."""
        return f"{self.url} {urlencode(self.form)}" if self.form else self.url


def first_asks(listing: Listing, window: Window) -> tuple[Ask, ...]:
    """The requests to begin with: one, or one a month for a listing by months, newest first."""
    text = listing.url + "".join(listing.form.values())
    if "{year" not in text and "{month" not in text:
        return (_ask(listing, window, listing.first_page, window.now),)
    return tuple(_ask(listing, window, listing.first_page, month) for month in _months(window))


def next_asks(ask: Ask, reading: Reading, fresh: int, window: Window) -> tuple[Ask, ...]:
    """The requests that follow from an answer; ``fresh`` of its articles were unknown before."""
    if reading.deeper:
        return tuple(_parts(ask, reading.deeper, window)) if ask.depth < DEEPEST else ()
    return tuple(_next_page(ask, reading, fresh, window))


def _next_page(ask: Ask, reading: Reading, fresh: int, window: Window) -> Iterator[Ask]:
    listing, links = ask.listing, reading.links
    named = frozenset(link.url for link in links)
    bound = _most_pages(listing, links, window)
    last = ask.page - listing.first_page + 1 >= bound or not _is_paged(listing)
    # moit.gov.vn answers ?page=2 with page 1 again.
    repeats = named <= ask.before
    # What was printed meanwhile has moved the articles that were never named to a later page.
    known = not fresh and window.since is None and not ask.resumed
    if last or repeats or known or not links or _is_older(links, window):
        return
    following = _ask(listing, window, ask.page + 1, window.now, named)
    yield dataclasses.replace(following, resumed=ask.resumed and not fresh)


def _most_pages(listing: Listing, links: tuple[Link, ...], window: Window) -> int:
    """Without dates nothing tells that a page is old enough; in a gap all pages may be so, until
    one names articles of before it, whose times are known."""
    if window.since is None:
        return listing.pages
    if any(link.newest for link in links):
        return MOST_PAGES
    return MOST_UNDATED if window.gaps else listing.pages


def _is_paged(listing: Listing) -> bool:
    if listing.kind not in (ListingKind.HEADLINES, ListingKind.API, ListingKind.FEED):
        return False
    return bool(listing.next) or "{page" in listing.url + "".join(listing.form.values())


def _is_older(links: tuple[Link, ...], window: Window) -> bool:
    """Every dated article of a page is too old. One pinned old headline does not end a paging."""
    dated = [link.newest for link in links if link.newest]
    return bool(window.since and dated and max(dated) < window.since)


def _parts(ask: Ask, parts: tuple[Named, ...], window: Window) -> Iterator[Ask]:
    """The newest parts of an index, or those that may reach into the window."""
    dated = sorted(parts, key=_part_time, reverse=True)
    if window.since:
        wanted = [part for part in dated if _may_reach(part, window)][:MOST_PARTS]
    else:
        wanted = dated[: ask.listing.pages]
    for part in wanted:
        if part.url and part.url != ask.url:
            yield Ask(listing=ask.listing, url=part.url, depth=ask.depth + 1)


def _part_time(part: Named) -> tuple[int, int, float]:
    year, month = year_month(part.url or "") or (0, 0)
    return year, month, part.changed.timestamp() if part.changed else 0.0


def _may_reach(part: Named, window: Window) -> bool:
    """By the month in its address, else by its lastmod, else perhaps."""
    found = year_month(part.url or "")
    if found and window.since:
        first = window.since.astimezone(VIETNAM)
        last = (window.until or window.now).astimezone(VIETNAM)
        reaches = (first.year, first.month) <= found <= (last.year, last.month)
        return reaches and window.wants_month(*found)
    return not (window.since and part.changed and part.changed < window.since)


def year_month(url: str) -> tuple[int, int] | None:
    """The month that an address names.

    >>> year_month("https://a.vn/sitemaps/news-2026-7.xml"), year_month("https://a.vn/2026.xml")
    ((2026, 7), None)
    """
    match = _YEAR_MONTH.search(url)
    if not match or not 1 <= int(match[2]) <= 12:
        return None
    return int(match[1]), int(match[2])


def _months(window: Window) -> Iterator[dt.datetime]:
    last = min(window.until or window.now, window.now).astimezone(VIETNAM)
    first = (window.since or last - dt.timedelta(days=_GRACE_DAYS)).astimezone(VIETNAM)
    year, month = last.year, last.month
    for _ in range(MOST_PARTS):
        if (year, month) < (first.year, first.month):
            return
        if window.wants_month(year, month):
            yield dt.datetime(year, month, 1, tzinfo=VIETNAM)
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


def _ask(
    listing: Listing,
    window: Window,
    page: int,
    month: dt.datetime,
    before: frozenset[str] = frozenset(),
) -> Ask:
    numbers = _Numbers(
        page=page,
        year=month.astimezone(VIETNAM).year,
        month=month.astimezone(VIETNAM).month,
        since=int(window.since.timestamp()) if window.since else 0,
        until=int((window.until or window.now).timestamp()),
    )
    template = listing.next if listing.next and page > listing.first_page else listing.url
    form = {name: value.format_map(numbers) for name, value in listing.form.items()}
    url = template.format_map(numbers)
    return Ask(listing=listing, url=url, form=form, page=page, before=before)


class _Numbers(dict[str, int]):
    """The values of placeholders; one that nobody knows stays as it is written."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
