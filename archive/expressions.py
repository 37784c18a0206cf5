"""A query's tree as FTS5 expressions; pure.

Every syllable is quoted, so that no character of a query is FTS5 syntax. The index folds all
accents but đ, so each syllable is looked for in all its spellings.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache, reduce
from itertools import product
from math import prod

from archive.query import All, Any, Filter, Node, Not, Phrase, Query, parse
from archive.spelling import ACRONYMS, exact_variants, variants
from archive.text import fold

# d_forms stays out: it is for readers without this module, and its syllables are not neighbours.
COLUMNS = "{title lead body}"
NOTHING = '""'
MOST_VARIANTS = 4
LONGEST_PHRASE = 4
MOST_BRANCHES = 8
MOST_WORDS_TO_DROP = 12
NEAR = 10
Words = Callable[[str], Sequence[str]]
Rarity = Callable[[str], int]


class Tier(IntEnum):
    """How well an article holds what was typed, the best first."""

    PHRASE = 0
    NEAR = 1
    ALL = 2
    ALL_BUT_ONE = 3


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to be a hit: words that the index knows, and filters that columns answer."""

    words: tuple[Node, ...] = ()
    filters: tuple[Node, ...] = ()

    @property
    def wanted(self) -> tuple[Node, ...]:
        return tuple(part for part in self.words if not isinstance(part, Not))

    @property
    def unwanted(self) -> tuple[Node, ...]:
        return tuple(part.part for part in self.words if isinstance(part, Not))

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The words that must all be there; empty where one of them stands in a choice."""
        found = [part for part in self.wanted if isinstance(part, Phrase)]
        return tuple(found) if len(found) == len(self.wanted) else ()

    def __add__(self, other: "Branch") -> "Branch":
        return Branch(self.words + other.words, self.filters + other.filters)


@dataclass(frozen=True, slots=True)
class Way:
    """An expression, and the same for articles that hold its words in their titles."""

    anywhere: str
    in_title: str

    @classmethod
    def of(cls, branch: Branch, found: str, words: Words | None) -> "Way":
        title = f"{{title}} : ({found})"
        return cls(_complete(branch, found, words), _complete(branch, title, words))


def branches(query: Query) -> tuple[Branch, ...]:
    """A query as the ways to be a hit: most have one; `điện OR site:cafef` has two."""
    return tuple(_ways(query.tree)[:MOST_BRANCHES]) if query.tree else ()


def expression(text: str) -> str:
    """One valid FTS5 expression for any text, without its filters: for Datasette's search box."""
    ways = (match(way) for way in branches(parse(text)))
    return " OR ".join(f"({way})" for way in ways if way) or NOTHING


def words_alone(node: Node) -> Branch | None:
    """A part of a query as a branch, where it asks for nothing but words that FTS5 can say."""
    if _holds_filter(node) or not _finds(node):
        return None
    return Branch(node.parts if isinstance(node, All) else (node,))


def match(branch: Branch, words: Words | None = None) -> str | None:
    """The widest expression: all words and phrases, anywhere; None where there are none."""
    return _complete(branch, _all_of(branch.wanted, words), words) if branch.wanted else None


def tiers(branch: Branch, words: Words | None = None, rarity: Rarity = len) -> dict[Tier, "Way"]:
    """From the narrowest to the widest: as typed, close together, anywhere.

    `rarity` tells how often a syllable is met: of many side by side only the rarest few are asked
    to be so, which costs a tenth; what else they found must be left to who reads the texts.
    """
    if not branch.wanted:
        return {}
    found = {
        Tier.PHRASE: _whole(branch.phrases, rarity),
        Tier.NEAR: _near(branch.phrases),
        Tier.ALL: _all_of(branch.wanted, words),
    }
    return {tier: Way.of(branch, text, words) for tier, text in found.items() if text}


def all_but_one(branch: Branch) -> "Way | None":
    """For three words and more of which one may be wrong; None for others."""
    parts = branch.phrases
    if not 3 <= len(parts) <= MOST_WORDS_TO_DROP:
        return None
    ways = (_all_of([*parts[:n], *parts[n + 1 :]], None) for n in range(len(parts)))
    return Way.of(branch, " OR ".join(f"({way})" for way in ways), None)


def unwanted(branch: Branch, words: Words | None = None) -> str | None:
    """What must not be there, for a branch that wants no words."""
    parts = " OR ".join(_expression(part, words) for part in branch.unwanted)
    return f"{COLUMNS} : ({parts})" if parts else None


@lru_cache(maxsize=16)  # asked for every candidate
def accented(branch: Branch) -> str | None:
    """For the index of exact forms: what was typed with accents, else None."""
    return _exactly([s for part in branch.phrases for s in part.syllables if not s.isascii()])


def exact(branch: Branch) -> str | None:
    """For the index of exact forms: every word as it was typed, also those without accents."""
    return _exactly([s for part in branch.phrases for s in _whole_syllables(part)])


def _whole_syllables(part: Phrase) -> tuple[str, ...]:
    return part.syllables[:-1] if part.prefix else part.syllables


def _exactly(syllables: list[str]) -> str | None:
    groups = (
        " OR ".join(f'"{form}"' for form in exact_variants(each))
        for each in dict.fromkeys(syllables)
        if each not in {form for forms in ACRONYMS for form in forms}
    )
    return " AND ".join(f"({group})" for group in groups) or None


def _ways(node: Node) -> list[Branch]:
    if is_filter(node):
        return [Branch(filters=(node,))]
    if not _holds_filter(node) and _finds(node.part if isinstance(node, Not) else node):
        return [Branch(node.parts if isinstance(node, All) else (node,))]
    if isinstance(node, Not):
        return _ways(_inside_out(node.part))
    if isinstance(node, All):
        return reduce(_crossed, map(_ways, node.parts), [Branch()])
    parts = node.parts if isinstance(node, Any) else ()
    return [way for part in parts for way in _ways(part)][:MOST_BRANCHES]


def _inside_out(node: Node) -> Node:
    """Not (a and b) is not a or not b; not (a or b) is not a and not b."""
    if isinstance(node, All):
        return Any(tuple(map(_denied, node.parts)))
    return All(tuple(map(_denied, node.parts))) if isinstance(node, Any) else _denied(node)


def _crossed(left: list[Branch], right: list[Branch]) -> list[Branch]:
    return [a + b for a in left for b in right][:MOST_BRANCHES]


def _denied(node: Node) -> Node:
    return node.part if isinstance(node, Not) else Not(node)


def _holds_filter(node: Node) -> bool:
    if isinstance(node, All | Any):
        return any(map(_holds_filter, node.parts))
    return isinstance(node, Filter) or (isinstance(node, Not) and _holds_filter(node.part))


def is_filter(node: Node) -> bool:
    """Whether columns alone answer a part of a query."""
    if isinstance(node, All | Any):
        return all(map(is_filter, node.parts))
    return isinstance(node, Filter) or (isinstance(node, Not) and is_filter(node.part))


def _finds(node: Node) -> bool:
    """Whether FTS5 can say it: it excludes only from what something else has found."""
    if isinstance(node, All):
        return any(map(_finds, node.parts)) and all(
            _finds(part.part if isinstance(part, Not) else part) for part in node.parts
        )
    if isinstance(node, Any):
        return all(map(_finds, node.parts))
    return isinstance(node, Phrase)


def _complete(branch: Branch, found: str, words: Words | None) -> str:
    without = " OR ".join(_expression(part, words) for part in branch.unwanted)
    return f"{COLUMNS} : (({found}){f' NOT ({without})' if without else ''})"


def _expression(node: Node, words: Words | None) -> str:
    if isinstance(node, Phrase):
        return _phrase(node, words)
    if isinstance(node, Any):
        return f"({' OR '.join(_expression(part, words) for part in node.parts)})"
    if isinstance(node, All):
        wanted = [part for part in node.parts if not isinstance(part, Not)]
        without = [part.part for part in node.parts if isinstance(part, Not)]
        text = " OR ".join(_expression(part, words) for part in without)
        return f"(({_all_of(wanted, words)}){f' NOT ({text})' if text else ''})"
    raise TypeError(f"{node} is no word")  # _ways() has taken filters and denials apart


def phrase_expression(syllables: Sequence[str]) -> str:
    """Syllables side by side, in all their spellings: for an index without the columns of text."""
    return _phrase(Phrase(tuple(syllables)))


def _all_of(parts: Iterable[Node], words: Words | None) -> str:
    # FTS5 knows no implicit AND next to brackets.
    return " AND ".join(dict.fromkeys(_expression(part, words) for part in parts))


def _phrase(part: Phrase, words: Words | None = None) -> str:
    if part.prefix:
        found = _beginning(part, words)
    else:
        found = " OR ".join(_neighbours(form) for form in _forms(part.syllables))
    return f"{{{part.field}}} : ({found})" if part.field else f"({found})"


def _forms(syllables: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The syllables, and the same with an acronym as others cut it.

    >>> _forms(("ubnd", "tp", "hcm"))
    [('ubnd', 'tp', 'hcm'), ('ubnd', 'tphcm')]
    """
    forms = [syllables]
    for size, at in product((1, 2), range(len(syllables))):
        if other := ACRONYMS.get(syllables[at : at + size]):
            forms.append(syllables[:at] + other + syllables[at + size :])
    return list(dict.fromkeys(forms))[:3]


def _beginning(part: Phrase, words: Words | None) -> str:
    *before, start = part.syllables
    if words is None:
        found = " OR ".join(f'"{form}" *' for form in variants(start))
    else:
        # The list of words is folded, đ too; the index is not folded in đ.
        starts = dict.fromkeys(map(fold, variants(start)))
        endings = dict.fromkeys(w for s in starts for word in words(s) for w in variants(word))
        found = " OR ".join(f'"{word}"' for word in endings) or NOTHING
    # The neighbours of a beginning are not looked at, only that all are there: reading the places
    # of hundreds of words would take seconds.
    return f"{_neighbours(before)} AND ({found})" if before else found


def _neighbours(syllables: Iterable[str]) -> str:
    """Side by side in their order; where spellings multiply, a chain of overlapping pieces."""
    pieces: list[list[str]] = [[]]
    for syllable in syllables:
        piece = [*pieces[-1], syllable]
        if len(piece) > 2 and prod(len(variants(s)) for s in piece) > MOST_VARIANTS:
            pieces.append([pieces[-1][-1], syllable])
        else:
            pieces[-1] = piece
    return " AND ".join(_any_spelling(piece) for piece in pieces)


def _any_spelling(piece: Iterable[str]) -> str:
    spellings = dict.fromkeys(f'"{" ".join(s)}"' for s in product(*map(variants, piece)))
    return f"({' OR '.join(spellings)})"


def _whole(parts: tuple[Phrase, ...], rarity: Rarity) -> str | None:
    """All words side by side as they were typed; of many, the rarest few, and the others."""
    if len(parts) < 2 or any(part.prefix or part.field for part in parts):
        return None
    syllables = tuple(s for part in parts for s in part.syllables)
    if len(syllables) <= LONGEST_PHRASE:
        return phrase_expression(syllables)
    often = {each: sum(map(rarity, variants(each))) for each in syllables}
    at = min(
        range(len(syllables) - LONGEST_PHRASE + 1),
        key=lambda n: _cost([often[s] for s in syllables[n : n + LONGEST_PHRASE]]),
    )
    piece = phrase_expression(syllables[at : at + LONGEST_PHRASE])
    others = dict.fromkeys((*syllables[:at], *syllables[at + LONGEST_PHRASE :]))
    return " AND ".join((piece, *(phrase_expression((each,)) for each in others)))


def _cost(often: Sequence[int]) -> tuple[int, int]:
    """What a phrase of syllables so frequent costs: the rarest leads, the others are asked."""
    return min(often), sum(often)


def _near(parts: tuple[Phrase, ...]) -> str | None:
    """All within a few syllables of each other; None where that says no more than the others, or
    where there are so many that anywhere in one article says nearly the same."""
    distinct = list(dict.fromkeys(part.syllables for part in parts))
    spellings = [list(product(*map(variants, phrase))) for phrase in distinct]
    if (
        not 2 <= len(distinct) <= LONGEST_PHRASE
        or any(part.prefix or part.field for part in parts)
        or prod(map(len, spellings)) > MOST_VARIANTS
    ):
        return None
    groups = (" ".join(f'"{" ".join(p)}"' for p in chosen) for chosen in product(*spellings))
    return " OR ".join(f"NEAR({group}, {NEAR + len(distinct)})" for group in groups)
