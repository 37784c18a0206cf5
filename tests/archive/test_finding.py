"""Queries with operators and fields, order, copies and bounds, on a real archive."""

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import candidates, expressions, gathering, search
from archive.explanation import explanation
from archive.models import VIETNAM, Article, Attachment, Block, BlockKind, Image
from archive.query import parse
from archive.search import CLOSE, OPEN, find
from archive.store import Archive
from tests.archive.news import SEEN, article, keep, new_archive, number_of, paragraphs


def news(number: int, title: str, *body: str, **changes: object) -> Article:
    day = dt.datetime(2024, 1, number, 8, tzinfo=VIETNAM)
    return article(
        number,
        **{"title": title, "lead": None, "blocks": paragraphs(*body), "published_at": day}
        | changes,
    )


TABLE = Block(kind=BlockKind.TABLE, text="Mỏ | Tấn", rows=(("Mỏ", "Tấn"), ("Núi Béo", "12")))
NEWS = [
    news(1, "Than vùng mỏ", "Mỏ than mở rộng.", authors=("Đỗ Văn Quý",), section="Năng lượng"),
    news(
        2,
        "Xe chở than",
        blocks=(*paragraphs("Đoàn xe qua phà."), TABLE),
        tags=("vận tải", "than đá"),
    ),
    news(3, "Chợ họp", "Than hồng dưới bếp. Kĩ sư xem lò.", section="Đời sống"),
    news(4, "Hòa mạng lưới", "Thuý quản lý kho bãi theo Thông tư 38/2016/TT-BCT."),
    news(5, "Kho bãi ven sông", "Nhà thầu quản lí kho.", images=(Image(url="https://a.vn/1.jpg"),)),
    news(6, "Phố mới", "TPHCM sửa đường.", attachments=(Attachment(url="https://a.vn/b.pdf"),)),
    news(7, "Phố cũ", "Đường ở TP.HCM, nhà máy điện Mỹ Lý.", source="bao-thu"),
    news(8, "Điện về bản", "Trạm mua, bán điện. Lực lượng xã giúp dân.", source="bao-thu"),
    news(9, "Bản xa có điện", "Người dân mua bán điện lực lượng lớn.", source="bao-thu"),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("finding")
    keep(folder, NEWS)
    with Archive.open(folder) as archive:
        yield archive


def numbers(archive: Archive, query: str, **wanted: object) -> list[int]:
    hits = find(archive.connection, query, **wanted).hits
    return [number_of(hit.url) for hit in hits]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("than AND xe", [2]),
        ("chợ OR phà", [2, 3]),
        ("than (phà OR bếp)", [2, 3]),
        ("than NOT (phà OR bếp)", [1]),
        ("than -phà -bếp", [1]),
        ("title:than", [1, 2]),
        ("than -title:than", [3]),
        ("author:quý", [1]),
        ('author:"do van qui"', [1]),
        ("author:(quy OR ai)", [1]),
        ("than section:nang", [1]),
        ('tag:"than đá"', [2]),
        ("has:table", [2]),
        ("has:image", [5]),
        ("has:file", [6]),
        ("kho has:table", []),
        ("site:bao-vn phố", [7]),
        ("phố -site:bao-vn", [6]),
        ('source:"thử nghiệm" phố', [7]),
        ("chợ OR site:bao-vn", [2, 3, 7, 8, 9]),
        ("site:bao-vn -điện", []),
        ("site:bao-vn -bản", [7]),
        ("cites:38/2016/TT-BCT", [4]),
        ("cites:38-2016-tt-bct kho", [4]),
        ("after:2024-01-07 before:09/01/2024", [7, 8]),
        ("điện NOT before:2024-01-09", [9]),
        ("than before:2024", []),
        ("quan ly kho", [4, 5]),
        ("kỹ sư", [3]),
        ("TP.HCM", [6, 7]),
        ("tphcm", [6, 7]),
        ("tp hcm", [6, 7]),
        ("xe*", [2, 3]),
        ("ngu* dan", [9]),
        ("điệ* lự*", [8, 9]),
        ("die*", [7, 8, 9]),
        ('"mua bán điện lực lượng"', [8, 9]),
    ],
)
def test_a_query_finds_what_it_says(archive: Archive, typed: str, found: list[int]):
    assert sorted(numbers(archive, typed)) == sorted(found)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hòa", [4]),
        ("hoà", [4]),
        ("thúy", [4]),
        ("quản lý", [4, 5]),
        ("quản lỳ", []),
        ("kĩ", [3]),
        ("than", [1, 2, 3]),
        ("quan ly", []),
        ("bản điện", [8, 9]),
        ("dân bàn", []),
        ("bán điện", [8, 9]),
    ],
)
def test_exact_insists_on_the_accents_in_any_of_their_spellings(
    archive: Archive, typed: str, found: list[int]
):
    assert sorted(numbers(archive, typed, only_exact=True)) == found
    assert sorted(numbers(archive, typed, only_exact=True, newest=True)) == found


def test_a_title_that_is_the_query_comes_first_whatever_is_newer(archive: Archive):
    assert numbers(archive, "xe chở than")[0] == 2
    assert numbers(archive, "xe cho than")[0] == 2


def test_words_in_one_sentence_come_before_words_across_two(archive: Archive):
    assert numbers(archive, "mua bán điện lực lượng") == [9, 8]


def test_what_stands_side_by_side_comes_first_whether_many_or_few_have_it_close_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    said = ["Lò than cũ, đá mới.", "Than rồi đến đá.", "Than đá tốt.", "Đá và than."]
    with new_archive(tmp_path) as other:
        for number, text in enumerate(said, 1):
            some = news(number, f"Bản tin {number}", text)
            other.add(some, site="bo-vn", page_id=None, seen_at=SEEN)
        few = [hit.id for hit in find(other.connection, "than đá").hits]
        monkeypatch.setattr(gathering, "FEW", 0)
        assert few == [hit.id for hit in find(other.connection, "than đá").hits]
        assert few[0] == 202401030001
        assert [hit.id for hit in find(other.connection, "than đá", limit=1).hits] == few[:1]


def test_words_of_two_syllables_come_before_their_syllables_close_together(tmp_path: Path):
    far = f"Hội chợ mở cửa. {'Người xem đông. ' * 9}Sau đó là triển lãm."
    said = [far, "Triển khai hội nghị, chợ và bảo lãm.", "Chợ phiên."]
    with new_archive(tmp_path) as other:
        for number, text in enumerate(said, 1):
            some = news(number, f"Bản tin {number}", text)
            other.add(some, site="bo-vn", page_id=None, seen_at=SEEN)
        for typed in ("hội chợ triển lãm", "hoi cho trien lam"):
            ids = [hit.id for hit in find(other.connection, typed).hits]
            assert ids == [202401010001, 202401020001]


def test_four_syllables_side_by_side_come_first_among_many_that_have_three_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(gathering, "FEW", 2)
    said = ["Giá của bán lẻ.", "Giá mà bán lẻ, của ai.", "Bán lẻ của giá.", "Của bán lẻ, giá."]
    with new_archive(tmp_path) as other:
        for number, text in enumerate(said, 1):
            some = news(number, f"Bản tin {number}", text)
            other.add(some, site="bo-vn", page_id=None, seen_at=SEEN)
        for limit in (1, 2, 20):
            answer = find(other.connection, "giá của bán lẻ", limit=limit)
            assert answer.hits[0].id == 202401010001
            assert len(answer.hits) == min(limit, 4)


def test_a_common_word_that_the_index_is_not_asked_for_must_be_there_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    said = ["Giá than cốc Uông Bí và Vàng Danh.", "Giá than cốc Uông Bí, Vàng Danh.", "Mưa và gió."]
    with new_archive(tmp_path) as other:
        for number, text in enumerate(said, 1):
            some = news(number, f"Bản tin {number}", text)
            other.add(some, site="bo-vn", page_id=None, seen_at=SEEN)
        typed = "giá than cốc uông bí và vàng"
        monkeypatch.setattr(search, "READ", 1)
        for common, limit in ((900, 20), (2, 20), (2, 1)):
            monkeypatch.setattr(expressions, "COMMON", common)
            answer = find(other.connection, typed, limit=limit)
            assert [hit.id for hit in answer.hits] == [202401010001]


def test_where_no_article_holds_all_words_those_that_lack_one_are_shown(archive: Archive):
    answer = find(archive.connection, "đoàn xe qua cầu")
    assert [hit.title for hit in answer.hits] == ["Xe chở than"]
    assert answer.notes == ("No article holds all of these words; these lack one of them.",)


def test_a_site_that_is_not_kept_is_told(archive: Archive):
    answer = find(archive.connection, "than site:khong")
    assert answer.hits == ()
    assert answer.notes == ("No site is called 'khong' — there are: bao-vn, bo-vn",)


def test_the_snippet_shows_the_passage_with_most_of_the_words(archive: Archive, tmp_path: Path):
    filler = "Trời nắng đẹp trên khắp cánh đồng rộng. " * 30
    text = f"Nước lên. {filler}Giá nước sạch tăng ở ba quận. {filler}"
    with new_archive(tmp_path) as other:
        other.add(news(1, "Tin", text), site="bo-vn", page_id=None, seen_at=SEEN)
        (hit,) = find(other.connection, "gia nuoc sach").hits
    assert f"{OPEN}Giá nước sạch{CLOSE} tăng ở ba quận." in hit.snippet
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert len(hit.snippet) < 300


def test_a_word_is_marked_with_the_accents_typed_and_else_with_any(tmp_path: Path):
    with new_archive(tmp_path) as other:
        some = news(1, "Gia Lai", "Ở Gia Lai, giá tiêu tăng.")
        other.add(some, site="bo-vn", page_id=None, seen_at=SEEN)
        other.add(news(2, "Gia đình", "Già làng."), site="bo-vn", page_id=None, seen_at=SEEN)
        first, second = find(other.connection, "giá").hits
    assert first.snippet == f"Ở Gia Lai, {OPEN}giá{CLOSE} tiêu tăng."
    assert second.snippet == f"{OPEN}Già{CLOSE} làng."
    assert second.marked_title == f"{OPEN}Gia{CLOSE} đình"


def test_copies_of_one_story_are_one_hit(archive: Archive, tmp_path: Path):
    with new_archive(tmp_path) as other:
        for number in range(1, 6):
            some = news(number, f"Bão số {number}", "Gió giật mạnh.")
            other.add(some, site="bo-vn", page_id=None, seen_at=SEEN)
        ids = [row[0] for row in other.connection.execute("SELECT id FROM articles ORDER BY id")]
        other.connection.execute("DELETE FROM stories")
        other.connection.executemany(
            "INSERT INTO stories VALUES (?, ?)", [(each, ids[0]) for each in ids[:4]]
        )
        for newest in (False, True):
            hits = find(other.connection, "bão", newest=newest).hits
            assert [hit.copies for hit in hits] == [0, 3]
            assert len(find(other.connection, "bão", newest=newest, unfolded=True).hits) == 5


def test_a_search_that_has_no_time_looks_at_the_newest_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(candidates, "_STEPS", 1)
    monkeypatch.setattr(candidates, "LEAST", -1.0)
    monkeypatch.setattr(candidates, "SOFT", -1.0)
    with new_archive(tmp_path) as other:
        for some in NEWS:
            other.add(some, site="bo-vn", page_id=None, seen_at=SEEN)
        answer = find(other.connection, "điện")
        assert [hit.id for hit in answer.hits] == [202401090001]
        assert answer.looked_back_to == 202401090001
        thorough = find(other.connection, "than", thorough=True)
        assert len(thorough.hits) == 3
        assert thorough.looked_back_to is None
        (newest,) = find(other.connection, "than", newest=True).hits
        assert newest.id == 202401030001


def test_the_number_of_hits_is_counted_as_far_as_a_moment_goes(archive: Archive, monkeypatch):
    answer = find(archive.connection, "than", limit=1)
    assert (answer.total, answer.is_all) == (3, True)
    monkeypatch.setattr(candidates, "COUNTED", 2)
    assert find(archive.connection, "than", limit=1).is_all  # all of them were candidates
    monkeypatch.setattr(gathering, "CANDIDATES", 2)
    answer = find(archive.connection, "than", limit=1)
    assert not answer.is_all


WORDS = st.sampled_from(
    [
        *("than", "điện", "kho", '"mua bán"', "dd", "quản lý", "38/2016/TT-BCT", "5,3%", "TPHCM"),
        *("AND", "OR", "NOT", "-", "(", ")", '"', "*", "xe*", "title:", "author:quý", "site:"),
        *("site:bo-vn", "has:table", "has:", "before:2024", "after:x", "cites:1/2/3", "tag:(", ":"),
        *("NEAR(", "^", "{", "}", "+", ";", "'", "--", "\0", "\ud800", "\u0301", "rowid:", "−"),
    ]
)


# 600 in the suite; before a release MOIT_NEWS_FUZZ=20000 asks as many as it says.
EXAMPLES = int(os.environ.get("MOIT_NEWS_FUZZ", "600"))
SLOWEST = 1.0  # seconds of work, on an archive of a few articles


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=12).map(" ".join)), st.booleans())
def test_any_text_is_answered_in_time(archive: Archive, typed: str, flag: bool):
    began = time.thread_time()
    answer = find(archive.connection, typed, newest=flag, only_exact=not flag)
    assert time.thread_time() - began < SLOWEST
    assert len(answer.hits) <= 20
    assert explanation(parse(typed))
    assert not any(word in " ".join(answer.notes) for word in ("fts5", "sqlite", "SELECT", "MATCH"))


@pytest.fixture(scope="module")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of one article that a reader looks for, and two that have its words apart."""
    folder = tmp_path_factory.mktemp("plain")
    texts = (
        "Bộ Công Thương kiểm tra ngành điện lực.",
        "Điện gió, lực kéo; công nhân bộ hành, thương nhớ.",
        "Than và xe.",
    )
    with new_archive(folder) as archive:
        for number, text in enumerate(texts, 1):
            archive.add(news(number, "Tin", text), site="bo-vn", page_id=None, seen_at=SEEN)
    return folder / "archive.db"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dien luc", [1, 2]),
        ("điện lực", [1, 2]),
        ('"điện lực"', [1]),
        ('"bộ công thương"', [1]),
        ('"bo cong thuong"', [1]),
    ],
)
def test_sqlite_alone_finds_without_any_code_of_ours(ministry: Path, typed: str, found: list[int]):
    sql = (
        "SELECT a.url FROM articles_fts f JOIN articles a ON a.id = f.rowid"
        " WHERE articles_fts MATCH ? ORDER BY f.rowid"
    )
    with closing(sqlite3.connect(f"file:{ministry}?mode=ro", uri=True)) as plain:
        urls = [row[0] for row in plain.execute(sql, (typed,))]
    assert urls == [f"https://bo.example.vn/tin/{number}.html" for number in found]


def test_a_plain_datasette_finds_without_any_code_of_ours(ministry: Path):
    """In its own process: no plugin, no templates, no metadata of this project."""
    for typed, count in (("dien luc", 2), ("điện lực", 2), ('"bộ công thương"', 1)):
        page = f"/archive/articles.json?_shape=array&_search={quote(typed)}"
        command = [sys.executable, "-m", "datasette", str(ministry), "--get", page]
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
        assert len(json.loads(told.stdout)) == count, typed


def test_a_plain_reader_of_the_file_finds_with_and_without_accents(archive: Archive):
    """Without any code of ours: sqlite3 on the file, the query in quotes."""
    sql = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
    with sqlite3.connect(f"file:{archive.path}?mode=ro", uri=True) as plain:
        for typed in ("dien", '"điện"', '"TP.HCM"', "dien luc", '"38/2016/TT-BCT"'):
            assert plain.execute(sql, (typed,)).fetchone()[0] > 0
