"""What the world knows to be true of each of its pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from archive.models import Block, BlockKind


class Fate(StrEnum):
    """What a crawler that works must make of a page."""

    READ = "read"
    GONE = "gone"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Quirk(StrEnum):
    """The one thing that is odd about a page, if any."""

    NONE = ""
    NFD = "NFD"
    NO_H1 = "no h1"
    SLOW = "slow"
    EMPTY_BODY = "empty body"
    CUT_OFF = "cut off"
    MISSING = "missing"
    DISALLOWED = "disallowed"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    LATE = "published in edition 2"


@dataclass(frozen=True, kw_only=True, slots=True)
class WorldArticle:
    """One article as its paper wrote it: the blocks are the whole truth of its text.

    ``boxed`` are the numbers of the blocks that the page puts into a box; ``note`` is the line that
    names where a reprint comes from, and is no part of the text.
    """

    paper: str
    path: str
    url: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    authors: tuple[str, ...]
    published: dt.datetime
    modified: dt.datetime
    section: str
    tags: tuple[str, ...]
    topic: str
    number: int
    quirk: Quirk = Quirk.NONE
    fate: Fate = Fate.READ
    copy_of: str | None = None
    note: str | None = None
    boxed: tuple[int, ...] = field(default=())

    @property
    def text(self) -> str:
        """The body as the archive should have it: the blocks but the captions."""
        return "\n\n".join(b.text for b in self.blocks if b.kind is not BlockKind.CAPTION)

    @property
    def captions(self) -> tuple[str, ...]:
        return tuple(b.text for b in self.blocks if b.kind is BlockKind.CAPTION)

    @property
    def words(self) -> int:
        return len(self.text.split())
