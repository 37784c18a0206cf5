"""PageStore: every page as it came, in pages.db, before anything tries to read it.

A body is compressed with zstd and a real page of the same site as dictionary, because a news
site repeats its frame on every page. The dictionary is a site's first whole page, and after a
redesign one of its new pages; it is never changed while a body needs it, since without it the body
cannot be read.
"""

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Self

import zstandard

from archive.connection import PAGES_FILE, explained, open_file, transaction
from archive.errors import NotFoundError
from archive.models import Page
from archive.times import from_text, to_text
from archive.wear import BETTER, is_worn, newest

# Measured by benchmarks/pages.py on 14 pairs of real pages of five sites (58 to 534 kB), each with
# the other as dictionary: level 3 is 1.84 times smaller than gzip -6 of each page, level 6 2.09
# times for 1.4 ms of CPU more a page, level 9 2.15 times for 2.3 to 2.8 ms more.
LEVEL = 6
# Smaller pages hold too little of the frame, larger ones cost memory for each site of a crawl.
DICTIONARY_BYTES = range(4_000, 1_000_001)
# At each hundredth body its site's dictionary is looked at: some 10 ms.
LOOK_EVERY = 100

_GET = "SELECT * FROM pages LEFT JOIN bodies USING (sha256) WHERE "


class Codec:
    """A dictionary made ready once: digesting it anew for each page would cost more than zstd."""

    def __init__(self, dictionary_id: int | None, content: bytes, level: int = LEVEL) -> None:
        self.dictionary_id = dictionary_id
        self.content = content
        dictionary = None
        if content:
            dictionary = zstandard.ZstdCompressionDict(
                content, dict_type=zstandard.DICT_TYPE_RAWCONTENT
            )
            dictionary.precompute_compress(level=level)
        self._compressor = zstandard.ZstdCompressor(level=level, dict_data=dictionary)
        self._decompressor = zstandard.ZstdDecompressor(dict_data=dictionary)

    def compress(self, body: bytes) -> bytes:
        return self._compressor.compress(body)

    def decompress(self, z: bytes, size: int) -> bytes:
        return self._decompressor.decompress(z, max_output_size=size)


PLAIN = Codec(None, b"")


class PageStore:
    """One connection to pages.db; what is committed is synced to the disk."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self.connection = connection
        self.path = folder / PAGES_FILE
        self._codecs: dict[int | None, Codec] = {None: PLAIN}
        self._of_site: dict[str, Codec] = {}

    @classmethod
    def open(cls, folder: Path, *, write: bool = False) -> Self:
        """The pages of a data folder; only a writer creates the file."""
        return cls(open_file(folder / PAGES_FILE, write=write), folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; the last to do so leaves it without its -wal companion."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, with SQLite's errors explained; may stand inside another one."""
        try:
            with explained(self.path), transaction(self.connection):
                yield
        except BaseException:  # a dictionary made in it is gone; its number will name another
            self._codecs = {None: PLAIN}
            self._of_site.clear()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read inside is of one moment, while another process writes: a body and the
        dictionary that it needs."""
        with explained(self.path):
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                self.connection.execute("COMMIT")

    def put(self, page: Page, *, site: str, keep_body: bool = True) -> int:
        """Keeps a response and gives its id; without its body where the site allows no copy."""
        body = page.body if keep_body else b""
        with self.transaction():
            sha256 = self._put_body(page, site) if body else None
            cursor = self.connection.execute(
                "INSERT INTO pages (site, url, final_url, fetched_at, status, headers, sha256,"
                " protocol, redirects) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(site, page.url, page.final_url, to_text(page.fetched_at), page.status),
                    json.dumps(page.headers),
                    sha256,
                    page.protocol,
                    json.dumps(page.redirects) if page.redirects else None,
                ),
            )
        return int(cursor.lastrowid or 0)

    def get(self, page_id: int) -> Page:
        """The page as it came (its time to the second), an empty body where none is kept."""
        with explained(self.path):
            row = self.connection.execute(_GET + "id = ?", (page_id,)).fetchone()
            if row is None:
                raise NotFoundError(f"no page {page_id} is kept in {self.path}")
            return self._page(row)

    def latest(self, url: str) -> Page | None:
        """The newest page kept of an address."""
        with explained(self.path):
            row = self.connection.execute(
                _GET + "url = ? ORDER BY fetched_at DESC, id DESC LIMIT 1", (url,)
            ).fetchone()
            return row and self._page(row)

    def body(self, sha256: bytes) -> bytes | None:
        """What a page said, by its SHA-256, if any page that is kept said it."""
        with explained(self.path):
            row = self.connection.execute(
                "SELECT * FROM bodies WHERE sha256 = ?", (sha256,)
            ).fetchone()
            return row and self._codec(row["dictionary_id"]).decompress(row["z"], row["size"])

    def fetched(self, url: str, most: int) -> list[sqlite3.Row]:
        """Id, time and SHA-256 of the pages of an address, the newest first."""
        with explained(self.path):
            return self.connection.execute(
                "SELECT id, fetched_at, sha256 FROM pages WHERE url = ?"
                " ORDER BY fetched_at DESC, id DESC LIMIT ?",
                (url, most),
            ).fetchall()

    def newest(self, site: str, most: int, wanted: Callable[[str], bool]) -> list[Page]:
        """The last pages of a site that answered 200 at wanted addresses, each address once."""
        sql = (
            "SELECT max(id) AS id, url FROM pages WHERE site = ? AND status = 200"
            " AND sha256 IS NOT NULL GROUP BY url ORDER BY id DESC"
        )
        with explained(self.path):
            rows = self.connection.execute(sql, (site,))
            found = [row["id"] for row in islice((r for r in rows if wanted(r["url"])), most)]
        return [self.get(page_id) for page_id in found]

    def holds(self, sha256: bytes) -> bool:
        """Whether a body comes out as it went in; its dictionary is needed for that."""
        row = self.connection.execute(
            "SELECT dictionary_id, size, z FROM bodies WHERE sha256 = ?", (sha256,)
        ).fetchone()
        known = self.connection.execute("SELECT id FROM dictionaries").fetchall()
        if row is None or row["dictionary_id"] not in {None, *(one["id"] for one in known)}:
            return False
        body = self._codec(row["dictionary_id"]).decompress(row["z"], row["size"])
        return hashlib.sha256(body).digest() == sha256

    def kept(
        self, sites: Collection[str], since: dt.datetime | None, until: dt.datetime | None
    ) -> Iterator[int]:
        """The numbers, in their order, of the pages of some sites that answered 200 with a body
        that is kept, fetched between two moments."""
        sql = (
            "SELECT id FROM pages WHERE status = 200 AND sha256 IS NOT NULL"
            " AND site IN (SELECT value FROM json_each(:sites))"
            " AND (:since IS NULL OR fetched_at >= :since)"
            " AND (:until IS NULL OR fetched_at < :until) ORDER BY id"
        )
        values = {
            "sites": json.dumps(list(sites)),
            "since": since and to_text(since),
            "until": until and to_text(until),
        }
        with explained(self.path):
            yield from (row["id"] for row in self.connection.execute(sql, values))

    def rows(self, page_ids: Collection[int]) -> list[sqlite3.Row]:
        """What pages are, without their headers and bodies, in the order of their numbers."""
        with explained(self.path):
            return self.connection.execute(
                "SELECT id, site, url, fetched_at FROM pages"
                " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
                (json.dumps(list(page_ids)),),
            ).fetchall()

    def sites(self) -> list[str]:
        """The sites of which pages are kept."""
        with explained(self.path):
            sql = "SELECT DISTINCT site FROM pages ORDER BY site"
            return [row["site"] for row in self.connection.execute(sql)]

    def drop_body(self, page_id: int) -> None:
        """Forgets what a page said, also where it serves as a dictionary, for one that asks not
        to be archived; that it was asked and answered stays known."""
        with self.transaction():
            row = self.connection.execute(
                "SELECT site, sha256 FROM pages WHERE id = ?", (page_id,)
            ).fetchone()
            if row is None or row["sha256"] is None:
                return
            self.connection.execute("UPDATE pages SET sha256 = NULL WHERE id = ?", (page_id,))
            sql = "SELECT 1 FROM pages WHERE sha256 = ?"
            if self.connection.execute(sql, (row["sha256"],)).fetchone() is None:
                self.connection.execute("DELETE FROM bodies WHERE sha256 = ?", (row["sha256"],))
                self._drop_dictionary(row["site"], row["sha256"])

    def _put_body(self, page: Page, site: str) -> bytes:
        sha256 = hashlib.sha256(page.body).digest()
        known = self.connection.execute("SELECT 1 FROM bodies WHERE sha256 = ?", (sha256,))
        if known.fetchone() is None:
            codec = self._codec_of_site(page, site)
            cursor = self.connection.execute(
                "INSERT INTO bodies (sha256, dictionary_id, size, z) VALUES (?, ?, ?, ?)",
                (sha256, codec.dictionary_id, len(page.body), codec.compress(page.body)),
            )
            if (cursor.lastrowid or 0) % LOOK_EVERY == 0:
                self._renew_dictionary(page, site, codec)
        return sha256

    def _renew_dictionary(self, page: Page, site: str, codec: Codec) -> None:
        """Takes a page as its site's next dictionary, where the present one is worn and this one
        fits better. The old one stays: earlier bodies need it."""
        if codec.dictionary_id is None or not _can_be_dictionary(page):
            return
        if not is_worn(self.connection, codec.dictionary_id, codec.content):
            return
        rows = newest(self.connection, codec.dictionary_id)
        bodies = [codec.decompress(row["z"], row["size"]) for row in rows]
        candidate = Codec(None, page.body)
        others = [body for body in bodies if body != page.body]
        now = sum(len(codec.compress(body)) for body in others)
        if sum(len(candidate.compress(body)) for body in others) < BETTER * now:
            self._of_site[site] = self._codec(self._put_dictionary(page, site))

    def _page(self, row: sqlite3.Row) -> Page:
        body = b""
        if row["z"] is not None:
            body = self._codec(row["dictionary_id"]).decompress(row["z"], row["size"])
        return Page(
            url=row["url"],
            final_url=row["final_url"],
            fetched_at=from_text(row["fetched_at"]),
            status=row["status"],
            headers=tuple((name, value) for name, value in json.loads(row["headers"])),
            body=body,
            protocol=row["protocol"],
            redirects=tuple((url, status) for url, status in json.loads(row["redirects"] or "[]")),
        )

    def _codec_of_site(self, page: Page, site: str) -> Codec:
        if site not in self._of_site:
            newest = "SELECT max(id) FROM dictionaries WHERE site = ?"
            dictionary_id = self.connection.execute(newest, (site,)).fetchone()[0]
            if dictionary_id is None and _can_be_dictionary(page):
                dictionary_id = self._put_dictionary(page, site)
            if dictionary_id is None:
                return PLAIN
            self._of_site[site] = self._codec(dictionary_id)
        return self._of_site[site]

    def _put_dictionary(self, page: Page, site: str) -> int:
        cursor = self.connection.execute(
            "INSERT INTO dictionaries (site, made_at, z) VALUES (?, ?, ?)",
            (site, to_text(page.fetched_at), PLAIN.compress(page.body)),
        )
        return int(cursor.lastrowid or 0)

    def _codec(self, dictionary_id: int | None) -> Codec:
        if dictionary_id not in self._codecs:
            sql = "SELECT z FROM dictionaries WHERE id = ?"
            z = self.connection.execute(sql, (dictionary_id,)).fetchone()["z"]
            content = PLAIN.decompress(z, DICTIONARY_BYTES.stop)
            self._codecs[dictionary_id] = Codec(dictionary_id, content)
        return self._codecs[dictionary_id]

    def _drop_dictionary(self, site: str, sha256: bytes) -> None:
        sql = "SELECT id FROM dictionaries WHERE site = ?"
        for (dictionary_id,) in self.connection.execute(sql, (site,)).fetchall():
            if hashlib.sha256(self._codec(dictionary_id).content).digest() == sha256:
                self._rewrite_bodies(dictionary_id)
                self.connection.execute("DELETE FROM dictionaries WHERE id = ?", (dictionary_id,))
                del self._codecs[dictionary_id]
                self._of_site.pop(site, None)

    def _rewrite_bodies(self, dictionary_id: int) -> None:
        sql = "SELECT sha256, size, z FROM bodies WHERE dictionary_id = ?"
        for row in self.connection.execute(sql, (dictionary_id,)).fetchall():
            body = self._codec(dictionary_id).decompress(row["z"], row["size"])
            self.connection.execute(
                "UPDATE bodies SET dictionary_id = NULL, z = ? WHERE sha256 = ?",
                (PLAIN.compress(body), row["sha256"]),
            )


def _can_be_dictionary(page: Page) -> bool:
    kind = (page.header("content-type") or "").lower()
    return page.status == 200 and "html" in kind and len(page.body) in DICTIONARY_BYTES
