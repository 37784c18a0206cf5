"""Articles as texts to read or to count words in: plain, and Markdown.

What a page says is hostile: no letter of it is Markdown's syntax or a terminal's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from archive.export_rows import Row
from archive.models import Block, BlockKind
from archive.text import clean

RULE = "=" * 78
NO_TEXT = "(Of this article title and lead are kept, not the text.)"
_SPECIAL = re.compile(r"()([\\`*_\[\]<>&|~$#])")
# What is a list, a heading or a rule only at the start of a line.
_SIGN_AT_START = re.compile(r"^(\s*)([-+=:])", re.MULTILINE)
_NUMBER_AT_START = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>]+")
_BLANKS = re.compile(r"\s+")


def txt_pieces(rows: Iterable[Row]) -> Iterator[bytes]:
    """Title, who and when, address, lead and text; a line of = between two articles."""
    for number, row in enumerate(rows):
        head = [one_line(row["title"]), about(row), f"{one_line(row['url'])} ({row['id']})"]
        parts = ["\n".join(head), clean(row["lead"] or ""), clean(row["text"] or NO_TEXT)]
        text = "\n\n".join(filter(None, parts))
        yield f"{f'{RULE}{2 * chr(10)}' if number else ''}{text}\n\n".encode("utf-8", "replace")


def markdown_pieces(rows: Iterable[Row]) -> Iterator[bytes]:
    """CommonMark with tables: an article is a heading, its lead in bold, its blocks."""
    for row in rows:
        parts = [f"# {escaped(one_line(row['title']))}", *_head(row)]
        parts += [f"**{lead}**"] if (lead := escaped(one_line(row["lead"]))) else []
        parts += map(_block, blocks_of(row)) if row["blocks"] else [escaped(NO_TEXT)]
        yield ("\n\n".join(filter(None, parts)) + "\n\n").encode("utf-8", "replace")


def one_line(text: str | None) -> str:
    """A text without line breaks and control characters."""
    return _BLANKS.sub(" ", clean(text or ""))


def about(row: Row) -> str:
    """Who published an article and when, in one line.

    >>> row = {"source_name": "Báo Thử", "origin": None, "authors": ["Lê Văn Tám"]}
    >>> about(row | {"published_at": "2024-05-02T07:15:00+07:00", "withdrawn_at": None})
    'Báo Thử · 2024-05-02 07:15 +07:00 · Lê Văn Tám'
    """
    published = row["published_at"]
    when = moment(published) if published else f"no date; first seen {moment(row['first_seen_at'])}"
    gone = f"withdrawn, seen {moment(row['withdrawn_at'])}" if row["withdrawn_at"] else None
    origin = f"from {row['origin']}" if row["origin"] else None
    said = [row["source_name"], origin, when, ", ".join(row["authors"]), gone]
    return " · ".join(one_line(part) for part in said if part)


def moment(stored: str) -> str:
    """
    >>> moment("2024-05-02T07:15:00+07:00")
    '2024-05-02 07:15 +07:00'
    """
    return f"{stored[:10]} {stored[11:16]} {stored[19:]}".rstrip()


def blocks_of(row: Row) -> tuple[Block, ...]:
    """The blocks of an exported row."""
    return tuple(
        Block(
            kind=BlockKind(each["kind"]),
            text=each["text"],
            rows=tuple(map(tuple, each["rows"])) if "rows" in each else None,
        )
        for each in row["blocks"]
    )


def cells_of(block: Block) -> list[tuple[str, ...]]:
    """The rows of a table, each as long as the longest, as one line a cell."""
    columns = list(zip_longest(*(block.rows or ()), fillvalue=""))
    return [tuple(map(one_line, cells)) for cells in zip(*columns, strict=True)]


def escaped(text: str) -> str:
    """A text of which no letter means anything to a reader of Markdown.

    >>> print(escaped("1. *Giá* <b>"), escaped("- một"))
    1\\. \\*Giá\\* \\<b\\> \\- một
    """
    text = clean(text)
    for pattern in (_SPECIAL, _SIGN_AT_START, _NUMBER_AT_START):
        text = pattern.sub(r"\1\\\2", text)
    return text


def _head(row: Row) -> list[str]:
    address = one_line(row["url"])
    link = f"<{address}>" if _WEB_ADDRESS.fullmatch(address) else escaped(address)
    return [f"{escaped(about(row))}  \n{link} ({row['id']})"]


def _block(block: Block) -> str:
    text = escaped(block.text)
    if block.kind is BlockKind.TABLE and (cells := cells_of(block)):
        return _table(cells)
    if block.kind is BlockKind.LIST:
        return "\n".join(f"- {line}" for line in text.splitlines())
    if block.kind is BlockKind.QUOTE:
        return "\n".join(f"> {line}" for line in text.splitlines())
    if block.kind is BlockKind.SUBHEADING:
        return f"## {one_line(text)}"
    return f"*{one_line(text)}*" if block.kind is BlockKind.CAPTION else text


def _table(cells: Sequence[Sequence[str]]) -> str:
    head, *body = cells
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(
        f"| {' | '.join(row if n == 1 else map(escaped, row))} |" for n, row in enumerate(lines)
    )
