"""SiteSpider, the only spider: a site's listings name links, due links become visits."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlsplit

from scrapy import Request, Spider

from archive.errors import ArchiveError
from archive.folder import data_folder
from archive.models import Page
from crawler.batch import Work
from crawler.bodies import PACKED, is_cut
from crawler.breaker import Breaker
from crawler.errors import ForbiddenError, HostSilentError
from crawler.extract.absence import led_away
from crawler.failures import explain_failure, is_silence
from crawler.frontier import INTERRUPTED, SUCCESSES, Due, Frontier, Settled
from crawler.guards import private_names
from crawler.listing_desk import ListingDesk, conditional
from crawler.listings import Ask, at_home, first_asks
from crawler.order import Order
from crawler.pipelines import Visit, not_modified
from crawler.plans import Verdict, failed, judge, led_off, refused, retry_after
from crawler.run import Run, now
from crawler.site import Listing, ListingKind, Politeness, Site

if TYPE_CHECKING:
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

# One on its way, one waiting for its turn (settings.CONCURRENT_REQUESTS).
AT_ONCE = 2
# URLs marked as being fetched in one transaction: a sync to the disk for each would be felt.
TAKEN_AT_ONCE = 32


class SiteSpider(Spider):
    """One site, told by the class that SiteLoader makes of its file.

    ``start`` hands out every request itself and waits for the answers, so that memory stays flat
    however long the backlog is, and a pause holds for listings and articles alike.
    """

    name = "site"
    site: ClassVar[Site]
    run: Run
    frontier: Frontier
    desk: ListingDesk

    def __init__(
        self,
        run: Run | None = None,
        order: Order | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: str | None = None,
    ) -> None:
        super().__init__()
        self.order = order or Order.from_text(since, until, limit)
        self.owns_run = run is None
        if run is not None:
            self.run = run
        self.breaker = Breaker()
        self._asks: deque[Ask] = deque()
        self._taken: deque[Due] = deque()
        self._open = self._waiting = 0  # asked and not settled; of these, pages that have come
        self._articles = self._led_away = 0
        self._ends_at = time.monotonic() + self.order.minutes * 60 if self.order.minutes else None
        self._changed = asyncio.Event()

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        be_polite(settings, cls.site.politeness)

    # --- what to ask, and when ---

    async def start(self) -> AsyncIterator[Any]:
        if self.owns_run:
            self.run = Run.open(data_folder(create=True))
        async with self.run.turn(self.site):
            self.window = self.order.window(now())
            self.frontier = self.run.begin(self.site)
            self.desk = ListingDesk(self.frontier, self.site, self.window)
            for visit in self._kept_visits():
                yield visit
            await self._until(lambda: self._open == 0)
            self.frontier.release(INTERRUPTED)
            self.frontier.recall(self.window)
            if self._may_ask():
                self._fill()
                async for request in self._listing_requests():
                    yield request
                async for request in self._article_requests():
                    yield request
            await self._until(lambda: self._open == 0)

    def _may_ask(self) -> bool:
        quiet = self.run.quiet_until(self.site, self.window.now)
        if quiet is not None:
            until, reason = quiet
            self.run.end(self.site.slug, f"left alone until {until:%Y-%m-%d %H:%M}: {reason}")
        return quiet is None

    def _fill(self) -> None:
        for url in self.order.urls:
            self.frontier.want(url, self.window.now)
        if self.order.urls:
            return
        for listing in self._listings():
            self._queue(first_asks(listing, self.window))
        if self.order.listing is None:
            self.desk.name_listings()
            self._queue(self.desk.left_over())

    def _queue(self, asks: Iterable[Ask]) -> None:
        queued = {ask.key for ask in self._asks}
        self._asks.extend(ask for ask in asks if ask.key not in queued)

    def _listings(self) -> tuple[Listing, ...]:
        if self.order.listing is None:
            return self.site.listings
        return (Listing(kind=ListingKind.HEADLINES, url=self.order.listing),)

    async def _listing_requests(self) -> AsyncIterator[Request]:
        while (self._asks or self._open) and not self._is_over():
            if self._open:
                await self._until(lambda: self._open == 0)
                continue
            await asyncio.sleep(self.breaker.take_wait())
            self._open += 1
            yield self._listing_request(self._asks.popleft())

    async def _article_requests(self) -> AsyncIterator[Request]:
        while not self._is_over():
            due = self._next_due()
            if due is not None:
                await asyncio.sleep(self.breaker.take_wait())
                self._open += 1
                yield self._article_request(due)
                await self._until(lambda: self._open - self._waiting < AT_ONCE)
            elif self._open:
                await self._until_change()
            else:
                return

    def _next_due(self) -> Due | None:
        room = TAKEN_AT_ONCE
        if self.order.limit is not None:
            room = min(room, self.order.limit - self._articles - self._open)
        if room > 0 and not self._taken:
            self._taken.extend(self.frontier.take(self.window, only=self.order.urls, most=room))
        return self._taken.popleft() if room > 0 and self._taken else None

    def _is_over(self) -> bool:
        if self.run.error or self.breaker.reason:
            return True
        return self._ends_at is not None and time.monotonic() >= self._ends_at

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds() and not self.run.error:
            await self._until_change()

    async def _until_change(self) -> None:
        self._changed.clear()
        if self._waiting and self._waiting == self._open:
            self.run.batch.end()  # no answer is on its way that could join it
        await self._changed.wait()

    def _kept_visits(self) -> Iterator[Visit]:
        """The pages that a killed run kept but had not read: they need not be asked again."""
        for due, since in self.frontier.interrupted():
            kept = self.run.kept_page(due.url, since)
            if kept is not None:
                self._open += 1
                yield Visit(due=due, page=kept[1], page_id=kept[0])

    # --- listings ---

    def _listing_request(self, ask: Ask) -> Request:
        return Request(
            ask.url,
            method=ask.listing.method,
            body=self.desk.body(ask),
            headers=self.desk.headers(ask),
            callback=self.parse_listing,
            errback=self.fail_listing,
            cb_kwargs={"ask": ask},
        )

    def parse_listing(self, response: Response, ask: Ask) -> None:
        """A listing's answer: its links go to the frontier, what to ask next into the queue."""
        self._hear(response)
        self._queue(self.desk.read(ask, page_of(response, ask.url, response.url)))
        self._close_one()

    def fail_listing(self, failure: Failure) -> None:
        """A listing that gave no answer."""
        error = _error(failure)
        self._note_silence(error)
        self.desk.note(_of(failure, "ask"), reason=explain_failure(error))
        self._close_one()

    # --- articles ---

    def _article_request(self, due: Due) -> Request:
        return Request(
            due.url,
            headers=conditional(due.etag, due.last_modified),
            callback=self.parse_article,
            errback=self.fail_article,
            cb_kwargs={"due": due},
        )

    def parse_article(self, response: Response, due: Due) -> Iterator[Visit]:
        """An article's answer: a page goes to the pipelines, all else is judged by its status."""
        self._hear(response)
        at, status = now(), response.status
        if status == 304:
            self.settle(not_modified(due, self.site))
            return
        if status != 200:
            wait = retry_after(_header(response, "Retry-After"), at)
            verdict = judge(status, due.tries, at, wait)
        elif away := led_away(
            due.url, self._final_url(response, due), self.site, due.listed_section
        ):
            self._led_away += 1
            verdict = led_off(away, self._led_away, due.tries, at)
        elif reason := self._fault(response, due):
            verdict = failed(reason, due.tries, at)
        else:
            yield Visit(due=due, page=page_of(response, due.url, self._final_url(response, due)))
            return
        size = len(response.body)
        self.settle(Settled(url=due.url, verdict=verdict, at=at, status=status, size=size))

    def _fault(self, response: Response, due: Due) -> str | None:
        """Why a page that answered 200 is not the article that was asked for, if it is not."""
        final = self._final_url(response, due)
        if final != due.url and self.site.is_article(due.url) and not self.site.is_article(final):
            return f"redirected to {final}, which is no article"
        if self.site.rules.differ(due.url, final):
            return f"redirected to {final}, which is another article"
        if is_cut(response.body):
            return "the page is cut: it ends in the middle of its markup"
        return None

    def _final_url(self, response: Response, due: Due) -> str:
        redirected = "redirect_urls" in response.meta
        return at_home(response.url, self.site) if redirected else due.url

    def fail_article(self, failure: Failure) -> None:
        """An article that gave no answer."""
        due: Due = _of(failure, "due")
        error, at = _error(failure), now()
        self._note_silence(error)
        if isinstance(error, HostSilentError):  # nothing was asked: it stays due, uncounted
            self._close_one()
            return
        forbidden = isinstance(error, ForbiddenError) or _leads_inside(failure)
        verdict = (refused if forbidden else failed)(explain_failure(error), due.tries, at)
        self.settle(Settled(url=due.url, verdict=verdict, at=at))

    # --- what came of it ---

    def settle(self, settled: Settled) -> None:
        """Writes how a try ended that brought no page."""
        with self.run.archive.transaction():
            self.frontier.settle(settled)
            if settled.status == 304 and settled.article_id is not None:
                self.run.archive.seen(settled.article_id, settled.at)
        self.has_settled(settled.verdict)

    async def has_come(self, work: Work, size: int) -> None:
        """An article's page is there; returns when it was kept, read and stored with others."""
        self._waiting += 1
        self._changed.set()
        try:
            await self.run.batch.join(work, size)
        finally:
            self._waiting -= 1

    def has_settled(self, verdict: Verdict) -> None:
        """One URL less is open."""
        if verdict.counted in SUCCESSES:
            self._articles += 1
            self._led_away = 0
        self._close_one()

    def has_failed(self, error: BaseException, *, due: Due | None, ask: Ask | None) -> None:
        """This program, or the archive, failed on an answer: the run goes on without the one, but
        ends without the other."""
        if not hasattr(self, "frontier"):  # the archive was never opened; Scrapy has logged why
            return
        if isinstance(error, ArchiveError):
            self.run.error = error
            self._changed.set()
            return
        reason, at = explain_failure(error), now()
        self.run.end(self.site.slug, reason)
        if due is not None:
            self.settle(Settled(url=due.url, verdict=failed(reason, due.tries, at), at=at))
        elif ask is not None:
            self.desk.note(ask, reason=reason)
            self._close_one()

    def finish(self, reason: str) -> None:
        """The last words of a site's crawl: what was taken but not asked is due again."""
        self.frontier.release()
        told = self.breaker.reason
        if told:
            until = now() + self.breaker.quiet
            self.run.leave_alone(self.site, until, told)
            self.frontier.postpone(until, told)
        if told is None and reason not in ("finished", "shutdown"):
            told = f"ended early: {reason}"
        self.run.end(self.site.slug, told)

    def _close_one(self) -> None:
        self._open -= 1
        self._changed.set()

    def _hear(self, response: Response) -> None:
        wait = retry_after(_header(response, "Retry-After"), now())
        self.breaker.heard(response.status, wait)

    def _note_silence(self, error: BaseException) -> None:
        if isinstance(error, HostSilentError):
            self.breaker.closed(str(error))
        elif is_silence(error):
            self.breaker.silent(explain_failure(error))


def be_polite(settings: BaseSettings, politeness: Politeness) -> None:
    """Asks a site as gently as its file says."""
    settings.set("DOWNLOAD_DELAY", politeness.delay, priority="spider")
    settings.set("AUTOTHROTTLE_START_DELAY", politeness.delay, priority="spider")
    settings.set("DOWNLOAD_TIMEOUT", politeness.timeout, priority="spider")


def page_of(response: Response, url: str, final_url: str) -> Page:
    """A response as it is kept, with the header that was taken off when its body was unpacked."""
    meta = response.meta
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    return Page(
        url=url,
        final_url=final_url,
        fetched_at=now(),
        status=response.status,
        headers=headers + ((("Content-Encoding", meta[PACKED]),) if PACKED in meta else ()),
        body=response.body,
        protocol=response.protocol,
        redirects=tuple(
            zip(meta.get("redirect_urls", ()), meta.get("redirect_reasons", ()), strict=False)
        ),
    )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None


def _error(failure: Failure) -> BaseException:
    return cast(BaseException, failure.value)


def _of(failure: Failure, name: str) -> Any:
    """What a failed request was about."""
    return _request(failure).cb_kwargs[name]


def _leads_inside(failure: Failure) -> bool:
    """Whether the request failed because its host's name leads to a private address."""
    return (urlsplit(_request(failure).url).hostname or "") in private_names


def _request(failure: Failure) -> Request:
    """Scrapy puts it there, beside what Twisted knows of a failure."""
    return cast(Request, vars(failure)["request"])
