"""One article, one address: whatever leads to it finds it, and nothing else becomes it."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.address_rules import AddressRules
from archive.connection import ARCHIVE_FILE, open_file
from archive.errors import NotFoundError
from archive.models import Change, Page, Stored
from archive.store import Archive
from tests.archive.news import SEEN, article, new_archive, page, paragraphs

HOME = "https://bo.example.vn"
PLAIN = AddressRules(home=HOME, hosts=("bo.example.vn",), articles=(r"/tin/",))
WITH_IDS = AddressRules(
    home=HOME,
    hosts=("bo.example.vn", "www.bo.example.vn"),
    aliases=("m.bo.example.vn",),
    paths=(("/amp/*", "/*"),),
    query=(),
    ids=(r"^[^?]+[-/](\d+)\.html$",),
    articles=(r"/tin/",),
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return new_archive(tmp_path)


def read(
    archive: Archive,
    path: str,
    *,
    asked: str | None = None,
    canonical: str | None = None,
    days: int = 0,
    **said: object,
) -> Stored:
    """Stores what stands at a path, as a page that was asked there or elsewhere."""
    seen = SEEN + dt.timedelta(days=days)
    return archive.add(
        article(1, url=HOME + (canonical or path), **said),
        site="bo-vn",
        page_id=None,
        seen_at=seen,
        page=page(HOME + (asked or path), final_url=HOME + path, fetched_at=seen),
    )


def count(archive: Archive) -> int:
    return int(archive.connection.execute("SELECT count(*) FROM articles").fetchone()[0])


def test_another_slug_or_section_with_the_same_id_is_the_same_article(archive: Archive) -> None:
    archive.addresses.put_rules("bo-vn", WITH_IDS)
    first = read(archive, "/tin/gia-gao-77.html")

    moved = read(archive, "/tin/kinh-te/gia-gao-tang-77.html", days=1)

    assert moved.article_id == first.article_id
    assert moved.change is Change.UNCHANGED
    assert count(archive) == 1
    assert archive.article(first.article_id)["url"] == f"{HOME}/tin/kinh-te/gia-gao-tang-77.html"
    assert archive.versions(first.article_id) == []


@pytest.mark.parametrize(
    "ref",
    [
        "https://bo.example.vn/tin/kinh-te/gia-gao-tang-77.html",
        "http://www.bo.example.vn/tin/gia-gao-77.html",
        "bo.example.vn/tin/gia-gao-77.html?utm_source=zalo&fbclid=x#cuoi",
        "https://m.bo.example.vn/tin/gia-gao-77.html",
        "http://m.bo.example.vn./amp/tin/gia-gao-77.html?trang=2&a=1",
        "https://bo.example.vn/tin/slug-that-nobody-saw-77.html",
        "https://bo.example.vn/77.html",
        "https://bo.example.vn/tin/gia-gao-77.html.",
        "(https://bo.example.vn/tin/gia-gao-77.html)".lstrip("("),
    ],
)
def test_every_address_leads_to_the_article(archive: Archive, ref: str) -> None:
    archive.addresses.put_rules("bo-vn", WITH_IDS)
    stored = read(archive, "/tin/gia-gao-77.html")
    read(archive, "/tin/kinh-te/gia-gao-tang-77.html", days=1)

    assert archive.article(ref)["id"] == stored.article_id


def test_other_ids_and_other_sites_stay_other_articles(archive: Archive) -> None:
    archive.addresses.put_rules("bo-vn", WITH_IDS)
    archive.addresses.put_rules("bao-vn", AddressRules(home="https://bao.example.vn"))
    read(archive, "/tin/gia-gao-77.html")

    read(archive, "/tin/gia-gao-78.html")
    archive.add(
        article(1, url="https://bao.example.vn/tin/gia-gao-77.html"),
        site="bao-vn",
        page_id=None,
        seen_at=SEEN,
    )

    assert count(archive) == 3
    with pytest.raises(NotFoundError):
        archive.article("https://bo.example.vn/tin/gia-gao-79.html")


def test_an_old_page_that_is_read_later_does_not_become_the_current_address(
    archive: Archive,
) -> None:
    archive.addresses.put_rules("bo-vn", WITH_IDS)
    stored = read(archive, "/tin/moi-77.html")

    read(archive, "/tin/cu-77.html", days=-300)

    assert archive.article(stored.article_id)["url"] == f"{HOME}/tin/moi-77.html"
    assert archive.article(f"{HOME}/tin/cu-77.html")["id"] == stored.article_id


def test_pages_that_all_name_one_canonical_address_stay_articles_of_their_own(
    archive: Archive,
) -> None:
    archive.addresses.put_rules("bo-vn", PLAIN)
    for letter in "bcd":
        read(archive, f"/tin/{letter}.html", canonical="/tin/a.html", title=f"Bản tin {letter}")
    read(archive, "/tin/a.html", title="Bản tin a")
    read(archive, "/tin/e.html", canonical="/tin/a.html", title="Bản tin e")

    titles = dict(archive.connection.execute("SELECT url, title FROM articles").fetchall())
    assert titles == {f"{HOME}/tin/{one}.html": f"Bản tin {one}" for one in "abcde"}
    assert archive.connection.execute("SELECT count(*) FROM versions").fetchone()[0] == 0
    assert archive.article(f"{HOME}/tin/a.html")["title"] == "Bản tin a"


def test_a_canonical_address_with_another_id_is_not_believed(archive: Archive) -> None:
    archive.addresses.put_rules("bo-vn", WITH_IDS)
    first = read(archive, "/tin/dau-tien-1.html")

    second = read(archive, "/tin/thu-hai-2.html", canonical="/tin/dau-tien-1.html")

    assert second.article_id != first.article_id
    assert archive.article(f"{HOME}/tin/dau-tien-1.html")["id"] == first.article_id
    assert archive.article(second.article_id)["url"] == f"{HOME}/tin/thu-hai-2.html"


def test_without_an_id_a_moved_page_is_the_article_that_it_agrees_with(archive: Archive) -> None:
    archive.addresses.put_rules("bo-vn", PLAIN)
    first = read(archive, "/tin/gia-gao.html")

    moved = read(archive, "/tin/thi-truong/gia-gao-moi.html", asked="/tin/gia-gao.html", days=1)
    read(archive, "/tin/thi-truong/gia-gao-moi.html", canonical="/tin/ten-khac.html", days=2)
    named = read(archive, "/tin/ten-khac.html", days=3)

    assert {moved.article_id, named.article_id} == {first.article_id}
    assert count(archive) == 1
    for path in ("gia-gao", "thi-truong/gia-gao-moi", "ten-khac"):
        assert archive.article(f"{HOME}/tin/{path}.html")["id"] == first.article_id


def test_a_redirect_to_an_article_of_another_day_joins_nothing(archive: Archive) -> None:
    """Papers send the address of an old bulletin to the newest one, which bears the same title."""
    archive.addresses.put_rules("bo-vn", PLAIN)
    old = read(archive, "/tin/gia-vang-1.html", title="Giá vàng hôm nay")

    new = read(
        archive,
        "/tin/gia-vang-2.html",
        asked="/tin/gia-vang-1.html",
        title="Giá vàng hôm nay",
        published_at=SEEN,
        blocks=paragraphs("Giá vàng miếng giảm."),
    )

    assert new.article_id != old.article_id
    assert archive.article(f"{HOME}/tin/gia-vang-1.html")["id"] == old.article_id
    assert archive.article(f"{HOME}/tin/gia-vang-2.html")["id"] == new.article_id


def test_an_address_that_only_led_elsewhere_is_free_for_the_article_that_is_read_there(
    archive: Archive,
) -> None:
    archive.addresses.put_rules("bo-vn", PLAIN)
    shown = read(archive, "/tin/tam-thoi.html", asked="/tin/rieng.html", title="Bảo trì")

    own = read(archive, "/tin/rieng.html", title="Bài riêng", days=1)

    assert own.article_id != shown.article_id
    assert archive.article(f"{HOME}/tin/rieng.html")["title"] == "Bài riêng"


def test_rules_that_come_later_tell_what_is_kept_apart(archive: Archive) -> None:
    first = read(archive, "/tin/gia-gao-77.html")
    with pytest.raises(NotFoundError):
        archive.article(f"{HOME}/tin/khac-77.html")

    assert archive.addresses.put_rules("bo-vn", WITH_IDS)
    assert not archive.addresses.put_rules("bo-vn", WITH_IDS)

    assert archive.article(f"{HOME}/tin/khac-77.html")["id"] == first.article_id
    assert read(archive, "/tin/moi-77.html", days=1).article_id == first.article_id


def test_an_archive_of_before_gets_the_addresses_of_its_articles_and_its_frontier(
    tmp_path: Path,
) -> None:
    with new_archive(tmp_path) as archive:
        kept = archive.add(article(1), site="bo-vn", page_id=None, seen_at=SEEN).article_id
        archive.connection.execute(
            "INSERT INTO frontier (url, site, state, found_at, article_id)"
            " VALUES (?, 'bo-vn', 'done', ?, ?)",
            (f"{HOME}/tin/cu.html", SEEN.isoformat(), kept),
        )
    _undo_addresses(tmp_path)

    with Archive.open(tmp_path, write=True) as archive:
        rows = archive.connection.execute("SELECT address, article_id, how FROM addresses")
        assert [tuple(row) for row in rows] == [
            (f"{HOME}/tin/1.html", kept, "read"),
            (f"{HOME}/tin/cu.html", kept, "asked"),
        ]
        assert archive.article("bo.example.vn/tin/cu.html")["id"] == kept


def _undo_addresses(folder: Path) -> None:
    """As the file was before it knew addresses."""
    with closing(sqlite3.connect(folder / ARCHIVE_FILE)) as connection:
        connection.executescript(
            "DROP TABLE addresses; DROP INDEX frontier_key;"
            "ALTER TABLE sites DROP COLUMN address_rules; ALTER TABLE frontier DROP COLUMN key;"
            "DELETE FROM _sqlite_migrations WHERE name = 'm003_addresses';"
        )


def test_looking_up_bounds_what_it_reads(archive: Archive) -> None:
    archive.addresses.put_rules("bo-vn", WITH_IDS)
    for wrong in ("", "x" * 5000, "https://", "javascript:alert(1)", "bo.example.vn/" + "7" * 1500):
        with pytest.raises(NotFoundError):
            archive.article(wrong)


def test_a_page_read_from_a_file_has_no_address_and_is_stored(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        told = Page(
            url="bai.html",
            final_url="bai.html",
            fetched_at=SEEN,
            status=200,
            headers=(),
            body=b"",
        )
        stored = archive.add(
            article(1, url="bai.html"), site="bo-vn", page_id=None, seen_at=SEEN, page=told
        )
        assert archive.article(stored.article_id)["url"] == "bai.html"
    with closing(open_file(tmp_path / ARCHIVE_FILE, write=False)) as connection:
        assert connection.execute("SELECT count(*) FROM addresses").fetchone()[0] == 1
