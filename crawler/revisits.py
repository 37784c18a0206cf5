"""Known articles that are looked at again before or after their plan says so.

A listing's "last modified" makes an article due that was changed since we looked. Many sitemaps say
"now" for all their pages at all times, so such a word is believed only where it singles out a few.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from archive.store import Archive
from archive.times import from_text, to_text
from crawler.aliases import SAME
from crawler.listings import Link
from crawler.plans import LEAST_PAUSE, revisit_at
from crawler.site import Site

logger = logging.getLogger(__name__)

# In one answer as many may claim a change without being weighed against the rest.
FEW = 5
# Of the known articles of an answer a larger share was never changed at once: its clock is told.
LARGEST_SHARE = 0.5
MOST_A_RUN = 50
# A listing whose clock runs ahead says nothing of its articles.
MOST_AHEAD = dt.timedelta(hours=1)
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)

_LOOKED_AT = """
SELECT url, answered_at, due_at FROM frontier WHERE answered_at IS NOT NULL
    AND state IN ('done', 'unchanged', 'gone', 'failed')
    AND site = ? AND url IN (SELECT value FROM json_each(?))
"""
_ALIASES = f"""
SELECT url, substr(reason, {len(SAME) + 1}) AS asked FROM frontier
WHERE site = ? AND url IN (SELECT value FROM json_each(?)) AND reason LIKE '{SAME}%'
"""
_MAKE_DUE = """
UPDATE frontier SET due_at = min(coalesce(due_at, :due_at), :due_at), listed_changed = :changed
WHERE url = :url
"""
_PLANNED = """
SELECT f.url, coalesce(a.published_at, f.listed_date) AS published_at
FROM frontier f JOIN articles a ON a.id = f.article_id AND a.url = f.url
WHERE f.site = ? AND f.state IN ('done', 'unchanged')
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What a listing says of an article that was looked at before."""

    url: str
    changed: dt.datetime
    looked_at: dt.datetime

    @property
    def is_newer(self) -> bool:
        return self.changed > self.looked_at


class Revisits:
    """The looks at known articles of one site during one run."""

    def __init__(self, archive: Archive, site: str) -> None:
        self._archive = archive
        self._site = site
        self._room = MOST_A_RUN

    def heed(self, links: Sequence[Link], now: dt.datetime) -> int:
        """Makes due what an answer of a listing credibly says was changed; gives how many."""
        claims = believed(self._claims(links, now))[: self._room]
        rows = [
            {
                "url": claim.url,
                "changed": to_text(claim.changed),
                "due_at": to_text(max(now, claim.looked_at + LEAST_PAUSE)),
            }
            for claim in claims
        ]
        with self._archive.transaction():
            self._archive.connection.executemany(_MAKE_DUE, rows)
        self._room -= len(rows)
        return len(rows)

    def _claims(self, links: Sequence[Link], now: dt.datetime) -> list[Claim]:
        changed = {x.url: x.changed for x in links if x.changed and x.changed <= now + MOST_AHEAD}
        if not changed:
            return []
        # What is said of an alias is said of the address that is asked in its stead.
        named = (self._site, json.dumps([*changed]))
        for alias, asked in self._archive.connection.execute(_ALIASES, named).fetchall():
            changed[asked] = max(changed.pop(alias), changed.get(asked, _LONG_AGO))
        rows = self._archive.connection.execute(_LOOKED_AT, (self._site, json.dumps([*changed])))
        return [
            Claim(url=row[0], changed=changed[row[0]], looked_at=from_text(row[1])) for row in rows
        ]


def believed(claims: Sequence[Claim]) -> list[Claim]:
    """The claims of a change since our last look, the newest first; none where most of an answer's
    articles are said to be changed.

    >>> at = dt.datetime(2026, 5, 2, tzinfo=dt.UTC)
    >>> says_now = [Claim(url=str(n), changed=at, looked_at=at - LEAST_PAUSE) for n in range(6)]
    >>> len(believed(says_now)), len(believed(says_now[:2]))
    (0, 2)
    """
    newer = [claim for claim in claims if claim.is_newer]
    if len(newer) > FEW and len(newer) > LARGEST_SHARE * len(claims):
        logger.info(
            "%d of %d known articles are said to be changed: not believed", len(newer), len(claims)
        )
        return []
    return sorted(newer, key=lambda claim: claim.changed, reverse=True)


def plan_again(archive: Archive, site: Site, now: dt.datetime) -> int:
    """Where a site's ages are not those of its last crawl, gives each of its articles its next look
    by the new ones; gives how many articles were planned."""
    ages = json.dumps([int(age.total_seconds()) for age in site.revisit_ages])
    with archive.transaction():
        cursor = archive.connection.execute(
            "UPDATE sites SET revisit = ? WHERE slug = ? AND revisit IS NOT ?",
            (ages, site.slug, ages),
        )
        if not cursor.rowcount:
            return 0
        rows = archive.connection.execute(_PLANNED, (site.slug,)).fetchall()
        looks = [(revisit_at(from_text(at), now, site.revisit_ages), url) for url, at in rows if at]
        archive.connection.executemany(
            "UPDATE frontier SET due_at = ? WHERE url = ?",
            [(look and to_text(look), url) for look, url in looks],
        )
    return len(looks)
