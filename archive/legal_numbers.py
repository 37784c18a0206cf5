"""The numbers of legal documents: 38/2016/TT-BCT, 483/QĐ-TTg, 68-NQ/TW, 1279/BCT-TTTN.

All patterns are bounded and tried at a slash only, so that no text takes more than linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.legal_names import (
    CODES,
    COMPANY_ORGANS,
    LETTER_WORDS,
    OTHER_PAPERS,
    PARTY_BODIES,
    WORDS,
    WRITTEN_BODIES,
    WRITTEN_CODES,
    Kind,
    fold_word,
)
from archive.text import fold


@dataclass(frozen=True, slots=True)
class Number:
    """The parts of a number: "38", "2016", "TT" and ("BCT",); laws and letters have no code."""

    count: str
    year: str | None
    code: str
    bodies: tuple[str, ...]

    def __str__(self) -> str:
        if self.code and self.bodies[0] in PARTY_BODIES:
            return f"{self.count}-{self.code}/{'-'.join(self.bodies)}"
        symbol = "-".join(filter(None, (self.code, *self.bodies)))
        return "/".join(filter(None, (self.count, self.year, symbol)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands in a plain text, and the kind that it or the words before it tell."""

    kind: Kind
    number: Number
    start: int
    end: int


# Blanks inside a number: a line may break there, but no paragraph may end.
_GAP = r" {0,2}\n? {0,2}"
_COUNT = r"(?P<count>[0-9]{1,3}\.[0-9]{3}|[0-9]{1,6})(?P<letter>[A-Za-z]?)"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_BEFORE_SLASH = re.compile(
    rf"{_COUNT}(?:{_GAP}[/-]{_GAP}{_YEAR}|{_GAP}-{_GAP}(?P<code>[A-Za-zĐđ]{{2,4}}))?{_GAP}\Z"
)
_LONGEST_BEFORE = 30
_MAY_END_COUNT = re.compile(r"(?:[0-9]|[0-9][A-Za-z]|-[ \n]{0,2}[A-Za-zĐđ]{2,4})[ \n]{0,5}\Z")
_AFTER_SLASH = re.compile(rf"/{_GAP}(?=[A-Za-zĐđ])")
_SLASH_BEFORE_NO_DIGIT = re.compile(r"/(?![0-9])")
_WORD = re.compile(r"[A-Za-zĐđ]{1,16}(?:&[A-Za-zĐđ]{1,10})?[0-9]{0,3}")
# A missing blank after the number: "TT-BCTngày".
_UPPER_HEAD = re.compile(r"TTg|[TC]Tr|[A-ZĐ][A-ZĐ&]+(?=[a-zđ])")
_LOOSE = re.compile(rf"{_GAP}-{_GAP}| ")
_ASSEMBLY = re.compile(r"(?:ubtv)?qh[0-9]{1,2}")
_JOINT = {"TTLT", "NQLT"}
_MOST_BODIES = 6

_PAPER = re.compile(
    rf"(?<![a-z])(?P<word>{'|'.join((*LETTER_WORDS, *OTHER_PAPERS))})(?: [a-z]+){{0,3}}[ :\n(]*\Z"
)
_MADE_BY_ASSEMBLY = re.compile(
    r"(?<![a-z])(?<!phap )(?<!quy )(?<!ky )(?P<word>bo luat|luat|phap lenh|nghi quyet)"
    r"(?! su)(?![a-z])"
)
_PARTY_ACT = re.compile(r"(?P<word>quyet dinh|quy dinh)[ \n](?:so)?[ :\n]*\Z")
_SENTENCE_END = re.compile(r"[.!?…]\s|\n\n")

_LEADING_KIND = re.compile(
    rf"(?:(?:{'|'.join((*WORDS, *LETTER_WORDS))}|nd|tt|qd|nq|ct|ttlt) ?)?(?:so ?:? ?)?(?=[0-9])"
)
_TYPED = re.compile(rf"{_COUNT}(?:[ /._-]{{1,4}}{_YEAR}(?![0-9]))?[ /._-]{{1,4}}(?P<symbol>.+)")


def at_slash(plain: str, slash: int, *, typed: bool = False) -> Place | None:
    """The number whose code, body or assembly follows this slash.

    `typed` is for what a reader typed: that 234/ĐL-TTĐ is a letter needs no word before it there.
    """
    after = _AFTER_SLASH.match(plain, slash)
    if after is None or not _MAY_END_COUNT.search(plain, max(0, slash - 6), slash):
        return None  # most slashes: km/h, đồng/lít
    before = _BEFORE_SLASH.search(plain, max(0, slash - _LONGEST_BEFORE), slash)
    if before is None or _is_glued(plain, before.start()):
        return None
    count = count_of(before["count"], before["letter"])
    head = _word(plain, after.end())
    if count is None or head is None:
        return None
    if before["code"]:
        return _of_party(plain, before, count, head)
    return _of_state(plain, before, count, head, typed=typed)


def _of_state(
    plain: str, before: re.Match[str], count: str, head: tuple[str, int], *, typed: bool
) -> Place | None:
    start, year, (word, end) = before.start(), before["year"], head
    if year and _ASSEMBLY.fullmatch(fold_word(word)):
        number = Number(count, year, "", (word.upper(),))
        return Place(_kind_by_assembly(plain, start), number, start, end)
    code, bodies, end = _symbol(plain, word, end)
    if code and bodies:
        number = Number(count, year, code, bodies)
        return Place(_kind(plain, start, number), number, start, end)
    return None if year or code else _letter(plain, start, count, head, typed=typed)


def count_of(digits: str, letter: str) -> str | None:
    """A count as the state writes it: two digits at least, its letter small; None for nought.

    >>> count_of("5", ""), count_of("30", "A"), count_of("1.279", ""), count_of("00", "")
    ('05', '30a', '1279', None)
    """
    value = int(digits.replace(".", ""))
    return f"{value:02d}{letter.lower()}" if value else None


def typed_number(plain: str) -> str | None:
    """The number that a whole plain text is, with any of / - _ . or a blank between its parts."""
    number = plain[after_kind(plain) :]
    typed = _TYPED.fullmatch(number)
    if typed is None:
        return None
    symbol = re.sub(r" ?[/._-] ?", "-", typed["symbol"].upper())
    words = re.split(r"[ -]", symbol)
    if " " in symbol and not all(fold_word(word) in WRITTEN_BODIES for word in words[1:]):
        return None  # words behind a number, as in "24 tt da nang"
    head = "/".join(filter(None, (typed["count"] + typed["letter"], typed["year"])))
    whole = f"{head}/{'-'.join(words)}"
    place = at_slash(whole, len(head), typed="/" in number)
    return str(place.number) if place and place.end == len(whole) else None


def after_kind(plain: str) -> int:
    """Where the number begins that a kind's name may stand before.

    >>> after_kind("Thông tư số 38/2016/TT-BCT"), after_kind("38/2016/TT-BCT")
    (12, 0)
    """
    kind = _LEADING_KIND.match(fold(plain))
    return kind.end() if kind else 0


_SAME = [
    *((dash, "-") for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"),
    *((slash, "/") for slash in "\u2044\u2215\uff0f"),
    *((blank, " ") for blank in "\u00a0\u2007\u2009\u202f\t\r"),
    # Eth and African D look like Đ and are met in its place; no reader sees the difference.
    *(("\u00d0", "Đ"), ("\u0189", "Đ"), ("\u00f0", "đ")),
]
# The marks that Vietnamese letters are composed with, and what nobody sees.
_MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
_DROPPED = f"{_MARKS}\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_UNSEEN = re.compile(f"[{_DROPPED}]+")


def plain_text(text: str) -> tuple[str, list[int] | None]:
    """A text with one dash, slash and blank and without marks of its own or unseen characters,
    and, where some were taken out, the place of each character in the text as it was.

    >>> plain_text("NÐ–CP"), plain_text("a\\u200bb")
    (('NĐ-CP', None), ('ab', [0, 2]))
    """
    for odd, usual in _SAME:  # one by one: str.translate is ten times slower
        text = text.replace(odd, usual)
    for character in _DROPPED:  # quicker than to look for the pattern
        if character in text:
            return _without_unseen(text)
    return text, None


def _without_unseen(text: str) -> tuple[str, list[int]]:
    places: list[int] = []
    at = 0
    for unseen in _UNSEEN.finditer(text):
        places.extend(range(at, unseen.start()))
        at = unseen.end()
    places.extend(range(at, len(text)))
    return _UNSEEN.sub("", text), places


def _is_glued(plain: str, start: int) -> bool:
    """Whether digits belong to what stands before them: an address, a date, a standard, a name."""
    before, last = plain[max(0, start - 2) : start - 1], plain[start - 1 : start]
    if last.isalnum():
        return fold(before + last) != "so"  # "số17/2021" lacks a blank
    if last == "-":
        return before.isalnum()
    return last in {"_", "=", "/", "@", "&"} or (last in {".", ",", ":", "+"} and before.isdigit())


def _word(plain: str, start: int) -> tuple[str, int] | None:
    """The code or body that begins here, and where it ends; None for a word of Vietnamese."""
    found = _WORD.match(plain, start)
    if found is None:
        return None
    upper = _UPPER_HEAD.match(found[0])
    if upper:
        return upper[0], start + upper.end()
    following = plain[found.end() : found.end() + 1]
    return None if following.isalnum() or following == "_" else (found[0], found.end())


def _symbol(plain: str, word: str, end: int) -> tuple[str | None, tuple[str, ...], int]:
    """Code and bodies where a code begins here: TT-BCT, TTLT/BTC-BCT, or TTBCT without dash."""
    folded = fold_word(word)
    code = WRITTEN_CODES.get(folded)
    if code == "HD" and word.lower() != "hd":
        return code, (), end  # HĐ is a contract
    if code:
        bodies, end = _bodies(plain, end, joint=code in _JOINT)
        return code, bodies if _is_act(code, bodies) else (), end
    for length in (2, 3, 4):
        body = WRITTEN_BODIES.get(folded[length:])
        if body and folded not in WRITTEN_BODIES and folded[:length] in WRITTEN_CODES:
            return WRITTEN_CODES[folded[:length]], (body,), end
    return None, (), end


def _is_act(code: str, bodies: tuple[str, ...]) -> bool:
    """Whether code and bodies make an act: a board's resolution and an indictment are none."""
    if code == "L":
        return bodies == ("CTN",)  # only the president orders that a law be published
    if code == "CT" and any(body.startswith("VKS") for body in bodies):
        return False  # of prosecutors CT is cáo trạng, an indictment
    return not any(fold_word(body) in COMPANY_ORGANS for body in bodies)


def _bodies(plain: str, end: int, *, joint: bool) -> tuple[tuple[str, ...], int]:
    bodies: list[str] = []
    while len(bodies) < _MOST_BODIES:
        found = _next_body(plain, end, first=not bodies, joint=joint)
        if found is None:
            break
        word, end = found
        bodies.append(_written(word))
    return tuple(bodies), end


def _next_body(plain: str, end: int, *, first: bool, joint: bool) -> tuple[str, int] | None:
    mark = plain[end : end + 1]
    if mark == "-" and (found := _word(plain, end + 1)):
        return found if fold_word(found[0]) in WRITTEN_BODIES or _is_upper(found[0]) else None
    if not first and not joint:
        return None
    start = end + 1
    if mark not in {".", "/"}:
        # With blanks round the dash a sentence may go on: only a body that is known is taken.
        loose = _LOOSE.match(plain, end)
        if loose is None or (loose[0] == " " and not first):
            return None
        start = loose.end()
    found = _word(plain, start)
    return found if found and fold_word(found[0]) in WRITTEN_BODIES else None


def _is_upper(word: str) -> bool:
    """
    >>> _is_upper("SCT"), _is_upper("BCĐ389"), _is_upper("A2"), _is_upper("rip")
    (True, True, False, False)
    """
    return word == word.upper() and len(word.rstrip("0123456789")) > (1 if word.isalpha() else 2)


def _written(body: str) -> str:
    """
    >>> _written("ttg"), _written("BNN&PTNT"), _written("BLDTBXH"), _written("XPHC")
    ('TTg', 'BNNPTNT', 'BLĐTBXH', 'XPHC')
    """
    body = body.replace("&", "").upper()
    return WRITTEN_BODIES.get(fold_word(body), body)


def _of_party(plain: str, before: re.Match[str], count: str, head: tuple[str, int]) -> Place | None:
    code, body = WRITTEN_CODES.get(fold_word(before["code"])), _written(head[0])
    if code is None or body not in PARTY_BODIES:
        return None
    number = Number(count, None, code, (body,))
    return Place(_kind(plain, before.start(), number), number, before.start(), head[1])


def _letter(
    plain: str, start: int, count: str, head: tuple[str, int], *, typed: bool
) -> Place | None:
    """A letter, 1279/BCT-TTTN, where its body is known or a word before says that it is one."""
    word, end = head
    units, end = _bodies(plain, end, joint=False)
    paper = _PAPER.search(fold(plain[max(0, start - 44) : start]))
    known = fold_word(word) in WRITTEN_BODIES
    if not units or plain[head[1]] != "-" or (paper and paper["word"] in OTHER_PAPERS):
        return None
    if not known and not (_is_upper(word) and (paper or typed)):
        return None
    kind = LETTER_WORDS[paper["word"]] if paper else Kind.LETTER
    return Place(kind, Number(count, None, "", (_written(word), *units)), start, end)


def _kind(plain: str, start: int, number: Number) -> Kind:
    kind = CODES[number.code]
    if kind is Kind.DIRECTIVE and number.bodies[0] not in WRITTEN_BODIES.values():
        # CT is the tax departments' (cục thuế) name too.
        paper = _PAPER.search(fold(plain[max(0, start - 44) : start]))
        return Kind.LETTER if paper and LETTER_WORDS.get(paper["word"]) is Kind.LETTER else kind
    if kind is Kind.DECISION and number.bodies[0] in PARTY_BODIES:
        # The Party writes QĐ for both of its acts.
        act = _PARTY_ACT.search(fold(plain[max(0, start - 20) : start]))
        return WORDS[act["word"]] if act else Kind.DOCUMENT
    return kind


def _kind_by_assembly(plain: str, start: int) -> Kind:
    """Law, code, ordinance or resolution: the last of these words in the sentence so far."""
    before = _SENTENCE_END.split(plain[max(0, start - 160) : start])[-1]
    words = [found["word"] for found in _MADE_BY_ASSEMBLY.finditer(fold(before))]
    return WORDS[words[-1]] if words else Kind.DOCUMENT


def whole_numbers(plain: str) -> Iterator[Place]:
    """The numbers that are written out, in order."""
    end = 0
    for slash in _SLASH_BEFORE_NO_DIGIT.finditer(plain):  # a digit is the date's or the year's
        place = at_slash(plain, slash.start()) if slash.start() >= end else None
        if place and place.start >= end:
            yield place
            end = place.end
