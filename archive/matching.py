"""Every article that a query asks for, without a limit: what an export takes.

A search looks for the best few within a time; here the whole tree of the query becomes one
condition of SQL, asked of a stretch of ids after the other, so that nothing is left out.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from archive.branches import Branch, is_filter, words_alone
from archive.expressions import exact, match
from archive.filters import LAST_ID, Conditions, condition
from archive.query import All, Any, Node, Not, Phrase, Query, parse
from archive.ranking import Sought, is_as_typed

STRETCH = 20_000
_BORDER = "SELECT id FROM articles_fts_docsize WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ?"
_IDS = """
SELECT a.id FROM articles a INDEXED BY articles_of_site
WHERE a.id BETWEEN :first AND :last{where} ORDER BY a.id
"""
# The unary plus: else the index would be asked again for each of the articles.
_IN_TEXT = (
    "(+{{id}} IN (SELECT rowid FROM articles_fts"
    " WHERE articles_fts MATCH {match} AND rowid BETWEEN :first AND :last))"
)
_AS_TYPED = (
    "(+{{id}} IN (SELECT rowid FROM articles_exact"
    " WHERE articles_exact MATCH {match} AND rowid BETWEEN :first AND :last)"
    " AND (SELECT as_typed({number}, t.title, t.lead, t.body) FROM articles t WHERE t.id = {{id}}))"
)

Watch = Callable[[str, int, int], None]  # what is done, how many of how many


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which articles are wanted: those of a query, or all; `since` and `until` are days in
    Vietnam, both included. `only_exact` insists on the accents as typed."""

    query: str = ""
    site: str | None = None
    source: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    only_exact: bool = False

    @property
    def parsed(self) -> Query:
        """The query with what was given beside it; its tree is None where all are wanted."""
        after = self.since.isoformat() if self.since else None
        before = None
        if self.until and self.until < dt.date.max:
            before = (self.until + dt.timedelta(days=1)).isoformat()
        return parse(self.query).narrowed(
            site=self.site, source=self.source, after=after, before=before
        )


@dataclass(slots=True)
class _Compiler:
    """A query's tree on its way to SQL; the texts to be compared letter by letter by number."""

    connection: sqlite3.Connection
    only_exact: bool
    found: Conditions = field(default_factory=Conditions)
    sought: list[Sought] = field(default_factory=list)

    def sql(self, node: Node) -> str:
        if is_filter(node):
            return condition(self.connection, node, self.found)
        if branch := words_alone(node):
            return self._words(branch)
        if isinstance(node, Not):
            return f"NOT {self.sql(node.part)}"
        if isinstance(node, All):
            return self._all(node)
        parts = node.parts if isinstance(node, Any) else ()
        return f"({' OR '.join(map(self.sql, parts))})"

    def _all(self, node: All) -> str:
        """The words in one question to the index, which knows best how to join them."""
        words: list[Node] = [p for p in node.parts if isinstance(p, Phrase)]
        words += [p for p in node.parts if isinstance(p, Not) and isinstance(p.part, Phrase)]
        if len(words) < 2 or not words_alone(All(tuple(words))):
            return f"({' AND '.join(map(self.sql, node.parts))})"
        others = [part for part in node.parts if part not in words]
        return f"({' AND '.join(map(self.sql, (All(tuple(words)), *others)))})"

    def _words(self, branch: Branch) -> str:
        found = _IN_TEXT.format(match=self.found.bind(match(branch)))
        if not self.only_exact or not (forms := exact(branch)):
            return found
        self.sought.append(Sought.of(branch))
        typed = _AS_TYPED.format(match=self.found.bind(forms), number=len(self.sought) - 1)
        return f"({found} AND {typed})"

    def as_typed(self, number: int, *texts: str | None) -> bool:
        return is_as_typed(self.sought[number], *texts)


def matching(
    connection: sqlite3.Connection, selection: Selection, watch: Watch | None = None
) -> tuple[array[int], tuple[str, ...]]:
    """The ids of all articles that are wanted, in the order of their days, eight bytes each; and
    what the reader should be told of the query."""
    parsed = selection.parsed
    compiler = _Compiler(connection, selection.only_exact)
    if parsed.tree:
        compiler.found.sql.append(compiler.sql(parsed.tree))
        connection.create_function("as_typed", 4, compiler.as_typed, deterministic=True)
    sql = _IDS.format(where=compiler.found.where("a.id"))
    ids = array("q")
    of = connection.execute("SELECT count(*) FROM articles_fts_docsize").fetchone()[0]
    for number, (first, last) in enumerate(_stretches(connection), 1):
        values = compiler.found.values | {"first": first, "last": last}
        ids.extend(row[0] for row in connection.execute(sql, values))
        if watch:
            watch("looked through", min(number * STRETCH, of), of)
    return ids, tuple(dict.fromkeys((*parsed.notes, *compiler.found.notes)))


def _stretches(connection: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    first = 0
    while row := connection.execute(_BORDER, (first, STRETCH)).fetchone():
        yield first, row[0] - 1
        first = row[0]
    yield first, LAST_ID
