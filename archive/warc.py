"""The kept pages as WARC 1.1, the form in which archives exchange what they hold.

A page is a response record under the address that answered, with a record for each redirect on
the way to it; a body that stands in an earlier record is a revisit. What no replay needs, but a
second archive does, stands in metadata records: how a page was found, when it was gone or the same.
"""

from __future__ import annotations

import base64
import datetime as dt
import heapq
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from archive.models import Page
from archive.new_file import NewFile
from archive.pages import PageStore
from archive.store import Archive
from archive.times import from_text, to_text

WARC_VERSION = "1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
# Headers that told of the body on its way, which is kept unpacked: a replay that saw them would
# unpack it again. The prefix is pywb's and the Internet Archive's.
ORIGINAL = "X-Archive-Orig-"
OF_THE_WAY = {"content-encoding", "content-length", "transfer-encoding"}
# As long as an answer without a body says nothing else.
BODILESS = (404, 410)
_BREAKS = re.compile(r"[\r\n\0]+\s*")
_AT_ONCE = 200

_SELECTED = (
    " (:sites IS NULL OR site IN (SELECT value FROM json_each(:sites)))"
    " AND (:since IS NULL OR fetched_at >= :since) AND (:until IS NULL OR fetched_at < :until)"
    " AND id <= :newest"
)
# The first page with a body, or of an address, is found again by its index: nothing of what was
# written has to be remembered.
_PAGES = f"""
SELECT id, url, sha256, fetched_at,
    (SELECT min(id) FROM pages AS f WHERE f.sha256 = p.sha256 AND {_SELECTED}) AS first_of_body,
    (SELECT min(id) FROM pages AS f WHERE f.url = p.url AND {_SELECTED}) AS first_of_url
FROM pages AS p WHERE id > :after AND {_SELECTED} ORDER BY id LIMIT :most
"""
_OUTCOMES = """
SELECT outcomes.id, url, at, outcomes.state, outcomes.status, outcomes.reason
FROM outcomes JOIN frontier USING (url)
WHERE outcomes.id > :after AND outcomes.page_id IS NULL AND frontier.article_id IS NOT NULL
    AND (outcomes.state = 'gone' OR (outcomes.status = 304 AND NOT EXISTS (
        SELECT 1 FROM outcomes AS later WHERE later.url = outcomes.url AND later.id > outcomes.id)))
    AND (:sites IS NULL OR site IN (SELECT value FROM json_each(:sites)))
    AND (:since IS NULL OR at >= :since) AND (:until IS NULL OR at < :until)
ORDER BY outcomes.id LIMIT :most
"""
_EVIDENCE = """
SELECT found_on AS via, found_at AS found, listed_date, listed_title, listed_section
FROM frontier WHERE url = ?
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which pages to write: of some sites or all, fetched from ``since`` up to before ``until``."""

    sites: tuple[str, ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(kw_only=True, slots=True)
class Written:
    """What went into the files, and what did not: pages without a body that may be kept."""

    pages: int = 0
    revisits: int = 0
    redirects: int = 0
    metadata: int = 0
    left_out: int = 0
    files: list[str] = field(default_factory=list)


class Target(Protocol):
    """Where records go: one file, or the next of several."""

    def turn(self) -> NewFile:
        """The file for the next page and all that belongs to it."""


class _Writer(WARCWriter):  # type: ignore[misc] # it has no types
    """warcio's, with the digest by which the archive itself knows a body."""

    @staticmethod
    def _create_digester() -> Any:
        return Digester("sha256")


class _HttpHeaders(StatusAndHeaders):  # type: ignore[misc] # it has no types
    """Headers in the very bytes in which they came; warcio would escape those beyond ASCII."""

    def to_ascii_bytes(self, filter_func: Any = None) -> bytes:
        head: str = self.to_str(filter_func)
        return head.encode("latin-1", "replace") + b"\r\n"


def count_pages(pages: PageStore, selection: Selection) -> int:
    """How many pages are selected, with a body or without."""
    sql = f"SELECT count(*) FROM pages WHERE {_SELECTED}"
    row = pages.connection.execute(sql, _values(pages, selection)).fetchone()
    return int(row[0])


def write_pages(
    pages: PageStore,
    archive: Archive,
    selection: Selection,
    target: Target,
    info: Mapping[str, str],
) -> Iterator[Written]:
    """Writes all that is selected, page by page; yields the growing numbers after each."""
    written = Written()
    export = _Export(pages, archive, target, info, written)
    values = _values(pages, selection)
    for row in heapq.merge(
        ((r["fetched_at"], 0, r) for r in _rows(pages.connection, _PAGES, values)),
        ((r["at"], 1, r) for r in _rows(archive.connection, _OUTCOMES, values)),
        key=lambda one: one[:2],
    ):
        if row[1]:
            export.outcome(row[2])
        else:
            export.page(row[2])
        yield written


class _Export:
    def __init__(
        self,
        pages: PageStore,
        archive: Archive,
        target: Target,
        info: Mapping[str, str],
        written: Written,
    ) -> None:
        self._pages = pages
        self._archive = archive
        self._target = target
        self._info = dict(info) | {"format": "WARC File Format 1.1", "conformsTo": CONFORMS_TO}
        self._written = written
        self._out: NewFile | None = None
        self._writer: Any = None

    def page(self, row: sqlite3.Row) -> None:
        page = self._pages.get(row["id"])
        if row["sha256"] is None and page.status not in BODILESS:
            self._written.left_out += 1
            return
        self._turn()
        for number, (url, status, to) in enumerate(hops(page)):
            self._redirect(page, row["id"], number, (url, status, to))
        record_id = _record_id("page", page.final_url, row["fetched_at"], row["id"])
        if row["sha256"] is not None and row["first_of_body"] != row["id"]:
            self._revisit(page, record_id, row)
        else:
            self._respond(page, page.final_url, record_id)
            self._written.pages += 1
        if row["first_of_url"] == row["id"]:
            self._evidence(page, record_id)

    def outcome(self, row: sqlite3.Row) -> None:
        """That a page was gone, or still the same, when no body came of asking for it."""
        self._turn()
        said = {"state": row["state"], "status": row["status"], "reason": row["reason"]}
        self._metadata(row["url"], from_text(row["at"]), said, {})

    def _turn(self) -> None:
        out = self._target.turn()
        if out is not self._out:
            self._out = out
            name = out.path.name
            self._writer = _Writer(out, gzip=name.endswith(".gz"), warc_version="1.1")
            self._writer.write_record(self._writer.create_warcinfo_record(name, self._info))
            self._written.files.append(name)

    def _respond(self, page: Page, url: str, record_id: str) -> None:
        headers = _warc_headers(record_id, page.fetched_at)
        self._write("response", url, headers, _http_headers(page), page.body)

    def _redirect(self, page: Page, page_id: int, number: int, hop: tuple[str, int, str]) -> None:
        url, status, to = hop
        head = _HttpHeaders(
            _status_line(status), [("Location", to), ("Content-Length", "0")], _protocol(page)
        )
        at = to_text(page.fetched_at)
        record_id = _record_id(f"redirect {number}", url, at, page_id)
        self._write("response", url, _warc_headers(record_id, page.fetched_at), head, b"")
        self._written.redirects += 1

    def _revisit(self, page: Page, record_id: str, row: sqlite3.Row) -> None:
        first = self._pages.connection.execute(
            "SELECT id, final_url, fetched_at FROM pages WHERE id = ?", (row["first_of_body"],)
        ).fetchone()
        headers = _warc_headers(record_id, page.fetched_at) | {
            "WARC-Profile": PROFILE,
            "WARC-Refers-To": _record_id("page", first["final_url"], first["fetched_at"], first[0]),
            "WARC-Refers-To-Target-URI": first["final_url"],
            "WARC-Refers-To-Date": _warc_date(from_text(first["fetched_at"])),
            "WARC-Payload-Digest": payload_digest(row["sha256"]),
        }
        self._write("revisit", page.final_url, headers, _http_headers(page), b"")
        self._written.revisits += 1

    def _evidence(self, page: Page, record_id: str) -> None:
        row = self._archive.connection.execute(_EVIDENCE, (page.url,)).fetchone()
        if row is not None:
            said = {key.replace("_", "-"): value for key, value in dict(row).items()}
            self._metadata(page.final_url, page.fetched_at, said, {"WARC-Concurrent-To": record_id})

    def _metadata(
        self, url: str, at: dt.datetime, said: Mapping[str, object], headers: Mapping[str, str]
    ) -> None:
        lines = [f"{key}: {_line(str(value))}\r\n" for key, value in said.items() if value]
        record_id = _record_id("metadata", url, to_text(at), lines)
        named = {**_warc_headers(record_id, at), **headers}
        self._write("metadata", url, named, None, "".join(lines).encode())
        self._written.metadata += 1

    def _write(
        self,
        kind: str,
        url: str,
        headers: Mapping[str, str],
        http_headers: StatusAndHeaders | None,
        body: bytes,
    ) -> None:
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            http_headers=http_headers,
            warc_headers_dict=dict(headers),
        )
        self._writer.write_record(record)


def hops(page: Page) -> list[tuple[str, int, str]]:
    """Each redirect on the way to a page: address, status, where it led; that of a page kept
    before its redirects were noted is told as 302, the plainest."""
    if page.url == page.final_url:
        return []
    passed = [hop for hop in page.redirects if hop[0] != page.final_url] or [(page.url, 302)]
    led_to = [url for url, _ in passed[1:]] + [page.final_url]
    return [(url, status, to) for (url, status), to in zip(passed, led_to, strict=True)]


def payload_digest(sha256: bytes) -> str:
    """A digest as WARC files write it.

    >>> payload_digest(bytes(32))[:14]
    'sha256:AAAAAAA'
    """
    return "sha256:" + base64.b32encode(sha256).decode()


def _rows(
    connection: sqlite3.Connection, sql: str, values: Mapping[str, object]
) -> Iterator[sqlite3.Row]:
    after = 0
    while True:  # a part at a time: an open SELECT would keep a crawl's WAL file from shrinking
        rows = connection.execute(sql, {**values, "after": after, "most": _AT_ONCE}).fetchall()
        yield from rows
        if not rows:
            return
        after = rows[-1]["id"]


def _values(pages: PageStore, selection: Selection) -> dict[str, object]:
    newest = pages.connection.execute("SELECT max(id) FROM pages").fetchone()[0]
    return {
        "sites": json.dumps(selection.sites) if selection.sites else None,
        "since": selection.since and to_text(selection.since),
        "until": selection.until and to_text(selection.until),
        "newest": newest or 0,
    }


def _http_headers(page: Page) -> StatusAndHeaders:
    size = str(len(page.body))
    headers = [(_line(name), _line(value)) for name, value in page.headers]
    told = [
        (ORIGINAL + name, value)
        if name.lower() in OF_THE_WAY and (name.lower(), value) != ("content-length", size)
        else (name, value)
        for name, value in headers
    ]
    if not any(name.lower() == "content-length" for name, _ in told):
        told.append(("Content-Length", size))
    return _HttpHeaders(_status_line(page.status), told, _protocol(page))


def _protocol(page: Page) -> str:
    return page.protocol or "HTTP/1.1"


def _status_line(status: int) -> str:
    known: Iterable[HTTPStatus] = HTTPStatus
    return f"{status} " + next((one.phrase for one in known if one == status), "Unknown")


def _warc_headers(record_id: str, at: dt.datetime) -> dict[str, str]:
    return {"WARC-Record-ID": record_id, "WARC-Date": _warc_date(at)}


def _warc_date(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _record_id(kind: str, url: str, at: str, number: object) -> str:
    """The same record has the same name in each export, so that later ones can refer to it."""
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{kind} {url} {at} {number}')}>"


def _line(text: str) -> str:
    return _BREAKS.sub(" ", text)
