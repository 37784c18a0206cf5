"""The crawler's commands: options and printing. Scrapy is loaded only by a crawl."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import click

from archive.cli import Day
from archive.errors import NotFoundError
from archive.folder import data_folder
from archive.store import Archive
from archive.urls import canonical

MOST_ADDRESSES = 20


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option(
    "--since", type=Day(), help="First day of the articles to get: 2026-05-31 or 31/05/2026."
)
@click.option("--until", type=Day(), help="Last day of the articles to get.")
@click.option("--limit", type=click.IntRange(1), help="At most this many articles of each site.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    metavar="MINUTES",
    help="End in good order after this time.",
)
@click.option("--url", "urls", multiple=True, help="Get this page only; may be given again.")
@click.option("--listing", help="Read this page of headlines instead of the SITE's own listings.")
@click.option(
    "--fill-gaps",
    "fills_gaps",
    is_flag=True,
    help="Go back over the days of each SITE that coverage shows as not wholly watched.",
)
@click.pass_context
def crawl(
    ctx: click.Context,
    *,
    sites: tuple[str, ...],
    since: dt.date | None,
    until: dt.date | None,
    limit: int | None,
    time_limit: float | None,
    urls: tuple[str, ...],
    listing: str | None,
    fills_gaps: bool,
) -> None:
    """Get the new articles of all sites, or of each SITE, into the archive.

    \b
    Exit code: 0 all well, 1 some site failed, 2 wrong use, 3 nothing usable,
    75 another crawl is under way.
    """
    if since and until and until < since:
        raise click.UsageError("--until must not be before --since.")
    if listing and (len(sites) != 1 or urls):
        raise click.UsageError("--listing needs exactly one SITE, and no --url.")
    if urls and sites:
        raise click.UsageError("--url finds its site by itself: give no SITE.")
    if fills_gaps and (listing or not sites):
        raise click.UsageError("--fill-gaps needs a SITE or more, and no --url and no --listing.")
    from crawler.order import Order
    from crawler.process import crawl_sites

    order = Order(
        since=since,
        until=until,
        limit=limit,
        listing=canonical(listing) if listing else None,
        minutes=time_limit,
        fills_gaps=fills_gaps,
    )
    ctx.exit(crawl_sites(sites, urls, order))


@click.command()
@click.argument("url")
def why(url: str) -> None:
    """Tell the whole story of a URL: where it was found, each try, what is kept of it."""
    with Archive.open(data_folder()) as archive:
        for line in story(archive, canonical(url if "://" in url else f"https://{url}")):
            click.echo(line)


def story(archive: Archive, url: str) -> Iterator[str]:
    """The lines that tell what became of a URL; raises NotFoundError for one never seen."""
    row = _frontier_row(archive, url)
    yield row["url"]
    if row["url"] != url:
        yield f"  is what {url} leads to"
    yield f"  {row['state']}" + (f": {row['reason']}" if row["reason"] else "")
    yield f"  site {row['site']}, found {_time(row['found_at'])} on {row['found_on']}"
    listed = (row["listed_title"], _time(row["listed_date"]), row["listed_section"])
    if any(listed):
        yield "  listed as: " + ", ".join(part for part in listed if part)
    yield f"  asked again: {_time(row['due_at']) or 'no'}"
    yield from _tries(archive, row["url"])
    yield from _kept(archive, row["article_id"])


def _frontier_row(archive: Archive, url: str) -> dict[str, str]:
    rest = url.partition("://")[2]
    bare = rest.removeprefix("www.")
    spellings = [url, *(f"{s}://{w}{bare}" for s in ("https", "http") for w in ("", "www."))]
    spellings += archive.addresses.led_to(url)
    for spelling in spellings:
        row = archive.connection.execute(
            "SELECT * FROM frontier WHERE url = ?", (spelling,)
        ).fetchone()
        if row is not None:
            return dict(row)
    raise NotFoundError(
        f"{url} was never seen: no listing named it. `moit-news crawl --url {url}` gets it"
    )


def _tries(archive: Archive, url: str) -> Iterator[str]:
    rows = archive.connection.execute(
        "SELECT * FROM outcomes WHERE url = ? ORDER BY at, id", (url,)
    )
    for row in rows:
        parts = (
            f"run {row['run_id']}",
            f"status {row['status']}" if row["status"] else "no answer",
            f"page {row['page_id']}" if row["page_id"] else None,
            row["reason"],
        )
        told = ", ".join(part for part in parts if part)
        yield f"  {_time(row['at'])} {row['state']} ({told})"


def _kept(archive: Archive, article_id: str | None) -> Iterator[str]:
    if article_id is None:
        yield "  no article is kept of it"
        return
    row = archive.article(article_id)
    yield f"  article {row['id']}: {row['title']}"
    yield f"    version {row['version']}, first seen {_time(row['first_seen_at'])}"
    for away in archive.withdrawals(row["id"]):
        yield f"    withdrawn by the site, seen {_time(away['withdrawn_at'])}: {away['reason']}"
        if away["returned_at"]:
            yield f"    shown again, seen {_time(away['returned_at'])}"
    for version in archive.versions(int(article_id)):
        yield f"    version {version['version']}, replaced {_time(version['replaced_at'])}"
    yield from _addresses(archive, int(article_id), row["url"])


def _addresses(archive: Archive, article_id: int, current: str) -> Iterator[str]:
    others = [row for row in archive.addresses.of(article_id) if row["address"] != current]
    if others:
        yield f"    stands at {current}"
    for row in others[-MOST_ADDRESSES:]:
        yield f"    also at {row['address']} ({row['how']}, since {_time(row['first_seen_at'])})"


def _time(text: str | None) -> str | None:
    return text and text[:16].replace("T", " ")
