"""The archive for notebooks and other programs: read-only, typed, from any thread."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from archive.connection import ARCHIVE_FILE, explained, open_file
from archive.errors import ArchiveError, DataFolderError
from archive.folder import data_folder
from archive.frames import Frame
from archive.marking import CLOSE, OPEN
from archive.models import VIETNAM, Article, Hit
from archive.rows import article_from_row
from archive.store import Archive as Store
from archive.times import from_text

if TYPE_CHECKING:
    from archive.copies import Told
    from archive.trend import Time

_SOURCES = "SELECT slug, name FROM sources"
_MARKS = re.compile(f"[{OPEN}{CLOSE}]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An article as one version has it. ``said`` holds all that its page said, its blocks, tables
    and pictures among it; ``replaced_at`` is None for the present version."""

    id: int
    version: int
    url: str
    source_name: str
    said: Article
    seen_at: dt.datetime
    replaced_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    cites: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.said.title

    @property
    def text(self) -> str:
        """The body as plain text, a blank line between two blocks."""
        return self.said.text

    @property
    def published_at(self) -> dt.datetime | None:
        return self.said.published_at

    def _repr_html_(self) -> str:
        said = self.said
        when = f"{said.published_at:%Y-%m-%d %H:%M}" if said.published_at else "no date"
        blocks = "".join(f"<p>{escape(block.text)}</p>" for block in said.blocks)
        about = f"{self.source_name} · {said.section or ''} · {when} · version {self.version}"
        lead = f"<p><b>{escape(said.lead)}</b></p>" if said.lead else ""
        return (
            f'<h3><a href="{escape(self.url)}">{escape(said.title)}</a></h3>'
            f"<p>{escape(about)}</p>{lead}{blocks}"
        )


class Archive:
    """A data folder, or its archive.db, opened for reading; while a crawl writes, too.

    Each thread that uses it has a connection of its own. Times are aware, in Vietnam's zone.

    >>> from pathlib import Path
    >>> Archive(Path("/nowhere"))
    Traceback (most recent call last):
    archive.errors.DataFolderError: there is no archive.db in /nowhere: run `moit-news crawl` \
first, or point MOIT_NEWS_DATA to the folder that holds it
    """

    def __init__(self, path: str | Path | None = None) -> None:
        given = Path(path) if path is not None else data_folder()
        self.folder = given.parent if given.name == ARCHIVE_FILE else given
        if given.is_file() and given.name != ARCHIVE_FILE:
            raise DataFolderError(f"{given} is no archive: name the folder that holds archive.db")
        self._own = threading.local()
        self._opened: list[Store] = []
        self._lock = threading.Lock()
        self._is_closed = False
        self._store()

    def _store(self) -> Store:
        """This thread's connection."""
        if self._is_closed:
            raise ArchiveError("this archive was closed: open it again with archive.Archive(…)")
        store: Store | None = getattr(self._own, "store", None)
        if store is None:
            connection = open_file(self.folder / ARCHIVE_FILE, write=False, any_thread=True)
            store = self._own.store = Store(connection, self.folder, write=False)
            with self._lock:
                self._opened.append(store)
        return store

    def close(self) -> None:
        """Closes the connections of all threads; none of them may be asking just then."""
        with self._lock:
            self._is_closed = True
            while self._opened:
                self._opened.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Archive({str(self.folder)!r})"

    def search(
        self,
        query: str,
        *,
        site: str | None = None,
        source: str | None = None,
        since: dt.date | str | None = None,
        until: dt.date | str | None = None,
        limit: int = 20,
        newest: bool = False,
        exact: bool = False,
        thorough: bool = False,
        unfolded: bool = False,
    ) -> Frame[Hit]:
        """What `moit-news search` finds, best first or ``newest``. Days are dates or ISO 8601.

        ``notes`` of the result say what a misspelt field may mean; ``total`` counts the hits."""
        from archive.search import find

        store = self._store()
        with explained(store.path):
            answer = find(
                store.connection,
                query,
                site=site,
                source=source,
                since=_day(since),
                until=_day(until),
                limit=limit,
                newest=newest,
                only_exact=exact,
                thorough=thorough,
                unfolded=unfolded,
            )
            names = self._names(store)
        return Frame(
            answer.hits,
            lambda hit: _hit_row(hit, names),
            total=answer.total,
            is_all=answer.is_all,
            notes=answer.notes,
        )

    def article(self, ref: str | int) -> Kept:
        """The article of this id, or of any address it ever had; raises NotFoundError."""
        store = self._store()
        row = store.article(ref)
        kept = self._version(store, row["id"], row["version"])
        with explained(store.path):
            cites = tuple(each["number"] for each in store.citations(row["id"]))
        return replace(kept, cites=cites, url=row["url"])

    def versions(self, ref: str | int) -> Frame[Kept]:
        """All texts that an article has had, the first one first, the present one last."""
        store = self._store()
        row = store.article(ref)
        numbers = [each["version"] for each in store.versions(row["id"])] + [row["version"]]
        found = [self._version(store, row["id"], number) for number in numbers]
        return Frame(found, _version_row)

    def copies(self, ref: str | int) -> Frame[Told]:
        """The story of an article: those that repeat it or that it repeats, the first one first."""
        from archive.copies import told

        store = self._store()
        with explained(store.path):
            return Frame(told(store.connection, store.article(ref)["id"]), _copy_row)

    def trend(
        self,
        query: str,
        *,
        by: str | None = None,
        site: str | None = None,
        since: dt.date | str | None = None,
        until: dt.date | str | None = None,
        exact: bool = False,
    ) -> Frame[Time]:
        """How many articles a query finds by day, week, month or year, beside what was watched:
        where nothing was, an article may have been missed, and 0 says nothing."""
        from archive.counting import Asking
        from archive.days import By
        from archive.trend import Time, trend

        asking = Asking(
            query=query, site=site, since=_day(since), until=_day(until), only_exact=exact
        )
        store = self._store()
        with explained(store.path):
            now = dt.datetime.now(VIETNAM)
            found = trend(
                store.connection, asking, now=now, by=By(by) if by else None, seconds=None
            )
        return Frame(found.times, Time.values, notes=found.notes)

    def facets(self, query: str, *, site: str | None = None) -> Frame[tuple[str, str, int]]:
        """The commonest sites, years, sections, authors, tags and cited documents of what a query
        finds: by what, its value, and how many articles have it."""
        from archive.counting import Asking
        from archive.facets import facets

        store = self._store()
        with explained(store.path):
            found = facets(store.connection, Asking(query=query, site=site), thorough=True)
        each = [(f.by.value, value, count) for f in found.facets for value, count in f.values]
        names = ("by", "value", "articles")
        return Frame(each, lambda row: dict(zip(names, row, strict=True)), notes=found.notes)

    def _version(self, store: Store, article_id: int, number: int) -> Kept:
        row: Mapping[str, Any] = store.version(article_id, number)
        withdrawn = store.article(article_id)["withdrawn_at"]
        return Kept(
            id=article_id,
            version=number,
            url=row["url"],
            source_name=self._names(store).get(row["source"], row["source"]),
            said=article_from_row(row),
            seen_at=from_text(row["seen_at"]),
            replaced_at=row["replaced_at"] and from_text(row["replaced_at"]),
            withdrawn_at=withdrawn and from_text(withdrawn),
        )

    def _names(self, store: Store) -> dict[str, str]:
        return dict(store.connection.execute(_SOURCES).fetchall())


def _day(given: dt.date | str | None) -> dt.date | None:
    return dt.date.fromisoformat(given) if isinstance(given, str) else given


def _hit_row(hit: Hit, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "published_at": hit.published_at and from_text(hit.published_at),
        "source": names.get(hit.source, hit.source),
        "section": hit.section,
        "title": hit.title,
        "snippet": _MARKS.sub("", hit.snippet),
        "url": hit.url,
        "id": hit.id,
        "copies": hit.copies,
        "withdrawn_at": hit.withdrawn_at and from_text(hit.withdrawn_at),
    }


def _version_row(kept: Kept) -> dict[str, Any]:
    names: Sequence[str] = ("version", "seen_at", "replaced_at", "title", "text", "url", "id")
    return {name: getattr(kept, name) for name in names}


def _copy_row(told: Told) -> dict[str, Any]:
    row, changes = told.row, told.changes
    when = row["published_at"]
    return {
        "published_at": when and from_text(when),
        "source": row["source_name"],
        "title": row["title"],
        "kept": 1.0 if changes is None else round(changes.kept, 4),
        "left_out": 0 if changes is None else len(changes.removed),
        "put_in": 0 if changes is None else len(changes.added),
        "url": row["url"],
        "id": row["id"],
    }
