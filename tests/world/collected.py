"""A world and what the real program makes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from tests.world.world import World

COMMAND = str(Path(sys.executable).parent / "moit-news")


@dataclass
class Collected:
    """A world, and the data folder into which the real program crawls it."""

    world: World
    folder: Path
    env: dict[str, str]

    @classmethod
    def of(cls, world: World, places: pytest.TempPathFactory) -> Self:
        """Nothing is crawled yet."""
        sites, folder = world.write_sites(places.mktemp("sites")), places.mktemp("data")
        own = {"MOIT_NEWS_SITES": str(sites), "MOIT_NEWS_DATA": str(folder)}
        return cls(world, folder, os.environ | own)

    def moit_news(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def says(self, *arguments: str) -> str:
        """What a command prints that ends well."""
        done = self.moit_news(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout
