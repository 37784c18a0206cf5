"""One process that crawls: which sites, one Scrapy crawler each, one record, one exit code."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import logging
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from twisted.internet.task import LoopingCall

from archive.errors import ArchiveReadOnlyError, UrlError
from archive.folder import data_folder
from archive.hosts import is_private_host
from archive.urls import canonical
from crawler import gaps
from crawler.errors import NOTHING_USABLE, WELL, SiteError
from crawler.failures import explain_failure
from crawler.listings import at_home
from crawler.loader import spider_of
from crawler.order import Order
from crawler.report import Progress, report
from crawler.run import Run, exit_code, now
from crawler.site import Site
from crawler.site_file import load_sites, site_of, unknown_site
from crawler.site_schema import meant

LOG_FOLDER = "log"
# What Scrapy tells of itself at each start would be most of the log.
_CHATTY = ("scrapy.crawler", "scrapy.addons", "scrapy.middleware", "scrapy.utils.log")
_REFRESH_SECONDS = 0.5
_NOTHING_CAME = (
    "moit-news: nothing usable came from any site (the table says why). Check that this machine "
    "reaches the network, then try one site by hand: moit-news crawl SITE"
)


def crawl_sites(slugs: tuple[str, ...], urls: tuple[str, ...], order: Order) -> int:
    """Crawls, prints the table, gives the exit code; raises MoitNewsError before it begins."""
    orders = choose(load_sites(), slugs, urls, order)
    folder = data_folder(create=True)
    run = Run.open(folder)
    code = 1
    try:
        if order.fills_gaps:
            orders = with_gaps(run, orders)
            if not orders:
                code = WELL
                return code
        settings = _settings(folder)
        crawl_all(run, orders, settings)
        tallies = run.tallies()
        code = exit_code(tallies)
        report(tallies, Console())
        if order.fills_gaps:
            tell_gaps(run, orders)
        if code == NOTHING_USABLE:
            click.echo(_NOTHING_CAME, err=True)
        if run.error is not None:
            click.echo(f"moit-news: {run.error}", err=True)
            code = code or 1
    finally:
        run.close(code)
    return code


def with_gaps(run: Run, orders: list[tuple[Site, Order]]) -> list[tuple[Site, Order]]:
    """The sites that have gaps, each ordered to fill them; tells what there is to fill."""
    filling = []
    for site, order in orders:
        spans = gaps.found_gaps(run.archive, site, order, now())
        if spans:
            filling.append((site, gaps.to_fill(order, spans)))
            click.echo(f"{site.slug}: not wholly watched on {gaps.told(spans)}")
        else:
            click.echo(f"{site.slug}: no gaps")
    return filling


def tell_gaps(run: Run, orders: list[tuple[Site, Order]]) -> None:
    """Which of the gaps are still open after the crawl."""
    for site, order in orders:
        asked = dataclasses.replace(order, gaps=())
        if left := gaps.found_gaps(run.archive, site, asked, now()):
            click.echo(f"{site.slug}: its listings still do not cover {gaps.told(left)}")
        else:
            click.echo(f"{site.slug}: all of it is watched now")


def choose(
    known: dict[str, Site], slugs: tuple[str, ...], urls: tuple[str, ...], order: Order
) -> list[tuple[Site, Order]]:
    """The sites to crawl, each with what is asked of it; raises SiteError, UrlError."""
    if urls:
        return _of_urls(known, urls, order)
    for slug in slugs:
        if slug not in known:
            raise SiteError(f"no site {slug!r}{meant(slug, known)} There are: {', '.join(known)}")
    sites = [known[slug] for slug in dict.fromkeys(slugs)] or list(known.values())
    if order.listing is not None:
        listing = at_home(order.listing, sites[0])
        if not sites[0].owns(listing):
            raise SiteError(f"{listing} is not on a host of {sites[0].slug}: {sites[0].hosts}")
        order = dataclasses.replace(order, listing=listing)
    return [(site, order) for site in sites]


def _of_urls(
    known: dict[str, Site], urls: tuple[str, ...], order: Order
) -> list[tuple[Site, Order]]:
    by_slug: dict[str, list[str]] = defaultdict(list)
    sites: dict[str, Site] = {}
    for url in map(canonical, urls):
        site = site_of(url, known.values()) or _unknown(url)
        sites[site.slug] = site
        by_slug[site.slug].append(at_home(url, site))
    return [
        (site, dataclasses.replace(order, urls=tuple(by_slug[slug])))
        for slug, site in sites.items()
    ]


def _unknown(url: str) -> Site:
    if is_private_host(urlsplit(url).hostname or ""):
        raise UrlError(f"{url} is of this machine or its network: only a site file may name such")
    return unknown_site(url)


def crawl_all(run: Run, orders: list[tuple[Site, Order]], settings: Settings) -> None:
    """Runs a crawler for each site in this process, until all are through or a signal ends them."""
    process = AsyncCrawlerProcess(settings)
    # Scrapy lets every DEBUG line be made, three a page, and drops it in the handler.
    logging.getLogger("scrapy").setLevel(settings.get("LOG_LEVEL"))
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    tasks = {
        site.slug: process.crawl(spider_of(site), run=run, order=order) for site, order in orders
    }
    from twisted.internet import reactor

    with Progress(run, Console(stderr=True)) as progress:
        clock = LoopingCall(progress.update)
        reactor.callWhenRunning(clock.start, _REFRESH_SECONDS)
        gc.freeze()  # what is loaded by now stays: to look through it again was 3 % of a crawl
        process.start()
    for slug, task in tasks.items():
        _note_crash(run, slug, task)


def _note_crash(run: Run, slug: str, task: asyncio.Task[None]) -> None:
    if task.done() and not task.cancelled() and (error := task.exception()):
        run.end(slug, explain_failure(error))


def _settings(folder: Path) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    log = folder / LOG_FOLDER
    try:
        log.mkdir(exist_ok=True)
    except OSError as error:
        raise ArchiveReadOnlyError(
            f"{log} cannot be made ({error.strerror}): let this user write in {folder}"
        ) from error
    # A line that cannot be written must not bury the sentence about the full disk.
    logging.raiseExceptions = False
    settings.set("LOG_FILE", str(log / f"crawl-{now():%Y-%m}.log"), priority="cmdline")
    settings.set("STATS_DUMP", False, priority="cmdline")
    return settings
