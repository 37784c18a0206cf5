"""The way of a page: kept, read, stored. Each step is an adapter of a few lines."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast

from archive.models import Article, Change, Page, State, Stored, TimeOrigin
from archive.store import Archive
from crawler.errors import ExtractError
from crawler.extract import extract
from crawler.frontier import Due, Settled
from crawler.listings import at_home
from crawler.plans import Counted, Verdict, failed, revisit_at
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


class Step:
    """A pipeline step, with the spider whose run it writes to."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def spider(self) -> SiteSpider:
        return cast("SiteSpider", self._crawler.spider)


class StorePage(Step):
    """Keeps the page as it came, before anything tries to read it."""

    def process_item(self, visit: Visit) -> Visit:
        if visit.page_id is not None:  # kept by a run that ended before it was read
            return visit
        spider = self.spider
        keep_body = spider.site.keep is not Keep.METADATA
        page_id = spider.run.pages.put(visit.page, site=spider.site.slug, keep_body=keep_body)
        return dataclasses.replace(visit, page_id=page_id)


class ExtractArticle(Step):
    """Reads the article; a page that gives none goes on with the reason. What may not be archived
    is forgotten here, before the article is stored: a kill between the two leaves no copy."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._read = self._missed = 0

    def process_item(self, visit: Visit) -> Visit:
        keep = self.spider.site.keep
        try:
            article = extract(visit.page, self.spider.site)
        except ExtractError as error:
            if keep is not Keep.TEXT and b"noarchive" in visit.page.body.lower():
                self._forget(visit)
            return dataclasses.replace(visit, problem=str(error))
        self._read += 1
        self._missed += bool(missed_fields(article, self.spider.site))
        article = dataclasses.replace(article, url=at_home(article.url, self.spider.site))
        if keep is Keep.METADATA or (article.noarchive and keep is not Keep.TEXT):
            self._forget(visit)
            article = dataclasses.replace(article, blocks=(), images=(), attachments=())
        return dataclasses.replace(visit, article=_as_listed(article, visit.due))

    def close_spider(self) -> None:
        """Tells in the log that a site no longer looks as its file says."""
        if self._missed:
            self.spider.logger.warning(
                "%d of %d articles were read without the site's own title or body selectors: its "
                "layout may have changed; see moit-news sites check %s",
                *(self._missed, self._read, self.spider.site.slug),
            )

    def _forget(self, visit: Visit) -> None:
        if visit.page_id is not None:
            self.spider.run.pages.drop_body(visit.page_id)


class StoreArticle(Step):
    """Writes article, full text, the URL's state and the run's number in one transaction."""

    def process_item(self, visit: Visit) -> Visit:
        spider = self.spider
        with spider.run.archive.transaction():
            settled = _settled(visit, spider.run.archive, spider.site.slug)
            spider.frontier.settle(settled)
            if visit.article and visit.article.url != visit.due.url:
                spider.frontier.note_alias(settled, visit.article.url)
        spider.has_settled(settled.verdict)
        return visit


def missed_fields(article: Article, site: Site) -> tuple[str, ...]:
    """Of title and body those that the site or its family names, but only generic found."""
    return tuple(
        name
        for name in ("title", "body")
        if article.layers.get(name, "").startswith(GENERIC)
        and any(selector.layer != GENERIC for selector in site.fields.get(name, ()))
    )


def _as_listed(article: Article, due: Due) -> Article:
    """With the listing's word where the page itself says nothing."""
    date = due.listed_date
    if article.published_at is None and date is not None:
        article = dataclasses.replace(article, published_at=date, published_from=TimeOrigin.LISTING)
    return dataclasses.replace(article, section=article.section or due.listed_section)


def _settled(visit: Visit, archive: Archive, site: str) -> Settled:
    at = now()
    stored = None
    if visit.article is None:
        verdict = failed(visit.problem or "no article", visit.due.tries, at)
    else:
        stored = archive.add(
            visit.article, site=site, page_id=visit.page_id, seen_at=visit.page.fetched_at
        )
        verdict = _verdict(stored, visit.article, at)
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


def _verdict(stored: Stored, article: Article, at: dt.datetime) -> Verdict:
    unchanged = stored.change is Change.UNCHANGED
    return Verdict(
        state=State.UNCHANGED if unchanged else State.DONE,
        counted=Counted(stored.change.value),
        due_at=revisit_at(article.published_at, at),
    )
