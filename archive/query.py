"""What a reader typed, as FTS5 expressions; pure, and valid for any text at all.

Every syllable is quoted, so that no character of a query is FTS5 syntax. The index folds all
accents but đ, so a syllable typed without accents is looked for with d and with đ.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

from archive.text import nfc

Phrase = tuple[str, ...]

# d_forms stays out: it is for readers without this module, and its syllables are not neighbours.
COLUMNS = "{title lead body}"
NOTHING = '""'
MOST_SYLLABLES = 64
MOST_VARIANTS = 8
NEAR = 10

_QUOTES = re.compile("[“”„«»＂]")
_STRAY_MARKS = re.compile("[\u0300-\u036f]")
_SYLLABLE = re.compile(r"[^\W_]+")
_PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Query:
    """Words and phrases that must stand in an article, and those that must not.

    A document number, a price or an acronym with dots is one phrase: the index cuts it so too.
    """

    wanted: tuple[Phrase, ...]
    unwanted: tuple[Phrase, ...] = ()

    @cached_property
    def tiers(self) -> tuple[str, ...]:
        """Expressions from the narrowest to the widest: as typed, close together, anywhere."""
        if not self.wanted:
            return ()
        whole = _phrase([syllable for part in self.wanted for syllable in part])
        found = dict.fromkeys(filter(None, (whole, _near(self.wanted), _all_of(self.wanted))))
        return tuple(self._complete(expression) for expression in found)

    @cached_property
    def words(self) -> str:
        """The widest expression: all words and phrases, anywhere in the article."""
        return self._complete(_all_of(self.wanted)) if self.wanted else NOTHING

    @cached_property
    def exact(self) -> str | None:
        """For the index that keeps accents: what was typed with accents, else None."""
        typed = [s for part in self.wanted for s in part if not s.isascii()]
        return " AND ".join(f'"{syllable}"' for syllable in dict.fromkeys(typed)) or None

    def _complete(self, expression: str) -> str:
        without = " OR ".join(_phrase(part) for part in self.unwanted)
        return f"{COLUMNS} : (({expression}){f' NOT ({without})' if without else ''})"


def parse(text: str) -> Query:
    """What is wanted and unwanted by a text as people type it; empty where it holds no word.

    >>> parse('giá "bộ công thương" -vàng 38/2016/TT-BCT').wanted
    (('giá',), ('bộ', 'công', 'thương'), ('38', '2016', 'tt', 'bct'))
    """
    text = _STRAY_MARKS.sub("", _QUOTES.sub('"', nfc(text)).lower())
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    room = MOST_SYLLABLES
    for part in _PART.finditer(text):
        syllables = tuple(_SYLLABLE.findall(part["phrase"] or part["word"] or ""))[:room]
        room -= len(syllables)
        if syllables:
            (unwanted if part["minus"] else wanted).append(syllables)
    return Query(tuple(wanted), tuple(unwanted))


def expression(text: str) -> str:
    """One valid FTS5 expression for any text: what Datasette's search box is given."""
    return parse(text).words


def variants(syllable: str) -> list[str]:
    """How a syllable may be spelt in the index: accents say that a d was meant as it stands.

    >>> variants("dien"), variants("điện"), variants("dân"), variants("nd")
    (['dien', 'đien'], ['điện', 'diện'], ['dân'], ['nd', 'nđ'])
    """
    if "đ" in syllable:
        return [syllable, syllable.replace("đ", "d")]
    if not syllable.isascii() or "d" not in syllable:
        return [syllable]
    if syllable.count("d") > 3:  # no Vietnamese word or acronym
        return [syllable, syllable.replace("d", "đ")]
    return ["".join(letters) for letters in product(*("dđ" if c == "d" else c for c in syllable))]


def _all_of(phrases: Iterable[Phrase]) -> str:
    # FTS5 knows no implicit AND next to brackets.
    return " AND ".join(dict.fromkeys(_phrase(phrase) for phrase in phrases))


def _phrase(syllables: Iterable[str]) -> str:
    """Neighbours in their order; where spellings multiply, a chain of overlapping pieces."""
    pieces: list[list[str]] = [[]]
    for syllable in syllables:
        piece = [*pieces[-1], syllable]
        if len(piece) > 2 and prod(len(variants(s)) for s in piece) > MOST_VARIANTS:
            pieces.append([pieces[-1][-1], syllable])
        else:
            pieces[-1] = piece
    return " AND ".join(_any_spelling(piece) for piece in pieces)


def _any_spelling(piece: Iterable[str]) -> str:
    spellings = [f'"{" ".join(s)}"' for s in product(*map(variants, piece))]
    return f"({' OR '.join(spellings)})"


def _near(phrases: tuple[Phrase, ...]) -> str | None:
    """All within a few syllables of each other; None where that says no more than the others."""
    distinct = list(dict.fromkeys(phrases))
    spellings = [list(product(*map(variants, phrase))) for phrase in distinct]
    if len(distinct) < 2 or prod(map(len, spellings)) > MOST_VARIANTS:
        return None
    groups = (" ".join(f'"{" ".join(p)}"' for p in chosen) for chosen in product(*spellings))
    return " OR ".join(f"NEAR({group}, {NEAR + len(distinct)})" for group in groups)
