"""`moit-news sites`: options and printing. Scrapy is loaded only where a site is asked."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.check import Finding, PageReading
    from crawler.live_check import LiveReading
    from crawler.site import Site

LOOKS_WRONG = 1


@click.group()
def sites() -> None:
    """The websites that are described: list, show and check them, begin a new one."""


@sites.command("list")
@click.option("--json", "as_json", is_flag=True, help="All of it, as a JSON list.")
def list_sites(as_json: bool) -> None:
    """List the sites: how each is read, and what the archive has of it."""
    from archive.printing import as_json as json_of
    from crawler.overview import overview
    from crawler.site_file import load_sites
    from crawler.sites_printing import print_list

    rows = overview(load_sites(), _folder())
    if as_json:
        click.echo(json_of(rows))
    else:
        print_list(rows, sys.stdout)


@sites.command()
@click.argument("site")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def show(site: str, as_json: bool) -> None:
    """Show a site as its file, its family and generic make it: each field's selectors in order."""
    from archive.printing import as_json as json_of
    from crawler.overview import described, told
    from crawler.site_file import load_site

    found = load_site(site)
    click.echo(json_of(described(found)) if as_json else "\n".join(told(found)))


@sites.command()
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option("--live", is_flag=True, help="Ask each site for one listing and three articles.")
@click.option("--json", "as_json", is_flag=True, help="Every reading and finding, as JSON.")
@click.pass_context
def check(ctx: click.Context, sites: tuple[str, ...], live: bool, as_json: bool) -> None:
    """Read the saved pages of all sites, or of each SITE, and say what looks wrong.

    The pages are those of tests/sites, those that `sites new` saved and the last ones that the
    archive keeps. Nothing is stored.

    \b
    Exit code: 0 nothing looks wrong, 1 something does, 2 wrong use.
    """
    from archive.printing import as_json as json_of
    from crawler.check import doubt_site
    from crawler.site_file import load_site, site_slugs
    from crawler.sites_printing import as_object, print_check

    chosen = [load_site(slug) for slug in dict.fromkeys(sites or site_slugs())]
    asked = _ask(chosen) if live else {}
    results = []
    for site in chosen:
        pages = [*_saved(site), *(asked[site.slug].pages if live else ())]
        findings = [finding for page in pages for finding in page.findings]
        findings += [*doubt_site(site, pages), *_of_asking(asked.get(site.slug), pages)]
        results.append((site, pages, findings))
        if not as_json:
            print_check(site, pages, findings, asked.get(site.slug), sys.stdout)
    if as_json:
        click.echo(json_of([as_object(*result) for result in results]))
    ctx.exit(LOOKS_WRONG if any(findings for _, _, findings in results) else 0)


@sites.command()
@click.argument("url")
@click.option("--listing", help="A page of headlines, feed or sitemap that names its articles.")
@click.option("--slug", help="The new site's slug; else one is made from the address.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder for the site file.  [default: where the other sites' files are]",
)
@click.option("--force", is_flag=True, help="Write files anew that are there already.")
@click.option("--private", is_flag=True, help="Ask also a host of this machine or its network.")
@click.pass_context
def new(
    ctx: click.Context,
    *,
    url: str,
    listing: str | None,
    slug: str | None,
    into: Path | None,
    force: bool,
    private: bool,
) -> None:
    """Begin a site file from the URL of one article and one listing.

    Asks for both as politely as a crawl does, guesses the family, proposes selectors, the form of
    article addresses and listings, writes the site file, the saved page and its label, and says
    what to do next.

    \b
    Exit code: 0 written and nothing looks wrong, 1 written but something does,
    2 wrong use, 3 nothing usable came.
    """
    from archive.folder import data_folder
    from crawler.new_site import Gather, site_to_ask, write
    from crawler.site_file import sites_folder

    _check_slug(slug)
    if listing is None and sys.stdin.isatty():
        question = "A page that lists its articles (Enter: its home page)"
        listing = click.prompt(question, default="", show_default=False) or None
    folder, data = into or sites_folder(), data_folder(create=True)
    asked = site_to_ask(url, listing, private=private)
    _refuse_known(folder, slug, url, force=force)
    from crawler.asking import ask_site
    from crawler.check import read_page
    from crawler.draft import draft
    from crawler.sites_printing import next_steps, print_check

    drafted = draft(ask_site(asked, Gather(asked, url, listing)), slug)
    written = write(drafted, folder, data, force=force)
    reading = read_page(drafted.page, drafted.site)
    print_check(drafted.site, [reading], reading.findings, None, sys.stdout)
    click.echo("\n".join(next_steps(drafted, written)))
    ctx.exit(LOOKS_WRONG if reading.findings or not drafted.listed else 0)


def _check_slug(slug: str | None) -> None:
    from crawler.site_schema import SLUG

    if slug is not None and not re.match(SLUG, slug):
        raise click.UsageError(f"--slug {slug}: only lower-case letters, digits and hyphens.")


def _refuse_known(folder: Path, slug: str | None, url: str, *, force: bool) -> None:
    """Before anybody is asked: a site that is described needs no new file."""
    from crawler.draft import slug_of
    from crawler.new_site import refuse_overwriting

    refuse_overwriting([folder / f"{slug or slug_of(url)}.toml"], force=force)


def _folder() -> Path | None:
    """The data folder, where there is one."""
    from archive.errors import DataFolderError
    from archive.folder import VARIABLE, data_folder

    try:
        return data_folder()
    except DataFolderError:
        import os

        if os.environ.get(VARIABLE):  # named, but missing: a mistake of the one who typed it
            raise
        return None


def _saved(site: Site) -> list[PageReading]:
    from crawler.check import read_page
    from crawler.saved_pages import saved_pages

    return [read_page(page, site, label) for page, label in saved_pages(site, _folder())]


def _ask(chosen: Sequence[Site]) -> dict[str, LiveReading]:
    from crawler.live_check import read_live

    answers = read_live(chosen)
    return {site.slug: answer for site, answer in zip(chosen, answers, strict=True)}


def _of_asking(answer: LiveReading | None, pages: Sequence[PageReading]) -> list[Finding]:
    from crawler.check import Finding

    findings = list(answer.findings) if answer else []
    if not pages and not findings:
        nothing = "no page of it is saved: crawl it, or ask it with --live"
        findings.append(Finding(field="page", what=nothing))
    return findings
