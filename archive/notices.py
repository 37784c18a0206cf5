"""What a channel is told: the hits of a watch as notices, and some of them as one dispatch."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from archive.branches import branches
from archive.marking import Marks
from archive.search import best_snippet, marks_of
from archive.text import clean
from archive.times import from_text
from archive.watches import Watch

_PENDING = "arrival_id > :after AND arrival_id <= :upto ORDER BY arrival_id LIMIT :most"
# Of each article what happened last.
_LATEST = """
arrival_id = (SELECT max(o.arrival_id) FROM watch_hits o
    WHERE o.watch_id = :watch AND o.article_id = h.article_id)
AND arrival_id <= :upto ORDER BY arrival_id DESC LIMIT :most
"""

_NOTICES = """
SELECT h.arrival_id, h.change, h.found_at, a.id, a.url, a.title, a.lead, a.section, a.authors,
    a.published_at, a.modified_at, a.withdrawn_at, a.version, a.language, a.site, a.source,
    s.name AS source_name, a.body, f.url AS first_url, fs.name AS first_source
FROM watch_hits h JOIN articles a ON a.id = h.article_id JOIN sources s ON s.slug = a.source
LEFT JOIN stories st ON st.article_id = a.id AND st.first_id <> a.id
LEFT JOIN articles f ON f.id = st.first_id LEFT JOIN sources fs ON fs.slug = f.source
WHERE h.watch_id = :watch AND {which}
"""
_NO_CHARACTERS = dict.fromkeys((0xFFFE, 0xFFFF))
LAST = (1 << 63) - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One hit as it is told: what happened to which article. In ``marked_title`` and ``snippet``
    the words that were looked for stand in ``⟦ ⟧``; ``copy_of`` is the source and address of the
    article that was published first, where this one repeats it."""

    number: int
    change: str
    found_at: datetime
    article_id: int
    url: str
    title: str
    marked_title: str
    snippet: str
    lead: str | None
    source: str
    source_name: str
    site: str
    section: str | None
    authors: tuple[str, ...]
    language: str | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    version: int
    copy_of: tuple[str, str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatch:
    """Some notices of a watch as one message; the same notices are always of the same ``id``."""

    watch: Watch
    notices: tuple[Notice, ...]
    waiting: int = 0

    @property
    def first(self) -> int:
        return min((each.number for each in self.notices), default=0)

    @property
    def last(self) -> int:
        return max((each.number for each in self.notices), default=0)

    @property
    def id(self) -> str:
        """Unique in the world, of letters, digits and dashes."""
        return f"{self.watch.tag.rpartition(':')[2]}-{self.first}-{self.last}"


def pending(
    connection: sqlite3.Connection, watch: Watch, *, after: int, upto: int | None, most: int
) -> tuple[Notice, ...]:
    """The notices that come after one, the first come first."""
    values: dict[str, object] = {
        "after": after,
        "upto": LAST if upto is None else upto,
        "most": most,
    }
    return _notices(connection, watch, _PENDING, values)


def latest(connection: sqlite3.Connection, watch: Watch, most: int) -> tuple[Notice, ...]:
    """What happened last to each of the newest hits, the newest first."""
    return _notices(connection, watch, _LATEST, {"upto": LAST, "most": most})


def _notices(
    connection: sqlite3.Connection, watch: Watch, which: str, values: dict[str, object]
) -> tuple[Notice, ...]:
    rows = connection.execute(_NOTICES.format(which=which), values | {"watch": watch.id})
    marks = marks_of(*branches(watch.parsed))
    return tuple(_notice(row, marks) for row in rows)


def _notice(row: sqlite3.Row, marks: Marks) -> Notice:
    title = _line(row["title"])
    return Notice(
        **{name: row[name] for name in ("change", "url", "source", "site", "version", "language")},
        number=row["arrival_id"],
        article_id=row["id"],
        title=title,
        marked_title=marks.marked(title),
        snippet=_line(best_snippet(marks, row["body"], row["lead"])),
        lead=row["lead"] and _line(row["lead"]),
        source_name=_line(row["source_name"]),
        section=row["section"] and _line(row["section"]),
        authors=tuple(map(_line, json.loads(row["authors"] or "[]"))),
        found_at=from_text(row["found_at"]),
        published_at=row["published_at"] and from_text(row["published_at"]),
        withdrawn_at=row["withdrawn_at"] and from_text(row["withdrawn_at"]),
        copy_of=(_line(row["first_source"]), row["first_url"]) if row["first_url"] else None,
    )


def _line(text: str) -> str:
    """One line without the characters that no XML may hold and no terminal should."""
    return " ".join(clean(text).translate(_NO_CHARACTERS).split())
