"""An archive as most tests of what is kept want it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store import Archive
from tests.archive.news import new_archive
from tests.archive.older import RELEASED, bring_up_to_date, unpack


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Empty, open for writing, with two sites."""
    folder = tmp_path / "data"
    folder.mkdir()
    with new_archive(folder) as archive:
        yield archive


@pytest.fixture
def crawled(tmp_path: Path) -> Path:
    """A data folder with every kind of row, as a crawl by the first release left it, brought up to
    date."""
    folder = unpack(RELEASED[0], tmp_path)
    bring_up_to_date(folder)
    return folder
