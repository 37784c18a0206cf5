"""Articles as tables: CSV for spreadsheets, JSON Lines and Parquet for programs.

Each form makes of rows the pieces of a file, so that no export is ever in memory whole.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import Any

from archive.errors import ExportError
from archive.export_rows import COLUMNS, LISTS, NUMBERS, TIMES, Row
from archive.models import VIETNAM
from archive.text import clean

# A group is what a reader of Parquet holds at least; 1,000 articles are about 4 MB.
ROWS_OF_A_GROUP = 1_000
BETWEEN = {"sections": " › "}
# What a spreadsheet takes for a formula, after the rules of OWASP: at the start of a cell, and
# where a program that cuts by other separators would begin one. A list's "- one" is none.
_AT_START = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
_INSIDE = re.compile(r"([;\t\n])(?=[=+@＝＋＠]|-\S)")
# Line breaks to Python and JavaScript, but not to JSON.
_OTHER_BREAKS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def csv_pieces(rows: Iterable[Row]) -> Iterator[bytes]:
    """RFC 4180: one header, then a line an article; lists in one cell, texts safe to open."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(name, row[name]) for name in COLUMNS])
        yield _drained(out)
    yield _drained(out)


def jsonl_pieces(rows: Iterable[Row]) -> Iterator[bytes]:
    """A JSON object a line, with lists as lists and blocks, pictures and files besides."""
    for row in rows:
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        for sign, written in _OTHER_BREAKS.items():
            text = text.replace(sign, written)
        yield text.encode("utf-8", "replace") + b"\n"


def parquet_pieces(rows: Iterable[Row]) -> Iterator[bytes]:
    """Apache Parquet with types: numbers, lists, times in Vietnam's zone; packed with zstd."""
    pa, parquet = _pyarrow()
    schema, sink = _schema(pa), _Sink()
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        remaining = iter(rows)
        while few := list(islice(remaining, ROWS_OF_A_GROUP)):
            writer.write_table(pa.Table.from_pylist([_typed(row) for row in few], schema))
            yield sink.drained()
    yield sink.drained()


def safe_cell(text: str) -> str:
    """A text as a cell that no spreadsheet runs: an apostrophe before what looks like a formula.

    >>> safe_cell('=HYPERLINK("https://a.vn")'), safe_cell("Giá -2,5 %; +3 %")
    ('\\'=HYPERLINK("https://a.vn")', 'Giá -2,5 %; +3 %')
    """
    return ("'" if _AT_START.match(text) else "") + _INSIDE.sub(r"\1'", text)


def _cell(name: str, value: Any) -> object:
    if name in NUMBERS:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    text = BETWEEN.get(name, "; ").join(value) if name in LISTS else value
    return safe_cell(clean(text)) if text else ""


def _drained(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "replace")


class _Sink(io.RawIOBase):
    """Where a writer of files puts bytes until they are taken from there."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._at

    def drained(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _pyarrow() -> tuple[Any, Any]:
    try:
        pa = import_module("pyarrow")
        parquet = import_module("pyarrow.parquet")
    except ImportError as error:
        raise ExportError(
            "Parquet is written by pyarrow, which is not installed: call `make parquet` where "
            "moit-news was set up, or choose --format jsonl"
        ) from error
    return pa, parquet


def _schema(pa: Any) -> Any:
    kinds = dict.fromkeys(LISTS, pa.list_(pa.string())) | dict.fromkeys(NUMBERS, pa.int64())
    kinds |= dict.fromkeys(TIMES, pa.timestamp("ms", tz=str(VIETNAM))) | {"has_text": pa.bool_()}
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])


def _typed(row: Row) -> dict[str, object]:
    times = {name: row[name] and dt.datetime.fromisoformat(row[name]) for name in TIMES}
    return {name: times.get(name, row[name]) for name in COLUMNS}
