"""Order: what one crawl of a site is asked to do, beyond what its file says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self

from archive.models import VIETNAM
from crawler.listings import Window


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """``until`` is the last day that counts. ``gaps`` are the days that are to be gone back over,
    from the first to the last one, both included; ``fills_gaps`` asks for them to be found."""

    since: dt.date | None = None
    until: dt.date | None = None
    limit: int | None = None
    urls: tuple[str, ...] = ()
    listing: str | None = None
    minutes: float | None = None
    fills_gaps: bool = False
    gaps: tuple[tuple[dt.date, dt.date], ...] = ()

    @classmethod
    def from_text(
        cls, since: str | None = None, until: str | None = None, limit: str | None = None
    ) -> Self:
        """The order in `scrapy crawl SITE -a since=2026-05-01 -a limit=5`; raises ValueError."""
        return cls(
            since=dt.date.fromisoformat(since) if since else None,
            until=dt.date.fromisoformat(until) if until else None,
            limit=int(limit) if limit else None,
        )

    def window(self, now: dt.datetime) -> Window:
        """The days asked for, as moments in Vietnam.

        >>> order = Order(until=dt.date(2026, 5, 1))
        >>> order.window(dt.datetime(2026, 6, 1, tzinfo=VIETNAM)).until.isoformat()
        '2026-05-02T00:00:00+07:00'
        """
        return Window(
            now=now,
            since=_midnight(self.since) if self.since else None,
            until=_midnight(self.until + dt.timedelta(days=1)) if self.until else None,
            gaps=tuple(
                (_midnight(first), _midnight(last + dt.timedelta(days=1)))
                for first, last in self.gaps
            ),
        )


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), VIETNAM)
