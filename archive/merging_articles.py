"""The articles of another archive: new ones, and other texts of those that are here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from archive.merging_past import Merging, merge_past, merge_withdrawals
from archive.rows import article_from_row
from archive.store import Archive
from archive.times import day_in_vietnam, from_text

AT_ONCE = 100
_OWN_URL = "SELECT article_id FROM main.addresses WHERE address = ?"
_OWN_KEY = """
SELECT own.article_id FROM other.addresses there JOIN main.addresses own
    ON own.site = there.site AND own.key = there.key
WHERE there.article_id = ? AND there.key IS NOT NULL ORDER BY own.article_id LIMIT 1
"""
# What a page only named as its own may be another article's.
_OWN_READ = """
SELECT own.article_id FROM other.addresses there JOIN main.addresses own
    ON own.address = there.address
WHERE there.article_id = ? AND there.how = 'read' AND own.how = 'read'
ORDER BY own.article_id LIMIT 1
"""
_FREE_FIRST = """
SELECT id, EXISTS (SELECT 1 FROM main.articles WHERE id = there.id) AS is_taken
FROM other.articles there ORDER BY is_taken, id
"""
_SITES = """
INSERT OR IGNORE INTO main.sources SELECT * FROM other.sources;
INSERT OR IGNORE INTO main.sites SELECT * FROM other.sites;
"""


def merge_articles(archive: Archive, watch: Callable[[str, int, int], None]) -> dict[str, int]:
    """Brings the articles, a hundred in a transaction, and fills ``temp.article_map`` with the id
    here of each article there; needs ``temp.page_map``. Gives what became of them.

    An id that is free here is kept. Those whose id is in use come last, so that a new id given to
    one of them never takes another's."""
    connection = archive.connection
    connection.execute("CREATE TEMP TABLE article_map (other INTEGER PRIMARY KEY, own INTEGER)")
    connection.execute(
        "CREATE TEMP TABLE version_map (article_id INTEGER, other INTEGER, own INTEGER,"
        " PRIMARY KEY (article_id, other))"
    )
    merging = Merging(archive)
    with archive.transaction():
        for statement in filter(str.strip, _SITES.split(";")):
            connection.execute(statement)
    ids = [row[0] for row in connection.execute(_FREE_FIRST)]
    tally = dict.fromkeys(("same", "new", "renamed", "revised"), 0)
    for start in range(0, len(ids), AT_ONCE):
        watch("articles", start, len(ids))
        with archive.transaction():
            for there in ids[start : start + AT_ONCE]:
                _merge(merging, there, tally)
    watch("articles", len(ids), len(ids))
    return tally


def _merge(merging: Merging, there: int, tally: dict[str, int]) -> None:
    connection = merging.connection
    row = connection.execute("SELECT * FROM other.articles WHERE id = ?", (there,)).fetchone()
    own = _own_id(connection, row)
    if own is None:
        own = _insert(merging, row)
        tally["new"] += 1
    else:
        tally["same"] += 1
        tally["revised"] += merge_past(merging, own, row)
    tally["renamed"] += own != there
    merging.put_addresses(own, there)
    connection.execute("INSERT INTO article_map VALUES (?, ?)", (there, own))


def _own_id(connection: sqlite3.Connection, row: sqlite3.Row) -> int | None:
    """The article here that is the same: by its address, by the site's own id for it, by any
    address at which both archives read it."""
    for sql, value in ((_OWN_URL, row["url"]), (_OWN_KEY, row["id"]), (_OWN_READ, row["id"])):
        found = connection.execute(sql, (value,)).fetchone()
        if found is not None:
            return int(found[0])
    return None


def _insert(merging: Merging, row: sqlite3.Row) -> int:
    connection = merging.connection
    taken = connection.execute("SELECT 1 FROM main.articles WHERE id = ?", (row["id"],)).fetchone()
    own = int(row["id"])
    if taken is not None:
        day = day_in_vietnam(from_text(row["published_at"] or row["first_seen_at"]))
        own = merging.archive.free_id(day)
    put(connection, "articles", merging.here(row) | {"id": own})
    texts = "SELECT * FROM other.versions WHERE article_id = ? ORDER BY version"
    for text in connection.execute(texts, (row["id"],)).fetchall():
        values = merging.here(text) | {"article_id": own}
        put(connection, "versions", {k: v for k, v in values.items() if k != "id"})
    connection.execute(
        "INSERT INTO version_map SELECT id, n.value, n.value FROM other.articles,"
        " (WITH RECURSIVE c(value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM c"
        " WHERE value < ?) SELECT value FROM c) n WHERE id = ?",
        (row["version"], row["id"]),
    )
    merge_withdrawals(connection, own, row["id"], row["last_seen_at"])
    merging.archive.derive(own, article_from_row(row))
    return own


def put(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> None:
    """One row, its columns by name."""
    names: Sequence[str] = tuple(values)
    sql = f"INSERT INTO main.{table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    connection.execute(sql, tuple(values.values()))
