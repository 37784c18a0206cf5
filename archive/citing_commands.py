"""`moit-news cite`: options and what is printed."""

from __future__ import annotations

import sqlite3
import sys

import click

from archive.cli import Command
from archive.connection import explained
from archive.credit import Credit, credit
from archive.folder import data_folder
from archive.store import Archive

STYLES = ("bibtex", "ris", "csl-json", "apa", "chicago", "mla")


@click.command(cls=Command)
@click.argument("articles", nargs=-1, metavar="[URL|ID]...")
@click.option("--search", "query", metavar="QUERY", help="Also the hits of this search.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Of --search."
)
@click.option("--style", type=click.Choice(STYLES), default="apa", show_default=True)
@click.option("--version", type=click.IntRange(1), metavar="N", help="As it was in version N.")
@click.option(
    "--split-names",
    is_flag=True,
    help="Part full names into family and given name, for journals that want Nguyễn, V. A.",
)
def cite(
    *,
    articles: tuple[str, ...],
    query: str | None,
    limit: int,
    style: str,
    version: int | None,
    split_names: bool,
) -> None:
    """Print how to cite articles: for a list of references, or for Zotero, JabRef and LaTeX.

    Vietnamese names stay whole and in their order, family name first. The time of access is when
    the archive saw that version; its id finds it again: moit-news show ID --version N.

    \b
      moit-news cite https://… 202405020001 --style apa
      moit-news cite --search 'giá điện title:tăng' --limit 50 --style ris > gia-dien.ris
      moit-news cite 202405020001 --version 1 --style bibtex >> sources.bib
    """
    if not articles and not query:
        raise click.UsageError("name articles by URL or id, or give --search QUERY.")
    if version is not None and (query or len(articles) > 1):
        raise click.UsageError("--version is of one article: name that one.")
    with Archive.open(data_folder()) as archive, explained(archive.path):
        rows = _rows(archive, articles, query, limit)
        found = [credit(archive.connection, row, version) for row in rows]
    if not found:
        click.echo("no article was found: `moit-news search` tells more", err=True)
    sys.stdout.write(_printed(found, style, split_names=split_names))


def _rows(
    archive: Archive, articles: tuple[str, ...], query: str | None, limit: int
) -> list[sqlite3.Row]:
    """Each article once, those that were named first."""
    rows = [archive.article(each) for each in articles]
    if query:
        from archive.search import find

        hits = find(archive.connection, query, limit=limit).hits
        rows += [archive.article(hit.id) for hit in hits]
    return list({row["id"]: row for row in rows}.values())


def _printed(found: list[Credit], style: str, *, split_names: bool) -> str:
    from archive import credit_forms as forms

    written = {"bibtex": forms.as_bibtex, "ris": forms.as_ris, "csl-json": forms.as_csl_json}
    if style in written:
        return written[style](found, split_names=split_names)
    from archive.credit_styles import styled

    return "".join(f"{line}\n" for line in styled(found, style, split_names=split_names))
