"""`moit-news trend` on a terminal: a line a time, its bar drawn in the weight of what was watched.

A bar is solid where nearly all was watched and thinner the less there was; where nothing was
watched and nothing is kept, a hole stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import IO, TYPE_CHECKING

from archive.bars import bar, percent, takes_blocks
from archive.coverage import Watch
from archive.printing import new_console, printable
from archive.trend import Time, Trend

if TYPE_CHECKING:
    from rich.text import Text

WIDEST = 110
# Longer runs of times without anything become one line.
MOST_EMPTY = 4
_WATCHED_WIDTH = 5
_NOT_COUNTED = "not counted"


@dataclass(frozen=True, slots=True)
class Weight:
    """How a bar is drawn where at least this share was watched."""

    least: float
    sign: str
    plain: str
    style: str
    words: str


WEIGHTS = (
    Weight(0.9, "█", "#", "cyan", "watched, 90 % or more"),
    Weight(0.5, "▓", "=", "cyan", "half or more"),
    Weight(0.000001, "▒", "-", "yellow", "less"),
    Weight(-1.0, "░", ".", "red", "never"),
)
UNKNOWN = Weight(0, "█", "?", "blue", "unknown")


def print_trend(trend: Trend, out: IO[str]) -> None:
    """The picture, its legend, and what to know of it."""
    console = new_console(out)
    is_plain = not takes_blocks(out)
    for line in _lines(trend, min(console.width, WIDEST) - 1, is_plain=is_plain):
        console.print(line, soft_wrap=True)


def weight_of(watched: float | None) -> Weight:
    """
    >>> [weight_of(share).sign for share in (1.0, 0.7, 0.2, 0.0, None)]
    ['█', '▓', '▒', '░', '█']
    """
    if watched is None:
        return UNKNOWN
    return next(each for each in WEIGHTS if watched >= each.least)


def _lines(trend: Trend, width: int, *, is_plain: bool) -> Iterator[Text | str]:
    from rich.text import Text

    yield Text(title(trend), "bold")
    yield ""
    label = max(len(time.label) for time in trend.times)
    most = max((time.articles or 0 for time in trend.times), default=0)
    number = max(len("articles"), len(f"{most:,}"))
    room = max(8, width - label - number - 25)
    yield Text(
        f"{'':<{label}}  {'':<{room}}  {'articles':>{number}}  of all  {'watched':>11}", "dim"
    )
    for times in _grouped(trend.times):
        if len(times) > MOST_EMPTY:
            yield _collapsed(times, label)
            continue
        for time in times:
            line = Text(f"{time.label:<{label}}  ")
            line.append_text(_bar(time, most, room, is_plain=is_plain))
            line.append(f"  {_number(time):>{number}}  {_share(time):>6}  ")
            line.append_text(_watched(time, is_plain=is_plain))
            yield line
    yield ""
    yield _legend(trend, is_plain=is_plain)
    yield from summary(trend)


def title(trend: Trend) -> str:
    """What is drawn, in one line."""
    first, last = trend.times[0].first, trend.times[-1].last
    return f"{printable(trend.query)}: articles by {trend.by}, {first} to {last}"


def _grouped(times: Iterable[Time]) -> Iterator[list[Time]]:
    """Times in a row of which nothing is kept and the same is known together, others alone."""

    def kind(time: Time) -> object:
        is_empty = not time.all_articles and time.watch in {Watch.NEVER, Watch.UNKNOWN}
        return (time.watch, time.articles is None) if is_empty else time.first

    for _, group in groupby(times, key=kind):
        yield list(group)


def _collapsed(times: list[Time], label: int) -> Text:
    from rich.text import Text

    words = "unknown whether watched" if times[0].watch is Watch.UNKNOWN else "never watched"
    line = Text(f"{'⋮':<{label}}  ", "dim")
    line.append(f"{times[0].label} to {times[-1].label}: {words}, nothing kept", "dim")
    return line


def _bar(time: Time, most: int, room: int, *, is_plain: bool) -> Text:
    """The bar, padded; a hole where nothing was seen and nothing is known."""
    from rich.text import Text

    weight = weight_of(time.watched)
    if time.articles is None:
        return Text(_NOT_COUNTED.ljust(room), "dim")
    if time.watch is Watch.NEVER and not time.articles:
        sign = ". " if is_plain else "╌ "
        return Text((sign * room)[:room].ljust(room), "red")
    sign = weight.plain if is_plain else weight.sign
    drawn = bar(time.articles / most if most else 0, room, sign)
    return Text(drawn.ljust(room), weight.style)


def _number(time: Time) -> str:
    if time.articles is None or (time.watch is Watch.NEVER and not time.articles):
        return "–"
    return f"{time.articles:,}"


def _share(time: Time) -> str:
    return "–" if time.share is None else fine_percent(time.share)


def fine_percent(share: float) -> str:
    """A share of which small ones matter.

    >>> fine_percent(0.0312), fine_percent(0.5), fine_percent(0.0001), fine_percent(0)
    ('3.1 %', '50 %', '<0.1 %', '0 %')
    """
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{share * 100:.1f} %" if 0 < share < 0.0995 else f"{round(share * 100)} %"


def _watched(time: Time, *, is_plain: bool) -> Text:
    from rich.text import Text

    if time.watched is None:
        return Text(f"{'?':>{_WATCHED_WIDTH + 6}}", UNKNOWN.style)
    weight = weight_of(time.watched)
    drawn = bar(time.watched, _WATCHED_WIDTH, "#" if is_plain else "█")
    line = Text(drawn.ljust(_WATCHED_WIDTH), weight.style)
    line.append(f" {percent(time.watched):>5}", "red" if not time.watched else "")
    return line


def _legend(trend: Trend, *, is_plain: bool) -> Text:
    """Only of what is drawn."""
    from rich.text import Text

    used = {weight_of(time.watched) for time in trend.times}
    line = Text()
    line.append("of the time: ", "dim")
    for weight in (*WEIGHTS, UNKNOWN):
        if weight in used:
            line.append(weight.plain if is_plain else weight.sign, weight.style)
            line.append(f" {weight.words}  ", "dim")
    if any(time.watch is Watch.NEVER and not time.articles for time in trend.times):
        line.append(". . " if is_plain else "╌ ╌ ", "red")
        line.append("a hole", "dim")
    line.rstrip()
    return line


def summary(trend: Trend) -> Iterator[str]:
    """What to know of a trend besides its picture, a sentence a line."""
    share = f" ({fine_percent(trend.articles / trend.all_articles)})" if trend.all_articles else ""
    watched = trend.watched
    seen = "unknown how much was watched" if watched is None else f"{percent(watched)} of the time"
    of = trend.sites[0] if len(trend.sites) == 1 else f"{len(trend.sites)} sites"
    told = f"{seen} of {of}" + (" was watched" if watched is not None else "")
    yield f"{trend.articles:,} of {trend.all_articles:,} articles{share}; {told}."
    if trend.counted_from is not None:
        yield f"Counted from {trend.counted_from} on; --thorough counts all, however long it takes."
    yield from map(printable, trend.notes)
