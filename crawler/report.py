"""The numbers of a run: a table that grows on a terminal, and the table at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from crawler.run import Run, Tally

ALL = "all"
HEADER = (
    *("site", "listings", "found", "asked", "new", "revised", "unchanged"),
    *("failed", "refused", "gone", "MB", ""),
)
_LIVE = ("site", "listings", "due", "fetched", "new", "failed")
_RARE = ("revised", "unchanged", "failed", "refused", "gone")
_NUMBERS = ("found", "asked", "new", "revised", "unchanged", "failed", "refused", "gone")


def report(tallies: Sequence[Tally], console: Console) -> None:
    """Prints the table of a run: asked = new + revised + unchanged + failed + refused + gone."""
    tallies = [*tallies, *([_total(tallies)] if len(tallies) > 1 else [])]
    if console.is_terminal and not console.is_dumb_terminal:
        _print_table(tallies, console)
    else:
        for line in _plain([HEADER, *map(_row, tallies)]):
            console.print(line, highlight=False, markup=False, soft_wrap=True)


def _print_table(tallies: Sequence[Tally], console: Console) -> None:
    """No wider than 80 columns: without the outcomes that no site had, and with words below it."""
    shown = [name for name in _NUMBERS if name not in _RARE or any(_of(tallies, name))]
    table = _empty(("site", "listings", *shown))
    for tally in tallies:
        numbers = (str(getattr(tally, name)) for name in shown)
        table.add_row(tally.site, str(tally.listings), *numbers)
    console.print(table)
    for tally in tallies:
        if told := _told(tally):
            console.print(f"[bold]{escape(tally.site)}[/]: {escape(told)}", highlight=False)


def _of(tallies: Iterable[Tally], name: str) -> list[int]:
    return [getattr(tally, name) for tally in tallies]


def _told(tally: Tally) -> str:
    failed = f"{tally.listings_failed} of its listings failed" if tally.listings_failed else ""
    told = [told for told in (failed, tally.reason or _idle(tally)) if told]
    return "; ".join(told) if tally.site != ALL else f"{tally.bytes / 1e6:.1f} MB came"


class Progress:
    """The table that grows while a crawl runs; shows nothing where there is no terminal."""

    def __init__(self, run: Run, console: Console) -> None:
        self._run = run
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._shows = console.is_terminal

    def __enter__(self) -> Progress:
        if self._shows:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._shows:
            self._live.stop()

    def update(self) -> None:
        """Draws the numbers as they are now."""
        if not self._shows:
            return
        table = _empty(_LIVE)
        due = dict(self._run.due())
        for tally in self._run.tallies():
            trouble = tally.failed + tally.refused
            waiting = str(due.get(tally.site, 0))
            fetched = (str(tally.asked), str(tally.new), str(trouble))
            table.add_row(tally.site, _listings(tally), waiting, *fetched)
        self._live.update(table, refresh=True)


def _row(tally: Tally) -> tuple[str, ...]:
    numbers = (str(getattr(tally, name)) for name in _NUMBERS)
    size = f"{tally.bytes / 1e6:.1f}"
    return (tally.site, _listings(tally), *numbers, size, tally.reason or _idle(tally))


def _idle(tally: Tally) -> str:
    """Why a row of noughts is no failure."""
    if tally.listings or tally.asked or tally.site == ALL:
        return ""
    return "nothing asked: no listing of it is known, no address of it is due"


def _listings(tally: Tally) -> str:
    failed = f" ({tally.listings_failed} failed)" if tally.listings_failed else ""
    return f"{tally.listings}{failed}"


def _total(tallies: Iterable[Tally]) -> Tally:
    rows = list(tallies)
    names = ("listings", "listings_failed", "bytes", *_NUMBERS)
    return Tally(site=ALL, **{name: sum(getattr(row, name) for row in rows) for name in names})


def _empty(header: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in header:
        table.add_column(name, justify="left" if name == "site" else "right", no_wrap=True)
    return table


def _plain(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of equal width; the last one, the reason, stands free."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADER) - 1)]
    return [
        "  ".join(
            [row[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:], strict=True)]
            + [row[-1]]
        ).rstrip()
        for row in rows
    ]
