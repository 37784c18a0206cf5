"""The central types: what travels between the crawler, the archive and its readers.

Frozen, keyword-only, slotted. Times are aware; what is unknown is ``None``, never ``""``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
BETWEEN = "\n\n"  # two blocks in a body


class BlockKind(StrEnum):
    """What a block is to a reader."""

    PARAGRAPH = "paragraph"
    SUBHEADING = "subheading"
    LIST = "list"
    TABLE = "table"
    QUOTE = "quote"
    CAPTION = "caption"


class TimeOrigin(StrEnum):
    """Where an article's time was read, the most trusted first."""

    SHOWN = "shown"
    JSON_LD = "json-ld"
    META = "meta"
    LISTING = "listing"


class State(StrEnum):
    """The one state that each URL ever seen is in."""

    DUE = "due"
    FETCHING = "fetching"
    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    REFUSED = "refused"
    GONE = "gone"
    IGNORED = "ignored"


class Change(StrEnum):
    """What storing an article did to the archive."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Who says it, as a researcher cites it."""

    slug: str
    name: str
    homepage: str
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One response as it came: the body transfer-decoded and unpacked, the headers in order.

    ``protocol`` is the version of its status line (``HTTP/1.1``). ``redirects`` holds each address
    that led on to another, the one asked first, with the status that it answered.
    """

    url: str
    final_url: str
    fetched_at: dt.datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    protocol: str | None = None
    redirects: tuple[tuple[str, int], ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case.

        >>> import datetime as dt
        >>> page = Page(url="u", final_url="u", fetched_at=dt.datetime.now(dt.UTC), status=200,
        ...             headers=(("Content-Type", "text/html"),), body=b"")
        >>> page.header("content-type")
        'text/html'
        """
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One paragraph, subheading, list, table, quote or caption.

    ``text`` is the block as plain text: a list has a line an entry, a table a line a row with
    cells separated by `` | ``. ``rows`` holds a table's cells and is ``None`` for other kinds.
    """

    kind: BlockKind
    text: str
    rows: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A picture of the article: absolute address, caption as shown."""

    url: str
    caption: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that the article offers: absolute address and the words of its link."""

    url: str
    title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """What a page says, cleaned: NFC, no control characters, entities resolved.

    ``layers`` names for each field the layer that gave it, e.g. ``{"title": "family h1.title"}``.
    ``sections`` is the path to the section, outermost first, and ends with ``section``.
    ``origin`` is the paper or agency that the article says it is from (a reprint's "Theo …").
    ``noarchive`` is true where the page's own robots meta asks not to be archived.
    """

    url: str
    source: str
    title: str
    lead: str | None = None
    blocks: tuple[Block, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: dt.datetime | None = None
    published_from: TimeOrigin | None = None
    modified_at: dt.datetime | None = None
    section: str | None = None
    sections: tuple[str, ...] = ()
    origin: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    language: str | None = None
    noarchive: bool = False
    layers: Mapping[str, str] = field(default_factory=dict)
    extractor: int = 1

    @property
    def text(self) -> str:
        """The body as plain text: the blocks but the captions, a blank line between two."""
        return BETWEEN.join(b.text for b in self.blocks if b.kind is not BlockKind.CAPTION)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """Where an article went, what that changed, and the address it was read at; ``withdrawn_at``
    where it is back, and was withdrawn since that time."""

    article_id: int
    change: Change
    url: str
    withdrawn_at: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One search result; in ``snippet`` and ``marked_title`` the found words stand in ``⟦ ⟧``.
    ``copy_of`` is the id of the article that was published first, ``copy_of_source`` whose it is.
    ``copies`` counts the other articles of its story that are not shown beside it.
    """

    id: int
    url: str
    site: str
    source: str
    title: str
    section: str | None
    published_at: str | None
    snippet: str
    exact: bool
    marked_title: str = ""
    withdrawn_at: str | None = None
    copy_of: int | None = None
    copy_of_source: str | None = None
    copies: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a search found and how sure it is of it.

    ``total`` counts the hits, all of them where ``is_all``. ``ranked`` is how many of the newest
    were compared where there were more. ``looked_back_to`` is the id of the oldest article that
    was looked at where the time was too short for all.
    """

    hits: tuple[Hit, ...]
    total: int
    is_all: bool
    ranked: int | None = None
    looked_back_to: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionHit(Hit):
    """A hit in a text that was replaced: title, time and section are those of that version."""

    version: int
    seen_at: str
    replaced_at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One answered try of a URL: the state it led to, and why."""

    url: str
    at: dt.datetime
    state: State
    reason: str | None = None
    status: int | None = None
    page_id: int | None = None
