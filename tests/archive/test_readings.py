from pathlib import Path

from archive.readings import Readings
from tests.archive.news import new_archive


def test_a_reader_keeps_its_number(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        readings = Readings(archive)
        assert readings.readers("bo-vn", 1, "a") == []
        first = readings.reader("bo-vn", 1, "a")
        others = {
            readings.reader("bo-vn", 2, "a"),
            readings.reader("bo-vn", 1, "b"),
            readings.reader("bao-vn", 1, "a"),
        }

        assert readings.reader("bo-vn", 1, "a") == first
        assert len(others - {first}) == 3
        assert readings.readers("bo-vn", 1, "a") == [first]


def test_a_page_is_read_by_its_last_reader(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        readings = Readings(archive)
        old, new = (readings.reader("bo-vn", extractor, "a") for extractor in (1, 2))
        for page_id in range(1, 9):
            readings.note(page_id, old)
        for page_id in (3, 5):
            readings.note(page_id, new)
        readings.forget([5])

        assert readings.read_by([new], 1, 99) == {3}
        assert readings.read_by([old], 2, 6) == {2, 4, 6}
        assert readings.read_by([old, new], 3, 3) == {3}
