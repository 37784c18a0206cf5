"""When a site has changed so much that its dictionary no longer fits its pages."""

import hashlib
import sqlite3
from statistics import median

PAGES = 100
WORN = 0.7  # 30 % worse than its first pages: more than one odd week, less than any redesign
BETTER = 0.9
TRIED_ON = 10
# Bodies of all sites stand in the order of their coming; further than this nobody looks for those
# of a rare one.
REACH = 20_000

_RATIOS = """
SELECT rowid, 1.0 * size / length(z) AS ratio FROM bodies
WHERE dictionary_id = :id AND rowid BETWEEN :low AND :high ORDER BY rowid {order} LIMIT :most
"""


def is_worn(connection: sqlite3.Connection, dictionary_id: int, content: bytes) -> bool:
    """Whether the last hundred bodies of a dictionary came out a third larger than its first."""
    sql = "SELECT rowid, (SELECT max(rowid) FROM bodies) FROM bodies WHERE sha256 = ?"
    row = connection.execute(sql, (hashlib.sha256(content).digest(),)).fetchone()
    if row is None:  # brought from another archive
        return False
    start, end = row
    values = {"id": dictionary_id, "most": PAGES}
    places = {"low": start + 1, "high": start + REACH}
    first = connection.execute(_RATIOS.format(order="ASC"), values | places).fetchall()
    places = {"low": end - REACH, "high": end}
    last = connection.execute(_RATIOS.format(order="DESC"), values | places).fetchall()
    if min(len(first), len(last)) < PAGES or last[-1]["rowid"] <= first[-1]["rowid"]:
        return False
    now, then = (median(float(row["ratio"]) for row in rows) for rows in (last, first))
    return now < WORN * then


def newest(connection: sqlite3.Connection, dictionary_id: int) -> list[sqlite3.Row]:
    """The last bodies of a dictionary, for a new one to be tried on."""
    sql = "SELECT z, size FROM bodies WHERE dictionary_id = ? ORDER BY rowid DESC LIMIT ?"
    return connection.execute(sql, (dictionary_id, TRIED_ON)).fetchall()
