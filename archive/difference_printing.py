"""A difference on a terminal in colour, in a pipe with marks, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any

from archive.difference import Difference, Edit, Fact, Passage
from archive.models import BlockKind
from archive.printing import WIDEST_TEXT, new_console, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Row = Mapping[str, Any]

SIGNS = {Edit.SAME: " ", Edit.ADDED: "+", Edit.REMOVED: "-", Edit.CHANGED: "~"}
COLOURS = {Edit.SAME: "", Edit.ADDED: "bold green", Edit.REMOVED: "strike red"}
SIGN_COLOURS = {Edit.ADDED: "bold green", Edit.REMOVED: "bold red", Edit.CHANGED: "bold yellow"}
# As `git diff --word-diff` marks them, for pipes and for eyes that tell no red from green.
MARKS = {Edit.SAME: ("", ""), Edit.ADDED: ("{+", "+}"), Edit.REMOVED: ("[-", "-]")}
NAMED = {
    BlockKind.SUBHEADING: "subheading",
    BlockKind.CAPTION: "caption",
    BlockKind.QUOTE: "quote",
    BlockKind.TABLE: "row",
    BlockKind.LIST: "entry",
}


def print_difference(told: Difference, before: Row, after: Row, source: str, out: IO[str]) -> None:
    """Which versions, how much, and each change with the paragraphs around it."""
    from rich.text import Text

    console = new_console(out)
    for line in head(before, after, source):
        console.print(Text(line, "dim" if console.is_terminal else ""), soft_wrap=True)
    console.print(Text(summary(told), "bold"), soft_wrap=True)
    console.line()
    for fact in told.facts:
        console.print(_fact(console, fact), soft_wrap=not console.is_terminal)
    if told.facts:
        console.line()
    _print_passage(console, told.title, "title")
    if told.lead:
        _print_passage(console, told.lead, "lead")
    for passage in with_neighbours(told.passages):
        if isinstance(passage, int):
            console.print(Text(f"  … {blocks_unchanged(passage)} …", "dim italic"))
        else:
            _print_passage(console, passage, NAMED.get(passage.kind, ""))


def head(before: Row, after: Row, source: str) -> Iterator[str]:
    """Whose article, which versions, and when each was seen."""
    yield printable(f"{source} · {after['url']}  ({after['article_id']})")
    yield f"version {before['version']}, {seen(before)}"
    yield f"version {after['version']}, {seen(after)}"


def seen(version: Row) -> str:
    """When a version stood there, as far as our looks tell.

    >>> seen({"seen_at": "2026-05-01T08:00:00+07:00", "last_seen_at": None,
    ...       "replaced_at": "2026-05-03T08:00:00+07:00"})
    'seen 2026-05-01 08:00 to before 2026-05-03 08:00'
    """
    first, replaced, last = (version[key] for key in ("seen_at", "replaced_at", "last_seen_at"))
    if not replaced:
        return f"seen {minute(first)} to {minute(last)}, the present one"
    if not last:
        return f"seen {minute(first)} to before {minute(replaced)}"
    return f"seen {minute(first)} to {minute(last)}, replaced before {minute(replaced)}"


def minute(stored: str) -> str:
    """
    >>> minute("2026-05-01T08:00:00+07:00")
    '2026-05-01 08:00'
    """
    return stored[:16].replace("T", " ")


def told_fact(name: str, value: str) -> str:
    """A time without its seconds and zone; all else as it is."""
    return minute(value) if name == "time" else value


def summary(told: Difference) -> str:
    """How much changed, in one line."""
    parts = [part for part, one in _heads(told) if one and one.edit is not Edit.SAME]
    parts += [fact.name for fact in told.facts]
    heads = [f"{', '.join(parts)} changed"] if parts else []
    counts = [
        f"{count} {edit.value}"
        for edit in (Edit.CHANGED, Edit.ADDED, Edit.REMOVED)
        if (count := told.passages_with(edit))
    ]
    blocks = f"of {len(told.passages)} blocks {', '.join(counts)}" if counts else "text unchanged"
    words = f"{told.words(Edit.REMOVED)} words out, {told.words(Edit.ADDED)} in"
    return "; ".join([*heads, blocks, words])


def blocks_unchanged(count: int) -> str:
    return "1 block unchanged" if count == 1 else f"{count} blocks unchanged"


def with_neighbours(passages: Sequence[Passage]) -> Iterator[Passage | int]:
    """The changes, one unchanged passage on each side of them, and how many were left out."""
    shown = [
        any(p.edit is not Edit.SAME for p in passages[max(0, n - 1) : n + 2])
        for n in range(len(passages))
    ]
    left_out = 0
    for passage, is_shown in zip(passages, shown, strict=True):
        if not is_shown:
            left_out += 1
            continue
        if left_out:
            yield left_out
        left_out = 0
        yield passage
    if left_out:
        yield left_out


def as_values(told: Difference, before: Row, after: Row) -> dict[str, Any]:
    """A difference as JSON holds it: the two versions, the counts, every passage with its spans."""
    about = ("version", "seen_at", "last_seen_at", "replaced_at", "page_id", "content_hash")
    return {
        "article_id": after["article_id"],
        "url": after["url"],
        "from": {key: before[key] for key in about},
        "to": {key: after[key] for key in about},
        "words": {edit.value: told.words(edit) for edit in (Edit.ADDED, Edit.REMOVED)},
        "facts": [asdict(fact) for fact in told.facts],
        "title": asdict(told.title),
        "lead": told.lead and asdict(told.lead),
        "blocks": [asdict(passage) for passage in told.passages],
    }


def _heads(told: Difference) -> tuple[tuple[str, Passage | None], ...]:
    return (("title", told.title), ("lead", told.lead))


def _fact(console: Console, fact: Fact) -> Text:
    from rich.text import Text

    text = Text(f"{fact.name}: ")
    for edit, said in ((Edit.REMOVED, fact.before), (Edit.ADDED, fact.after)):
        if said:
            _append(console, text, edit, told_fact(fact.name, said))
            text.append(" ")
    text.rstrip()
    return text


def _print_passage(console: Console, passage: Passage, name: str) -> None:
    from rich.table import Table
    from rich.text import Text

    text = Text(f"[{name}] " if name and not console.is_terminal else "")
    if console.is_terminal and name:
        text.append(f"{name}: ", "cyan")
    whole = passage.edit is not Edit.CHANGED
    for span in passage.spans:
        if whole and not console.is_terminal:  # the sign before it says enough
            text.append(printable(span.text))
        else:
            _append(console, text, span.edit, span.text, printable(span.text))
    if passage.edit is Edit.SAME:
        text.stylize("dim")
    sign = Text(SIGNS[passage.edit], SIGN_COLOURS.get(passage.edit, ""))
    if not console.is_terminal:
        console.print(sign + Text(" ") + text, soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(sign, text)
    console.print(grid, width=min(console.width, WIDEST_TEXT))


def _append(console: Console, text: Text, edit: Edit, words: str, shown: str | None = None) -> None:
    """Words in their colour or between their marks; blanks at the ends stay outside."""
    shown = printable(words) if shown is None else shown
    opening, closing = MARKS[edit] if not console.is_terminal else ("", "")
    bare = shown.strip()
    text.append(" " if bare and shown[0] == " " else "")
    text.append(f"{opening}{bare}{closing}" if bare else "", COLOURS[edit])
    if len(words) > len(words.rstrip()):
        text.append(" ")
