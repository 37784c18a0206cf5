"""What another archive asked and when: runs, outcomes, the frontier, listings, addresses."""

from __future__ import annotations

import sqlite3

from archive.stretches import note_stretch

# The id here of what a row there names, by the name of the column.
_HERE = {
    "article_id": "(SELECT own FROM temp.article_map WHERE other = t.article_id)",
    "page_id": "(SELECT own FROM temp.page_map WHERE other = t.page_id)",
    "run_id": "(SELECT own FROM temp.run_map WHERE other = t.run_id)",
    "reader_id": "(SELECT own FROM temp.reader_map WHERE other = t.reader_id)",
}
# Two machines' crontabs may start the same command in the same second: the first answer tells.
_FIRST = "(SELECT url || at FROM {schema}.outcomes WHERE run_id = {table}.id ORDER BY id LIMIT 1)"
_SAME_RUN = (
    "o.started_at = t.started_at AND o.command = t.command AND o.program = t.program"
    f" AND {_FIRST.format(schema='main', table='o')} IS {_FIRST.format(schema='other', table='t')}"
)
# A run that was under way at the last merge has ended since, or counted more.
_RUN_ENDED = """
UPDATE main.runs SET ended_at = t.ended_at, exit_code = t.exit_code, reason = t.reason
FROM other.runs t JOIN temp.run_map m ON m.other = t.id
WHERE main.runs.id = m.own AND main.runs.ended_at IS NULL AND t.ended_at IS NOT NULL
"""
_SAME_LISTING = "o.site = t.site AND o.listing = t.listing"
_LISTING_NAMED = """
UPDATE main.watched_listings SET named_from = min(main.watched_listings.named_from, t.named_from),
    named_until = max(main.watched_listings.named_until, t.named_until)
FROM other.watched_listings t
WHERE main.watched_listings.site = t.site AND main.watched_listings.listing = t.listing
"""
_STRETCHES = """
SELECT l.site, l.listing, s.since, s.until
FROM other.stretches s JOIN other.watched_listings l ON l.id = s.listing_id
"""
_SAME_READER = "o.site = t.site AND o.extractor = t.extractor AND o.rules = t.rules"
_SAME_OUTCOME = """
SELECT 1 FROM main.outcomes o WHERE o.url = t.url AND o.at = t.at AND o.state = t.state
    AND o.run_id IS (SELECT own FROM temp.run_map WHERE other = t.run_id)
"""
_SAME_READING = """
SELECT 1 FROM main.readings o WHERE o.replaced_at = t.replaced_at AND o.former = t.former
    AND o.article_id = (SELECT own FROM temp.article_map WHERE other = t.article_id)
"""
# A URL that the other was fetching is due here: no run of this archive is asking for it. The one
# that was answered last knows its state; an article or page that either knows stays known.
_LATER = "coalesce(excluded.answered_at, '') > coalesce(main.frontier.answered_at, '')"
_FIRST_FOUND = """
UPDATE main.frontier SET found_at = t.found_at, found_on = t.found_on FROM other.frontier t
WHERE t.url = main.frontier.url AND t.found_at < main.frontier.found_at
"""
# Tables whose rows are the same where their key is; what is here stays.
KEYED = ("listings", "asks", "pages_read")
# Tables that the rest of a merge, a trigger, or the store's own code fills; and the other archive's
# watches, which tell of that one.
ELSEWHERE = (
    *("sources", "sites", "articles", "versions", "withdrawals", "runs", "readers"),
    *("run_sites", "outcomes", "addresses", "frontier", "hosts", "readings"),
    *("watched_listings", "stretches"),
    *("citations", "signatures", "bands", "pairs", "stories", "words"),
    *("indexed_later", "bands_later"),
    *("arrivals", "watches", "watch_hits", "watch_channels"),
)


def merge_asked(connection: sqlite3.Connection) -> None:
    """Brings all this in the transaction that is open; needs ``temp.article_map`` and the like."""
    there = {row[0] for row in connection.execute("SELECT name FROM other.sqlite_master")}
    _map(connection, "runs", "run_map", _SAME_RUN)
    if "readers" in there:
        _map(connection, "readers", "reader_map", _SAME_READER)
    for table in KEYED:
        if table in there:
            _copy(connection, table, "INSERT OR IGNORE")
    connection.execute(_RUN_ENDED)
    _merge_run_sites(connection)
    _copy(connection, "outcomes", where=f"NOT EXISTS ({_SAME_OUTCOME})")
    _merge_frontier(connection)
    connection.execute(
        "INSERT INTO main.hosts SELECT * FROM other.hosts WHERE true ON CONFLICT (host) DO UPDATE"
        " SET not_before = excluded.not_before, reason = excluded.reason"
        " WHERE excluded.not_before > not_before"
    )
    if "stretches" in there:
        _merge_stretches(connection)
    if "readings" in there:
        _copy(
            connection,
            "readings",
            where=f"NOT EXISTS ({_SAME_READING})",
            version="(SELECT v.own FROM temp.version_map v WHERE v.article_id = t.article_id"
            " AND v.other = t.version)",
        )


def _map(connection: sqlite3.Connection, table: str, name: str, same: str) -> None:
    """Brings the rows that are not here and notes the id here of each."""
    connection.execute(f"CREATE TEMP TABLE {name} (other INTEGER PRIMARY KEY, own INTEGER)")
    # One statement, so that SQLite makes itself an index: years hold ten thousands of runs.
    find = (
        f"SELECT t.id, min(o.id) FROM other.{table} t LEFT JOIN main.{table} o ON {same}"
        " GROUP BY t.id ORDER BY t.id"
    )
    columns = ", ".join(_columns(connection, table))
    bring = f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM other.{table} WHERE id = ?"
    for there, known in connection.execute(find).fetchall():
        own = connection.execute(bring, (there,)).lastrowid if known is None else known
        connection.execute(f"INSERT INTO temp.{name} VALUES (?, ?)", (there, own))


def _copy(
    connection: sqlite3.Connection,
    table: str,
    verb: str = "INSERT",
    *,
    where: str = "true",
    **instead: str,
) -> None:
    """The rows of a table with the ids that what they name has here; ``id`` is numbered anew."""
    columns = _columns(connection, table)
    values = ", ".join(instead.get(name) or _HERE.get(name, f"t.{name}") for name in columns)
    order = "t.id" if "id" in _columns(connection, table, with_id=True) else "1, 2"
    connection.execute(
        f"{verb} INTO main.{table} ({', '.join(columns)})"
        f" SELECT {values} FROM other.{table} t WHERE {where} ORDER BY {order}"
    )


def _merge_stretches(connection: sqlite3.Connection) -> None:
    """What either archive watched was watched."""
    _map(connection, "watched_listings", "listing_map", _SAME_LISTING)
    connection.execute(_LISTING_NAMED)
    for row in connection.execute(_STRETCHES).fetchall():
        note_stretch(connection, *row)


def _merge_run_sites(connection: sqlite3.Connection) -> None:
    columns = _columns(connection, "run_sites")
    values = ", ".join(_HERE.get(name, f"t.{name}") for name in columns)
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns)
    connection.execute(
        f"INSERT INTO main.run_sites ({', '.join(columns)}) SELECT {values}"
        f" FROM other.run_sites t WHERE true ON CONFLICT (run_id, site) DO UPDATE SET {changed}"
        " WHERE excluded.asked > asked"
    )


def _merge_frontier(connection: sqlite3.Connection) -> None:
    columns = _columns(connection, "frontier")
    instead = _HERE | {"state": "CASE t.state WHEN 'fetching' THEN 'due' ELSE t.state END"}
    values = ", ".join(instead.get(name, f"t.{name}") for name in columns)
    kept = {name: f"coalesce(excluded.{name}, {name})" for name in ("article_id", "page_id")}
    changed = ", ".join(
        f"{name} = {kept.get(name, f'excluded.{name}')}"
        for name in columns
        if name not in {"url", "site", "found_at", "found_on"}
    )
    connection.execute(
        f"INSERT INTO main.frontier ({', '.join(columns)}) SELECT {values}"
        f" FROM other.frontier t WHERE true ON CONFLICT (url) DO UPDATE SET {changed}"
        f" WHERE {_LATER}"
    )
    connection.execute(_FIRST_FOUND)


def _columns(
    connection: sqlite3.Connection, table: str, *, with_id: bool = False
) -> tuple[str, ...]:
    sql = "SELECT name FROM pragma_table_info(?, 'main')"
    names = [row[0] for row in connection.execute(sql, (table,))]
    return tuple(name for name in names if with_id or name != "id")
