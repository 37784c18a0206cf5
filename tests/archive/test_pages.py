import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import DataFolderError, NotFoundError
from archive.pages import PageStore
from tests.archive.news import page

FRAME = random.Random(7).randbytes(12_000).hex()


def body(text: str) -> bytes:
    return f"<html><head>{FRAME}</head><body><p>{text}</p></body></html>".encode()


def stored_bytes(folder: Path) -> list[int]:
    with closing(sqlite3.connect(folder / "pages.db")) as connection:
        return [row[0] for row in connection.execute("SELECT length(z) FROM bodies ORDER BY rowid")]


def test_a_page_is_given_back_as_it_came(tmp_path: Path):
    kept = page(
        body=b"\x00\xff" + os.urandom(500),
        status=404,
        final_url="https://bo.example.vn/khac.html",
        headers=(("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X-Tên", "đ")),
        protocol="HTTP/1.0",
        redirects=(("https://bo.example.vn/cu.html", 301), ("https://bo.example.vn/moi", 302)),
    )
    with PageStore.open(tmp_path, write=True) as pages:
        page_id = pages.put(kept, site="bo-vn")
        assert pages.get(page_id) == kept
    with PageStore.open(tmp_path) as pages:
        assert pages.get(page_id) == kept


def test_pages_of_one_site_share_its_first_page_as_dictionary(tmp_path: Path):
    with PageStore.open(tmp_path, write=True) as pages:
        ids = [pages.put(page(body=body(f"bài {n}")), site="bo-vn") for n in range(5)]
        other = pages.put(page(body=body("báo")), site="bao-vn")
        kept = [pages.get(page_id).body for page_id in [*ids, other]]
    assert kept == [body(f"bài {n}") for n in range(5)] + [body("báo")]
    assert max(stored_bytes(tmp_path)) < 200
    with PageStore.open(tmp_path, write=True) as pages:  # another process uses the same one
        pages.put(page(body=body("bài sau")), site="bo-vn")
        (count,) = pages.connection.execute("SELECT count(*) FROM dictionaries").fetchone()
    assert count == 2
    assert stored_bytes(tmp_path)[-1] < 200


@pytest.mark.parametrize(
    "poor",
    [
        page(body=body("lỗi"), status=500),
        page(body=body("ảnh"), headers=(("Content-Type", "image/png"),)),
        page(body=b"<html>short</html>"),
        page(body=b"<html>" + b"d" * 1_100_000),
    ],
    ids=["error page", "picture", "short page", "huge page"],
)
def test_only_a_whole_page_of_reasonable_size_becomes_a_dictionary(tmp_path: Path, poor):
    with PageStore.open(tmp_path, write=True) as pages:
        first = pages.put(poor, site="bo-vn")
        (count,) = pages.connection.execute("SELECT count(*) FROM dictionaries").fetchone()
        assert count == 0
        second = pages.put(page(body=body("bài")), site="bo-vn")
        (count,) = pages.connection.execute("SELECT count(*) FROM dictionaries").fetchone()
        assert count == 1
        assert (pages.get(first).body, pages.get(second).body) == (poor.body, body("bài"))


def test_the_same_body_is_stored_once_but_each_fetch_has_its_row(tmp_path: Path):
    with PageStore.open(tmp_path, write=True) as pages:
        ids = {pages.put(page(body=body("một")), site="bo-vn") for _ in range(3)}
        assert len(ids) == 3
        assert all(pages.get(page_id).body == body("một") for page_id in ids)
    assert len(stored_bytes(tmp_path)) == 1


def test_an_empty_body_and_a_body_not_to_be_kept_come_back_empty(tmp_path: Path):
    with PageStore.open(tmp_path, write=True) as pages:
        ids = [
            pages.put(page(body=b""), site="bo-vn"),
            pages.put(page(body=body("cấm")), site="bo-vn", keep_body=False),
        ]
        assert [pages.get(page_id).body for page_id in ids] == [b"", b""]
    assert stored_bytes(tmp_path) == []


def test_the_latest_page_of_an_address_is_the_one_fetched_last(tmp_path: Path):
    with PageStore.open(tmp_path, write=True) as pages:
        assert pages.latest("https://bo.example.vn/tin/1.html") is None
        pages.put(page(body=body("cũ")), site="bo-vn")
        pages.put(page(body=body("mới")), site="bo-vn")
        pages.put(page("https://bo.example.vn/tin/2.html", body("khác")), site="bo-vn")
        newest = pages.latest("https://bo.example.vn/tin/1.html")
    assert newest is not None
    assert newest.body == body("mới")


def test_a_dropped_body_leaves_no_trace_even_as_dictionary(tmp_path: Path):
    secret = page(body=body("xin đừng lưu"))
    with PageStore.open(tmp_path, write=True) as pages:
        first = pages.put(secret, site="bo-vn")
        others = [pages.put(page(body=body(f"bài {n}")), site="bo-vn") for n in range(3)]
        pages.drop_body(first)
        pages.drop_body(first)
        assert pages.get(first).body == b""
        assert pages.get(first).status == 200
        assert [pages.get(n).body for n in others] == [body(f"bài {n}") for n in range(3)]
        (count,) = pages.connection.execute("SELECT count(*) FROM dictionaries").fetchone()
        assert count == 0
        later = pages.put(page(body=body("bài mới")), site="bo-vn")
        assert pages.get(later).body == body("bài mới")


def test_dropping_one_of_two_fetches_keeps_the_body_of_the_other(tmp_path: Path):
    with PageStore.open(tmp_path, write=True) as pages:
        first, second = (pages.put(page(body=body("một")), site="bo-vn") for _ in range(2))
        pages.drop_body(first)
        assert pages.get(second).body == body("một")


def test_a_failed_put_leaves_a_store_that_still_works(tmp_path: Path):
    with PageStore.open(tmp_path, write=True) as pages:
        with pytest.raises(AttributeError), pages.transaction():
            pages.put(pages.get(pages.put(page(body=body("mất")), site="bo-vn")).nothing, site="")
        page_id = pages.put(page(body=body("còn")), site="bo-vn")
        assert pages.get(page_id).body == body("còn")
    with PageStore.open(tmp_path) as pages:
        assert pages.get(page_id).body == body("còn")


def test_unknown_pages_and_missing_files_are_named(tmp_path: Path):
    with pytest.raises(DataFolderError, match=r"pages\.db"):
        PageStore.open(tmp_path)
    with PageStore.open(tmp_path, write=True) as pages, pytest.raises(NotFoundError, match="7"):
        pages.get(7)
