"""A web server and a small paper's data folder, as most tests of crawls want them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.paper import World
from tests.crawler.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
