"""The commands that keep the archive itself: options, exit codes and what they print."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.folder import data_folder
from archive.printing import printable
from archive.tables import print_table

if TYPE_CHECKING:
    from archive.backup import Backup, Watch
    from archive.inspection import Inspection
    from archive.merging import Merged

COLOURS = {"lost": "red", "wrong": "yellow"}


@click.command()
@click.argument("dest", type=click.Path(path_type=Path))
@click.option(
    "--keep", type=click.IntRange(1), metavar="N", help="Then remove all but the N newest backups."
)
@click.pass_context
def backup(ctx: click.Context, dest: Path, keep: int | None) -> None:
    """Copy the archive into a new folder of DEST, also while a crawl runs.

    The copy is verified before it gets its name, moit-news-<time>, and is a data folder itself:
    MOIT_NEWS_DATA=DEST/moit-news-... moit-news search works. Only whole backups made by this
    command are ever removed.

    \b
    Exit code: 0 all well, 1 copied, but the archive itself has findings, 2 DEST cannot take it,
    3 the archive or the disk is damaged or full, 75 another backup is under way.
    """
    from archive.backup import back_up

    with watched() as watch:
        made = back_up(data_folder(), dest, keep=keep, watch=watch)
    _print_backup(made)
    for finding in made.findings:
        click.echo(f"moit-news backup: {printable(finding)}", err=True)
    if made.findings:
        click.echo(
            "moit-news backup: the copy is kept beside the older ones, none of which was removed; "
            "`moit-news check` tells more",
            err=True,
        )
    ctx.exit(1 if made.findings else 0)


def _print_backup(made: Backup) -> None:
    rows = [
        (
            name,
            f"{file.bytes / 1e6:,.1f} MB",
            f"{sum(file.rows.values()):,}",
            file.schema[-1],
            file.sha256[:16],
        )
        for name, file in made.files.items()
    ]
    header = ("file", "size", "rows", "schema", "sha256 begins")
    print_table(header, rows, sys.stdout, numbers={"size", "rows"})
    click.echo(f"{made.folder}: {'has findings' if made.findings else 'whole'}")
    if made.removed:
        names = ", ".join(path.name for path in made.removed)
        click.echo(f"removed {names}; {made.kept} kept")


@contextmanager
def watched(unit: str = "bytes") -> Iterator[Watch]:
    """Shows on a terminal how far something is; nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    count = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    columns = (TextColumn("{task.description:<12}"), BarColumn(), count)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        tasks = {}

        def watch(what: str, done: int, whole: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what)
            progress.update(tasks[what], completed=done, total=whole)

        yield watch


@click.command()
@click.option("--deep", is_flag=True, help="Read every page that is kept, not a sample.")
@click.option("--repair", "mend", is_flag=True, help="Mend what can be without losing anything.")
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
@click.pass_context
def check(ctx: click.Context, *, deep: bool, mend: bool, as_json: bool) -> None:
    """Look whether the archive is whole: files, full text, rows, pages, dictionaries, dates.

    Without a terminal it prints nothing unless something is wrong. What only looks odd, as an
    article that its paper dates 1970, is told but is no failure. The sites' own files are
    checked by `moit-news sites check`.

    \b
    Exit code: 0 clean, 1 something is wrong, 2 wrong use, 3 the archive cannot be read at all,
    75 --repair, while a crawl is under way.
    """
    from archive.inspection import inspect
    from archive.repair import repair

    folder = data_folder()
    with _alone(folder, needed=mend) as is_alone, watched("rows") as watch:
        seen = inspect(folder, deep=deep, is_busy=not is_alone, watch=watch)
        done = repair(folder, seen.findings) if mend else []
        if done:
            seen = inspect(folder, deep=deep, watch=watch)
    for line in done:
        click.echo(f"--repair: {line}")
    _print_inspection(seen, as_json=as_json)
    ctx.exit(0 if seen.is_clean else 1)


@contextmanager
def _alone(folder: Path, *, needed: bool) -> Iterator[bool]:
    """Whether nothing else writes; the lock is held only where it is needed, so that a long check
    does not keep cron's crawl from its work."""
    from archive.errors import AlreadyRunningError, ArchiveReadOnlyError
    from archive.lock import take_lock

    try:
        lock = take_lock(folder)
    except (AlreadyRunningError, ArchiveReadOnlyError):
        if needed:
            raise
        yield False
        return
    with lock:
        if needed:
            yield True
            return
    yield True


def _print_inspection(seen: Inspection, *, as_json: bool) -> None:
    if as_json:
        from archive.printing import as_json as to_json

        click.echo(to_json(asdict(seen) | {"is_clean": seen.is_clean}))
        return
    is_terminal = sys.stdout.isatty()
    if seen.findings and (is_terminal or not seen.is_clean):
        rows = [
            (
                finding.weight.value,
                f"{finding.count:,}",
                finding.name,
                ", ".join(finding.rows) + (" …" if finding.count > len(finding.rows) > 0 else ""),
                finding.repair,
            )
            for finding in seen.findings
        ]
        header = ("weight", "rows", "what", "which", "--repair")
        print_table(header, rows, sys.stdout, numbers={"rows"}, styles=COLOURS)
    if is_terminal and seen.is_clean:
        click.secho(f"whole: {seen.bodies_read:,} of {seen.bodies:,} bodies read", fg="green")


@click.command()
@click.argument("other", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The numbers as JSON.")
@click.pass_context
def merge(ctx: click.Context, other: Path, *, as_json: bool) -> None:
    """Bring what another data folder, or a backup, knows into this archive.

    Articles of one address become one, with all their texts in the order of time; ids of this
    archive stay, one of OTHER that is in use here becomes a new one. OTHER is only read. A merge
    that was interrupted is begun again and adds what is missing.

    \b
    Exit code: 0 merged and whole, 1 merged, but `moit-news check` finds something, 2 wrong use,
    3 a file is damaged or the disk full, 75 a crawl is under way.
    """
    from archive.inspection import inspect
    from archive.merging import merge as merge_folder

    folder = data_folder()
    with watched("rows") as watch:
        merged = merge_folder(folder, other, watch=watch)
        seen = inspect(folder, watch=watch)
    if as_json:
        from archive.printing import as_json as to_json

        click.echo(to_json(asdict(merged) | {"is_clean": seen.is_clean}))
    else:
        _print_merged(merged, other)
        _print_inspection(seen, as_json=False)
    ctx.exit(0 if seen.is_clean else 1)


def _print_merged(merged: Merged, other: Path) -> None:
    rows = [
        (table, f"{n.there:,}", f"{n.before:,}", f"{n.added:,}", f"{n.now:,}")
        for table, n in merged.counts.items()
    ]
    header = ("rows", "there", "here before", "added", "here now")
    print_table(header, rows, sys.stdout, numbers=set(header[1:]))
    there = merged.counts["articles"].there
    click.echo(
        f"{there:,} articles of {other}: {merged.new:,} new, {merged.same:,} were here "
        f"({merged.revised:,} of them with other texts); {merged.renamed:,} have another id here"
    )


@click.command()
@click.option("--sizes", is_flag=True, help="Also each table and index; reads both files whole.")
@click.option("--json", "as_json", is_flag=True, help="The numbers as JSON.")
def stats(*, sizes: bool, as_json: bool) -> None:
    """Tell what the archive holds and what it weighs, site by site and month by month.

    Numbers with a ~ are reckoned from a sample, so that this takes a second in any archive.
    """
    from archive.stats import stats as weigh

    counted = weigh(data_folder(), sizes=sizes)
    if as_json:
        from archive.printing import as_json as to_json

        click.echo(to_json(asdict(counted)))
        return
    from archive.stats_printing import print_stats

    print_stats(counted, sys.stdout)
