"""The files that an export is written to: whole under their names, or not there at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Self

from archive.errors import ExportError

# What the field calls a WARC file of good size: large enough for a disk, small enough to send.
LARGEST = 1_000_000_000
ENDINGS = (".warc", ".warc.gz")
PART = ".part"


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
        self._file: IO[bytes] | None = None
        if self._one and to.exists() and not force:
            raise ExportError(f"{to} is there already: name another file, or give --force")
        folder = to.parent if self._one else to
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise ExportError(f"{folder} cannot be made: {error.strerror}") from error

    def turn(self) -> IO[bytes]:
        """The file for the next page and all that belongs to it."""
        if self._file is not None and not self._one and self._file.tell() >= self._largest:
            self._finish()
        if self._file is None:
            self._count += 1
            path = self._path()
            try:
                self._file = path.with_name(path.name + PART).open("wb")
            except OSError as error:
                raise ExportError(f"{path} cannot be written: {error.strerror}") from error
        return self._file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self._finish()
        elif self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ExportError(
                f"{self._path()} cannot be written ({error.strerror}): make room, then write again"
            ) from error

    def _path(self) -> Path:
        return self._to if self._one else self._to / f"{self._stem}-{self._count:05}.warc.gz"

    def _finish(self) -> None:
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        path = self._path()
        Path(self._file.name).replace(path)
        self._file = None
        folder = os.open(path.parent, os.O_RDONLY)
        try:  # the name is on the disk only when the folder is
            os.fsync(folder)
        finally:
            os.close(folder)
