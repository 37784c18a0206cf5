import datetime as dt
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import NotFoundError
from archive.models import VIETNAM, Block, BlockKind, Change, Image
from archive.rows import blocks_of
from archive.store import Archive
from tests.archive.news import MINISTRY, SEEN, article, new_archive, paragraphs

LATER = SEEN + dt.timedelta(days=3)
WRITER = """
import sys
from pathlib import Path
from tests.archive.news import SEEN, article, new_archive
with new_archive(Path(sys.argv[1])) as archive:
    for number in range(1, 100_000):
        stored = archive.add(article(number), site="bo-vn", page_id=None, seen_at=SEEN)
        print(stored.article_id, flush=True)
"""


def add(archive: Archive, some, seen_at=SEEN, page_id=None, site="bo-vn"):
    return archive.add(some, site=site, page_id=page_id, seen_at=seen_at)


def test_ids_number_the_articles_of_their_day_in_vietnam(tmp_path: Path):
    night = dt.datetime(2024, 5, 2, 17, 30, tzinfo=dt.UTC)  # the 3rd in Vietnam
    with new_archive(tmp_path) as archive:
        ids = [add(archive, article(n)).article_id for n in (1, 2)]
        ids.append(add(archive, article(3, published_at=night)).article_id)
        ids.append(add(archive, article(4, published_at=None, published_from=None)).article_id)
    assert ids == [202405020001, 202405020002, 202405030001, 202406010001]


def test_a_full_day_goes_on_after_the_last_day_of_its_month(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        add(archive, article(1))
        archive.connection.execute("UPDATE articles SET id = 202405029999")
        ids = [add(archive, article(n)).article_id for n in (2, 3)]
        june = dt.datetime(2024, 6, 1, 0, 0, tzinfo=VIETNAM)
        ids.append(add(archive, article(4, published_at=june)).article_id)
    assert ids == [202405320001, 202405320002, 202406010001]


def test_the_same_text_is_unchanged_but_its_details_are_brought_up_to_date(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        first = add(archive, article(), page_id=1)
        again = add(archive, article(authors=("Lê Thị Thử",), section="Giá cả"), LATER, page_id=2)
        row = archive.article(first.article_id)
        assert (first.change, again.change) == (Change.NEW, Change.UNCHANGED)
        assert again.article_id == first.article_id
        assert json.loads(row["authors"]) == ["Lê Thị Thử"]
        assert (row["section"], row["version"], row["page_id"]) == ("Giá cả", 1, 1)
        assert row["first_seen_at"] == "2024-06-01T08:00:00+07:00"
        assert row["last_seen_at"] == "2024-06-04T08:00:00+07:00"
        assert archive.versions(first.article_id) == []


def test_another_text_is_a_new_version_and_the_old_one_is_kept(tmp_path: Path):
    texts = ["Giá giữ nguyên.", "Giá tăng hai phần trăm.", "Giá giữ nguyên."]
    with new_archive(tmp_path) as archive:
        for number, text in enumerate(texts):
            when = SEEN + dt.timedelta(days=number)
            stored = add(archive, article(blocks=paragraphs(text)), when, page_id=number)
        row = archive.article(stored.article_id)
        old = archive.versions(stored.article_id)
        assert stored.change is Change.REVISED
        assert (row["version"], row["body"], row["page_id"]) == (3, texts[2], 2)
        assert [v["body"] for v in old] == texts[:2]
        assert [v["version"] for v in old] == [1, 2]
        assert [(v["seen_at"][:10], v["replaced_at"][:10]) for v in old] == [
            ("2024-06-01", "2024-06-02"),
            ("2024-06-02", "2024-06-03"),
        ]
        count = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '\"hai phần trăm\"'"
        assert archive.connection.execute(count).fetchone()[0] == 0
        assert archive.integrity() == []


def test_everything_an_article_holds_is_stored(tmp_path: Path):
    table = Block(kind=BlockKind.TABLE, text="Xăng | 20.100", rows=(("Xăng", "20.100"),))
    caption = Block(kind=BlockKind.CAPTION, text="Một góc chợ.")
    blocks = (*paragraphs("Giá điện đứng."), table, caption)
    image = Image(url="https://bo.example.vn/a.jpg", caption="Một góc chợ.")
    with new_archive(tmp_path) as archive:
        whole = article(
            blocks=blocks, tags=("giá",), images=(image,), layers={"title": "site h1"}, extractor=4
        )
        row = archive.article(add(archive, whole).article_id)
    assert blocks_of(row) == blocks
    assert row["body"] == "Giá điện đứng.\n\nXăng | 20.100"
    assert row["d_forms"] == "dau dien dung"
    assert row["published_at"] == "2024-05-02T07:15:00+07:00"
    assert (row["published_from"], row["year"], row["extractor"]) == ("shown", 2024, 4)
    assert json.loads(row["images"]) == [{"url": image.url, "caption": image.caption}]
    assert json.loads(row["layers"]) == {"title": "site h1"}
    assert row["authors"] is None


def test_an_article_of_which_no_text_may_be_kept_has_its_title_only(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        row = archive.article(add(archive, article(blocks=(), lead=None)).article_id)
    assert (row["blocks"], row["body"], row["lead"]) == (None, None, None)


def test_a_withdrawn_article_keeps_its_text_until_it_is_back(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        stored = add(archive, article())
        assert archive.withdraw(article().url, LATER) is True
        assert archive.withdraw(article().url, LATER) is False
        assert archive.withdraw("https://bo.example.vn/khong-co", LATER) is False
        row = archive.article(stored.article_id)
        assert row["withdrawn_at"] == "2024-06-04T08:00:00+07:00"
        assert row["body"] == article().text
        assert add(archive, article(), LATER).change is Change.UNCHANGED
        assert archive.article(stored.article_id)["withdrawn_at"] is None


def test_an_article_is_found_by_id_and_by_its_url_in_any_spelling(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        stored = add(archive, article())
        for ref in (
            stored.article_id,
            str(stored.article_id),
            " https://bo.example.vn/tin/1.html?utm_source=x#a ",
            "http://BO.example.vn/tin/1.html",
            "bo.example.vn/tin/1.html",
        ):
            assert archive.article(ref)["id"] == stored.article_id
        for ref in (7, "", "javascript:alert(1)", "9" * 40, "https://bo.example.vn/khac"):
            with pytest.raises(NotFoundError, match="moit-news search"):
                archive.article(ref)


def test_a_site_takes_the_names_that_its_file_has_now(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        add(archive, article())
        archive.put_site(
            slug="bo-vn", name="Tên mới", homepage=MINISTRY.homepage, source=MINISTRY, family="vhv"
        )
        names = archive.connection.execute("SELECT name, family FROM sites WHERE slug = 'bo-vn'")
        assert tuple(names.fetchone()) == ("Tên mới", "vhv")


def test_a_time_without_a_zone_is_refused(tmp_path: Path):
    with new_archive(tmp_path) as archive, pytest.raises(ValueError, match="without a zone"):
        add(archive, article(), dt.datetime(2024, 6, 1))  # noqa: DTZ001 - the fault itself


def test_an_index_that_lost_its_articles_is_found(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        add(archive, article())
        archive.connection.execute("DROP TRIGGER articles_au")
        archive.connection.execute("UPDATE articles SET body = 'chữ khác'")
        assert [f for f in archive.integrity() if "articles_fts does not match" in f]


def test_a_killed_writer_loses_nothing_that_it_had_stored(tmp_path: Path):
    for _ in range(3):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            ids = [int(writer.stdout.readline())]
            time.sleep(random.uniform(0, 0.3))
            writer.send_signal(signal.SIGKILL)
            ids += [int(line) for line in writer.stdout if line.endswith("\n")]
        with Archive.open(tmp_path, write=True) as archive:
            for article_id in ids:
                assert archive.article(article_id)["body"]
            assert archive.integrity() == []


def test_any_reader_of_sqlite_finds_words_without_this_program(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        add(archive, article(1, title="Điện lực và Bộ Công Thương"))
    sql = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
    with closing(sqlite3.connect(tmp_path / "archive.db")) as plain:
        for typed in ("dien luc", "điện lực", '"bộ công thương"', "bo cong thuong"):
            assert plain.execute(sql, (typed,)).fetchone() == (1,)
        replaced = "INSERT OR REPLACE INTO articles SELECT * FROM articles"
        plain.execute("PRAGMA recursive_triggers = ON")
        plain.execute(replaced)
        plain.commit()
    with Archive.open(tmp_path) as archive:
        assert archive.integrity() == []


def test_an_unchanged_article_leaves_the_index_alone(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        add(archive, article())
        index = "SELECT count(*), sum(length(block)) FROM articles_fts_data"
        before = tuple(archive.connection.execute(index).fetchone())
        for section in ("Một", "Hai", "Ba"):
            add(archive, article(section=section), LATER)
        assert tuple(archive.connection.execute(index).fetchone()) == before
