"""The data folder: what MOIT_NEWS_DATA names, else ./data."""

import os
from pathlib import Path

from archive.errors import DataFolderError

VARIABLE = "MOIT_NEWS_DATA"
DEFAULT = Path("data")


def data_folder(*, create: bool = False) -> Path:
    """The folder that holds everything; only the default one is ever created, because a mistyped
    MOIT_NEWS_DATA must not start an empty archive. Raises DataFolderError."""
    named = os.environ.get(VARIABLE)
    folder = Path(named) if named else DEFAULT
    if not folder.exists() and create and not named:
        try:
            folder.mkdir()
        except OSError as error:
            raise DataFolderError(f"{folder.resolve()} cannot be made: {error.strerror}") from error
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "does not exist"
        told = (
            f"{VARIABLE}={named}: it {what}" if named else f"the folder {folder.resolve()} {what}"
        )
        raise DataFolderError(f"{told}; make it, or set {VARIABLE} to the folder of your archive")
    return folder
