"""`trend` and `facets`: how many articles a query finds, when, where and of whom."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli import Day, SearchCommand, check_known
from archive.connection import explained
from archive.counting import Asking
from archive.coverage_commands import write_csv
from archive.folder import data_folder
from archive.models import VIETNAM
from archive.printing import as_json as to_json
from archive.store import Archive

if TYPE_CHECKING:
    from archive.facets import Facets
    from archive.trend import Trend


def _picture(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in {".png", ".svg"}:
        raise click.BadParameter(f"{path} is neither a .png nor a .svg file")
    return path


def _asking(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options by which both narrow what they count, as one Asking."""

    @click.option("--site", metavar="SLUG", help="Only what this site carried, e.g. moit-gov-vn.")
    @click.option("--since", type=Day(), help="From this day on: 2024-05-31 or 31/05/2024.")
    @click.option("--until", type=Day(), help="Up to and including this day.")
    @click.option("--exact", "only_exact", is_flag=True, help="Only with the accents as typed.")
    @click.option("--thorough", is_flag=True, help="Count all articles, however long it takes.")
    @wraps(command)
    def with_asking(query: tuple[str, ...], **given: Any) -> None:
        narrowed = {name: given.pop(name) for name in ("site", "since", "until", "only_exact")}
        command(Asking(query=" ".join(query), **narrowed), **given)

    return with_asking


@contextmanager
def _opened(asking: Asking) -> Iterator[sqlite3.Connection]:
    """The archive that is asked; a site that it does not know ends the command."""
    with Archive.open(data_folder()) as archive, explained(archive.path):
        check_known(archive, "sites", asking.site)
        yield archive.connection


@click.command(cls=SearchCommand)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--by",
    type=click.Choice(["day", "week", "month", "year"]),
    help="Count by this time; as a rule by what fits the days.",
)
@_asking
@click.option("--csv", "as_csv", is_flag=True, help="A row a time.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, with what was asked.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_picture,
    metavar="FILE",
    help="Write the picture to this .png or .svg file.",
)
def trend(
    asking: Asking,
    *,
    by: str | None,
    thorough: bool,
    as_csv: bool,
    as_json: bool,
    output: Path | None,
) -> None:
    """Draw how many articles a query finds, time by time, beside what was watched.

    The query is one of `moit-news search`. Each time shows the articles, their share of all
    articles of that time, and how much of it was watched: where nothing was, there is a hole, not
    a nought. Days are Vietnam's; copies of a story count each.

    \b
      moit-news trend giá điện
      moit-news trend '"chống bán phá giá"' --by month --since 2024-01-01
      moit-news trend xăng dầu --site moit-gov-vn --csv > xang-dau.csv
      moit-news trend xăng dầu --output xang-dau.png
    """
    from archive.days import By
    from archive.trend import SECONDS
    from archive.trend import trend as counted

    with _opened(asking) as connection:
        found = counted(
            connection,
            asking,
            now=dt.datetime.now(VIETNAM),
            by=By(by) if by else None,
            seconds=None if thorough else SECONDS,
        )
    if output:
        _save(found, output)
    if as_json:
        times = [time.values() for time in found.times]
        told = {
            "query": asking.query,
            "by": str(found.by),
            "sites": found.sites,
            "notes": found.notes,
        }
        counted_from = found.counted_from and found.counted_from.isoformat()
        click.echo(to_json(told | {"counted_from": counted_from, "times": times}))
    elif as_csv:
        write_csv([time.values() for time in found.times])
    elif not output:
        from archive.trend_printing import print_trend

        print_trend(found, sys.stdout)


def _save(found: Trend, output: Path) -> None:
    from archive.trend_picture import save_picture

    save_picture(found, output, dt.datetime.now(VIETNAM))
    click.echo(f"{output} is written", err=True)


@click.command(cls=SearchCommand)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(["site", "year", "section", "author", "tag", "cited"]),
    help="Only by this; may be given again.",
)
@click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True)
@_asking
@click.option("--csv", "as_csv", is_flag=True, help="A row a value.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, with what was counted.")
def facets(
    asking: Asking,
    *,
    by: tuple[str, ...],
    top: int,
    thorough: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Count the articles of a query by site, year, section, author, tag and cited document.

    The query is one of `moit-news search`. Counted are the newest articles, as many as a moment
    allows; where that is not all, the first line says so, and --thorough counts all.

    \b
      moit-news facets giá điện
      moit-news facets 'has:table xuất khẩu' --by author --by tag --top 30
    """
    from archive.facets import By
    from archive.facets import facets as counted

    with _opened(asking) as connection:
        found = counted(
            connection,
            asking,
            by=[each for each in By if not by or each.value in by],
            top=top,
            thorough=thorough,
        )
    if as_json:
        click.echo(to_json(_as_values(found)))
    elif as_csv:
        write_csv(_rows(found))
        if found.looked_back_to is not None:
            from archive.facets_printing import about

            click.echo(about(found), err=True)
    else:
        from archive.facets_printing import print_facets

        print_facets(found, sys.stdout)


def _rows(found: Facets) -> Iterator[dict[str, object]]:
    for facet in found.facets:
        for value, count in facet.values:
            yield {"by": str(facet.by), "value": value, "articles": count}


def _as_values(found: Facets) -> dict[str, object]:
    back_to = found.looked_back_to and found.looked_back_to.isoformat()
    told = {
        str(facet.by): {
            "values": [{"value": value, "articles": count} for value, count in facet.values],
            "values_in_all": facet.values_in_all,
            "articles_without": facet.without,
        }
        for facet in found.facets
    }
    return {
        "query": found.query,
        "articles": found.articles,
        "looked_back_to": back_to,
        "notes": found.notes,
        "facets": told,
    }
