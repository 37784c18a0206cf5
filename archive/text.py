"""Vietnamese text: one spelling of each letter, folding for search, syllables, cleaning."""

import re
import unicodedata

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


def _clean_table() -> dict[int, str | None]:
    """What no reader sees goes; every kind of blank becomes a space."""
    table: dict[int, str | None] = {}
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        if category in {"Cc", "Cf", "Cs"} and chr(code) not in "\t\n\r":
            table[code] = None
        elif category == "Zs" or chr(code) in "\t\x0b\x0c":
            table[code] = " "
    return table | {0x2028: "\n", 0x2029: "\n", 0x0085: "\n", 0x0D: "\n"}


_FOLD = _fold_table()
_CLEAN = _clean_table()
_SYLLABLE = re.compile(r"[^\W_]+")
_D_SYLLABLE = re.compile(r"[^\W_đĐ]*[đĐ][^\W_]*")
_BLANKS = re.compile(r" {2,}")
_ROUND_BREAKS = re.compile(r" *\n *")


def nfc(text: str) -> str:
    """One code point a letter where Unicode has one: pages and keyboards give both forms.

    >>> nfc("Bo\u0323\u0302") == "B\u1ed9"
    True
    """
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case, accents off, đ as d: what a reader without a Vietnamese keyboard types.

    >>> fold("Bộ Công Thương, ĐIỆN LỰC")
    'bo cong thuong, dien luc'
    """
    return text.lower().translate(_FOLD)


def syllables(text: str) -> list[str]:
    """The folded syllables and numbers in order, cut as the full-text index cuts them.

    >>> syllables("Nghị định 38/2016/TT-BCT")
    ['nghi', 'dinh', '38', '2016', 'tt', 'bct']
    """
    return _SYLLABLE.findall(fold(text))


def d_forms(*texts: str | None) -> str | None:
    """The distinct syllables that hold đ, folded: they make 'dien luc' find 'điện lực'.

    >>> d_forms("Điện lực đưa điện về Đà Nẵng", None)
    'dien dua da'
    """
    found = (fold(s) for text in texts if text for s in _D_SYLLABLE.findall(nfc(text)))
    return " ".join(dict.fromkeys(found)) or None


def clean(text: str) -> str:
    """NFC without control, zero-width and surrogate characters; single blanks; line breaks stay.

    >>> clean("  Giá\u00a0 điện\u200b \\r\\n hôm nay ")
    'Giá điện\\nhôm nay'
    """
    text = nfc(text.replace("\r\n", "\n").translate(_CLEAN))
    return _ROUND_BREAKS.sub("\n", _BLANKS.sub(" ", text)).strip()
