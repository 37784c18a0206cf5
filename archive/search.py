"""Search: from what a reader typed to hits in their order.

Words side by side as typed come first, then words close together, then words anywhere; within
each, those with the accents that were typed, then as ranking.py judges their texts.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import islice

from archive.candidates import CANDIDATES, FIRM, HARD, LEAST, SOFT, Asked, Patience, rarity, until
from archive.expressions import (
    NOTHING,
    Branch,
    Tier,
    Way,
    accented,
    all_but_one,
    branches,
    exact,
    match,
    tiers,
    unwanted,
)
from archive.filters import Conditions, conditions, day_span
from archive.marking import CLOSE, OPEN, SNIPPET, Marks, one_line
from archive.models import Answer, Hit
from archive.query import All, Any, Node, Phrase, Query, parse
from archive.ranking import Sought, exactness, first_look, is_as_typed, judge
from archive.words import beginning

__all__ = ["CLOSE", "OPEN", "find", "one_line", "search", "snippets"]

OF_TITLES = 100
READ = 25
LISTED = 1_000
_BEGINNINGS = """
SELECT id, title, lead FROM articles WHERE id IN (SELECT value FROM json_each(?))
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
class _Found:
    """A candidate: by which expression it was found, and what is known of its worth."""

    id: int
    tier: Tier
    branch: Branch
    exact: int = 0
    is_judged: bool = False
    worth: float = 0.0
    copies: int = 0
    row: sqlite3.Row | None = None

    @property
    def order(self) -> tuple[float, ...]:
        return (self.tier, -self.exact, -self.worth, -self.id)


@dataclass(slots=True)
class _Search:
    """One search on its way."""

    connection: sqlite3.Connection
    limit: int
    newest: bool
    only_exact: bool
    unfolded: bool
    patience: Patience
    counts: bool  # how many hits there are, which several ways to be a hit do not tell
    found: dict[int, _Found] = field(default_factory=dict)
    is_capped: bool = False
    counted: tuple[int, bool] | None = None
    notes: list[str] = field(default_factory=list)

    def ask(self, branch: Branch, extra: Conditions) -> None:
        asked = Asked(
            self.connection,
            extra,
            self.patience,
            exact=exact(branch) if self.only_exact else None,
        )
        self.notes += extra.notes
        if not branch.wanted:
            if branch.filters:
                ids = asked.listed(unwanted(branch), self._most)
                self._keep(ids, Tier.ALL, branch)
            return
        ways = tiers(branch, partial(beginning, self.connection), rarity(self.connection))
        if self.newest:
            matched = asked.matching(ways[Tier.ALL].anywhere, self._most, count=self.counts)
            self._keep(matched.ids, Tier.ALL, branch)
            self.counted = (matched.counted, matched.is_all)
        else:
            self._ask_in_tiers(asked, ways, branch)

    @property
    def _most(self) -> int:
        """More than are shown where some are left out: copies, other accents."""
        return self.limit * (1 if self.unfolded and not self.only_exact else 2)

    def _ask_in_tiers(self, asked: Asked, ways: dict[Tier, Way], branch: Branch) -> None:
        for tier, way in ways.items():
            if len(self.found) < self.limit:
                self._ask_tier(asked, tier, way, branch)
        if not self.found and (other := all_but_one(branch)) and not self.only_exact:
            self._ask_tier(asked, Tier.ALL_BUT_ONE, other, branch)
            if self.found:
                self.notes.append("No article holds all of these words; these lack one of them.")

    def _ask_tier(self, asked: Asked, tier: Tier, way: Way, branch: Branch) -> None:
        limit = max(CANDIDATES, self._most)
        found = bool(self.found)
        seconds = {Tier.PHRASE: FIRM, Tier.NEAR: SOFT}.get(tier, SOFT if found else HARD)
        count = self.counts and tier is Tier.ALL
        matched = asked.matching(way.anywhere, limit, most=seconds, found=found, count=count)
        self._keep(matched.ids, tier, branch)
        if len(matched.ids) == limit:
            self.is_capped = True
            # Where words stood closer elsewhere, these are not the best whatever their titles.
            if not found:
                titles = asked.matching(way.in_title, OF_TITLES, most=SOFT, found=True)
                self._keep(titles.ids, tier, branch)
        if count:
            self.counted = (matched.counted, matched.is_all)

    def _keep(self, ids: list[int], tier: Tier, branch: Branch) -> None:
        for article_id in ids:
            self.found.setdefault(article_id, _Found(article_id, tier, branch))

    def best(self) -> list[_Found]:
        """What is shown, in its order, each story once."""
        ordered = (
            sorted(self.found.values(), key=lambda f: -f.id) if self.newest else self._ranked()
        )
        if self.only_exact:
            ordered = list(islice(filter(self._is_as_typed, ordered), self._most))
        return (ordered if self.unfolded else self._folded(ordered))[: self.limit]

    def _ranked(self) -> list[_Found]:
        """All by title and lead, those at the top by their whole text."""
        self._mark_exact()
        for row in self.connection.execute(_BEGINNINGS, (json.dumps(list(self.found)),)):
            each = self.found[row["id"]]
            each.worth = first_look(sought_of(each.branch), row["title"], row["lead"])
        ordered = sorted(self.found.values(), key=lambda f: f.order)
        read = max(READ, self.limit)
        for each in ordered[:read]:
            row = self._text(each)
            texts = row["title"], row["lead"], row["body"]
            judged = judge(sought_of(each.branch), each.tier, *texts)
            each.tier, each.worth, each.exact = judged.tier, judged.worth, judged.exact
            each.is_judged = True
        return [*sorted(ordered[:read], key=lambda f: f.order), *ordered[read:]]

    def _mark_exact(self) -> None:
        """Which candidates hold every word with the accents that were typed, if any were.

        Of one or two syllables, which have many spellings; more have few, and would cost more.
        Only of tiers that are not wholly read, whose articles are the newest and close together.
        """
        groups: dict[tuple[Tier, str | None], list[int]] = {}
        for each in self.found.values():
            groups.setdefault((each.tier, accented(each.branch)), []).append(each.id)
        room = READ
        for (_, typed), ids in sorted(groups.items(), key=lambda group: group[0][0]):
            room -= len(ids)
            if room < 0 and typed and typed.count(" AND ") < 2:
                self._mark_exact_of(typed, ids)

    def _mark_exact_of(self, typed: str, ids: list[int]) -> None:
        values = (typed, min(ids), max(ids), json.dumps(ids))
        began = self.patience.spent()
        with until(self.connection, lambda: LEAST - (self.patience.spent() - began)):
            for row in self.connection.execute(_EXACTLY, values):
                self.found[row[0]].exact = 1

    def _folded(self, ordered: list[_Found]) -> list[_Found]:
        """Of each story the article that stands first, with the number of the others."""
        ids = json.dumps([each.id for each in ordered[: 4 * self.limit]])
        stories = {row[0]: row[1:] for row in self.connection.execute(_STORIES, (ids,))}
        firsts: dict[int, _Found] = {}
        for each in ordered[: 4 * self.limit]:
            first_id, members = stories.get(each.id, (each.id, 1))
            firsts.setdefault(first_id, each).copies = members - 1
        return list(firsts.values())

    def _text(self, each: _Found) -> sqlite3.Row:
        if each.row is None:
            each.row = self.connection.execute(_TEXT, (each.id,)).fetchone()
        return each.row

    def _is_as_typed(self, each: _Found) -> bool:
        row = self._text(each)
        return is_as_typed(sought_of(each.branch), row["title"], row["lead"], row["body"])

    def _exactness(self, each: _Found) -> int:
        row = self._text(each)
        return exactness(sought_of(each.branch), row["title"], row["lead"], row["body"])

    def hit(self, each: _Found) -> Hit:
        row = self._text(each)
        marks = marks_of(each.branch)
        return Hit(
            **{key: row[key] for key in ("id", "url", "site", "source", "title", "section")},
            published_at=row["published_at"],
            snippet=best_snippet(marks, row["body"], row["lead"]),
            exact=(each.exact if each.is_judged else self._exactness(each)) > 0,
            marked_title=marks.marked(row["title"]),
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


def best_snippet(marks: Marks, body: str | None, lead: str | None) -> str:
    """A place that shows a found word, else how the article begins."""
    found = (marks.snippet(text) for text in (body, lead) if text)
    return next(filter(None, found), None) or one_line(lead or (body or "")[:SNIPPET])
