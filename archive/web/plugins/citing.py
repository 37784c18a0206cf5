"""How an article is cited, for the browser: files for Zotero and LaTeX, and what Zotero's button
reads off the page."""

# mypy: disable-error-code="import-untyped,untyped-decorator"

import sqlite3
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Response

from archive.credit import Credit, credit
from archive.credit_forms import as_bibtex, as_coins, as_csl_json, as_ris
from archive.errors import NotFoundError

ARCHIVE = "archive"
PATH = r"/-/cite/(?P<article>\d{1,18})/(?P<version>\d{1,6})\.(?P<ending>bib|ris|json)$"
FORMS = {
    "bib": (as_bibtex, "application/x-bibtex; charset=utf-8"),
    "ris": (as_ris, "application/x-research-info-systems; charset=utf-8"),
    "json": (as_csl_json, "application/vnd.citationstyles.csl+json; charset=utf-8"),
}


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(PATH, cite)]


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, Any]:
    """A function that the template of an article calls."""
    database = datasette.databases.get(ARCHIVE)
    if database is None:
        return {}

    async def coins(article_id: str) -> str:
        found: Credit = await database.execute_fn(lambda c: told(c, int(article_id), None))
        return as_coins(found)

    return {"coins": coins}


async def cite(request: Any, datasette: Datasette) -> Response:
    """The file of `moit-news cite` for one version of an article."""
    numbers = [int(request.url_vars[name]) for name in ("article", "version")]
    write, kind = FORMS[request.url_vars["ending"]]
    try:
        found = await datasette.get_database(ARCHIVE).execute_fn(lambda c: told(c, *numbers))
    except NotFoundError as error:
        raise NotFound(str(error)) from error
    name = f"{found.key}.{request.url_vars['ending']}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(write([found]), headers=headers, content_type=kind)


def told(connection: sqlite3.Connection, article_id: int, version: int | None) -> Credit:
    """What is said of a version of an article, the present one if none is named; raises
    NotFoundError."""
    row = connection.execute("SELECT * FROM articles WHERE id = ?", (article_id,)).fetchone()
    if row is None:
        raise NotFoundError(f"no article {article_id} is kept")
    return credit(connection, row, version)
