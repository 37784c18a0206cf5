"""A file that is there whole, or not at all: written beside its place, renamed when it is safe."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Self

from archive.errors import ExportError

PART = ".part"


class NewFile:
    """A file being written; it takes its name when the block ends well, else it is removed.

    Raises ExportError where it cannot be written, or is there already and may not be replaced.
    """

    def __init__(self, path: Path, *, replace: bool = False) -> None:
        self.path = path
        self.bytes = 0
        self._hash = hashlib.sha256()
        if path.exists() and not replace:
            raise ExportError(f"{path} is there already: name another file, or give --force")
        self._part = path.with_name(f"{path.name}.{os.getpid()}{PART}")
        try:
            self._file = self._part.open("xb")
        except OSError as error:
            raise ExportError(f"{path} cannot be written: {error.strerror}") from error

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._hash.update(piece)
        self.bytes += len(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            if error is None:
                self._finish()
        except OSError as failure:
            error = failure
        finally:
            self._part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ExportError(
                f"{self.path} cannot be written ({error.strerror}): make room, then write it again"
            ) from error

    def _finish(self) -> None:
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
        self._part.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:  # the name is on the disk only when the folder is
            os.fsync(folder)
        finally:
            os.close(folder)
