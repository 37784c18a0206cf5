"""Reading never gets worse unnoticed: the scores pinned in tests/quality.json are reached."""

import pytest

from tests.quality import COLLECTIONS, READINGS, lower, measure, pins

TOLD = "reading got worse; repair it, or pin the new scores: python -m tests.quality --pin"


@pytest.mark.parametrize("name", READINGS)
def test_golden_pages_are_read_as_well_as_pinned(name: str) -> None:
    now = measure(COLLECTIONS["golden pages"](), READINGS[name])

    assert lower(now, pins()["golden pages"][name]) == {}, TOLD


@pytest.mark.corpus
@pytest.mark.parametrize("name", READINGS)
def test_real_pages_are_read_as_well_as_pinned(name: str) -> None:
    pages, pinned = COLLECTIONS["corpus"](), pins()["corpus"][name]
    if len(pages) != pinned["pages"]:
        pytest.skip(f"../shared/corpus holds {len(pages)} labelled pages, {pinned['pages']} pinned")

    assert lower(measure(pages, READINGS[name]), pinned) == {}, TOLD


def test_a_lower_score_is_told_and_a_higher_one_is_not() -> None:
    pinned = {"F1": 0.9, "title": 1.0, "free of forbidden strings": 0, "pages": 3}

    assert lower({**pinned, "F1": 0.95, "pages": 2}, pinned) == {}
    assert set(lower({**pinned, "free of forbidden strings": -1, "title": 0.5}, pinned)) == {
        "free of forbidden strings",
        "title",
    }
