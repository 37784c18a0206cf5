"""Pages wait for each other for a moment, are committed together, and fail alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from archive.derived import Derived
from archive.errors import ArchiveFullError
from archive.pages import PageStore
from archive.store import Archive
from archive.stories import Signed
from crawler import batch
from crawler.batch import Batch
from tests.archive.news import SEEN, article, new_archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, write=True) as archive:
        archive.connection.execute("CREATE TABLE told (number INTEGER)")
        yield archive


@dataclass
class Noted:
    """Writes its number, having been kept and read; or fails at one of the steps."""

    archive: Archive
    number: int
    failing: dict[str, Exception] = field(default_factory=dict)
    is_kept: bool = False
    is_read: bool = False

    def keep(self) -> None:
        if error := self.failing.get("keep"):
            raise error
        self.is_kept = True

    def read(self) -> None:
        assert self.is_kept
        if error := self.failing.get("read"):
            raise error
        self.is_read = True

    def derive(self, kind: str) -> None:
        assert self.is_read
        if error := self.failing.get(kind):
            raise error

    def store(self) -> None:
        assert self.is_read
        self.archive.connection.execute("INSERT INTO told VALUES (?)", (self.number,))
        if error := self.failing.get("store"):
            raise error


def kept(archive: Archive) -> list[int]:
    return [row[0] for row in archive.connection.execute("SELECT number FROM told ORDER BY rowid")]


def joined(archive: Archive, works: list[Noted], size: int = 1) -> list[BaseException | None]:
    async def all_of_them() -> list[BaseException | None]:
        with PageStore.open(archive.folder, write=True) as pages:
            waiting = Batch(archive, pages)
            joins = (waiting.join(work, size) for work in works)
            return await asyncio.gather(*joins, return_exceptions=True)

    return asyncio.run(all_of_them())


def test_a_full_batch_is_stored_at_once_in_the_order_of_its_pages(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "SECONDS", 1000)
    joined(archive, [Noted(archive, number) for number in range(batch.MOST)])

    assert kept(archive) == list(range(batch.MOST))


def test_a_batch_of_large_pages_is_full_before(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "SECONDS", 1000)
    joined(archive, [Noted(archive, number) for number in range(4)], size=batch.MOST_BYTES // 2)

    assert kept(archive) == [0, 1, 2, 3]


def test_the_rest_waits_a_moment(archive: Archive) -> None:
    began = time.monotonic()
    joined(archive, [Noted(archive, number) for number in range(batch.MOST + 3)])

    assert len(kept(archive)) == batch.MOST + 3
    assert time.monotonic() - began >= batch.SECONDS


@pytest.mark.parametrize("step", ["keep", "read", "signature", "store"])
def test_a_mistake_on_one_page_is_told_and_costs_no_other(archive: Archive, step: str) -> None:
    mistake = KeyError("ours")
    works = [Noted(archive, n, {step: mistake} if n == 1 else {}) for n in range(3)]

    assert joined(archive, works) == [None, mistake, None]
    assert kept(archive) == [0, 2]


@pytest.mark.parametrize("step", ["keep", "read", "store"])
def test_of_a_batch_that_the_disk_does_not_take_nothing_is_stored(archive: Archive, step: str):
    full = ArchiveFullError("the disk is full")
    told = joined(archive, [Noted(archive, n, {step: full} if n == 2 else {}) for n in range(3)])

    assert told == [full] * 3
    assert kept(archive) == []
    assert not archive.connection.in_transaction


class Broken(Derived):
    @cached_property
    def signed(self) -> Signed:
        raise KeyError("ours")


@dataclass
class Told(Noted):
    """Stores an article, too; one of them cannot be told from others."""

    def store(self) -> None:
        super().store()
        said = article(self.number)
        ready = (Broken if self.number == 1 else Derived)(said)
        self.archive.add(said, site="bo-vn", page_id=None, seen_at=SEEN, derived=ready)


def test_a_mistake_at_the_end_of_the_batch_costs_its_own_page_only(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        archive.connection.execute("CREATE TABLE told (number INTEGER)")
        told = joined(archive, [Told(archive, number) for number in range(4)])

        assert [type(error) for error in told] == [type(None), KeyError, *[type(None)] * 2]
        assert kept(archive) == [0, 2, 3]
        assert [row[0] for row in archive.connection.execute("SELECT url FROM articles")] == [
            article(number).url for number in (0, 2, 3)
        ]
