"""What Datasette learns of us: our queries in its search box, articles as text, careful links.

Only hooks that Datasette 0.65 and 1.0 both have. All text of a page is escaped by Jinja or here.
"""

# mypy: disable-error-code="import-untyped,untyped-decorator"

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import Database
from jinja2 import Environment
from markupsafe import Markup, escape

from archive.addresses import AddressBook
from archive.copies import Told, told
from archive.expressions import NOTHING, expression
from archive.models import Hit
from archive.rows import blocks_of
from archive.search import CLOSE, OPEN, search, snippets

ARCHIVE = "archive"
NEWEST_ARTICLES = (
    "SELECT a.id, a.title, a.lead, a.section, a.published_at, s.name AS source"
    " FROM articles a JOIN sources s ON s.slug = a.source ORDER BY a.published_at DESC LIMIT 8"
)
KEPT_OF_SITES = (
    "SELECT s.slug, s.name, p.name AS source, s.homepage, count(a.id) AS articles,"
    " min(a.published_at) AS first, max(a.published_at) AS last"
    " FROM sites s JOIN sources p ON p.slug = s.source LEFT JOIN articles a ON a.site = s.slug"
    " GROUP BY s.slug ORDER BY articles DESC, s.name"
)
SOURCES = "SELECT slug, name, homepage FROM sources"
CITED_DOCUMENTS = (
    "SELECT kind, number FROM citations WHERE article_id = ? ORDER BY count DESC, number"
)
OTHER_ADDRESSES = (
    "SELECT address FROM addresses WHERE article_id = ? AND address <> ?"
    " ORDER BY first_seen_at DESC, address LIMIT 10"
)
ADDRESSES = {"url", "final_url", "homepage", "found_on", "address"}
BEST = 5
# A page of somebody else's text runs no script of theirs and loads nothing from anywhere.
HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
        b" img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
        b" form-action 'self'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
Asgi = Callable[..., Awaitable[None]]


@hookimpl(trylast=True)  # after Datasette's own function of this name, which it replaces
def prepare_connection(conn: sqlite3.Connection) -> None:
    conn.create_function("escape_fts", 1, _expression, deterministic=True)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters |= {
        "blocks_of": blocks_of,
        "from_json": from_json,
        "marked": marked,
        "moment": moment,
        "web_address": web_address,
    }


@hookimpl
def extra_template_vars(view_name: str, datasette: Datasette, request: Any) -> dict[str, Any]:
    """Functions that the templates call; each asks the archive only where it is called."""
    database = datasette.databases.get(ARCHIVE)
    if database is None:
        return {}

    async def best_hits() -> list[Hit]:
        if (question := _question(request)) is None:
            return []
        found: list[Hit] = await database.execute_fn(lambda c: search(c, **question, limit=BEST))
        return found

    async def article_at() -> Any:
        """The article that an address in the search box leads to."""
        address = web_address((request.args.get("_search") or "").strip())
        return address and await database.execute_fn(lambda c: _article_at(c, address))

    async def other_addresses(article_id: str, url: str) -> list[Any]:
        return list((await database.execute(OTHER_ADDRESSES, [article_id, url])).rows)

    async def source_names() -> dict[str, str]:
        return {row["slug"]: row["name"] for row in await _rows(database, SOURCES)}

    async def found_words(ids: list[int]) -> dict[int, str]:
        query = request.args.get("_search") or ""
        found: dict[int, str] = await database.execute_fn(lambda c: snippets(c, query, ids))
        return found

    async def cited_documents(article_id: str) -> list[Any]:
        return list((await database.execute(CITED_DOCUMENTS, [article_id])).rows)

    async def story(article_id: str) -> list[Told]:
        found: list[Told] = await database.execute_fn(lambda c: told(c, int(article_id)))
        return found

    return {
        "article_at": article_at,
        "other_addresses": other_addresses,
        "cited_documents": cited_documents,
        "story": story,
        "newest_articles": lambda: _rows(database, NEWEST_ARTICLES),
        "kept_of_sites": lambda: _rows(database, KEPT_OF_SITES),
        "source_names": source_names,
        "best_hits": best_hits,
        "found_words": found_words,
    }


@hookimpl
def render_cell(value: object, column: str) -> Markup | None:
    """An address becomes a link that tells its target nothing; anything else stays text."""
    if column in {"url", "final_url", "homepage", "found_on", "address"} and (
        address := web_address(value)
    ):
        return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(address)
    return None


@hookimpl
def asgi_wrapper() -> Callable[[Asgi], Asgi]:
    def wrap(app: Asgi) -> Asgi:
        async def with_headers(scope: Any, receive: Any, send: Any) -> None:
            async def send_with_headers(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message.get("headers", []), *HEADERS]
                await send(message)

            await app(scope, receive, send_with_headers)

        return with_headers

    return wrap


def from_json(text: str | None) -> Any:
    """The value of a JSON column, an empty list for an empty one."""
    return json.loads(text) if text else []


def marked(text: str) -> Markup:
    """A snippet with its found words in mark elements.

    >>> marked("giá ⟦điện⟧ <b>")
    Markup('giá <mark>điện</mark> &lt;b&gt;')
    """
    safe = str(escape(text)).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return Markup(safe)  # noqa: S704 - escaped in the line above


def moment(stored: str | None) -> str:
    """A stored time as Vietnamese papers write it.

    >>> moment("2024-05-02T07:15:00+07:00")
    '07:15, 02/05/2024'
    """
    if not stored:
        return ""
    return f"{stored[11:16]}, {stored[8:10]}/{stored[5:7]}/{stored[:4]}"


def web_address(value: object) -> str | None:
    """The value where it is the address of a web page, so that no script becomes a link.

    >>> web_address("https://a.vn/b"), web_address("javascript:alert(1)")
    ('https://a.vn/b', None)
    """
    return value if isinstance(value, str) and _WEB_ADDRESS.fullmatch(value) else None


def _expression(text: object) -> str:
    return expression(text) if isinstance(text, str) else NOTHING


def _question(request: Any) -> dict[str, Any] | None:
    """What the best hits are asked for; None where the page is no first page of a search, or is
    filtered in a way that our search does not know."""
    given = {name: request.args.get(name) for name in request.args}
    filters = {name: value for name, value in given.items() if not name.startswith("_")}
    if filters.keys() - {"site", "year"} or given.keys() & {
        "_next",
        "_sort",
        "_sort_desc",
        "_where",
    }:
        return None
    question: dict[str, Any] = {"query": given.get("_search") or "", "site": filters.get("site")}
    if "year" in filters:
        if not re.fullmatch(r"[12]\d{3}", filters["year"]):
            return None
        year = int(filters["year"])
        question |= {"since": dt.date(year, 1, 1), "until": dt.date(year, 12, 31)}
    return question


def _article_at(connection: sqlite3.Connection, address: str) -> sqlite3.Row | None:
    found = AddressBook(connection).look_up(address)
    row: sqlite3.Row | None = connection.execute(
        "SELECT id, title FROM articles WHERE id = ?", (found,)
    ).fetchone()
    return row


async def _rows(database: Database, sql: str) -> list[Any]:
    return list((await database.execute(sql)).rows)
