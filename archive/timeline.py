"""Two archives' histories of one article as one history. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """What an article said from its first to its last sight, in stored times; ``row`` holds it."""

    seen: str
    last: str
    is_ours: bool
    row: Any


def braid(
    ours: Sequence[Text], theirs: Sequence[Text], is_same: Callable[[Any, Any], bool]
) -> list[Text]:
    """The texts in the order in which either archive saw them, each run of one text once; ours
    stands for a run that both saw.

    >>> def text(seen, last, said, is_ours=False):
    ...     return Text(seen=seen, last=last, row=said, is_ours=is_ours)
    >>> ours = [text("1", "9", "A", True)]
    >>> theirs = [text("3", "4", "a"), text("5", "6", "B")]
    >>> whole = braid(ours, theirs, lambda one, other: one.upper() == other.upper())
    >>> [(each.seen, each.last, each.row) for each in whole]
    [('1', '4', 'A'), ('5', '6', 'B'), ('9', '9', 'A')]
    """
    left, right = _sights(ours), _sights(theirs)
    whole: list[Text] = []
    while left or right:
        goes_on = bool(whole and right) and is_same(whole[-1].row, right[0][1].row)
        is_right = bool(right) and (not left or (right[0][0], not goes_on) < (left[0][0], False))
        if left and right and left[0][0] == right[0][0]:
            is_right = goes_on
        at, text = (right if is_right else left).pop(0)
        if whole and is_same(whole[-1].row, text.row):
            stands = text if text.is_ours and not whole[-1].is_ours else whole[-1]
            whole[-1] = replace(stands, seen=whole[-1].seen, last=max(whole[-1].last, at))
        else:
            whole.append(replace(text, seen=at, last=at))
    return whole


def _sights(texts: Sequence[Text]) -> list[tuple[str, Text]]:
    return [(at, text) for text in texts for at in dict.fromkeys((text.seen, text.last))]
