"""What was changed in an article and when it was away, for the browser."""

# mypy: disable-error-code="import-untyped,untyped-decorator"

import sqlite3
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Response

from archive.difference import difference
from archive.difference_page import as_page
from archive.errors import NotFoundError
from archive.versions import one_version

ARCHIVE = "archive"
PATH = r"/-/changes/(?P<article>\d{1,18})/(?P<first>\d{1,6})/(?P<last>\d{1,6})$"
WITHDRAWALS = (
    "SELECT withdrawn_at, reason, returned_at FROM withdrawals WHERE article_id = ? ORDER BY id"
)
VERSIONS = (
    "SELECT id, version, seen_at, replaced_at FROM versions WHERE article_id = ? ORDER BY version"
)
ARTICLE = "SELECT a.*, s.name AS source_name FROM articles a JOIN sources s ON s.slug = a.source"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(PATH, changes)]


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, Any]:
    """Functions that the templates call; each asks the archive only where it is called."""
    database = datasette.databases.get(ARCHIVE)
    if database is None:
        return {}

    async def rows(sql: str, article_id: str) -> list[Any]:
        return list((await database.execute(sql, [article_id])).rows)

    return {
        "withdrawals_of": lambda article_id: rows(WITHDRAWALS, article_id),
        "versions_of": lambda article_id: rows(VERSIONS, article_id),
    }


async def changes(request: Any, datasette: Datasette) -> Response:
    """The page of `moit-news diff --html`."""
    numbers = [int(request.url_vars[name]) for name in ("article", "first", "last")]
    try:
        page = await datasette.get_database(ARCHIVE).execute_fn(lambda c: told(c, *numbers))
    except NotFoundError as error:
        raise NotFound(str(error)) from error
    return Response.html(page)


def told(connection: sqlite3.Connection, article_id: int, first: int, last: int) -> str:
    """What changed between two versions as a web page; raises NotFoundError."""
    row = connection.execute(f"{ARTICLE} WHERE a.id = ?", (article_id,)).fetchone()
    if row is None:
        raise NotFoundError(f"no article {article_id} is kept")
    before, after = (one_version(connection, row, number) for number in (first, last))
    return as_page(difference(before, after), before, after, row["source_name"])
