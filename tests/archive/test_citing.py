"""Which articles name a document, over a real file."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.citing import cited, citing
from archive.models import Attachment, Block, BlockKind, Change
from archive.store import Archive
from tests.archive.news import SEEN, article, new_archive, paragraphs


def add(archive: Archive, number: int, *texts: str, **changes: object) -> int:
    said = article(number, blocks=paragraphs(*texts), **changes)
    return archive.add(said, site="bo-vn", page_id=None, seen_at=SEEN).article_id


def kept(archive: Archive, article_id: int) -> list[tuple[str, str, int]]:
    return [tuple(row) for row in archive.citations(article_id)]


def found(archive: Archive, number: str) -> list[int]:
    return [hit.id for hit in citing(archive.connection, number)]


def test_an_article_is_found_by_each_document_it_names(archive: Archive):
    one = add(archive, 1, "Theo Thông tư số 38/2016/TT–BCT và Nghị định 95/2012.")
    two = add(archive, 2, "Sửa Thông tư 38/2016/TT-BCT.", "Thông tư 38 đã cũ.")
    add(archive, 3, "Không nhắc văn bản nào, chỉ có ngày 21/3/2024.")

    assert found(archive, "38/2016/TT-BCT") == [two, one]
    assert found(archive, "thong tu 38-2016-tt-bct") == [two, one]
    assert found(archive, "nghị định 95/2012") == [one]
    assert found(archive, "39/2016/TT-BCT") == []
    assert found(archive, "thủy điện") == []
    assert kept(archive, two) == [("38/2016/TT-BCT", "Thông tư", 2)]


def test_title_lead_table_caption_and_file_names_count(archive: Archive):
    blocks = (
        Block(kind=BlockKind.TABLE, text="", rows=(("Căn cứ", "Nghị định 83/2014/NĐ-CP"),)),
        Block(kind=BlockKind.CAPTION, text="Lễ công bố Quyết định 500/QĐ-TTg"),
    )
    said = article(
        title="Nghị định 80 vào cuộc sống",
        lead="Nghị định 80/2023/NĐ-CP đã có hiệu lực.",
        blocks=blocks,
        attachments=(Attachment(url="https://bo.example.vn/a.pdf", title="1279/QĐ-BCT"),),
    )

    assert sorted(cited(said)) == [
        ("1279/QĐ-BCT", "Quyết định", 1),
        ("500/QĐ-TTg", "Quyết định", 1),
        ("80/2023/NĐ-CP", "Nghị định", 2),
        ("83/2014/NĐ-CP", "Nghị định", 1),
    ]


def test_a_revised_article_names_what_its_new_text_names(archive: Archive):
    one = add(archive, 1, "Theo Thông tư 38/2016/TT-BCT.")
    assert add(archive, 1, "Theo Thông tư 21/2025/TT-BCT, 21/2025/TT-BCT.") == one

    assert kept(archive, one) == [("21/2025/TT-BCT", "Thông tư", 2)]
    assert found(archive, "38/2016/TT-BCT") == []


def test_reading_the_same_again_writes_no_citation(archive: Archive):
    one = add(archive, 1, "Theo Thông tư 38/2016/TT-BCT.")
    archive.connection.execute(
        "CREATE TEMP TRIGGER watch BEFORE DELETE ON citations BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    said = article(1, blocks=paragraphs("Theo Thông tư 38/2016/TT-BCT."))
    stored = archive.add(said, site="bo-vn", page_id=None, seen_at=SEEN)

    assert (stored.change, stored.article_id) == (Change.UNCHANGED, one)
    assert kept(archive, one) == [("38/2016/TT-BCT", "Thông tư", 1)]


def test_an_article_and_its_citations_are_stored_together_or_not_at_all(archive: Archive):
    archive.connection.execute(
        "CREATE TEMP TRIGGER no_room BEFORE INSERT ON citations"
        " BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    with pytest.raises(Exception, match="no room"):
        add(archive, 1, "Theo Thông tư 38/2016/TT-BCT.")

    assert archive.connection.execute("SELECT count(*) FROM articles").fetchone()[0] == 0


def test_a_hit_shows_where_the_document_is_named(archive: Archive):
    long = "Câu này không nói gì. " * 30
    add(archive, 1, long + "Theo Thông tư 38/2016/TT – BCT, giá mới." + long)
    (hit,) = citing(archive.connection, "38/2016/tt-bct")

    assert "Theo Thông tư ⟦38/2016/TT – BCT⟧, giá mới" in hit.snippet
    assert len(hit.snippet) < 400
    assert hit.title == hit.marked_title == "Bản tin số 1 về thị trường trong nước"


def test_the_stroke_of_a_letter_in_a_number_need_not_be_typed(archive: Archive):
    one = add(archive, 1, "Công văn 234/ĐL-TTĐ của Cục Điện lực; Quyết định 26/QĐ-CT.")

    assert found(archive, "234/dl-ttd") == [one]
    assert found(archive, "26/qd-ct") == [one]


def test_both_ways_of_looking_up_use_an_index(archive: Archive):
    for column in ("number", "article_id"):
        sql = f"EXPLAIN QUERY PLAN SELECT * FROM citations WHERE {column} = 1"
        plan = " ".join(row["detail"] for row in archive.connection.execute(sql))
        assert "SEARCH" in plan


def test_a_hostile_text_is_stored_in_a_second_or_two(archive: Archive):
    start = time.process_time()
    add(archive, 1, "Theo Thông tư 38/2016/TT-BCT. " + "luật số 1, " * 100_000)

    assert found(archive, "38/2016/TT-BCT") == [202405020001]
    assert time.process_time() - start < 10


PROGRAM = "import click; from archive.cli import COMMANDS; click.Group(commands=COMMANDS)()"


def show(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "show", *arguments],
        env=os.environ | {"MOIT_NEWS_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_show_lists_the_documents_of_an_article(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        one = add(archive, 1, "Thông tư 38/2016/TT-BCT, 38/2016/TT-BCT, Nghị định 95/2012.")
        two = add(archive, 2, "Không có văn bản nào.")

    assert "Cites: Thông tư 38/2016/TT-BCT, Nghị định 95/2012/NĐ-CP\n" in show(tmp_path, str(one))
    assert "Cites:" not in show(tmp_path, str(two))
    assert json.loads(show(tmp_path, str(one), "--json"))["cites"] == [
        {"number": "38/2016/TT-BCT", "kind": "Thông tư", "count": 2},
        {"number": "95/2012/NĐ-CP", "kind": "Nghị định", "count": 1},
    ]
