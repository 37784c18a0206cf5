"""A second archive elsewhere: both files as they are at one time, verified, put in place whole.

A backup is a folder ``moit-news-<time>`` that is itself a data folder. It is made under another
name and renamed when it is safe on the disk, so what bears the name is whole.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from archive.backup_shelf import MADE_BY, MANIFEST, clear, partial, prune, sweep, unused_name
from archive.connection import (
    ARCHIVE_FILE,
    PAGES_FILE,
    STEPS,
    connect,
    explain,
    explained,
    steps_taken,
)
from archive.errors import (
    ArchiveDamagedError,
    ArchiveFullError,
    ArchiveSchemaError,
    BackupError,
    DataFolderError,
)
from archive.integrity import malformed, told
from archive.lock import take_lock
from archive.models import VIETNAM
from archive.times import to_text

# Rows are only ever added to these, so a copy made between two counts must lie between them.
GROWING = {ARCHIVE_FILE: ("articles", "versions", "outcomes"), PAGES_FILE: ("pages",)}
ROOM_TO_SPARE = 32 << 20
_STEPS_BETWEEN_LOOKS = 10_000
_TABLES = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name"
)
_LOST_PAGES = (
    "SELECT count(*) FROM {table} WHERE page_id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM pages_copy.pages WHERE id = page_id)"
)

Watch = Callable[[str, int, int], None]  # what is done, bytes done, bytes in all


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """One file of a backup as its manifest tells it."""

    bytes: int
    sha256: str
    schema: tuple[str, ...]
    rows: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """What a backup came to; ``findings`` are wrong in the archive itself, not in the copying."""

    folder: Path
    files: dict[str, Copied]
    findings: tuple[str, ...]
    kept: int
    removed: tuple[Path, ...]


def _unwatched(_what: str, _done: int, _whole: int) -> None:
    pass


def back_up(
    folder: Path, shelf: Path, *, keep: int | None = None, watch: Watch = _unwatched
) -> Backup:
    """Copies a data folder into a new folder of ``shelf``, whatever writes to it meanwhile, then
    removes all but the ``keep`` newest whole backups. Raises MoitNewsError, leaving nothing."""
    _refuse(folder, shelf)
    with take_lock(shelf, "another backup"):
        sweep(shelf)
        _refuse_small_disk(folder, shelf)
        made_at = dt.datetime.now(VIETNAM)
        whole = unused_name(shelf, made_at)
        draft = partial(whole)
        try:
            draft.mkdir()
            files, findings = _copy(folder, draft, watch)
            _write_manifest(draft, made_at, files, findings)
            _sync(draft)
            draft.rename(whole)
            _sync(shelf)
        except OSError as error:
            clear(draft)
            raise BackupError(f"{shelf} does not take the backup: {error.strerror}") from error
        except BaseException:
            clear(draft)
            raise
        removed, kept = prune(shelf, keep, whole) if not findings else ([], 0)
    return Backup(
        folder=whole, files=files, findings=tuple(findings), kept=kept, removed=tuple(removed)
    )


def _refuse(folder: Path, shelf: Path) -> None:
    if not (folder / ARCHIVE_FILE).exists():
        raise DataFolderError(
            f"there is no {ARCHIVE_FILE} in {folder} to back up: MOIT_NEWS_DATA must name the "
            "folder of your archive"
        )
    if not shelf.is_dir():
        raise BackupError(f"{shelf} is no folder: mount its disk, or make it with mkdir")
    if shelf.resolve().is_relative_to(folder.resolve()):
        raise BackupError(
            f"{shelf} lies inside the data folder {folder}: what destroys the one would destroy "
            "the other; name a folder on another disk"
        )


def _refuse_small_disk(folder: Path, shelf: Path) -> None:
    needed = sum(_size(folder / name) for name in _names(folder)) + ROOM_TO_SPARE
    free = shutil.disk_usage(shelf).free
    if free < needed:
        raise ArchiveFullError(
            f"the disk of {shelf} has {free / 1e6:,.0f} MB free and a backup needs "
            f"{needed / 1e6:,.0f} MB: free some space or name another folder; nothing was begun"
        )


def _names(folder: Path) -> list[str]:
    return [name for name in (ARCHIVE_FILE, PAGES_FILE) if (folder / name).exists()]


def _size(path: Path) -> int:
    with explained(path), closing(connect(path, "ro")) as connection:
        sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        return int(connection.execute(sql).fetchone()[0])


def _copy(folder: Path, draft: Path, watch: Watch) -> tuple[dict[str, Copied], list[str]]:
    # archive.db first: a page is stored before its article, so that all that the copied articles
    # name is in pages.db by now. The other way round the newest would lack their pages.
    for name in _names(folder):
        _copy_file(folder / name, draft / name, watch)
    findings = [] if (draft / PAGES_FILE).exists() else [f"there is no {PAGES_FILE} to copy"]
    watch("verifying", 0, 1)
    for name in _names(draft):
        findings += _verify(draft / name)
    if (draft / PAGES_FILE).exists():
        findings += _lost_pages(draft)
    files = {name: _described(draft / name) for name in _names(draft)}
    watch("verifying", 1, 1)
    return files, findings


def _copy_file(source: Path, target: Path, watch: Watch) -> None:
    whole = _size(source)
    watch(source.name, 0, whole)

    def look() -> int:
        watch(source.name, target.stat().st_size if target.exists() else 0, whole)
        return 0

    try:
        with closing(connect(source, "ro")) as connection:
            if STEPS[source.name][0] not in steps_taken(connection):
                raise ArchiveSchemaError(f"{source} is no file of this program: nothing was copied")
            before = _counts(connection, GROWING[source.name])
            connection.set_progress_handler(look, _STEPS_BETWEEN_LOOKS)
            connection.execute("VACUUM INTO ?", (str(target),))
            after = _counts(connection, GROWING[source.name])
    except sqlite3.Error as error:
        is_full = getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
        raise explain(error, target if is_full else source) from error
    with closing(connect(target, "ro")) as connection:
        copied = _counts(connection, GROWING[source.name])
    for table, rows in copied.items():
        if not before[table] <= rows <= after[table]:
            raise ArchiveDamagedError(
                f"{target}: {rows} rows of {table} were copied, {after[table]} are there: run "
                "this again, and check the disk if it happens twice"
            )


def _verify(copy: Path) -> list[str]:
    """Raises ArchiveDamagedError for a bad copy; gives what was wrong before the copying."""
    with explained(copy), closing(connect(copy, "rw")) as connection:
        if broken := malformed(connection):
            raise ArchiveDamagedError(f"the copy {copy} is damaged ({broken[0]}): check its disk")
        return [f"{copy.name}: {finding}" for finding in told(connection)]


def _lost_pages(draft: Path) -> list[str]:
    findings = []
    with explained(draft), closing(connect(draft / ARCHIVE_FILE, "rw")) as connection:
        connection.execute("ATTACH ? AS pages_copy", (str(draft / PAGES_FILE),))
        for table in ("articles", "versions"):
            (lost,) = connection.execute(_LOST_PAGES.format(table=table)).fetchone()
            if lost:
                findings.append(f"{lost} rows of {table} name a page that {PAGES_FILE} lacks")
    return findings


def _counts(connection: sqlite3.Connection, tables: tuple[str, ...]) -> dict[str, int]:
    sql = "SELECT count(*) FROM {table}"
    return {table: connection.execute(sql.format(table=table)).fetchone()[0] for table in tables}


def _described(copy: Path) -> Copied:
    with closing(connect(copy, "ro")) as connection:
        tables = tuple(row[0] for row in connection.execute(_TABLES))
        rows, schema = _counts(connection, tables), tuple(steps_taken(connection))
    with copy.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Copied(bytes=copy.stat().st_size, sha256=sha256, schema=schema, rows=rows)


def _write_manifest(
    draft: Path, made_at: dt.datetime, files: dict[str, Copied], findings: list[str]
) -> None:
    manifest = {
        "made_by": MADE_BY,
        "program": version("moit-news"),
        "made_at": to_text(made_at),
        "files": {name: asdict(copied) for name, copied in files.items()},
        "findings": findings,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (draft / MANIFEST).write_text(text, encoding="utf-8")


def _sync(folder: Path) -> None:
    """VACUUM INTO leaves its file to the kernel; a power cut after the rename must not."""
    for path in (*(p for p in folder.iterdir() if p.is_file()), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
