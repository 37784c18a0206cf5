"""`moit-news export-warc` and `import-warc`: options, progress and numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli import Day
from archive.folder import data_folder
from archive.pages import PageStore
from archive.store import Archive
from crawler.errors import NOTHING_USABLE

if TYPE_CHECKING:
    from archive.warc import Written


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option("--since", type=Day(), help="First day on which the pages were fetched.")
@click.option("--until", type=Day(), help="Last day on which they were.")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE.warc.gz|FOLDER",
    help="One file, or a folder for files of about 1 GB each.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@click.pass_context
def export_warc(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: click.Context,
    sites: tuple[str, ...],
    since: dt.date | None,
    until: dt.date | None,
    to: Path,
    force: bool,
) -> None:
    """Write the kept pages of all sites, or of each SITE, as WARC 1.1.

    Each page stands there with its status line and headers, for pywb, replayweb.page and other
    archives. Pages of which nothing may be kept are left out and counted.

    \b
    Exit code: 0 written, 2 wrong use, 3 no page is selected.
    """
    from archive.warc import Selection, Written, count_pages, write_pages
    from archive.warc_files import WarcFiles
    from crawler.order import Order
    from crawler.run import now

    window = Order(since=since, until=until).window(now())
    chosen = Selection(sites=sites, since=window.since, until=window.until)
    folder, written = data_folder(), Written()
    with Archive.open(folder) as archive, PageStore.open(folder) as pages:
        _check_known(archive, sites)
        files = WarcFiles(to, f"moit-news-{now():%Y%m%d%H%M%S}", force=force)
        with files, _progress(count_pages(pages, chosen), "pages written") as show:
            for written in write_pages(pages, archive, chosen, files, _about_us()):
                show(written.pages + written.revisits + written.left_out)
    if not written.files:
        click.echo("no page with a body is selected: nothing was written", err=True)
        ctx.exit(NOTHING_USABLE)
    _report(written, to)


def _check_known(archive: Archive, sites: tuple[str, ...]) -> None:
    """A mistyped site would write nothing and look like an empty archive."""
    known = [row[0] for row in archive.connection.execute("SELECT slug FROM sites ORDER BY slug")]
    for slug in sites:
        if slug not in known:
            raise click.UsageError(f"no site {slug!r} is kept; there are: {', '.join(known)}")


def _about_us() -> dict[str, str]:
    """What a warcinfo record says of who made the file, and how the pages were asked for."""
    from crawler.settings import CONTACT, USER_AGENT

    return {
        "software": f"moit-news/{version('moit-news')} warcio/{version('warcio')}",
        "operator": CONTACT,
        "http-header-user-agent": USER_AGENT,
        "robots": "obey",
    }


@contextmanager
def _progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere; gives what moves it."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _report(written: Written, to: Path) -> None:
    rows = (
        (written.pages, "pages"),
        (written.revisits, "pages as revisits: the same body stands in an earlier record"),
        (written.redirects, "redirects on the way to a page"),
        (written.metadata, "metadata records: how a page was found, when it was gone or the same"),
        (written.left_out, "pages left out: nothing of their body may be kept"),
    )
    width = len(f"{max(count for count, _ in rows):,}")
    for count, what in rows:
        click.echo(f"{count:>{width},}  {what}")
    size = sum(_path(to, name).stat().st_size for name in written.files)
    click.echo(f"{size / 1e6:,.1f} MB in {', '.join(str(_path(to, n)) for n in written.files)}")


def _path(to: Path, name: str) -> Path:
    return to if to.name == name else to / name
