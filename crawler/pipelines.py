"""The way of a page into the archive: kept, read, stored."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast

from archive.derived import SIGNATURE, Derived
from archive.models import Article, Change, Page, State, Stored
from archive.store import Archive
from crawler.frontier import Due, Settled
from crawler.plans import Counted, Verdict, failed, gone, revisit_at
from crawler.reading import read_page
from crawler.reread import read_first
from crawler.run import now
from crawler.site import Keep, Site
from crawler.site_file import GENERIC

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spider import SiteSpider


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A page that was asked for and came, on its way into the archive."""

    due: Due
    page: Page
    page_id: int | None = None
    article: Article | None = None
    problem: str | None = None
    absent: str | None = None


class ArchivePage:
    """Has a page kept and read, and its article stored, with others of its run; tells the spider
    what came of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._read = self._missed = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def spider(self) -> SiteSpider:
        return cast("SiteSpider", self._crawler.spider)

    async def process_item(self, visit: Visit) -> Visit:
        work = _Work(visit, self.spider)
        await self.spider.has_come(work, len(visit.page.body))
        self.spider.has_settled(work.verdict)
        if work.visit.article is not None:
            self._read += 1
            self._missed += bool(missed_fields(work.visit.article, self.spider.site))
        return work.visit

    def close_spider(self) -> None:
        """Tells in the log that a site no longer looks as its file says."""
        if self._missed:
            self.spider.logger.warning(
                "%d of %d articles were read without the site's own title or body selectors: its "
                "layout may have changed; see moit-news sites check %s",
                *(self._missed, self._read, self.spider.site.slug),
            )


class _Work:
    """What is done with one page of a batch."""

    def __init__(self, visit: Visit, spider: SiteSpider) -> None:
        self.visit = visit
        self.spider = spider
        self.derived: Derived | None = None
        self.verdict: Verdict

    def keep(self) -> None:
        """Keeps the page as it came, before anything tries to read it."""
        if self.visit.page_id is not None:  # kept by a run that ended before it was read
            return
        site = self.spider.site
        keep_body = site.keep is not Keep.METADATA
        page_id = self.spider.run.pages.put(self.visit.page, site=site.slug, keep_body=keep_body)
        self.visit = dataclasses.replace(self.visit, page_id=page_id)

    def read(self) -> None:
        """Reads the article; a page that gives none goes on with the reason. What may not be
        archived is forgotten here, before the article is stored: a kill between the two leaves no
        copy."""
        visit = self.visit
        site, due = self.spider.site, visit.due
        reading = read_page(visit.page, site, due.listed_date, due.listed_section)
        if reading.forget and visit.page_id is not None:
            self.spider.run.pages.drop_body(visit.page_id)
        self.visit = dataclasses.replace(
            visit, article=reading.article, problem=reading.problem, absent=reading.absent
        )
        self.derived = Derived(reading.article) if reading.article else None

    def derive(self, kind: str) -> None:
        """Makes what storing the article will ask for; of one that is kept already, that may be
        all but the signature."""
        if self.derived and (kind != SIGNATURE or self.visit.due.article_id is None):
            self.derived.make(kind)

    def store(self) -> None:
        """Writes article, full text, the URL's state and the run's number, all or nothing."""
        visit, spider = self.visit, self.spider
        if visit.article is not None:
            known = visit.due.article_id or spider.run.archive.addresses.at(visit.article.url)
            read_first(spider.run, spider.site, known)
        stored = _stored(visit, self.derived, spider.run.archive, spider.site.slug)
        settled = _settled(visit, stored, spider.site)
        spider.frontier.settle(_of_asked(settled, visit.due, stored, spider.site))
        if visit.page_id is not None:
            spider.run.note_read(spider.site, visit.page_id)
        if stored is not None:
            spider.frontier.aliases.join(settled, stored.url)
        self.verdict = settled.verdict


def missed_fields(article: Article, site: Site) -> tuple[str, ...]:
    """Of title and body those that the site or its family names, but only generic found."""
    return tuple(
        name
        for name in ("title", "body")
        if article.layers.get(name, "").startswith(GENERIC)
        and any(selector.layer != GENERIC for selector in site.fields.get(name, ()))
    )


def _stored(visit: Visit, derived: Derived | None, archive: Archive, site: str) -> Stored | None:
    if visit.article is None:
        return None
    return archive.add(
        visit.article,
        site=site,
        page_id=visit.page_id,
        seen_at=visit.page.fetched_at,
        page=visit.page,
        derived=derived,
    )


def _of_asked(settled: Settled, due: Due, stored: Stored | None, site: Site) -> Settled:
    """What the try means for the URL that was asked: it may lead to an article, but no longer to
    its own, which must not lose its address for that."""
    if stored is None or due.article_id in (None, stored.article_id):
        return settled
    if site.rules.same(due.url, stored.url):
        return settled
    reason = f"leads to {stored.url}, which is another article"
    verdict = failed(reason, due.tries, settled.at)
    return dataclasses.replace(settled, verdict=verdict, article_id=None)


def not_modified(due: Due, site: Site) -> Settled:
    """How a try ends that the site answered with "not modified"."""
    at = now()
    due_at = revisit_at(due.published_at or due.listed_date, at, site.revisit_ages)
    return Settled(
        url=due.url,
        verdict=Verdict(state=State.UNCHANGED, counted=Counted.UNCHANGED, due_at=due_at),
        at=at,
        status=304,
        article_id=due.article_id,
        etag=due.etag,
        last_modified=due.last_modified,
    )


def _settled(visit: Visit, stored: Stored | None, site: Site) -> Settled:
    at = visit.page.fetched_at  # its batch is stored later, perhaps in another second
    if visit.absent is not None:
        verdict = gone(visit.absent, visit.due.tries, at)
    elif visit.article is None or stored is None:
        verdict = failed(visit.problem or "no article", visit.due.tries, at)
    else:
        verdict = _verdict(stored, visit.article, at, site)
    return Settled(
        url=visit.due.url,
        verdict=verdict,
        at=at,
        status=visit.page.status,
        page_id=visit.page_id,
        article_id=stored.article_id if stored else None,
        etag=visit.page.header("ETag"),
        last_modified=visit.page.header("Last-Modified"),
        size=len(visit.page.body),
    )


def _verdict(stored: Stored, article: Article, at: dt.datetime, site: Site) -> Verdict:
    unchanged = stored.change is Change.UNCHANGED
    since = stored.withdrawn_at
    return Verdict(
        state=State.UNCHANGED if unchanged else State.DONE,
        counted=Counted(stored.change.value),
        reason=since and f"is shown again; it was away since {since[:16].replace('T', ' ')}",
        due_at=revisit_at(article.published_at, at, site.revisit_ages),
    )
