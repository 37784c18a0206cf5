"""A trend as a PNG or SVG to be printed: articles, their share, and below them what was watched.

matplotlib is loaded here alone; it takes a second that no other command has to spend.
"""

from __future__ import annotations

import datetime as dt
import logging
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from archive.coverage import Watch
from archive.days import By
from archive.new_file import NewFile
from archive.printing import printable
from archive.trend import Time, Trend
from archive.trend_printing import summary, title

FORMS = (".png", ".svg")
# Light against the paper, apart for readers who see no red and green, apart in grey too.
SOLID, PART, HOLE, UNKNOWN, INK = "#17627d", "#e0a030", "#c8443a", "#9aa3ab", "#26323a"
HATCHED: Any = {"facecolor": "#fbeceb", "edgecolor": "#e8b4b0", "hatch": "////"}
DOTTED: Any = {"edgecolor": "white", "hatch": "...."}
CROSSED: Any = {"facecolor": "#e6e9ec", "edgecolor": UNKNOWN, "hatch": "xx"}
Box = tuple[float, float, float, float]  # left, low, wide, high
WIDTH, HEIGHT, DOTS = 10.0, 6.0, 160
LONGEST_TITLE, LONGEST_FOOT = 80, 160
_SETTINGS: Any = {
    "font.family": ["DejaVu Sans"],  # ships with matplotlib and has all Vietnamese letters
    "text.parse_math": False,  # a query may hold a dollar sign
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "moit-news",  # the same trend gives the same file
}


def save_picture(trend: Trend, path: Path, made: dt.datetime) -> None:
    """Writes the picture, whole or not at all; raises ExportError."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    picture = BytesIO()
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that no font has becomes a box
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        FigureCanvasAgg(figure)
        _draw(figure, trend, made)
        figure.savefig(
            picture,
            format=path.suffix.lower()[1:],
            dpi=DOTS,
            metadata={"Date": None} if path.suffix.lower() == ".svg" else {"Software": None},
        )
    with NewFile(path, replace=True) as file:
        file.write(picture.getvalue())


def _draw(figure: Any, trend: Trend, made: dt.datetime) -> None:
    """Three panels over one axis of time: counts, shares, what was watched."""
    has_shares = any(time.share is not None for time in trend.times)
    counts, shares, watched = figure.subplots(
        3, 1, sharex=True, gridspec_kw={"height_ratios": [3.2, 1.3, 0.7]}
    )
    for panel in (counts, shares):
        panel.grid(axis="y", color="#dfe4e8", linewidth=0.8)
        panel.set_axisbelow(True)
        _mark_holes(panel, trend.times)
    _draw_counts(counts, trend.times)
    if has_shares:
        _draw_shares(shares, trend)
    shares.set_ylabel("of all articles")
    _draw_watched(watched, trend.times)
    _draw_time(watched, trend)
    _legend(counts, trend.times)
    figure.align_ylabels()
    query, _, what = title(trend).rpartition(": ")
    figure.suptitle(_cut(query), x=0.012, ha="left", fontsize=14, fontweight="bold")
    counts.set_title(what, loc="left", fontsize=9)
    told = " ".join([*summary(trend), f"moit-news, {made:%Y-%m-%d}."])
    figure.supxlabel(_cut(told, LONGEST_FOOT), x=0.012, ha="left", fontsize=8, color="#5b6770")


def _spans(times: Sequence[Time]) -> Iterator[tuple[Time, float, float]]:
    """Each time with where it begins on the axis and how long it is."""
    from matplotlib.dates import date2num

    for time in times:
        yield time, float(date2num(time.first)), float((time.last - time.first).days + 1)


def _boxes(panel: Any, boxes: Sequence[Box], **style: Any) -> None:
    """All boxes of one look as one shape: thousands of days would take half a minute else."""
    from matplotlib.collections import PolyCollection

    corners = [
        [(left, low), (left, low + high), (left + wide, low + high), (left + wide, low)]
        for left, low, wide, high in boxes
    ]
    if corners:
        panel.add_collection(PolyCollection(corners, linewidth=0, **style))


def _mark_holes(panel: Any, times: Sequence[Time]) -> None:
    """A hole runs through the panels: no bar in it means nothing."""
    holes = [
        (begin, 0.0, length, 1.0)
        for time, begin, length in _spans(times)
        if time.watch is Watch.NEVER or time.articles is None
    ]
    _boxes(panel, holes, transform=panel.get_xaxis_transform(), **HATCHED)


def _draw_counts(panel: Any, times: Sequence[Time]) -> None:
    from matplotlib.ticker import MaxNLocator

    looks: dict[tuple[str, bool], list[Box]] = defaultdict(list)
    for time, begin, length in _spans(times):
        if time.articles:
            box = (begin + 0.06 * length, 0.0, 0.88 * length, float(time.articles))
            looks[_colour(time), _is_full(time)].append(box)
    for (colour, is_full), boxes in looks.items():
        _boxes(panel, boxes, facecolor=colour, **({} if is_full else DOTTED))
    panel.set_ylabel("articles")
    panel.set_ylim(0, 1.06 * max(1, *(time.articles or 0 for time in times), 0))
    panel.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))


def _draw_shares(panel: Any, trend: Trend) -> None:
    """A line that breaks where there is nothing to be a share of."""
    from matplotlib.ticker import PercentFormatter

    middles = [begin + length / 2 for _, begin, length in _spans(trend.times)]
    values = [float("nan") if time.share is None else time.share for time in trend.times]
    panel.plot(
        middles,
        values,
        color=INK,
        linewidth=1.3,
        marker="o",
        markersize=_dot(middles),
        clip_on=False,
    )
    panel.set_ylim(bottom=0)
    panel.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None, symbol=" %"))


def _dot(middles: Sequence[float]) -> float:
    """The size of the dots on a line; among thousands they would be the line."""
    return 2.6 if len(middles) <= 150 else 0.0


def _draw_watched(panel: Any, times: Sequence[Time]) -> None:
    looks: dict[str, list[Box]] = defaultdict(list)
    unknown, missing = [], []
    for time, begin, length in _spans(times):
        if time.watched is None:
            unknown.append((begin, 0.0, length, 1.0))
            continue
        looks[_colour(time)].append((begin, 0.0, length, time.watched))
        missing.append((begin, time.watched, length, 1 - time.watched))
    _boxes(panel, unknown, **CROSSED)
    _boxes(panel, missing, **HATCHED)
    for colour, boxes in looks.items():
        _boxes(panel, boxes, facecolor=colour)
    panel.set_ylim(0, 1)
    panel.set_yticks([0, 1], ["0 %", "100 %"])
    panel.set_ylabel("watched")


def _draw_time(panel: Any, trend: Trend) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    spans = list(_spans(trend.times))
    panel.set_xlim(spans[0][1], spans[-1][1] + spans[-1][2])
    locator = AutoDateLocator(minticks=3, maxticks=12)
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    if trend.by is By.YEAR and len(spans) <= 24:
        panel.set_xticks([begin + length / 2 for _, begin, length in spans],
                         [time.label for time in trend.times])  # fmt: skip


def _legend(panel: Any, times: Sequence[Time]) -> None:
    """Only of what is drawn."""
    from matplotlib.patches import Patch

    found = []
    if any(time.watched is not None and _is_full(time) for time in times):
        found.append(Patch(facecolor=SOLID, label="watched, 90 % or more"))
    if any(not _is_full(time) and time.watched for time in times):
        found.append(Patch(facecolor=PART, **DOTTED, label="less"))
    if any(time.watch is Watch.NEVER for time in times):
        found.append(Patch(**HATCHED, label="not watched"))
    if any(time.watch is Watch.NEVER and time.articles for time in times):
        found.append(Patch(facecolor=HOLE, **DOTTED, label="kept all the same"))
    if any(time.watched is None for time in times):
        found.append(Patch(**CROSSED, label="unknown"))
    panel.legend(
        handles=found, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(found), frameon=False,
        fontsize=8, borderaxespad=0.2,
    )  # fmt: skip


def _is_full(time: Time) -> bool:
    return time.watched is None or time.watched >= 0.9


def _colour(time: Time) -> str:
    if time.watched is None:
        return UNKNOWN
    return SOLID if _is_full(time) else PART if time.watched else HOLE


def _cut(text: str, most: int = LONGEST_TITLE) -> str:
    """
    >>> _cut("giá điện", 6)
    'giá đ…'
    """
    plain = printable(text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
