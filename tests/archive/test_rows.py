import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from archive.migrations import without_texts as migrated
from archive.models import Block, BlockKind
from archive.rows import blocks_of, body_of, kept_blocks, whole_blocks
from archive.store import Archive
from tests.archive.news import SEEN, article, new_archive, paragraphs

TEXTS = st.text(st.sampled_from("giáđ 12|\n\r𝄞"), max_size=12)
CELLS = st.lists(st.lists(TEXTS, max_size=3).map(tuple), max_size=3).map(tuple)
BLOCKS = st.lists(
    st.builds(Block, kind=st.sampled_from(BlockKind), text=TEXTS, rows=st.none() | CELLS),
    max_size=8,
)


@given(BLOCKS)
def test_blocks_come_back_as_they_were_whatever_they_hold(blocks: list[Block]):
    row = {"blocks": kept_blocks(blocks), "body": body_of(blocks) or None}
    assert blocks_of(row) == tuple(blocks)
    whole = whole_blocks(row)
    assert blocks_of({"blocks": whole, "body": None}) == tuple(blocks)
    assert whole is None or migrated(whole, row["body"]) == row["blocks"]


def test_blocks_that_are_not_those_of_the_body_keep_their_texts():
    assert migrated('[{"kind":"paragraph","text":"Giá"}]', "Gia") == (
        '[{"kind":"paragraph","text":"Giá"}]'
    )


def test_a_text_stands_once_in_the_file(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        some = article(1, blocks=paragraphs("Chuông đồng ngân vang"))
        archive.add(some, site="bo-vn", page_id=None, seen_at=SEEN)
    with Archive.open(tmp_path) as archive, closing(sqlite3.connect(archive.path)) as plain:
        (row,) = archive.connection.execute("SELECT * FROM articles").fetchall()
        assert blocks_of(row) == some.blocks
        (length,) = plain.execute(
            "SELECT json_extract(blocks, '$[0].length') FROM articles"
        ).fetchone()
        assert plain.execute("SELECT substr(body, 1, ?) FROM articles", (length,)).fetchone() == (
            "Chuông đồng ngân vang",
        )
    assert archive.path.read_bytes().count("Chuông đồng".encode()) == 1
