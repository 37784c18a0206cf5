"""What the crawl is compared with: a Scrapy spider that downloads every page and does no more.

python -m benchmarks.download_only http://127.0.0.1:8000/ 0.001
"""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class DownloadOnly(scrapy.Spider):
    name = "download-only"
    homepage = ""

    async def start(self) -> AsyncIterator[Any]:
        yield scrapy.Request(self.homepage + "sitemap.xml", self.follow)

    def follow(self, response: Response) -> Iterator[scrapy.Request]:
        for url in re.findall(rb"<loc>([^<]+\.htm)</loc>", response.body):
            yield scrapy.Request(url.decode(), self.look_at)

    def look_at(self, response: Response) -> None:
        """Nothing: the page has been downloaded."""


def main() -> None:
    homepage, delay = sys.argv[1:]
    process = AsyncCrawlerProcess(
        {
            # Never 0: Scrapy 2.19 then forgets the limit of one request a host.
            "DOWNLOAD_DELAY": float(delay),
            "DOWNLOAD_DELAY_JITTER": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "ROBOTSTXT_OBEY": True,
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "LOG_LEVEL": "WARNING",
        }
    )
    process.crawl(DownloadOnly, homepage=homepage)
    process.start()


if __name__ == "__main__":
    main()
