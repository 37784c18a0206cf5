"""Whether the archive is what it says: both files, their rows, the pages behind the articles."""

import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import zstandard

from archive.connection import (
    ARCHIVE_FILE,
    PAGES_FILE,
    READER,
    connect,
    explain,
    explained,
    open_file,
)
from archive.errors import ArchiveDamagedError
from archive.inspection_rules import BACKUP, DERIVED, LEFTOVERS, RULES, Rule, Weight
from archive.integrity import lost_parents, malformed, stale_indexes
from archive.models import VIETNAM
from archive.pages import PageStore
from archive.times import to_text

EARLIEST = "1990-01-01"  # no Vietnamese paper was on the web before 1997
SAMPLE = 500
NAMED = 3
REBUILD = "rebuilds the index from the articles"
WITH_ARTICLE, WITH_PAGE = "article_id", "page_id"
RULED = (WITH_ARTICLE, "sha256", "dictionary_id")  # what these name has rules of its own

Watch = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is not as it should be: in how many rows, and some of them by name."""

    name: str
    weight: Weight
    count: int
    rows: tuple[str, ...]
    repair: str
    can_repair: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """All findings, and how much was looked at."""

    findings: tuple[Finding, ...]
    bodies_read: int
    bodies: int

    @property
    def is_clean(self) -> bool:
        """What only looks odd does not count: a paper may date an article 1970 for good."""
        return all(finding.weight is Weight.ODD for finding in self.findings)


def unwatched(_what: str, _done: int, _whole: int) -> None:
    """For callers that show no progress."""


def inspect(
    folder: Path, *, deep: bool = False, is_busy: bool = False, watch: Watch = unwatched
) -> Inspection:
    """Looks at everything but the content of most bodies; ``deep`` reads each of them. ``is_busy``
    tells that a crawl is under way, which leaves addresses half asked."""
    findings = [*_files(folder, watch)]
    if any(finding.weight is Weight.LOST for finding in findings):
        return Inspection(findings=tuple(findings), bodies_read=0, bodies=0)
    rules = RULES if is_busy else (*RULES, LEFTOVERS)
    findings += _rows(folder, rules, watch)
    read = whole = 0
    if (folder / PAGES_FILE).exists():
        bad, read, whole = _bodies(folder, watch, deep=deep)
        findings += bad
    return Inspection(findings=tuple(findings), bodies_read=read, bodies=whole)


def _files(folder: Path, watch: Watch) -> Iterator[Finding]:
    for number, name in enumerate((ARCHIVE_FILE, PAGES_FILE)):
        watch("files", number, 2)
        path = folder / name
        if name == PAGES_FILE and not path.exists():
            told = f"{name} is not there: no page is kept"
            yield Finding(name=told, weight=Weight.LOST, count=1, rows=(), repair=BACKUP)
            continue
        try:
            with explained(path), closing(_open_to_check(path)) as connection:
                yield from _of_file(connection, name)
        except ArchiveDamagedError as error:
            yield Finding(name=str(error), weight=Weight.LOST, count=1, rows=(name,), repair=BACKUP)
    watch("files", 2, 2)


def _open_to_check(path: Path) -> sqlite3.Connection:
    """FTS5 is asked for its check by an INSERT, so a reader cannot; nothing is written."""
    open_file(path, write=False).close()  # its schema is today's, or the sentence says what to do
    return connect(path, "rw")


def _of_file(connection: sqlite3.Connection, name: str) -> Iterator[Finding]:
    told = malformed(connection)
    if told:
        name = f"{name} is damaged: {told[0]}"
        yield Finding(name=name, weight=Weight.LOST, count=len(told), rows=(), repair=BACKUP)
        return
    for table, column, parent, count in lost_parents(connection):
        if column not in RULED:
            told_of = f"rows of {table} whose {column} names no row of {parent}"
            yield Finding(name=told_of, weight=Weight.WRONG, count=count, rows=(), repair=BACKUP)
    for table in stale_indexes(connection) if name == ARCHIVE_FILE else ():
        yield Finding(
            name=f"the index {table} does not say what its table says",
            weight=Weight.WRONG,
            count=1,
            rows=(table,),
            repair=REBUILD,
            can_repair=True,
        )


def _rows(folder: Path, rules: tuple[Rule, ...], watch: Watch) -> Iterator[Finding]:
    """One transaction: archive.db is read as it is before pages.db, where a crawl only adds."""
    now = dt.datetime.now(VIETNAM)
    times = {"soon": to_text(now + dt.timedelta(hours=1)), "early": EARLIEST}
    with explained(folder / ARCHIVE_FILE), closing(attached(folder, "ro")) as connection:
        connection.executescript(READER)
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM articles LIMIT 1").fetchone()
        connection.execute("SELECT 1 FROM pages.pages LIMIT 1").fetchone()
        rules = (*rules, *_orphans(connection))
        for number, rule in enumerate(rules):
            watch("rows", number, len(rules))
            yield from _broken(connection, rule, times)
        watch("rows", len(rules), len(rules))


def attached(folder: Path, mode: str) -> sqlite3.Connection:
    """archive.db with pages.db as ``pages``; the schema of both must be today's."""
    for name in (ARCHIVE_FILE, PAGES_FILE):
        open_file(folder / name, write=False).close()
    connection = connect(folder / ARCHIVE_FILE, mode)
    connection.execute(
        "ATTACH ? AS pages", (f"{(folder / PAGES_FILE).resolve().as_uri()}?mode={mode}",)
    )
    return connection


def _broken(connection: sqlite3.Connection, rule: Rule, times: dict[str, str]) -> Iterator[Finding]:
    rows, count = [], 0
    for row in connection.execute(rule.sql, times):
        rows += [str(row[0])] if count < NAMED else []
        count += 1
    if count:
        yield Finding(
            name=rule.name,
            weight=rule.weight,
            count=count,
            rows=tuple(rows),
            repair=rule.repair,
            can_repair=rule.statement is not None,
        )


def _orphans(connection: sqlite3.Connection) -> Iterator[Rule]:
    """Rows of any table whose article or page is not there, by the names of their columns."""
    sql = (
        "SELECT t.name AS name, c.name AS col FROM pragma_table_list t, pragma_table_info(t.name) c"
        " WHERE t.schema = 'main' AND t.type = 'table' AND c.name IN (?, ?)"
    )
    for table, column in connection.execute(sql, (WITH_ARTICLE, WITH_PAGE)).fetchall():
        yield orphan_rule(table, column)


def orphan_rule(table: str, column: str) -> Rule:
    """That a table's rows have their article or page."""
    parent = "articles" if column == WITH_ARTICLE else "pages.pages"
    lost = f"{column} IS NOT NULL AND {column} NOT IN (SELECT id FROM {parent})"
    derived = column == WITH_ARTICLE and table in DERIVED
    own = "id" if (table, column) == ("articles", WITH_PAGE) else column
    texts = table in {"articles", "versions"}
    return Rule(
        name=f"rows of {table} whose {column.removesuffix('_id')} is not there",
        weight=Weight.LOST if texts else Weight.WRONG,
        sql=f"SELECT {own} FROM {table} WHERE {lost}",
        repair="removes them: they are made from the text of an article" if derived else BACKUP,
        statement=f"DELETE FROM {table} WHERE {lost}" if derived else None,
    )


def _bodies(folder: Path, watch: Watch, *, deep: bool) -> tuple[list[Finding], int, int]:
    """Whether bodies come out as they went in: all, or some hundred and one of each dictionary."""
    damaged: list[str] = []
    read = 0
    with PageStore.open(folder) as pages:
        (whole,) = pages.connection.execute("SELECT count(*) FROM bodies").fetchone()
        is_all = deep or whole <= SAMPLE
        some = [] if is_all else _some_keys(pages)
        keys, most = (_all_keys(pages), whole) if is_all else (iter(some), len(some))
        for read, sha256 in enumerate(keys, 1):
            damaged += [] if _is_sound(pages, sha256) else [sha256[:8].hex().upper()]
            if read % 20 == 0:
                watch("bodies", read, most)
    if not damaged:
        return [], read, whole
    found = Finding(
        name="bodies that are not what was fetched, by their SHA-256",
        weight=Weight.LOST,
        count=len(damaged),
        rows=tuple(damaged[:NAMED]),
        repair=BACKUP,
    )
    return [found], read, whole


def _is_sound(pages: PageStore, sha256: bytes) -> bool:
    try:
        return pages.holds(sha256)
    except zstandard.ZstdError:
        return False
    except sqlite3.Error as error:
        raise explain(error, pages.path) from error


def _all_keys(pages: PageStore) -> Iterator[bytes]:
    # In small portions, so that no reading transaction stands open for hours beside a crawl.
    last = b""
    while True:
        sql = "SELECT sha256 FROM bodies WHERE sha256 > ? ORDER BY sha256 LIMIT 1000"
        keys = [row[0] for row in pages.connection.execute(sql, (last,))]
        if not keys:
            return
        yield from keys
        last = keys[-1]


def _some_keys(pages: PageStore) -> list[bytes]:
    """Bodies are in the order of their hashes: those behind a random one are a random sample. The
    first and last page of each site stand for its dictionaries."""
    keys = set()
    for _ in range(SAMPLE):
        sql = "SELECT sha256 FROM bodies WHERE sha256 >= ? ORDER BY sha256 LIMIT 1"
        row = pages.connection.execute(sql, (os.urandom(32),)).fetchone()
        keys |= {row[0]} if row else set()
    ends = (
        "SELECT sha256 FROM pages WHERE site = ? AND sha256 IN (SELECT sha256 FROM bodies)"
        " ORDER BY id {order} LIMIT 1"
    )
    for (site,) in pages.connection.execute("SELECT DISTINCT site FROM dictionaries").fetchall():
        for order in ("ASC", "DESC"):
            row = pages.connection.execute(ends.format(order=order), (site,)).fetchone()
            keys |= {row[0]} if row else set()
    return sorted(keys)
