"""A trend as shapes for a web page: bars, holes and a scale, in the units of one SVG; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, log10

from archive.coverage import Watch
from archive.trend import Time, Trend
from archive.trend_printing import fine_percent, weight_of

WIDTH, HEIGHT, STRIP = 900.0, 260.0, 26.0
MOST_LABELS = 9
_CLASSES = {"█": "full", "▓": "half", "▒": "less", "░": "never"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One time: its place, how high its bar stands, how far it was watched, and all in words."""

    left: float
    width: float
    height: float
    watched: float
    kind: str
    is_hole: bool
    label: str | None
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """The bars, and the numbers of the scale with their heights."""

    bars: tuple[Bar, ...]
    scale: tuple[tuple[int, float], ...]
    width: float = WIDTH
    height: float = HEIGHT
    strip: float = STRIP


def drawing(trend: Trend) -> Drawing:
    """The shapes of a trend."""
    most = max((time.articles or 0 for time in trend.times), default=0)
    steps = scale(most)
    top = steps[-1]
    return Drawing(
        bars=tuple(_bars(trend, top)),
        scale=tuple((step, round(HEIGHT * step / top, 1)) for step in steps),
    )


def scale(most: int) -> tuple[int, ...]:
    """Round numbers from nought to the largest or a little more.

    >>> scale(0), scale(7), scale(143)
    ((0, 1), (0, 2, 4, 6, 8), (0, 50, 100, 150))
    """
    if most < 2:
        return (0, 1)
    power = 10 ** int(log10(most))
    steps = (power // 5, power // 2, power, 2 * power) if power > 1 else (1, 2, 5)
    step = next(each for each in steps if each and most / each <= 5)
    return tuple(step * n for n in range(ceil(most / step) + 1))


def _bars(trend: Trend, top: int) -> Iterator[Bar]:
    width = WIDTH / len(trend.times)
    every = ceil(len(trend.times) / MOST_LABELS)
    for place, time in enumerate(trend.times):
        weight = weight_of(time.watched)
        yield Bar(
            left=round(place * width, 2),
            width=round(width, 2),
            height=round(HEIGHT * (time.articles or 0) / top, 1),
            watched=round(STRIP * (time.watched or 0), 1),
            kind="unknown" if time.watched is None else _CLASSES[weight.sign],
            is_hole=time.watch is Watch.NEVER or time.articles is None,
            label=time.label if place % every == 0 else None,
            words=in_words(time),
        )


def in_words(time: Time) -> str:
    """A time as one reads it aloud."""
    count = "not counted" if time.articles is None else f"{time.articles:,} articles"
    share = "" if time.share is None else f", {fine_percent(time.share)} of all"
    watched = "unknown whether" if time.watched is None else fine_percent(time.watched)
    return f"{time.label}: {count}{share}; {watched} watched"
