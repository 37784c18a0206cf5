"""The past of articles: replaced texts, withdrawals and returns, and what an older file had."""

import datetime as dt
import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.connection import ARCHIVE_FILE
from archive.migrations import archive_migrations
from archive.models import VIETNAM, Change, TimeOrigin
from archive.store import Archive
from archive.wording import RELATIVE
from tests.archive.news import SEEN, article, new_archive, page, paragraphs

LATER = SEEN + dt.timedelta(days=3)
URL = article().url


def add(archive: Archive, some, seen_at=SEEN, page_id=None):
    return archive.add(some, site="bo-vn", page_id=page_id, seen_at=seen_at)


def test_a_version_keeps_all_that_one_cites_it_by(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        first = article(authors=("Lê Thị Thử",), section="Giá cả", tags=("rau",), extractor=4)
        article_id = add(archive, first, page_id=7).article_id
        add(archive, first, SEEN + dt.timedelta(days=1))
        add(archive, article(blocks=paragraphs("Chữ khác."), section="Khác"), LATER, page_id=9)
        (old,) = archive.versions(article_id)
    assert json.loads(old["authors"]) == ["Lê Thị Thử"]
    assert (old["url"], old["site"], old["source"]) == (URL, "bo-vn", "moit")
    assert (old["section"], old["extractor"], old["page_id"]) == ("Giá cả", 4, 7)
    assert (old["seen_at"][:10], old["last_seen_at"][:10], old["replaced_at"][:10]) == (
        *("2024-06-01", "2024-06-02", "2024-06-04"),
    )


def test_a_hash_of_an_earlier_rule_makes_no_version(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        stored = add(archive, article())
        archive.connection.execute("UPDATE articles SET content_hash = 'of another rule'")
        assert add(archive, article(), LATER).change is Change.UNCHANGED
        archive.connection.execute("UPDATE articles SET content_hash = 'of another rule'")
        changed = article(blocks=paragraphs("Chữ khác."))
        assert add(archive, changed, LATER).change is Change.REVISED
        assert archive.article(stored.article_id)["content_hash"] != "of another rule"


def test_a_time_read_in_another_place_of_the_page_makes_no_version(tmp_path: Path):
    saved = dt.datetime(2024, 5, 2, 7, 29, tzinfo=VIETNAM)
    with new_archive(tmp_path) as archive:
        add(archive, article())
        other = article(published_at=saved, published_from=TimeOrigin.META)
        assert add(archive, other, LATER).change is Change.UNCHANGED
        again = article(published_at=saved + dt.timedelta(hours=1), published_from=TimeOrigin.META)
        assert add(archive, again, LATER).change is Change.REVISED


def test_hours_ago_that_became_a_date_are_no_version(tmp_path: Path):
    ago = {"published": f"site span.time{RELATIVE}"}
    read = article(layers=ago, published_at=dt.datetime(2024, 5, 2, 7, 40, tzinfo=VIETNAM))
    with new_archive(tmp_path) as archive:
        add(archive, read)
        later = article(layers=ago, published_at=dt.datetime(2024, 5, 2, 9, 0, tzinfo=VIETNAM))
        assert add(archive, later, LATER).change is Change.UNCHANGED
        assert archive.article(URL)["published_at"] == "2024-05-02T07:40:00+07:00"
        assert add(archive, article(), LATER).change is Change.UNCHANGED
        assert archive.article(URL)["published_at"] == "2024-05-02T07:15:00+07:00"


def test_an_old_address_that_dies_withdraws_no_article_that_stands_at_another(tmp_path: Path):
    moved = "https://bo.example.vn/tin/1-moi.html"
    with new_archive(tmp_path) as archive:
        add(archive, article())
        here = article(url=moved)
        led = page(url=URL, final_url=moved)
        archive.add(here, site="bo-vn", page_id=None, seen_at=LATER, page=led)
        archive.connection.execute(
            "INSERT INTO frontier (url, site, state, found_at) VALUES (?, 'bo-vn', 'done', '2024')",
            (moved,),
        )
        assert archive.article(URL)["url"] == moved
        assert archive.withdraw(URL, LATER) is False
        assert archive.withdraw(moved, LATER) is True


def test_each_withdrawal_and_each_return_is_kept(tmp_path: Path):
    days = [SEEN + dt.timedelta(days=n) for n in range(5)]
    with new_archive(tmp_path) as archive:
        stored = add(archive, article())
        assert archive.withdraw(URL, days[1], reason="the site answers 410", status=410)
        assert not archive.withdraw(URL, days[2], reason="the site answers 404", status=404)
        back = add(archive, article(), days[2])
        assert (back.change, back.withdrawn_at) == (Change.UNCHANGED, "2024-06-02T08:00:00+07:00")
        assert archive.withdraw(URL, days[3], reason="redirected home", status=200, page_id=5)
        told = [tuple(row) for row in archive.withdrawals(stored.article_id)]
        assert [
            (at[:10], reason, page, (back or "")[:10]) for at, reason, _, page, back in told
        ] == [
            ("2024-06-02", "the site answers 410", None, "2024-06-03"),
            ("2024-06-04", "redirected home", 5, ""),
        ]
        assert archive.article(URL)["withdrawn_at"][:10] == "2024-06-04"
        archive.seen(stored.article_id, days[4])
        assert archive.article(URL)["withdrawn_at"] is None
        assert archive.withdrawals(stored.article_id)[-1]["returned_at"][:10] == "2024-06-05"
        assert archive.versions(stored.article_id) == []


def test_an_index_that_lost_its_versions_is_found(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        add(archive, article())
        add(archive, article(blocks=paragraphs("Chữ khác.")), LATER)
        assert archive.integrity() == []
        archive.connection.execute("DROP TRIGGER versions_au")
        archive.connection.execute("UPDATE versions SET body = 'chữ thứ ba'")
        assert [f for f in archive.integrity() if "versions_fts does not match" in f]


@pytest.fixture
def old_folder(tmp_path: Path) -> Path:
    """A data folder as the first schema left it: an article with a replaced text, and one that is
    withdrawn."""
    path = tmp_path / ARCHIVE_FILE
    db = Database(path)
    archive_migrations.apply(db, stop_before="m002_versions")
    db.execute("INSERT INTO sources VALUES ('moit', 'Bộ', 'https://bo.example.vn/', 'vi')")
    db.execute(
        "INSERT INTO sites VALUES ('bo-vn', 'Bộ', 'https://bo.example.vn/', 'moit', NULL, '')"
    )
    for number, (url, gone) in enumerate(((URL, None), ("https://bo.example.vn/2", "2024-06-03"))):
        db.execute(
            "INSERT INTO articles (id, url, site, source, title, first_seen_at, last_seen_at,"
            " withdrawn_at, version, extractor, content_hash, body, language) VALUES (?, ?,"
            " 'bo-vn', 'moit', 'Tin', '2024-06-01', '2024-06-02', ?, 2, 1, 'h', 'Nay', 'vi')",
            (202406010001 + number, url, gone),
        )
        db.execute(
            "INSERT INTO frontier (url, site, state, reason, status, found_at) VALUES"
            " (?, 'bo-vn', ?, ?, ?, '2024-06-01')",
            (url, *(("gone", "the site answers 404", 404) if gone else ("done", None, 200))),
        )
    db.execute(
        "INSERT INTO versions VALUES (202406010001, 1, '2024-06-01', '2024-06-02', 3, 'h0',"
        " '2024-05-31', 'Tin cũ', NULL, NULL, 'Điện lực tăng giá')"
    )
    db.conn.commit()
    db.close()
    return tmp_path


def test_the_file_of_the_first_schema_keeps_its_versions_and_withdrawals(old_folder: Path):
    with Archive.open(old_folder, write=True) as archive:
        (old,) = archive.versions(202406010001)
        assert (old["version"], old["title"], old["body"]) == (1, "Tin cũ", "Điện lực tăng giá")
        assert (old["url"], old["source"], old["language"]) == (URL, "moit", "vi")
        assert (old["seen_at"], old["replaced_at"], old["page_id"]) == (
            "2024-06-01",
            "2024-06-02",
            3,
        )
        found = "SELECT rowid FROM versions_fts WHERE versions_fts MATCH 'dien luc'"
        assert [row[0] for row in archive.connection.execute(found)] == [old["id"]]
        assert archive.withdrawals(202406010001) == []
        (gone,) = archive.withdrawals(202406010002)
        assert tuple(gone)[:3] == ("2024-06-03", "the site answers 404", 404)
        assert archive.integrity() == []


def test_a_migration_that_is_cut_off_leaves_the_old_file(old_folder: Path):
    path = old_folder / ARCHIVE_FILE
    with closing(Database(path).conn) as plain:
        plain.execute("CREATE TABLE withdrawals (in_the_way)")
        plain.commit()
    with pytest.raises(Exception, match="withdrawals"):
        Archive.open(old_folder, write=True)
    with closing(Database(path).conn) as plain:
        assert plain.execute("SELECT title FROM versions").fetchall() == [("Tin cũ",)]
        columns = [row[1] for row in plain.execute("PRAGMA table_info(versions)")]
    assert "id" not in columns
