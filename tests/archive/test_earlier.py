"""Captures that come late take their place in time."""

from __future__ import annotations

import datetime as dt
from itertools import permutations
from pathlib import Path

import pytest

from archive.earlier import Absence, note_absence, place
from archive.models import Change
from archive.store import Archive
from archive.times import to_text
from tests.archive.news import SEEN, article, new_archive, page, paragraphs

URL = "https://bo.example.vn/tin/1.html"


def day(number: int) -> dt.datetime:
    return SEEN + dt.timedelta(days=number)


def put(archive: Archive, text: str, on: int) -> Change:
    said = article(1, blocks=paragraphs(text))
    seen = page(fetched_at=day(on))
    placed = place(archive, said, site="bo-vn", page=seen, page_id=on)
    archive.connection.execute(
        "INSERT INTO outcomes (url, at, state) VALUES (?, ?, 'done')", (URL, to_text(day(on)))
    )
    return placed.stored.change


def history(archive: Archive) -> list[tuple[int, str, int]]:
    """Version, text and the day on which it began; the last is the present one."""
    present = dict(archive.article(URL))
    texts = [dict(row) for row in archive.versions(present["id"])]
    began = texts[-1]["replaced_at"] if texts else present["first_seen_at"]
    assert [row["replaced_at"] for row in texts[:-1]] == [row["seen_at"] for row in texts[1:]]
    assert not texts or texts[0]["seen_at"] == present["first_seen_at"]
    return [
        (row["version"], row["body"], (dt.datetime.fromisoformat(at) - SEEN).days)
        for row, at in [*((row, row["seen_at"]) for row in texts), (present, began)]
    ]


@pytest.mark.parametrize(
    "captures",
    [
        (("một", 1), ("hai", 2), ("ba", 3), ("bốn", 4)),
        (("một", 1), ("hai", 2), ("một", 3), ("ba", 4)),
        (("một", 1), ("hai", 2), ("ba", 3), ("hai", 4)),
    ],
    ids=["four texts", "back to the first", "back at the end"],
)
def test_the_order_in_which_captures_come_makes_no_difference(tmp_path: Path, captures):
    wanted = [(n, text, on) for n, (text, on) in enumerate(captures, 1)]
    for number, order in enumerate(permutations(captures)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with new_archive(folder) as archive:
            for text, on in order:
                put(archive, text, on)
            assert history(archive) == wanted, order


def test_a_text_that_is_known_of_that_time_changes_nothing(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        assert put(archive, "một", 1) is Change.NEW
        assert put(archive, "một", 9) is Change.UNCHANGED
        before = dict(archive.article(URL))
        assert put(archive, "một", 5) is Change.UNCHANGED
        assert dict(archive.article(URL)) == before


def test_a_text_known_to_begin_later_begins_with_the_older_capture(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        put(archive, "một", 5)
        assert put(archive, "một", 2) is Change.UNCHANGED
        put(archive, "hai", 9)
        put(archive, "hai", 7)
        assert history(archive) == [(1, "một", 2), (2, "hai", 7)]
        assert archive.versions(archive.article(URL)["id"])[0]["page_id"] == 2
        assert archive.article(URL)["page_id"] == 7


def test_an_old_text_is_found_among_the_versions_and_not_among_the_articles(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        put(archive, "giá mới", 5)
        assert put(archive, "giá cũ", 2) is Change.REVISED
        for table, text in (("articles_fts", "mới"), ("versions_fts", "cũ")):
            sql = f"SELECT count(*) FROM {table} WHERE {table} MATCH 'giá ' || ?"
            assert archive.connection.execute(sql, (text,)).fetchone()[0] == 1
        assert archive.integrity() == []
        assert archive.article(URL)["version"] == 2


def test_what_was_seen_before_the_site_took_it_off_does_not_bring_it_back(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        put(archive, "một", 1)
        archive.withdraw(URL, day(9), reason="gone", status=404)
        put(archive, "hai", 5)
        row = archive.article(URL)
        assert (row["body"], row["withdrawn_at"][:10]) == ("hai", f"{day(9):%Y-%m-%d}")
        put(archive, "không", 3)
        (withdrawal,) = archive.withdrawals(row["id"])
        assert withdrawal["returned_at"] is None
        put(archive, "hai", 12)
        assert archive.article(URL)["withdrawn_at"] is None


def test_what_was_kept_of_earlier_readings_goes_on_with_its_text(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        put(archive, "hai", 5)
        put(archive, "hai", 7)
        article_id = archive.article(URL)["id"]
        archive.connection.execute(
            "INSERT INTO readings (article_id, version, replaced_at, former) VALUES (?, 1, '', '')",
            (article_id,),
        )
        read = "SELECT version FROM readings"
        put(archive, "một", 2)
        assert archive.connection.execute(read).fetchone()[0] == 2
        put(archive, "ba", 6)
        assert history(archive) == [(1, "một", 2), (2, "hai", 5), (3, "ba", 6), (4, "hai", 7)]
        assert archive.connection.execute(read).fetchone()[0] == 4


@pytest.mark.parametrize("order", list(permutations(["gone 3", "gone 4", "seen 7", "gone 12"])))
def test_an_article_is_away_from_when_it_was_missed_to_when_it_was_back(tmp_path: Path, order):
    with new_archive(tmp_path) as archive:
        put(archive, "một", 1)
        put(archive, "một", 9)
        article_id = archive.article(URL)["id"]
        note_absence(archive, article_id, Absence(url=URL, at=day(0)))
        for what, on in (event.split() for event in order):
            if what == "seen":
                put(archive, "một", int(on))
            else:
                note_absence(archive, article_id, Absence(url=URL, at=day(int(on)), status=404))
        found = [
            [at and (dt.datetime.fromisoformat(at) - SEEN).days for at in row]
            for row in archive.connection.execute(
                "SELECT withdrawn_at, returned_at FROM withdrawals ORDER BY withdrawn_at"
            )
        ]
        assert found == [[3, 7], [12, None]]
        assert archive.article(URL)["withdrawn_at"][:10] == f"{day(12):%Y-%m-%d}"
