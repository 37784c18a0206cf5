"""Guards between the engine and the network: what is never asked, and what an answer may not do.

Pages are written by strangers. A link or redirect may lead to this machine or its network, a body
may be cut or unpack to gigabytes, a robots.txt may be missing because its host is ill.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.resolver import CachingThreadedResolver
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from archive.hosts import is_private_host, is_public, literal
from crawler.bodies import PACKED, unpack
from crawler.errors import ForbiddenError, HostSilentError, StrayError
from crawler.failures import explain_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.base import ReactorBase

logger = logging.getLogger(__name__)

# Names that turned out to lead to a private address. Twisted keeps only that a look-up failed.
private_names: set[str] = set()


class HostGuard:
    """Lets a request through only to the site's own hosts, and to a private address only where
    the site's file names it literally. All requests of a site share one downloader slot: one
    open request at a time, also where the site answers with and without ``www.``."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlparse_cached(request)
        site = getattr(self._crawler.spider, "site", None)
        if site is not None:
            request.meta["download_slot"] = site.slug
            if site.owns(request.url):
                return
        if is_private_host(parts.hostname or ""):
            raise ForbiddenError(f"{parts.netloc} is a private address")
        if site is not None:
            where = "redirected off the site" if "redirect_urls" in request.meta else "off the site"
            raise StrayError(f"{where} to {request.url}")


class RedirectGuard(RedirectMiddleware):
    """Follows redirects without a Referer, and without the validators of the address that was
    asked: "not modified" of another one would hide that the article moved. Where redirects lead is
    judged by HostGuard."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        guard = cls(crawler.settings)
        guard.crawler = crawler
        return guard

    def handle_referer(self, request: Request, response: Response) -> None:
        for name in ("Referer", "If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)


class BodyGuard:
    """Unpacks bodies, with errors for those that are cut or too large. Scrapy's own middleware
    hands on what it could read of a cut body as if it were the page."""

    def __init__(self, most: int) -> None:
        self._most = most

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        encodings = response.headers.getlist("Content-Encoding")
        if not encodings or not response.body:
            return response
        encoding = ",".join(value.decode("latin-1") for value in encodings)
        whole = response.replace(body=unpack(response.body, encoding, self._most))
        del whole.headers["Content-Encoding"]  # Scrapy must not unpack it once more
        request.meta[PACKED] = encoding
        return whole


class Unreachable:
    """Stands for the rules of a host whose robots.txt cannot be had."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


class RobotsGuard(RobotsTxtMiddleware):
    """robots.txt as RFC 9309 has it: 4xx allows all, 5xx and silence forbid all. Scrapy takes
    both for permission."""

    LARGEST = 512 * 1024
    LONGEST_DELAY = 60.0

    def process_request_2(self, rp: RobotParser | Unreachable | None, request: Request) -> None:
        if isinstance(rp, Unreachable):
            raise HostSilentError(rp.reason)
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise ForbiddenError("robots.txt closes this address") from error

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429 or 300 <= response.status < 400:
            raise IgnoreRequest(f"robots.txt of {netloc} answers {response.status}")
        rules = response.body[: self.LARGEST] if response.status < 300 else b""
        await super()._parse_robots(response.replace(body=rules), netloc, request)
        parser = self._parsers[netloc]
        if isinstance(parser, RobotParser):
            delay = parser.crawl_delay(self._default_useragent)
            self._slow_down(min(delay or 0.0, self.LONGEST_DELAY))

    def _slow_down(self, delay: float) -> None:
        """Honours Crawl-delay where it is longer than our own delay."""
        downloader = self.crawler.engine.downloader
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = max(throttle.mindelay, delay)
        downloader._delay = max(downloader._delay, delay)
        for slot in downloader.slots.values():
            slot.delay = max(slot.delay, delay)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        reason = str(exc)
        if not isinstance(exc, IgnoreRequest):
            reason = f"robots.txt of {netloc} cannot be had: {explain_failure(exc)}"
        parsers: dict[str, Any] = self._parsers
        waiting, parsers[netloc] = parsers[netloc], Unreachable(reason)
        waiting.callback(parsers[netloc])


class PublicResolver(CachingThreadedResolver):
    """Finds no address for a name that leads into a private network, also where DNS changed its
    answer after the link was checked. A proxy of the environment may stand in one."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._proxies = {urlsplit(url).hostname for url in getproxies().values()}

    def getHostByName(  # noqa: N802 - Twisted calls it by this name
        self, name: str, timeout: Sequence[int] = ()
    ) -> Deferred[str]:
        found = super().getHostByName(name, timeout)
        # HostGuard has judged what is private by its very text; a site's file may name such a host.
        if name in self._proxies or is_private_host(name):
            return found
        return found.addCallback(_only_public, name)


def _only_public(address: str, name: str) -> str:
    parsed = literal(address)
    if parsed is None or not is_public(parsed):
        private_names.add(name)
        raise DNSLookupError(f"{name} leads to the private address {address}")
    return address
