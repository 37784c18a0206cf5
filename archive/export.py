"""An export: all articles of a query in one file, and a manifest that says what it is.

The archive is read as it was at one moment, whatever is written to it meanwhile; the file takes
its name when it is whole. A file without its manifest was interrupted between the two.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive.connection import steps_taken
from archive.explanation import explanation
from archive.export_page import html_pieces
from archive.export_rows import COLUMNS, NESTED, Row, exported
from archive.export_tables import csv_pieces, jsonl_pieces, parquet_pieces
from archive.export_texts import markdown_pieces, txt_pieces
from archive.matching import Selection, Watch, matching
from archive.models import VIETNAM
from archive.new_file import NewFile
from archive.text import fold
from archive.times import to_text

FORMATS = ("csv", "jsonl", "parquet", "txt", "markdown", "html")
ENDINGS = {"markdown": "md"}
WITH_BOM = ("csv", "txt", "markdown")
BOM = b"\xef\xbb\xbf"
MANIFEST = ".manifest.json"
MADE_BY = "moit-news export"
_AS_WRITTEN = {
    "csv": csv_pieces,
    "jsonl": jsonl_pieces,
    "parquet": parquet_pieces,
    "txt": txt_pieces,
    "markdown": markdown_pieces,
}
_STATE = """
SELECT (SELECT count(*) FROM articles_fts_docsize) AS articles,
    (SELECT max(id) FROM articles) AS newest_id, (SELECT max(id) FROM runs) AS last_run,
    (SELECT max(ended_at) FROM runs) AS last_run_ended_at
"""


@dataclass(kw_only=True, slots=True)
class Export:
    """What is taken of the archive as it was at one moment: which articles, in which form."""

    connection: sqlite3.Connection
    selection: Selection
    format: str
    bom: bool = False
    made_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(VIETNAM))
    ids: array[int] = field(default_factory=lambda: array("q"))
    notes: tuple[str, ...] = ()
    rows: int = 0

    @property
    def understood(self) -> str:
        parsed = self.selection.parsed
        if parsed.tree is None:
            return "All articles."
        return explanation(parsed, only_exact=self.selection.only_exact, is_ranked=False)

    def pieces(self, watch: Watch) -> Iterator[bytes]:
        """The file, a few articles at a time."""
        rows = self._watched(watch)
        if self.bom and self.format in WITH_BOM:
            yield BOM
        if self.format == "html":
            yield from html_pieces(rows, self._title, self._told())
        else:
            yield from _AS_WRITTEN[self.format](rows)

    def _watched(self, watch: Watch) -> Iterator[Row]:
        for row in exported(self.connection, self.ids):
            yield row
            self.rows += 1
            watch("written", self.rows, len(self.ids))

    @property
    def _title(self) -> str:
        return self.selection.query or "All articles"

    def _told(self) -> Iterable[str]:
        articles = "1 article" if len(self.ids) == 1 else f"{len(self.ids):,} articles"
        made = f"{self.made_at.astimezone(VIETNAM):%Y-%m-%d %H:%M} (Vietnam)"
        yield self.understood
        yield f"{articles}, the earliest first; taken from the archive on {made}."

    def manifest(self, file: NewFile) -> dict[str, Any]:
        """What the file is, and how the same could be asked again."""
        asked = self.selection
        return {
            "made_by": MADE_BY,
            "program": version("moit-news"),
            "made_at": to_text(self.made_at),
            "query": {
                "typed": asked.query or None,
                "site": asked.site,
                "source": asked.source,
                "since": asked.since and asked.since.isoformat(),
                "until": asked.until and asked.until.isoformat(),
                "exact": asked.only_exact,
                "understood": self.understood,
                "notes": list(self.notes),
            },
            "is_complete": True,
            "archive": _state(self.connection),
            "format": self.format,
            "order": "id",
            "columns": _columns(self.format),
            "files": {
                file.path.name: {
                    "bytes": file.bytes,
                    "sha256": file.sha256,
                    "rows": self.rows,
                }
            },
        }


@contextmanager
def export(
    connection: sqlite3.Connection,
    selection: Selection,
    form: str,
    *,
    bom: bool = False,
    watch: Watch,
) -> Iterator[Export]:
    """Finds all that is wanted; as long as it is open, the archive is read as it is now."""
    connection.execute("BEGIN")
    try:
        made = Export(connection=connection, selection=selection, format=form, bom=bom)
        made.ids, made.notes = matching(connection, selection, watch)
        yield made
    finally:
        connection.execute("ROLLBACK")


def write(made: Export, path: Path, *, replace: bool, watch: Watch) -> Mapping[str, Any]:
    """Writes the file and then its manifest, which is returned; raises ExportError."""
    beside = path.with_name(path.name + MANIFEST)
    with NewFile(beside, replace=replace) as note:
        with NewFile(path, replace=replace) as file:
            for piece in made.pieces(watch):
                file.write(piece)
            beside.unlink(missing_ok=True)  # an older one would speak of another file
        manifest = made.manifest(file)
        note.write((json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode())
    return manifest


def file_name(selection: Selection, form: str, made_at: dt.datetime) -> str:
    """A name that says when and what for.

    >>> when = dt.datetime(2024, 5, 2, 7, 15, tzinfo=VIETNAM)
    >>> file_name(Selection(query='"giá điện" site:moit'), "markdown", when)
    '20240502-071500-gia-dien-site-moit.md'
    """
    words = fold(selection.query or "all")
    slug = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in words).split())
    return f"{made_at:%Y%m%d-%H%M%S}-{slug[:60].strip('-') or 'query'}.{ENDINGS.get(form, form)}"


def format_of(path: Path) -> str | None:
    """The form that a file's name asks for, None where it asks for none that there is.

    >>> format_of(Path("gia-dien.md")), format_of(Path("gia-dien"))
    ('markdown', None)
    """
    ending = path.suffix.removeprefix(".").lower()
    known = {ENDINGS.get(name, name): name for name in FORMATS} | {"markdown": "markdown"}
    return known.get(ending)


def _state(connection: sqlite3.Connection) -> dict[str, object]:
    row = connection.execute(_STATE).fetchone()
    return {"schema": steps_taken(connection)[-1], **dict(row)}


def _columns(form: str) -> list[str] | None:
    if form == "jsonl":
        return [*COLUMNS, *NESTED]
    return list(COLUMNS) if form in {"csv", "parquet"} else None
