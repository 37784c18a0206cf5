"""`moit-news facets` as tables with bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from archive.bars import bar, percent, takes_blocks
from archive.facets import By, Facet, Facets
from archive.printing import new_console, printable
from archive.trend_printing import WIDEST

if TYPE_CHECKING:
    from rich.text import Text

HEADINGS = {
    By.SITE: "site",
    By.YEAR: "year",
    By.SECTION: "section",
    By.AUTHOR: "author",
    By.TAG: "tag",
    By.CITED: "cited document",
}
WIDEST_VALUE = 36


def print_facets(found: Facets, out: IO[str]) -> None:
    """How many articles were looked at, then a table each."""
    console = new_console(out)
    full = "█" if takes_blocks(out) else "#"
    for line in _lines(found, min(console.width, WIDEST) - 1, full):
        console.print(line, soft_wrap=True)


def about(found: Facets) -> str:
    """What was counted, in a sentence; honest where it was not all."""
    told = f"{printable(found.query)}: {found.articles:,} articles"
    if found.looked_back_to is None:
        return told
    return (
        f"{printable(found.query)}: the newest {found.articles:,} articles, back to "
        f"{found.looked_back_to}; --thorough counts all"
    )


def _lines(found: Facets, width: int, full: str) -> Iterator[Text | str]:
    from rich.cells import cell_len
    from rich.text import Text

    yield Text(about(found), "bold")
    yield from map(printable, found.notes)
    widths = (cell_len(printable(value)) for facet in found.facets for value, _ in facet.values)
    label = min(WIDEST_VALUE, max(widths, default=0))
    for facet in found.facets if found.articles else ():
        yield ""
        yield from _table(facet, found.articles, label, full, max(8, width - label - 21))


def _table(facet: Facet, articles: int, label: int, full: str, room: int) -> Iterator[Text | str]:
    from rich.text import Text

    yield Text(HEADINGS[facet.by], "bold cyan")
    most = max((count for _, count in facet.values), default=1)
    for value, count in facet.values:
        line = Text(f"  {_cut(printable(value), label)}  ")
        line.append(f"{count:>7,} {percent(count / articles):>6}  ")
        line.append(bar(count / most, room, full), "cyan")
        yield line
    told = []
    if more := facet.values_in_all - len(facet.values):
        told.append(f"and {more:,} more")
    if facet.without:
        told.append(f"{facet.without:,} articles have none")
    if told:
        yield Text(f"  {'; '.join(told)}", "dim")


def _cut(name: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return set_cell_size(name if cell_len(name) <= width else name[: width - 1] + "…", width)
