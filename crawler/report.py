"""The numbers of a run: a table that grows on a terminal, and the table at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.live import Live
from rich.table import Table

from crawler.run import Run, Tally

ALL = "all"
HEADER = (
    *("site", "listings", "found", "asked", "new", "revised", "unchanged"),
    *("failed", "refused", "gone", "MB", ""),
)
_LIVE = ("site", "listings", "due", "fetched", "new", "failed")
_NUMBERS = ("found", "asked", "new", "revised", "unchanged", "failed", "refused", "gone")


def report(tallies: Sequence[Tally], console: Console) -> None:
    """Prints the table of a run: asked = new + revised + unchanged + failed + refused + gone."""
    rows = [_row(tally) for tally in tallies]
    if len(rows) > 1:
        rows.append(_row(_total(tallies)))
    if console.is_terminal:
        table = _empty(HEADER)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    else:
        for line in _plain([HEADER, *rows]):
            console.print(line, highlight=False, markup=False, soft_wrap=True)


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
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in header:
        table.add_column(name, justify="left" if name in ("site", "") else "right")
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
