"""Breaker: when to pause, and when to stop asking a host for this run. Pure."""

from __future__ import annotations

import datetime as dt

from crawler.plans import HOST_PAUSE, LONGEST_PAUSE, REFUSALS

# Longer than this we do not sit and wait: the next run is soon enough.
LONGEST_WAIT = dt.timedelta(minutes=1)
FIRST_WAIT = dt.timedelta(seconds=10)
MOST_REFUSALS = 3
# Each of them was tried twice and took up to the timeout.
MOST_SILENCES = 3


class Breaker:
    """Counts refusals and silences in a row; ``reason`` is set once a host is to be left alone.

    >>> breaker = Breaker()
    >>> breaker.refused(429, dt.timedelta(hours=2)); breaker.reason
    'the host refuses: it answered 429 and asks for 2:00:00 of quiet'
    """

    def __init__(self) -> None:
        self.reason: str | None = None
        self.quiet = HOST_PAUSE
        self._wait = dt.timedelta()
        self._refusals = 0
        self._silences = 0

    def answered(self) -> None:
        """The host served what was asked, or said that it is not there."""
        self._refusals = self._silences = 0

    def heard(self, status: int, wait: dt.timedelta | None) -> None:
        """Takes note of any answer's status and Retry-After."""
        if status in REFUSALS:
            self.refused(status, wait)
        else:
            self.answered()

    def refused(self, status: int, wait: dt.timedelta | None) -> None:
        """403, 429 or 503; a 403 asks for no wait, since waiting does not help."""
        self._refusals += 1
        if self.reason:  # an answer that was under way when the breaker opened
            return
        asked = wait if wait is not None else FIRST_WAIT * self._refusals
        if wait is not None and wait > LONGEST_WAIT:
            self.quiet = min(wait, LONGEST_PAUSE)
            self.reason = f"the host refuses: it answered {status} and asks for {wait} of quiet"
        elif self._refusals >= MOST_REFUSALS:
            self.reason = f"the host refuses: it answered {status}, {self._refusals} times in a row"
        elif status != 403:
            self._wait = min(asked, LONGEST_WAIT)

    def silent(self, what: str) -> None:
        """No answer at all."""
        self._silences += 1
        if self._silences >= MOST_SILENCES and not self.reason:
            self.reason = f"the host is silent: {what}"

    def closed(self, reason: str) -> None:
        """Nothing of the host may be asked."""
        self.reason = self.reason or reason

    def take_wait(self) -> float:
        """The seconds to wait before the next request; asked for once."""
        wait, self._wait = self._wait, dt.timedelta()
        return wait.total_seconds()
