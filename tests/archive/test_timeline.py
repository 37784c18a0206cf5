from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.timeline import Text, braid


def same(one: str, other: str) -> bool:
    return one[0] == other[0]


@st.composite
def histories(draw: st.DrawFn, *, is_ours: bool) -> list[Text]:
    """What one archive saw: neighbours differ, each text seen before the next; a letter a text."""
    size = draw(st.integers(1, 5))
    times = sorted(draw(st.lists(st.integers(0, 60), min_size=2 * size, max_size=2 * size)))
    letters = draw(st.lists(st.sampled_from("ABC"), min_size=size, max_size=size))
    letters = [x for n, x in enumerate(letters) if n == 0 or x != letters[n - 1]]
    return [
        Text(
            seen=f"{times[2 * n]:02}",
            last=f"{times[2 * n + 1]:02}",
            is_ours=is_ours,
            row=f"{letter}{'us' if is_ours else 'them'}{n}",
        )
        for n, letter in enumerate(letters)
    ]


@settings(deadline=None)
@given(histories(is_ours=True), histories(is_ours=False))
def test_the_whole_holds_both_histories_in_order_and_no_text_twice_in_a_row(ours, theirs):
    whole = braid(ours, theirs, same)

    assert all(not same(one.row, other.row) for one, other in pairwise(whole))
    assert all(one.last <= other.seen for one, other in pairwise(whole))
    assert whole[0].seen == min(ours[0].seen, theirs[0].seen)
    assert whole[-1].last == max(ours[-1].last, theirs[-1].last)
    for history in (ours, theirs):
        letters = iter(text.row[0] for text in whole)
        assert all(text.row[0] in letters for text in history)


@settings(deadline=None)
@given(histories(is_ours=True), histories(is_ours=False))
def test_braiding_again_changes_nothing(ours, theirs):
    once = braid(ours, theirs, same)
    kept = [Text(seen=t.seen, last=t.last, is_ours=True, row=t.row) for t in once]

    again = braid(kept, theirs, same)

    assert [(t.seen, t.last, t.row) for t in again] == [(t.seen, t.last, t.row) for t in once]


@settings(deadline=None)
@given(histories(is_ours=True))
def test_a_history_alone_stays_as_it_is(ours):
    assert braid(ours, [], same) == ours
    assert braid(ours, [], same) == braid(ours, ours, same)
