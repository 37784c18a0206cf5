"""`moit-news export`: options, progress and numbers."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli import Day, SearchCommand, check_known
from archive.connection import explained
from archive.errors import ExportError
from archive.folder import data_folder
from archive.store import Archive

if TYPE_CHECKING:
    from archive.export import Export
    from archive.matching import Selection, Watch

FORMATS = ("csv", "jsonl", "parquet", "txt", "markdown", "html")
WITH_BOM = ("csv", "txt", "markdown")
STDOUT = Path("-")


@click.command(cls=SearchCommand)
@click.argument("query", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All articles that are kept.")
@click.option("--site", metavar="SLUG", help="Only what this site carried, e.g. moit-gov-vn.")
@click.option("--source", metavar="SLUG", help="Only what this source says, e.g. cafef.")
@click.option("--since", type=Day(), help="From this day on: 2024-05-31 or 31/05/2024.")
@click.option("--until", type=Day(), help="Up to and including this day.")
@click.option("--exact", "only_exact", is_flag=True, help="Only with the accents as typed.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="[default: what the ending of --output says, else csv]",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file, a folder, or - for the terminal or a pipe. [default: exports/ of the archive]",
)
@click.option("--bom", is_flag=True, help="Begin csv, txt or markdown as Excel on Windows wants.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def export(
    *,
    query: tuple[str, ...],
    everything: bool,
    site: str | None,
    source: str | None,
    since: dt.date | None,
    until: dt.date | None,
    only_exact: bool,
    form: str | None,
    output: Path | None,
    bom: bool,
    force: bool,
) -> None:
    """Write every article that a query finds into a file: without a limit, nothing left out.

    The query is that of `moit-news search`. Each copy of a story is a row of its own, the
    earliest article comes first. Beside the file stands PATH.manifest.json: the query, the time,
    the archive, rows, bytes and SHA-256. docs/export.md explains the columns.

    \b
      moit-news export giá điện --since 01/01/2024 --output gia-dien.csv
      moit-news export --all --site moit-gov-vn --format jsonl
      moit-news export 'cites:38/2016/TT-BCT' --output thong-tu-38.html
    """
    from archive.export import format_of
    from archive.matching import Selection

    kind = form or (format_of(output) if output else None) or "csv"
    if bom and kind not in WITH_BOM:
        raise click.UsageError(f"--bom is for {', '.join(WITH_BOM)}; {kind} never has one.")
    text = " ".join(query)
    if bool(text) is everything:
        raise click.UsageError("type a query, or give --all for all articles (not both).")
    selection = Selection(
        query=text, only_exact=only_exact, site=site, source=source, since=since, until=until
    )
    _check(selection)
    _export(selection, kind, output, bom=bom, force=force)


def _check(selection: Selection) -> None:
    """A query of which nothing is left would take everything."""
    from archive.query import parse

    parsed = parse(selection.query)
    if selection.query and parsed.tree is None:
        told = "; ".join(parsed.notes) or "no word and no number was typed"
        raise click.UsageError(f"nothing is asked for: {told}")


def _export(
    selection: Selection, form: str, output: Path | None, *, bom: bool, force: bool
) -> None:
    from archive.export import export as taken
    from archive.keeping_commands import watched

    folder = data_folder()
    with Archive.open(folder) as archive, explained(archive.path):
        check_known(archive, "sites", selection.site)
        check_known(archive, "sources", selection.source)
        with (
            watched("articles") as watch,
            taken(archive.connection, selection, form, bom=bom, watch=watch) as made,
        ):
            manifest = _put(made, output, folder, force=force, watch=watch)
    _report(made, manifest)


def _put(
    made: Export, output: Path | None, folder: Path, *, force: bool, watch: Watch
) -> tuple[Path, Mapping[str, Any]] | None:
    """Into its file, or to the standard output, where there is no manifest."""
    from archive.export import write

    if output == STDOUT:
        for piece in made.pieces(watch):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return None
    path = _place(made, output, folder)
    return path, write(made, path, replace=force, watch=watch)


def _place(made: Export, output: Path | None, folder: Path) -> Path:
    from archive.export import file_name

    if output is not None and not output.is_dir():
        return output
    name = file_name(made.selection, made.format, made.made_at)
    if output is not None:
        return output / name
    try:
        (folder / "exports").mkdir(exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"{folder / 'exports'} cannot be made ({error.strerror}): name a place with --output"
        ) from error
    return folder / "exports" / name


def _report(made: Export, written: tuple[Path, Mapping[str, Any]] | None) -> None:
    from archive.printing import printable

    for note in made.notes:
        click.echo(printable(note), err=True)
    count = f"{made.rows:,} article{'' if made.rows == 1 else 's'}"
    if written is None:
        click.echo(f"{count}, all there are. {printable(made.understood)}", err=True)
        return
    path, manifest = written
    size = manifest["files"][path.name]["bytes"]
    click.echo(f"{path}: {count}, all there are; {size / 1e6:,.1f} MB")
    click.echo(printable(made.understood), err=True)
