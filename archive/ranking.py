"""How well an article answers a query, judged by its own text; pure.

FTS5's bm25() reads the whole index once more for every spelling of every phrase, and holds the
rarest spelling for the best. The few articles that may stand on the first page are read instead.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from archive.expressions import Branch, Tier
from archive.spelling import exact_variants
from archive.text import nfc

# From so many syllables on a query is rather a headline than words of a text.
HEADLINE = 6
USUAL_LENGTH = 3_000
MOST_SPELLINGS = 16
_CUT = re.compile(r"[\W_]+")
_BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}


@dataclass(frozen=True)
class Sought:
    """The words of a branch, ready to be looked for in many texts."""

    phrases: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, branch: Branch) -> "Sought":
        return cls(tuple(part.syllables for part in branch.phrases if not part.prefix))

    @property
    def is_headline(self) -> bool:
        return sum(map(len, self.phrases)) >= HEADLINE

    @cached_property
    def folded(self) -> tuple[str, ...]:
        each = dict.fromkeys(folded(" ".join(phrase)) for phrase in self.phrases)
        return tuple(phrase for phrase in each if phrase.strip())

    @cached_property
    def whole(self) -> str:
        return folded(" ".join(s for phrase in self.phrases for s in phrase))

    @cached_property
    def in_a_sentence(self) -> re.Pattern[str]:
        between = r"[^\w.!?…;:\n]+"
        return re.compile(r"\b" + between.join(map(re.escape, self.whole.split())) + r"\b")

    @cached_property
    def exact_whole(self) -> tuple[str, ...]:
        """All of it side by side with the accents that were typed; empty where none were."""
        syllables = [s for phrase in self.phrases for s in phrase]
        return () if all(map(str.isascii, syllables)) else _spelt(syllables)

    @cached_property
    def exact_parts(self) -> tuple[tuple[str, ...], ...]:
        return tuple(_spelt(p) for p in self.phrases if not all(map(str.isascii, p)))

    @cached_property
    def as_typed(self) -> tuple[tuple[str, ...], ...]:
        """Each word with the accents it was typed with, or typed without."""
        return tuple(map(_spelt, self.phrases))


def _spelt(syllables: Sequence[str]) -> tuple[str, ...]:
    """The spellings that say the same with the same accents, as they stand in `spaced` texts.

    >>> _spelt(["kỹ", "sư"])
    (' kỹ sư ', ' kĩ sư ')
    """
    forms = islice(product(*map(exact_variants, syllables)), MOST_SPELLINGS)
    return tuple(f" {' '.join(form)} " for form in forms)


def spaced(*texts: str | None) -> str:
    """The syllables of texts as they stand, in lower case, one blank between two.

    >>> spaced("Giá xăng: 16.294,9 đồng!")
    ' giá xăng 16 294 9 đồng '
    """
    text = nfc("\n".join(filter(None, texts))).lower()
    return f" {_CUT.sub(' ', text).strip()} "


def _plain(text: str | None) -> str:
    """Without accents, đ as d, y as i; several times faster than `fold`, for Latin letters only."""
    letters = unicodedata.normalize("NFD", (text or "").lower().replace("đ", "d"))
    return letters.encode("ascii", "ignore").decode().replace("y", "i")


def folded(text: str | None) -> str:
    """Equal where the index may call two words equal; one blank between two syllables.

    >>> folded("Kỹ thuật, ĐIỆN!")
    ' ki thuat dien '
    """
    return f" {' '.join(_plain(text).translate(_BLANKS).split())} "


def is_as_typed(sought: Sought, *texts: str | None) -> bool:
    """Whether a text holds every word with the accents, or the bareness, that were typed."""
    text = spaced(*texts)
    return all(any(form in text for form in forms) for forms in sought.as_typed)


def exactness(sought: Sought, *texts: str | None) -> int:
    """2 where all of it stands side by side with the accents typed, 1 where each word does."""
    if not sought.exact_whole:
        return 0
    text = spaced(*texts)
    if any(form in text for form in sought.exact_whole):
        return 2
    return int(all(any(form in text for form in forms) for forms in sought.exact_parts))


def first_look(sought: Sought, title: str, lead: str | None) -> float:
    """How much of the words title and lead hold: what can be known without reading the text."""
    found = 3.0 * _held(sought, folded(title)) + _held(sought, folded(lead))
    if sought.exact_whole and any(form in spaced(title) for form in sought.exact_whole):
        found += 3.0
    return found


def score(sought: Sought, tier: Tier, *texts: str | None) -> tuple[Tier, float]:
    """The tier that title, lead and body prove, and how well they answer, the higher the better:
    by where the words stand, how often and how close."""
    title, lead, body = map(folded, texts)
    if tier is Tier.PHRASE and not any(sought.whole in text for text in (title, lead, body)):
        tier = Tier.NEAR
    heavy = 4.0 if sought.is_headline else 1.0
    found = heavy * _held(sought, title) + 0.5 * heavy * _held(sought, lead)
    if title == sought.whole:
        found += heavy
    return tier, found + _density(sought, tier, title + lead + body) + _unbroken(
        sought, tier, *texts
    )


def _held(sought: Sought, text: str) -> float:
    """1 for all the words, half of it for their standing side by side."""
    if not sought.folded:
        return 0.0
    share = sum(phrase in text for phrase in sought.folded) / len(sought.folded)
    return 0.5 * share**2 + 0.5 * (sought.whole in text)


def _density(sought: Sought, tier: Tier, text: str) -> float:
    """BM25's share of one term, with the nearness of the words in the place of their rarity."""
    if tier is Tier.PHRASE or len(sought.folded) == 1:
        times = float(text.count(sought.whole.rstrip()))
    else:
        times = _closeness(sought, text)
    return 2.2 * times / (times + 1.2 * (0.25 + 0.75 * len(text) / USUAL_LENGTH))


def _closeness(sought: Sought, text: str) -> float:
    """How tight the tightest place is that holds all the words: 1 for side by side.

    >>> sought = Sought((("giá",), ("điện",)))
    >>> _closeness(sought, " gia moi cua dien "), _closeness(sought, " dien ")
    (0.5, 0.0)
    """
    places = sorted(
        (found.start(), number)
        for number, phrase in enumerate(sought.folded)
        for found in re.finditer(re.escape(phrase.rstrip()) + "(?= )", text)
    )
    seen: dict[int, int] = {}
    tightest = 0
    for start, number in places:
        seen[number] = start
        if len(seen) == len(sought.folded):
            width = text.count(" ", min(seen.values()), start + 1)
            tightest = min(tightest or width, width)
    return len(sought.folded) / tightest if tightest else 0.0


def _unbroken(sought: Sought, tier: Tier, *texts: str | None) -> float:
    """Words that stand in one sentence, not across the end of one."""
    if tier is not Tier.PHRASE:
        return 0.0
    return 0.3 * any(sought.in_a_sentence.search(_plain(text)) for text in texts)
