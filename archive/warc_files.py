"""The files that an export is written to: whole under their names, or not there at all."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from archive.errors import ExportError
from archive.new_file import NewFile

# What the field calls a WARC file of good size: large enough for a disk, small enough to send.
LARGEST = 1_000_000_000
ENDINGS = (".warc", ".warc.gz")


class WarcFiles:
    """One file, or numbered files of about 1 GB in a folder.

    Each is written beside its place and takes its name when it is whole and on the disk; what is
    being written when an error ends the export is removed.
    """

    def __init__(self, to: Path, stem: str, *, force: bool, largest: int = LARGEST) -> None:
        self._one = to.name.endswith(ENDINGS)
        self._to = to
        self._stem = stem
        self._largest = largest
        self._count = 0
        self._file: NewFile | None = None
        if self._one and to.exists() and not force:
            raise ExportError(f"{to} is there already: name another file, or give --force")
        folder = to.parent if self._one else to
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise ExportError(f"{folder} cannot be made: {error.strerror}") from error

    def turn(self) -> NewFile:
        """The file for the next page and all that belongs to it."""
        if self._file is not None and not self._one and self._file.bytes >= self._largest:
            self._end()
        if self._file is None:
            self._count += 1
            self._file = NewFile(self._path(), replace=True)
        return self._file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._end(error)

    def _path(self) -> Path:
        return self._to if self._one else self._to / f"{self._stem}-{self._count:05}.warc.gz"

    def _end(self, error: BaseException | None = None) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.end(error)
