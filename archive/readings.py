"""Which reader read each page, and what articles said before they were read better.

A reading is what one reader makes of a page; a version is what a paper published. A page that is
read better changes its article, or the kept text of an earlier version, and makes no new version.
"""

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from archive.models import Article
from archive.rows import whole_blocks
from archive.store import Archive, columns
from archive.times import to_text

# What a page says, in its order; other columns follow from these or tell how they were read.
FIELDS = (
    *("title", "lead", "blocks", "authors", "published_at", "published_from", "modified_at"),
    *("section", "sections", "origin", "tags", "images", "attachments", "language", "source"),
)
# What a story is found by, and the time, which tells who was first.
_OF_STORY = ("title", "lead", "body", "published_at")
_COMPARED = (*FIELDS, "layers", "extractor", "content_hash", "d_forms", "body")
# An archive that is older than read_page_id knows from its outcomes which page was read last.
_LAST_READ = """
SELECT o.page_id FROM frontier f JOIN outcomes o ON o.url = f.url
WHERE f.article_id = ? AND o.state IN ('done', 'unchanged') AND o.page_id IS NOT NULL
ORDER BY o.at DESC, o.id DESC LIMIT 1
"""
_VERSION = "SELECT * FROM versions WHERE article_id = ? AND coalesce(read_page_id, page_id) = ?"
Differences: TypeAlias = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is kept of a page: an article, or an earlier version of one, as its row says it now."""

    table: Literal["articles", "versions"]
    article_id: int
    row: sqlite3.Row

    @property
    def version(self) -> int:
        return int(self.row["version"])


def differences(row: sqlite3.Row, said: Mapping[str, Any]) -> Differences:
    """The fields in which a reading differs from what is kept, each with both values."""
    found = {name: (row[name], said[name]) for name in FIELDS if row[name] != said[name]}
    if "blocks" in found or row["body"] != said["body"]:
        before, now = found["blocks"] = whole_blocks(row), whole_blocks(said)
        return {name: pair for name, pair in found.items() if name != "blocks" or before != now}
    return found


def digest(said: Mapping[str, Any] | sqlite3.Row) -> bytes:
    """Equal for a row and for the columns of a reading that would leave it as it is."""
    values = json.dumps([said[name] for name in _COMPARED])
    return hashlib.sha256(values.encode()).digest()


class Readings:
    """The readings of an archive, written on its connection; each verb joins its transaction."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def reader(self, site: str, extractor: int, rules: str) -> int:
        """The number of a reader, which is kept from now on."""
        with self.archive.transaction():
            self.archive.connection.execute(
                "INSERT INTO readers (site, extractor, rules) VALUES (?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (site, extractor, rules),
            )
            return self.readers(site, extractor, rules)[0]

    def readers(self, site: str, extractor: int, rules: str) -> list[int]:
        """The number of a reader that has read pages before, or nothing."""
        rows = self.archive.connection.execute(
            "SELECT id FROM readers WHERE site = ? AND extractor = ? AND rules = ?",
            (site, extractor, rules),
        )
        return [row["id"] for row in rows]

    def note(self, page_id: int, reader_id: int) -> None:
        """Remembers who read a page last."""
        with self.archive.transaction():
            self.archive.connection.execute(
                "INSERT INTO pages_read (page_id, reader_id) VALUES (?, ?)"
                " ON CONFLICT (page_id) DO UPDATE SET reader_id = excluded.reader_id",
                (page_id, reader_id),
            )

    def forget(self, page_ids: Iterable[int]) -> None:
        """Makes pages wait to be read, whoever has read them."""
        with self.archive.transaction():
            self.archive.connection.executemany(
                "DELETE FROM pages_read WHERE page_id = ?", ((page_id,) for page_id in page_ids)
            )

    def read_by(self, reader_ids: Iterable[int], first: int, last: int) -> set[int]:
        """Of the pages from one number to another those that one of the readers read last."""
        rows = self.archive.connection.execute(
            "SELECT page_id FROM pages_read WHERE page_id BETWEEN ? AND ?"
            " AND reader_id IN (SELECT value FROM json_each(?))",
            (first, last, json.dumps(list(reader_ids))),
        )
        return {row[0] for row in rows}

    def of(self, article_id: int) -> list[sqlite3.Row]:
        """What an article and its versions said before they were read better, the newest first."""
        return self.archive.connection.execute(
            "SELECT * FROM readings WHERE article_id = ? ORDER BY id DESC", (article_id,)
        ).fetchall()

    def kept_of(self, page_id: int, article_id: int) -> Kept | None:
        """What is kept of a page that an article was read from; None where another page that
        showed the same version was read in its place."""
        present = self.present(article_id)
        if present is not None and self.page_of(present) == page_id:
            return present
        row = self.archive.connection.execute(_VERSION, (article_id, page_id)).fetchone()
        return row and Kept(table="versions", article_id=article_id, row=row)

    def present(self, article_id: int) -> Kept | None:
        """What is kept of an article's present text."""
        row = self.archive.connection.execute(
            "SELECT * FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        return row and Kept(table="articles", article_id=article_id, row=row)

    def page_of(self, present: Kept) -> int | None:
        """The page that an article's present text was read from."""
        row = present.row
        if row["read_page_id"] is not None:
            return int(row["read_page_id"])
        last = self.archive.connection.execute(_LAST_READ, (present.article_id,)).fetchone()
        page_id: int | None = row["page_id"] if last is None else last["page_id"]
        return page_id

    def correct(
        self, kept: Kept, article: Article, *, at: dt.datetime, forget: bool = False
    ) -> Differences:
        """Makes an article, or a version of it, say what its page says as it is read now, and keeps
        what it said before: but not where the page may not be archived. Gives what changed."""
        said = columns(article)
        found = differences(kept.row, said)
        with self.archive.transaction():
            if found and not forget:
                self._keep_former(kept, {name: before for name, (before, _) in found.items()}, at)
            if forget:
                self.archive.connection.execute(
                    "DELETE FROM readings WHERE article_id = ? AND version = ?",
                    (kept.article_id, kept.version),
                )
            self._rewrite(kept, said)
            if found and kept.table == "articles":
                is_changed = any(kept.row[name] != said[name] for name in _OF_STORY)
                self.archive.derive(kept.article_id, article, is_changed=is_changed)
        return found

    def _keep_former(self, kept: Kept, former: Mapping[str, Any], at: dt.datetime) -> None:
        self.archive.connection.execute(
            "INSERT INTO readings (article_id, version, replaced_at, extractor, former)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                *(kept.article_id, kept.version, to_text(at), kept.row["extractor"]),
                json.dumps(former, ensure_ascii=False),
            ),
        )

    def _rewrite(self, kept: Kept, said: Mapping[str, Any]) -> None:
        known = set(kept.row.keys()) - {"url"}  # which article it is, a new reading does not tell
        new = {name: said[name] for name in said if name in known and said[name] != kept.row[name]}
        if new:
            marks = ", ".join(f"{name} = :{name}" for name in new)
            self.archive.connection.execute(
                f"UPDATE {kept.table} SET {marks} WHERE id = :id",
                new | {"id": kept.row["id"]},
            )
