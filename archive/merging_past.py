"""One article that two archives have: its texts in the order in which either saw them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from archive.models import TimeOrigin
from archive.rows import article_from_row, blocks_of
from archive.store import Archive
from archive.timeline import Text, braid
from archive.times import from_text
from archive.versions import KEPT
from archive.wording import same_time, wording_hash

PAGES = ("page_id", "read_page_id")
# What an article's row holds of its own and not of one of its texts.
_OWN = ("id", "url", "first_seen_at", "last_seen_at", "withdrawn_at", "version")
_WITHDRAWN = """
INSERT INTO main.withdrawals (article_id, url, withdrawn_at, reason, status, page_id, returned_at)
SELECT :own, url, withdrawn_at, reason, status,
    (SELECT own FROM temp.page_map WHERE other = page_id), returned_at
FROM other.withdrawals there WHERE article_id = :there AND NOT EXISTS (SELECT 1
    FROM main.withdrawals WHERE article_id = :own AND withdrawn_at = there.withdrawn_at)
ORDER BY id
"""
_RETURNED = """
UPDATE main.withdrawals SET returned_at = :last
WHERE article_id = :own AND returned_at IS NULL AND withdrawn_at < :last
"""
_MARK = """
UPDATE main.articles SET withdrawn_at = (SELECT min(withdrawn_at) FROM main.withdrawals
    WHERE article_id = :own AND returned_at IS NULL) WHERE id = :own
"""


class Merging:
    """The archive that is merged into, and where the other's pages are here."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.connection = archive.connection

    def here(self, row: sqlite3.Row) -> dict[str, Any]:
        """A row of the other archive with the ids that its pages have here."""
        values = dict(zip(row.keys(), row, strict=True))
        return values | {name: self._page(row[name]) for name in PAGES if name in values}

    def put_addresses(self, own: int, there: int) -> None:
        """Brings the addresses of an article; one that leads elsewhere here stays as it is."""
        sql = "SELECT * FROM other.addresses WHERE article_id = ?"
        for row in self.connection.execute(sql, (there,)).fetchall():
            values = dict(zip(row.keys(), row, strict=True)) | {"article_id": own}
            names, marks = ", ".join(values), ", ".join("?" * len(values))
            self.connection.execute(
                f"INSERT OR IGNORE INTO main.addresses ({names}) VALUES ({marks})",
                tuple(values.values()),
            )

    def _page(self, there: int | None) -> int | None:
        sql = "SELECT own FROM temp.page_map WHERE other = ?"
        found = self.connection.execute(sql, (there,)).fetchone()
        return None if found is None else int(found[0])


def merge_past(merging: Merging, own: int, there: sqlite3.Row) -> bool:
    """Brings the texts, sights and withdrawals of one article; True where its texts changed."""
    connection = merging.connection
    here = connection.execute("SELECT * FROM main.articles WHERE id = ?", (own,)).fetchone()
    ours = _texts(connection, here, "main")
    theirs = _texts(connection, there, "other")
    whole = braid(ours, theirs, _says_the_same)
    _map_versions(connection, there["id"], theirs, whole)
    is_revised = [text.row for text in whole] != [text.row for text in ours]
    if [(t.row, t.seen, t.last) for t in whole] != [(t.row, t.seen, t.last) for t in ours]:
        _write(merging, here, whole)
        _move_readings(connection, own, ours, whole)
    if is_revised and not whole[-1].is_ours:
        merging.archive.derive(own, article_from_row(there))
    merge_withdrawals(connection, own, there["id"], whole[-1].last)
    return is_revised


def merge_withdrawals(connection: sqlite3.Connection, own: int, there: int, last: str) -> None:
    """Brings when the other saw the article withdrawn; ``last`` is when either saw it last."""
    ids = {"own": own, "there": there, "last": last}
    if connection.execute(_WITHDRAWN, ids).rowcount + connection.execute(_RETURNED, ids).rowcount:
        connection.execute(_MARK, ids)


def _texts(connection: sqlite3.Connection, article: sqlite3.Row, schema: str) -> list[Text]:
    """All texts of an article, the oldest first; the last is the row of the article itself."""
    sql = f"SELECT * FROM {schema}.versions WHERE article_id = ? ORDER BY version"
    old = connection.execute(sql, (article["id"],)).fetchall()
    is_ours = schema == "main"
    texts = [
        Text(
            seen=row["seen_at"],
            last=max(
                row["seen_at"], min(row["last_seen_at"] or row["seen_at"], row["replaced_at"])
            ),
            is_ours=is_ours,
            row=row,
        )
        for row in old
    ]
    seen = old[-1]["replaced_at"] if old else article["first_seen_at"]
    last = max(seen, article["last_seen_at"])
    return [*texts, Text(seen=seen, last=last, is_ours=is_ours, row=article)]


def _says_the_same(one: sqlite3.Row, other: sqlite3.Row) -> bool:
    """As the store judges it: by the words and the time that a page gives."""
    if one["content_hash"] == other["content_hash"]:
        return True
    if _wording(one) != _wording(other):
        return False
    return same_time(_published(one), _published(other))


def _wording(row: sqlite3.Row) -> str:
    return wording_hash(row["title"], row["lead"], blocks_of(row))


def _published(row: sqlite3.Row) -> tuple[Any, TimeOrigin | None]:
    origin = row["published_from"] and TimeOrigin(row["published_from"])
    return (row["published_at"] and from_text(row["published_at"]), origin)


def _map_versions(
    connection: sqlite3.Connection, there: int, theirs: list[Text], whole: list[Text]
) -> None:
    """``temp.version_map``: which version each text of theirs is here now."""
    rows = [(there, number, own) for number, own in enumerate(_places(theirs, whole), 1)]
    connection.executemany("INSERT INTO version_map VALUES (?, ?, ?)", rows)


def _places(texts: list[Text], whole: list[Text]) -> list[int]:
    """The number that each text has in the whole history."""
    return [
        next(
            number
            for number, one in enumerate(whole, 1)
            if one.seen <= text.seen <= one.last and _says_the_same(one.row, text.row)
        )
        for text in texts
    ]


def _move_readings(
    connection: sqlite3.Connection, own: int, ours: list[Text], whole: list[Text]
) -> None:
    """What was kept of earlier readings goes with the version that was read."""
    connection.execute("UPDATE main.readings SET version = -version WHERE article_id = ?", (own,))
    connection.executemany(
        "UPDATE main.readings SET version = ? WHERE article_id = ? AND version = ?",
        [(number, own, -before) for before, number in enumerate(_places(ours, whole), 1)],
    )


def _write(merging: Merging, here: sqlite3.Row, whole: list[Text]) -> None:
    """Makes versions and article what the whole history says. Rows that are here keep their ids,
    and are moved out of the way first: (article, version) is unique."""
    connection = merging.connection
    connection.execute(
        "UPDATE main.versions SET version = -version WHERE article_id = ?", (here["id"],)
    )
    used: set[int] = set()
    for number, text in enumerate(whole[:-1], 1):
        values = {
            "version": number,
            "seen_at": text.seen,
            "last_seen_at": text.last,
            "replaced_at": whole[number].seen,
        }
        old = text.row["id"] if text.is_ours and text.row["id"] != here["id"] else None
        if old is not None and old not in used:
            used.add(old)
            _update(connection, "versions", old, values)
        else:
            row = dict(zip(text.row.keys(), text.row, strict=True))
            row = row if text.is_ours else merging.here(text.row)
            kept = {name: row[name] for name in (*KEPT, *PAGES)}
            _insert(connection, kept | values | {"article_id": here["id"]})
    last = whole[-1]
    values = {} if last.is_ours else merging.here(last.row)
    values = {name: value for name, value in values.items() if name not in _OWN}
    values |= {"version": len(whole), "first_seen_at": whole[0].seen, "last_seen_at": last.last}
    _update(connection, "articles", here["id"], values)


def _update(
    connection: sqlite3.Connection, table: str, row_id: int, values: Mapping[str, Any]
) -> None:
    names = ", ".join(f"{name} = ?" for name in values)
    sql = f"UPDATE main.{table} SET {names} WHERE id = ?"
    connection.execute(sql, (*values.values(), row_id))


def _insert(connection: sqlite3.Connection, values: Mapping[str, Any]) -> None:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    sql = f"INSERT INTO main.versions ({names}) VALUES ({marks})"
    connection.execute(sql, tuple(values.values()))
