"""Who watches for what, and the addresses that are told of it, are no part of what is published."""

# mypy: disable-error-code="import-untyped,untyped-decorator"

import sqlite3

from datasette import hookimpl

PRIVATE = {"watches", "watch_hits", "watch_channels"}


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Every value of these tables reads as NULL, in any SQL that a visitor may write."""
    conn.set_authorizer(_judge)


def _judge(
    action: int, first: str | None, _second: str | None, _database: str | None, _by: str | None
) -> int:
    is_private = action == sqlite3.SQLITE_READ and (first or "").lower() in PRIVATE
    return sqlite3.SQLITE_IGNORE if is_private else sqlite3.SQLITE_OK
