"""Watches over a real file: what is new, once, whatever its date, and nothing lost at kill -9."""

import datetime as dt
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.arrivals import arrivals, found_among, newest
from archive.errors import NotFoundError, WatchError
from archive.looking import look
from archive.models import VIETNAM
from archive.notices import LAST, latest, pending
from archive.query import parse
from archive.search import search
from archive.store import Archive
from archive.watches import Watch, add_watch, remove_watch, watch_called, watches
from tests.archive.news import SEEN, article, new_archive, paragraphs

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=VIETNAM)
WEEK = dt.timedelta(days=7)


def put(archive: Archive, number: int, text: str, **changes: object) -> int:
    said = article(number, blocks=paragraphs(text), **changes)
    return archive.add(said, site="bo-vn", page_id=None, seen_at=SEEN).article_id


def watch(archive: Archive, query: str = "bưởi", **options: bool) -> Watch:
    return add_watch(
        archive.connection, "trai-cay", query, [], authority="example.org", now=NOW, **options
    )


def new_hits(archive: Archive) -> list[tuple[int, str]]:
    """What one more look of the watch finds: articles, and what happened to them."""
    one = watch_called(archive.connection, "trai-cay")
    told = pending(archive.connection, one, after=0, upto=None, most=10_000)
    before = max((notice.number for notice in told), default=0)
    look(archive.connection, one, NOW)
    fresh = pending(archive.connection, one, after=before, upto=LAST, most=10_000)
    return [(notice.article_id, notice.change) for notice in fresh]


def test_only_what_came_since_is_new_whenever_it_was_published(archive: Archive) -> None:
    put(archive, 1, "Bưởi da xanh đã có mặt từ trước.")
    watch(archive)
    assert new_hits(archive) == []

    late = put(archive, 2, "Bưởi năm roi.", published_at=article().published_at - 50 * WEEK)
    put(archive, 3, "Cam sành.")
    assert new_hits(archive) == [(late, "new")]
    assert new_hits(archive) == []


def test_from_the_start_all_that_is_kept_is_new(archive: Archive) -> None:
    kept = [put(archive, number, "Bưởi da xanh.") for number in range(5)]
    watch(archive, from_start=True)

    assert [hit[0] for hit in new_hits(archive)] == kept


def test_an_archive_from_before_watches_knows_its_articles_as_arrivals(tmp_path: Path) -> None:
    from tests.archive.older import unpack

    with Archive.open(unpack("m001", tmp_path), write=True) as archive:
        came = [arrival.article_id for arrival in arrivals(archive.connection, 0)]
        kept = archive.connection.execute("SELECT id FROM articles ORDER BY id").fetchall()

    assert came == [row[0] for row in kept] != []


def test_what_a_correction_makes_a_hit_is_new_then_and_only_then(archive: Archive) -> None:
    watch(archive)
    stub = put(archive, 1, "Đang cập nhật.")
    assert new_hits(archive) == []

    put(archive, 1, "Bưởi được mùa.")
    assert new_hits(archive) == [(stub, "new")]
    put(archive, 1, "Bưởi được mùa lớn.")
    assert new_hits(archive) == []


def test_changes_are_told_where_they_are_asked_for(archive: Archive) -> None:
    old = put(archive, 1, "Bưởi có từ trước.")
    watch(archive, tells_changes=True)
    new = put(archive, 2, "Bưởi mới.")
    assert new_hits(archive) == [(new, "new")]

    put(archive, 1, "Bưởi có từ lâu rồi.")
    put(archive, 2, "Không còn nhắc tới quả nào.")
    assert new_hits(archive) == [(old, "corrected"), (new, "corrected")]

    url = "https://bo.example.vn/tin/2.html"
    archive.withdraw(url, SEEN)
    assert new_hits(archive) == [(new, "withdrawn")]
    archive.seen(new, SEEN)
    assert new_hits(archive) == [(new, "returned")]
    put(archive, 3, "Cam."), put(archive, 3, "Cam sành.")
    archive.withdraw("https://bo.example.vn/tin/3.html", SEEN)
    assert new_hits(archive) == []


def test_what_is_read_better_is_a_hit_once(archive: Archive) -> None:
    put(archive, 1, "Bưởi có từ trước.")
    watch(archive)
    unread = put(archive, 2, "Một đoạn.")
    assert new_hits(archive) == []

    archive.connection.execute("UPDATE articles SET body = 'Bưởi.', content_hash = 'a'")
    assert new_hits(archive) == [(unread, "new")], "the other one is not of this watch's time"
    archive.connection.execute("UPDATE articles SET last_seen_at = '2026', tags = NULL")
    assert new_hits(archive) == []


QUERIES = (
    *(
        "gạo",
        "gao",
        '"giá gạo"',
        "gạo -cà",
        "gạo OR chè",
        "(gạo OR chè) site:bo-vn",
        "-gạo has:table",
    ),
    *("gạo OR after:2024-06", "g*", "gạ*", "đi* gạo", "title:gạo", "author:hoa", "before:2024-03"),
    *("site:bo-vn -gạo", "cites:38/2016/TT-BCT", "tỉ lệ", "NOT (gạo chè) OR điện"),
)


@pytest.mark.parametrize("only_exact", [False, True])
@pytest.mark.parametrize("query", QUERIES)
def test_a_watch_finds_what_a_thorough_search_finds(
    orchard: Archive, query: str, only_exact: bool
) -> None:
    connection = orchard.connection
    ids = [row[0] for row in connection.execute("SELECT id FROM articles")]
    sought = {
        hit.id
        for hit in search(connection, query, limit=1000, thorough=True, only_exact=only_exact)
    }
    some = set(random.Random(5).sample(ids, 60))

    found = found_among(connection, parse(query), ids, only_exact=only_exact)
    assert found == sought
    assert found_among(connection, parse(query), some, only_exact=only_exact) == found & some


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Two hundred articles of a few words, over a year and a half and out of order."""
    dice = random.Random(11)
    words = [
        "giá",
        "gạo",
        "gào",
        "gặt",
        "ghế",
        "chè",
        "cà",
        "phê",
        "điện",
        "lực",
        "đi",
        "đứng",
        "dì",
    ]
    words += ["tỷ", "lệ", "tỉ", "nghìn", "38/2016/TT-BCT"]
    with new_archive(tmp_path_factory.mktemp("orchard")) as archive:
        for number in range(200):
            text = " ".join(dice.choices(words, k=6))
            day = dt.datetime(2023, 9, 1, tzinfo=VIETNAM) + dt.timedelta(days=dice.randrange(500))
            said = article(
                number, title=f"Tin {dice.choice(words)} số {number}", blocks=paragraphs(text),
                published_at=day, authors=("Hoa",) if number % 7 == 0 else (), lead=None,
            )  # fmt: skip
            archive.add(said, site="bao-vn" if number % 3 else "bo-vn", page_id=None, seen_at=SEEN)
        yield archive


def test_whatever_is_typed_a_watch_finds_what_a_search_finds(orchard: Archive) -> None:
    dice = random.Random(7)
    pieces = ["giá", "gạo", '"giá gạo"', "gạ*", "đi*", "site:bo", "title:chè", "-điện", "AND", "OR"]
    pieces += ["NOT", "-", "(", ")", '"', "*", "%", "\x00", "before:2024-03", "author:hoa", "lệ"]
    ids = [row[0] for row in orchard.connection.execute("SELECT id FROM articles")]
    for _ in range(150):
        query = " ".join(dice.choices(pieces, k=dice.randrange(1, 7)))
        found = found_among(orchard.connection, parse(query), ids)
        sought = {hit.id for hit in search(orchard.connection, query, limit=1000, thorough=True)}
        assert found in (sought, set()), query
        if not found and sought:  # a search that finds nothing leaves out one of the words
            assert len(parse(query).wanted) >= 3, query


def test_words_that_begin_so_are_all_looked_for(archive: Archive) -> None:
    put(archive, 1, " ".join(f"x{number:03}" for number in range(2_000)))
    last = put(archive, 2, "x999")

    assert found_among(archive.connection, parse("x*"), [last]) == {last}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("!!!", "asks for nothing"),
        ("-bưởi", "asks for nothing"),
        ("tittle:bưởi", "did you mean title"),
        ("before:hôm-qua", "is no date"),
        ("a " * 600, "longer than"),
        (" OR ".join(f"(a{n} site:bo-vn)" for n in range(9)), "too many alternatives"),
    ],
)
def test_a_query_that_would_tell_nothing_or_too_much_is_refused(
    archive: Archive, query: str, told: str
) -> None:
    with pytest.raises(WatchError, match=told):
        watch(archive, query)
    assert watches(archive.connection) == []


@pytest.mark.parametrize("name", ["", "Trai Cay", "a/b", "-a", "a\n", "quả", "a" * 65])
def test_a_name_is_short_and_plain(archive: Archive, name: str) -> None:
    with pytest.raises(WatchError, match="small letters"):
        add_watch(archive.connection, name, "bưởi", [], authority="example.org")


def test_a_removed_watch_leaves_nothing_behind(archive: Archive) -> None:
    watch(archive)
    put(archive, 1, "Bưởi.")
    new_hits(archive)
    with pytest.raises(WatchError, match="already"):
        watch(archive)

    remove_watch(archive.connection, "trai-cay")

    for table in ("watches", "watch_hits", "watch_channels"):
        assert archive.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
    with pytest.raises(NotFoundError, match="there is none"):
        remove_watch(archive.connection, "trai-cay")


def test_the_notices_of_an_article_say_where_its_words_stand(archive: Archive) -> None:
    watch(archive, "bưởi OR cam", tells_changes=True)
    hostile = "Giá \x1b[31m Bưởi\x00 <b>\ufffe\n\nxanh"
    number = put(archive, 1, "Cam đây.", title=hostile, authors=("Đỗ Thị Hoa",), section="Nông sản")
    new_hits(archive)
    put(archive, 1, "Cam sành đây.", title=hostile)
    new_hits(archive)

    (last,) = latest(archive.connection, watch_called(archive.connection, "trai-cay"), 10)

    assert (last.article_id, last.change, last.version) == (number, "corrected", 2)
    assert last.marked_title == "Giá [31m ⟦Bưởi⟧ <b> xanh"
    assert last.snippet == "⟦Cam⟧ sành đây."
    assert last.source_name == "Bộ Công Thương"


# Adds watches' articles for ever, in one transaction or many, until it is killed.
WRITER = """
import sys, itertools
from pathlib import Path
from archive.store import Archive
from tests.archive.news import SEEN, article, paragraphs
with Archive.open(Path(sys.argv[1]), write=True) as archive:
    for number in itertools.count(int(sys.argv[2])):
        said = article(number, blocks=paragraphs(f"Bưởi số {number}."))
        archive.add(said, site="bo-vn", page_id=None, seen_at=SEEN)
        print(number, flush=True)
"""
LOOKER = """
import datetime as dt, sys
from pathlib import Path
import archive.looking
from archive.models import VIETNAM
from archive.store import Archive
from archive.watches import watch_called
archive.looking.arrivals.__defaults__ = (7,)
while True:
    with Archive.open(Path(sys.argv[1]), write=True) as opened:
        one = watch_called(opened.connection, "trai-cay")
        archive.looking.look(opened.connection, one, dt.datetime.now(VIETNAM))
    print("looked", flush=True)
"""


def test_killed_at_any_moment_no_hit_is_lost_or_found_twice(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        watch(archive)
    dice = random.Random(3)
    for turn in range(6):
        programs = [
            subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(10_000 * turn)],
                             stdout=subprocess.PIPE)
            for code in (WRITER, LOOKER)
        ]  # fmt: skip
        for program in programs:
            assert program.stdout is not None
            program.stdout.readline()
        time.sleep(dice.uniform(0.02, 0.3))
        for program in programs:
            program.send_signal(signal.SIGKILL)
            program.communicate()

    with Archive.open(tmp_path, write=True) as archive:
        new_hits(archive)
        kept = archive.connection.execute("SELECT id FROM articles").fetchall()
        hits = archive.connection.execute("SELECT article_id FROM watch_hits").fetchall()
        assert newest(archive.connection) == len(kept)
    assert len(kept) > 20
    assert sorted(row[0] for row in hits) == sorted(row[0] for row in kept)


def test_a_visitor_of_the_web_face_reads_nothing_of_watches(archive: Archive) -> None:
    from archive.web.plugins.private import prepare_connection

    add_watch(archive.connection, "kin", "bưởi", [], authority="example.org")
    with closing(sqlite3.connect(archive.path)) as visitor:
        prepare_connection(visitor)
        assert set(visitor.execute("SELECT * FROM watches").fetchone()) == {None}
        assert visitor.execute("SELECT upper(target) FROM watch_channels").fetchone() == (None,)
        assert visitor.execute("SELECT name FROM Watches WHERE name = 'kin'").fetchall() == []
        assert visitor.execute("SELECT name FROM sites").fetchone() == ("Cổng thông tin Bộ",)
