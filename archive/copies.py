"""What a reader is told of a story: its articles in time order, and what each changed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace

from archive.models import Answer
from archive.text import fold

MOST_ARTICLES = 500
# Of a sentence's passages that stand in the other text: below it, an editor wrote another sentence.
SAME_SENTENCE = 0.4
_SENTENCE = re.compile(r"(?<=[.!?…])[”\"’)]*\s+|\n+")

_STORY = """
SELECT a.id, a.url, a.site, a.source, s.name AS source_name, a.title, a.lead, a.body, a.origin,
    a.published_at, a.first_seen_at, a.withdrawn_at, a.id = story.first_id AS is_first,
    p.shared, p.numbers
FROM stories mine JOIN stories story ON story.first_id = mine.first_id
JOIN articles a ON a.id = story.article_id JOIN sources s ON s.slug = a.source
LEFT JOIN pairs p ON p.article_id = a.id AND p.other_id = story.first_id
WHERE mine.article_id = ?
ORDER BY is_first DESC, coalesce(a.published_at, a.first_seen_at), a.id LIMIT ?
"""
# A digest repeats reports of other stories too.
_BESIDES = """
SELECT a.id, a.url, a.site, a.source, s.name AS source_name, a.title, a.published_at, p.shared,
    p.numbers
FROM pairs p JOIN articles a ON a.id = p.other_id JOIN sources s ON s.slug = a.source
WHERE p.article_id = :id AND coalesce((SELECT first_id FROM stories WHERE article_id = a.id), a.id)
    IS NOT (SELECT first_id FROM stories WHERE article_id = :id)
ORDER BY p.shared DESC, a.id LIMIT :limit
"""
_FIRSTS = """
SELECT stories.article_id, stories.first_id, s.name
FROM stories JOIN articles a ON a.id = stories.first_id JOIN sources s ON s.slug = a.source
WHERE stories.article_id IN ({marks}) AND stories.first_id != stories.article_id
"""
_SIZE = "SELECT size FROM signatures WHERE article_id = ?"


Texts = Mapping[str, str | None] | sqlite3.Row


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What a copy made of the first article: the share of its passages that it keeps, the share of
    its own that are new, the sentences that it left out and put in, whether its title is another.
    """

    kept: float
    own: float
    removed: tuple[str, ...]
    added: tuple[str, ...]
    title_changed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An article of a story, and what it changed; the first of the story changed nothing."""

    row: sqlite3.Row
    changes: Changes | None


def told(connection: sqlite3.Connection, article_id: int) -> list[Told]:
    """An article's story, with what each of its articles changed against the first."""
    rows = story(connection, article_id)
    return [
        Told(row=row, changes=None if row["is_first"] else changes(rows[0], row)) for row in rows
    ]


def story(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """The articles of an article's story, the first one first, then as they were published; none
    where nobody repeats it."""
    return connection.execute(_STORY, (article_id, MOST_ARTICLES)).fetchall()


def besides(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """The articles that share text with it and are not of its story."""
    return connection.execute(_BESIDES, {"id": article_id, "limit": MOST_ARTICLES}).fetchall()


def with_firsts(connection: sqlite3.Connection, answer: Answer) -> Answer:
    """An answer whose hits say of which article they are copies."""
    marks = ", ".join("?" * len(answer.hits))
    rows = connection.execute(_FIRSTS.format(marks=marks), [hit.id for hit in answer.hits])
    firsts = {row["article_id"]: (row["first_id"], row["name"]) for row in rows}
    hits = (
        replace(hit, copy_of=firsts[hit.id][0], copy_of_source=firsts[hit.id][1])
        if hit.id in firsts
        else hit
        for hit in answer.hits
    )
    return replace(answer, hits=tuple(hits))


def summary(connection: sqlite3.Connection, article_id: int) -> dict[str, object] | None:
    """What an article is to its story: whose the first is, and how many copies are kept of it;
    None where nobody repeats it."""
    told = story(connection, article_id)
    first = dict(told[0]) if told else {}
    return (
        {
            "first_id": first["id"],
            "first_url": first["url"],
            "first_source": first["source_name"],
            "copies": len(told) - 1,
        }
        if told
        else None
    )


def shingle_count(connection: sqlite3.Connection, article_id: int) -> int | None:
    """How long the text is to the search for copies; None where it was not yet looked at."""
    row = connection.execute(_SIZE, (article_id,)).fetchone()
    return None if row is None else int(row["size"])


def changes(first: Texts, copy: Texts) -> Changes:
    """What a copy changed, of rows with title, lead and body.

    >>> one = {"title": "Chợ sớm", "lead": "Chợ mở cửa đón khách từ 5 giờ.", "body": "Mưa to lắm."}
    >>> two = {"title": "CHỢ SỚM", "lead": None, "body": "Chợ mở cửa đón khách từ sớm. Nắng to."}
    >>> told = changes(one, two)
    >>> told.title_changed, told.removed, told.added
    (False, ('Mưa to lắm.',), ('Nắng to.',))
    """
    from archive.minhash import bare, shingles

    texts = bare(first["lead"], first["body"]), bare(copy["lead"], copy["body"])
    mine, theirs = (set(shingles(text).tolist()) for text in texts)
    common = len(mine & theirs)
    return Changes(
        kept=common / max(1, len(mine)),
        own=1 - common / max(1, len(theirs)),
        removed=_missing(texts[0], texts[1], theirs),
        added=_missing(texts[1], texts[0], mine),
        title_changed=_words(first["title"]) != _words(copy["title"]),
    )


def _missing(text: str, other: str, there: set[int]) -> tuple[str, ...]:
    """The sentences of a text of which most does not stand in the other."""
    from archive.minhash import shingles

    folded = _words(other)
    missing = []
    for sentence in filter(None, map(str.strip, _SENTENCE.split(text))):
        found = shingles(sentence).tolist()
        if not found:  # two words have no passage of three
            is_there = _words(sentence) in folded
        else:
            is_there = sum(each in there for each in found) >= SAME_SENTENCE * len(found)
        if not is_there:
            missing.append(sentence)
    return tuple(missing)


def _words(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", fold(text or "")))
