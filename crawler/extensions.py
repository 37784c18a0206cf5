"""What watches a crawl: its memory, and the record in the archive."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.extensions.memusage import MemoryUsage

from crawler.pipelines import Visit
from crawler.spider import SiteSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure


_OWN_MEMORY = Path("/proc/self/statm")


class MemoryLimit(MemoryUsage):
    """Scrapy's, by what the process holds now. Scrapy's own asks for the most that it ever held,
    and Linux counts to that what the process held that started it: a crawl begun from a large one,
    a notebook say, would end at once."""

    def get_virtual_size(self) -> int:
        if not _OWN_MEMORY.exists():
            return int(super().get_virtual_size())
        resident = int(_OWN_MEMORY.read_text().split()[1])
        return resident * os.sysconf("SC_PAGE_SIZE")


class RecordRun:
    """Sees to it that no answer is lost between Scrapy and the run's record: whatever raises
    anywhere is counted under the URL it belongs to."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not issubclass(crawler.spidercls, SiteSpider):
            raise NotConfigured  # `scrapy shell` of an address that no site owns
        recorder = cls()
        crawler.signals.connect(recorder.spider_error, signal=signals.spider_error)
        crawler.signals.connect(recorder.item_error, signal=signals.item_error)
        crawler.signals.connect(recorder.spider_closed, signal=signals.spider_closed)
        return recorder

    def spider_error(self, failure: Failure, response: Any, spider: SiteSpider) -> None:
        """A callback raised; ``response`` is a Failure where it was an errback, None in start()."""
        about = getattr(getattr(response, "request", None), "cb_kwargs", {})
        spider.has_failed(
            cast(BaseException, failure.value), due=about.get("due"), ask=about.get("ask")
        )

    def item_error(self, item: Visit, failure: Failure, spider: SiteSpider) -> None:
        """A pipeline raised."""
        spider.has_failed(cast(BaseException, failure.value), due=item.due, ask=None)

    def spider_closed(self, spider: SiteSpider, reason: str) -> None:
        """The site's crawl is over, for whatever reason."""
        if hasattr(spider, "frontier") and spider.run.error is None:
            spider.finish(reason)
        if spider.owns_run and hasattr(spider, "run"):
            spider.run.close()
