"""`coverage`: which days of which site were watched, and what became of the links."""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterable, Mapping

import click

from archive.cli import Command, Day, check_known
from archive.connection import explained
from archive.coverage import Coverage
from archive.coverage import coverage as covered
from archive.days import By, after, start
from archive.folder import data_folder
from archive.models import VIETNAM
from archive.printing import as_json as to_json
from archive.store import Archive

DAYS_OF_MANY = 31
WEEKS_OF_ONE = 53


class Month(click.ParamType[dt.date]):
    """A month as 2026-09 or 09/2026; its value is its first day."""

    name = "month"

    def convert(
        self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        from archive.query_fields import first_day

        day = value if isinstance(value, dt.date) else first_day(value.strip())
        return day or self.fail(f"{value!r} is no month; write 2026-09 or 09/2026", param, ctx)


@click.command(cls=Command)
@click.argument("site", required=False)
@click.option("--month", type=Month(), help="This month: 2026-09 or 09/2026.")
@click.option("--since", type=Day(), help="From this day on: 2026-05-31 or 31/05/2026.")
@click.option("--until", type=Day(), help="Up to and including this day.")
@click.option("--csv", "as_csv", is_flag=True, help="A row a site and day.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, with the reasons.")
def coverage(
    *,
    site: str | None,
    month: dt.date | None,
    since: dt.date | None,
    until: dt.date | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Show which days were watched, and what became of the links of each day.

    A day is watched if runs saw all that the site's listings named of it; a hole is a day that
    nobody watched, whatever was published. Of one SITE a month is drawn by days, a longer time by
    weeks; without SITE each has a line. Links are counted on the day that the listing gave.

    \b
      moit-news coverage
      moit-news coverage moit-gov-vn --month 2026-09
      moit-news crawl moit-gov-vn --fill-gaps
    """
    if month and (since or until):
        raise click.UsageError("--month names the days alone: give no --since and no --until.")
    now = dt.datetime.now(VIETNAM)
    first, last = _days(site, month, since, until, now.date())
    if first > last:
        raise click.UsageError(f"{first} lies after {last}: nothing was watched there yet.")
    with Archive.open(data_folder()) as archive, explained(archive.path):
        check_known(archive, "sites", site)
        names = dict(archive.connection.execute("SELECT slug, name FROM sites ORDER BY slug"))
        found = covered(archive.connection, [site] if site else names, first, last, now)
    if as_json:
        click.echo(to_json(_as_values(found)))
    elif as_csv:
        write_csv([day.values() for day in found.days])
    else:
        _print(found, names)


def _days(
    site: str | None,
    month: dt.date | None,
    since: dt.date | None,
    until: dt.date | None,
    today: dt.date,
) -> tuple[dt.date, dt.date]:
    if month:
        return start(month, By.MONTH), min(today, after(month, By.MONTH) - dt.timedelta(days=1))
    last = min(until or today, today)
    if since:
        return since, last
    if site:
        return start(last, By.WEEK) - dt.timedelta(weeks=WEEKS_OF_ONE - 1), last
    return last - dt.timedelta(days=DAYS_OF_MANY - 1), last


def write_csv(rows: Iterable[Mapping[str, object]]) -> None:
    """Rows as CSV on the standard output, under their names."""
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)


def _as_values(found: Coverage) -> dict[str, object]:
    reasons = [
        {"state": state, "reason": reason, "count": count} for state, reason, count in found.reasons
    ]
    listings = [
        {"site": site, "listing": name, "watched": round(share, 4)}
        for site, name, share in found.listings
    ]
    days = [day.values() for day in found.days]
    return {"days": days, "reasons": reasons, "listings": listings}


def _print(found: Coverage, names: Mapping[str, str]) -> None:
    from archive.coverage_printing import print_coverage

    if not found.days:
        click.echo("no site is kept yet: run `moit-news crawl` first", err=True)
        return
    print_coverage(found, names, sys.stdout)
