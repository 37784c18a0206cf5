"""References to Vietnamese legal documents in a text, by canonical number; pure, in linear time.

A number is N/YYYY/CODE-BODY, N/CODE-BODY, N/YYYY/QHnn, N-CODE/TW of the Party, or N/BODY-UNIT of
a letter. docs/decisions/legal-documents.md says what counts and why.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from archive.legal_names import (
    NAMED_BODIES,
    SHORT_WORDS,
    WORDS,
    Kind,
    assembly,
    fold_word,
)
from archive.legal_numbers import (
    Place,
    after_kind,
    count_of,
    plain_text,
    typed_number,
    whole_numbers,
)
from archive.text import fold

__all__ = ["Kind", "Reference", "canonical_number", "references"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a text that names a legal document: text[start:end] is its number as shown."""

    kind: Kind
    number: str
    start: int
    end: int


_NUMBERED_LAW = re.compile(
    r"(?<![a-z])(?<!phap )(?P<word>bo luat|luat)(?: (?!su |nghi |thong tu|quyet dinh|ho so|hop dong"
    r"|bien ban|van ban|cong van|ban an|vu |du an|theo |tai |so )[a-z]+){0,14} so[ :\n]{1,3}\Z"
)
_DIGITS = re.compile(r"[0-9][0-9]*")
# What the words before a short number end with: định, tư, luật, thị, văn, số, NĐ, TT, QĐ, NQ.
_LAST_LETTERS = frozenset("hHưƯuUtTịỊiInNốỐôÔoOđĐdDqQ:")
_KIND_WORDS = WORDS | SHORT_WORDS
_LAST_WORDS = {words.split()[-1] for words in _KIND_WORDS}
_SHORT = re.compile(
    r"(?P<count>[0-9]{1,4})(?P<letter>[a-z]?)"
    r"(?:(?: ?/ ?|[ \n](?:n[ăa]m|NĂM|NAM)[ \n])(?P<year>(?:19|20)[0-9]{2}))?"
    r"(?![0-9%]|[^\W_]|[ ]?[/-] ?[^\W_]|[.,:][0-9])"
)
_AND = re.compile(r"(?: ?[,;] ?(?:và )?| (?:và|va|hoặc|hay|cùng|VÀ) )(?:số |so )?(?=[0-9])")
_BY = re.compile(
    r"(?:,?[ \n]ngay (?:[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?P<year>(?:19|20)[0-9]{2})"
    r"|[0-9]{1,2} thang [0-9]{1,2} nam (?P<spoken>(?:19|20)[0-9]{2})))?(?:,?[ \n](?:cua|do)[ \n]"
    rf"(?P<body>{'|'.join(sorted(NAMED_BODIES, key=len, reverse=True))})(?![a-z]))?"
)
# Without one of these a long text holds no short number that is sure, and most articles do not.
_TELLING = ("ghị", "ông tư", "uyết đ", "uật", "NĐ")
_LONG = 500
# A survey of a year of laws names some hundreds.
_MOST_NUMBERS = 5_000
_LAW = ("uật", "UẬT", "uat", "UAT", "uât", "UÂT")
_FIRST_DECREE_WITH_YEAR = 1998
_MOST_IN_LIST = 50
_LONGEST_TYPED = 100
_COUNT_AND_YEAR = re.compile(r"([0-9]+[a-z]?)[/-]([0-9]{4}(?=/))?")


def references(text: str) -> tuple[Reference, ...]:
    """The legal documents that a text names, in its order.

    A short name counts where it is sure: by year, kind and body, or by a whole number elsewhere
    in the text.

    >>> [(r.kind.value, r.number) for r in references("Thông tư 38/2016/TT – BCT, QÐ 483/QÐ-TTg")]
    [('Thông tư', '38/2016/TT-BCT'), ('Quyết định', '483/QĐ-TTg')]
    >>> [r.number for r in references("Nghị định 95/2012, nay là Nghị định 95, cũ")]
    ['95/2012/NĐ-CP', '95/2012/NĐ-CP']
    >>> references("từ 21/3/2024, tại 21-23 Ngô Quyền")
    ()
    """
    plain, places = plain_text(text)
    found = _all_references(plain, surely=places is not None)
    if places is None:
        return tuple(found)
    return tuple(replace(r, start=places[r.start], end=places[r.end - 1] + 1) for r in found)


def canonical_number(text: str) -> str | None:
    """The one spelling of a number that a reader typed; None where the text is no number.

    >>> canonical_number("thong tu 38-2016-tt-bct"), canonical_number("483 / qd – ttg")
    ('38/2016/TT-BCT', '483/QĐ-TTg')
    >>> canonical_number("nghị định 95/2012"), canonical_number("giá điện 38/2016/TT-BCT")
    ('95/2012/NĐ-CP', None)
    """
    if len(text) > _LONGEST_TYPED:
        return None
    plain = " ".join(plain_text(text)[0].split())
    if number := typed_number(plain):
        return number
    found = _all_references(plain, surely=True)
    if len(found) != 1 or found[0].start != after_kind(plain):
        return None
    return found[0].number if _BY.fullmatch(fold(plain[found[0].end :])) else None


@dataclass(frozen=True, slots=True)
class _Short:
    """A number without its symbol, and what the words around it tell."""

    kind: Kind
    count: str
    year: str | None
    start: int
    end: int
    date_year: str | None = None
    body: str | None = None

    def number(self) -> str | None:
        """The whole number where kind, year and body make it sure."""
        year = self.year or self.date_year
        if year is None:
            return None
        if self.kind is Kind.DECREE and int(year) >= _FIRST_DECREE_WITH_YEAR:
            return f"{self.count}/{year}/NĐ-CP"
        if self.kind in {Kind.LAW, Kind.CODE} or (
            self.body == "QH" and self.kind is Kind.RESOLUTION
        ):
            passed_by = assembly(int(year))
            return f"{self.count}/{year}/QH{passed_by}" if passed_by else None
        if self.kind is Kind.CIRCULAR and self.body and self.body not in {"CP", "TTg", "QH"}:
            return f"{self.count}/{year}/TT-{self.body}"
        if self.kind is Kind.DECISION and self.body == "TTg" and self.year:
            return f"{self.count}/{year}/QĐ-TTg"
        return None


def _all_references(plain: str, *, surely: bool) -> list[Reference]:
    """`surely` looks for short numbers whatever the text says: its accents were taken off."""
    whole = {place.start: place for place in islice(whole_numbers(plain), _MOST_NUMBERS)}
    # A text without đ has no accents.
    surely = surely or bool(whole) or len(plain) < _LONG or "đ" not in plain
    telling = surely or any(part in plain for part in _TELLING)
    shorts = list(islice(_shorts(plain, whole), _MOST_NUMBERS)) if telling else []
    if not whole and not shorts:
        return []
    named = [(str(place.number), place) for place in whole.values()]
    kinds = {number: place.kind for number, place in named if place.kind is not Kind.DOCUMENT}
    found = [
        Reference(kinds.get(number, place.kind), number, place.start, place.end)
        for number, place in named
    ]
    found += _sure(shorts, found)
    return sorted(found, key=lambda reference: reference.start)


def _sure(shorts: list[_Short], whole: list[Reference]) -> Iterator[Reference]:
    """The short numbers that can mean one document only, by themselves or in this text."""
    named = {(r.kind, r.number) for r in whole}
    named |= {(short.kind, number) for short in shorts if (number := short.number())}
    meant: dict[tuple[Kind, str, str | None], set[str]] = {}
    for kind, number in named:
        count, year = _COUNT_AND_YEAR.match(number).groups()  # type: ignore[union-attr] # all match
        for key in {(kind, count, year), (kind, count, None)}:
            meant.setdefault(key, set()).add(number)
    for short in shorts:
        found = short.number()
        candidates = meant.get((short.kind, short.count, short.year), set())
        if found is None and len(candidates) == 1:
            (found,) = candidates
        if found:
            yield Reference(short.kind, found, short.start, short.end)


def _shorts(plain: str, whole: dict[int, Place]) -> Iterator[_Short]:
    """Numbers without symbol behind a kind's name, alone or in a list, none of them twice."""
    done = 0
    for digits in _DIGITS.finditer(plain):
        at = digits.start()
        if at < done or plain[max(0, at - 2) : at - 1] not in _LAST_LETTERS:
            continue
        if at in whole and not _AND.match(plain, whole[at].end):
            continue  # no list that a short number may follow in
        if kind := _kind_before(plain, at):
            items, done = _list(plain, at, kind, whole)
            yield from items


def _kind_before(plain: str, at: int) -> Kind | None:
    before = plain[max(0, at - 34) : at].rstrip(" :\n")
    last = fold_word(before[max(before.rfind(" "), before.rfind("\n")) + 1 :])
    if last != "so" and last not in _LAST_WORDS:
        return None
    words = [fold_word(word) for word in before.split()[-5:]]
    words = words[:-1] if last == "so" else words
    for length in (4, 3, 2, 1):
        if kind := _KIND_WORDS.get(" ".join(words[-length:])):
            return kind
    before = plain[max(0, at - 120) : at]
    if last != "so" or not any(spelt in before for spelt in _LAW):
        return None
    law = _NUMBERED_LAW.search(fold(before))
    return WORDS[law["word"]] if law else None


def _list(plain: str, at: int, kind: Kind, whole: dict[int, Place]) -> tuple[list[_Short], int]:
    """The short numbers of a list that begins here, and where it ends."""
    shorts: list[_Short] = []
    for _ in range(_MOST_IN_LIST):
        if at in whole:
            at = whole[at].end
        elif short := _SHORT.match(plain, at):
            count = count_of(short["count"], short["letter"])
            at = short.end()
            if count:
                shorts.append(_Short(kind, count, short["year"], short.start(), at))
        else:
            break
        link = _AND.match(plain, at)
        if link is None:
            break
        at = link.end()
    return _with_body(plain, at, shorts), at


def _with_body(plain: str, end: int, shorts: list[_Short]) -> list[_Short]:
    """The body that is named behind a list is that of each; a date is of the last alone."""
    by = _BY.match(fold(plain[end : end + 110]))
    if by is None or not shorts:
        return shorts
    body = NAMED_BODIES.get(by["body"] or "")
    shorts = [replace(short, body=body) for short in shorts]
    return [*shorts[:-1], replace(shorts[-1], date_year=by["year"] or by["spoken"])]
