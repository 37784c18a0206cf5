"""How well an article answers a query, judged by its own text; pure.

FTS5's bm25() reads the whole index once more for every spelling of every phrase, and holds the
rarest spelling for the best. The few articles that may stand on the first page are read instead.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from archive.branches import Branch
from archive.expressions import Tier
from archive.letters import Letters, Run, accented, flat, folded, side_by_side
from archive.spelling import exact_variants, variants

# From so many syllables on a query is rather a headline than words of a text.
HEADLINE = 6
USUAL_LENGTH = 3_000
_APART = b"."  # what letters hold between no two words, so that nothing goes across
Text = str | Letters | None


@dataclass(frozen=True)
class Sought:
    """The words of a branch, ready to be looked for in many texts."""

    phrases: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, branch: Branch) -> "Sought":
        return cls(tuple(part.syllables for part in branch.phrases if not part.prefix))

    @cached_property
    def syllables(self) -> tuple[str, ...]:
        return tuple(syllable for phrase in self.phrases for syllable in phrase)

    @property
    def is_headline(self) -> bool:
        return len(self.syllables) >= HEADLINE

    @cached_property
    def _flat(self) -> list[tuple[bytes, ...]]:
        return list(dict.fromkeys(tuple(map(flat, phrase)) for phrase in self.phrases))

    @cached_property
    def parts(self) -> tuple[Run, ...]:
        """Each phrase once, in flat texts."""
        return tuple(Run([[syllable] for syllable in phrase]) for phrase in self._flat)

    @cached_property
    def numbers(self) -> dict[bytes, int] | None:
        """Which part each word is; None where a part has several."""
        if any(len(part) > 1 for part in self._flat):
            return None
        return {word: number for number, (word,) in enumerate(self._flat)}

    @cached_property
    def each(self) -> re.Pattern[bytes]:
        """Any of the parts, where each is one word."""
        # A blank of its own at the beginning, which is what makes the search fast.
        return re.compile(b" (" + b"|".join(map(re.escape, self.numbers or ())) + b")(?= )")

    @cached_property
    def whole(self) -> Run | None:
        """All of it side by side, in flat texts."""
        return Run([[flat(s)] for s in self.syllables]) if self.syllables else None

    @cached_property
    def pairs(self) -> tuple[Run, ...]:
        """Neighbours of a few syllables, of which words of two are made: hội chợ | triển lãm."""
        is_short = 3 <= len(self.syllables) < HEADLINE
        following = pairwise(self.syllables) if is_short else ()
        return tuple(Run([[flat(left)], [flat(right)]]) for left, right in following)

    @cached_property
    def as_title(self) -> list[bytes]:
        return list(map(flat, self.syllables))

    @cached_property
    def in_a_sentence(self) -> re.Pattern[bytes]:
        side = side_by_side([[flat(s)] for s in self.syllables])
        return re.compile(b"[ .]" + side + b"(?=[ .])")

    @cached_property
    def exact_whole(self) -> Run | None:
        """All of it side by side with the accents that were typed; None where none were."""
        return None if all(map(str.isascii, self.syllables)) else _spelt(self.syllables)

    @cached_property
    def exact_parts(self) -> tuple[Run, ...]:
        return tuple(_spelt(p) for p in self.phrases if not all(map(str.isascii, p)))

    @cached_property
    def as_typed(self) -> tuple[Run, ...]:
        """Each word with the accents it was typed with, or typed without."""
        return tuple(map(_spelt, self.phrases))


def _spelt(syllables: Sequence[str]) -> Run:
    """The spellings that say the same with the same accents: kỹ sư, kĩ sư."""
    return Run([list(map(accented, exact_variants(syllable))) for syllable in syllables])


@dataclass(frozen=True, slots=True)
class Judgement:
    """The tier that a text proves, its worth, the higher the better, and 2 where all of it stands
    side by side with the accents typed, 1 where each word does."""

    tier: Tier
    worth: float
    exact: int


def is_as_typed(sought: Sought, *texts: Text) -> bool:
    """Whether texts hold every word with the accents, or the bareness, that were typed."""
    letters = list(map(_letters, texts))
    return all(any(run.is_in(each.accented) for each in letters) for run in sought.as_typed)


def is_whole(sought: Sought, *texts: Text) -> bool:
    """Whether one of some texts has all of it side by side, with any accents."""
    whole = sought.whole
    return whole is not None and any(whole.is_in(_letters(text).flat) for text in texts)


def holds(syllables: Iterable[str], *texts: Text) -> bool:
    """Whether each of some syllables stands in one of the texts, with any accents, spelt as the
    index knows it: kỹ is kĩ, but này is not nài.

    >>> holds(["điện", "kỹ"], "Giá điện", None, "Kĩ sư"), holds(["này"], "Giá điện", "nài nỉ")
    (True, False)
    """
    looked_in = _APART.join(_letters(text).folded for text in texts)
    return all(any(word in looked_in for word in _spellings(each)) for each in syllables)


@lru_cache(maxsize=256)  # asked for every candidate
def _spellings(syllable: str) -> tuple[bytes, ...]:
    return tuple({b" %b " % folded(form) for form in variants(syllable)})


def exactness(sought: Sought, *texts: Text) -> int:
    """As in a judgement."""
    if not sought.exact_whole:
        return 0
    looked_in = _APART.join(_letters(text).accented for text in texts)
    if sought.exact_whole.is_in(looked_in):
        return 2
    return int(all(part.is_in(looked_in) for part in sought.exact_parts))


def _letters(text: Text) -> Letters:
    return text if isinstance(text, Letters) else Letters(text)


def first_look(sought: Sought, title: str, lead: str | None) -> tuple[float, bool]:
    """How much of the words title and lead hold: what can be known without reading the text; and
    whether the title has all of it side by side with the accents typed."""
    letters = Letters(title)
    found = 3.0 * _held(sought, letters.flat) + _held(sought, Letters(lead).flat)
    if sought.exact_whole and sought.exact_whole.is_in(letters.accented):
        return found + 3.0, True
    return found, False


def judge(sought: Sought, tier: Tier, *texts: Text) -> Judgement:
    """Title, lead and body, by where the words stand, how often and how close."""
    title, lead, body = letters = list(map(_letters, texts))
    if sought.whole is None:
        return Judgement(tier, 0.0, 0)
    whole = [each for each in letters if sought.whole.is_in(each.flat)]
    if tier is Tier.PHRASE and not whole:
        tier = Tier.NEAR
    heavy = 4.0 if sought.is_headline else 1.0
    found = heavy * _held(sought, title.flat) + 0.5 * heavy * _held(sought, lead.flat)
    if title.flat.split() == sought.as_title:
        found += heavy
    text = title.flat + lead.flat + body.flat
    found += _density(sought, tier, text)
    if tier is not Tier.PHRASE and sought.pairs:
        paired = [pair.is_in(text) for pair in sought.pairs]
        in_title = sum(pair.is_in(title.flat) for pair in sought.pairs)
        found += (sum(paired) + 0.5 * in_title) / len(paired)
        if is_made_of_words(paired):
            tier, found = min(tier, Tier.NEAR), found + 1.0
    if tier is Tier.PHRASE:  # words that stand in one sentence, not across the end of one
        found += 0.3 * any(sought.in_a_sentence.search(each.broken) for each in whole)
    return Judgement(tier, found, exactness(sought, *letters))


def is_made_of_words(paired: Sequence[bool]) -> bool:
    """Whether each of some syllables stands beside one that it was typed beside, by which of them
    and their next ones do: hội chợ and triển lãm say as much as all four close together.

    >>> is_made_of_words([True, False, True]), is_made_of_words([False, True, False])
    (True, False)
    """
    return all(map(any, pairwise([False, *paired, False])))


def _held(sought: Sought, text: bytes) -> float:
    """1 for all the words, half of it for their standing side by side."""
    if sought.whole is None:
        return 0.0
    if sought.numbers is None:
        held = sum(part.is_in(text) for part in sought.parts)
    else:
        held = len(sought.numbers.keys() & text.split())
    share = held / len(sought.parts)
    return 0.5 * share**2 + 0.5 * (share == 1.0 and sought.whole.is_in(text))


def _density(sought: Sought, tier: Tier, text: bytes) -> float:
    """BM25's share of one term, with the nearness of the words in the place of their rarity."""
    if sought.whole and (tier is Tier.PHRASE or len(sought.parts) == 1):
        times = float(sought.whole.count(text))
    else:
        times = _closeness(sought, text)
    return 2.2 * times / (times + 1.2 * (0.25 + 0.75 * len(text) / USUAL_LENGTH))


def _closeness(sought: Sought, text: bytes) -> float:
    """How tight the tightest place is that holds all the words: 1 for side by side.

    >>> sought = Sought((("giá",), ("điện",)))
    >>> _closeness(sought, b" gia moi  cua dien "), _closeness(sought, b" dien ")
    (0.5, 0.0)
    >>> _closeness(Sought((("5", "3"), ("giá",))), b" gia 5 3 ")
    1.0
    """
    size = len(sought.parts)
    seen: dict[int, int] = {}
    tightest: tuple[int, int, int] | None = None
    for start, number in _places(sought, text):
        seen.pop(number, None)
        seen[number] = start  # the one that was seen longest ago is the first of them
        if len(seen) == size:
            first = next(iter(seen.values()))
            if tightest is None or start - first < tightest[0]:
                tightest = start - first, first, start
    if tightest is None:
        return 0.0
    words = len(text[tightest[1] : tightest[2]].split()) + 1
    return size / words


def _places(sought: Sought, text: bytes) -> Iterable[tuple[int, int]]:
    """Where parts begin, and which they are."""
    if numbers := sought.numbers:
        return ((found.start(), numbers[found[1]]) for found in sought.each.finditer(text))
    found = ((start, n) for n, part in enumerate(sought.parts) for start in part.starts(text))
    return sorted(found)
