"""What `sites new` asks of a site, and the files it writes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive.errors import UrlError
from archive.hosts import is_private_host
from archive.models import Article, Page
from archive.urls import canonical
from crawler.draft import Draft, Gathered, refuse_no_article
from crawler.errors import AnswerError, ExtractError, SiteError
from crawler.extract import extract
from crawler.labels import label_of
from crawler.propose_listings import feeds_of, kind_of, sitemaps_of
from crawler.saved_pages import NEW
from crawler.selectors import soup_of
from crawler.site import ListingKind, Site
from crawler.site_file import unknown_site
from crawler.skeleton import skeleton

if TYPE_CHECKING:
    from crawler.asking import Asker

# Of each kind: enough to see which of them name articles.
_FEEDS, _SITEMAPS = 2, 2


def site_to_ask(url: str, listing: str | None, *, private: bool) -> Site:
    """The hosts of an article and its listing as a site; raises UrlError for private ones."""
    hosts: list[str] = []
    for address in filter(None, (url, listing)):
        parts = urlsplit(canonical(address))
        if is_private_host(parts.hostname or "") and not private:
            raise UrlError(
                f"{address} is of this machine or its network; --private lets it be asked"
            )
        bare = parts.netloc.removeprefix("www.")
        hosts += [parts.netloc] if parts.netloc[-1].isdigit() else [bare, f"www.{bare}"]
    return dataclasses.replace(unknown_site(url), hosts=tuple(dict.fromkeys(hosts)))


class Gather:
    """The conversation: one article, one listing, and the feeds and sitemaps that they name."""

    def __init__(self, site: Site, url: str, listing: str | None) -> None:
        self.site = site
        self.url = url
        self.listing = listing or site.homepage
        self._troubles: list[str] = []

    async def __call__(self, asker: Asker) -> Gathered:
        article = await asker.get(self.url)
        refuse_no_article(article)
        robots = await asker.robots(article.final_url)
        try:
            first = await self._listing(asker, self.listing)
        except AnswerError as error:
            if self.listing != self.site.homepage:  # somebody typed it
                raise
            self._troubles.append(str(error))
            first = article
        more = [self._own(feeds_of(p)) for p in (first, article) if _is_html(p)]
        feeds = list(dict.fromkeys(url for urls in more for url in urls))[:_FEEDS]
        maps = self._own(sitemaps_of(robots))[:_SITEMAPS]
        found = [first] if first is not article else []
        for url in [*feeds, *maps]:
            if url not in {page.url for page in found}:
                found += await self._try(asker, url)
        return Gathered(article=article, listings=tuple(found), troubles=tuple(self._troubles))

    async def _try(self, asker: Asker, url: str) -> list[Page]:
        try:
            return [await self._listing(asker, url)]
        except AnswerError as error:
            self._troubles.append(str(error))
            return []

    async def _listing(self, asker: Asker, url: str) -> Page:
        page = await asker.get(url)
        try:
            if _is_html(page):
                soup_of(page)
        except ExtractError as error:
            raise AnswerError(f"{url}: as a listing: {error}") from error
        return page

    def _own(self, urls: list[str]) -> list[str]:
        return [url for url in urls if self.site.owns(url)]


def _is_html(page: Page) -> bool:
    return kind_of(page) is ListingKind.HEADLINES


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """The files of a new site; ``golden`` is None where no skeleton reads as its page does."""

    toml: Path
    page: Path
    label: Path
    golden: Path | None


def write(draft: Draft, into: Path, data: Path, *, force: bool) -> Written:
    """Writes the site file, the page as it came with its label, and a skeleton of a golden page;
    raises SiteError where one of them is there already."""
    folder = data / NEW / draft.slug
    stem = page_stem(draft.page)
    golden = _golden(draft)
    texts: dict[Path, bytes] = {
        into / f"{draft.slug}.toml": draft.toml.encode(),
        folder / f"{stem}.html": draft.page.body,
        folder / f"{stem}.json": _json(label_of(draft.article, draft.page) | _kind(draft.page)),
    }
    if golden is not None:
        texts[folder / "golden" / f"{stem}.html"] = golden[0].encode()
        texts[folder / "golden" / f"{stem}.json"] = _json(label_of(golden[1], draft.page))
    refuse_overwriting(texts, force=force)
    for path, text in texts.items():
        _put(path, text)
    toml, page, label, *rest = texts
    return Written(toml=toml, page=page, label=label, golden=rest[0] if rest else None)


def refuse_overwriting(paths: Iterable[Path], *, force: bool) -> None:
    """Raises SiteError for the first file that is there already."""
    there = next((path for path in paths if path.exists()), None)
    if there is not None and not force:
        raise SiteError(f"{there} is there already: --force writes it anew, --slug names another")


def _put(path: Path, text: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    except OSError as error:
        raise SiteError(f"{path} cannot be written: {error.strerror}; see --into") from error


def _golden(draft: Draft) -> tuple[str, Article] | None:
    """The skeleton and what is read of it, if the same selectors find as many blocks there."""
    text = skeleton(draft.page, draft.article)
    try:
        article = extract(dataclasses.replace(draft.page, body=text.encode()), draft.site)
    except ExtractError:
        return None
    same = len(article.blocks) == len(draft.article.blocks)
    same = same and article.published_at == draft.article.published_at
    return (text, article) if same else None


def page_stem(page: Page) -> str:
    """A file's name for a page: the last words of its address.

    >>> import datetime as dt
    >>> page_stem(Page(url="", final_url="https://a.vn/tin/gia-dien-tang-1234567.html", status=200,
    ...                fetched_at=dt.datetime.now(dt.UTC), headers=(), body=b""))
    'gia-dien-tang'
    """
    last = urlsplit(page.final_url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
    kept = [word for word in last.lower().split("-") if word.isascii() and word.isalpha()]
    return "-".join(kept[:6]) or "article"


def _kind(page: Page) -> dict[str, Any]:
    return {"content_type": page.header("Content-Type") or "text/html"}


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
