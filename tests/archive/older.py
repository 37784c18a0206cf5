"""Data folders that older releases wrote, kept in schemas/ by schemas/make.py."""

import gzip
from pathlib import Path

from archive.pages import PageStore
from archive.store import Archive

SCHEMAS = Path(__file__).with_name("schemas")
RELEASED = sorted(
    folder.name for folder in SCHEMAS.iterdir() if (folder / "archive.db.gz").exists()
)


def unpack(schema: str, folder: Path) -> Path:
    """A data folder as the release with that schema left it."""
    data = folder / schema
    data.mkdir()
    for packed in (SCHEMAS / schema).glob("*.gz"):
        (data / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    return data


def bring_up_to_date(folder: Path) -> None:
    """Takes both files of a data folder to today's schema, as the next crawl does."""
    Archive.open(folder, write=True).close()
    PageStore.open(folder, write=True).close()
