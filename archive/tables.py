"""Rows as a table: drawn on a terminal, in columns of equal width elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import IO

from archive.printing import printable

_GAP = "  "


def print_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    out: IO[str],
    *,
    numbers: Collection[str] = (),
    styles: Mapping[str, str] | None = None,
) -> None:
    """Prints the rows; no cell can hold control characters or markup. The columns named in
    ``numbers`` stand to the right; ``styles`` colours a row on a terminal by its first cell."""
    plain = [[printable(cell) for cell in row] for row in rows]
    if out.isatty():
        _draw(header, plain, out, numbers, styles or {})
    else:
        out.writelines(line + "\n" for line in columns(header, plain, numbers))


def columns(
    header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = ()
) -> list[str]:
    """The lines of a table without a frame; the last column stands free.

    >>> columns(["site", "what"], [["bao-thu", "one"]])
    ['site     what', 'bao-thu  one']
    """
    table = [list(header), *map(list, rows)]
    widths = [max(len(row[place]) for row in table) for place in range(len(header) - 1)]
    if header[-1] in numbers:
        widths.append(max(len(row[-1]) for row in table))
    widths += [0] * (len(header) - len(widths))
    forms = [str.rjust if name in numbers else str.ljust for name in header]
    return [
        _GAP.join(
            form(cell, width) for form, cell, width in zip(forms, row, widths, strict=True)
        ).rstrip()
        for row in table
    ]


def _draw(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    out: IO[str],
    numbers: Collection[str],
    styles: Mapping[str, str],
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold", justify="right" if name in numbers else "left")
    for row in rows:
        table.add_row(*map(Text, row), style=styles.get(row[0]))
    Console(file=out, highlight=False, emoji=False).print(table)
