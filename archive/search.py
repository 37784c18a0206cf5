"""Search: the only place that runs MATCH.

FTS5 looks at every hit to rank it, so each question is bounded: only the newest NEWEST hits of a
tier are ranked, and a span of days is a span of ids.
"""

import calendar
import datetime as dt
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.models import Hit
from archive.query import NOTHING, Query, parse
from archive.store import IDS_A_DAY

OPEN, CLOSE = "⟦", "⟧"
NEWEST = 20_000
SNIPPET_SYLLABLES = 40
# Title and lead say what an article is about; d_forms repeats syllables of all three.
WEIGHTS = "4, 2, 1, 0"

# MATERIALIZED: otherwise SQLite asks the index of exact words again for every single hit.
_RANKED = f"""
WITH newest AS MATERIALIZED (
    SELECT f.rowid AS id, bm25(articles_fts, {WEIGHTS}) AS score
    FROM articles_fts f {{join}}
    WHERE articles_fts MATCH :match AND f.rowid BETWEEN :first AND :last
    ORDER BY f.rowid DESC LIMIT {NEWEST}),
exact AS MATERIALIZED (
    SELECT rowid AS id FROM articles_exact
    WHERE articles_exact MATCH :exact
      AND rowid BETWEEN (SELECT min(id) FROM newest) AND (SELECT max(id) FROM newest))
SELECT id FROM newest ORDER BY id IN (SELECT id FROM exact) DESC, score, id DESC LIMIT :limit
"""  # noqa: S608 - numbers of our own
_NEWEST = """
SELECT f.rowid AS id FROM articles_fts f {join}
WHERE articles_fts MATCH :match AND f.rowid BETWEEN :first AND :last
ORDER BY f.rowid DESC LIMIT :limit
"""
# Rows are read by the id of each hit: a list of ids would make MATCH the inner loop.
_HIT = f"""
SELECT a.id, a.url, a.site, a.source, a.title, a.section, a.published_at, a.withdrawn_at, a.lead,
    highlight(articles_fts, 0, '{OPEN}', '{CLOSE}') AS marked_title,
    snippet(articles_fts, 1, '{OPEN}', '{CLOSE}', '…', {SNIPPET_SYLLABLES}) AS lead_snippet,
    snippet(articles_fts, 2, '{OPEN}', '{CLOSE}', '…', {SNIPPET_SYLLABLES}) AS body_snippet
FROM articles_fts JOIN articles a ON a.id = articles_fts.rowid
WHERE articles_fts MATCH :match AND articles_fts.rowid = :id
"""  # noqa: S608
_UNENDED_LINE = re.compile(r"(?<=[^\s.!?:;…])[ ]*\n\s*")  # a subheading, a cell of a table
_EXACT = "SELECT 1 FROM articles_exact WHERE articles_exact MATCH ? AND rowid = ?"


@dataclass
class _Question:
    """One search on its way: the filters as SQL, and the hits so far in their order."""

    connection: sqlite3.Connection
    query: Query
    values: dict[str, object]
    join: str
    found: dict[int, Hit] = field(default_factory=dict)

    def ask(self, sql: str, match: str, limit: int) -> None:
        values = self.values | {
            "match": match,
            "exact": self.query.exact or NOTHING,
            "limit": limit,
        }
        rows = self.connection.execute(sql.format(join=self.join), values).fetchall()
        for row in rows:
            if row["id"] not in self.found and len(self.found) < limit:
                self.found[row["id"]] = self._hit(row["id"], match)

    def _hit(self, article_id: int, match: str) -> Hit:
        exact = self.connection.execute(_EXACT, (self.query.exact or NOTHING, article_id))
        row = self.connection.execute(_HIT, {"match": match, "id": article_id}).fetchone()
        return Hit(
            **{key: row[key] for key in ("id", "url", "site", "source", "title", "section")},
            published_at=row["published_at"],
            snippet=_best_snippet(row["body_snippet"], row["lead_snippet"], row["lead"]),
            exact=exact.fetchone() is not None,
            marked_title=row["marked_title"],
            withdrawn_at=row["withdrawn_at"],
        )


def search(  # noqa: PLR0913 - each is one filter that a reader knows
    connection: sqlite3.Connection,
    query: str,
    *,
    site: str | None = None,
    source: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    limit: int = 20,
    newest: bool = False,
) -> list[Hit]:
    """The articles that hold all words of a query, best or newest first; none for no words.

    The best hold the words as typed (a phrase, then neighbours, then anywhere), those with the
    same accents first. `since` and `until` are days in Vietnam, both included.
    """
    parsed = parse(query)
    question = _Question(
        connection=connection,
        query=parsed,
        values={"site": site, "source": source, **_ids(since, until)},
        join=_join(site, source),
    )
    tiers = parsed.tiers[-1:] if newest else parsed.tiers
    for match in tiers:
        if len(question.found) < limit:
            question.ask(_NEWEST if newest else _RANKED, match, limit)
    return list(question.found.values())


def snippets(connection: sqlite3.Connection, query: str, ids: Iterable[int]) -> dict[int, str]:
    """For articles that were found in another way, by id: where the words of a query stand."""
    match = parse(query).words
    rows = (connection.execute(_HIT, {"match": match, "id": each}).fetchone() for each in ids)
    return {
        row["id"]: _best_snippet(row["body_snippet"], row["lead_snippet"], row["lead"])
        for row in rows
        if row is not None
    }


def _join(site: str | None, source: str | None) -> str:
    columns = [name for name, value in (("site", site), ("source", source)) if value is not None]
    if not columns:
        return ""
    # CROSS: hits first, then their articles by id; the other way round MATCH would run per article.
    conditions = "".join(f" AND a.{column} = :{column}" for column in columns)
    return f"CROSS JOIN articles a ON a.id = f.rowid{conditions}"


def _ids(since: dt.date | None, until: dt.date | None) -> dict[str, object]:
    """A span of days as a span of ids; days that were full went on after their month's last."""
    first = int(f"{since:%Y%m%d}") * IDS_A_DAY if since else 0
    last = 1 << 62
    if until:
        is_last_day = until.day == calendar.monthrange(until.year, until.month)[1]
        day = until.year * 10_000 + until.month * 100 + (99 if is_last_day else until.day)
        last = day * IDS_A_DAY + IDS_A_DAY - 1
    return {"first": first, "last": last}


def _best_snippet(body: str | None, lead: str | None, whole_lead: str | None) -> str:
    """A place that shows a found word, else how the article begins."""
    for snippet in (body, lead):
        if snippet and OPEN in snippet:
            return one_line(snippet)
    return one_line(whole_lead or body or "")


def one_line(text: str) -> str:
    """A passage without its line breaks; a dot stands where a line ended without a mark.

    >>> one_line("Giá mới\\n\\nXăng giảm.\\nDầu tăng.")
    'Giá mới · Xăng giảm. Dầu tăng.'
    """
    return " ".join(_UNENDED_LINE.sub(" · ", text).split())
