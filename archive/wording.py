"""What an article says, apart from what changes without a change of meaning. Pure.

A site's pages change on each look: a tag moves, a picture is served from another address, a CMS
curls the quotation marks. None of that is a new version; another word, number or time is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from archive.models import Article, Block, BlockKind, TimeOrigin
from archive.text import clean
from archive.times import to_text

# What the layer of such a time ends with.
RELATIVE = "; from the time of the look"
Rows: TypeAlias = list[list[str]]

# One sign for each family of signs that editors' programs put for one another.
_SIGNS = {
    **dict.fromkeys("“”„‟«»＂″", '"'),
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
}
_BLANK_AT_SIGN = {f" {sign}": sign for sign in ",.;:!?%)]}"} | {f"{b} ": b for b in "([{"}


def content_hash(article: Article) -> str:
    """Two readings with the same hash say the same: title, lead, text, captions and time."""
    wording = wording_hash(article.title, article.lead, article.blocks)
    minute = _minute(article.published_at, article.published_from)
    said = [wording, None if is_relative(article.layers) else minute]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def wording_hash(title: str, lead: str | None, blocks: Sequence[Block]) -> str:
    """The hash of the words alone; lead and paragraphs are one text, wherever it is divided."""
    captions = sorted({plain(b.text) for b in blocks if b.kind is BlockKind.CAPTION})
    said = [plain(title), list(_running(lead, blocks)), captions]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def is_relative(layers: Mapping[str, str]) -> bool:
    """Whether the time was told from the moment of our look, as "2 giờ trước" (2 hours ago): the
    next look reads another time, and nothing was changed."""
    return layers.get("published", "").endswith(RELATIVE)


def same_time(
    before: tuple[dt.datetime | None, TimeOrigin | None],
    after: tuple[dt.datetime | None, TimeOrigin | None],
) -> bool:
    """Whether two readings of the time of publication can be of one time: those from different
    places of a page tell nothing about each other."""
    return before[1] is not after[1] or _minute(*before) == _minute(*after)


def plain(text: str) -> str:
    """A text as it counts: one spelling of letters, blanks and signs.

    >>> plain(" Giá  “xăng”\\nRON 95 – III : 20.100 đồng ( tăng 5 % )…")
    'Giá "xăng" RON 95 - III: 20.100 đồng (tăng 5%)...'
    """
    text = signs(clean(text))
    if "  " in text or not text.isprintable():
        text = " ".join(text.split())
    return _replaced(text, _BLANK_AT_SIGN)


def signs(text: str) -> str:
    """A text with one sign for each family of signs.

    >>> signs("“Giá” – xăng…")
    '"Giá" - xăng...'
    """
    return _replaced(text, _SIGNS)


def _replaced(text: str, signs: Mapping[str, str]) -> str:
    """One sign after another: few stand in a text, and to see that costs a tenth of a regular
    expression."""
    for sign, instead in signs.items():
        # Whether a letter is in a text is seen ten times as fast as whether two are.
        if (len(sign) == 1 or instead in text) and sign in text:
            text = text.replace(sign, instead)
    return text


def _running(lead: str | None, blocks: Iterable[Block]) -> Iterator[str | Rows]:
    """The text in its order: words in one piece between two tables, tables as their cells."""
    words = [lead] if lead else []
    for block in blocks:
        if block.rows is not None:
            yield plain(" ".join(words))
            words = []
            yield list(_cells(block.rows))
        elif block.kind is not BlockKind.CAPTION:
            words.append(block.text)
    yield plain(" ".join(words))


def _cells(rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """The cells of a table without empty ones at the end: in which column a number stands counts.

    >>> list(_cells([["Xăng", "", "20.100", " "], ["", ""]]))
    [['Xăng', '', '20.100']]
    """
    for row in rows:
        cells = [plain(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield cells


def _minute(when: dt.datetime | None, origin: TimeOrigin | None) -> str | None:
    """The time to the minute, as pages show it. A listing's is not what the page says."""
    if when is None or origin is TimeOrigin.LISTING:
        return None
    return to_text(when)[:16]
