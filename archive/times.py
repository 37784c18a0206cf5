"""Times as the archive keeps them: ISO 8601 in Vietnam's zone, so that they sort as text."""

import datetime as dt

from archive.models import VIETNAM


def to_text(when: dt.datetime) -> str:
    """An aware time as it is stored; raises ValueError for a naive one, which names no moment.

    >>> to_text(dt.datetime(2024, 5, 1, 18, 30, tzinfo=dt.UTC))
    '2024-05-02T01:30:00+07:00'
    """
    if when.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {when}")
    return when.astimezone(VIETNAM).isoformat(timespec="seconds")


def from_text(text: str) -> dt.datetime:
    """The inverse of :func:`to_text`.

    >>> from_text("2024-05-02T01:30:00+07:00").day
    2
    """
    return dt.datetime.fromisoformat(text)


def day_in_vietnam(when: dt.datetime) -> dt.date:
    """The day on which a moment falls for a reader in Vietnam.

    >>> day_in_vietnam(dt.datetime(2024, 5, 1, 18, 30, tzinfo=dt.UTC))
    datetime.date(2024, 5, 2)
    """
    return when.astimezone(VIETNAM).date()
