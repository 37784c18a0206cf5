"""Vietnamese text: one spelling of each letter, folding for search, syllables, cleaning."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
LONG_WORD = 30
_MOST_WORDS = 30_000  # of 200 bytes each
# SQLite's remove_diacritics folds all Vietnamese letters but đ, which Unicode does not decompose.
_NOT_DECOMPOSED = {"đ": "d", "Đ": "d"}
_COMBINING = range(0x0300, 0x0370)
_LATIN = (range(0x00C0, 0x0250), range(0x1E00, 0x1F00))


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = dict.fromkeys(_COMBINING)
    for code in (code for block in _LATIN for code in block):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base != chr(code):
            table[code] = base.lower()
    return table | {ord(letter): base for letter, base in _NOT_DECOMPOSED.items()}


_FOLD = _fold_table()
# Control, format (zero-width, bidirectional, tags) and surrogate characters but the line breaks:
# nobody sees them, they split words for the index, and SQLite refuses the last.
_INVISIBLE = re.compile(
    r"[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0001\U000e0020-\U000e007f]+"
)
_BREAKS = re.compile(r"\r\n|[\r\x85\u2028\u2029]")
# Normalizing sorts the marks on a letter in quadratic time; no language puts more than a few on
# one, and Unicode's stream-safe text has as many as this.
_MOST_MARKS = 30
_MARKS = re.compile(r"[^\w\s\0-\u02ff]{31,}")
_SYLLABLE = re.compile(r"[^\W_]+")
_OTHER_BLANKS = r"\t\x0b\x0c\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BLANKS = re.compile(f"[ {_OTHER_BLANKS}]{{2,}}|[{_OTHER_BLANKS}]")
_DOUBLE = re.compile(" {2,}")
_ROUND_BREAKS = re.compile(r" *\n *")


def nfc(text: str) -> str:
    """One code point a letter where Unicode has one: pages and keyboards give both forms.

    >>> nfc("Bo\u0323\u0302") == "B\u1ed9"
    True
    """
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _MARKS.sub(_few_marks, text))


def _few_marks(run: re.Match[str]) -> str:
    rest = (letter for letter in run[0][_MOST_MARKS:] if not unicodedata.combining(letter))
    return run[0][:_MOST_MARKS] + "".join(rest)


def fold(text: str) -> str:
    """Lower case, accents off, đ as d: what a reader without a Vietnamese keyboard types.

    >>> fold("Bộ Công Thương, ĐIỆN LỰC")
    'bo cong thuong, dien luc'
    """
    return text.lower().translate(_FOLD)


class PerWord(dict[str, T]):
    """What is made of each word of a text, from memory: a language's common words are few, and
    what is made of them costs more than to look it up. Long words are not remembered.

    >>> letters = PerWord(lambda word: tuple(word))
    >>> letters["ăn"], len(letters), letters["a" * 30][0], len(letters)
    (('ă', 'n'), 1, 'a', 1)
    """

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> T:
        made = self._make(word)
        if len(word) < LONG_WORD:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = made
        return made


def syllables(text: str) -> list[str]:
    """The folded syllables and numbers in order, cut as the full-text index cuts them.

    >>> syllables("Nghị định 38/2016/TT-BCT")
    ['nghi', 'dinh', '38', '2016', 'tt', 'bct']
    """
    return _SYLLABLE.findall(fold(text))


def distinct_words(*texts: str | None) -> dict[str, None]:
    """What blanks divide some texts into, each once, in order.

    >>> list(distinct_words("Giá điện tăng,", None, "giá điện"))
    ['Giá', 'điện', 'tăng,', 'giá']
    """
    return dict.fromkeys("\n".join(filter(None, texts)).split())


def distinct_syllables(words: Iterable[str]) -> set[str]:
    """The folded syllables and numbers of some words, each once.

    >>> sorted(distinct_syllables(["Giá", "điện", "tăng,GIÁ", "xăng"]))
    ['dien', 'gia', 'tang', 'xang']
    """
    return set(syllables(" ".join(words)))


def d_forms(*texts: str | None) -> str | None:
    """The distinct syllables that hold đ, folded: they make 'dien luc' find 'điện lực'.

    >>> d_forms("Điện lực đưa điện về Đà Nẵng", None)
    'dien dua da'
    """
    return d_forms_in(distinct_words(nfc("\n".join(filter(None, texts)))))


def d_forms_in(words: Iterable[str]) -> str | None:
    """The same of the words of a text in NFC."""
    # A look at each word's letters costs less than a look into a large table of words.
    with_stroke = " ".join([word for word in words if "đ" in word or "Đ" in word])
    found = [s for s in _SYLLABLE.findall(with_stroke) if "đ" in s or "Đ" in s]
    return " ".join(dict.fromkeys(fold(" ".join(found)).split())) or None


def clean(text: str) -> str:
    """NFC without control, zero-width and surrogate characters; single blanks; line breaks stay.

    >>> clean("  Giá\u00a0 điện\u200b \\r\\n hôm nay ")
    'Giá điện\\nhôm nay'
    """
    if text.isprintable():  # as most texts are: one line, no blank but the common one
        return nfc(_DOUBLE.sub(" ", text) if "  " in text else text).strip()
    text = nfc(_BREAKS.sub("\n", _INVISIBLE.sub("", text)))
    return _ROUND_BREAKS.sub("\n", _BLANKS.sub(" ", text)).strip()
