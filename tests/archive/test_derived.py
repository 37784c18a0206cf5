"""Articles that are stored together leave what they leave one by one, and fail alone."""

import random
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.derived import Derived, derived
from archive.models import Article
from archive.store import MOST_WAITING, Archive
from archive.stories import Signed
from archive.text import d_forms, distinct_syllables, distinct_words, fold, nfc, syllables
from tests.archive import reprints
from tests.archive.news import SEEN, article, new_archive, paragraphs

TABLES = ("articles", "versions", "citations", "words", "signatures", "bands", "pairs", "stories")
TEXTS = st.text(
    st.one_of(st.sampled_from("đĐdaăÂy1/.,_ \n\u0301\u0309\u00a0Σσ"), st.characters()), max_size=60
)


def some_articles() -> list[Article]:
    """Originals, their reprints among them, and two that are told anew at their old address."""
    dice = random.Random(4)
    texts = [reprints.base(dice, number, 200) for number in range(8)]
    texts += [reprints.reprint(reprints.noted, dice, text) for text in texts[:4]]
    said = [t.article(f"https://bo.example.vn/{n}.html") for n, t in enumerate(texts)]
    dice.shuffle(said)
    named = paragraphs("Theo Thông tư 38/2016/TT-BCT, ngành điện đủ than.", "Đơn giá giữ nguyên.")
    revised = [replace(each, blocks=(*each.blocks, *named)) for each in said[:2]]
    spelled = [unicodedata.normalize("NFD", b.text) for b in said[3].blocks]
    return [*said, *revised, replace(said[3], blocks=paragraphs(*spelled))]


def add(archive: Archive, one: Article, ready: Derived | None = None) -> int:
    kept = archive.add(one, site="bo-vn", page_id=None, seen_at=SEEN, derived=ready)
    return kept.article_id


def all_rows(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    rows = {table: archive.connection.execute(f"SELECT * FROM {table}") for table in TABLES}
    return {table: sorted((tuple(row) for row in found), key=repr) for table, found in rows.items()}


def stored(folder: Path, articles: Iterable[Article], most: int) -> dict[str, object]:
    """All rows of an archive into which so many articles at once were stored."""
    folder.mkdir()
    waiting = list(articles)
    with new_archive(folder) as archive:
        while waiting:
            part, waiting = waiting[:most], waiting[most:]
            with archive.transaction():
                for one, ready in zip(part, derived(part), strict=True):
                    add(archive, one, ready)
        assert archive.integrity() == []
    with Archive.open(folder) as archive:
        return dict(all_rows(archive))


def test_a_batch_leaves_what_its_articles_leave_one_by_one(tmp_path: Path):
    alone = stored(tmp_path / "alone", some_articles(), most=1)
    assert stored(tmp_path / "together", some_articles(), most=100) == alone
    assert all(alone[table] for table in TABLES)


def segments(archive: Archive, index: str) -> int:
    """How many pieces an index has that a search must look into each."""
    sql = f"SELECT count(DISTINCT id >> 37) FROM {index}_data WHERE id > 10"
    return int(archive.connection.execute(sql).fetchone()[0])


def test_new_articles_of_a_transaction_become_one_segment_of_each_index(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        with archive.transaction():
            for number in (3, 1, 2):  # a crawl meets the newest first
                at = SEEN - timedelta(days=number)
                add(archive, article(number, published_at=at, section="Điện"))
        for index in ("articles_fts", "articles_exact", "fields_fts"):
            assert segments(archive, index) == 1
        assert archive.integrity() == []


def test_what_waits_for_the_index_may_change_before_it_is_indexed(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        with archive.transaction():
            add(archive, article(1, title="Giá điện giữ nguyên"))
            add(archive, article(1, title="Giá điện tăng"))
        found = archive.connection.execute("SELECT count(*) FROM articles_fts('tăng')").fetchone()
        assert tuple(found) == (1,)
        assert archive.connection.execute("SELECT * FROM indexed_later").fetchall() == []
        assert archive.integrity() == []


def undone(archive: Archive, *articles: Article) -> None:
    """Adds some articles in a transaction that fails behind them."""
    with archive.transaction():
        for one in articles:
            add(archive, one)
        raise KeyError


ODD = paragraphs("Zyxwo là từ chỉ có ở đây, theo Nghị định 95/2012.")


def has_odd_word(archive: Archive) -> bool:
    found = archive.connection.execute("SELECT 1 FROM words WHERE word = 'zyxwo'").fetchall()
    return bool(found)


def test_what_one_part_of_a_transaction_brought_goes_with_it(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        with archive.transaction():
            first = add(archive, article(1))
            with pytest.raises(KeyError):
                undone(archive, article(2, blocks=ODD))
            third = add(archive, article(3))
        ids = archive.connection.execute("SELECT article_id FROM signatures ORDER BY 1")
        assert [row[0] for row in ids] == [first, third]
        assert archive.connection.execute("SELECT * FROM citations").fetchall() == []
        assert not has_odd_word(archive)


def test_a_word_that_was_rolled_back_is_added_by_the_next_article_that_has_it(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        with pytest.raises(KeyError):
            undone(archive, *(article(n, blocks=ODD) for n in range(MOST_WAITING + 1)))
        assert not has_odd_word(archive)
        add(archive, article(2, blocks=ODD))
        assert has_odd_word(archive)


def test_a_long_transaction_does_not_hold_all_its_articles_until_its_end(tmp_path: Path):
    with new_archive(tmp_path) as archive, archive.transaction():
        for number in range(MOST_WAITING + 2):
            add(archive, article(number, blocks=paragraphs(f"Thông tư {number + 1}/2016/TT-BCT")))
        count = archive.connection.execute("SELECT count(*) FROM citations").fetchone()[0]
        assert count >= MOST_WAITING


class Broken(Derived):
    @cached_property
    def signed(self) -> Signed:
        raise KeyError("ours")


def test_an_article_that_cannot_be_derived_is_not_stored(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        with pytest.raises(KeyError):
            add(archive, article(1), Broken(article(1)))
        add(archive, article(2))
        urls = [row[0] for row in archive.connection.execute("SELECT url FROM articles")]
        assert urls == [article(2).url]


@given(TEXTS)
def test_the_syllables_of_a_text_are_those_of_its_words(text: str):
    assert distinct_syllables(distinct_words(text)) == set(syllables(text))


@given(st.lists(TEXTS, max_size=3))
def test_d_forms_are_the_folded_syllables_with_d_with_stroke(texts: list[str]):
    whole = re.findall(r"[^\W_]+", nfc("\n".join(texts)))
    wanted = dict.fromkeys(fold(each) for each in whole if "đ" in each or "Đ" in each)
    assert d_forms(*texts) == (" ".join(wanted) or None)


@given(TEXTS, TEXTS)
def test_what_is_read_off_an_article_is_read_off_its_words(title: str, text: str):
    one = article(title=title, lead=None, blocks=paragraphs(text))
    assert Derived(one).forms == d_forms(title, text)
