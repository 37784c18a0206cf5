"""Which reader read each page, and what articles said before they were read better.

A reading is what one reader makes of a page; a version is what a paper published. A page that is
read better changes its article, or the kept text of an earlier version, and makes no new version.
"""

import json
import sqlite3
from collections.abc import Iterable

from archive.store import Archive


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
