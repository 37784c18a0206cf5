"""When a URL is asked again, and what an answer without an article means for it. Pure."""

from __future__ import annotations

import datetime as dt
import email.utils
from dataclasses import dataclass
from enum import StrEnum

from archive.models import State

# Most corrections come within hours. What is changed or taken away later is rare, and what a
# researcher asks for. A site's file may give its own ages (`revisit`).
REVISIT_AGES = (
    dt.timedelta(hours=6),
    *(dt.timedelta(days=days) for days in (1, 3, 7, 30, 90, 365)),
)
# A look sooner than this after the last one would ask what was just answered.
LEAST_PAUSE = dt.timedelta(hours=1)
RETRIES = (
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=8),
    dt.timedelta(days=1),
    dt.timedelta(days=3),
)
# A page that is gone, or that robots.txt closes, is looked for again a few times: both get undone.
SECOND_LOOKS = tuple(dt.timedelta(days=days) for days in (1, 7, 30, 90, 365))
# A relaunch or a site in maintenance leads every address to its home page.
MOST_LED_AWAY = 5
# How long a host that refuses without saying so is left alone.
HOST_PAUSE = dt.timedelta(hours=1)
LONGEST_PAUSE = dt.timedelta(days=1)
REFUSALS = (403, 429, 503)


class Counted(StrEnum):
    """The one number of a run that each asked URL adds to."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a try comes to: the URL's new state, what the run counts, when to ask again."""

    state: State
    counted: Counted
    reason: str | None = None
    due_at: dt.datetime | None = None


def revisit_at(
    published: dt.datetime | None,
    now: dt.datetime,
    ages: tuple[dt.timedelta, ...] = REVISIT_AGES,
) -> dt.datetime | None:
    """The next look at an article whose text is kept, or None when it is old enough.

    >>> now = dt.datetime(2026, 5, 2, 8, 0, tzinfo=dt.UTC)
    >>> revisit_at(now - dt.timedelta(hours=2), now) - now
    datetime.timedelta(seconds=14400)
    """
    born = min(published or now, now)
    looks = (born + age for age in sorted(ages))
    return next((look for look in looks if look >= now + LEAST_PAUSE), None)


def retry_at(tries: int, now: dt.datetime) -> dt.datetime | None:
    """When to ask again after that many failures in a row; None when to give up.

    >>> retry_at(6, dt.datetime(2026, 5, 2, tzinfo=dt.UTC)) is None
    True
    """
    return now + RETRIES[tries - 1] if 1 <= tries <= len(RETRIES) else None


def look_again_at(tries: int, now: dt.datetime) -> dt.datetime | None:
    """When to look again for a page that was gone or closed that many times in a row."""
    return now + SECOND_LOOKS[tries - 1] if 1 <= tries <= len(SECOND_LOOKS) else None


def failed(reason: str, tries: int, now: dt.datetime, *, for_good: bool = False) -> Verdict:
    """A try that gave nothing; ``tries`` counts the failures in a row before it."""
    due_at = None if for_good else retry_at(tries + 1, now)
    return Verdict(state=State.FAILED, counted=Counted.FAILED, reason=reason, due_at=due_at)


def refused(reason: str, tries: int, now: dt.datetime) -> Verdict:
    """A page that we may not ask: robots.txt closes it, or its address is not public."""
    due_at = look_again_at(tries + 1, now)
    return Verdict(state=State.REFUSED, counted=Counted.REFUSED, reason=reason, due_at=due_at)


def gone(reason: str, tries: int, now: dt.datetime) -> Verdict:
    """A page that is not there; it may come back, so it is looked for a few times more."""
    due_at = look_again_at(tries + 1, now)
    return Verdict(state=State.GONE, counted=Counted.GONE, reason=reason, due_at=due_at)


def led_off(reason: str, in_a_row: int, tries: int, now: dt.datetime) -> Verdict:
    """An article whose address leads home; a few may be away, but a site that leads so many in a
    row home is closed itself."""
    if in_a_row <= MOST_LED_AWAY:
        return gone(reason, tries, now)
    told = f"{reason}, as for {MOST_LED_AWAY} articles before it: is the site closed?"
    return failed(told, tries, now)


def judge(status: int, tries: int, now: dt.datetime, wait: dt.timedelta | None) -> Verdict:
    """What an answer other than 200 and 304 means; ``wait`` is the host's Retry-After."""
    if status in (404, 410):
        return gone(f"the site answers {status}: the page is not there", tries, now)
    if status not in REFUSALS:
        return failed(f"the site answers {status}", tries, now)
    if tries >= len(RETRIES):
        return refused(f"the site answers {status} each time", tries, now)
    pause = min(wait or HOST_PAUSE, LONGEST_PAUSE)
    reason = f"the site answers {status}: it is asked again later"
    return Verdict(state=State.DUE, counted=Counted.REFUSED, reason=reason, due_at=now + pause)


def retry_after(header: str | None, now: dt.datetime) -> dt.timedelta | None:
    """A Retry-After header, in seconds or as a date, as the time to wait; None if unreadable.

    >>> retry_after("120", dt.datetime.now(dt.UTC))
    datetime.timedelta(seconds=120)
    """
    text = (header or "").strip()
    if text.isdecimal() and len(text) < 9:
        return dt.timedelta(seconds=int(text))
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=dt.UTC)
    return max(when - now, dt.timedelta())
