"""How a hit is said, in every channel alike; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from html import escape

from archive.marking import CLOSE, OPEN
from archive.models import VIETNAM
from archive.notices import Notice

_PREFIXES = {"corrected": "Corrected: ", "withdrawn": "Withdrawn: ", "returned": "Shown again: "}
_SAID = {
    "new": "new",
    "corrected": "corrected",
    "withdrawn": "withdrawn",
    "returned": "shown again",
}
_MARKED = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")


def headline(notice: Notice) -> str:
    """The title, with what happened to the article where it is not new."""
    return _PREFIXES.get(notice.change, "") + notice.title


def said_of(notice: Notice) -> str:
    """Source, section, time, and what else one should know, in one line."""
    when = notice.published_at and moment(notice.published_at)
    parts = [notice.source_name, notice.section, when or "no date"]
    if notice.change == "corrected":
        parts.append(f"version {notice.version}")
    if notice.withdrawn_at and notice.change != "returned":
        parts.append(f"withdrawn, seen {moment(notice.withdrawn_at)}")
    parts.append(f"copy of {notice.copy_of[0]}" if notice.copy_of else None)
    return " · ".join(part for part in parts if part)


def counted(notices: Iterable[Notice]) -> str:
    """What happened, in numbers.

    >>> counted([])
    'nothing new'
    """
    numbers = Counter(notice.change for notice in notices)
    return ", ".join(f"{numbers[how]} {_SAID[how]}" for how in _SAID if how in numbers) or (
        "nothing new"
    )


def moment(when: datetime) -> str:
    """
    >>> import datetime as dt
    >>> moment(dt.datetime(2024, 5, 1, 18, 30, tzinfo=dt.UTC))
    '2024-05-02 01:30'
    """
    return f"{when.astimezone(VIETNAM):%Y-%m-%d %H:%M}"


def marked_html(text: str) -> str:
    """A text that pages wrote as harmless HTML, the marked words in <mark>.

    >>> marked_html("⟦Giá⟧ <b>xăng</b>")
    '<mark>Giá</mark> &lt;b&gt;xăng&lt;/b&gt;'
    """
    parts = (escape(part) for part in _MARKED.split(text))
    return "".join(f"<mark>{p}</mark>" if n % 2 else p for n, p in enumerate(parts))


def marked_text(text: str) -> str:
    """The same for plain text.

    >>> marked_text("⟦Giá⟧ xăng")
    '*Giá* xăng'
    """
    return _MARKED.sub(r"*\1*", text)
