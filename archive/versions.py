"""An article's past: the texts that were replaced, and the times when its site did not show it."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3

from archive.errors import NotFoundError
from archive.models import Article, TimeOrigin
from archive.rows import blocks_of
from archive.times import from_text, to_text
from archive.wording import content_hash, is_relative, same_time, wording_hash

# What a version keeps of its article: all that is needed to cite it and to show it as it was.
KEPT = (
    *("url", "site", "source", "origin", "section", "sections", "published_at"),
    *(
        "published_from",
        "modified_at",
        "language",
        "title",
        "lead",
        "authors",
        "tags",
        "images",
        "attachments",
    ),
    *("layers", "extractor", "content_hash", "d_forms", "blocks", "body"),
)
_COLUMNS = ", ".join(KEPT)
_KEEP = f"""
INSERT INTO versions (article_id, version, seen_at, last_seen_at, replaced_at, page_id,
    read_page_id, {_COLUMNS})
SELECT id, version, coalesce((SELECT max(replaced_at) FROM versions WHERE article_id = articles.id),
    first_seen_at), last_seen_at, ?, page_id, read_page_id, {_COLUMNS}
FROM articles WHERE id = ?
"""
_SAID = (
    "SELECT title, lead, blocks, body, published_at, published_from, layers FROM articles"
    " WHERE id = ?"
)
_VERSION = "SELECT * FROM versions WHERE article_id = ? AND version = ?"
_PRESENT_SINCE = "SELECT max(replaced_at) FROM versions WHERE article_id = ?"
# An old address may die while its article stands at its present one.
_AWAY = """
UPDATE articles SET withdrawn_at = :at WHERE withdrawn_at IS NULL
    AND id = (SELECT article_id FROM addresses WHERE address = :url)
    AND (url = :url OR NOT EXISTS (SELECT 1 FROM frontier f
        WHERE f.url = articles.url AND f.state IN ('done', 'unchanged')))
"""
_WITHDRAW = """
INSERT INTO withdrawals (article_id, url, withdrawn_at, reason, status, page_id)
SELECT id, url, :at, :reason, :status, :page_id FROM articles WHERE id =
    (SELECT article_id FROM addresses WHERE address = :url)
"""


def keep_version(connection: sqlite3.Connection, article_id: int, at: dt.datetime) -> None:
    """Copies an article's present text into versions, to be replaced in the same transaction."""
    connection.execute(_KEEP, (to_text(at), article_id))


def says_the_same(connection: sqlite3.Connection, article_id: int, article: Article) -> bool:
    """Whether a reading says what is kept, judged from the kept text itself: the hash beside it
    may be of an earlier rule."""
    return is_said_by(connection.execute(_SAID, (article_id,)).fetchone(), article)


def is_said_by(kept: sqlite3.Row, article: Article) -> bool:
    """The same of one row of an article or a version."""
    blocks = blocks_of(kept)
    origin = kept["published_from"] and TimeOrigin(kept["published_from"])
    before = (kept["published_at"] and from_text(kept["published_at"]), origin)
    after = (article.published_at, article.published_from)
    told = (json.loads(kept["layers"] or "{}"), article.layers)
    wording = wording_hash(article.title, article.lead, article.blocks)
    same_words = wording == wording_hash(kept["title"], kept["lead"], blocks)
    return same_words and (any(map(is_relative, told)) or same_time(before, after))


def is_changed(connection: sqlite3.Connection, known: sqlite3.Row, article: Article) -> bool:
    """Whether a reading is a new version of the article that is kept; most are told by the hash."""
    if known["content_hash"] == content_hash(article):
        return False
    return not says_the_same(connection, known["id"], article)


def one_version(
    connection: sqlite3.Connection, article: sqlite3.Row, number: int
) -> dict[str, object]:
    """An article as it was in one version, its present one among them, in the columns of
    `versions`; `replaced_at` is None for the present one. Raises NotFoundError."""
    if number == article["version"]:
        seen = connection.execute(_PRESENT_SINCE, (article["id"],)).fetchone()[0]
        kept = {key: article[key] for key in (*KEPT, "version", "last_seen_at", "page_id")}
        since = {"seen_at": seen or article["first_seen_at"], "replaced_at": None}
        return {"article_id": article["id"], **kept, **since}
    row = connection.execute(_VERSION, (article["id"], number)).fetchone()
    if row is None:
        raise NotFoundError(
            f"article {article['id']} has no version {number}: it has 1 to {article['version']}, "
            f"and `moit-news show {article['id']}` lists them"
        )
    return dict(row)


def withdraw(
    connection: sqlite3.Connection,
    url: str,
    at: dt.datetime,
    *,
    reason: str | None,
    status: int | None,
    page_id: int | None,
) -> bool:
    """Marks the article at an address as no longer shown; False where it is none, was marked, or
    was last seen at another address."""
    cursor = connection.execute(_AWAY, {"at": to_text(at), "url": url})
    values = {"url": url, "at": to_text(at), "reason": reason, "status": status, "page_id": page_id}
    if cursor.rowcount:
        connection.execute(_WITHDRAW, values)
    return cursor.rowcount == 1


def note_return(connection: sqlite3.Connection, article_id: int, at: dt.datetime) -> str | None:
    """Ends an article's withdrawal; gives since when it was withdrawn, None where it was not, or
    where its page is of an earlier day and read late."""
    row = connection.execute(
        "SELECT withdrawn_at FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    if row is None or row["withdrawn_at"] is None or row["withdrawn_at"] > to_text(at):
        return None
    connection.execute("UPDATE articles SET withdrawn_at = NULL WHERE id = ?", (article_id,))
    connection.execute(
        "UPDATE withdrawals SET returned_at = ? WHERE article_id = ? AND returned_at IS NULL",
        (to_text(at), article_id),
    )
    return str(row["withdrawn_at"])
