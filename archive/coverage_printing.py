"""`moit-news coverage` as calendars: signs that read without colour, and colour.

A month of one site has a cell a day, a longer time a column a week; several sites have a line each.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote

from archive.bars import percent, takes_blocks
from archive.coverage import Coverage, CoveredDay, Watch, runs_of_days
from archive.days import By, start
from archive.printing import new_console, printable
from archive.watched_share import WHOLE

if TYPE_CHECKING:
    from rich.text import Text

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SIGNS = {Watch.WATCHED: "█", Watch.PARTLY: "▒", Watch.NEVER: "·", Watch.UNKNOWN: "?"}
PLAIN_SIGNS = {Watch.WATCHED: "#", Watch.PARTLY: "+", Watch.NEVER: ".", Watch.UNKNOWN: "?"}
LOST = "!"
STYLES = {
    Watch.WATCHED: "green",
    Watch.PARTLY: "yellow",
    Watch.NEVER: "bold red",
    Watch.UNKNOWN: "blue",
}
LOST_STYLE = "bold magenta"
MEANT = {
    Watch.WATCHED: "watched",
    Watch.PARTLY: "partly watched",
    Watch.NEVER: "never watched, a hole",
    Watch.UNKNOWN: "unknown",
}
MONTH_OF_DAYS = 42
MOST_HOLES = 8
MOST_LISTINGS = 6
_SLUG = 20
_ENDS = ("kept", "failed", "refused", "gone", "waiting", "passed_over")
# A day of which this share of the links gave no article is marked.
MUCH_LOST = 0.1


def print_coverage(found: Coverage, names: Mapping[str, str], out: IO[str]) -> None:
    """One site as a calendar, several as a line each."""
    console = new_console(out)
    signs = SIGNS if takes_blocks(out) else PLAIN_SIGNS
    sites = list(dict.fromkeys(day.site for day in found.days))
    lines = _one(found, names, signs) if len(sites) == 1 else _many(found, sites, signs)
    for line in lines:
        console.print(line, soft_wrap=True)
    for line in _why(found):
        console.print(line, soft_wrap=True)


def _one(
    found: Coverage, names: Mapping[str, str], signs: Mapping[Watch, str]
) -> Iterator[Text | str]:
    from rich.text import Text

    days = found.days
    slug = days[0].site
    heading = f"{printable(names.get(slug, slug))} ({slug}), {days[0].day} to {days[-1].day}"
    yield Text(heading, "bold")
    yield ""
    yield from _month(days, signs) if len(days) <= MONTH_OF_DAYS else _weeks(days, signs)
    yield ""
    yield _legend(signs)
    yield _shares(days)
    yield from _holes(days)
    yield from _least_watched(found)
    yield _ends(days)


def _month(days: Sequence[CoveredDay], signs: Mapping[Watch, str]) -> Iterator[Text]:
    """A row a week: each day its number, its sign and how many articles are kept of it."""
    from rich.text import Text

    yield Text("  ".join(f"{name:<8}" for name in WEEKDAYS).rstrip(), "dim")
    by_day = {day.day: day for day in days}
    monday = start(days[0].day, By.WEEK)
    while monday <= days[-1].day:
        line = Text()
        for number in range(7):
            line.append_text(_cell(by_day.get(monday + dt.timedelta(days=number)), signs))
        line.rstrip()
        yield line
        monday += dt.timedelta(days=7)


def _cell(day: CoveredDay | None, signs: Mapping[Watch, str]) -> Text:
    from rich.text import Text

    if day is None:
        return Text(" " * 10)
    cell = Text(f"{day.day.day:>2} ", "dim")
    cell.append(signs[day.watch] * 2, STYLES[day.watch])
    cell.append(LOST if has_lost_much(day) else " ", LOST_STYLE)
    cell.append(f"{day.kept:<4}" if day.kept or day.watch is not Watch.NEVER else "    ")
    return cell


def _weeks(days: Sequence[CoveredDay], signs: Mapping[Watch, str]) -> Iterator[Text]:
    """A column a week, a row a weekday, as many years below each other as there are."""
    from rich.text import Text

    mondays = sorted({start(day.day, By.WEEK) for day in days})
    by_day = {day.day: day for day in days}
    for at in range(0, len(mondays), 53):
        shown = mondays[at : at + 53]
        if at:
            yield Text()
        yield Text(f"     {_month_names(shown, days[-1].day)}", "dim")
        for number, name in enumerate(WEEKDAYS):
            line = Text(f"{name if number % 2 == 0 else '':<5}", "dim")
            for monday in shown:
                line.append_text(_sign(by_day.get(monday + dt.timedelta(days=number)), signs))
            line.rstrip()
            yield line


def _month_names(mondays: Sequence[dt.date], last: dt.date) -> str:
    """The name of each month over its first week, where there is room.

    >>> weeks = [dt.date(2026, 8, 31) + dt.timedelta(days=7 * n) for n in range(6)]
    >>> _month_names(weeks, dt.date(2026, 10, 11))
    'Sep Oct'
    """
    line, before = "", None
    for place, monday in enumerate(mondays):
        ends = min(monday + dt.timedelta(days=6), last)
        if ends.month != before and place >= len(line) + bool(line):
            line = line.ljust(place) + calendar.month_abbr[ends.month]
        before = ends.month
    return line


def _sign(day: CoveredDay | None, signs: Mapping[Watch, str]) -> Text:
    from rich.text import Text

    if day is None:
        return Text(" ")
    if has_lost_much(day) and day.watch is not Watch.NEVER:  # a hole stays to be seen
        return Text(LOST, LOST_STYLE)
    return Text(signs[day.watch], STYLES[day.watch])


def has_lost_much(day: CoveredDay) -> bool:
    """Whether so many links of a day gave no article that one should look why."""
    return day.lost > 0 and day.lost >= MUCH_LOST * day.links


def _legend(signs: Mapping[Watch, str]) -> Text:
    from rich.text import Text

    line = Text()
    for watch, words in MEANT.items():
        line.append(signs[watch], STYLES[watch])
        line.append(f" {words}  ", "dim")
    line.append(LOST, LOST_STYLE)
    line.append(" links lost", "dim")
    return line


def _shares(days: Sequence[CoveredDay]) -> str:
    counts = {watch: sum(day.watch is watch for day in days) for watch in Watch}
    told = [
        f"{count:,} {MEANT[watch].partition(',')[0]}" for watch, count in counts.items() if count
    ]
    return f"{len(days):,} days: {', '.join(told)}{mean_share(days)}"


def mean_share(days: Iterable[CoveredDay]) -> str:
    """The mean of what is known, in words; nothing where nothing is."""
    known = [day.share for day in days if day.share is not None]
    return f"; {percent(sum(known) / len(known))} of the time" if known else ""


def _holes(days: Sequence[CoveredDay]) -> Iterator[str]:
    """The holes as spans of days, the newest first."""
    holes = [(a, b) for watch, a, b in runs_of_days(days) if watch is Watch.NEVER]
    if holes:
        told = [f"{a}" if a == b else f"{a} to {b}" for a, b in reversed(holes)]
        more = f" and {len(told) - MOST_HOLES} more" if len(told) > MOST_HOLES else ""
        yield f"never watched: {', '.join(told[:MOST_HOLES])}{more}"


def _least_watched(found: Coverage) -> Iterator[str]:
    """Which of several listings has the holes, where the days have any."""
    least = [row for row in found.listings if row[2] < WHOLE]
    has_holes = any(day.watch is not Watch.WATCHED for day in found.days)
    if has_holes and len(found.listings) > 1 and least:
        yield f"{len(least)} of {len(found.listings)} listings were not watched all the time:"
        for _, name, share in least[:MOST_LISTINGS]:
            yield f"  {percent(share):>6}  {printable(unquote(name))}"
        if more := len(least) - MOST_LISTINGS:
            yield from [f"          and {more} more"] if more > 0 else []


def _ends(days: Sequence[CoveredDay]) -> str:
    sums = {name: sum(getattr(day, name) for day in days) for name in _ENDS}
    told = [f"{n:,} {name.replace('_', ' ')}" for name, n in sums.items() if n or name == "kept"]
    return f"{sum(sums.values()):,} links = {' + '.join(told)}"


def _many(
    found: Coverage, sites: Sequence[str], signs: Mapping[Watch, str]
) -> Iterator[Text | str]:
    """A line a site: a sign a day, how much was watched, and what became of the links."""
    from rich.text import Text

    first = found.days[0].day
    count = max(len(found.of(site)) for site in sites)
    width = min(_SLUG, max(map(len, sites)))
    yield Text(f"{'':<{width}}  {_dates(first, count)}", "dim")
    yield Text(f"{'site':<{width}}  {_tens(first, count)}  watched    kept    lost", "bold")
    for site in sites:
        days = found.of(site)
        line = Text(f"{site[:width]:<{width}}  ")
        for day in days:
            line.append_text(_sign(day, signs))
        known = [day.share for day in days if day.share is not None]
        mean = percent(sum(known) / len(known)) if known else "?"
        kept, lost = sum(d.kept for d in days), sum(d.lost for d in days)
        line.append(f"  {mean:>7}{kept:>8,}{lost:>8,}")
        yield line
    yield ""
    yield _legend(signs)


def _dates(first: dt.date, count: int) -> str:
    """The months over a line of days.

    >>> _dates(dt.date(2026, 8, 30), 8)
    '  Sep   '
    """
    days = [first + dt.timedelta(days=n) for n in range(count)]
    line = ""
    for place, day in enumerate(days):
        if day.day == 1 or (place == 0 and day.day < 25):
            line = line.ljust(place) + calendar.month_abbr[day.month]
    return line[:count].ljust(count)


def _tens(first: dt.date, count: int) -> str:
    """The numbers of Mondays under which the days stand, the others as dots.

    >>> _tens(dt.date(2026, 9, 28), 9)
    '28     5 '
    """
    line = ""
    for place in range(count):
        day = first + dt.timedelta(days=place)
        if day.weekday() == 0:
            line = line.ljust(place) + f"{day.day}"
    return line[:count].ljust(count)


def _why(found: Coverage) -> Iterator[str]:
    for state, reason, count in found.reasons:
        yield f"  {count:>6,} {state.replace('_', ' ')}: {printable(reason)}"
