"""What reading again changed, as tables that add up, and examples of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import IO, Any

import click

from archive.printing import printable
from archive.readings import FIELDS
from archive.tables import print_table
from crawler.reextract import Summary
from crawler.reread import Ending

LABELS = {
    "blocks": "text",
    "published_at": "published",
    "published_from": "time from",
    "modified_at": "modified",
    "attachments": "files",
}
# In one word each, so that the table fits into 80 columns.
_HEADER = ("site", "pages", "same", "changed", "new", "unreadable", "lost", "skipped")
_WIDTH = 100
_MOST_EXAMPLES = 40
_MOST_LOST = 20
_MOST_REASONS = 8
_BEFORE = 20


def report(summary: Summary, out: IO[str], *, dry_run: bool) -> None:
    """Prints what became of each page, what changed by field, and what it was and is."""
    if not summary.selected:
        click.echo("no kept page is selected: nothing was read", err=True)
        return
    if not summary.planned:
        out.write(
            f"nothing to do: all {summary.selected:,} kept pages were read by today's extractor "
            "and site files (--all reads them again)\n"
        )
        return
    print_table(_HEADER, list(_endings(summary)), out, numbers=_HEADER[1:], styles=_styles(summary))
    if summary.fields:
        what = "would change" if dry_run else "changed"
        out.write(f"\nArticles and earlier versions of which a field {what}:\n")
        names = [name for name in FIELDS if any(name == each for _, each in summary.fields)]
        header = ("site", *(LABELS.get(name, name) for name in names))
        print_table(header, list(_fields(summary, names)), out, numbers=header[1:])
        _write_examples(summary, out)
    _write_reasons(summary, out)
    if dry_run:
        out.write("\nNothing was written: without --dry-run it is.\n")


def _styles(summary: Summary) -> dict[str, str]:
    """Where to look: red where something was lost, green where something was won."""
    won = {site for (site, ending) in summary.endings if ending in (Ending.NEW, Ending.CHANGED)}
    lost = {site for (site, ending) in summary.endings if ending is Ending.LOST}
    return dict.fromkeys(won, "green") | dict.fromkeys(lost, "red")


def _endings(summary: Summary) -> Iterator[Sequence[str]]:
    sites = sorted({site for site, _ in summary.endings})
    for site in sites:
        counts = [summary.endings[site, ending] for ending in Ending]
        yield (site, *(f"{count:,}" for count in (sum(counts), *counts)))
    if len(sites) > 1:
        counts = [summary.count(ending) for ending in Ending]
        yield ("all", *(f"{count:,}" for count in (sum(counts), *counts)))


def _fields(summary: Summary, names: Sequence[str]) -> Iterator[Sequence[str]]:
    sites = sorted({site for site, _ in summary.fields})
    for site in sites:
        yield (site, *(f"{summary.fields[site, name]:,}" for name in names))
    if len(sites) > 1:
        totals = (sum(summary.fields[site, name] for site in sites) for name in names)
        yield ("all", *(f"{total:,}" for total in totals))


def _write_examples(summary: Summary, out: IO[str]) -> None:
    found = [
        (site, name, example)
        for (site, name), examples in sorted(summary.examples.items())
        for example in examples
    ]
    out.write("\nExamples:\n")
    for site, name, (url, before, after) in found[:_MOST_EXAMPLES]:
        old, new = around(said(before), said(after))
        out.write(f"{site}, {LABELS.get(name, name)}: {printable(url)}\n")
        out.write(_styled(f"  - {old}", "red", out) + _styled(f"  + {new}", "green", out))
    if len(found) > _MOST_EXAMPLES:
        out.write(f"… and {len(found) - _MOST_EXAMPLES} more\n")


def _styled(line: str, colour: str, out: IO[str]) -> str:
    return (click.style(line, fg=colour) if out.isatty() else line) + "\n"


def _write_reasons(summary: Summary, out: IO[str]) -> None:
    for ending in (Ending.SKIPPED, Ending.UNREADABLE):
        found = [(r, n) for (each, r), n in summary.reasons.most_common() if each is ending]
        if found:
            out.write(f"\n{ending.value.capitalize()}:\n")
            out.writelines(f"  {count:,}  {printable(r)}\n" for r, count in found[:_MOST_REASONS])
        if len(found) > _MOST_REASONS:
            rest = sum(count for _, count in found[_MOST_REASONS:])
            out.write(f"  {rest:,}  for other reasons\n")
    if summary.lost:
        out.write("\nNo longer readable; what is kept of them stays as it is:\n")
        lines = (f"  {printable(url)}: {printable(r)}\n" for url, r in summary.lost[:_MOST_LOST])
        out.writelines(_styled(line.rstrip(), "red", out) for line in lines)
        if (rest := summary.count(Ending.LOST) - _MOST_LOST) > 0:
            out.write(f"  … and {rest:,} more\n")
    if summary.forgotten:
        out.write(
            f"\n{summary.forgotten:,} pages ask not to be archived: only what they are stays.\n"
        )


def said(value: Any) -> str:
    """A stored value as a line of text: lists by their parts, what is missing as a dash.

    >>> said(None), said('["Lan", "Minh"]'), said('[{"kind":"paragraph","text":"Giá tăng."}]')
    ('–', 'Lan · Minh', 'Giá tăng.')
    """
    if value is None:
        return "–"
    text = str(value)
    if text.startswith("["):
        try:
            parts = json.loads(text)
        except ValueError:  # a title may begin with a bracket
            return printable(text)
        text = " · ".join(part if isinstance(part, str) else _part(part) for part in parts)
    return printable(text)


def _part(part: dict[str, Any]) -> str:
    return str(part.get("text") or part.get("url") or part)


def around(before: str, after: str, width: int = _WIDTH) -> tuple[str, str]:
    """Both texts where they begin to differ, short enough for a line.

    >>> around("Giá điện tăng từ ngày 1/5 theo quyết định", "Giá điện tăng từ ngày 2/5", width=24)
    ('…từ ngày 1/5 theo quyết đ…', '…từ ngày 2/5')
    """
    pairs = zip(before, after, strict=False)
    same = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))
    start = max(0, same - min(_BEFORE, width // 2))
    start = before.find(" ", start, same) + 1 or start if start else 0
    return _cut(before, start, width), _cut(after, start, width)


def _cut(text: str, start: int, width: int) -> str:
    end = start + width
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
