"""The fields of a query, and what their values may be; pure."""

import calendar
import datetime as dt
import re

WORD_FIELDS = ("title", "lead")
FIELDS = (
    *WORD_FIELDS,
    *("author", "site", "source", "section", "tag", "cites", "before", "after", "has"),
)
BLOCK_KINDS = ("table", "list", "quote", "subheading", "caption")
# As a reader may call them, and as they are kept.
KINDS = {kind: kind for kind in (*BLOCK_KINDS, "image", "attachment")} | {
    "picture": "image",
    "photo": "image",
    "file": "attachment",
}
_DAY = re.compile(
    r"(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?)?"
    r"|(?:(?P<d2>\d{1,2})[-/.])?(?P<m2>\d{1,2})[-/.](?P<y2>\d{4})"
)


def meant(name: str, known: tuple[str, ...] = FIELDS) -> str | None:
    """The one of the known names that a misspelt one is close to.

    >>> meant("tittle"), meant("sit"), meant("autor"), meant("video"), meant("https")
    ('title', 'site', 'author', None, None)
    """
    from difflib import get_close_matches  # a search that misspells nothing does not need it

    return next(iter(get_close_matches(name, known, 1, 0.75)), None)


def filter_value(field: str, typed: str) -> tuple[str | None, str | None]:
    """A filter's value as it is looked for, or None; and what the reader should be told.

    >>> filter_value("before", "31/05/2024"), filter_value("after", "2024-5")
    (('2024-05-31', None), ('2024-05-01', None))
    >>> filter_value("has", "tabel")[1]
    'has:tabel is not known — did you mean has:table ? It is left out'
    """
    if field in {"before", "after"}:
        return _date_value(field, typed)
    if field == "has":
        return _kind_value(typed.lower())
    if field == "cites":
        return _number_value(typed)
    return (typed, None) if re.search(r"[^\W_]", typed) else (None, None)


def first_day(typed: str) -> dt.date | None:
    """The day, or the first one of a month or a year, as people write it.

    >>> first_day("2024"), first_day("05/2024"), first_day("31.5.2024"), first_day("2024-02-30")
    (datetime.date(2024, 1, 1), datetime.date(2024, 5, 1), datetime.date(2024, 5, 31), None)
    """
    found = _DAY.fullmatch(typed)
    if found is None:
        return None
    year, month, day = (
        (int(found[k] or found[f"{k}2"] or 1) for k in ["y", "m", "d"])
        if (found["y"])
        else (int(found["y2"]), int(found["m2"]), int(found["d2"] or 1))
    )
    if not (1 <= month <= 12 and year and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return dt.date(year, month, day)


def _date_value(field: str, typed: str) -> tuple[str | None, str | None]:
    day = first_day(typed)
    if day:
        return day.isoformat(), None
    return (
        None,
        f"{field}:{typed} is no date and left out — write {field}:2024, 2024-05 or 31/05/2024",
    )


def _kind_value(typed: str) -> tuple[str | None, str | None]:
    kind = KINDS.get(typed) or KINDS.get(typed.removesuffix("s"))
    if kind:
        return kind, None
    if near := meant(typed, tuple(KINDS)):
        return None, f"has:{typed} is not known — did you mean has:{near} ? It is left out"
    return (
        None,
        f"has:{typed} is not known and left out — there are {', '.join(f'has:{k}' for k in KINDS)}",
    )


def _number_value(typed: str) -> tuple[str | None, str | None]:
    from archive.legal import canonical_number  # its patterns take 15 ms to load

    if number := canonical_number(typed):
        return number, None
    return None, f"{typed!r} is no number of a legal document, as cites:38/2016/TT-BCT is"
