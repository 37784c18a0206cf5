"""Rows as a table: drawn on a terminal, in columns of equal width elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from archive.printing import printable

_GAP = "  "


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], out: IO[str]) -> None:
    """Prints the rows; no cell can hold control characters or markup."""
    plain = [[printable(cell) for cell in row] for row in rows]
    if out.isatty():
        _draw(header, plain, out)
    else:
        out.writelines(line + "\n" for line in columns(header, plain))


def columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table without a frame; the last column stands free.

    >>> columns(["site", "what"], [["bao-thu", "one"]])
    ['site     what', 'bao-thu  one']
    """
    table = [list(header), *map(list, rows)]
    widths = [max(len(row[place]) for row in table) for place in range(len(header) - 1)]
    return [
        _GAP.join([cell.ljust(w) for cell, w in zip(row, [*widths, 0], strict=True)]).rstrip()
        for row in table
    ]


def _draw(header: Sequence[str], rows: Sequence[Sequence[str]], out: IO[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=out, highlight=False, emoji=False).print(table)
