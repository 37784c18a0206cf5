"""An article as a row keeps it, and back. Pure.

The body holds the text of the blocks; a row's `blocks` say how long each is there, so that a file
holds each text once and a search that reads bodies reads half as much.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any, Protocol

from archive.models import BETWEEN, Article, Attachment, Block, BlockKind, Image, TimeOrigin

# Made once: json.dumps() makes one anew for each article.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Row(Protocol):
    """A row of a database or a dict of its columns."""

    def __getitem__(self, column: str, /) -> Any: ...


def body_of(blocks: Iterable[Block]) -> str:
    """The blocks but the captions as plain text, a blank line between two."""
    return BETWEEN.join(b.text for b in blocks if b.kind is not BlockKind.CAPTION)


def kept_blocks(blocks: Iterable[Block]) -> str | None:
    """A row's `blocks`, beside the body that `body_of` gives; None where there are none.

    >>> kept_blocks([Block(kind=BlockKind.PARAGRAPH, text="Giá tăng")])
    '[{"kind":"paragraph","length":8}]'
    """
    rows = [{"kind": b.kind.value} | _text_of(b) | _rows_of(b) for b in blocks]
    return _json(rows) if rows else None


def blocks_of(row: Row) -> tuple[Block, ...]:
    """The blocks of a row of `articles` or `versions`, by its `blocks` and `body`.

    >>> blocks_of({"blocks": '[{"kind":"paragraph","length":3}]', "body": "Giá"})[0].text
    'Giá'
    """
    body, at = row["body"] or "", 0
    found = []
    for kept in json.loads(row["blocks"] or "[]"):
        text = kept.get("text")
        if text is None:
            text = body[at : at + kept["length"]]
        if kept["kind"] != BlockKind.CAPTION:
            at += len(text) + len(BETWEEN)
        cells = tuple(map(tuple, kept["rows"])) if "rows" in kept else None
        found.append(Block(kind=BlockKind(kept["kind"]), text=text, rows=cells))
    return tuple(found)


def whole_blocks(row: Row) -> str | None:
    """The blocks of a row with their texts, as JSON for readers that have no body beside it."""
    rows = [{"kind": b.kind.value, "text": b.text} | _rows_of(b) for b in blocks_of(row)]
    return _json(rows) if rows else None


def without_texts(blocks: str, body: str | None) -> str:
    """What a row kept before its texts were kept once, as it is kept now; unchanged where the body
    is not made of these blocks."""
    found = blocks_of({"blocks": blocks, "body": body})
    return (kept_blocks(found) or blocks) if body_of(found) == (body or "") else blocks


def article_from_row(row: Row) -> Article:
    """The article that a row of `articles`, or of its versions, holds."""

    def listed(name: str) -> list[Any]:
        return list(json.loads(row[name] or "[]"))

    def moment(name: str) -> dt.datetime | None:
        return dt.datetime.fromisoformat(row[name]) if row[name] else None

    return Article(
        url=row["url"],
        source=row["source"],
        title=row["title"],
        lead=row["lead"],
        blocks=blocks_of(row),
        authors=tuple(listed("authors")),
        published_at=moment("published_at"),
        published_from=TimeOrigin(row["published_from"]) if row["published_from"] else None,
        modified_at=moment("modified_at"),
        section=row["section"],
        sections=tuple(listed("sections")),
        origin=row["origin"],
        tags=tuple(listed("tags")),
        images=tuple(Image(**image) for image in listed("images")),
        attachments=tuple(Attachment(**attachment) for attachment in listed("attachments")),
        language=row["language"],
        layers=json.loads(row["layers"] or "{}"),
        extractor=row["extractor"],
    )


def _text_of(block: Block) -> dict[str, object]:
    if block.kind is BlockKind.CAPTION:
        return {"text": block.text}
    return {"length": len(block.text)}


def _rows_of(block: Block) -> dict[str, object]:
    return {} if block.rows is None else {"rows": block.rows}
