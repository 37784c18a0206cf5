"""SiteLoader: each site's file is a spider, for `scrapy list`, `crawl` and `shell`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from crawler.site import Site
from crawler.site_file import load_sites, site_of
from crawler.spider import SiteSpider

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings


class SiteLoader:
    """The spiders of all site files; raises SiteError where one of them is wrong."""

    def __init__(self, sites: dict[str, Site]) -> None:
        self._spiders = {slug: spider_of(site) for slug, site in sites.items()}

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(load_sites())

    def load(self, spider_name: str) -> type[Spider]:
        return self._spiders[spider_name]

    def find_by_request(self, request: Request) -> list[str]:
        found = site_of(request.url, (spider.site for spider in self._spiders.values()))
        return [found.slug] if found else []

    def list(self) -> list[str]:
        return [*self._spiders]


def spider_of(site: Site) -> type[SiteSpider]:
    """The spider class of one site."""
    return type("SiteSpider", (SiteSpider,), {"name": site.slug, "site": site})
