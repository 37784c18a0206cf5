"""What the index is asked for one search, tier after tier, and what it found."""

import sqlite3
from dataclasses import dataclass, field
from functools import partial

from archive.branches import Branch
from archive.candidates import BELOW, CANDIDATES, FIRM, HARD, SOFT, Asked, Matched, Patience, rarity
from archive.expressions import (
    Tier,
    Way,
    all_but_one,
    exact,
    is_spelt_one_way,
    tiers,
    unwanted,
    whole_but_one,
)
from archive.filters import Conditions
from archive.letters import Letters
from archive.words import beginning

OF_TITLES = 100
FEW = 80
_SECONDS = {Tier.PHRASE: FIRM, Tier.NEAR: SOFT}


@dataclass(slots=True)
class Found:
    """A candidate: by which expression it was found, and what is known of its worth."""

    id: int
    tier: Tier
    branch: Branch
    unasked: tuple[str, ...] = ()
    in_title: bool = False
    exact: int = 0
    is_judged: bool = False
    worth: float = 0.0
    copies: int = 0
    row: sqlite3.Row | None = None
    letters: list[Letters] | None = None

    @property
    def order(self) -> tuple[float, ...]:
        return (self.tier, -self.exact, -self.worth, -self.id)


@dataclass(slots=True)
class Gathering:
    """One search, as far as the index can answer it."""

    connection: sqlite3.Connection
    limit: int
    newest: bool
    only_exact: bool
    unfolded: bool
    patience: Patience
    counts: bool  # how many hits there are, which several ways to be a hit do not tell
    found: dict[int, Found] = field(default_factory=dict)
    unproven: list[Found] = field(default_factory=list)  # close together, perhaps side by side
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
                ids = asked.listed(unwanted(branch), self.most)
                self._keep(ids, Tier.ALL, branch)
            return
        ways = tiers(branch, partial(beginning, self.connection), rarity(self.connection))
        if self.newest:
            matched = asked.matching(ways[Tier.ALL].anywhere, self.most, count=self.counts)
            self._keep(matched.ids, Tier.ALL, branch)
            self.counted = (matched.counted, matched.is_all)
        else:
            self._ask_in_tiers(asked, ways, branch)

    @property
    def most(self) -> int:
        """More than are shown where some are left out: copies, other accents."""
        return self.limit * (1 if self.unfolded and not self.only_exact else 2)

    @property
    def _enough(self) -> int:
        """Some of those may lack a word that the index was not asked for."""
        return self.limit * (2 if any(each.unasked for each in self.found.values()) else 1)

    def _ask_in_tiers(self, asked: Asked, ways: dict[Tier, Way], branch: Branch) -> None:
        near = None
        if Tier.PHRASE in ways and Tier.NEAR in ways and is_spelt_one_way(branch):
            near = self._few(asked, ways[Tier.NEAR], branch)
            if not near.is_capped:
                ways = {Tier.ALL: ways[Tier.ALL]}
            elif self._are_few_but_one(asked, branch):
                ways = {tier: way for tier, way in ways.items() if tier is not Tier.PHRASE}
        for tier, way in ways.items():
            if len(self.found) < self._enough:
                known = near if tier is Tier.NEAR else None
                self._keep_tier(asked, tier, way, branch, known or self._asked(asked, tier, way))
        if not self.found and (other := all_but_one(branch)) and not self.only_exact:
            matched = self._asked(asked, Tier.ALL_BUT_ONE, other)
            self._keep_tier(asked, Tier.ALL_BUT_ONE, other, branch, matched)
            if self.found:
                self.notes.append("No article holds all of these words; these lack one of them.")

    def _are_few_but_one(self, asked: Asked, branch: Branch) -> bool:
        way = whole_but_one(branch, rarity(self.connection))
        return way is not None and not self._few(asked, way, branch).is_capped

    def _few(self, asked: Asked, way: Way, branch: Branch) -> Matched:
        """Candidates to be read, which tells who has the words side by side; none if these are too
        many."""
        few, found = max(FEW, self.most), bool(self.found)
        matched = asked.matching(way.anywhere, few, most=FIRM, enough=FIRM, found=found)
        if not matched.is_capped:
            self.unproven += self._keep(matched.ids, Tier.NEAR, branch, way)
        return matched

    def _asked(self, asked: Asked, tier: Tier, way: Way) -> Matched:
        found = bool(self.found)
        seconds = _SECONDS.get(tier, BELOW if found else HARD)
        limit = max(CANDIDATES, self.most)
        count = self.counts and tier is Tier.ALL
        matched = asked.matching(way.anywhere, limit, most=seconds, found=found, count=count)
        if count:
            self.counted = (matched.counted, matched.is_all)
        return matched

    def _keep_tier(
        self, asked: Asked, tier: Tier, way: Way, branch: Branch, matched: Matched
    ) -> None:
        found = bool(self.found)
        self._keep(matched.ids, tier, branch, way)
        if matched.is_capped:
            self.is_capped = True
            # Where words stood closer elsewhere, these are not the best whatever their titles.
            if not found and self.patience.left(BELOW) > 0:
                titles = asked.matching(way.in_title, OF_TITLES, most=BELOW, found=True)
                for each in self._keep(titles.ids, tier, branch, way):
                    each.in_title = True

    def _keep(
        self, ids: list[int], tier: Tier, branch: Branch, way: Way | None = None
    ) -> list[Found]:
        """The new ones among some articles."""
        unasked = way.unasked if way else ()
        new = [Found(each, tier, branch, unasked) for each in ids if each not in self.found]
        self.found |= {each.id: each for each in new}
        return new
