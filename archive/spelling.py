"""How else a Vietnamese syllable may be spelt: đ as d, i for y, the tone on the other vowel.

The index folds accents but keeps đ and the letters i and y; the index of exact forms keeps all.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import product

# After these letters papers write i and y alike: kĩ thuật, kỹ thuật; tỉ lệ, tỷ lệ; quí, quý.
_I_OR_Y = re.compile(r"(?:[hklmst]|qu)?[iy]")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_TWO_VOWELS = ("oa", "oe", "uy")
_SWAPPED = str.maketrans("iy", "yi")
_MOST_STROKES = 3
# What the index cuts at its dots, and what is written without them.
_TOGETHER = {("tphcm",): ("tp", "hcm"), ("tphn",): ("tp", "hn"), ("vn", "index"): ("vnindex",)}
ACRONYMS = _TOGETHER | {apart: together for together, apart in _TOGETHER.items()}


def variants(syllable: str) -> list[str]:
    """How a syllable may stand in the index; accents say that a d was meant as it stands.

    >>> variants("dien"), variants("điện"), variants("dân"), variants("nd")
    (['dien', 'đien'], ['điện', 'diện'], ['dân'], ['nd', 'nđ'])
    >>> variants("kỹ"), variants("quí"), variants("my")
    (['kỹ', 'kĩ'], ['quí', 'quý'], ['my', 'mi'])
    """
    return [form for spelt in _strokes(syllable) for form in (spelt, *_other_vowel(spelt))]


@lru_cache(maxsize=1024)
def exact_variants(syllable: str) -> tuple[str, ...]:
    """The spellings of one syllable that say the same with the same accents.

    >>> exact_variants("hòa"), exact_variants("kĩ"), exact_variants("thuý"), exact_variants("quý")
    (('hòa', 'hoà'), ('kĩ', 'kỹ'), ('thuý', 'thúy'), ('quý', 'quí'))
    >>> exact_variants("hoàn"), exact_variants("điện")
    (('hoàn',), ('điện',))
    """
    letters = unicodedata.normalize("NFD", syllable)
    tones = _TONES.findall(letters)
    base = unicodedata.normalize("NFC", _TONES.sub("", letters))
    forms = [syllable, *_other_vowel(syllable)]
    if len(tones) == 1 and base.endswith(_TWO_VOWELS) and not base.startswith("qu"):
        forms += [_placed(base, tones[0], len(base) - back) for back in (2, 1)]
    return tuple(dict.fromkeys(forms))


def _placed(base: str, tone: str, at: int) -> str:
    return unicodedata.normalize("NFC", base[: at + 1] + tone + base[at + 1 :])


def _strokes(syllable: str) -> list[str]:
    if "đ" in syllable:
        return [syllable, syllable.replace("đ", "d")]
    if not syllable.isascii() or "d" not in syllable:
        return [syllable]
    if syllable.count("d") > _MOST_STROKES:  # no Vietnamese word or acronym
        return [syllable, syllable.replace("d", "đ")]
    return ["".join(letters) for letters in product(*("dđ" if c == "d" else c for c in syllable))]


def _other_vowel(syllable: str) -> list[str]:
    """
    >>> _other_vowel("kỹ"), _other_vowel("tháng")
    (['kĩ'], [])
    """
    letters = unicodedata.normalize("NFD", syllable)
    if not _I_OR_Y.fullmatch(_TONES.sub("", letters)):
        return []
    return [unicodedata.normalize("NFC", letters.translate(_SWAPPED))]
