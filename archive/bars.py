"""Bars and shares in a terminal's characters; pure."""

from __future__ import annotations

from typing import IO

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def bar(share: float, width: int, full: str = "█") -> str:
    """A bar of so many columns at most; in eighths of one where it is solid, and never nothing for
    what is not nothing.

    >>> bar(0.5, 8), bar(0.51, 4), bar(0.001, 8), bar(0, 8), bar(0.3, 8, "#")
    ('████', '██', '▏', '', '##')
    """
    if full != "█":
        return full * max(round(share * width), int(share > 0))
    eighths = max(round(share * width * 8), int(share > 0))
    return full * (eighths // 8) + _EIGHTHS[eighths % 8]


def percent(share: float) -> str:
    """A share in percent; never 100 where something is missing, never 0 where something is.

    >>> percent(0.999), percent(1.0), percent(0.347), percent(0.0001), percent(0.0)
    ('99 %', '100 %', '35 %', '<1 %', '0 %')
    """
    if 0 < share < 0.01:
        return "<1 %"
    return f"{100 if share >= 1 else min(99, round(share * 100))} %"


def takes_blocks(out: IO[str]) -> bool:
    """Whether block characters can be written there at all."""
    try:
        "█▒·".encode(getattr(out, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
