"""Stories: an article finds those it repeats, and the one that was published first is marked.

A look-up costs the new article alone: the keys of its signature are looked up (bands.py), what
shares keys with it is read and compared, and what is a copy becomes a pair. A story is its first
article and those that are pairs of *that* one: what resembles only another copy stays out, else a
digest of three reports would make them one story. Labels only: nothing is hidden or deleted.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Self

import xxhash

from archive.bands import MARK_BYTES, Bands, kept_signature
from archive.connection import transaction
from archive.duplicates import Likeness, Reading, copied
from archive.minhash import MAKER, Signature, likeness, sign
from archive.models import Article
from archive.times import to_text

MOST_LOOKED_AT = 60
MOST_READ = 12
MOST_NEAREST = 5
# By signatures alone, wrong by 0.1 at times: below it no two texts share half of the shorter.
WORTH_READING = 0.33
MOST_OF_STORY = 1000
REBUILT_AT_ONCE = 100

# A day without an hour says less than any hour of that day.
_MOMENTS = """
SELECT id, CASE WHEN published_at LIKE '%T00:00:00+%' THEN substr(published_at, 1, 11) || '24'
    ELSE coalesce(published_at, first_seen_at) END AS moment
FROM articles WHERE id IN ({marks})
"""
_SIGNATURES = """
SELECT id, article_id, size, signature FROM signatures WHERE maker = ? AND id IN ({marks})
"""
_FORMER = "SELECT id, maker, size, signature FROM signatures WHERE article_id = ?"
_READING = "SELECT title, lead, body FROM articles WHERE id = ?"
_UNSIGNED = """
SELECT id, published_at, title, lead, body FROM articles
WHERE id > ? AND NOT EXISTS (SELECT 1 FROM signatures WHERE article_id = articles.id)
ORDER BY id LIMIT ?
"""
# How alike an article and each of its pairs are.
Pairs = dict[int, dict[int, float]]


@dataclass(frozen=True, kw_only=True)
class Signed:
    """An article as stories know it; each part is made when it is first asked for."""

    reading: Reading
    published: str | None

    @classmethod
    def of(cls, article: Article) -> Self:
        published = to_text(article.published_at) if article.published_at else None
        reading = _reading(article.title, article.lead, article.text or None)
        return cls(reading=reading, published=published)

    @cached_property
    def mark(self) -> bytes:
        """Tells whether title, lead, text or time are other ones than those of a signature."""
        reading = self.reading
        said = (reading.title, reading.lead or "", reading.body or "", self.published or "")
        return xxhash.xxh3_64_digest("\0".join(said).encode("utf-8", "replace"))

    @cached_property
    def signature(self) -> Signature:
        return sign(self.reading.text)

    @cached_property
    def keys(self) -> list[int]:
        return self.signature.look_up_keys()


def keep_story(bands: Bands, article_id: int, signed: Signed) -> None:
    """Makes an article's signature, pairs and story what its present text says; joins the
    transaction that stores it. A text that it has seen costs it a few microseconds."""
    connection = bands.connection
    former = connection.execute(_FORMER, (article_id,)).fetchone()
    if former is not None and former["maker"] == MAKER:
        if former["signature"][:MARK_BYTES] == signed.mark:
            return
        bands.take_out(former)
    sharing, full = bands.look_up(signed.keys)
    candidates = _worth_reading(connection, article_id, signed.signature, sharing)
    copies = _copies(connection, article_id, signed.reading, candidates) if candidates else {}
    signature_id = _keep_signature(connection, article_id, signed)
    bands.put(signature_id, (key for key in signed.keys if key not in full))
    left = _of_stories(connection, [article_id]) - copies.keys() - {article_id}
    _keep_pairs(connection, article_id, copies)
    if left:
        _close_ranks(connection, left)


def rebuild(connection: sqlite3.Connection, tell: Callable[[int, int], None]) -> int:
    """Gives a signature to every article that has none of today's making, a hundred in a
    transaction; after an interruption it goes on. Tells how many are done of how many."""
    with transaction(connection):
        _forget_old_signatures(connection)
    (of,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    (before,) = connection.execute("SELECT count(*) FROM signatures").fetchone()
    done = last = 0
    bands = Bands(connection)
    tell(before, of)
    while rows := connection.execute(_UNSIGNED, (last, REBUILT_AT_ONCE)).fetchall():
        with transaction(connection):
            for row in rows:
                reading = _reading(row["title"], row["lead"], row["body"])
                signed = Signed(reading=reading, published=row["published_at"])
                keep_story(bands, row["id"], signed)
            bands.write_if_many()
        last, done = rows[-1]["id"], done + len(rows)
        tell(before + done, of)
    with transaction(connection):
        bands.write()
    return done


def _forget_old_signatures(connection: sqlite3.Connection) -> None:
    """Keys made with other constants find nothing, and cannot be told from today's."""
    sql = "SELECT 1 FROM signatures WHERE maker != ? LIMIT 1"
    if connection.execute(sql, (MAKER,)).fetchone():
        connection.execute("DELETE FROM bands")
        connection.execute("DELETE FROM signatures")


def _copies(
    connection: sqlite3.Connection, article_id: int, reading: Reading, candidates: Sequence[int]
) -> dict[int, Likeness]:
    """Those of the candidates, and of their stories, that repeat an article or that it repeats."""
    others = dict.fromkeys([*_firsts(connection, candidates), *candidates])
    others.pop(article_id, None)  # the story of a candidate may be its own
    copies = _compared(connection, reading, list(others)[:MOST_READ])
    if copies and _in_time(connection, {article_id, *copies})[0] == article_id:
        # It becomes the first, so that all of the story are asked whether they are its copies.
        rest = _of_stories(connection, list(copies)) - copies.keys() - {article_id}
        copies |= _compared(connection, reading, rest)
    return copies


def _compared(
    connection: sqlite3.Connection, reading: Reading, others: Iterable[int]
) -> dict[int, Likeness]:
    rows = ((other, connection.execute(_READING, (other,)).fetchone()) for other in others)
    alike = {other: copied(reading, _reading(*row)) for other, row in rows}
    return {other: found for other, found in alike.items() if found}


def _firsts(connection: sqlite3.Connection, articles: Sequence[int]) -> list[int]:
    sql = f"SELECT DISTINCT first_id FROM stories WHERE article_id IN ({_marks(articles)})"
    return [row["first_id"] for row in connection.execute(sql, articles)]


def _of_stories(connection: sqlite3.Connection, firsts: Sequence[int]) -> set[int]:
    """All articles of the stories that these are the first of."""
    sql = f"SELECT article_id FROM stories WHERE first_id IN ({_marks(firsts)}) LIMIT ?"
    return {row["article_id"] for row in connection.execute(sql, (*firsts, MOST_OF_STORY))}


def _close_ranks(connection: sqlite3.Connection, left: Collection[int]) -> None:
    """Where the first of a story has become another text, the next takes its place."""
    order = _in_time(connection, left)
    reading = _reading(*connection.execute(_READING, (order[0],)).fetchone())
    known = _pairs(connection, order[:1]).get(order[0], {})
    _add_pairs(connection, order[0], _compared(connection, reading, set(order[1:]) - known.keys()))
    _settle(connection, order)


def _worth_reading(
    connection: sqlite3.Connection, article_id: int, signature: Signature, sharing: Counter[int]
) -> list[int]:
    """The articles that may be copies by their signatures. Of very many those that share most,
    and those of the nearest days, since papers copy what is new."""
    if not sharing:
        return []
    ids = [each for each, _ in sharing.most_common(MOST_LOOKED_AT)]
    found: dict[int, int] = {}
    for row in connection.execute(_SIGNATURES.format(marks=_marks(ids)), (MAKER, *ids)):
        if likeness(signature, kept_signature(row)) >= WORTH_READING:
            found[row["article_id"]] = sharing[row["id"]]
    if len(found) <= MOST_READ:
        return list(found)
    nearest = sorted(found, key=lambda other: abs(other - article_id))[:MOST_NEAREST]
    most = sorted(found, key=found.__getitem__, reverse=True)
    return list(dict.fromkeys([*nearest, *most]))[:MOST_READ]


def _keep_signature(connection: sqlite3.Connection, article_id: int, signed: Signed) -> int:
    kept = article_id, MAKER, signed.signature.size, signed.mark + signed.signature.to_bytes()
    (signature_id,) = connection.execute(
        "INSERT INTO signatures (article_id, maker, size, signature) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (article_id) DO UPDATE SET maker = excluded.maker, size = excluded.size,"
        " signature = excluded.signature RETURNING id",
        kept,
    ).fetchone()
    return int(signature_id)


def _keep_pairs(
    connection: sqlite3.Connection, article_id: int, copies: dict[int, Likeness]
) -> None:
    former = _pairs(connection, {article_id}).get(article_id, {})
    if not former and not copies:
        return
    connection.execute("DELETE FROM pairs WHERE article_id = ?", (article_id,))
    connection.execute("DELETE FROM pairs WHERE other_id = ?", (article_id,))
    _add_pairs(connection, article_id, copies)
    _settle(connection, {article_id, *former, *copies})


def _add_pairs(
    connection: sqlite3.Connection, article_id: int, copies: dict[int, Likeness]
) -> None:
    values = {other: (a.shared, a.alike, a.numbers) for other, a in copies.items()}
    connection.executemany(
        "INSERT INTO pairs (article_id, other_id, shared, alike, numbers) VALUES (?, ?, ?, ?, ?)",
        [(article_id, other, *v) for other, v in values.items()]
        + [(other, article_id, *v) for other, v in values.items()],
    )


def _settle(connection: sqlite3.Connection, changed: Collection[int]) -> None:
    """Gives each article that the changed pairs reach its story, from the earliest on."""
    pairs = _reached(connection, changed)
    order = _in_time(connection, pairs)
    first_of: dict[int, int] = {}
    for article_id in order:
        firsts = [other for other in pairs[article_id] if first_of.get(other) == other]
        # Of several firsts the one it is most like; of those the earliest.
        best = max(
            firsts, key=lambda f: (pairs[article_id][f], -order.index(f)), default=article_id
        )
        first_of[article_id] = best
    sizes = Counter(first_of.values())
    connection.executemany("DELETE FROM stories WHERE article_id = ?", [(each,) for each in order])
    connection.executemany(
        "INSERT INTO stories (article_id, first_id) VALUES (?, ?)",
        [(each, first) for each, first in first_of.items() if sizes[first] > 1],
    )


def _reached(connection: sqlite3.Connection, start: Collection[int]) -> Pairs:
    """The pairs of these articles, of those they lead to, and so on; of a thousand at most."""
    pairs: Pairs = {}
    ahead = set(start)
    while ahead and len(pairs) < MOST_OF_STORY:
        found = _pairs(connection, ahead)
        pairs |= {each: found.get(each, {}) for each in ahead}
        ahead = {other for others in found.values() for other in others} - pairs.keys()
    return pairs


def _pairs(connection: sqlite3.Connection, articles: Collection[int]) -> Pairs:
    sql = f"SELECT article_id, other_id, alike FROM pairs WHERE article_id IN ({_marks(articles)})"
    found: Pairs = {}
    for row in connection.execute(sql, tuple(articles)):
        found.setdefault(row["article_id"], {})[row["other_id"]] = row["alike"]
    return found


def _in_time(connection: sqlite3.Connection, articles: Collection[int]) -> list[int]:
    sql = _MOMENTS.format(marks=_marks(articles))
    moments = {row["id"]: row["moment"] for row in connection.execute(sql, tuple(articles))}
    return sorted(moments, key=lambda each: (moments[each], each))


@lru_cache(maxsize=512)  # bulletins and reprints are compared with the same few again and again
def _reading(title: str, lead: str | None, body: str | None) -> Reading:
    return Reading(title=title, lead=lead, body=body)


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
