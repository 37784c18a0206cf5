"""Where the words of a query stand in a text, shown with the accents they have there; pure."""

import re
from collections.abc import Callable, Sequence

from archive.spelling import ACRONYMS, exact_variants
from archive.text import fold, nfc

OPEN, CLOSE = "⟦", "⟧"
SNIPPET = 240
_UNENDED_LINE = re.compile(r"(?<=[^\s.!?:;…])[ ]*\n\s*")  # a subheading, a cell of a table
_LETTERS = {
    "a": "aàảãáạăằẳẵắặâầẩẫấậ",
    "e": "eèẻẽéẹêềểễếệ",
    "o": "oòỏõóọôồổỗốộơờởỡớợ",
    "u": "uùủũúụưừửữứự",
    "d": "dđ",
    **dict.fromkeys("iy", "iìỉĩíịyỳỷỹýỵ"),
}
_APART = r"[\W_]+"
Place = tuple[int, int]
Spell = Callable[[str], str]


class Marks:
    """Phrases, each with whether its last syllable is a beginning, to be marked in many texts."""

    def __init__(self, phrases: Sequence[tuple[tuple[str, ...], bool]]) -> None:
        self._patterns = [
            pattern for spell in (_as_typed, _any_accents) if (pattern := _pattern(phrases, spell))
        ]
        self._wholes = [_all_of_it(phrases, spell) for spell in (_as_typed, _any_accents)]

    def places(self, text: str) -> list[Place]:
        """Where the phrases stand, with the accents typed if they do so at all; words with only a
        blank between them are one place."""
        lower = text.lower()
        found_by = (list(pattern.finditer(lower)) for pattern in self._patterns)
        places: list[Place] = []
        for found in next(filter(None, found_by), []):
            start, end = found.span()
            if places and text[places[-1][1] : start].isspace():
                start = places.pop()[0]
            places.append((start, end))
        return places

    def marked(self, text: str) -> str:
        """A text with every place in marks.

        >>> Marks([(("dien",), False), (("luc",), False)]).marked("Điện lực và nhân lực")
        '⟦Điện lực⟧ và nhân ⟦lực⟧'
        """
        return _with_marks(text, self.places(text), 0, len(text))

    def snippet(self, text: str) -> str | None:
        """The passage that says most of the query, on one line; None where it says nothing."""
        if not (places := self.places(text)):
            return None
        start, end = self._best(text, places)
        shown = _with_marks(text, places, start, end)
        return f"{'…' if start else ''}{one_line(shown)}{'…' if end < len(text) else ''}"

    def _best(self, text: str, places: Sequence[Place]) -> Place:
        searched = (each.search(text.lower()) for each in self._wholes if each)
        whole = next(filter(None, searched), None)
        first = whole.start() if whole else _densest(text, places)
        start = max(0, min(first - SNIPPET // 4, len(text) - SNIPPET))
        start = text.rfind("\n\n", start, first) + 2 if "\n\n" in text[start:first] else start
        if start and not text[start - 1].isspace():
            start = min(first, _after_blank(text, start))
        end = min(len(text), start + SNIPPET)
        if end < len(text) and (blank := text.rfind(" ", first, end)) > first:
            end = blank
        longest = next((last for begin, last in places if begin <= first < last), first)
        return start, max(end, longest)


def one_line(text: str) -> str:
    """A passage without its line breaks; a dot stands where a line ended without a mark.

    >>> one_line("Giá mới\\n\\nXăng giảm.\\nDầu tăng.")
    'Giá mới · Xăng giảm. Dầu tăng.'
    """
    return " ".join(_UNENDED_LINE.sub(" · ", text).split())


def _after_blank(text: str, start: int) -> int:
    found = re.compile(r"\s").search(text, start)
    return found.end() if found else start


def _densest(text: str, places: Sequence[Place]) -> int:
    """The place from which a snippet holds the most different words, the first of such."""
    best, most = places[0][0], 0
    for number, (start, _) in enumerate(places):
        within = [
            text[a:b].lower() for a, b in places[number : number + 12] if b <= start + SNIPPET
        ]
        said = len({fold(nfc(words)) for words in within}) * 10 + len(" ".join(within).split())
        if said > most:
            best, most = start, said
    return best


def _with_marks(text: str, places: Sequence[Place], start: int, end: int) -> str:
    parts, at = [], start
    for begin, last in places:
        if begin >= start and last <= end:
            parts += [text[at:begin], OPEN, text[begin:last], CLOSE]
            at = last
    return "".join((*parts, text[at:end]))


def _pattern(
    phrases: Sequence[tuple[tuple[str, ...], bool]], spell: Spell
) -> re.Pattern[str] | None:
    # The longest first: a word that stands alone too must not hide the phrase it begins.
    spelt = {form for phrase, start in phrases for form in _forms(phrase, spell, is_start=start)}
    if not spelt:
        return None
    longest_first = "|".join(sorted(spelt, key=len, reverse=True))
    return re.compile(rf"(?<![^\W_])(?:{longest_first})(?![^\W_])")


def _forms(syllables: tuple[str, ...], spell: Spell, *, is_start: bool) -> list[str]:
    forms = [syllables, *filter(None, [ACRONYMS.get(syllables)])]
    ending = r"[^\W_]*" if is_start else ""
    return [_APART.join(map(spell, form)) + ending for form in forms]


def _all_of_it(
    phrases: Sequence[tuple[tuple[str, ...], bool]], spell: Spell
) -> re.Pattern[str] | None:
    syllables = [s for phrase, _ in phrases for s in phrase]
    if not syllables:
        return None
    return re.compile(rf"(?<![^\W_]){_APART.join(map(spell, syllables))}(?![^\W_])")


def _as_typed(syllable: str) -> str:
    """With its accents, if it was typed with any.

    >>> re.fullmatch(_as_typed("giá"), "gia") is None
    True
    """
    if syllable.isascii():
        return _any_accents(syllable)
    return f"(?:{'|'.join(map(re.escape, exact_variants(syllable)))})"


def _any_accents(syllable: str) -> str:
    """
    >>> re.fullmatch(_any_accents("ky"), "kĩ") is not None
    True
    """
    letters = (_LETTERS.get(letter) for letter in fold(syllable))
    return "".join(
        f"[{choice}]" if choice else re.escape(letter)
        for choice, letter in zip(letters, fold(syllable), strict=True)
    )
