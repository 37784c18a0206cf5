"""Search: from what a reader typed to hits in their order.

Words side by side as typed come first, then words close together, then words anywhere; within
each, those with the accents that were typed, then as ranking.py judges their texts.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice

from archive.branches import Branch, branches
from archive.candidates import Asked, Patience, until
from archive.expressions import NOTHING, Tier, accented, match, unwanted
from archive.filters import Conditions, conditions, day_span
from archive.gathering import Found, Gathering
from archive.letters import Letters
from archive.marking import CLOSE, OPEN, SNIPPET, Marks, one_line
from archive.models import Answer, Hit
from archive.query import All, Any, Node, Phrase, Query, parse
from archive.ranking import Sought, exactness, first_look, holds, is_as_typed, is_whole, judge
from archive.words import beginning

__all__ = ["CLOSE", "OPEN", "find", "one_line", "search", "snippets"]

READ = 25
LISTED = 1_000
MARKING = 0.004  # seconds
_BEGINNINGS = """
SELECT id, title, lead FROM articles WHERE id IN (SELECT value FROM json_each(?))
"""
_TEXTS = """
SELECT id, url, site, source, title, section, published_at, withdrawn_at, lead, body
FROM articles WHERE id IN (SELECT value FROM json_each(?))
"""
_TEXT = """
SELECT id, url, site, source, title, section, published_at, withdrawn_at, lead, body
FROM articles WHERE id = ?
"""
_STORIES = """
SELECT s.article_id, s.first_id, (SELECT count(*) FROM stories o WHERE o.first_id = s.first_id)
FROM stories s WHERE s.article_id IN (SELECT value FROM json_each(?))
"""
# The plus: else the index would be asked again for each of the ids.
_EXACTLY = """
SELECT rowid FROM articles_exact WHERE articles_exact MATCH ? AND rowid BETWEEN ? AND ?
AND +rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid DESC
"""


@dataclass(slots=True)
class _Search(Gathering):
    """One search, from what the index found to what is shown."""

    def best(self) -> list[Found]:
        """What is shown, in its order, each story once."""
        ordered: Iterable[Found] = (
            sorted(self.found.values(), key=lambda f: -f.id) if self.newest else self._ranked()
        )
        if self.only_exact:
            ordered = islice(filter(self._is_as_typed, ordered), self.most)
        return list(islice(ordered if self.unfolded else self._folded(ordered), self.limit))

    def _ranked(self) -> Iterator[Found]:
        """All by title and lead, those at the top by their whole text."""
        self._prove()
        self._mark_exact()
        self._look_at_beginnings()
        ordered = sorted(self.found.values(), key=lambda f: f.order)
        read = max(READ, self.limit)
        judged = [each for each in ordered[:read] if self._judged(each)]
        yield from sorted(judged, key=lambda f: f.order)
        yield from filter(self._holds_all, ordered[read:])

    def _prove(self) -> None:
        """Reads those that have the words close together, to know which have them side by side."""
        values = (json.dumps([each.id for each in self.unproven]),)
        rows = {row["id"]: row for row in self.connection.execute(_TEXTS, values)}
        for each in self.unproven:
            each.row = rows[each.id]
            if is_whole(sought_of(each.branch), *self._texts(each)):
                each.tier = Tier.PHRASE

    def _look_at_beginnings(self) -> None:
        ids = [each.id for each in self.found.values() if each.row is None]
        rows = [each.row for each in self.found.values() if each.row is not None]
        rows += self.connection.execute(_BEGINNINGS, (json.dumps(ids),)).fetchall()
        for row in rows:
            each = self.found[row["id"]]
            sought = sought_of(each.branch)
            each.worth, is_exact = first_look(sought, row["title"], row["lead"])
            each.exact = each.exact or int(is_exact)

    def _judged(self, each: Found) -> bool:
        """Judges a candidate by its text, unless that lacks a word the index was not asked for."""
        if not self._holds_all(each):
            return False
        judged = judge(sought_of(each.branch), each.tier, *self._texts(each))
        each.tier, each.worth, each.exact = judged.tier, judged.worth, judged.exact
        each.is_judged = True
        return True

    def _holds_all(self, each: Found) -> bool:
        """Whether it has the words that the index was not asked for."""
        return not each.unasked or holds(each.unasked, *self._texts(each))

    def _mark_exact(self) -> None:
        """Which candidates hold every word with the accents that were typed, if any were.

        Of one or two syllables, which have many spellings; more have few, and would cost more.
        Only of tiers that are not wholly read, whose articles are the newest and close together.
        """
        groups: dict[tuple[Tier, str | None], list[Found]] = {}
        for each in self.found.values():
            groups.setdefault((each.tier, accented(each.branch)), []).append(each)
        room = READ
        for (_, typed), members in sorted(groups.items(), key=lambda group: group[0][0]):
            room -= len(members)
            # Old ones may be found by their titles; to them it would be a long way.
            ids = [each.id for each in members if not each.in_title]
            if room < 0 and typed and typed.count(" AND ") < 2 and ids:
                self._mark_exact_of(typed, ids)

    def _mark_exact_of(self, typed: str, ids: list[int]) -> None:
        values = (typed, min(ids), max(ids), json.dumps(ids))
        began = self.patience.spent()
        with until(self.connection, lambda: MARKING - (self.patience.spent() - began)):
            for row in self.connection.execute(_EXACTLY, values):
                self.found[row[0]].exact = 1

    def _folded(self, ordered: Iterable[Found]) -> Iterator[Found]:
        """Of each story the article that stands first, with the number of the others."""
        told: set[int] = set()
        ordered = islice(ordered, 4 * self.limit)
        while some := list(islice(ordered, self.limit)):
            ids = json.dumps([each.id for each in some])
            stories = {row[0]: row[1:] for row in self.connection.execute(_STORIES, (ids,))}
            for each in some:
                first_id, members = stories.get(each.id, (each.id, 1))
                if first_id not in told:
                    told.add(first_id)
                    each.copies = members - 1
                    yield each

    def _text(self, each: Found) -> sqlite3.Row:
        if each.row is None:
            each.row = self.connection.execute(_TEXT, (each.id,)).fetchone()
        return each.row

    def _texts(self, each: Found) -> list[Letters]:
        """Title, lead and body, in which words are looked for several times."""
        if each.letters is None:
            row = self._text(each)
            each.letters = [Letters(row[name]) for name in ("title", "lead", "body")]
        return each.letters

    def _is_as_typed(self, each: Found) -> bool:
        return is_as_typed(sought_of(each.branch), *self._texts(each))

    def _exactness(self, each: Found) -> int:
        return exactness(sought_of(each.branch), *self._texts(each))

    def hit(self, each: Found) -> Hit:
        row = self._text(each)
        title, _, body = self._texts(each)
        marks = marks_of(each.branch)
        return Hit(
            **{key: row[key] for key in ("id", "url", "site", "source", "title", "section")},
            published_at=row["published_at"],
            snippet=best_snippet(marks, row["body"], row["lead"], body),
            exact=(each.exact if each.is_judged else self._exactness(each)) > 0,
            marked_title=marks.marked(row["title"], title),
            withdrawn_at=row["withdrawn_at"],
            copies=each.copies,
        )


def find(
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
    thorough: bool = False,
    unfolded: bool = False,
) -> Answer:
    """The articles that a query asks for, best or newest first, and what to tell the reader.

    `since` and `until` are days in Vietnam, both included. `only_exact` insists on the accents as
    typed. A search looks back for as long as a reader waits; `thorough` to the end. Of a story that
    was reprinted one article is a hit, unless `unfolded`.
    """
    parsed = asked_of(query, site=site, source=source)
    span = day_span(since=since, until=until)
    ways = branches(parsed)
    counts = len(ways) == 1 and not only_exact
    patience = Patience(thorough)
    search = _Search(connection, limit, newest, only_exact, unfolded, patience, counts)
    asked: list[tuple[Branch, Conditions]] = []
    for branch in ways:
        extra = conditions(connection, branch.filters, span)
        asked.append((branch, extra))
        search.ask(branch, extra)
    hits = [search.hit(each) for each in search.best()]
    total, is_all = _total(search, asked, len(hits))
    return Answer(
        hits=tuple(hits),
        total=total,
        is_all=is_all,
        ranked=len(search.found) if search.is_capped else None,
        looked_back_to=search.patience.looked_back_to,
        notes=tuple(dict.fromkeys((*parsed.notes, *search.notes))),
    )


def search(connection: sqlite3.Connection, query: str, **wanted: object) -> list[Hit]:
    """The hits of `find` alone, each copy of a story a hit of its own."""
    return list(find(connection, query, unfolded=True, **wanted).hits)  # type: ignore[arg-type] # as find()


def snippets(connection: sqlite3.Connection, query: str, ids: Iterable[int]) -> dict[int, str]:
    """For articles that were found in another way, by id: where the words of a query stand."""
    marks = marks_of(*branches(parse(query)))
    ids = list(ids)
    rows = (connection.execute(_TEXT, (each,)).fetchone() for each in ids)
    return {
        each: best_snippet(marks, row["body"], row["lead"])
        for each, row in zip(ids, rows, strict=True)
        if row is not None
    }


def asked_of(text: str, **given: str | None) -> Query:
    """A query as typed, with the filters that were given beside it; these alone ask for nothing."""
    query = parse(text)
    return query.narrowed(**given) if query.tree else query


def _total(search: _Search, asked: list[tuple[Branch, Conditions]], shown: int) -> tuple[int, bool]:
    """How many hits there are, as far as a moment's counting tells."""
    if not search.counts:
        return len(search.found), len(search.found) < search.limit
    branch, extra = asked[0]
    if search.counted is not None:
        counted, is_all = search.counted
        return max(counted, shown, len(search.found)), is_all
    if not branch.wanted:
        ids = Asked(search.connection, extra, search.patience).listed(unwanted(branch), LISTED)
        return len(ids), len(ids) < LISTED
    way = match(branch, partial(beginning, search.connection))
    counted, is_all = Asked(search.connection, extra, search.patience).count(way or NOTHING)
    return max(counted, shown, len(search.found)), is_all


@lru_cache(maxsize=16)  # asked for every candidate
def sought_of(branch: Branch) -> Sought:
    return Sought.of(branch)


@lru_cache(maxsize=16)  # asked for every hit
def marks_of(*ways: Branch) -> Marks:
    """What is to be marked in the texts that these branches find."""
    wanted = (phrase for way in ways for part in way.wanted for phrase in _phrases(part))
    return Marks([(phrase.syllables, phrase.prefix) for phrase in wanted])


def _phrases(node: Node) -> Iterator[Phrase]:
    if isinstance(node, Phrase):
        yield node
    elif isinstance(node, All | Any):
        for part in node.parts:
            yield from _phrases(part)


def best_snippet(
    marks: Marks, body: str | None, lead: str | None, letters: Letters | None = None
) -> str:
    """A place that shows a found word, else how the article begins; `letters` are the body's, where
    they are known."""
    looked_in = ((body, letters), (lead, None))
    found = (marks.snippet(text, known) for text, known in looked_in if text)
    return next(filter(None, found), None) or one_line(lead or (body or "")[:SNIPPET])
