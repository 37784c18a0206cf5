"""Times that were watched: joined where they touch, apart where there is a hole."""

import datetime as dt
import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.merging import merge
from archive.models import VIETNAM
from archive.pages import PageStore
from archive.store import Archive
from archive.stretches import name_listings, note_stretch, watched, watched_until
from tests.archive.news import new_archive

FEED = "feed https://bo.vn/rss"
DAY = "2026-05-{:02}T08:00:00+07:00"


def noted(archive: Archive, *spans: tuple[int, int]) -> list[tuple[int, int]]:
    """The days of the stretches that these make."""
    name_listings(
        archive.connection, "bo-vn", [(FEED, "feed")], dt.datetime(2026, 5, 1, tzinfo=VIETNAM)
    )
    for since, until in spans:
        note_stretch(archive.connection, "bo-vn", FEED, DAY.format(since), DAY.format(until))
    (one,) = watched(archive.connection, "bo-vn")
    return [(int(since[8:10]), int(until[8:10])) for since, until in one.stretches]


def test_a_stretch_that_touches_others_makes_one_of_them(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        assert noted(archive, (1, 3), (3, 4)) == [(1, 4)]
        assert noted(archive, (10, 12), (20, 22)) == [(1, 4), (10, 12), (20, 22)]
        assert noted(archive, (11, 21)) == [(1, 4), (10, 22)]
        assert noted(archive, (15, 16)) == [(1, 4), (10, 22)]
        assert watched_until(archive.connection, "bo-vn", FEED) == DAY.format(22)


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(
        st.tuples(st.integers(1, 28), st.integers(0, 6)).map(lambda p: (p[0], min(28, sum(p))))
    )
)
def test_stretches_are_the_union_of_all_spans_and_never_touch(spans: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name, new_archive(Path(name)) as archive:
        found = noted(archive, *spans)

    def points(of: list[tuple[int, int]]) -> set[float]:
        """Days and the middles between them, so that a hole of one night is seen."""
        return {n / 2 for a, b in of for n in range(2 * a, 2 * b + 1)}

    assert points(found) == points(spans)
    assert all(a[1] < b[0] for a, b in pairwise(found))


def test_a_listing_that_no_file_names_is_not_watched(tmp_path: Path) -> None:
    with new_archive(tmp_path) as archive:
        note_stretch(archive.connection, "bo-vn", "feed https://else.vn/", DAY, DAY)

        assert watched(archive.connection, "bo-vn") == []


def test_what_either_of_two_merged_archives_watched_was_watched(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder, spans in ((ours, [(1, 3), (20, 22)]), (theirs, [(2, 5), (9, 10)])):
        folder.mkdir()
        PageStore.open(folder, write=True).close()
        with new_archive(folder) as archive:
            noted(archive, *spans)
    merge(ours, theirs)
    merge(ours, theirs)

    with Archive.open(ours) as archive:
        (one,) = watched(archive.connection, "bo-vn")
    days = [(int(since[8:10]), int(until[8:10])) for since, until in one.stretches]
    assert days == [(1, 5), (9, 10), (20, 22)]
