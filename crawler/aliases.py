"""Aliases: the addresses in the frontier that lead to one article, so that it is asked once.

An alias is a row of the frontier like any other, of which the reason says whose alias it is. It is
asked only when the address that was asked in its stead is gone.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from typing import TYPE_CHECKING

from archive.times import to_text

if TYPE_CHECKING:
    from archive.store import Archive
    from crawler.frontier import Settled

SAME = "is the same article as "
# An address that is dead, or closed to us, must not keep us from another one of its article.
_STANDING = f"""
SELECT url, article_id FROM frontier WHERE site = :site AND key = :key AND url <> :url
    AND state NOT IN ('gone', 'failed', 'refused') AND (state <> 'ignored' OR NOT :wanted)
    AND (reason IS NULL OR reason NOT LIKE '{SAME}%')
ORDER BY found_at, url LIMIT 1
"""
_LISTED = """
INSERT INTO addresses (address, article_id, site, key, how, first_seen_at)
SELECT url, :article_id, site, key, 'listing', found_at FROM frontier
WHERE site = :site AND key = :key
"""
_UNLESS_KNOWN = "ON CONFLICT (address) DO NOTHING"
_STAND_IN = """
INSERT INTO frontier (url, site, state, found_at, found_on, answered_at, due_at, status, page_id,
    article_id, key)
VALUES (:to, :site, :state, :at, :url, :at, :due_at, :status, :page_id, :article_id, :key)
ON CONFLICT (url) DO UPDATE SET state = excluded.state, reason = NULL, tries = 0,
    answered_at = excluded.answered_at, due_at = excluded.due_at, status = excluded.status,
    page_id = excluded.page_id, article_id = excluded.article_id
WHERE state <> 'fetching' AND coalesce(answered_at, '') <= excluded.answered_at
"""
# UNION, not OR: SQLite would read the whole frontier for each article.
_STEP_BACK = """
UPDATE frontier SET due_at = NULL, reason = :reason, article_id = :article_id,
    state = CASE WHEN state IN ('due', 'failed') THEN 'ignored' ELSE state END
WHERE url IN (
    SELECT url FROM frontier WHERE article_id = :article_id
    UNION SELECT url FROM frontier WHERE site = :site AND key = :key)
AND url <> :to AND state <> 'fetching'
    AND (due_at IS NOT NULL OR reason IS NOT :reason OR article_id IS NOT :article_id)
"""
_KIN = """
SELECT f.* FROM frontier f WHERE f.url <> :url AND f.url IN (
    SELECT k.url FROM frontier lost JOIN frontier k ON k.article_id = lost.article_id
    WHERE lost.url = :url
    UNION SELECT k.url FROM frontier lost JOIN frontier k ON k.site = lost.site AND k.key = lost.key
    WHERE lost.url = :url)
"""
_STANDS = f"""
SELECT 1 FROM ({_KIN}) WHERE state IN ('due', 'fetching', 'done', 'unchanged')
    AND (reason IS NULL OR reason NOT LIKE '{SAME}%') LIMIT 1
"""
_NEXT = f"""
UPDATE frontier SET state = 'due', due_at = :now, reason = NULL, tries = 0 WHERE url = (
    SELECT url FROM ({_KIN}) WHERE state IN ('ignored', 'done', 'unchanged')
        AND reason LIKE '{SAME}%' ORDER BY found_at DESC, url LIMIT 1)
"""
# Rules that come later find addresses of one article side by side: one that was read stays, else
# the one that was found first.
_FIRST = """
SELECT k.url FROM frontier k WHERE k.site = f.site AND k.key = f.key AND k.url <> f.url
    AND (k.state IN ('done', 'unchanged', 'fetching')
        OR (k.state = 'due' AND (k.found_at, k.url) < (f.found_at, f.url)))
ORDER BY k.state = 'due', k.found_at, k.url LIMIT 1
"""
_FOLD = f"""
UPDATE frontier AS f SET state = 'ignored', due_at = NULL, reason = '{SAME}' || ({_FIRST})
WHERE site = :site AND key IS NOT NULL AND state = 'due' AND EXISTS ({_FIRST})
"""
_FOLDED = f"""
UPDATE frontier AS f SET article_id = (SELECT min(a.article_id) FROM addresses a
    WHERE a.site = f.site AND a.key = f.key)
WHERE site = :site AND key IS NOT NULL AND article_id IS NULL AND reason LIKE '{SAME}%'
"""
_FOLDED_ADDRESSES = f"""
INSERT INTO addresses (address, article_id, site, key, how, first_seen_at)
SELECT url, article_id, site, key, 'listing', found_at FROM frontier
WHERE site = :site AND key IS NOT NULL AND article_id IS NOT NULL AND reason LIKE '{SAME}%'
ON CONFLICT (address) DO NOTHING
"""


class Aliases:
    """The aliases of one site's URLs."""

    def __init__(self, archive: Archive, site: str) -> None:
        self._archive = archive
        self._connection = archive.connection
        self._site = site
        # A listing may name one article by thousands of addresses.
        self._standing: dict[tuple[str, bool], sqlite3.Row] = {}

    def key(self, url: str) -> str | None:
        """What tells the article of a URL from the others of the site."""
        rules = self._archive.addresses.rules(self._site)
        return rules.key(url) if rules else None

    def standing(self, url: str, key: str | None, *, wanted: bool) -> sqlite3.Row | None:
        """The URL that is asked in another one's stead, with its article if one is kept."""
        if key is None:
            return None
        found = self._standing.get((key, wanted))
        if found is None or found["url"] == url:
            values = {"site": self._site, "key": key, "url": url, "wanted": wanted}
            found = self._connection.execute(_STANDING, values).fetchone()
        if found is not None:
            self._standing[key, wanted] = found
        return found

    def forget(self) -> None:
        """What was found standing is found again: a try may have ended since."""
        self._standing.clear()

    def note_listed(self, url: str, key: str | None, article_id: int | None) -> None:
        """Makes a URL that a listing names an address of the article that is kept."""
        if key is not None and article_id is not None:
            values = {"site": self._site, "key": key, "article_id": article_id, "url": url}
            self._connection.execute(f"{_LISTED} AND url = :url {_UNLESS_KNOWN}", values)

    def join(self, settled: Settled, to: str) -> None:
        """After a try that brought an article: the address that it now stands at is asked from now
        on, and none of its others."""
        key = self.key(to)
        values = {
            "to": to,
            "site": self._site,
            "key": key,
            "url": settled.url,
            "state": settled.verdict.state,
            "at": to_text(settled.at),
            "due_at": settled.verdict.due_at and to_text(settled.verdict.due_at),
            "status": settled.status,
            "page_id": settled.page_id,
            "article_id": settled.article_id,
            "reason": f"{SAME}{to}",
        }
        if to != settled.url:
            self._connection.execute(_STAND_IN, values)
        self._connection.execute(_STEP_BACK, values)
        if key is not None and settled.article_id is not None:
            self._connection.execute(f"{_LISTED} {_UNLESS_KNOWN}", values)

    def is_lost(self, url: str, at: dt.datetime) -> bool:
        """Whether an article whose URL is gone has no other; else that one is asked next."""
        if self._connection.execute(_STANDS, {"url": url}).fetchone():
            return False
        cursor = self._connection.execute(_NEXT, {"url": url, "now": to_text(at)})
        return cursor.rowcount == 0

    def fold(self) -> None:
        """Takes the URLs out of the queue whose article is kept under another one."""
        for statement in (_FOLD, _FOLDED, _FOLDED_ADDRESSES):
            self._connection.execute(statement, {"site": self._site})
