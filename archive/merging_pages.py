"""The pages of another archive, their bodies, and the dictionaries that these need."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from archive.connection import transaction

AT_ONCE = 200
# Not by the body where either keeps none: one of the two sites' files, or the page itself, asked
# for that, and a merge must not undo it.
_KNOWN = """
SELECT min(o.id) FROM pages.pages o LEFT JOIN other_pages.pages t ON t.id = :id
WHERE o.url = t.url AND o.fetched_at = t.fetched_at AND o.site = t.site AND o.status = t.status
    AND o.final_url = t.final_url
    AND (o.sha256 IS t.sha256 OR o.sha256 IS NULL OR t.sha256 IS NULL)
"""
_BODY = """
INSERT INTO pages.bodies (sha256, dictionary_id, size, z)
SELECT sha256, :dictionary_id, size, z FROM other_pages.bodies WHERE sha256 = :sha256
"""
_SAME_DICTIONARY = """
SELECT min(o.id) FROM pages.dictionaries o JOIN other_pages.dictionaries t ON t.id = ?
WHERE o.site = t.site AND o.made_at = t.made_at AND o.z = t.z
"""


def merge_pages(connection: sqlite3.Connection, watch: Callable[[str, int, int], None]) -> None:
    """Copies what is missing, some hundred pages in a transaction, and fills ``temp.page_map``
    with the id here of each page there."""
    connection.execute("CREATE TEMP TABLE page_map (other INTEGER PRIMARY KEY, own INTEGER)")
    names = [
        row[0] for row in connection.execute("SELECT name FROM pragma_table_info('pages', 'pages')")
    ]
    columns = ", ".join(name for name in names if name != "id")
    (whole,) = connection.execute("SELECT count(*) FROM other_pages.pages").fetchone()
    dictionaries: dict[int, int] = {}
    last = done = 0
    sql = "SELECT id, sha256 FROM other_pages.pages WHERE id > ? ORDER BY id LIMIT ?"
    while rows := connection.execute(sql, (last, AT_ONCE)).fetchall():
        watch("pages", done, whole)
        with transaction(connection):
            for row in rows:
                own = _put(connection, row, columns, dictionaries)
                connection.execute("INSERT INTO page_map VALUES (?, ?)", (row["id"], own))
        last, done = rows[-1]["id"], done + len(rows)
    watch("pages", done, whole)


def _put(
    connection: sqlite3.Connection, row: sqlite3.Row, columns: str, dictionaries: dict[int, int]
) -> int:
    (known,) = connection.execute(_KNOWN, {"id": row["id"]}).fetchone()
    if known is not None:
        return int(known)
    if row["sha256"] is not None:
        _put_body(connection, row["sha256"], dictionaries)
    sql = (
        f"INSERT INTO pages.pages ({columns}) SELECT {columns} FROM other_pages.pages WHERE id = ?"
    )
    return int(connection.execute(sql, (row["id"],)).lastrowid or 0)


def _put_body(connection: sqlite3.Connection, sha256: bytes, dictionaries: dict[int, int]) -> None:
    sql = "SELECT 1 FROM pages.bodies WHERE sha256 = ?"
    if connection.execute(sql, (sha256,)).fetchone() is not None:
        return
    sql = "SELECT dictionary_id FROM other_pages.bodies WHERE sha256 = ?"
    (needed,) = connection.execute(sql, (sha256,)).fetchone()
    if needed is not None and needed not in dictionaries:
        dictionaries[needed] = _put_dictionary(connection, needed)
    values = {"sha256": sha256, "dictionary_id": needed and dictionaries[needed]}
    connection.execute(_BODY, values)


def _put_dictionary(connection: sqlite3.Connection, needed: int) -> int:
    (known,) = connection.execute(_SAME_DICTIONARY, (needed,)).fetchone()
    if known is not None:
        return int(known)
    sql = (
        "INSERT INTO pages.dictionaries (site, made_at, z)"
        " SELECT site, made_at, z FROM other_pages.dictionaries WHERE id = ?"
    )
    return int(connection.execute(sql, (needed,)).lastrowid or 0)
