"""Archive: the articles in archive.db, stored, revised, withdrawn, and read again by id or URL."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Self

from archive.connection import ARCHIVE_FILE, explain, explained, open_file, transaction
from archive.errors import ArchiveBusyError, ArchiveError, NotFoundError
from archive.index_schema import index_later
from archive.models import Article, Change, Page, Source, Stored
from archive.rows import kept_blocks
from archive.text import d_forms
from archive.times import day_in_vietnam, to_text
from archive.versions import is_changed, keep_version, note_return, one_version, withdraw
from archive.wording import content_hash, is_relative

if TYPE_CHECKING:
    from archive.addresses import AddressBook
    from archive.derived import Derived, Deriver

__all__ = ["Archive", "explain", "explained"]

IDS_A_DAY = 10_000
MOST_WAITING = 100
# All that a new reading of a page may change, in the order of the table.
_READ = (
    *(
        "site",
        "source",
        "origin",
        "section",
        "sections",
        "published_at",
        "published_from",
        "modified_at",
        "year",
    ),
    *("language", "title", "lead", "authors", "tags", "images", "attachments", "layers"),
    *("extractor", "content_hash", "d_forms", "blocks", "body"),
)
_TIME = ("published_at", "published_from", "year")
_KNOWN = ", ".join(("id", "content_hash", "version", "page_id", *_TIME))
_COLUMNS = ", ".join(_READ)
_MARKS = ", ".join(f":{column}" for column in _READ)
_INSERT = f"""
INSERT INTO articles (id, url, {_COLUMNS}, first_seen_at, last_seen_at, version, page_id,
    read_page_id)
VALUES (:id, :url, {_MARKS}, :seen_at, :seen_at, 1, :page_id, :read_page_id)
"""
_UPDATE = f"""
UPDATE articles SET ({_COLUMNS}) = ({_MARKS}), last_seen_at = :seen_at,
    url = CASE WHEN :seen_at >= last_seen_at THEN :url ELSE url END,
    page_id = :page_id, read_page_id = :read_page_id, version = :version WHERE id = :id
"""

# Made once: json.dumps() makes one anew for each list.
_json = json.JSONEncoder(ensure_ascii=False).encode


class Archive:
    """One connection to archive.db; `add` and the other verbs join a transaction that is open."""

    def __init__(self, connection: sqlite3.Connection, folder: Path, *, write: bool) -> None:
        self.connection = connection
        self.folder = folder
        self.path = folder / ARCHIVE_FILE
        self._write = write
        self._addresses: AddressBook | None = None
        self._deriver: Deriver | None = None
        self._depth = 0

    @classmethod
    def open(cls, folder: Path, *, write: bool = False) -> Self:
        """The archive of a data folder; only a writer creates it or migrates its schema."""
        return cls(open_file(folder / ARCHIVE_FILE, write=write), folder, write=write)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self.close()
        else:
            self.connection.close()

    def close(self) -> None:
        """Closes the file; a writer leaves it small and with statistics for the next reader, unless
        another program writes: then the next one that closes it does."""
        try:
            if self._write and not self.connection.in_transaction:
                with suppress(ArchiveBusyError), explained(self.path):
                    self._finish()
        finally:
            self.connection.close()

    def _finish(self) -> None:
        """Writes what waits for more articles too, and what did so when a run was killed."""
        self.connection.execute("PRAGMA busy_timeout = 1000")
        if self.connection.execute("SELECT 1 FROM bands_later LIMIT 1").fetchone():
            with transaction(self.connection):
                self._made_deriver().finish()
        self.connection.execute("PRAGMA optimize")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, with SQLite's errors explained; may stand inside another one. What is
        read off the articles that are stored in it is written at the end of the outermost."""
        if self._deriver and self._depth == 1 and self._deriver.waiting >= MOST_WAITING:
            self._deriver.write()
        before = self._deriver.waiting if self._deriver else 0
        try:
            with explained(self.path), transaction(self.connection):
                self._depth += 1
                try:
                    yield
                    if self._depth == 1 and self._deriver:
                        self._deriver.write()
                finally:
                    self._depth -= 1
        except BaseException:
            if self._deriver:
                self._deriver.forget(before)
            raise

    @property
    def addresses(self) -> AddressBook:
        """Which addresses lead to which article."""
        if self._addresses is None:
            from archive.addresses import AddressBook  # a search has no use for it

            self._addresses = AddressBook(self.connection)
        return self._addresses

    def put_site(
        self,
        *,
        slug: str,
        name: str,
        homepage: str,
        source: Source,
        family: str | None = None,
        evidence: str | None = None,
    ) -> None:
        """A site and its source as their files name them now."""
        with self.transaction():
            self.connection.execute(
                "INSERT INTO sources VALUES (?, ?, ?, ?) ON CONFLICT (slug) DO UPDATE SET"
                " name = excluded.name, homepage = excluded.homepage, language = excluded.language",
                (source.slug, source.name, source.homepage, source.language),
            )
            self.connection.execute(
                "INSERT INTO sites (slug, name, homepage, source, family, evidence)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (slug) DO UPDATE SET"
                " name = excluded.name, homepage = excluded.homepage, source = excluded.source,"
                " family = excluded.family, evidence = excluded.evidence",
                (slug, name, homepage, source.slug, family, evidence),
            )

    def add(
        self,
        article: Article,
        *,
        site: str,
        page_id: int | None,
        seen_at: dt.datetime,
        page: Page | None = None,
        derived: Derived | None = None,
    ) -> Stored:
        """Stores what a site shows now: a new article, a new version with the old one kept, or
        nothing new. Names, sections and the like are brought up to date in each case, and an
        article that was withdrawn is back. ``page`` tells under which addresses it was read: it is
        looked for under all of them; ``derived`` is what was read off the article before."""
        from archive.derived import Derived  # its patterns and numpy cost a search 30 ms to load

        derived = derived or Derived(article)
        with self.transaction():
            identity = self.addresses.identify(article, site, page)
            values = columns(article, derived) | {
                "url": identity.url,
                "site": site,
                "page_id": page_id,
                "read_page_id": page_id,
                "seen_at": to_text(seen_at),
            }
            stored = self._put(identity.article_id, values, article, seen_at)
            self.addresses.keep(stored.article_id, identity, site, to_text(seen_at))
            changed = stored.change is not Change.UNCHANGED
            self._derive(stored.article_id, derived, is_changed=changed)
            return stored

    def _put(
        self,
        article_id: int | None,
        values: dict[str, object],
        article: Article,
        seen_at: dt.datetime,
    ) -> Stored:
        if article_id is not None:
            sql = f"SELECT {_KNOWN} FROM articles WHERE id = ?"
            return self._update(
                self.connection.execute(sql, (article_id,)).fetchone(), article, values, seen_at
            )
        article_id = self.free_id(day_in_vietnam(article.published_at or seen_at))
        index_later(self.connection, article_id)
        self.connection.execute(_INSERT, values | {"id": article_id})
        return Stored(article_id=article_id, change=Change.NEW, url=str(values["url"]))

    def derive(self, article_id: int, article: Article, *, is_changed: bool = True) -> None:
        """Makes all that is read off an article's present text anew, at the end of the transaction
        that it joins. What only the words decide is left where they are unchanged."""
        from archive.derived import Derived

        with self.transaction():
            self._derive(article_id, Derived(article), is_changed=is_changed)

    def _derive(self, article_id: int, derived: Derived, *, is_changed: bool) -> None:
        self._made_deriver().add(article_id, derived, is_changed=is_changed)

    def _made_deriver(self) -> Deriver:
        if self._deriver is None:
            from archive.derived import Deriver

            self._deriver = Deriver(self.connection)
        return self._deriver

    def _update(
        self, known: sqlite3.Row, article: Article, values: dict[str, object], at: dt.datetime
    ) -> Stored:
        changed = is_changed(self.connection, known, article)
        values |= {"id": known["id"], "version": known["version"] + changed}
        if is_relative(article.layers) and known["published_at"]:
            values |= {name: known[name] for name in _TIME}  # told sooner, it was told better
        if changed:
            keep_version(self.connection, known["id"], at)
        elif known["page_id"] is not None:
            values["page_id"] = known["page_id"]  # the page on which this version was first seen
        self.connection.execute(_UPDATE, values)
        return Stored(
            article_id=known["id"],
            change=Change.REVISED if changed else Change.UNCHANGED,
            url=str(values["url"]),
            withdrawn_at=note_return(self.connection, known["id"], at),
        )

    def free_id(self, day: dt.date) -> int:
        """The next id of a day; a day that is full goes on in days 32 to 99 of its month, so that
        ids stay in the order of months."""
        month = day.year * 100 + day.month
        for number in (day.day, *range(32, 100)):
            first = (month * 100 + number) * IDS_A_DAY
            last = self.connection.execute(
                "SELECT max(id) FROM articles WHERE id BETWEEN ? AND ?",
                (first, first + IDS_A_DAY - 1),
            ).fetchone()[0]
            free = first + 1 if last is None else int(last) + 1
            if free < first + IDS_A_DAY:
                return free
        raise ArchiveError(
            f"{self.path}: no id is left for {day}; 690,000 articles are of its month"
        )

    def withdraw(
        self,
        url: str,
        at: dt.datetime,
        *,
        reason: str | None = None,
        status: int | None = None,
        page_id: int | None = None,
    ) -> bool:
        """Marks an article that its site no longer shows, and why we think so; its text is kept.
        False where none is kept or it was withdrawn before."""
        with self.transaction():
            return withdraw(self.connection, url, at, reason=reason, status=status, page_id=page_id)

    def seen(self, article_id: int, at: dt.datetime) -> None:
        """Notes that a site answered "not modified" for an article that is kept."""
        with self.transaction():
            self.connection.execute(
                "UPDATE articles SET last_seen_at = ? WHERE id = ?", (to_text(at), article_id)
            )
            note_return(self.connection, article_id, at)

    def article(self, ref: str | int) -> sqlite3.Row:
        """The row of an article by its id, or by any address that it ever had in any spelling, else
        NotFoundError."""
        text = str(ref).strip()
        with explained(self.path):
            is_id = text.isdecimal() and len(text) < 19
            found = int(text) if is_id else self.addresses.look_up(text)
            sql = "SELECT * FROM articles WHERE id = ?"
            row: sqlite3.Row | None = self.connection.execute(sql, (found,)).fetchone()
        if row is not None:
            return row
        raise NotFoundError(
            f"no article {ref} is kept: `moit-news search` finds what is, "
            "`moit-news why URL` tells what became of an address"
        )

    def versions(self, article_id: int) -> list[sqlite3.Row]:
        """The texts that an article had before its present one, the oldest first."""
        with explained(self.path):
            return self.connection.execute(
                "SELECT * FROM versions WHERE article_id = ? ORDER BY version", (article_id,)
            ).fetchall()

    def version(self, article_id: int, number: int) -> dict[str, object]:
        """An article as one of its versions had it, in the columns of that table; raises
        NotFoundError where there is no such version."""
        with explained(self.path):
            return one_version(self.connection, self.article(article_id), number)

    def withdrawals(self, article_id: int) -> list[sqlite3.Row]:
        """When its site did not show an article, why, and when it was back; the first first."""
        with explained(self.path):
            return self.connection.execute(
                "SELECT withdrawn_at, reason, status, page_id, returned_at FROM withdrawals"
                " WHERE article_id = ? ORDER BY id",
                (article_id,),
            ).fetchall()

    def citations(self, article_id: int) -> list[sqlite3.Row]:
        """The legal documents that an article names, those it names most often first."""
        with explained(self.path):
            return self.connection.execute(
                "SELECT number, kind, count FROM citations WHERE article_id = ?"
                " ORDER BY count DESC, number",
                (article_id,),
            ).fetchall()

    def integrity(self) -> list[str]:
        """What is wrong inside archive.db and pages.db, read row by row; empty if nothing is."""
        from archive.integrity import integrity  # no search needs it

        return integrity(self.folder)


def columns(article: Article, derived: Derived | None = None) -> dict[str, object]:
    """What an article says as its row holds it, by column."""
    published = article.published_at
    body = article.text or None
    return {
        "url": article.url,
        "source": article.source,
        "origin": article.origin,
        "section": article.section,
        "sections": _list(article.sections),
        "published_at": published and to_text(published),
        "published_from": article.published_from and article.published_from.value,
        "modified_at": article.modified_at and to_text(article.modified_at),
        "year": published and day_in_vietnam(published).year,
        "language": article.language,
        "title": article.title,
        "lead": article.lead,
        "authors": _list(article.authors),
        "tags": _list(article.tags),
        "images": _list([asdict(image) for image in article.images]),
        "attachments": _list([asdict(attachment) for attachment in article.attachments]),
        "layers": _json(dict(article.layers)),
        "extractor": article.extractor,
        "content_hash": derived.hash if derived else content_hash(article),
        "d_forms": derived.forms if derived else d_forms(article.title, article.lead, body),
        "blocks": kept_blocks(article.blocks),
        "body": body,
    }


def _list(values: Sequence[object]) -> str | None:
    return _json(values) if values else None
