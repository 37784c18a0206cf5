"""A file that is there whole, or not at all: written beside its place, renamed when it is safe."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from archive.errors import ExportError

# No other program's files end so: what has this ending and no writer may go.
PART = ".moit-news-part"


class NewFile:
    """A file being written; it takes its name when the block ends well, else it is removed.

    What killed writers left in its folder is removed at the beginning. Raises ExportError where it
    cannot be written, or is there already and may not be replaced.
    """

    def __init__(self, path: Path, *, replace: bool = False) -> None:
        self.path = path
        self.bytes = 0
        self._hash = hashlib.sha256()
        if path.exists() and not replace:
            raise ExportError(f"{path} is there already: name another file, or give --force")
        sweep(path.parent)
        self._part = path.with_name(f"{path.name}.{os.getpid()}{PART}")
        try:
            self._file = _begun(self._part)
        except OSError as error:
            raise ExportError(f"{path} cannot be written: {error.strerror}") from error

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._hash.update(piece)
        self.bytes += len(piece)

    def flush(self) -> None:
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.end(error)

    def end(self, error: BaseException | None = None) -> None:
        """Gives the file its name, or removes it where an error ends the writing."""
        try:
            with self._file:
                if error is None:
                    self._finish()
        except OSError as failure:
            error = error or failure
        finally:
            self._part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ExportError(
                f"{self.path} cannot be written ({error.strerror}): make room, then write it again"
            ) from error

    def _finish(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._part.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:  # the name is on the disk only when the folder is
            os.fsync(folder)
        finally:
            os.close(folder)


def sweep(folder: Path) -> None:
    """Removes what killed writers left in a folder; what is being written is held by a lock, which
    the kernel frees however its holder ends."""
    for part in folder.glob(f"*{PART}"):
        if part.is_symlink() or not part.is_file():
            continue
        with suppress(OSError), part.open("rb") as file:  # held, or another user's: it stays
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()


def _begun(part: Path) -> IO[bytes]:
    """A new file that is held until it is closed."""
    while True:
        file = part.open("xb")
        with suppress(OSError):  # a file system without locks: there nobody sweeps either
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # it was swept in the moment before it was held
