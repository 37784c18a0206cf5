"""The folder that backups stand in: which are whole, which may go, what killed ones left."""

import datetime as dt
import json
import re
from pathlib import Path

from archive.connection import ARCHIVE_FILE, PAGES_FILE

MANIFEST = "manifest.json"
MADE_BY = "moit-news backup"
_NAME = re.compile(r"moit-news-\d{4}-\d{2}-\d{2}T\d{6}")
_PARTIAL = re.compile(rf"\.{_NAME.pattern}\.partial")
_FILES = {
    name + companion
    for name in (ARCHIVE_FILE, PAGES_FILE)
    for companion in ("", "-journal", "-wal", "-shm")
} | {MANIFEST}


def unused_name(shelf: Path, made_at: dt.datetime) -> Path:
    """The folder of a backup made at that second, or at the next that none has."""
    while (whole := shelf / f"moit-news-{made_at:%Y-%m-%dT%H%M%S}").exists():
        made_at += dt.timedelta(seconds=1)
    return whole


def partial(whole: Path) -> Path:
    """The name of a backup that is being made or removed."""
    return whole.with_name(f".{whole.name}.partial")


def sweep(shelf: Path) -> None:
    """Removes what killed backups left behind; the caller holds the shelf's lock."""
    for path in shelf.iterdir():
        if _PARTIAL.fullmatch(path.name):
            clear(path)


def clear(draft: Path) -> None:
    """Removes the files that a backup makes, and their folder if nothing else is in it."""
    if not draft.is_dir() or draft.is_symlink():
        return
    for path in draft.iterdir():
        if path.name in _FILES:
            path.unlink()
    if not any(draft.iterdir()):
        draft.rmdir()


def whole_backups(shelf: Path) -> list[Path]:
    """The backups that are as their manifests tell and had nothing wrong, the newest first."""
    return sorted((path for path in shelf.iterdir() if _is_whole(path)), reverse=True)


def prune(shelf: Path, keep: int | None, newest: Path) -> tuple[list[Path], int]:
    """Removes all whole backups but ``newest`` and the next ``keep - 1``; gives the removed ones
    and how many are left."""
    others = [path for path in whole_backups(shelf) if path != newest]
    old = others[max(keep - 1, 0) :] if keep is not None else []
    for path in old:
        draft = partial(path)
        path.rename(draft)  # killed in the middle, half a backup must not bear the name
        clear(draft)
    return old, 1 + len(others) - len(old)


def _is_whole(path: Path) -> bool:
    """False also for a folder that holds anything which no backup makes: it is not ours to judge,
    and never to remove."""
    if not _NAME.fullmatch(path.name) or path.is_symlink() or not path.is_dir():
        return False
    if {inner.name for inner in path.iterdir()} - _FILES:
        return False
    try:
        told = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        sizes = {name: file["bytes"] for name, file in told["files"].items()}
        is_clean = told["made_by"] == MADE_BY and not told["findings"]
        return is_clean and all((path / name).stat().st_size == sizes[name] for name in sizes)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
