"""`moit-news stats` as tables and bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from archive.stats import Month, SiteStats, Stats
from archive.tables import print_table

WIDEST_BAR = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"
_SUMMED = ("articles", "versions", "withdrawn", "text_bytes", "pages", "raw_bytes", "stored_bytes")
_COUNTS = ("site", "articles", "versions", "withdrawn", "days", "first", "last")
_WEIGHTS = ("site", "text MB", "pages", "raw MB", "kept MB", "smaller")
_SIZES = ("table", "itself", "MB")


def print_stats(stats: Stats, out: IO[str]) -> None:
    """What is there, what it weighs, and how it grew."""
    about = "" if stats.is_exact else "~"
    sites = list(stats.sites) + ([_total(stats.sites)] if len(stats.sites) > 1 else [])
    print_table(_COUNTS, [_counts(site) for site in sites], out, numbers=_COUNTS[1:5])
    out.write("\n")
    weights = [_weights(site, about) for site in sites]
    print_table(_WEIGHTS, weights, out, numbers=_WEIGHTS[1:])
    if stats.sizes:
        out.write("\n")
        told = [(of, "" if of == name else name, _mega(size)) for of, name, size in stats.sizes]
        print_table(_SIZES, told, out, numbers={"MB"})
    if stats.months:
        out.write("\n")
        out.writelines(line + "\n" for line in bars(stats.months))
    out.write("\n" + ", ".join(f"{name} {_mega(n)} MB" for name, n in stats.files.items()) + "\n")


def bars(months: Sequence[Month]) -> list[str]:
    """A line a month: what its crawls brought, drawn beside the number.

    >>> months = [Month(month="2026-09", new=4, bytes=0), Month(month="2026-10", new=1, bytes=9)]
    >>> for line in bars(months):
    ...     print(line)
    new articles a month
    2026-09  4  ████████████████████████████████████████  0.0 MB received
    2026-10  1  ██████████                                0.0 MB received
    """
    most = max(1, *(month.new for month in months))
    width = len(f"{most:,}")
    lines = ["new articles a month"]
    for month in months:
        bar = _bar(month.new / most).ljust(WIDEST_BAR)
        lines.append(
            f"{month.month}  {month.new:>{width},}  {bar}  {_mega(month.bytes)} MB received"
        )
    return lines


def _bar(share: float) -> str:
    eighths = round(share * WIDEST_BAR * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).strip()


def _counts(site: SiteStats) -> tuple[str, ...]:
    counts = (f"{n:,}" for n in (site.articles, site.versions, site.withdrawn))
    ends = ((end or "-")[:10] for end in (site.first, site.last))
    return (site.site, *counts, f"{site.days:,}" if site.days else "-", *ends)


def _weights(site: SiteStats, about: str) -> tuple[str, ...]:
    smaller = f"{site.raw_bytes / site.stored_bytes:.1f}x" if site.stored_bytes else "-"
    raw, stored = _mega(site.raw_bytes), _mega(site.stored_bytes)
    weights = (_mega(site.text_bytes), f"{site.pages:,}", raw, stored, smaller)
    return (site.site, *(about + weight for weight in weights))


def _total(sites: Sequence[SiteStats]) -> SiteStats:
    sums = {name: sum(getattr(site, name) for site in sites) for name in _SUMMED}
    first = min((site.first for site in sites if site.first), default=None)
    last = max((site.last for site in sites if site.last), default=None)
    return SiteStats(site="all", first=first, last=last, **sums)


def _mega(size: int) -> str:
    return f"{size / 1e6:,.1f}"
