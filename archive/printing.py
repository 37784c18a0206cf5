"""Hits and articles on a terminal, in a pipe and as JSON.

What a page says is hostile: it is printed without control characters, and never as rich's markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import IO, TYPE_CHECKING, Any

from archive.branches import branches
from archive.models import Answer, Block, BlockKind, Hit, VersionHit
from archive.query import parse
from archive.rows import blocks_of, whole_blocks
from archive.search import CLOSE, OPEN
from archive.text import clean

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

LISTS = ("sections", "authors", "tags", "images", "attachments", "layers", "blocks")
ORIGINS = {
    "shown": "as shown on the page",
    "json-ld": "from the page's JSON-LD",
    "meta": "from the page's metadata",
    "listing": "from the listing that named it",
}
MOST_ADDRESSES = 10
_HOWS = {
    "read": "where it was read first",
    "asked": "which led here first",
    "listing": "as a listing said first",
    "named": "as its page said first",
}
MARK = "bold yellow"
PIPE_WIDTH = 80
WIDEST_TEXT = 100
COLUMN_WIDTH = 9
_MARKED = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
_BREAKS = re.compile(r"\s+")


def printable(text: str | None) -> str:
    """One line without control characters: a title must not move the cursor.

    >>> printable("Giá \\x1b[31mđỏ\\x1b[0m\\nmới")
    'Giá [31mđỏ[0m mới'
    """
    return _BREAKS.sub(" ", clean(text or ""))


def as_json(value: object) -> str:
    """JSON that a person can read and that keeps Vietnamese letters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """An article's row with its JSON columns as lists and without what only the index needs."""
    row = {**row, "blocks": whole_blocks(row)}
    values = {key: value for key, value in row.items() if key != "d_forms"}
    return values | {key: json.loads(row[key]) for key in LISTS if row[key] is not None}


def print_hits(hits: Sequence[Hit], names: Mapping[str, str], out: IO[str]) -> None:
    """The hits with their words marked: in colour on a terminal, in brackets elsewhere.

    Without a terminal each title, snippet and address is one line, whatever its length.
    """
    if not out.isatty():
        for hit in hits:
            lines = [printable(hit.title), f"  {_about(hit, names)}", f"  {hit.url}"]
            lines[2:2] = [f"  {_in_brackets(printable(hit.snippet))}"] if hit.snippet else []
            out.write("\n".join(lines) + "\n\n")
        return
    console = new_console(out)
    for hit in hits:
        _print_hit(console, hit, names)


def about_answer(answer: Answer, text: str) -> Iterator[str]:
    """What a reader should know of a search besides its hits: how many, and what was left out."""
    yield from map(printable, answer.notes)
    if not answer.hits:
        yield from () if answer.notes else (_nothing(text),)
        return
    shown, total = len(answer.hits), f"{answer.total:,}"
    if shown < answer.total or not answer.is_all:
        yield f"{shown} of {'' if answer.is_all else 'more than '}{total} hits."
    if answer.ranked:
        yield f"The best of the newest {answer.ranked:,}: narrow it by words, fields or dates."
    if answer.looked_back_to:
        day = f"{answer.looked_back_to // 1_000_000:06d}"
        month = f"{day[:4]}-{day[4:]}"
        yield f"Time was short: articles before {month} were not all looked at; --thorough does."


def _nothing(text: str) -> str:
    if not any(map(str.isalnum, text)):
        return "nothing to search for: type at least one word or number"
    if any(branch.filters for branch in branches(parse(text))):
        return f"no article fits all of: {printable(text)}"
    return f"no article holds all of: {printable(text)}"


def print_article(
    row: Mapping[str, Any], versions: Sequence[Mapping[str, Any]], out: IO[str]
) -> None:
    """An article to be read: head, lead, blocks, address, versions."""
    from rich.text import Text

    console = new_console(out)
    _paragraph(console, Text(printable(row["title"]), "bold"))
    for line in _head(row):
        _paragraph(console, Text(line, "dim"))
    console.line()
    if row["lead"]:
        _paragraph(console, Text(printable(row["lead"]), "bold"))
        console.line()
    for block in blocks_of(row):
        _print_block(console, block)
    if not row["blocks"]:
        _paragraph(console, Text("(of this article the title and lead are kept, not the text)"))
        console.line()
    for line in _foot(row, versions):
        _paragraph(console, Text(line, "dim"))


def new_console(out: IO[str]) -> Console:
    """A console for what pages say: nothing in a text is markup, no width is guessed in a pipe."""
    from rich.console import Console

    width = None if out.isatty() else PIPE_WIDTH
    return Console(file=out, width=width, markup=False, highlight=False, emoji=False)


def _print_hit(console: Console, hit: Hit, names: Mapping[str, str]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    console.print(_marked(hit.marked_title or hit.title, "bold", "bold yellow"))
    console.print(Padding(Text(_about(hit, names), "cyan"), (0, 0, 0, 2), expand=False))
    if hit.snippet:
        console.print(Padding(_marked(hit.snippet, "", MARK), (0, 0, 0, 2), expand=False))
    # An address must stay whole to be clicked or copied, so it may run over the edge.
    console.print(Text(f"  {hit.url}  ({hit.id})", "dim"), soft_wrap=True)
    console.line()


def _about(hit: Hit, names: Mapping[str, str]) -> str:
    when = (hit.published_at or "no date")[:16].replace("T", " ")
    parts = [names.get(hit.source, hit.source), hit.section, when]
    if isinstance(hit, VersionHit):
        parts.append(f"version {hit.version}, replaced {hit.replaced_at[:16].replace('T', ' ')}")
    parts.append(f"withdrawn {hit.withdrawn_at[:10]}" if hit.withdrawn_at else None)
    parts.append(f"copy of {hit.copy_of_source} ({hit.copy_of})" if hit.copy_of else None)
    return " · ".join(printable(part) for part in parts if part)


def _in_brackets(text: str) -> str:
    return text.replace(OPEN, "[").replace(CLOSE, "]")


def _marked(text: str, style: str, mark: str) -> Text:
    from rich.text import Text

    result = Text(style=style)
    for number, part in enumerate(_MARKED.split(printable(text))):
        result.append(part, mark if number % 2 else None)
    return result


def _head(row: Mapping[str, Any]) -> list[str]:
    origin = f"from {row['origin']}" if row["origin"] else None
    source = [row["source_name"], origin, _section_path(row)]
    lines = [" · ".join(printable(part) for part in source if part)]
    if row["published_at"]:
        read = ORIGINS.get(row["published_from"], "origin unknown")
        lines.append(f"{_moment(row['published_at'])}, {read}")
    else:
        lines.append(f"no date; first seen {_moment(row['first_seen_at'])}")
    if row["modified_at"]:
        lines.append(f"modified {_moment(row['modified_at'])}")
    lines += [printable(", ".join(json.loads(row["authors"])))] if row["authors"] else []
    lines += [_withdrawal(each) for each in row["withdrawals"]]
    if row.get("shown_version"):
        end = f" to before {_moment(row['replaced_at'])}" if row["replaced_at"] else ", present"
        lines.append(f"This is version {row['version']}, seen {_moment(row['seen_at'])}{end}")
    return lines


def _withdrawal(withdrawal: Mapping[str, Any]) -> str:
    """When and why an article was away, and since when it is back, in one line."""
    why = f": {withdrawal['reason']}" if withdrawal["reason"] else ""
    line = f"withdrawn by its site, seen {_moment(withdrawal['withdrawn_at'])}{why}"
    if withdrawal["returned_at"]:
        line += f"; shown again, seen {_moment(withdrawal['returned_at'])}"
    return printable(line)


def _section_path(row: Mapping[str, Any]) -> str | None:
    """
    >>> _section_path({"section": "Xuất nhập khẩu", "sections": '["Kinh tế", "Xuất nhập khẩu"]'})
    'Kinh tế › Xuất nhập khẩu'
    """
    return " › ".join(json.loads(row["sections"])) if row["sections"] else row["section"]


def _foot(row: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [printable("Tags: " + ", ".join(json.loads(row["tags"])))] if row["tags"] else []
    if row["cites"]:
        lines.append(printable("Cites: " + ", ".join(_document(each) for each in row["cites"])))
    lines += [printable(_story(row["id"], row["story"]))] if row["story"] else []
    for attachment in json.loads(row["attachments"] or "[]"):
        lines.append(printable(f"File: {attachment['title'] or ''} {attachment['url']}"))
    lines.append(f"{printable(row['url'])}  ({row['id']})")
    lines += _others(row)
    seen = f"first seen {_moment(row['first_seen_at'])}, last {_moment(row['last_seen_at'])}"
    if row.get("shown_version"):
        return [*lines, f"All versions: moit-news show {row['id']}"]
    lines.append(f"Version {row['version']}; {seen}")
    for version in versions:
        was = f"Version {version['version']} was seen {_moment(version['seen_at'])}"
        lines.append(f"{was} to {_moment(version['replaced_at'])}: {printable(version['title'])}")
    if versions:
        lines.append(f"What changed: moit-news diff {row['id']}")
    return lines


def _others(row: Mapping[str, Any]) -> list[str]:
    """The other addresses of an article, those seen last; a site may have moved it for years."""
    others = [each for each in row["addresses"] if each["address"] != row["url"]]
    lines = [
        f"Also at {printable(each['address'])}, {_HOWS.get(each['how'], each['how'])}"
        f" {_moment(each['first_seen_at'])}"
        for each in others[-MOST_ADDRESSES:]
    ]
    more = len(others) - len(lines)
    return [*lines, f"and at {more} addresses before"] if more else lines


def _document(citation: Mapping[str, Any]) -> str:
    """
    >>> _document({"kind": "Thông tư", "number": "38/2016/TT-BCT", "count": 2})
    'Thông tư 38/2016/TT-BCT'
    """
    return f"{citation['kind']} {citation['number']}"


def _story(article_id: int, story: Mapping[str, Any]) -> str:
    """
    >>> _story(1, {"first_id": 1, "copies": 2, "first_source": "Báo", "first_url": "https://a.vn"})
    'Story: the first of 3 articles (moit-news copies 1)'
    """
    if story["first_id"] == article_id:
        return f"Story: the first of {story['copies'] + 1} articles (moit-news copies {article_id})"
    first = f"{story['first_url']} ({story['first_id']})"
    return f"Story: a copy of {story['first_source']}, {first}"


def _moment(stored: str) -> str:
    """
    >>> _moment("2024-05-02T07:15:00+07:00")
    '2024-05-02 07:15 +07:00'
    """
    return f"{stored[:10]} {stored[11:16]} {stored[19:]}".rstrip()


def _print_block(console: Console, block: Block) -> None:
    from rich.text import Text

    if block.kind is BlockKind.TABLE and block.rows:
        console.print(_table(block.rows, console.width))
    elif block.kind is BlockKind.LIST:
        for line in block.text.splitlines():
            _paragraph(console, Text(f"• {printable(line)}"), indent=2)
    elif block.kind is BlockKind.QUOTE:
        _paragraph(console, Text(printable(block.text), "italic"), indent=4)
    else:
        styles = {BlockKind.SUBHEADING: "bold", BlockKind.CAPTION: "dim italic"}
        words = f"[{block.text}]" if block.kind is BlockKind.CAPTION else block.text
        _paragraph(console, Text(printable(words), styles.get(block.kind, "")))
    console.line()


def _paragraph(console: Console, text: Text, indent: int = 0) -> None:
    """Wrapped for a reader at a terminal; one line for a program at the end of a pipe."""
    from rich.padding import Padding

    if not console.is_terminal:
        text.pad_left(indent)
        console.print(text, soft_wrap=True)
    else:
        width = min(console.width, WIDEST_TEXT)
        console.print(Padding(text, (0, 0, 0, indent), expand=False), width=width)


def _table(rows: Sequence[Sequence[str]], width: int) -> RenderableType:
    """Columns where they fit; else each row as lines that name the column."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    # Ragged rows are common; zip_longest twice makes them as long as the longest.
    cells = list(zip(*zip_longest(*rows, fillvalue=""), strict=True))
    head, *body = cells
    if len(head) * COLUMN_WIDTH > width:
        return Text("\n\n".join(_as_lines(head, row) for row in body or [head]))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for name in head:
        table.add_column(Text(printable(name)), overflow="fold")
    for row in body:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def _as_lines(head: Sequence[str], row: Sequence[str]) -> str:
    pairs = [(printable(name), printable(cell)) for name, cell in zip(head, row, strict=True)]
    return "\n".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)
