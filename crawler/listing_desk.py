"""ListingDesk: asks a site's listings only for what is new, and notes down each answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from archive.models import Page
from archive.stretches import name_listings, note_stretch, watched_until
from archive.times import from_text, to_text
from crawler import listings
from crawler.errors import ListingError
from crawler.frontier import Frontier
from crawler.listings import Ask, Reading, Window, next_asks, reach, unchanged_reach
from crawler.listings.reaching import Span, wanted
from crawler.revisits import Revisits
from crawler.run import now
from crawler.site import Listing, Site

logger = logging.getLogger(__name__)

# A failure leaves the validators of the last good answer alone.
_REMEMBER = """
INSERT INTO listings (key, site, url, etag, last_modified, body_hash, asked_at, answered_at,
    status, reason, links)
VALUES (:key, :site, :url, :etag, :last_modified, :body_hash, :at, :at, :status, :reason, :links)
ON CONFLICT (key) DO UPDATE SET etag = coalesce(excluded.etag, etag),
    last_modified = coalesce(excluded.last_modified, last_modified),
    body_hash = coalesce(excluded.body_hash, body_hash), asked_at = excluded.asked_at,
    answered_at = excluded.answered_at, status = excluded.status, reason = excluded.reason,
    links = coalesce(excluded.links, links)
"""
_COUNT = """
UPDATE run_sites SET listings = listings + 1, found = found + :fresh,
    listings_failed = listings_failed + :failed, bytes = bytes + :size
WHERE run_id = :run_id AND site = :site
"""
# The requests that follow from an answer are kept until they are answered themselves: a killed run
# must not forget the pages behind the one whose links it has stored.
_AWAIT = """
INSERT INTO asks (key, site, listing, url, form, page, depth, reached)
VALUES (:key, :site, :listing, :url, :form, :page, :depth, :reached) ON CONFLICT (key) DO NOTHING
"""
_PUBLISHED = """
SELECT f.url, a.published_at FROM json_each(?) e CROSS JOIN frontier f ON f.url = e.value
JOIN articles a ON a.id = f.article_id WHERE a.published_at IS NOT NULL
"""
_MISSED = "UPDATE asks SET tries = tries + 1 WHERE key = ?"
_ANSWERED = "DELETE FROM asks WHERE key = :key AND (:well OR tries >= :most)"
# After as many failures in a row a page of a listing is taken for dead.
MOST_TRIES = 5


class ListingDesk:
    """The listings of one site during one run."""

    def __init__(self, frontier: Frontier, site: Site, window: Window) -> None:
        self.frontier = frontier
        self.site = site
        self.window = window
        self._connection = frontier.archive.connection
        self._reading = _fingerprint(site)
        self._revisits = Revisits(frontier.archive, site.slug)
        self._last: dict[str, dt.datetime | None] = {}

    def name_listings(self) -> None:
        """Notes which listings the site has, whether they will answer or not."""
        named = [(_name(listing), str(listing.kind)) for listing in self.site.listings]
        with self.frontier.archive.transaction():
            name_listings(self._connection, self.site.slug, named, self.window.now)

    def headers(self, ask: Ask) -> dict[str, str]:
        """The request's headers: conditional, but in a backfill, which must see every page."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if ask.form else {}
        row = self._remembered(ask)
        if row is None or self.window.since is not None:
            return headers
        return headers | conditional(row["etag"], row["last_modified"])

    def body(self, ask: Ask) -> str:
        """The request's form, encoded."""
        return urlencode(ask.form)

    def read(self, ask: Ask, page: Page) -> tuple[Ask, ...]:
        """Takes the links of an answer into the frontier; gives what to ask next."""
        if page.status != 200:
            # Many sites answer 404 for the page after their last: that is the end of the paging.
            ended = page.status == 404 and ask.page > ask.listing.first_page
            answer = f"the site answers {page.status}"
            reason = None if page.status == 304 or ended else answer
            self.note(ask, page=page, reason=reason, is_same=page.status == 304)
            return ()
        digest = hashlib.sha256(page.body).hexdigest()
        row = self._remembered(ask)
        if row is not None and row["body_hash"] == digest and self.window.since is None:
            self.note(ask, page=page, is_same=True)
            return ()
        try:
            reading = listings.read(page, ask.listing, self.site)
        except ListingError as error:
            self.note(ask, page=page, reason=str(error))
            return ()
        return self._take_in(ask, page, reading, digest)

    def left_over(self) -> list[Ask]:
        """The requests that earlier runs were to make and did not, of listings still in use."""
        named = {_name(listing): listing for listing in self.site.listings}
        rows = self._connection.execute(
            "SELECT * FROM asks WHERE site = ? ORDER BY depth, page, key", (self.site.slug,)
        )
        return [
            Ask(
                listing=named[row["listing"]],
                url=row["url"],
                form=json.loads(row["form"]),
                page=row["page"],
                depth=row["depth"],
                resumed=True,
                reached=from_text(row["reached"]) if row["reached"] else None,
            )
            for row in rows
            if row["listing"] in named
        ]

    def _take_in(self, ask: Ask, page: Page, reading: Reading, digest: str) -> tuple[Ask, ...]:
        # Together, or a kill between them would leave links that no later answer names again.
        with self.frontier.archive.transaction():
            fresh = self.frontier.add(reading.links, found_on=ask.url, window=self.window)
            claimed = self._revisits.heed(reading.links, self.window.now)
            kept = self._times_of_kept(reading)
            span = reach(ask, reading, fresh, self.window, self._watched_until(ask), kept=kept)
            self._note_watched(ask, span)
            following = tuple(
                dataclasses.replace(one, reached=span and span[0])
                for one in next_asks(ask, _dated(reading, kept), fresh, self.window)
            )
            self._connection.executemany(_AWAIT, map(self._row, following))
            self.note(ask, page=page, digest=digest, links=len(reading.links), fresh=fresh)
        logger.info(
            "%s: %d articles, %d new, %d changed; passed over: %s",
            ask.key,
            len(reading.links),
            fresh,
            claimed,
            dict(reading.skipped),
        )
        return following

    def _times_of_kept(self, reading: Reading) -> dict[str, dt.datetime]:
        """When the articles that are kept of a listing's undated links were published."""
        undated = [link.url for link in reading.links if link.newest is None]
        rows = self._connection.execute(_PUBLISHED, (json.dumps(undated),)) if undated else ()
        return {row["url"]: from_text(row["published_at"]) for row in rows}

    def _row(self, ask: Ask) -> dict[str, str | int | None]:
        return {
            "key": self._queue_key(ask),
            "site": self.site.slug,
            "listing": _name(ask.listing),
            "url": ask.url,
            "form": json.dumps(dict(ask.form)),
            "page": ask.page,
            "depth": ask.depth,
            "reached": to_text(ask.reached) if ask.reached else None,
        }

    def note(
        self,
        ask: Ask,
        *,
        page: Page | None = None,
        reason: str | None = None,
        digest: str | None = None,
        links: int | None = None,
        fresh: int = 0,
        is_same: bool = False,
    ) -> None:
        """Remembers how a request to a listing ended, and counts it."""
        values = {
            "key": self._key(ask),
            "site": self.site.slug,
            "url": ask.url,
            "at": to_text(now()),
            "status": page and page.status,
            "reason": reason,
            "etag": page.header("ETag") if page and digest else None,
            "last_modified": page.header("Last-Modified") if page and digest else None,
            "body_hash": digest,
            "links": links,
            "fresh": fresh,
            "failed": reason is not None,
            "size": len(page.body) if page else 0,
            "run_id": self.frontier.run_id,
        }
        if reason is not None:
            logger.warning("listing %s: %s", ask.key, reason)
        with self.frontier.archive.transaction():
            self._connection.execute(_REMEMBER, values)
            self._connection.execute(_COUNT, values)
            if is_same:
                links_before = (self._remembered(ask) or {}).get("links") or 0
                last = self._watched_until(ask)
                self._note_watched(ask, unchanged_reach(ask, self.window, last, links_before))
            key = self._queue_key(ask)
            if reason is not None:
                self._connection.execute(_MISSED, (key,))
            ended = {"key": key, "well": reason is None, "most": MOST_TRIES}
            self._connection.execute(_ANSWERED, ended)

    def _watched_until(self, ask: Ask) -> dt.datetime | None:
        """Until when the listing was watched before this run."""
        name = _name(ask.listing)
        if name not in self._last:
            found = watched_until(self._connection, self.site.slug, name)
            self._last[name] = from_text(found) if found else None
        return self._last[name]

    def _note_watched(self, ask: Ask, span: Span | None) -> None:
        span = wanted(span, self.window) if span else None
        if span is not None:
            name = _name(ask.listing)
            times = (to_text(span[0]), to_text(span[1]))
            note_stretch(self._connection, self.site.slug, name, *times)

    def _queue_key(self, ask: Ask) -> str:
        return f"{self.site.slug} {ask.key}"

    def _key(self, ask: Ask) -> str:
        return f"{self.site.slug} {ask.key} {self._reading}"

    def _remembered(self, ask: Ask) -> dict[str, Any] | None:
        row = self._connection.execute(
            "SELECT etag, last_modified, body_hash, links FROM listings WHERE key = ?",
            (self._key(ask),),
        ).fetchone()
        return dict(row) if row else None


def _dated(reading: Reading, times: Mapping[str, dt.datetime]) -> Reading:
    """The links with times where the listing gives none: how far a page goes back, its known
    articles tell."""
    links = (
        dataclasses.replace(link, date=times[link.url]) if link.url in times else link
        for link in reading.links
    )
    return dataclasses.replace(reading, links=tuple(links))


def _name(listing: Listing) -> str:
    """What tells a listing of a site from its others."""
    return f"{listing.kind} {listing.url} {urlencode(listing.form)}"


def _fingerprint(site: Site) -> str:
    """Changes with the site's file: "not modified" must not hide what a new pattern would find."""
    told = repr((site.hosts, site.rules, site.listings))
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def conditional(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The headers that let a site answer 304 with nothing.

    >>> conditional('"a1"', None)
    {'If-None-Match': '"a1"'}
    """
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}
