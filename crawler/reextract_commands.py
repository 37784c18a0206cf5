"""`moit-news reextract`: options, progress and numbers."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Protocol

import click

from archive.cli import Day
from crawler.errors import SOME_FAILED

if TYPE_CHECKING:
    from crawler.reextract import Summary


class Show(Protocol):
    """What moves the bar: pages done, of how many."""

    def __call__(self, done: int, total: int) -> None: ...


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option("--since", type=Day(), help="First day on which the pages were fetched.")
@click.option("--until", type=Day(), help="Last day on which they were.")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing at all.")
@click.option("--all", "everything", is_flag=True, help="Also pages that were read as today.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=lambda: len(os.sched_getaffinity(0)),
    show_default="one a core",
    metavar="N",
    help="Read in this many processes.",
)
@click.pass_context
def reextract(
    ctx: click.Context,
    *,
    sites: tuple[str, ...],
    since: dt.date | None,
    until: dt.date | None,
    dry_run: bool,
    everything: bool,
    jobs: int,
) -> None:
    """Read the kept pages of all sites, or of each SITE, again: no site is asked.

    Pages are read whose extractor or site file has changed since they were read. What an article
    said before is kept as a former reading; a better reading makes no new version. A page that
    nobody could read before becomes an article of the day on which it was fetched. Ended at any
    moment, the same command goes on.

    \b
    Each page is counted once: same, changed, new (it could not be read before),
    unreadable (it cannot be read today either), lost (it could be read before: its
    article stays as it is), skipped (the reason is told).

    \b
    Exit code: 0 all well, 1 a page is lost or the run was interrupted, 2 wrong use,
    3 no page is selected, 75 a crawl is under way.
    """
    if since and until and until < since:
        raise click.UsageError("--until must not be before --since.")
    from crawler.order import Order
    from crawler.reextract import Selection, Summary, preview, read_again
    from crawler.reextract_report import report
    from crawler.run import now

    window = Order(since=since, until=until).window(now())
    selection = Selection(
        sites=sites, since=window.since, until=window.until, everything=everything
    )
    summary = Summary()
    work = preview(selection, jobs, summary) if dry_run else read_again(selection, jobs, summary)
    is_whole = _follow(work)
    report(summary, sys.stdout, dry_run=dry_run)
    if not is_whole:
        click.echo(_left(summary, dry_run=dry_run), err=True)
        ctx.exit(SOME_FAILED)
    ctx.exit(summary.exit_code())


def _follow(work: Generator[Summary]) -> bool:
    """Runs to the end with a bar on a terminal; False where somebody interrupted it."""
    try:
        with closing(work), _progress() as show:
            for summary in work:
                show(summary.pages, summary.planned)
    except KeyboardInterrupt:
        return False
    return True


def _left(summary: Summary, *, dry_run: bool) -> str:
    left = summary.planned - summary.pages
    stored = "" if dry_run else "; what was read is stored, and the same command goes on from here"
    return f"moit-news: interrupted with {left:,} of {summary.planned:,} pages left{stored}"


@contextmanager
def _progress() -> Iterator[Show]:
    """A bar with rate and time left on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        *(TextColumn("pages read"), BarColumn(), MofNCompleteColumn()),
        *(TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TimeRemainingColumn()),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None, rate="")

        def show(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed:,.0f} a second" if speed else ""
            bar.update(task, completed=done, total=total, rate=rate)

        yield show
