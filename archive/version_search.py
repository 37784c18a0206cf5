"""Search in the texts that articles no longer have: what a paper said and took back."""

from __future__ import annotations

import datetime as dt
import sqlite3
from functools import partial

from archive.branches import Branch, branches
from archive.expressions import Tier, tiers
from archive.filters import Conditions, conditions, day_span
from archive.models import Answer, VersionHit
from archive.ranking import Sought, exactness, is_as_typed
from archive.search import asked_of, best_snippet, marks_of
from archive.words import beginning

NEWEST = 20_000
# Title and lead say what an article is about; d_forms repeats syllables of all three.
WEIGHTS = "4, 2, 1, 0"
# Of an article's versions the last one counts that said it; its present text must not say it.
_FOUND = f"""
WITH newest AS MATERIALIZED (
    SELECT f.rowid AS id, v.article_id AS article_id, bm25(versions_fts, {WEIGHTS}) AS score
    FROM versions_fts f CROSS JOIN versions v ON v.id = f.rowid
    WHERE versions_fts MATCH :match AND v.article_id BETWEEN :first AND :last{{where}}
    ORDER BY f.rowid DESC LIMIT {NEWEST}),
still AS MATERIALIZED (
    SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :match AND rowid
        BETWEEN (SELECT min(article_id) FROM newest) AND (SELECT max(article_id) FROM newest))
SELECT max(id) AS id, min(score) AS score FROM newest
WHERE article_id NOT IN (SELECT id FROM still) GROUP BY article_id ORDER BY {{order}} LIMIT :limit
"""
_ROW = """
SELECT v.article_id AS id, a.url, v.site, v.source, v.title, v.section, v.published_at,
    a.withdrawn_at, v.version, v.seen_at, v.replaced_at, v.lead, v.body
FROM versions v JOIN articles a ON a.id = v.article_id WHERE v.id = ?
"""
_COLUMNS = (
    *("id", "url", "site", "source", "title", "section", "published_at", "withdrawn_at"),
    *("version", "seen_at", "replaced_at"),
)
Found = list[tuple[int, VersionHit]]


def find_versions(
    connection: sqlite3.Connection,
    query: str,
    *,
    site: str | None = None,
    source: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    limit: int = 20,
    newest: bool = False,
    only_exact: bool = False,
) -> Answer:
    """The articles that once held what a query asks for and do so no longer, each with the last
    version that did: the best first, or those first that were replaced last."""
    parsed = asked_of(query, site=site, source=source)
    span, notes = day_span(since=since, until=until), [*parsed.notes]
    found: dict[int, VersionHit] = {}
    for branch in branches(parsed):
        extra = conditions(connection, branch.filters, span)
        notes += extra.notes
        ways = tiers(branch, partial(beginning, connection))
        for way in [ways[Tier.ALL]] if newest and ways else ways.values():
            for hit in _hits(connection, branch, way.anywhere, extra, limit, newest=newest):
                if len(found) < limit and (hit.exact or not only_exact):
                    found.setdefault(hit.id, hit)
    if not found and any(map(str.isalnum, query)):
        notes.append(f"no article said and no longer says all of: {query}")
    hits = tuple(found.values())
    return Answer(
        hits=hits, total=len(hits), is_all=len(hits) < limit, notes=tuple(dict.fromkeys(notes))
    )


def _hits(
    connection: sqlite3.Connection,
    branch: Branch,
    match: str,
    extra: Conditions,
    limit: int,
    *,
    newest: bool,
) -> list[VersionHit]:
    """One tier's hits, those first that have the accents as typed."""
    order = "id DESC" if newest else "score, id DESC"
    sql = _FOUND.format(order=order, where=extra.where("v.article_id"))
    span = {"first": extra.first, "last": extra.last, "limit": limit, "match": match}
    rows = connection.execute(sql, extra.values | span).fetchall()
    ranked = [_hit(connection, branch, row["id"]) for row in rows]
    if not newest:
        ranked.sort(key=lambda pair: -pair[0])
    return [hit for _, hit in ranked]


def _hit(connection: sqlite3.Connection, branch: Branch, version_id: int) -> tuple[int, VersionHit]:
    row = connection.execute(_ROW, (version_id,)).fetchone()
    marks, sought = marks_of(branch), Sought.of(branch)
    texts = (row["title"], row["lead"], row["body"])
    return exactness(sought, *texts), VersionHit(
        **{key: row[key] for key in _COLUMNS},
        snippet=best_snippet(marks, row["body"], row["lead"]),
        marked_title=marks.marked(row["title"]),
        exact=is_as_typed(sought, *texts),
    )
