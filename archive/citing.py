"""Which legal documents an article names, and which articles name a document."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

from archive.legal import Kind, canonical_number, references
from archive.legal_names import CODES, WRITTEN_BODIES
from archive.models import Article, Hit
from archive.search import CLOSE, OPEN, one_line

PASSAGE = 160
MOST_TEXT = 500_000
_MOST_SPELLINGS = 8
_PARTS = re.compile("([/-])")
_KNOWN = frozenset((*CODES, *WRITTEN_BODIES.values()))
# The newest first: an article's id begins with its day. Ids before rows: no text is read in vain.
_CITING = f"""
WITH newest AS MATERIALIZED (
    SELECT article_id, number FROM citations WHERE number IN ({{marks}})
    ORDER BY article_id DESC LIMIT ?)
SELECT a.id, a.url, a.site, a.source, a.title, a.section, a.published_at, a.withdrawn_at, a.lead,
    substr(a.body, 1, {MOST_TEXT}) AS body, newest.number
FROM newest JOIN articles a ON a.id = newest.article_id ORDER BY a.id DESC
"""
Row = tuple[str, str, int]


def keep_citations(connection: sqlite3.Connection, article_id: int, found: Iterable[Row]) -> None:
    """Makes an article's rows in citations what `cited` found; joins the transaction."""
    sql = "SELECT number, kind, count FROM citations WHERE article_id = ?"
    kept = {tuple(row) for row in connection.execute(sql, (article_id,))}
    rows = set(found)
    if kept == rows:
        return
    if kept:
        connection.execute("DELETE FROM citations WHERE article_id = ?", (article_id,))
    connection.executemany(
        "INSERT INTO citations (number, kind, count, article_id) VALUES (?, ?, ?, ?)",
        [(*row, article_id) for row in rows],
    )


def cited(article: Article) -> list[Row]:
    """Number, kind and how often, of each document that an article's title, lead, blocks and
    files name; of a text that no paper would print, its first half million characters."""
    counts: Counter[str] = Counter()
    kinds: dict[str, Kind] = {}
    for reference in references("\n\n".join(_texts(article))[:MOST_TEXT]):
        counts[reference.number] += 1
        if kinds.get(reference.number, Kind.DOCUMENT) is Kind.DOCUMENT:
            kinds[reference.number] = reference.kind
    return [(number, kinds[number].value, count) for number, count in counts.items()]


def citing(connection: sqlite3.Connection, number: str, *, limit: int = 20) -> list[Hit]:
    """The articles that name a legal document, the newest first; its number in any spelling.

    None where the text is no number: `archive.legal.canonical_number` tells.
    """
    canonical = canonical_number(number)
    if canonical is None:
        return []
    numbers = spellings(canonical)
    sql = _CITING.format(marks=", ".join("?" * len(numbers)))
    hits: dict[int, Hit] = {}
    for row in connection.execute(sql, (*numbers, limit)):
        hits.setdefault(row["id"], _hit(row))
    return list(hits.values())


def _texts(article: Article) -> Iterator[str]:
    yield article.title
    yield article.lead or ""
    for block in article.blocks:
        yield block.text or "\n".join(" | ".join(cells) for cells in block.rows or ())
    for attachment in article.attachments:
        yield attachment.title or ""


def spellings(number: str) -> list[str]:
    """A body that we do not know may have been written, or typed, without the stroke of its Đ.

    >>> spellings("234/DL-BCT"), spellings("483/QĐ-TTg")
    (['234/DL-BCT', '234/ĐL-BCT'], ['483/QĐ-TTg'])
    """
    parts = _PARTS.split(number)
    letters = "".join("." * len(part) if part in _KNOWN else part for part in parts)
    choices = [
        "DĐ" if free in "DĐ" else letter for letter, free in zip(number, letters, strict=True)
    ]
    if 2 ** sum(len(choice) - 1 for choice in choices) > _MOST_SPELLINGS:
        return [number]
    return ["".join(spelling) for spelling in product(*choices)]


def _hit(row: sqlite3.Row) -> Hit:
    return Hit(
        **{key: row[key] for key in ("id", "url", "site", "source", "title", "section")},
        published_at=row["published_at"],
        withdrawn_at=row["withdrawn_at"],
        marked_title=_marked(row["title"], row["number"]) or row["title"],
        snippet=_passage(row),
        exact=True,
    )


def _passage(row: sqlite3.Row) -> str:
    """Where the text names the document; how the article begins where only its files do."""
    for text in (row["body"], row["lead"]):
        if text and (marked := _marked(text, row["number"])):
            return one_line(marked)
    return one_line(row["lead"] or (row["body"] or "")[:PASSAGE])


def _marked(text: str, number: str) -> str | None:
    """The words round the first place that names a number, the number in marks.

    >>> _marked("Theo Thông tư 38/2016/TT – BCT, giá mới", "38/2016/TT-BCT")
    'Theo Thông tư ⟦38/2016/TT – BCT⟧, giá mới'
    """
    place = next((r for r in references(text) if r.number == number), None)
    if place is None:
        return None
    before, after = text[: place.start], text[place.end :]
    if len(before) > PASSAGE:
        before = "…" + before[-PASSAGE:].partition(" ")[2]
    if len(after) > PASSAGE:
        after = after[:PASSAGE].rpartition(" ")[0] + "…"
    return f"{before}{OPEN}{text[place.start : place.end]}{CLOSE}{after}"
