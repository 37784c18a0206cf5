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
from archive.errors import ArchiveError
from archive.folder import data_folder
from archive.pages import PageStore
from archive.printing import printable
from archive.store import Archive
from crawler.errors import NOTHING_USABLE, SOME_FAILED, WELL, NotWarcError

if TYPE_CHECKING:
    from archive.warc import Written
    from crawler.warc_import import Importer


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE...",
)
@click.pass_context
def import_warc(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Take the pages of the known sites from WARC files: ours, Common Crawl's, any archive's.

    A page goes the way of a crawled one and is dated as it was captured: what is older than the
    text that is kept becomes an earlier version. Done twice, it changes nothing; ended at any
    moment, do it again.

    \b
    Exit code: 0 all well, 1 a file or a part of one cannot be read, 2 wrong use, 3 nothing usable,
    75 a crawl is under way.
    """
    from crawler.run import Run, now
    from crawler.site_file import load_sites
    from crawler.warc_import import Importer

    sites = load_sites().values()
    run, code, failed = Run.open(data_folder(create=True)), SOME_FAILED, False
    importer = Importer(run, sites, now())
    try:
        for path in dict.fromkeys(files):
            failed |= not _take(importer, path)
        code = _code_of(importer, failed=failed)
    except ArchiveError as error:
        run.error = error
        raise
    finally:
        run.close(code)
    _report_import(importer)
    ctx.exit(code)


def _take(importer: Importer, path: Path) -> bool:
    """Takes in one file; False, with the reason told, for one that is none."""
    from crawler.warc_import import LARGEST
    from crawler.warc_records import WarcFile

    try:
        file = WarcFile(path, most=LARGEST)
    except NotWarcError as error:
        click.echo(f"moit-news: {error}", err=True)
        return False
    with file, _progress(file.size, path.name, of_bytes=True) as show:
        for _ in importer.take(file):
            show(file.position)
    return True


def _code_of(importer: Importer, *, failed: bool) -> int:
    from crawler.captures import USABLE, Fate

    fates = {fate for _, fate in importer.counts}
    if not fates & USABLE:
        return NOTHING_USABLE
    return SOME_FAILED if failed or fates & {Fate.BROKEN, Fate.FAILED} else WELL


def _report_import(importer: Importer) -> None:
    """A row for each fate in the order of their worth, a column of the sites; it adds up."""
    from crawler.captures import ADDED, HARMED, Fate

    colours = dict.fromkeys(ADDED, "green") | dict.fromkeys(HARMED, "red")
    counts = importer.counts
    width = len(f"{counts.total():,}")
    for fate in Fate:
        of_sites = sorted((slug, count) for (slug, one), count in counts.items() if one is fate)
        total = sum(count for _, count in of_sites)
        if total:
            named = ", ".join(f"{slug} {count:,}" for slug, count in of_sites if slug)
            line = f"{total:>{width},}  {fate}" + (f"  ({named})" if named else "")
            click.secho(line, fg=colours.get(fate))
    click.echo(f"{counts.total():>{width},}  records read")


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
def export_warc(
    ctx: click.Context,
    *,
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
def _progress(total: int, what: str, *, of_bytes: bool = False) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere; gives what moves it."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    name = TextColumn("{task.description}", markup=False)
    count = DownloadColumn() if of_bytes else MofNCompleteColumn()
    columns = (name, BarColumn(), count, TimeRemainingColumn())
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task(printable(what), total=total)
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
