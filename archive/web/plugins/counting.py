"""Trends and what was watched, for the browser: /-/trend?q=giá+điện and /-/coverage."""

# mypy: disable-error-code="import-untyped,untyped-decorator"

import datetime as dt
import sqlite3
from collections.abc import Sequence
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Response

from archive.counting import Asking
from archive.coverage import Coverage, CoveredDay, Watch, coverage
from archive.coverage_printing import LOST, MEANT, SIGNS, has_lost_much
from archive.days import By, start
from archive.models import VIETNAM
from archive.query_fields import first_day
from archive.trend import Trend, trend
from archive.trend_drawing import drawing
from archive.trend_printing import fine_percent, summary

ARCHIVE = "archive"
SECONDS = 2.0
DAYS_OF_MANY = 91
WEEKS_OF_ONE = 53
SITES = "SELECT slug, name FROM sites ORDER BY name"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"/-/trend$", trend_page),
        (r"/-/coverage$", coverage_page),
        (r"/-/coverage/(?P<site>[a-z0-9-]{1,64})$", coverage_page),
    ]


async def trend_page(request: Any, datasette: Datasette) -> Response:
    """A query drawn by time, beside what was watched."""
    given = {name: (request.args.get(name) or "").strip() for name in ("q", "by", "site")}
    asking = Asking(
        query=given["q"][:1000],
        site=given["site"] or None,
        since=_day(request.args.get("since")),
        until=_day(request.args.get("until")),
    )
    by = By(given["by"]) if given["by"] in set(By) else None
    database = datasette.get_database(ARCHIVE)
    sites = {row["slug"]: row["name"] for row in (await database.execute(SITES)).rows}
    if asking.site is not None and asking.site not in sites:
        raise NotFound(f"no site {asking.site} is kept")
    found = None
    if asking.query:
        found = await database.execute_fn(
            lambda c: trend(c, asking, now=dt.datetime.now(VIETNAM), by=by, seconds=SECONDS)
        )
    context = {"asking": asking, "sites": sites, "lengths": list(By), **_told(found)}
    return Response.html(await datasette.render_template("trend.html", context, request))


def _told(found: Trend | None) -> dict[str, Any]:
    if found is None:
        return {"found": None}
    told = {"drawing": drawing(found), "summary": list(summary(found))}
    return {"found": found, "percent": fine_percent, **told}


async def coverage_page(request: Any, datasette: Datasette) -> Response:
    """The last months of all sites, or the last year of one."""
    database = datasette.get_database(ARCHIVE)
    sites = {row["slug"]: row["name"] for row in (await database.execute(SITES)).rows}
    site = request.url_vars.get("site")
    if site is not None and site not in sites:
        raise NotFound(f"no site {site} is kept")
    now = dt.datetime.now(VIETNAM)
    last = now.date()
    weeks = WEEKS_OF_ONE if site else DAYS_OF_MANY // 7
    first = start(last, By.WEEK) - dt.timedelta(weeks=weeks - 1)

    def asked(connection: sqlite3.Connection) -> Coverage:
        return coverage(connection, [site] if site else sites, first, last, now)

    found = await database.execute_fn(asked)
    context = {
        "site": site,
        "sites": {slug: name for slug, name in sites.items() if site in {None, slug}},
        "cells": {slug: [_cell(day) for day in found.of(slug)] for slug in sites},
        "means": {slug: _mean(found.of(slug)) for slug in sites},
        "sums": {slug: _sums(found.of(slug)) for slug in sites},
        "reasons": found.reasons,
        "months": _months(first, last),
        "first": first,
        "last": last,
        "meanings": [(watch.value, SIGNS[watch], MEANT[watch]) for watch in Watch],
        "lost": LOST,
    }
    return Response.html(await datasette.render_template("coverage.html", context, request))


def _cell(day: CoveredDay) -> dict[str, str]:
    """A day as a cell: its class, its sign, and in words."""
    told = f"{day.day:%a} {day.day}: {MEANT[day.watch]}, {day.kept} kept"
    has_lost = has_lost_much(day) and day.watch is not Watch.NEVER
    return {
        "class": f"{day.watch.value}{' lost' if has_lost else ''}",
        "sign": LOST if has_lost else SIGNS[day.watch],
        "title": told + (f", {day.lost} lost" if day.lost else ""),
    }


def _months(first: dt.date, last: dt.date) -> list[tuple[int, str]]:
    """The columns of weeks over which the months stand: that of each month's first day."""
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [((day - first).days // 7, f"{day:%b}") for day in days if day.day == 1]


def _mean(days: Sequence[CoveredDay]) -> str:
    known = [day.share for day in days if day.share is not None]
    return fine_percent(sum(known) / len(known)) if known else "?"


def _sums(days: Sequence[CoveredDay]) -> dict[str, int]:
    names = ("links", "kept", "failed", "refused", "gone", "waiting", "passed_over")
    return {name: sum(getattr(day, name) for day in days) for name in names}


def _day(text: str | None) -> dt.date | None:
    return first_day(text.strip()) if text else None
