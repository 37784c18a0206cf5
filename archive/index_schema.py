"""The full text of new articles, written for many at the end of their transaction.

Before a statement that has triggers SQLite marks where to go back to should it fail, and at each
such mark FTS5 writes what it has gathered as a segment of its own: triggers that index each new
article leave a segment an article, which are merged again and again. So the store names in
``indexed_later`` the articles that it will index itself, and the triggers leave these alone. The
table is empty outside of a transaction, and what anybody else inserts is indexed by the triggers.
"""

import sqlite3

from archive.finding_schema import CHANGED, COLUMNS, IN, OUT, READ

_OUT = """
    INSERT INTO articles_fts(articles_fts, rowid, title, lead, body, d_forms)
        VALUES ('delete', old.id, old.title, old.lead, old.body, old.d_forms);
    INSERT INTO articles_exact(articles_exact, rowid, title, lead, body)
        VALUES ('delete', old.id, old.title, old.lead, old.body);
"""
_IN = """
    INSERT INTO articles_fts(rowid, title, lead, body, d_forms)
        VALUES (new.id, new.title, new.lead, new.body, new.d_forms);
    INSERT INTO articles_exact(rowid, title, lead, body)
        VALUES (new.id, new.title, new.lead, new.body);
"""
_TEXTS = ("id", "title", "lead", "body", "d_forms")
_CHANGED = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _TEXTS)
_NEW = "new.id NOT IN (SELECT id FROM indexed_later)"
_OLD = "old.id NOT IN (SELECT id FROM indexed_later)"
INDEXED_LATER = f"""
CREATE TABLE indexed_later (id INTEGER PRIMARY KEY);
DROP TRIGGER articles_ai;
DROP TRIGGER articles_ad;
DROP TRIGGER articles_au;
DROP TRIGGER fields_ai;
DROP TRIGGER fields_ad;
DROP TRIGGER fields_au;
CREATE TRIGGER articles_ai AFTER INSERT ON articles WHEN {_NEW} BEGIN{_IN}END;
CREATE TRIGGER articles_ad AFTER DELETE ON articles WHEN {_OLD} BEGIN{_OUT}END;
CREATE TRIGGER articles_au AFTER UPDATE OF {", ".join(_TEXTS)} ON articles
WHEN ({_CHANGED}) AND {_OLD} BEGIN{_OUT}{_IN}END;
CREATE TRIGGER fields_ai AFTER INSERT ON articles WHEN {_NEW} BEGIN
{IN}END;
CREATE TRIGGER fields_ad AFTER DELETE ON articles WHEN {_OLD} BEGIN
{OUT}END;
CREATE TRIGGER fields_au AFTER UPDATE OF id, {", ".join(READ)} ON articles
WHEN ({CHANGED}) AND {_OLD} BEGIN
{OUT}{IN}END;
"""


def index_later(connection: sqlite3.Connection, article_id: int) -> None:
    """Has the triggers leave an article alone, which `index_now` will index in this transaction;
    to be called before it is inserted."""
    connection.execute("INSERT INTO indexed_later (id) VALUES (?)", (article_id,))


def index_now(connection: sqlite3.Connection) -> None:
    """Writes the full text of the articles that wait for it, in the order of their ids: at each
    step back FTS5 would begin a new segment."""
    texts = _waiting(connection, "articles", ", ".join(_TEXTS))
    connection.executemany(
        "INSERT INTO articles_fts (rowid, title, lead, body, d_forms) VALUES (?, ?, ?, ?, ?)", texts
    )
    connection.executemany(
        "INSERT INTO articles_exact (rowid, title, lead, body) VALUES (?, ?, ?, ?)",
        [text[:4] for text in texts],
    )
    connection.executemany(
        f"INSERT INTO fields_fts (rowid, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        _waiting(connection, "fields", f"id, {COLUMNS}"),
    )
    connection.execute("DELETE FROM indexed_later")


def _waiting(connection: sqlite3.Connection, table: str, columns: str) -> list[tuple[object, ...]]:
    sql = f"SELECT {columns} FROM {table} WHERE id IN (SELECT id FROM indexed_later) ORDER BY id"
    return [tuple(row) for row in connection.execute(sql)]
