"""Texts as bytes, one for each letter, in which words are looked for at the speed of C; pure.

A search reads a few dozen texts of a thousand words to compare and mark them, and reading them
letter by letter was most of its time. Vietnamese in lower case has fewer letters than a byte has
values, so a text becomes bytes as by a code page, and what is folded is a table of 256 bytes.
"""

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from unicodedata import normalize

from archive.text import fold

_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_VOWELS = [normalize("NFC", letter + tone) for letter in "aăâeêioôơuưy" for tone in _TONES]
# What else papers print: letters of other languages, quotation marks, dashes, signs of units.
_OTHERS = "äåæçëïîñöøßüćčłńōśšūžαβγµλπω“”‘’„«»‚–—−…•·●■►→°º²³½¼€£¥×÷±≥≤≈′″©®™\xa0"
# Their numbers: those of the capitals and control characters, which no text in lower case has.
_FREE = (*range(1, 9), *range(14, 32), *range(65, 91), *range(127, 256))
_TAKEN = [letter for letter in dict.fromkeys([*_VOWELS, "đ", *_OTHERS]) if letter > "\x7f"]
_NUMBER = {chr(code): code for code in range(128) if code not in _FREE} | dict(
    zip(_TAKEN, _FREE, strict=False)
)
_LETTER = {number: letter for letter, number in _NUMBER.items()}
_NO_LETTER = "\ufffe"
_OF_LETTER = codecs.charmap_build("".join(_LETTER.get(code, _NO_LETTER) for code in range(256)))
# The letters of all other scripts share what is left.
_UNKNOWN = [number for number in _FREE if number not in _LETTER]
_ENDS = frozenset(".!?…;:\n")
_BLANK = ord(" ")


def _table(of: Callable[[str], int]) -> bytes:
    return bytes(of(_LETTER[code]) if code in _LETTER else code for code in range(256))


def _folded(letter: str) -> int:
    if not letter.isalnum():
        return _BLANK
    folded = fold(letter)
    return ord(folded) if len(folded) == 1 and folded.isascii() else _NUMBER[letter]


def _flat(letter: str) -> int:
    return ord("i") if _folded(letter) == ord("y") else _folded(letter)


_ACCENTED = _table(lambda letter: _NUMBER[letter] if letter.isalnum() else _BLANK)
_FOLDED = _table(_folded)
_FLAT = _table(_flat)
_BROKEN = _table(lambda letter: ord(".") if letter in _ENDS else _flat(letter))


class Letters:
    """A text in lower case, between two blanks: byte n + 1 is its letter n."""

    def __init__(self, text: str | None) -> None:
        self._codes = codes(f" {text or ''} ")

    @cached_property
    def accented(self) -> bytes:
        """With a blank for each sign between syllables."""
        return self._codes.translate(_ACCENTED)

    @cached_property
    def folded(self) -> bytes:
        """Without accents, đ as d."""
        return self._codes.translate(_FOLDED)

    @cached_property
    def flat(self) -> bytes:
        """The same without accents, đ as d, y as i: equal where the index may call words equal.

        >>> Letters("Kỹ thuật, ĐIỆN!").flat
        b' ki thuat  dien  '
        """
        return self._codes.translate(_FLAT)

    @cached_property
    def broken(self) -> bytes:
        """Flat, with a dot where a sentence or a line may end.

        >>> Letters("Giá: 5,3. Nay").broken
        b' gia. 5 3. nai '
        """
        return self._codes.translate(_BROKEN)


def codes(text: str) -> bytes:
    """As many bytes as the text has characters.

    >>> len(codes("İzmir, Đà Nẵng, 東京")), codes("Á") == codes("á")
    (18, True)
    """
    lower = text.lower()
    if len(lower) == len(text):
        try:
            return codecs.charmap_encode(lower, "strict", _OF_LETTER)[0]
        except UnicodeEncodeError:
            pass
    return bytes(map(_code, text))


def _code(letter: str) -> int:
    lower = letter.lower()[0]
    if lower in _NUMBER:
        return _NUMBER[lower]
    return _UNKNOWN[ord(lower) % len(_UNKNOWN)] if lower.isalnum() else _BLANK


@lru_cache(maxsize=1024)
def accented(syllable: str) -> bytes:
    """A syllable as it stands in accented texts."""
    return Letters(syllable).accented.strip()


def folded(syllable: str) -> bytes:
    """A syllable as it stands in folded texts."""
    return Letters(syllable).folded.strip()


@lru_cache(maxsize=1024)
def flat(syllable: str) -> bytes:
    """A syllable as it stands in flat texts.

    >>> flat("Kỹ"), flat("đường")
    (b'ki', b'duong')
    """
    return Letters(syllable).flat.strip()


def any_accents(syllable: str) -> bytes:
    """A pattern for the syllable in accented texts, whatever accents it has there.

    >>> re.fullmatch(any_accents("ky"), accented("kĩ")) is not None
    True
    """
    return b"".join(map(_ANY_ACCENTS.__getitem__, flat(syllable)))


def _choices() -> dict[int, bytes]:
    """For each flat letter a pattern of all that are flat so."""
    same: dict[int, list[int]] = {}
    for number, letter in enumerate(_FLAT):
        if _ACCENTED[number] == number:
            same.setdefault(letter, []).append(number)
    escaped = {letter: re.escape(bytes(numbers)) for letter, numbers in same.items()}
    return {k: b"[" + v + b"]" if len(same[k]) > 1 else v for k, v in escaped.items()}


_ANY_ACCENTS = _choices()


class Run:
    """Syllables side by side, each in one of its forms, looked for in texts of those letters."""

    def __init__(self, syllables: Sequence[Sequence[bytes]]) -> None:
        self._word = b" %b " % syllables[0][0] if len(syllables) == len(syllables[0]) == 1 else None
        # A blank of its own at the beginning, which is what makes the search fast.
        self._pattern = re.compile(b" " + side_by_side(syllables) + b"(?= )")

    def is_in(self, text: bytes) -> bool:
        if self._word:
            return self._word in text
        return self._pattern.search(text) is not None

    def count(self, text: bytes) -> int:
        return sum(1 for _ in self.starts(text))

    def starts(self, text: bytes) -> Iterator[int]:
        """Where it begins, the blank before it included."""
        return (found.start() for found in self._pattern.finditer(text))


def side_by_side(syllables: Sequence[Sequence[bytes]]) -> bytes:
    """
    >>> side_by_side([[b"ki", b"ky"], [b"su"]])
    b'(?:ki|ky) +su'
    """
    return b" +".join(map(one_of, syllables))


def one_of(forms: Sequence[bytes]) -> bytes:
    """A pattern for any of some forms."""
    choice = b"|".join(map(re.escape, forms))
    return b"(?:" + choice + b")" if len(forms) > 1 else choice
