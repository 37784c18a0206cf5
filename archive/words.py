"""The words that stand in the archive, folded: what `prefix*` of a query may mean."""

import json
import sqlite3
from collections.abc import Sequence

from archive.models import Article
from archive.text import distinct_syllables

MOST_WORDS = 100
# The shortest first: Vietnamese syllables, before product numbers and words run together.
_BEGINNING = f"""
SELECT word FROM words WHERE word >= :start AND word < :start || char(0x10ffff)
ORDER BY length(word), word LIMIT {MOST_WORDS}
"""  # noqa: S608 - a number of our own


def keep_words(connection: sqlite3.Connection, article: Article) -> None:
    """Adds the words of an article to the list; joins the transaction."""
    found = distinct_syllables(article.title, article.lead or "", article.text)
    sql = "INSERT OR IGNORE INTO words SELECT value FROM json_each(?)"
    connection.execute(sql, (json.dumps(sorted(found)),))


def beginning(connection: sqlite3.Connection, start: str) -> Sequence[str]:
    """The words that begin so, at most MOST_WORDS, the shortest first."""
    return [row[0] for row in connection.execute(_BEGINNING, {"start": start})]
