"""What an export says of an article: its columns, in their order, for good."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive.rows import whole_blocks

AT_ONCE = 100
# Column, and what it says; docs/export.md is written from this. New columns are added before text.
COLUMNS = {
    "id": "the archive's stable number of the article",
    "url": "its present address",
    "site": "the site that it was read on, a slug",
    "source": "who says it, a slug",
    "source_name": "the same as one cites it",
    "origin": "the paper or agency that the article says it is from",
    "title": "its title",
    "lead": "the paragraph under the title (*sapo*)",
    "authors": "its authors, as the paper writes them",
    "section": "the section it stands in",
    "sections": "the path to it, outermost first",
    "tags": "the tags of the paper",
    "language": "its language: vi, en",
    "published_at": "when it was published, in Vietnam's zone; empty where nobody says",
    "published_from": "where that time was read: shown, json-ld, meta or listing",
    "modified_at": "when its paper says that it changed it last",
    "first_seen_at": "when the archive saw it first",
    "last_seen_at": "when the archive saw it last",
    "withdrawn_at": "when it was no longer shown by its site; empty where it is shown",
    "version": "the number of the text: 1 where it was never replaced",
    "copy_of": "the id of the article that it repeats, the first of its story",
    "cites": "the numbers of the legal documents that it names",
    "has_text": "whether a text is kept: some sites allow title, lead and the like only",
    "text": "the text, without captions; paragraphs are parted by an empty line",
}
# What JSON Lines have besides, and pages of text are made of.
NESTED = {
    "blocks": "the text in its parts, captions among them: kind, text, and the rows of a table",
    "images": "address and caption of its pictures",
    "attachments": "address and words of the files that it offers",
}
LISTS = ("authors", "sections", "tags", "cites")
NUMBERS = ("id", "version", "copy_of")
TIMES = ("published_at", "modified_at", "first_seen_at", "last_seen_at", "withdrawn_at")
_OF_ARTICLE = [
    *("id", "url", "site", "source", "origin", "title", "lead", "authors", "section", "sections"),
    *("tags", "language", "published_at", "published_from", "modified_at", "first_seen_at"),
    *("last_seen_at", "withdrawn_at", "version", "blocks", "images", "attachments"),
]
_ROWS = f"""
SELECT {", ".join(f"a.{name}" for name in _OF_ARTICLE)}, a.body AS text, s.name AS source_name,
    (SELECT first_id FROM stories WHERE article_id = a.id AND first_id != a.id) AS copy_of,
    (SELECT json_group_array(number) FROM
        (SELECT number FROM citations WHERE article_id = a.id ORDER BY number)) AS cites
FROM articles a JOIN sources s ON s.slug = a.source
WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id
"""

Row = Mapping[str, Any]


def exported(connection: sqlite3.Connection, ids: Sequence[int]) -> Iterator[Row]:
    """The articles of some ids, in their order, a few in memory at a time; lists as lists."""
    for start in range(0, len(ids), AT_ONCE):
        few = json.dumps(list(ids[start : start + AT_ONCE]))
        for row in connection.execute(_ROWS, (few,)):
            yield _values(row)


def _values(row: sqlite3.Row) -> Row:
    values = dict(row)
    values["blocks"] = whole_blocks({"blocks": row["blocks"], "body": row["text"]})
    for name in (*LISTS, *NESTED):
        values[name] = json.loads(values[name] or "[]")
    values["has_text"] = values["text"] is not None
    return {name: values[name] for name in (*COLUMNS, *NESTED)}
