"""The words that stand in the archive, folded: what `prefix*` of a query may mean."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice

from archive.text import LONG_WORD, distinct_syllables

MOST_WORDS = 100
MOST_KNOWN = 50_000  # of about 100 bytes each
# The shortest first: Vietnamese syllables, before product numbers and words run together.
_BEGINNING = f"""
SELECT word FROM words WHERE word >= :start AND word < :start || char(0x10ffff)
ORDER BY length(word), word LIMIT {MOST_WORDS}
"""


class WordList:
    """The list on a connection, and what of it is known to be there: most articles bring no word
    that another one did not bring before, and of those that they bring most are old syllables with
    another sign beside them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: set[str] = set()
        self._listed: set[str] = set()

    def keep(self, words: Iterable[str]) -> None:
        """Adds the syllables of some words, as they are written; joins the transaction."""
        new = set(words) - self._known
        unlisted = distinct_syllables(new) - self._listed if new else None
        if unlisted:
            sql = "INSERT OR IGNORE INTO words SELECT value FROM json_each(?)"
            self._connection.execute(sql, (json.dumps(sorted(unlisted)),))
            _remember(self._listed, unlisted)
        _remember(self._known, new)

    def forget(self) -> None:
        """What was added may have been rolled back."""
        self._known.clear()
        self._listed.clear()


def _remember(known: set[str], new: set[str]) -> None:
    if len(known) > MOST_KNOWN:
        known.clear()
    known.update(word for word in islice(new, MOST_KNOWN) if len(word) < LONG_WORD)


def beginning(connection: sqlite3.Connection, start: str) -> Sequence[str]:
    """The words that begin so, at most MOST_WORDS, the shortest first."""
    return [row[0] for row in connection.execute(_BEGINNING, {"start": start})]
