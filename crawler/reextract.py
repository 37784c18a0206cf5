"""Reads the kept pages again with today's extractor and site files: which, in what order, and how
it adds up. One process writes; killed at any moment, the next start goes on where it ended."""

from __future__ import annotations

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

from archive.connection import PAGES_FILE
from archive.folder import data_folder
from archive.pages import PageStore
from archive.store import Archive
from crawler.errors import NOTHING_USABLE, SOME_FAILED, WELL, SiteError
from crawler.reading_pool import ReadPage, Task, Work
from crawler.reread import Candidate, Ending, Reread, Rereader
from crawler.run import Run
from crawler.site import Site
from crawler.site_file import load_sites, unknown_site
from crawler.site_schema import meant

# A commit waits for the disk; so many pages share one, and a kill costs no more than them.
_CHUNK = 50
# With fewer pages than that for each process, some would end long before the others.
_CHUNKS_EACH = 4
_EXAMPLES = 2
# Reasons and losses that are told; of all others only the number is kept.
_MOST_TOLD = 100
_OTHER_REASONS = "other reasons"
_PLANNED_AT_ONCE = 5000
Chunk: TypeAlias = list[tuple[Candidate, Task | None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which of the kept pages to read: of which sites, fetched when, and also those that were read
    by the extractor and the site files of today."""

    sites: tuple[str, ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    everything: bool = False


@dataclass
class Summary:
    """What became of all pages, by site; the endings of a site add up to its pages."""

    selected: int = 0
    planned: int = 0
    endings: Counter[tuple[str, Ending]] = field(default_factory=Counter)
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[Ending, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[tuple[str, Any, Any]]] = field(default_factory=dict)
    lost: list[tuple[str, str]] = field(default_factory=list)
    forgotten: int = 0

    @property
    def pages(self) -> int:
        return self.endings.total()

    def add(self, page: Reread) -> None:
        """Counts a page, and keeps the first examples of each field."""
        self.endings[page.site, page.ending] += 1
        self.forgotten += page.forget
        if page.ending is Ending.LOST:
            self.lost += [(page.url, page.reason or "")] if len(self.lost) < _MOST_TOLD else []
        elif page.reason:
            is_told = (page.ending, page.reason) in self.reasons or len(self.reasons) < _MOST_TOLD
            self.reasons[page.ending, page.reason if is_told else _OTHER_REASONS] += 1
        for name, (before, after) in page.differences.items():
            self.fields[page.site, name] += 1
            examples = self.examples.setdefault((page.site, name), [])
            if len(examples) < _EXAMPLES:
                examples.append((page.url, before, after))

    def count(self, ending: Ending) -> int:
        return sum(count for (_, each), count in self.endings.items() if each is ending)

    def exit_code(self) -> int:
        """1 where a page that was read cannot be read any more, 3 where no page is selected."""
        if not self.selected:
            return NOTHING_USABLE
        return SOME_FAILED if self.lost else WELL


def preview(selection: Selection, jobs: int, summary: Summary) -> Generator[Summary]:
    """What reading again would change; writes nothing at all. Gives the numbers as they grow."""
    folder = data_folder()
    with PageStore.open(folder) as pages, closing(Archive.open(folder)) as archive:
        sites = sites_of(selection, pages, archive)
        rereader = Rereader(archive, pages, sites, None)
        yield from _reread(rereader, Work(folder, sites, jobs), selection, jobs, summary)


def read_again(selection: Selection, jobs: int, summary: Summary) -> Generator[Summary]:
    """Reads the pages again and corrects what is kept of them. Gives the numbers as they grow;
    raises AlreadyRunningError before it begins, ArchiveError."""
    folder = data_folder()
    if not (folder / PAGES_FILE).exists():
        PageStore.open(folder)  # raises: a folder without pages must not become an archive
    run = Run.open(folder)
    code: int = SOME_FAILED
    try:
        sites = sites_of(selection, run.pages, run.archive)
        rereader = Rereader(run.archive, run.pages, sites, run)
        yield from _reread(rereader, Work(folder, sites, jobs), selection, jobs, summary)
        code = summary.exit_code()
    finally:
        run.close(code)


def sites_of(selection: Selection, pages: PageStore, archive: Archive) -> dict[str, Site]:
    """The sites whose pages are to be read, as their files say now; raises SiteError."""
    known = load_sites()
    for slug in selection.sites:
        if slug not in known:
            raise SiteError(f"no site {slug!r}{meant(slug, known)} There are: {', '.join(known)}")
    homepages = dict(archive.connection.execute("SELECT slug, homepage FROM sites").fetchall())
    slugs = [slug for slug in pages.sites() if slug in selection.sites or not selection.sites]
    sites = {slug: known.get(slug) or _unknown(homepages.get(slug), slug) for slug in slugs}
    return {slug: site for slug, site in sites.items() if site}


def _unknown(homepage: str | None, slug: str) -> Site | None:
    """A site that somebody asked for by an address only, read by generic alone."""
    site = unknown_site(homepage) if homepage else None
    return site if site and site.slug == slug else None


def _reread(
    rereader: Rereader, work: Work[Chunk], selection: Selection, jobs: int, summary: Summary
) -> Iterator[Summary]:
    page_ids = plan(rereader, selection, summary)
    yield summary
    for chunk, read in work.read(_chunks(rereader, page_ids, jobs)):
        for page in store(rereader, chunk, read):
            summary.add(page)
        yield summary


def plan(rereader: Rereader, selection: Selection, summary: Summary) -> array[int]:
    """The numbers of the pages that today's readers have not read, in their order."""
    sites = selection.sites or rereader.pages.sites()
    selected = rereader.pages.kept(sites, selection.since, selection.until)
    planned = array("q")
    readers = rereader.readers
    while some := list(islice(selected, _PLANNED_AT_ONCE)):
        summary.selected += len(some)
        if selection.everything:
            rereader.wait(some)
            planned.extend(some)
        else:
            done = rereader.readings.read_by(readers, some[0], some[-1])
            planned.extend(page_id for page_id in some if page_id not in done)
    summary.planned = len(planned)
    return planned


def _chunks(
    rereader: Rereader, page_ids: Sequence[int], jobs: int
) -> Iterator[tuple[Chunk, list[Task]]]:
    size = max(1, min(_CHUNK, len(page_ids) // (jobs * _CHUNKS_EACH)))
    for first in range(0, len(page_ids), size):
        rows = rereader.pages.rows(page_ids[first : first + size])
        chunk = [rereader.look_up(row) for row in rows]
        yield chunk, [task for _, task in chunk if task is not None]


def store(rereader: Rereader, chunk: Chunk, read: Sequence[ReadPage]) -> list[Reread]:
    """Corrects what is kept of a chunk's pages, all or nothing; then forgets what may not be
    archived: killed between the two, such pages are read once more."""
    by_id: Mapping[int, ReadPage] = {page.page_id: page for page in read}
    with rereader.transaction():
        ended = [rereader.finish(page, by_id.get(page.page_id)) for page, _ in chunk]
    rereader.forget(page.page_id for page in ended if page.forget)
    return ended
