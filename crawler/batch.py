"""Batch: pages that came one after another are kept, read and stored together.

One by one, each between two answers from the net, a page costs half as much again: by then the
processor's memory holds other things, each commit waits for the disk, and writes the same pages of
the indexes again. For the same reason each kind of work is done for the whole batch before the
next. Only what can be had again waits here: its URL is marked as being fetched, so the run after a
kill asks for it again, or reads it from pages.db if it was killed after that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

from archive.derived import KINDS
from archive.errors import ArchiveError
from archive.pages import PageStore
from archive.store import Archive

MOST = 32
# What waits is held in memory, and while it is read no other site is heard: a dozen real pages.
MOST_BYTES = 4_000_000
# So long may an article wait to be found.
SECONDS = 0.5


class Work(Protocol):
    """What is to be done with one page, in steps; an error of one is that page's alone."""

    def keep(self) -> None:
        """Writes the page as it came into pages.db, inside a transaction."""

    def read(self) -> None:
        """Makes an article of it."""

    def derive(self, kind: str) -> None:
        """Makes one of `archive.derived.KINDS` of the article."""

    def store(self) -> None:
        """Writes what came of it into archive.db, inside a transaction."""


class Batch:
    """The pages of all sites of a run that have come and wait to be kept and read."""

    def __init__(self, archive: Archive, pages: PageStore) -> None:
        self._archive = archive
        self._pages = pages
        self._waiting: list[_Waiting] = []
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    async def join(self, work: Work, size: int) -> None:
        """Returns when a page of ``size`` bytes was kept and read and its article stored, and all
        is committed; raises what a step raised, and the archive's error where the batch could not
        be stored."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(work, loop.create_future())
        self._waiting.append(waiting)
        self._bytes += size
        if len(self._waiting) >= MOST or self._bytes >= MOST_BYTES:
            self.end()
        elif self._timer is None:
            self._timer = loop.call_later(SECONDS, self.end)
        await waiting.told

    def end(self) -> None:
        """Keeps all that waits, and when that is safe, reads and stores it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        if not waiting:
            return
        try:
            with self._pages.transaction():
                kept = [one for one in waiting if one.has_done(one.work.keep)]
            read = [one for one in kept if one.has_done(one.work.read)]
            for kind in KINDS:
                read = [one for one in read if one.has_done(partial(one.work.derive, kind))]
            stored = self._stored(read)
        except ArchiveError as error:  # a full disk, say: nothing of the batch is stored
            for one in waiting:
                one.fail(error)
        else:
            for one in stored:
                one.told.set_result(None)

    def _stored(self, read: list[_Waiting]) -> list[_Waiting]:
        """Those that were stored, together; one by one where that fails at the very end, where
        what is read off the articles is written."""
        try:
            with self._archive.transaction():
                return [one for one in read if one.has_done(partial(self._store, one.work))]
        except ArchiveError:
            raise
        except Exception:  # noqa: BLE001 - the page whose mistake it is raises it again, alone
            alone = [one for one in read if not one.told.done()]
            return [one for one in alone if one.has_done(partial(self._store, one.work))]

    def _store(self, work: Work) -> None:
        with self._archive.transaction():
            work.store()


class _Waiting:
    def __init__(self, work: Work, told: asyncio.Future[None]) -> None:
        self.work = work
        self.told = told

    def has_done(self, step: Callable[[], None]) -> bool:
        """Whether a step went well; what it raised is told, but for the archive's own trouble."""
        try:
            step()
        except ArchiveError:
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not cost other pages
            self.fail(error)
            return False
        return True

    def fail(self, error: Exception) -> None:
        if not self.told.done():
            self.told.set_exception(error)
