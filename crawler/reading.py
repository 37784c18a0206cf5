"""What a kept page gives the archive, whether it came from the web or from a file. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

from archive.models import Article, Page, TimeOrigin
from crawler.errors import ExtractError, NoBodyError, NoTitleError
from crawler.extract import extract
from crawler.extract.absence import absence
from crawler.listings import at_home
from crawler.site import Keep, Site

_NOTHING_READ = (NoBodyError, NoTitleError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The article of a page, or the problem that it gives none; ``absent`` where the page says
    that the article is not there; ``forget`` where the page's body must not be kept: the site's
    file, or the page itself, forbids it."""

    article: Article | None = None
    problem: str | None = None
    absent: str | None = None
    forget: bool = False


def read_page(
    page: Page, site: Site, listed_date: dt.datetime | None, listed_section: str | None
) -> Reading:
    """Reads a page as the archive is to have it, with the listing's word where it says nothing."""
    free = site.keep is Keep.TEXT
    try:
        article = extract(page, site)
    except ExtractError as error:
        asks = b"noarchive" in page.body.lower()
        away = absence(page, None, site) if isinstance(error, _NOTHING_READ) else None
        return Reading(problem=str(error), absent=away, forget=asks and not free)
    if away := absence(page, article, site):
        return Reading(absent=away)
    article = dataclasses.replace(article, url=at_home(article.url, site))
    forget = site.keep is Keep.METADATA or (article.noarchive and not free)
    if forget:
        article = dataclasses.replace(article, blocks=(), images=(), attachments=())
    return Reading(article=_as_listed(article, listed_date, listed_section), forget=forget)


def _as_listed(article: Article, date: dt.datetime | None, section: str | None) -> Article:
    if article.published_at is None and date is not None:
        article = dataclasses.replace(article, published_at=date, published_from=TimeOrigin.LISTING)
    if article.section is None and section:
        article = dataclasses.replace(article, section=section, sections=(section,))
    return article
