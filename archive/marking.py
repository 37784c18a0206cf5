"""Where the words of a query stand in a text, shown with the accents they have there; pure."""

import re
from collections.abc import Callable, Sequence

from archive.letters import Letters, accented, any_accents, flat, one_of
from archive.spelling import ACRONYMS, exact_variants

OPEN, CLOSE = "⟦", "⟧"
SNIPPET = 240
_UNENDED_LINE = re.compile(r"(?<=[^\s.!?:;…])[ ]*\n\s*")  # a subheading, a cell of a table
_LOOKED_AT = 12
Place = tuple[int, int]
Spell = Callable[[str], bytes]
Phrases = Sequence[tuple[tuple[str, ...], bool]]


class Marks:
    """Phrases, each with whether its last syllable is a beginning, to be marked in many texts."""

    def __init__(self, phrases: Phrases) -> None:
        syllables = [syllable for phrase, _ in phrases for syllable in phrase]
        self._as_typed = None
        if not all(map(str.isascii, syllables)):
            self._as_typed = _Patterns(phrases, syllables, _spelt_as_typed)
        self._any_accents = _Patterns(phrases, syllables, flat)

    def places(self, text: str) -> list[Place]:
        """Where the phrases stand, with the accents typed if they do so at all; words with only a
        blank between them are one place."""
        return self._places(text, Letters(text))

    def _places(self, text: str, letters: Letters) -> list[Place]:
        places: list[Place] = []
        for start, end in self._found(letters):
            if places and text[places[-1][1] : start].isspace():
                places[-1] = places[-1][0], end
            else:
                places.append((start, end))
        return places

    def _found(self, letters: Letters) -> list[Place]:
        found = self._as_typed.places(letters.accented) if self._as_typed else []
        return found or self._any_accents.places(letters.flat)

    def marked(self, text: str, letters: Letters | None = None) -> str:
        """A text with every place in marks.

        >>> Marks([(("dien",), False), (("luc",), False)]).marked("Điện lực và nhân lực")
        '⟦Điện lực⟧ và nhân ⟦lực⟧'
        """
        places = self._places(text, letters or Letters(text))
        return _with_marks(text, places, 0, len(text))

    def snippet(self, text: str, letters: Letters | None = None) -> str | None:
        """The passage that says most of the query, on one line; None where it says nothing."""
        letters = letters or Letters(text)
        if not (places := self._places(text, letters)):
            return None
        first = self._whole(letters)
        if first is None:
            first = _densest(letters.flat, places)
        start, end = _window(text, places, first)
        shown = _with_marks(text, places, start, end)
        return f"{'…' if start else ''}{one_line(shown)}{'…' if end < len(text) else ''}"

    def _whole(self, letters: Letters) -> int | None:
        """Where all of it begins to stand side by side."""
        found = self._as_typed.whole(letters.accented) if self._as_typed else None
        return self._any_accents.whole(letters.flat) if found is None else found


class _Patterns:
    """Phrases, and all their syllables side by side, in texts of one kind of letters."""

    def __init__(self, phrases: Phrases, syllables: Sequence[str], spell: Spell) -> None:
        # The longest first: a word that stands alone too must not hide the phrase it begins.
        forms: set[bytes] = {
            form for phrase, start in phrases for form in _forms(phrase, spell, start)
        }
        longest_first = sorted(forms, key=len, reverse=True)
        # A blank of its own at the beginning, which is what makes the search fast.
        self._each = re.compile(b" (?:" + b"|".join(longest_first) + b")(?= )") if forms else None
        self._all = re.compile(b" " + _side_by_side(syllables, spell) + b"(?= )")

    def places(self, text: bytes) -> list[Place]:
        if self._each is None:
            return []
        return [(found.start(), found.end() - 1) for found in self._each.finditer(text)]

    def whole(self, text: bytes) -> int | None:
        found = self._all.search(text)
        return found.start() if found else None


def _window(text: str, places: Sequence[Place], first: int) -> Place:
    """The passage round a place, from the beginning of a paragraph or a word on."""
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


def _densest(flat_text: bytes, places: Sequence[Place]) -> int:
    """The place from which a snippet holds the most different words, the first of such."""
    best, most, last = places[0][0], 0, 0
    words = [b" ".join(flat_text[start + 1 : end + 1].split()) for start, end in places]
    sizes = [10 + word.count(b" ") + 1 for word in words]
    for number, (start, _) in enumerate(places):
        while last < len(places) and places[last][1] <= start + SNIPPET:
            last += 1
        until = min(last, number + _LOOKED_AT)
        if sum(sizes[number:until]) <= most:  # even if no word came twice
            continue
        within = words[number:until]
        said = len(set(within)) * 10 + sum(sizes[number:until]) - 10 * len(within)
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


def _forms(syllables: tuple[str, ...], spell: Spell, is_start: bool) -> list[bytes]:
    forms = [syllables, *filter(None, [ACRONYMS.get(syllables)])]
    ending = b"[^ ]*" if is_start else b""
    return [_side_by_side(form, spell) + ending for form in forms]


def _side_by_side(syllables: Sequence[str], spell: Spell) -> bytes:
    return b" +".join(map(spell, syllables))


def _spelt_as_typed(syllable: str) -> bytes:
    """With its accents, if it was typed with any.

    >>> re.fullmatch(_spelt_as_typed("giá"), accented("gia")) is None
    True
    """
    if syllable.isascii():
        return any_accents(syllable)
    return one_of([accented(form) for form in exact_variants(syllable)])
