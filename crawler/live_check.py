"""Asks sites for one listing and a few of its articles, as politely as a crawl does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.asking import Asker, converse
from crawler.check import Finding, PageReading, read_listing, read_page
from crawler.errors import AnswerError
from crawler.listings import Link, Window, first_asks, next_asks
from crawler.run import now
from crawler.site import Site

ARTICLES = 3
_DEEPEST = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveReading:
    """What one listing named and its articles gave."""

    listing: str | None = None
    links: int = 0
    pages: tuple[PageReading, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_live(sites: Sequence[Site]) -> list[LiveReading]:
    """One answer a site, in order; what could not be asked is a finding."""
    talks = [(site, _Look(site)) for site in sites]
    return [
        answered.value
        or LiveReading(findings=(Finding(field="listing", what=str(answered.error)),))
        for answered in converse(talks)
    ]


class _Look:
    """The conversation with one site."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def __call__(self, asker: Asker) -> LiveReading:
        if not self.site.listings:
            return LiveReading(findings=(Finding(field="listing", what="the site file has none"),))
        url, links, findings = await self._newest(asker)
        pages = []
        for link in links[:ARTICLES]:
            try:
                pages.append(read_page(await asker.get(link.url), self.site))
            except AnswerError as error:
                findings.append(Finding(field="page", what=str(error), url=link.url))
        return LiveReading(
            listing=url, links=len(links), pages=tuple(pages), findings=tuple(findings)
        )

    async def _newest(self, asker: Asker) -> tuple[str, list[Link], list[Finding]]:
        """The articles of the first listing, the newest first; of an index its newest part."""
        window = Window(now=now())
        ask = first_asks(self.site.listings[0], window)[0]
        for _ in range(_DEEPEST):
            page = await asker.listing(ask)
            reading, doubts = read_listing(page, ask.listing, self.site)
            if not reading.deeper:
                break
            ask = next_asks(ask, reading, 0, window)[0]
        findings = [Finding(field="listing", what=doubt, url=ask.url) for doubt in doubts]
        links = sorted(reading.links, key=lambda link: link.newest or window.now, reverse=True)
        return ask.url, links, findings
