"""`moit-news diff`: options and exit codes; what is printed is made in difference_*.py."""

from __future__ import annotations

import sqlite3
import sys

import click

from archive.cli import Command
from archive.connection import explained
from archive.errors import NotFoundError
from archive.folder import data_folder
from archive.store import Archive


@click.command(cls=Command)
@click.argument("article", metavar="URL|ID")
@click.option(
    "--from",
    "first",
    type=click.IntRange(1),
    metavar="N",
    help="The earlier version. [default: the one before --to]",
)
@click.option(
    "--to",
    "last",
    type=click.IntRange(1),
    metavar="M",
    help="The later version. [default: the present one]",
)
@click.option("--html", "as_html", is_flag=True, help="A web page of its own, to keep or to send.")
@click.option("--json", "as_json", is_flag=True, help="Every block with its words, as JSON.")
def diff(article: str, first: int | None, last: int | None, as_html: bool, as_json: bool) -> None:
    """Show what changed between two versions of an article, word by word.

    \b
      moit-news diff https://… --from 1
      moit-news diff 202605020001 --html > changes.html
    """
    from archive import difference_printing as printing
    from archive.difference import difference
    from archive.difference_page import as_page
    from archive.printing import as_json as to_json

    if as_html and as_json:
        raise click.UsageError("--html and --json are two answers: give one of them.")
    with Archive.open(data_folder()) as archive, explained(archive.path):
        row = archive.article(article)
        numbers = _numbers(row, first, last)
        before, after = (archive.version(row["id"], number) for number in numbers)
        sql = "SELECT name FROM sources WHERE slug = ?"
        source = archive.connection.execute(sql, (row["source"],)).fetchone()["name"]
    told = difference(before, after)
    if as_html:
        click.echo(as_page(told, before, after, source), nl=False)
    elif as_json:
        click.echo(to_json(printing.as_values(told, before, after)))
    else:
        printing.print_difference(told, before, after, source, sys.stdout)


def _numbers(row: sqlite3.Row, first: int | None, last: int | None) -> tuple[int, int]:
    """The two versions to compare; raises NotFoundError where there is but one."""
    if row["version"] == 1:
        raise NotFoundError(
            f"article {row['id']} has one version only: no other text of it was ever seen "
            f"(last looked at {row['last_seen_at'][:16].replace('T', ' ')})"
        )
    last = last or (row["version"] if first is None or first < row["version"] else 1)
    first = first or max(1, last - 1)
    if first == last:
        raise click.UsageError(f"--from and --to are both {first}: name two versions.")
    return first, last
