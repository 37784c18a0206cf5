"""One program at a time writes a folder: a lock that the kernel frees however its holder ends."""

import datetime as dt
import fcntl
import os
from pathlib import Path
from typing import IO

from archive.errors import AlreadyRunningError, ArchiveReadOnlyError
from archive.models import VIETNAM

LOCK_FILE = "lock"


def take_lock(folder: Path, what: str = "another crawl", *, name: str = LOCK_FILE) -> IO[str]:
    """An open file that holds the folder's lock until it is closed; raises AlreadyRunningError.
    What writes little, beside a crawl, has a lock of another name."""
    path = folder / name
    try:
        lock = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise ArchiveReadOnlyError(
            f"{path} cannot be written ({error.strerror}): let this user write in {folder}"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        holder = lock.read().strip() or "an unknown process"
        lock.close()
        raise AlreadyRunningError(
            f"{what} is under way in {folder}: {holder}; this one did nothing"
        ) from error
    _sign(lock)
    return lock


def _sign(lock: IO[str]) -> None:
    now = dt.datetime.now(VIETNAM)
    try:
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S}\n")
        lock.flush()
    except OSError:  # a full disk: the lock holds without its signature
        lock.seek(0)
