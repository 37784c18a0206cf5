"""A query's tree as FTS5 expressions; pure.

Every syllable is quoted, so that no character of a query is FTS5 syntax. The index folds all
accents but đ, so each syllable is looked for in all its spellings.

To be held to some columns costs FTS5 as much again as finding a word, so an expression is held to
those of the text only where `d_forms`, the column for readers without this module, could make it
find something else: it holds but syllables with đ, written with d, and they are not neighbours.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache, partial
from itertools import product
from math import prod

from archive.branches import Branch, branches
from archive.query import All, Any, Node, Not, Phrase, parse
from archive.spelling import ACRONYMS, exact_variants, variants
from archive.text import fold

COLUMNS = "{title lead body}"
NOTHING = '""'
MOST_VARIANTS = 4
LONGEST_PHRASE = 4
MOST_WORDS_TO_DROP = 12
NEAR = 10
COMMON = 300  # of the newest articles that tell how rare a syllable is
Words = Callable[[str], Sequence[str]]
Rarity = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where an expression is asked: of all columns, or within a filter of columns; and the list of
    words that a beginning is spelt out from, if there is one."""

    words: Words | None = None
    is_all: bool = True

    @property
    def within(self) -> "_Scope":
        return _Scope(self.words, is_all=False)


_Expressed = Callable[[_Scope], str]


class Tier(IntEnum):
    """How well an article holds what was typed, the best first."""

    PHRASE = 0
    NEAR = 1
    ALL = 2
    ALL_BUT_ONE = 3


@dataclass(frozen=True, slots=True)
class Way:
    """An expression, the same for articles that hold its words in their titles, and the syllables
    that it leaves to who reads the texts."""

    anywhere: str
    in_title: str
    unasked: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, branch: Branch, found: _Expressed, words: Words | None, unasked: Iterable[str] = ()
    ) -> "Way":
        scope = _Scope(words)
        title = f"{{title}} : ({found(scope.within)})"
        ways = _complete(branch, found(scope), scope), _complete(branch, title, scope)
        return cls(*ways, tuple(unasked))


def expression(text: str) -> str:
    """One valid FTS5 expression for any text, without its filters: for Datasette's search box."""
    ways = (match(way) for way in branches(parse(text)))
    return " OR ".join(f"({way})" for way in ways if way) or NOTHING


def match(branch: Branch, words: Words | None = None) -> str | None:
    """The widest expression: all words and phrases, anywhere; None where there are none."""
    scope = _Scope(words)
    return _complete(branch, _all_of(branch.wanted, scope), scope) if branch.wanted else None


def tiers(branch: Branch, words: Words | None = None, rarity: Rarity = len) -> dict[Tier, "Way"]:
    """From the narrowest to the widest: as typed, close together, anywhere.

    `rarity` tells how often a syllable is met. Of many words the rarest few are asked to stand
    close together in the place of all side by side, and the commonest not at all: it finds hardly
    more and costs a tenth, and who reads the texts tells the rest.
    """
    if not branch.wanted:
        return {}
    parts = branch.phrases
    unasked: list[str] = []
    if sum(len(part.syllables) for part in parts) > LONGEST_PHRASE:
        wanted = _rarest_first(parts, rarity)
        unasked = [s for part in wanted[LONGEST_PHRASE:] for s in _common(part, rarity)]
        asked = [part for part in wanted if not {*part.syllables} & {*unasked}]
        room = NEAR + sum(len(part.syllables) for part in parts)
        found = {Tier.PHRASE: _near(asked, room), Tier.ALL: partial(_all_of, wanted)}
    else:
        found = {
            Tier.PHRASE: _whole(parts),
            Tier.NEAR: _near(parts),
            Tier.ALL: partial(_all_of, branch.wanted),
        }
    left = {Tier.PHRASE: unasked}
    return {
        tier: Way.of(branch, each, words, left.get(tier, ()))
        for tier, each in found.items()
        if each
    }


def is_spelt_one_way(branch: Branch) -> bool:
    """Whether its words side by side are always close together as they stand: TP HCM, TPHCM."""
    return len(_forms(tuple(s for part in branch.phrases for s in part.syllables))) == 1


def whole_but_one(branch: Branch, rarity: Rarity) -> "Way | None":
    """Four syllables side by side as typed, but that the commonest may be another one: half the
    work, and few find themselves in it besides. None for fewer, and where spellings multiply."""
    typed = tuple(s for part in branch.phrases for s in part.syllables)
    if len(typed) != LONGEST_PHRASE or prod(len(variants(s)) for s in typed) > MOST_VARIANTS:
        return None
    common = max(range(len(typed)), key=lambda at: rarity(typed[at]))
    sides = [side for side in (typed[:common], typed[common + 1 :]) if side]
    found: _Expressed = partial(_close, sides, 1)
    if len(sides) == 1:
        found = partial(_phrase, Phrase(sides[0]))
    return Way.of(branch, found, None, typed[common : common + 1])


def all_but_one(branch: Branch) -> "Way | None":
    """For three words and more of which one may be wrong; None for others."""
    parts = branch.phrases
    if not 3 <= len(parts) <= MOST_WORDS_TO_DROP:
        return None

    def found(scope: _Scope) -> str:
        ways = (_all_of([*parts[:n], *parts[n + 1 :]], scope) for n in range(len(parts)))
        return " OR ".join(f"({way})" for way in ways)

    return Way.of(branch, found, None)


def unwanted(branch: Branch, words: Words | None = None) -> str | None:
    """What must not be there, for a branch that wants no words."""
    return _any_of(branch.unwanted, _Scope(words)) or None


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


def _complete(branch: Branch, found: str, scope: _Scope) -> str:
    without = _any_of(branch.unwanted, scope)
    return f"({found}) NOT ({without})" if without else found


def _expression(node: Node, scope: _Scope) -> str:
    if isinstance(node, Phrase):
        return _phrase(node, scope)
    if isinstance(node, Any):
        return f"({_any_of(node.parts, scope)})"
    if isinstance(node, All):
        wanted = [part for part in node.parts if not isinstance(part, Not)]
        without = _any_of([part.part for part in node.parts if isinstance(part, Not)], scope)
        return f"(({_all_of(wanted, scope)}){f' NOT ({without})' if without else ''})"
    raise TypeError(f"{node} is no word")  # branches() has taken filters and denials apart


def phrase_expression(syllables: Sequence[str]) -> str:
    """Syllables side by side, in all their spellings: to be asked within a filter of columns."""
    return _phrase(Phrase(tuple(syllables)), _Scope(is_all=False))


def syllable_expression(syllable: str) -> str:
    """One syllable, anywhere in an article."""
    return _any_spelling((syllable,), _Scope())


def _any_of(parts: Iterable[Node], scope: _Scope) -> str:
    return " OR ".join(_expression(part, scope) for part in parts)


def _all_of(parts: Iterable[Node], scope: _Scope) -> str:
    # FTS5 knows no implicit AND next to brackets.
    return " AND ".join(dict.fromkeys(_expression(part, scope) for part in parts))


def _phrase(part: Phrase, scope: _Scope) -> str:
    if part.field:
        return f"{{{part.field}}} : ({_spelt_out(part, scope.within)})"
    return f"({_spelt_out(part, scope)})"


def _spelt_out(part: Phrase, scope: _Scope) -> str:
    if part.prefix:
        return _beginning(part, scope)
    return " OR ".join(_neighbours(form, scope) for form in _forms(part.syllables))


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


def _beginning(part: Phrase, scope: _Scope) -> str:
    *before, start = part.syllables
    if scope.words is None:
        found = " OR ".join(f'"{form}" *' for form in variants(start))
        found = f"{COLUMNS} : ({found})" if scope.is_all else found
    else:
        # The list of words is folded, đ too; the index is not folded in đ.
        starts = dict.fromkeys(map(fold, variants(start)))
        words = dict.fromkeys(word for each in starts for word in scope.words(each))
        found = " OR ".join(_any_spelling((word,), scope) for word in words) or NOTHING
    # The neighbours of a beginning are not looked at, only that all are there: reading the places
    # of hundreds of words would take seconds.
    return f"{_neighbours(before, scope)} AND ({found})" if before else found


def _neighbours(syllables: Iterable[str], scope: _Scope) -> str:
    """Side by side in their order; where spellings multiply, a chain of overlapping pieces."""
    pieces: list[list[str]] = [[]]
    for syllable in syllables:
        piece = [*pieces[-1], syllable]
        if len(piece) > 2 and prod(len(variants(s)) for s in piece) > MOST_VARIANTS:
            pieces.append([pieces[-1][-1], syllable])
        else:
            pieces[-1] = piece
    return " AND ".join(_any_spelling(piece, scope) for piece in pieces)


def _any_spelling(piece: Sequence[str], scope: _Scope) -> str:
    """
    >>> _any_spelling(["điện"], _Scope()), _any_spelling(["điện"], _Scope().within)
    ('("diện")', '("điện" OR "diện")')
    >>> _any_spelling(["dân"], _Scope()), _any_spelling(["dien", "luc"], _Scope())
    ('{title lead body} : ("dân")', '("dien luc" OR "đien luc")')
    """
    spellings: Iterable[str] = (f'"{" ".join(s)}"' for s in product(*map(variants, piece)))
    is_held = scope.is_all and _may_be_d_forms(piece)
    if is_held and len(piece) == 1 and ("đ" in piece[0] or piece[0].isascii()):
        # d_forms has it written with d wherever the text has it with đ.
        spellings, is_held = (each.replace("đ", "d") for each in spellings), False
    found = f"({' OR '.join(dict.fromkeys(spellings))})"
    return f"{COLUMNS} : {found}" if is_held else found


def _may_be_d_forms(syllables: Iterable[str]) -> bool:
    return all("d" in each or "đ" in each for each in syllables)


def _whole(parts: Sequence[Phrase]) -> _Expressed | None:
    """All words side by side as they were typed."""
    if len(parts) < 2 or any(part.prefix or part.field for part in parts):
        return None
    return partial(_phrase, Phrase(tuple(s for part in parts for s in part.syllables)))


def _rarest_first(parts: Sequence[Phrase], rarity: Rarity) -> list[Phrase]:
    """What FTS5 passes over fewest articles for."""
    often = {part: min(map(rarity, part.syllables), default=0) for part in parts}
    return sorted(dict.fromkeys(parts), key=often.__getitem__)


def _common(part: Phrase, rarity: Rarity) -> tuple[str, ...]:
    """A syllable that so many articles have that asking for it leaves out few of them."""
    is_alone = len(part.syllables) == 1 and part.syllables not in ACRONYMS
    return part.syllables if is_alone and rarity(part.syllables[0]) >= COMMON else ()


def _near(parts: Sequence[Phrase], room: int | None = None) -> _Expressed | None:
    """The first few words within a few syllables of each other, and the others anywhere; None
    where that says no more than all words do."""
    if any(part.prefix or part.field for part in parts):
        return None
    close: list[tuple[str, ...]] = []
    for phrase in dict.fromkeys(part.syllables for part in parts):
        spellings = (len(variants(s)) for each in (*close, phrase) for s in each)
        if len(close) < LONGEST_PHRASE and prod(spellings) <= MOST_VARIANTS:
            close.append(phrase)
    if len(close) < 2:
        return None
    others = [part for part in parts if part.syllables not in close]
    room = room or NEAR + sum(len(part.syllables) for part in parts)
    return lambda scope: " AND ".join([_close(close, room, scope), *_each(others, scope)])


def _each(parts: Iterable[Phrase], scope: _Scope) -> dict[str, None]:
    return dict.fromkeys(_phrase(part, scope) for part in parts)


def _close(phrases: Sequence[tuple[str, ...]], room: int, scope: _Scope) -> str:
    spellings = (list(product(*map(variants, phrase))) for phrase in phrases)
    groups = (" ".join(f'"{" ".join(p)}"' for p in chosen) for chosen in product(*spellings))
    found = f"({' OR '.join(f'NEAR({group}, {room})' for group in groups)})"
    is_held = scope.is_all and all(map(_may_be_d_forms, phrases))
    return f"{COLUMNS} : {found}" if is_held else found
