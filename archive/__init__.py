"""What we keep: pages, articles and their versions in SQLite, and how they are found again.

`archive.Archive` is the way in for notebooks and other programs; docs/python.md shows it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.notebook import Archive as Archive

__all__ = ["Archive"]


def __getattr__(name: str) -> object:
    if name == "Archive":  # loaded when it is asked for: each command imports this package
        from archive.notebook import Archive

        return Archive
    raise AttributeError(f"module 'archive' has no attribute {name!r}")
