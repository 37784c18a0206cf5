"""Bands: the keys by which the signatures of texts find one another.

A key is as good as a random number, so each of the forty that an article has lies on another page
of a large table, and a batch of articles changed more than a thousand pages of the file for them.
So the keys of new articles wait in memory until those of some thousand are written together, in
the order of the table. `bands_later` names whose keys wait: after a kill they are read off the
signatures again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

from archive.minhash import Signature

# A key that many share is a form's: the words of each week's bulletin, the foot of a site.
FULL_BAND = 200
# Of some 8 kB each.
MOST_WAITING = 2_000
MARK_BYTES = 8

# By key, the signatures that have it.
Waiting: TypeAlias = dict[int, tuple[int, ...]]

_LOOK_UP = """
WITH wanted(band) AS (VALUES {marks})
SELECT b.band, b.signature_id FROM wanted CROSS JOIN bands b ON b.band = wanted.band
"""
_WAITING = """
SELECT s.id, s.size, s.signature FROM bands_later l JOIN signatures s ON s.id = l.signature_id
"""


def kept_signature(row: sqlite3.Row) -> Signature:
    """The signature of a row of `signatures`."""
    return Signature.from_bytes(row["size"], row["signature"][MARK_BYTES:])


class Bands:
    """The keys of an archive's signatures, on its one connection that writes; its methods join the
    transaction that is open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._waiting: Waiting | None = None
        self._count = 0

    def look_up(self, keys: Sequence[int]) -> tuple[Counter[int], set[int]]:
        """The ids of the signatures that share keys, with how many; and the keys that are a
        form's, which count for nothing."""
        waiting = self._those_waiting()
        by_key = {key: set(waiting[key]) for key in keys if key in waiting}
        if keys:
            # In the order of the table, so that each place is found from the one before.
            for key, signature_id in self.connection.execute(_look_up(len(keys)), sorted(keys)):
                by_key.setdefault(key, set()).add(signature_id)
        full = {key for key, ids in by_key.items() if len(ids) >= FULL_BAND}
        # Of those that share equally many keys, the first of the text's own order come first.
        counted = [key for key in keys if key in by_key and key not in full]
        return Counter(each for key in counted for each in sorted(by_key[key])), full

    def put(self, signature_id: int, keys: Iterable[int]) -> None:
        """Has a signature found by some keys, beside those by which it is."""
        waiting = self._those_waiting()
        sql = "INSERT OR IGNORE INTO bands_later (signature_id) VALUES (?)"
        self._count += self.connection.execute(sql, (signature_id,)).rowcount
        _add(waiting, signature_id, keys)

    def take_out(self, former: sqlite3.Row) -> None:
        """Has a row of `signatures` found no more by the keys that it has."""
        waiting, keys = self._those_waiting(), kept_signature(former).look_up_keys()
        for key in keys:
            if key in waiting:
                waiting[key] = tuple(each for each in waiting[key] if each != former["id"])
        self.connection.executemany(
            "DELETE FROM bands WHERE band = ? AND signature_id = ?",
            [(key, former["id"]) for key in keys],
        )

    def write_if_many(self) -> None:
        """Writes the keys that wait where they are many."""
        if self._count >= MOST_WAITING:
            self.write()

    def write(self) -> None:
        """Writes the keys that wait, in the order of the table."""
        waiting = self._those_waiting()
        self.connection.executemany(
            "INSERT OR IGNORE INTO bands (band, signature_id) VALUES (?, ?)",
            ((key, each) for key in sorted(waiting) for each in waiting[key]),
        )
        self.connection.execute("DELETE FROM bands_later")
        self._waiting, self._count = {}, 0

    def forget(self) -> None:
        """What waits may have been rolled back: it is read again when it is next asked for."""
        self._waiting = None

    def _those_waiting(self) -> Waiting:
        """The signatures that wait, by key."""
        if self._waiting is None:
            self._waiting, self._count = {}, 0
            for row in self.connection.execute(_WAITING):
                self._count += 1
                _add(self._waiting, row["id"], kept_signature(row).look_up_keys())
        return self._waiting


def _add(waiting: Waiting, signature_id: int, keys: Iterable[int]) -> None:
    for key in keys:
        known = waiting.get(key, ())
        if len(known) < FULL_BAND:
            waiting[key] = (*known, signature_id)


@lru_cache(maxsize=64)
def _look_up(count: int) -> str:
    return _LOOK_UP.format(marks=", ".join(["(?)"] * count))
