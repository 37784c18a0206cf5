"""Pages from WARC files, on the way that a crawled page takes: kept, read, stored.

Each capture is dated as it was captured, so an old one goes among the earlier versions. A page is
kept before it is read, and its article, state and outcome are one transaction: an import that was
killed is done again from the start of its file, and knows what it has stored.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import logging
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from archive.errors import ArchiveError, UrlError
from archive.models import State
from archive.times import to_text
from archive.urls import canonical
from crawler.bodies import is_cut
from crawler.capture_desk import CaptureDesk, time_of
from crawler.captures import Answer, Fate, answer_of, body_of, captured_at, is_digest, page_of
from crawler.errors import CaptureError
from crawler.extract.absence import led_away
from crawler.listings import at_home
from crawler.run import Run
from crawler.site import Site
from crawler.site_file import site_of
from crawler.warc_records import Headers, WarcFile, WarcRecord

logger = logging.getLogger(__name__)

# As much as a crawl takes of a page (DOWNLOAD_MAXSIZE).
LARGEST = 8 * 1024 * 1024
ANSWERS = ("response", "revisit")
# A sync to the disk for each record would take longer than all else.
_AT_ONCE = 25
# Redirects wait for the page they lead to; crawlers write both within minutes.
_REDIRECTS = 10_000
_SOON = dt.timedelta(hours=1)
_LOOKED_THROUGH = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """An address that led on to another."""

    url: str
    status: int
    at: dt.datetime


class Importer:
    """Takes the records of WARC files into an archive; ``counts`` has each of them once."""

    def __init__(self, run: Run, sites: Iterable[Site], now: dt.datetime) -> None:
        self.counts: Counter[tuple[str, Fate]] = Counter()
        self._run = run
        self._now = now
        self._sites = {site.slug: site for site in sites}
        self._redirects: dict[str, Redirect] = {}
        self._desk = CaptureDesk(run, "", now)

    def take(self, file: WarcFile) -> Iterator[None]:
        """Takes in a file, record by record."""
        self._desk = CaptureDesk(self._run, file.path.name, self._now)
        self._redirects.clear()
        records = _with_next(file.records(self._is_wanted))
        while True:
            counts: Counter[tuple[str, Fate]] = Counter()
            # The inner one ends first: a page is safe before anything tells of it.
            with self._run.archive.transaction(), self._run.pages.transaction():
                for record, after in islice(records, _AT_ONCE):
                    counts[self._fate_for_sure(record, _said_of(record, after))] += 1
                    yield
            self.counts.update(counts)
            if not counts:
                return

    def _fate_for_sure(self, record: WarcRecord, said: Mapping[str, str]) -> tuple[str, Fate]:
        """A mistake of ours costs the one record, whose traces are undone."""
        if record.block is None:  # nothing will be written
            return self._fate(record, said)
        try:
            with self._run.archive.transaction(), self._run.pages.transaction():
                return self._fate(record, said)
        except (ArchiveError, sqlite3.Error):
            raise
        except Exception:
            logger.exception("%r could not be taken in", _target(record.headers))
            return "", Fate.FAILED

    # --- which records ---

    def _is_wanted(self, headers: Headers) -> bool:
        kind = headers.get("warc-type", "").lower()
        return kind in (*ANSWERS, "metadata") and self._site_of(headers) is not None

    def _site_of(self, headers: Headers) -> Site | None:
        try:
            url = canonical(_target(headers))
        except UrlError:
            return None
        return site_of(url, self._sites.values())

    def _fate(self, record: WarcRecord, said: Mapping[str, str]) -> tuple[str, Fate]:
        site = self._site_of(record.headers)
        slug = site.slug if site else ""
        if record.fault is not None or record.too_large:
            return slug, Fate.BROKEN if record.fault else Fate.TOO_LARGE
        if site is None or record.kind not in (*ANSWERS, "metadata"):
            return "", Fate.FOREIGN if record.kind in ANSWERS else Fate.OTHER
        url = at_home(canonical(_target(record.headers)), site)
        try:
            if record.kind == "metadata":
                return slug, self._told(record, url, site)
            return slug, self._answered(record, url, site, said)
        except CaptureError as error:
            return slug, Fate(error.fate)

    def _answered(self, record: WarcRecord, url: str, site: Site, said: Mapping[str, str]) -> Fate:
        answer, at = answer_of(record), captured_at(record, self._now)
        if 300 <= answer.status < 400 and answer.status != 304:
            self._remember(answer, url, site, at)
            return Fate.REDIRECT
        way = self._way_to(url, at)
        if not site.is_article(url):
            return self._elsewhere(way, url, site, at)
        if way and site.rules.differ(way[0][0], url):  # the redirect says nothing of this article
            way = ()
        if answer.status != 200 or record.headers.get("warc-profile", "").endswith("not-modified"):
            return self._without_page(answer.status, url, site, at)
        page = page_of(answer, url, way, at, self._body(record, answer, url))
        return Fate.CUT if is_cut(page.body) else self._desk.keep(page, site, said)

    def _elsewhere(
        self, way: tuple[tuple[str, int], ...], url: str, site: Site, at: dt.datetime
    ) -> Fate:
        """An address that is no article's may be where one was sent that is no longer there."""
        asked = way[0][0] if way else url
        away = led_away(asked, url, site) if site.is_article(asked) else None
        return self._desk.gone(asked, site, at, 200, away) if away else Fate.NOT_WANTED

    def _without_page(self, status: int, url: str, site: Site, at: dt.datetime) -> Fate:
        if status in (404, 410):
            return self._desk.gone(url, site, at, status)
        return self._desk.still_there(url, site, at) if status in (200, 304) else Fate.NOT_OK

    # --- redirects and revisits ---

    def _remember(self, answer: Answer, url: str, site: Site, at: dt.datetime) -> None:
        try:
            to = at_home(canonical(urljoin(url, answer.header("location") or "")), site)
        except (UrlError, ValueError):
            return
        if to != url:
            self._redirects[to] = Redirect(url=url, status=answer.status, at=at)
        while len(self._redirects) > _REDIRECTS:
            del self._redirects[next(iter(self._redirects))]

    def _way_to(self, url: str, at: dt.datetime) -> tuple[tuple[str, int], ...]:
        """The redirects that led to an address about then, each told once."""
        way: list[tuple[str, int]] = []
        while (hop := self._redirects.pop(url, None)) and abs(hop.at - at) <= _SOON:
            way.insert(0, (hop.url, hop.status))
            url = hop.url
        return tuple(way)

    def _body(self, record: WarcRecord, answer: Answer, url: str) -> bytes:
        if record.kind != "revisit":
            return body_of(answer, record, LARGEST)
        body = self._body_of_revisit(record.headers, url)
        if body is None:
            raise CaptureError(Fate.LOST_REVISIT)
        return body

    def _body_of_revisit(self, headers: Headers, url: str) -> bytes | None:
        """The body that a revisit refers to, by its digest or by address and time."""
        pages, digest = self._run.pages, headers.get("warc-payload-digest", "")
        try:
            named = canonical(headers.get("warc-refers-to-target-uri", url).strip("<>"))
        except UrlError:
            named = url
        at = headers.get("warc-refers-to-date")
        site = site_of(named, self._sites.values())
        rows = pages.fetched(at_home(named, site) if site else named, _LOOKED_THROUGH)
        for row in rows:
            if row["sha256"] is not None and at and _is_at(row["fetched_at"], at):
                return pages.body(row["sha256"])
        sha256 = _sha256(digest)
        if sha256 is not None:
            return pages.body(sha256)
        bodies = (pages.body(row["sha256"]) for row in rows if row["sha256"] is not None)
        return next((body for body in bodies if body and is_digest(digest, body)), None)

    # --- what is told without a page ---

    def _told(self, record: WarcRecord, url: str, site: Site) -> Fate:
        """A metadata record of ours may say that a page was gone, or still the same."""
        said = fields(record.block or b"")
        if "warc-concurrent-to" in record.headers or "state" not in said:
            return Fate.OTHER
        at = captured_at(record, self._now)
        if said["state"] == State.GONE:
            status = said.get("status", "")
            return self._desk.gone(
                url, site, at, int(status) if status.isdecimal() else None, said.get("reason")
            )
        return self._desk.still_there(url, site, at) if said.get("status") == "304" else Fate.OTHER


def fields(block: bytes) -> dict[str, str]:
    """The lines of a metadata record.

    >>> fields(b"via: https://a.vn/rss\\r\\nlisted-section: K\\xe1\\xbb\\xb9 thu\\xe1\\xba\\xadt")
    {'via': 'https://a.vn/rss', 'listed-section': 'Kỹ thuật'}
    """
    pairs = (line.partition(":") for line in block.decode("utf-8", "replace").splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs if value.strip()}


def _with_next(
    records: Iterator[WarcRecord],
) -> Iterator[tuple[WarcRecord, WarcRecord | None]]:
    before = next(records, None)
    for record in records:
        if before is not None:
            yield before, record
        before = record
    if before is not None:
        yield before, None


def _said_of(record: WarcRecord, after: WarcRecord | None) -> Mapping[str, str]:
    """What the metadata record behind a capture says of how it was found."""
    own_id = record.headers.get("warc-record-id")
    if after is None or after.kind != "metadata" or own_id is None:
        return {}
    return fields(after.block or b"") if after.headers.get("warc-concurrent-to") == own_id else {}


def _target(headers: Headers) -> str:
    return headers.get("warc-target-uri", "").strip("<>")


def _sha256(digest: str) -> bytes | None:
    algorithm, _, value = digest.partition(":")
    if algorithm.lower() != "sha256":
        return None
    try:
        return bytes.fromhex(value) if len(value) == 64 else base64.b32decode(value.upper())
    except (ValueError, binascii.Error):
        return None


def _is_at(kept: str, date: str) -> bool:
    at = time_of(date)
    return at is not None and to_text(at) == kept
