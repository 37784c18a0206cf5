"""The reader's commands: options and exit codes only; what is printed is made in printing.py."""

import datetime as dt
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from archive.connection import explained
from archive.errors import MoitNewsError, NotFoundError
from archive.folder import data_folder
from archive.models import Answer
from archive.store import Archive

DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


class Day(click.ParamType[dt.date]):
    """A day as people write it in Vietnam or in ISO 8601; a month or a year alone is refused."""

    name = "date"

    def convert(
        self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        if isinstance(value, dt.date):
            return value
        day = next(filter(None, (_day(value.strip(), form) for form in DATE_FORMS)), None)
        return day or self.fail(f"{value!r} is no date; write 2024-05-31 or 31/05/2024", param, ctx)


def _day(text: str, form: str) -> dt.date | None:
    try:
        return dt.date(*time.strptime(text, form)[:3])
    except ValueError:
        return None


class Command(click.Command):
    """A command whose explained errors are one line and an exit code: 1 not found, 2 wrong use."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MoitNewsError as error:
            click.echo(f"moit-news {self.name}: {error}", err=True)
            ctx.exit(1 if isinstance(error, NotFoundError) else 2)


class SearchCommand(Command):
    """Lets a word be excluded as one types it, `-vàng`; our options all have two dashes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # A minus that is no dash: the order of the words stays, which brackets need.
        rest = [f"−{a[1:]}" if re.match(r"-[^-\s]", a) else a for a in args]
        return super().parse_args(ctx, rest)


@click.command(cls=SearchCommand)
@click.argument("query", nargs=-1, required=True)
@click.option("--site", metavar="SLUG", help="Only what this site carried, e.g. moit-gov-vn.")
@click.option("--source", metavar="SLUG", help="Only what this source says, e.g. cafef.")
@click.option("--since", type=Day(), help="From this day on: 2024-05-31 or 31/05/2024.")
@click.option("--until", type=Day(), help="Up to and including this day.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option(
    "--newest/--relevance", help="Newest first, or (as a rule) the best first, exact accents first."
)
@click.option("--exact", "only_exact", is_flag=True, help="Only with the accents as typed.")
@click.option("--thorough", is_flag=True, help="Look through all articles, however long it takes.")
@click.option("--all", "unfolded", is_flag=True, help="Each copy of a story as a hit of its own.")
@click.option("--explain", is_flag=True, help="Say what the query was understood as, and end.")
@click.option("--json", "as_json", is_flag=True, help="The hits as a JSON list.")
@click.option(
    "--versions", is_flag=True, help="In earlier versions: what articles said and no longer say."
)
def search(
    *,
    query: tuple[str, ...],
    site: str | None,
    source: str | None,
    since: dt.date | None,
    until: dt.date | None,
    limit: int,
    newest: bool,
    only_exact: bool,
    thorough: bool,
    unfolded: bool,
    explain: bool,
    as_json: bool,
    versions: bool,
) -> None:
    """Find articles by words, with or without accents.

    Words all have to stand in an article; a word after a dash must not. A phrase stands in
    quotes, inside the quotes of the shell. Document numbers, prices and names are found as they
    are written. AND, OR, NOT and brackets; a beginning as xuat*. Fields: title: lead: author:
    site: source: section: tag: cites: before: after: has:

    \b
      moit-news search điện lực
      moit-news search '"gia dien" -xăng' --since 01/01/2024 --newest
      moit-news search '(xăng OR dầu) title:giá has:table after:2024-05'
      moit-news search cites:38/2016/TT-BCT 'site:moit'
      moit-news search --versions 'giá điện tăng'
    """
    from archive import copies, printing

    text = " ".join(query)
    if explain:
        _explain(text, only_exact=only_exact)
        return
    with Archive.open(data_folder()) as archive, explained(archive.path):
        check_known(archive, "sites", site)
        check_known(archive, "sources", source)
        answer = _finder(versions=versions, thorough=thorough, unfolded=unfolded)(
            archive.connection,
            text,
            site=site,
            source=source,
            since=since,
            until=until,
            limit=limit,
            newest=newest,
            only_exact=only_exact,
        )
        answer = copies.with_firsts(archive.connection, answer)
        names = dict(archive.connection.execute("SELECT slug, name FROM sources").fetchall())
        meant = archive.addresses.look_up(text) if "://" in text else None
    if as_json:
        click.echo(printing.as_json([asdict(hit) for hit in answer.hits]))
    else:
        printing.print_hits(answer.hits, names, sys.stdout)
    if meant is not None:
        click.echo(f"this is the address of an article: moit-news show {meant}", err=True)
    _tell(printing.about_answer(answer, text))


@click.command(cls=Command)
@click.argument("article", metavar="URL|ID")
@click.option("--json", "as_json", is_flag=True, help="Everything that is kept, as JSON.")
@click.option("--version", type=click.IntRange(1), metavar="N", help="As it was in version N.")
def show(article: str, as_json: bool, version: int | None) -> None:
    """Print an article, by its address or its id."""
    from archive import printing
    from archive.copies import summary

    with Archive.open(data_folder()) as archive, explained(archive.path):
        row = dict(archive.article(article))
        versions = [dict(each) for each in archive.versions(row["id"])]
        row["withdrawals"] = [dict(each) for each in archive.withdrawals(row["id"])]
        row["addresses"] = [dict(each) for each in archive.addresses.of(row["id"])]
        row["cites"] = [dict(citation) for citation in archive.citations(row["id"])]
        row["story"] = summary(archive.connection, row["id"])
        sql = "SELECT name FROM sources WHERE slug = ?"
        row["source_name"] = archive.connection.execute(sql, (row["source"],)).fetchone()["name"]
        if version is not None:
            row |= archive.version(row["id"], version) | {"shown_version": version, "cites": []}
    if as_json:
        earlier = [printing.plain(each) for each in versions]
        click.echo(printing.as_json(printing.plain(row) | {"versions": earlier}))
    else:
        printing.print_article(row, versions, sys.stdout)


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Whom it listens to.")
def serve(port: int, host: str) -> None:
    """Open the archive in the web browser: search, facets, tables, CSV and JSON (Datasette)."""
    from archive.web import run

    run(data_folder(), host=host, port=port)


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line, err=True)


def _explain(text: str, *, only_exact: bool) -> None:
    from archive.explanation import explanation
    from archive.query import parse

    parsed = parse(text)
    click.echo("\n".join((explanation(parsed, only_exact=only_exact), *parsed.notes)))


def _finder(*, versions: bool, thorough: bool, unfolded: bool) -> Callable[..., Answer]:
    """The search that was asked for; a plain one loads nothing of the other."""
    if versions:
        from archive.version_search import find_versions

        return find_versions
    from archive.search import find

    return partial(find, thorough=thorough, unfolded=unfolded)


def check_known(archive: Archive, table: str, slug: str | None) -> None:
    """A mistyped filter would find nothing and look like an answer."""
    sql = f"SELECT slug FROM {table} ORDER BY slug"
    known = [row[0] for row in archive.connection.execute(sql)]
    if slug is not None and slug not in known:
        raise click.UsageError(f"no {table[:-1]} {slug!r} is kept; there are: {', '.join(known)}")


COMMANDS: dict[str, click.Command] = {"search": search, "show": show, "serve": serve}
