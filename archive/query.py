"""What a reader typed, as a tree of words, phrases and filters; pure, and made of any text at all.

Nothing is wrong in a query: what has no meaning as an operator is a word or is left out, and what
was probably meant is told in the notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.query_fields import FIELDS, WORD_FIELDS, filter_value, meant
from archive.spelling import ACRONYMS
from archive.text import nfc

MOST_SYLLABLES = 64
DEEPEST = 12
_QUOTES = re.compile("[“”„«»＂]")
_STRAY_MARKS = re.compile("[\u0300-\u036f]")
_SYLLABLE = re.compile(r"[^\W_]+")
# A dash before a number of its own, -2,5 or -5 %, is a sign and excludes nothing.
_TOKEN = re.compile(
    r"(?P<open>\()|(?P<close>\))"
    r"|(?P<minus>(?<![^\s(])[-−](?=[^\s)])(?!\d+[.,]\d|\d+ ?%))"
    r'|(?P<quote>")(?P<phrase>[^"]*)(?:"|$)(?P<star>\*)?'
    r"|(?P<operator>(?:AND|OR|NOT)(?![^\s()\"]))"
    r"|(?P<field>[A-Za-z]+):(?P<room>\s*)"
    r'|(?P<word>[^\s"()]+)'
)
_LOOKS_LIKE_A_FIELD = re.compile(r"[a-z]{3,12}:[^\s/\d]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Syllables side by side, as typed but in lower case; `field` is title or lead, or all text.

    A document number, a price or an acronym with dots is a phrase too: the index cuts it so.
    """

    syllables: tuple[str, ...]
    quoted: bool = False
    prefix: bool = False
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What must be true of an article besides its words: `site`, `before`, `has` …"""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node = Phrase | Filter | All | Any | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A tree, None where nothing was typed, and what the reader should be told of it."""

    tree: Node | None
    notes: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Node, ...]:
        """What must all be true."""
        if self.tree is None:
            return ()
        return self.tree.parts if isinstance(self.tree, All) else (self.tree,)

    def narrowed(self, **given: str | None) -> Query:
        """The query with filters that were given beside it, by their fields."""
        filters = tuple(Filter(name, value) for name, value in given.items() if value is not None)
        parts = (*self.parts, *filters)
        return Query(All(parts) if len(parts) > 1 else next(iter(parts), None), self.notes)

    @property
    def wanted(self) -> tuple[tuple[str, ...], ...]:
        """The words and phrases that must all stand somewhere in the article."""
        return tuple(part.syllables for part in self.parts if isinstance(part, Phrase))


def parse(text: str) -> Query:
    """What is wanted and unwanted by a text as people type it.

    >>> parse('giá "bộ công thương" -vàng').tree.parts[1:]
    (Phrase(syllables=('bộ', 'công', 'thương'), quoted=True, prefix=False, field=None), \
Not(part=Phrase(syllables=('vàng',), quoted=False, prefix=False, field=None)))
    >>> parse("38/2016/TT-BCT").wanted
    (('38', '2016', 'tt', 'bct'),)
    >>> parse("tittle:xăng").notes
    ('There is no field tittle: — did you mean title: ?',)
    """
    reader = _Reader(_STRAY_MARKS.sub("", _QUOTES.sub('"', nfc(text))))
    return Query(reader.whole() or reader.words(), tuple(dict.fromkeys(reader.notes)))


class _Reader:
    """A recursive descent over the tokens: any (OR) of all (AND) of perhaps excluded operands."""

    def __init__(self, text: str) -> None:
        self.notes: list[str] = []
        self._room = MOST_SYLLABLES
        self._depth = 0
        self._text = text
        self._tokens: list[tuple[str, re.Match[str]]] = list(self._cut(text))
        self._at = 0

    def _cut(self, text: str) -> Iterator[tuple[str, re.Match[str]]]:
        at = 0
        while found := _TOKEN.search(text, at):
            kind = "phrase" if found["quote"] else str(found.lastgroup)
            if kind == "room":  # the group after a field's name
                kind = self._kind_of_field(found)
                if kind == "word":  # https://…, 10:30, a title with a colon in it
                    found = _WORD.match(text, found.start()) or found
            at = found.end()
            yield kind, found

    def _kind_of_field(self, found: re.Match[str]) -> str:
        """A known field; a misspelt one, which is left out; else a word with a colon in it."""
        name, rest = found["field"], self._text[found.end() : found.end() + 1]
        if name.lower() in FIELDS:
            return "field"
        if found["room"] or not rest:
            return "word"
        if near := meant(name.lower()):
            self.notes.append(f"There is no field {name}: — did you mean {near}: ?")
            return "nothing"
        if _LOOKS_LIKE_A_FIELD.match(self._text, found.start()):
            known = ", ".join(f"{field}:" for field in FIELDS)
            self.notes.append(f"There is no field {name}: — there are {known}")
        return "word"

    def whole(self) -> Node | None:
        found: list[Node] = []
        while self._at < len(self._tokens):
            part = self._any(None)
            found += [part] if part else []
            self._at += 1  # a bracket that closes nothing
        return _all(found)

    def words(self) -> Node | None:
        """Every word as it stands, where all of them were taken for operators."""
        if self.notes:  # a filter that means nothing: told, and left out
            return None
        found = (tuple(_SYLLABLE.findall(word.lower())) for word in self._text[:200].split())
        return _all([Phrase(syllables) for syllables in found if syllables])

    def _kind(self) -> str | None:
        if self._at >= len(self._tokens):
            return None
        kind, found = self._tokens[self._at]
        return str(found["operator"]) if kind == "operator" else kind

    def _any(self, field: str | None) -> Node | None:
        found = [self._all(field)]
        while self._kind() == "OR":
            self._at += 1
            found.append(self._all(field))
        parts = tuple(dict.fromkeys(part for part in found if part))
        return Any(parts) if len(parts) > 1 else next(iter(parts), None)

    def _all(self, field: str | None) -> Node | None:
        found: list[Node] = []
        while (kind := self._kind()) not in {None, "OR", "close"}:
            if kind in {"AND", "nothing"}:
                self._at += 1
                continue
            part = self._operand(field)
            found += [part] if part else []
        return _all(_joined(found))

    def _operand(self, field: str | None) -> Node | None:
        excluded = False
        while self._kind() in {"NOT", "minus"}:
            excluded = not excluded
            self._at += 1
        part = self._one(field)
        if part is None or not excluded:
            return part
        return part.part if isinstance(part, Not) else Not(part)

    def _one(self, field: str | None) -> Node | None:
        while (kind := self._kind()) in {"field", "nothing"}:
            field = self._tokens[self._at][1]["field"].lower() if kind == "field" else field
            self._at += 1
        if kind in {None, "close", "OR", "AND", "NOT", "minus"}:
            return None
        found = self._tokens[self._at][1]
        self._at += 1
        if kind == "open":
            return self._group(field)
        text = found["phrase"] if kind == "phrase" else found[0]
        star = bool(found["star"]) if kind == "phrase" else text.endswith("*")
        return self._leaf(text, field, quoted=kind == "phrase", prefix=star or text.endswith("*"))

    def _group(self, field: str | None) -> Node | None:
        if self._depth >= DEEPEST:  # brackets so deep are no thought of anybody's
            return None
        self._depth += 1
        part = self._any(field)
        self._depth -= 1
        self._at += self._kind() == "close"
        return part

    def _leaf(self, text: str, field: str | None, *, quoted: bool, prefix: bool) -> Node | None:
        if field and field not in WORD_FIELDS:
            value, note = filter_value(field, text.strip())
            self.notes += [note] if note else []
            if value is not None or field != "cites":
                return None if value is None else Filter(field, value)
            field = None
        syllables = tuple(_SYLLABLE.findall(text.lower()))[: self._room]
        self._room -= len(syllables)
        return Phrase(syllables, quoted, prefix, field) if syllables else None


_WORD = re.compile(r'[^\s"()]+')


def _all(parts: list[Node]) -> Node | None:
    """All of the parts, groups of all laid open: brackets there change nothing."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, All) else (part,)
    return All(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def _joined(parts: list[Node]) -> list[Node]:
    """TP HCM, typed as two words, is the acronym TP.HCM."""
    joined: list[Node] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Phrase) and isinstance(last, Phrase) and last.field == part.field:
            both = last.syllables + part.syllables
            if both in ACRONYMS and not (last.quoted or part.quoted):
                joined[-1] = Phrase(both, prefix=part.prefix, field=part.field)
                continue
        joined.append(part)
    return joined
