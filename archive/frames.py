"""Rows as notebooks want them: a sequence, a table to look at, a pandas data frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from archive.errors import MoitNewsError

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
MOST_SHOWN = 60
_WIDEST = 300


class PandasMissingError(MoitNewsError):
    """A data frame was asked for, and pandas is not installed."""


class Frame(Sequence[T], Generic[T]):
    """What was found, in its order. ``rows()`` are plain dicts; a notebook shows a table, in which
    all that pages wrote is escaped.

    >>> Frame([dt.date(2024, 5, 1)], lambda day: {"day": day, "year": day.year}).rows()
    [{'day': datetime.date(2024, 5, 1), 'year': 2024}]
    """

    def __init__(
        self,
        found: Sequence[T],
        row: Callable[[T], dict[str, Any]],
        *,
        total: int | None = None,
        is_all: bool = True,
        notes: Sequence[str] = (),
    ) -> None:
        self._found, self._row = tuple(found), row
        self.total = len(found) if total is None else total
        self.is_all = is_all
        self.notes = tuple(notes)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._found[place]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[T]:
        return iter(self._found)

    def __repr__(self) -> str:
        more = "" if self.is_all else "more than "
        return f"<{len(self)} of {more}{self.total:,}>"

    def rows(self) -> list[dict[str, Any]]:
        """Each as a dict of plain values, by the names of the columns."""
        return [self._row(each) for each in self]

    def to_dataframe(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame; raises PandasMissingError where there is no pandas."""
        try:
            import pandas as pd
        except ImportError as error:
            raise PandasMissingError(
                "pandas is not installed: `pip install pandas` beside moit-news, or use rows()"
            ) from error
        return pd.DataFrame(self.rows())

    def _repr_html_(self) -> str:
        rows = self.rows()[:MOST_SHOWN]
        names = list(rows[0]) if rows else []
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        body = "".join(f"<tr>{''.join(map(_cell, row.values()))}</tr>" for row in rows)
        told = "".join(f"<p>{escape(note)}</p>" for note in (repr(self), *self.notes))
        return f"{told}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    """
    >>> _cell("https://bo.example.vn/?a=1&b=2"), _cell(None)
    ('<td><a href="https://bo.example.vn/?a=1&amp;b=2">bo.example.vn</a></td>', '<td></td>')
    """
    text = "" if value is None else str(value)
    if isinstance(value, str) and value.startswith(("https://", "http://")):
        return f'<td><a href="{escape(text)}">{escape(text.split("/")[2])}</a></td>'
    if isinstance(value, dt.datetime):
        text = f"{value:%Y-%m-%d %H:%M}"
    shown = f"{text[:_WIDEST]}…" if len(text) > _WIDEST else text
    return f"<td>{escape(shown)}</td>"
