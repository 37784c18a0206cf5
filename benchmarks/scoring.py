"""What a reading of a page is worth beside what a person says the page holds: pure.

A text is compared by its syllables, which Vietnamese writes apart, each as often as it occurs.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from archive.models import VIETNAM

FIELDS = ("title", "lead", "day", "minute", "zone", "authors")
_LONGEST_PREFIX = 25

# Papers and readers write these in several ways; none is more right than the other.
_ALIKE = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
        "\u200b": None,
        "\ufeff": None,
    }
)
_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d\d)(\d\d)$")
_ENDS_A_PREFIX = re.compile(r"[-)]\s*$")
_NOT_RUNNING = ("caption", "table")


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What a person says a page holds; around stands what a text may hold besides the body."""

    url: str
    title: str
    lead: str | None
    body: tuple[str, ...]
    around: tuple[str, ...]
    authors: tuple[str, ...]
    published_at: str | None
    must_not: tuple[str, ...] = ()

    @classmethod
    def of_corpus(cls, gold: Mapping[str, Any]) -> Label:
        """A label of the corpus of real pages."""
        return cls(
            url=gold["url"],
            title=gold["title"],
            lead=gold.get("lead"),
            body=tuple(gold["body"]),
            around=tuple(gold.get("captions", ())),
            authors=tuple(gold.get("author", ())),
            published_at=gold.get("published_at"),
            must_not=tuple(gold.get("must_not", ())),
        )

    @classmethod
    def of_golden_page(cls, gold: Mapping[str, Any]) -> Label:
        """A label of tests/sites, whose blocks tell running text from captions and tables."""
        blocks: list[tuple[str, str]] = [(kind, text) for kind, text in gold["blocks"]]
        return cls(
            url=gold["url"],
            title=gold["title"],
            lead=gold.get("lead"),
            body=tuple(text for kind, text in blocks if kind not in _NOT_RUNNING),
            around=tuple(text for kind, text in blocks if kind in _NOT_RUNNING),
            authors=tuple(gold.get("authors", ())),
            published_at=gold.get("published_at"),
            must_not=tuple(gold.get("must_not", ())),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """One reading of one page: two measures of its text, the fields that are exactly right."""

    f1: float
    strict_f1: float
    right: frozenset[str]
    forbidden: tuple[str, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        return tuple(name for name in FIELDS if name not in self.right)


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """Many pages: means, the worst page, the share of pages with each field right."""

    pages: int
    f1: float
    strict_f1: float
    worst_f1: float
    right: Mapping[str, float]
    forbidden: int


def score(label: Label, reading: Mapping[str, Any]) -> Score:
    """Of a reading with title, lead, text, published_at and authors; what is absent is wrong.

    >>> label = Label(url="", title="Giá điện", lead="Tăng 3%", body=("Từ mai, giá tăng.",),
    ...     around=("Ảnh: Lan",), authors=("Lan",), published_at="2026-09-08T07:05:00+07:00",
    ...     must_not=("Xem thêm",))
    >>> got = score(label, {"title": "Giá điện", "text": "Tăng 3%. Từ mai, giá tăng. Xem thêm"})
    >>> round(got.f1, 3), round(got.strict_f1, 3), sorted(got.right), got.forbidden
    (0.8, 0.667, ['title'], ('Xem thêm',))
    """
    text = str(reading.get("text") or "")
    f1, strict_f1 = text_scores(label, text)
    return Score(
        f1=f1,
        strict_f1=strict_f1,
        right=frozenset(right_fields(label, reading)),
        forbidden=tuple(forbidden(label, text)),
    )


def summary(scores: Sequence[Score]) -> Summary:
    return Summary(
        pages=len(scores),
        f1=mean(one.f1 for one in scores),
        strict_f1=mean(one.strict_f1 for one in scores),
        worst_f1=min(one.f1 for one in scores),
        right={name: mean(name in one.right for one in scores) for name in FIELDS},
        forbidden=sum(len(one.forbidden) for one in scores),
    )


def text_scores(label: Label, text: str) -> tuple[float, float]:
    """F1, for which lead, title, captions and byline in the text are neutral; and strict F1."""
    said, wanted = syllables(text), syllables("\n".join(label.body))
    extra = said - wanted
    neutral = syllables(" ".join([label.lead or "", label.title, *label.around, *label.authors]))
    right, missing = (said & wanted).total(), (wanted - said).total()
    return (
        f_measure(right, (extra - neutral).total(), missing),
        f_measure(right, extra.total(), missing),
    )


def right_fields(label: Label, reading: Mapping[str, Any]) -> Iterable[str]:
    if plain(reading.get("title")) == plain(label.title):
        yield "title"
    if same_lead(plain(reading.get("lead")), plain(label.lead)):
        yield "lead"
    got, wanted = moment(reading.get("published_at")), moment(label.published_at)
    if got.day == wanted.day:
        yield "day"
    if wanted.minute in (None, got.minute):
        yield "minute"
    if got.has_zone or (got.day is None and wanted.day is None):
        yield "zone"
    if names(reading.get("authors")) == names(label.authors):
        yield "authors"


def forbidden(label: Label, text: str) -> Iterable[str]:
    """The strings of other articles and of the page's frame that the text holds."""
    allowed = plain(
        " ".join([*label.body, label.lead or "", label.title, *label.around, *label.authors])
    )
    said = plain(text)
    for one in label.must_not:
        if plain(one) in said and plain(one) not in allowed:
            yield one


def f_measure(right: int, wrong: int, missing: int) -> float:
    """The harmonic mean of precision and recall; 1 where there was nothing to find.

    >>> f_measure(8, 2, 2)
    0.8
    """
    everything = 2 * right + wrong + missing
    return 2 * right / everything if everything else 1.0


def plain(text: object) -> str:
    """Text without the differences that nobody would call a mistake.

    >>> plain("“Giá&nbsp;điện” –\\n tăng…")
    '"Giá điện" - tăng...'
    """
    one = unicodedata.normalize("NFC", html.unescape(str(text or "")))
    return " ".join(one.translate(_ALIKE).split())


def syllables(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", plain(text).lower()))


def names(authors: object) -> set[str]:
    return {plain(name).lower() for name in authors} if isinstance(authors, list | tuple) else set()


def same_lead(got: str, wanted: str) -> bool:
    """Equal, or equal but for a paper's short prefix, which one may keep or take off.

    >>> same_lead("Giá điện tăng.", "(Chinhphu.vn) - Giá điện tăng.")
    True
    """
    if got == wanted:
        return True
    prefix = wanted.removesuffix(got)
    is_prefix = len(prefix) <= _LONGEST_PREFIX and bool(_ENDS_A_PREFIX.search(prefix))
    return bool(got) and prefix != wanted and is_prefix


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and a minute in Vietnam, as far as they are told."""

    day: dt.date | None = None
    minute: dt.datetime | None = None
    has_zone: bool = False


def moment(value: object) -> Moment:
    """Of a time, a date or ISO 8601; a time without a zone is one in Vietnam.

    >>> moment("2026-09-08T00:05:30Z").minute.isoformat()
    '2026-09-08T07:05:00+07:00'
    >>> moment("2026-09-08").minute is None
    True
    """
    text = value.isoformat() if isinstance(value, dt.date) else str(value or "").strip()
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return Moment(dt.date.fromisoformat(text))
        at = dt.datetime.fromisoformat(_OFFSET_WITHOUT_COLON.sub(r"\1:\2", text))
    except ValueError:
        return Moment()
    has_zone = at.tzinfo is not None
    at = (at if has_zone else at.replace(tzinfo=VIETNAM)).astimezone(VIETNAM)
    return Moment(at.date(), at.replace(second=0, microsecond=0), has_zone)
