"""The figures of readers as tables, on the screen and in docs/benchmarks.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from archive.models import VIETNAM
from benchmarks.labelled import ROOT, LabelledPage
from benchmarks.peers.environments import OURS
from benchmarks.scoring import FIELDS, Score, Summary, score, summary

if TYPE_CHECKING:
    from benchmarks.extraction import Measured

DOCS = ROOT / "docs" / "benchmarks.md"
NO_PARSER = "no parser"
NOTHING = 0.0005
COLUMNS = (
    "reader",
    "pages",
    "F1",
    "strict F1",
    "worst",
    *FIELDS,
    "must_not",
    "pages/CPU s",
    "peak MB",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A reader on one group of pages: those that it has a parser for."""

    scores: Sequence[Score]
    per_second: float
    failed: Sequence[str]


def part(row: Measured, pages: Sequence[LabelledPage], start: int) -> Part | None:
    """None where the reader has no parser for any of them."""
    first = row.passes[0]
    errors = first.errors[start : start + len(pages)]
    known = [n for n, error in enumerate(errors) if not (error and NO_PARSER in error)]
    if not known:
        return None
    scores = [score(pages[n].label, first.readings[start + n] or {}) for n in known]
    timed = row.passes[1:] or row.passes
    sums = [sum(one.seconds[start + n] for n in known) for one in timed]
    return Part(
        scores=scores,
        per_second=len(known) / median(sums),
        failed=[f"{pages[n].name}: {error}" for n in known if (error := errors[n])],
    )


def cells(name: str, one: Part, total: Summary, peak_mb: float) -> list[str]:
    shares = [f"{100 * total.right[field]:.0f} %" for field in FIELDS]
    return [
        name,
        str(total.pages),
        f"{total.f1:.3f}",
        f"{total.strict_f1:.3f}",
        f"{total.worst_f1:.3f}",
        *shares,
        str(total.forbidden),
        f"{one.per_second:.0f}",
        f"{peak_mb:.0f}",
    ]


def table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Markdown whose columns stand straight as plain text too."""
    lines = [COLUMNS, *rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(COLUMNS))]
    for number, line in enumerate(lines):
        padded = [
            cell.rjust(width) if n else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield "| " + " | ".join(padded) + " |"
        if number == 0:
            rules = [
                "-" * width if n == 0 else "-" * (width - 1) + ":" for n, width in enumerate(widths)
            ]
            yield "| " + " | ".join(rules) + " |"


def group(
    title: str, rows: Sequence[Measured], pages: Sequence[LabelledPage], start: int
) -> list[str]:
    size = mean(page.file.stat().st_size for page in pages) / 1000
    lines, notes = [], []
    for row in rows:
        name = f"{row.peer.name} {row.peer.release}"
        if row.absent and not row.passes:
            notes.append(f"* {name}: {row.absent}")
            continue
        one = part(row, pages, start)
        if one is None:
            notes.append(f"* {name}: no parser for any of these pages")
            continue
        lines.append(cells(name, one, summary(one.scores), row.passes[-1].peak_mb))
        notes += [f"* {name} fails on {failure}" for failure in one.failed]
        if len(one.scores) < len(pages):
            notes.append(f"* {name}: no parser for the other {len(pages) - len(one.scores)} pages")
        if row.absent:
            notes.append(f"* {name}: {row.absent}")
    head = f"### {title}: {len(pages)} pages of {size:.0f} kB on average"
    return [head, "", *table(lines), *([""] if notes else []), *notes, ""]


def report(
    rows: Sequence[Measured], groups: Mapping[str, Sequence[LabelledPage]], passes: int
) -> str:
    lines: list[str] = []
    start = 0
    for title, pages in groups.items():
        if pages:
            lines += group(title, rows, pages, start)
        start += len(pages)
    return "\n".join(
        [*lines, f"Speed is the median of {passes} passes, which the readers took in turn."]
    )


def where_others_are_better(rows: Sequence[Measured], pages: Sequence[LabelledPage]) -> str:
    """The pages and fields that another reader has right and our own has not."""
    ours = next((row for row in rows if row.peer == OURS[0] and row.passes), None)
    if ours is None:
        return "moit-news itself was not measured"
    others = [row for row in rows if row.peer not in OURS and row.passes]
    lines = [
        f"{row.peer.name} is better on {page.name}: {', '.join(found)}"
        for row in others
        for n, page in enumerate(pages)
        if (found := better(page, ours.passes[0].readings[n], row.passes[0].readings[n]))
    ]
    return "\n".join(lines) or "No other reader is better than moit-news on any page or field."


def better(
    page: LabelledPage, our: Mapping[str, Any] | None, their: Mapping[str, Any] | None
) -> list[str]:
    mine, theirs = score(page.label, our or {}), score(page.label, their or {})
    found = sorted(theirs.right - mine.right)
    for name in ("f1", "strict_f1"):
        if getattr(theirs, name) > getattr(mine, name) + NOTHING:
            found.append(f"{name} {getattr(theirs, name):.3f} (ours {getattr(mine, name):.3f})")
    return found


def machine() -> str:
    """The processor, the number of its cores that we have, and the Python."""
    model = (
        re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        if Path("/proc/cpuinfo").exists()
        else None
    )
    name = model[1] if model else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def write(text: str, command: str, section: str = "extraction") -> None:
    """Puts the tables between a section's markers in docs/benchmarks.md."""
    begin, end = f"<!-- {section} begins -->", f"<!-- {section} ends -->"
    today = dt.datetime.now(VIETNAM).date().isoformat()
    said = f"`{command}`, {today}; {machine()}."
    page = DOCS.read_text("utf-8")
    before, rest = page.split(begin)
    after = rest.split(end)[1]
    DOCS.write_text(f"{before}{begin}\n{said}\n\n{text}\n{end}{after}", "utf-8")
