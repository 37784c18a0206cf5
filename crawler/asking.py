"""Asks a site a few questions outside of a crawl: the same settings and guards, nothing stored."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast
from urllib.parse import urlencode, urljoin

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.errors import MoitNewsError
from archive.models import Page
from crawler.bodies import is_cut
from crawler.errors import AnswerError, BrokenAnswerError
from crawler.failures import explain_failure
from crawler.listings import Ask
from crawler.site import Site
from crawler.spider import be_polite, page_of

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

T = TypeVar("T")

# What a wall against robots, a closed door or a flood gate answers.
_WALLS = {401, 402, 403, 406, 429, 451, 503}


class Asker:
    """Asks one address after the other; whatever brings no page is an AnswerError."""

    def __init__(self, spider: Spider) -> None:
        self._spider = spider

    async def get(self, url: str) -> Page:
        """The page at an address."""
        return await self._answer(Request(url, dont_filter=True))

    async def listing(self, ask: Ask) -> Page:
        """A listing's answer."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if ask.form else {}
        form, method = urlencode(ask.form), ask.listing.method
        return await self._answer(Request(ask.url, method=method, body=form, headers=kind))

    async def robots(self, homepage: str) -> str:
        """What robots.txt says; empty where there is none."""
        url = urljoin(homepage, "/robots.txt")
        # The file itself may always be asked for, also where it closes everything else.
        request = Request(url, meta={"dont_obey_robotstxt": True})
        try:
            return (await self._answer(request)).body.decode("utf-8", "replace")
        except AnswerError:
            return ""

    async def _answer(self, request: Request) -> Page:
        engine: Any = self._spider.crawler.engine
        try:
            response = await engine.download_async(request)
        except MoitNewsError as error:
            raise AnswerError(f"{request.url}: {error}") from error
        except Exception as error:  # Scrapy's and Twisted's, told as one sentence
            raise AnswerError(f"{request.url}: {explain_failure(error)}") from error
        page = page_of(response, request.url, response.url)
        refuse(page)
        return page


def refuse(page: Page) -> None:
    """Raises AnswerError for an answer that is no page: a wall, an error, half a page."""
    if page.status in _WALLS:
        raise AnswerError(
            f"{page.url} answers {page.status}: the site does not let this program in. Ask its "
            "owner (MOIT_NEWS_CONTACT tells them who you are), or try again tomorrow"
        )
    if page.status != 200:
        raise AnswerError(f"{page.url} answers {page.status}; open it in a browser and copy again")
    if is_cut(page.body):
        raise BrokenAnswerError(f"{page.url}: the page is cut in the middle of its markup")


# The other sites' files are none of this conversation's business: one of them may be wrong.
_NOTHING_KEPT = {
    "ITEM_PIPELINES": {},
    "EXTENSIONS": {},
    "MEMUSAGE_ENABLED": False,  # it would count the memory of who started this program
    "LOG_ENABLED": False,
    "SPIDER_LOADER_CLASS": "scrapy.spiderloader.SpiderLoader",
}
NO_REQUESTS: tuple[Request, ...] = ()
Conversation = Callable[[Asker], Awaitable[T]]


@dataclass
class Answered(Generic[T]):
    """What came of one conversation: its value, or the error that ended it."""

    value: T | None = None
    error: BaseException | None = None


class AskSpider(Spider):
    """Holds one conversation with one site."""

    name = "ask"
    site: ClassVar[Site]

    def __init__(self, conversation: Conversation[Any], answered: Answered[Any]) -> None:
        super().__init__()
        self._conversation = conversation
        self._answered = answered

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        be_polite(settings, cls.site.politeness)

    async def start(self) -> AsyncIterator[Any]:
        try:
            self._answered.value = await self._conversation(Asker(self))
        except Exception as error:  # noqa: BLE001 - raised again where the conversation was begun
            self._answered.error = error
        for request in NO_REQUESTS:  # this makes it the generator that Scrapy wants
            yield request


def converse(talks: Sequence[tuple[Site, Conversation[T]]]) -> list[Answered[T]]:
    """Holds the conversations at once, in a Scrapy process of their own; once in a process."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    for name, value in _NOTHING_KEPT.items():
        settings.set(name, value, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(logging.CRITICAL)
    results: list[Answered[T]] = [Answered() for _ in talks]
    for (site, conversation), answered in zip(talks, results, strict=True):
        spider = type("AskSpider", (AskSpider,), {"name": site.slug, "site": site})
        process.crawl(cast(type[Spider], spider), conversation=conversation, answered=answered)
    process.start()
    for answered in results:
        if answered.value is None and answered.error is None:
            answered.error = AnswerError("the conversation was interrupted; nothing was written")
    return results


def ask_site(site: Site, conversation: Conversation[T]) -> T:
    """Holds one conversation; raises what it raised."""
    (answered,) = converse([(site, conversation)])
    if answered.error is not None:
        raise answered.error
    return cast(T, answered.value)
