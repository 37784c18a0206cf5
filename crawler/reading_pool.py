"""Kept pages read in several processes: page numbers go in, what the pages say comes out.

Each process reads pages.db by itself, so no body crosses a pipe; and a page that says what is kept
of it already sends back nothing but that.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from archive.models import Page
from archive.pages import PageStore
from archive.readings import digest
from archive.store import columns
from crawler.reading import Reading, read_page
from crawler.site import Site

# Chunks under way for each process: one being read, one waiting, so that none is ever idle.
_AHEAD = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A page to read: the listing's word on it, and the digest of what is kept of it."""

    page_id: int
    site: str
    listed_date: dt.datetime | None = None
    listed_section: str | None = None
    kept: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadPage:
    """What a page says; ``reading`` is None where that is what is kept. ``page`` has no body."""

    page_id: int
    page: Page
    size: int
    reading: Reading | None


class PageReader:
    """What reads the pages of one process."""

    def __init__(self, folder: Path, sites: Mapping[str, Site]) -> None:
        self._pages = PageStore.open(folder)
        self._sites = sites

    def read(self, tasks: Sequence[Task]) -> list[ReadPage]:
        """The pages in the order of the tasks; raises ArchiveError where pages.db fails."""
        return [self._read(task) for task in tasks]

    def _read(self, task: Task) -> ReadPage:
        with self._pages.snapshot():
            page = self._pages.get(task.page_id)
        site = self._sites[task.site]
        reading: Reading | None = read_kept(page, site, task.listed_date, task.listed_section)
        if reading and reading.article and not reading.forget:
            # A mapping proxy, as the extractor gives it, cannot be sent to another process.
            article = dataclasses.replace(reading.article, layers=dict(reading.article.layers))
            is_kept = task.kept is not None and task.kept == digest(columns(article))
            reading = None if is_kept else dataclasses.replace(reading, article=article)
        bare = dataclasses.replace(page, body=b"")
        return ReadPage(page_id=task.page_id, page=bare, size=len(page.body), reading=reading)

    def close(self) -> None:
        self._pages.close()


def read_kept(
    page: Page, site: Site, listed_date: dt.datetime | None, listed_section: str | None
) -> Reading:
    """A kept page as it is read today; a failure of the extractor is a problem of this page."""
    try:
        return read_page(page, site, listed_date, listed_section)
    except Exception as error:  # noqa: BLE001 - one page must not end the reading of all others
        return Reading(problem=f"the extractor failed with {type(error).__name__}: {error}")


Chunk = TypeVar("Chunk")


class Work(Generic[Chunk]):
    """Reads chunks of tasks in that many processes, and gives them back in their order."""

    def __init__(self, folder: Path, sites: Mapping[str, Site], jobs: int) -> None:
        self._folder, self._sites, self._jobs = folder, sites, jobs

    def read(
        self, chunks: Iterable[tuple[Chunk, Sequence[Task]]]
    ) -> Iterator[tuple[Chunk, list[ReadPage]]]:
        """Each chunk with what its pages say; raises ArchiveError where pages.db fails."""
        return self._read_here(chunks) if self._jobs == 1 else self._read_apart(chunks)

    def _read_here(
        self, chunks: Iterable[tuple[Chunk, Sequence[Task]]]
    ) -> Iterator[tuple[Chunk, list[ReadPage]]]:
        reader = PageReader(self._folder, self._sites)
        try:
            for chunk, tasks in chunks:
                yield chunk, reader.read(tasks)
        finally:
            reader.close()

    def _read_apart(
        self, chunks: Iterable[tuple[Chunk, Sequence[Task]]]
    ) -> Iterator[tuple[Chunk, list[ReadPage]]]:
        processes = Processes(self._folder, self._sites, self._jobs)
        waiting: deque[tuple[Chunk, Sequence[Task], Future[list[ReadPage]]]] = deque()
        try:
            for chunk, tasks in chunks:
                waiting.append((chunk, tasks, processes.submit(tasks)))
                if len(waiting) > _AHEAD * self._jobs:
                    first, asked, future = waiting.popleft()
                    yield first, processes.result(asked, future)
            for first, asked, future in waiting:
                yield first, processes.result(asked, future)
        finally:
            processes.close()


class Processes:
    """Processes that read pages, begun anew where one is ended: by somebody, for want of memory,
    or by a page that no process survives."""

    def __init__(self, folder: Path, sites: Mapping[str, Site], jobs: int) -> None:
        self._folder, self._sites, self._jobs = folder, sites, jobs
        self._pool = self._open(jobs)

    def _open(self, jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            jobs,
            mp_context=multiprocessing.get_context("spawn"),  # a fork would share open files
            initializer=_start,
            initargs=(self._folder, self._sites),
        )

    def submit(self, tasks: Sequence[Task]) -> Future[list[ReadPage]]:
        try:
            return self._pool.submit(_read, tasks)
        except BrokenProcessPool:
            self.close()
            self._pool = self._open(self._jobs)
            return self._pool.submit(_read, tasks)

    def result(self, tasks: Sequence[Task], future: Future[list[ReadPage]]) -> list[ReadPage]:
        """What the pages of a chunk say; one by one where a process has ended, so that it is known
        which page it cannot survive."""
        try:
            return future.result()
        except BrokenProcessPool:
            return self._one_by_one(tasks)

    def _one_by_one(self, tasks: Sequence[Task]) -> list[ReadPage]:
        found: list[ReadPage] = []
        pool = self._open(1)
        try:
            for task in tasks:
                try:
                    found += pool.submit(_read, [task]).result()
                except BrokenProcessPool:
                    found.append(self._deadly(task))
                    pool.shutdown()
                    pool = self._open(1)
        finally:
            pool.shutdown()
        return found

    def _deadly(self, task: Task) -> ReadPage:
        with PageStore.open(self._folder) as pages:
            page = pages.get(task.page_id)
        bare = dataclasses.replace(page, body=b"")
        reading = Reading(problem="the process that read it was ended")
        return ReadPage(page_id=task.page_id, page=bare, size=len(page.body), reading=reading)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


_readers: list[PageReader] = []


def _start(folder: Path, sites: Mapping[str, Site]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; the first decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _readers.append(PageReader(folder, sites))


def _read(tasks: Sequence[Task]) -> list[ReadPage]:
    return _readers[0].read(tasks)


def _end_with_parent() -> None:
    """Killed with -9, a parent tells nobody, and a pool's processes would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
