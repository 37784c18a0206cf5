import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive import pages as pages_module
from archive import wear
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


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dictionaries that are looked at after some pages, not hundreds."""
    monkeypatch.setattr(pages_module, "LOOK_EVERY", 5)
    monkeypatch.setattr(wear, "PAGES", 20)


def dictionaries(folder: Path) -> dict[int, bytes]:
    with closing(sqlite3.connect(folder / "pages.db")) as connection:
        return dict(connection.execute("SELECT id, z FROM dictionaries"))


@pytest.mark.usefixtures("soon")
def test_after_a_redesign_a_new_page_becomes_the_dictionary_and_the_old_one_stays(tmp_path: Path):
    redesigned = random.Random(8).randbytes(12_000).hex()
    old = [body(f"bài {n}") for n in range(30)]
    new = [one.replace(FRAME.encode(), redesigned.encode()) for one in old]
    with PageStore.open(tmp_path, write=True) as pages:
        ids = [pages.put(page(body=one), site="bo-vn") for one in old]
        (first,) = dictionaries(tmp_path).items()
        ids += [pages.put(page(body=one), site="bo-vn") for one in new]
        assert [pages.get(page_id).body for page_id in ids] == old + new
    kept = dictionaries(tmp_path)
    assert len(kept) == 2
    assert kept[first[0]] == first[1]
    assert max(stored_bytes(tmp_path)[-4:]) < 200
    with PageStore.open(tmp_path, write=True) as pages:  # the next run goes on with the new one
        pages.put(page(body=new[0] + b"<p>sau</p>"), site="bo-vn")
        assert pages.get(ids[3]).body == old[3]
    assert stored_bytes(tmp_path)[-1] < 200


@pytest.mark.usefixtures("soon")
def test_a_page_that_fits_no_better_does_not_become_the_dictionary(tmp_path: Path):
    with PageStore.open(tmp_path, write=True) as pages:
        for number in range(30):
            pages.put(page(body=body(f"bài {number}")), site="bo-vn")
        for number in range(40):  # each page another: no dictionary would help
            noise = random.Random(number).randbytes(9_000).hex()
            pages.put(page(body=noise.encode()), site="bo-vn")
    assert len(dictionaries(tmp_path)) == 1


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("seed", range(3))
def test_a_dictionary_is_never_changed_or_lost_while_a_body_needs_it(tmp_path: Path, seed: int):
    chance = random.Random(seed)
    frames = [random.Random(n).randbytes(4_000).hex() for n in range(3)]
    said: dict[int, bytes] = {}
    used: dict[int, bytes] = {}
    for step in range(160):
        with PageStore.open(tmp_path, write=True) as pages:  # each time a process of its own
            if said and chance.random() < 0.1:
                gone = chance.choice([*said])
                pages.drop_body(gone)
                said[gone] = b""
            text = f"<html>{frames[step * 3 // 160]}<p>{step // 2 if step % 7 else step}</p></html>"
            said[pages.put(page(body=text.encode()), site="bo-vn")] = text.encode()
            sql = "SELECT id, z FROM dictionaries WHERE id IN (SELECT dictionary_id FROM bodies)"
            now = dict(tuple(row) for row in pages.connection.execute(sql))
            assert all(used.setdefault(key, z) == z for key, z in now.items())
            if step % 40 == 39:
                assert all(pages.get(key).body == one for key, one in said.items())
                with pytest.raises(sqlite3.IntegrityError):
                    pages.connection.execute("DELETE FROM dictionaries")
    assert len(used) > 1


def test_unknown_pages_and_missing_files_are_named(tmp_path: Path):
    with pytest.raises(DataFolderError, match=r"pages\.db"):
        PageStore.open(tmp_path)
    with PageStore.open(tmp_path, write=True) as pages, pytest.raises(NotFoundError, match="7"):
        pages.get(7)
