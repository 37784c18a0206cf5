"""The kept pages as WARC files, read back with warcio."""

from __future__ import annotations

import datetime as dt
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archive.errors import ExportError
from archive.pages import PageStore
from archive.warc import Selection, Written, write_pages
from archive.warc_files import WarcFiles
from tests.archive.news import SEEN, new_archive, page

HTML = "<html><body><h1>Giá điện</h1><p>Bộ Công Thương thông báo.</p></body></html>".encode()
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", "77"),
    ("Content-Encoding", "gzip"),
    ("X-Ten", "Gi\xc3\xa1"),  # UTF-8 read as Latin-1, as headers are kept
    ("X-Bad", "a\r\nX-Smuggled: đ 1"),
)
OLD = "https://bo.example.vn/cu.html"
NEW = "https://bo.example.vn/moi.html"


def at(minutes: int) -> dt.datetime:
    return SEEN + dt.timedelta(minutes=minutes)


def export(
    folder: Path, to: Path, *, largest: int = 10**9, force: bool = False, **selection: Any
) -> Written:
    chosen, about = Selection(**selection), {"software": "moit-news/0"}
    with (
        new_archive(folder) as archive,
        PageStore.open(folder) as pages,
        WarcFiles(to, "moit-news", force=force, largest=largest) as files,
    ):
        *_, written = write_pages(pages, archive, chosen, files, about)
    return written


def records(path: Path) -> list[tuple[str, str, dict[str, str], Any, bytes]]:
    """Type, address, WARC headers, HTTP headers and payload of each record."""
    found = []
    with path.open("rb") as file:
        for one in ArchiveIterator(file):
            body = one.content_stream().read()
            named = dict(one.rec_headers.headers)
            url = named.get("WARC-Target-URI", "")
            found.append((one.rec_type, url, named, one.http_headers, body))
    return found


def checks_clean(path: Path) -> bool:
    return Checker(Namespace(inputs=[str(path)], verbose=False)).process_all() == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page, the same again, one behind two redirects, a missing one, and one not to be kept."""
    folder = tmp_path / "data"
    folder.mkdir()
    way = ((OLD, 301), ("https://bo.example.vn/giua.html", 307))
    with PageStore.open(folder, write=True) as pages:
        pages.put(page(body=HTML, headers=HEADERS, protocol="HTTP/1.0"), site="bo-vn")
        pages.put(page(body=HTML, fetched_at=at(5)), site="bo-vn")
        moved = page(OLD, HTML + b"2", final_url=NEW, fetched_at=at(9), redirects=way)
        pages.put(moved, site="bao-vn")
        pages.put(page(status=404, fetched_at=at(12)), site="bo-vn")
        pages.put(page(body=HTML + b"3"), site="bo-vn", keep_body=False)
    return folder


def test_a_page_stands_with_its_true_status_line_headers_and_body(folder: Path, tmp_path: Path):
    export(folder, tmp_path / "a.warc.gz")
    kinds = [record[0] for record in records(tmp_path / "a.warc.gz")]
    _, url, named, http, body = records(tmp_path / "a.warc.gz")[1]

    assert checks_clean(tmp_path / "a.warc.gz")
    assert kinds == ["warcinfo", "response", "revisit", *["response"] * 3, "response"]
    assert url == "https://bo.example.vn/tin/1.html"
    assert named["WARC-Date"] == SEEN.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (http.protocol, http.statusline) == ("HTTP/1.0", "200 OK")
    assert body == HTML
    assert http.get_header("Content-Length") == str(len(HTML))
    assert http.get_header("X-Archive-Orig-Content-Length") == "77"
    assert http.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert http.get_header("Content-Encoding") is None
    assert http.get_header("X-Ten") == "Giá"
    assert http.get_header("X-Smuggled") is None


def test_the_same_body_is_a_revisit_of_the_record_that_holds_it(folder: Path, tmp_path: Path):
    export(folder, tmp_path / "a.warc.gz")
    first, again = records(tmp_path / "a.warc.gz")[1:3]

    assert again[2]["WARC-Refers-To"] == first[2]["WARC-Record-ID"]
    assert again[2]["WARC-Refers-To-Target-URI"] == first[1]
    assert again[2]["WARC-Refers-To-Date"] == first[2]["WARC-Date"]
    assert again[2]["WARC-Payload-Digest"] == first[2]["WARC-Payload-Digest"]
    assert (again[3].statusline, again[4]) == ("200 OK", b"")


def test_each_redirect_is_a_record_under_its_own_address(folder: Path, tmp_path: Path):
    export(folder, tmp_path / "a.warc.gz", sites=("bao-vn",))
    told = [
        (record[1], record[3].statusline, record[3].get_header("Location"))
        for record in records(tmp_path / "a.warc.gz")[1:]
    ]

    assert told == [
        (OLD, "301 Moved Permanently", "https://bo.example.vn/giua.html"),
        ("https://bo.example.vn/giua.html", "307 Temporary Redirect", NEW),
        (NEW, "200 OK", None),
    ]


def test_every_page_is_counted_once(folder: Path, tmp_path: Path):
    written = export(folder, tmp_path / "a.warc.gz")

    assert (written.pages, written.revisits, written.redirects, written.left_out) == (3, 1, 2, 1)


def test_days_choose_by_the_time_of_the_fetch(folder: Path, tmp_path: Path):
    export(folder, tmp_path / "a.warc.gz", since=at(5), until=at(9))

    # What the revisit referred to is not in this file: it stands as a page itself.
    assert [(r[0], r[4]) for r in records(tmp_path / "a.warc.gz")[1:]] == [("response", HTML)]


def test_a_file_is_whole_under_its_name_and_never_overwritten(folder: Path, tmp_path: Path):
    to = tmp_path / "a.warc.gz"
    to.write_bytes(b"precious")
    with pytest.raises(ExportError, match="--force"):
        export(folder, to)
    assert to.read_bytes() == b"precious"

    files = WarcFiles(to, "", force=True)
    files.turn().write(b"half")
    files.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert [path.name for path in tmp_path.glob("a.*")] == ["a.warc.gz"]
    assert to.read_bytes() == b"precious"

    export(folder, to, force=True)
    assert checks_clean(to)


def test_a_folder_gets_numbered_files_of_bounded_size(folder: Path, tmp_path: Path):
    written = export(folder, tmp_path / "out", largest=1)
    paths = sorted((tmp_path / "out").iterdir())

    assert [path.name for path in paths] == written.files
    assert [path.name for path in paths] == [f"moit-news-{n:05}.warc.gz" for n in range(1, 5)]
    assert all(checks_clean(path) for path in paths)
    assert [records(path)[0][0] for path in paths] == ["warcinfo"] * 4
    # A page and the redirects that lead to it are never apart.
    assert [r[3].statusline[:3] for r in records(paths[2])[1:]] == ["301", "307", "200"]


def test_a_plain_warc_file_is_not_compressed(folder: Path, tmp_path: Path):
    export(folder, tmp_path / "a.warc")

    assert (tmp_path / "a.warc").read_bytes().startswith(b"WARC/1.1\r\n")
    assert checks_clean(tmp_path / "a.warc")
