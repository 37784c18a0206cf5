"""The commands that keep the archive itself: options, exit codes and what they print."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.folder import data_folder
from archive.printing import printable
from archive.tables import print_table

if TYPE_CHECKING:
    from archive.backup import Backup, Watch


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

    with _watched() as watch:
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
    print_table(("file", "size", "rows", "schema", "sha256 begins"), rows, sys.stdout)
    click.echo(f"{made.folder}: {'has findings' if made.findings else 'whole'}")
    if made.removed:
        names = ", ".join(path.name for path in made.removed)
        click.echo(f"removed {names}; {made.kept} kept")


@contextmanager
def _watched() -> Iterator[Watch]:
    """Shows on a terminal how far a copy is; nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<12}"), BarColumn(), DownloadColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        tasks = {}

        def watch(what: str, done: int, whole: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what)
            progress.update(tasks[what], completed=done, total=whole)

        yield watch
