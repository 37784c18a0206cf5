"""Tables: told from layout, read as rows of cells, written as lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from crawler.extract.noise import SKIPPED_TAGS
from crawler.extract.tree import Element, text_of

FILES = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".rar", ".rtf")

Sizes = Mapping[Element, "Size"]
Rows = tuple[tuple[str, ...], ...]

_GROUPS = {"thead", "tbody", "tfoot"}
_CELLS = {"td", "th"}
# A colspan of 100,000 is an attack, not a table.
_MOST_SPAN = 50
_LONGEST_CELL = 1500
_MOST_ELEMENTS = 400
_LONGEST_CAPTION = 600


def read_table(table: Element, without: set[Element], sizes: Sizes) -> Rows | None:
    """The rows of a table of data; None where a table only arranges pictures or paragraphs."""
    if any(_is_large(cell, sizes) for row in _rows(table) for cell in row):
        return None
    # Asked of the sizes first: the text of a table in a table would be read again and again.
    counts = (sum(_has_text(cell, sizes) for cell in row) for row in _rows(table))
    if max(counts, default=0) < 2:
        return None
    rows = [_cells(row, without) for row in _rows(table)]
    filled = [row for row in rows if any(row)]
    if max((sum(map(bool, row)) for row in filled), default=0) < 2:
        return None
    if holds_picture(table) and sum(len(cell) for row in filled for cell in row) < _LONGEST_CAPTION:
        return None
    return tuple(tuple(row) for row in filled)


def _is_large(cell: Element, sizes: Sizes) -> bool:
    size = sizes.get(cell)
    return size is not None and (size.characters > _LONGEST_CELL or size.elements > _MOST_ELEMENTS)


def _has_text(cell: Element, sizes: Sizes) -> bool:
    size = sizes.get(cell)
    return size is None or size.characters > 0


def rows_to_text(rows: Rows) -> str:
    """A line a row, cells separated by `` | ``.

    >>> print(rows_to_text((("Mặt hàng", "Giá"), ("E5 RON 92", "19.810"))))
    Mặt hàng | Giá
    E5 RON 92 | 19.810
    """
    return "\n".join(" | ".join(row) for row in rows)


@dataclass(slots=True)
class Size:
    """How much stands in an element: characters, those of them in links, elements; any files."""

    characters: int = 0
    linked: int = 0
    elements: int = 1
    has_files: bool = False


def sizes_below(root: Element) -> dict[Element, Size]:
    """The size of each element of a tree, found in one walk: asking each anew is quadratic."""
    sizes: dict[Element, Size] = {}
    stack: list[Size] = [Size()]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        skipped = node.tag in SKIPPED_TAGS and node is not root
        if event == "start":
            if skipped:
                walk.skip_subtree()
            stack.append(Size(0 if skipped else _length(node.text)))
            continue
        size = sizes[node] = stack.pop()
        if node.tag == "a":
            size.linked = size.characters
            size.has_files = names_file(node.get("href") or "")
        around = stack[-1]
        around.characters += size.characters + _length(node.tail)
        around.linked += size.linked
        around.elements += size.elements
        around.has_files = around.has_files or size.has_files
    return sizes


def names_file(address: str) -> bool:
    """Whether an address, or what it asks for, ends as a document's name does.

    >>> names_file("/tai-ve?tep=To-trinh.PDF"), names_file("/van-ban.html")
    (True, False)
    """
    parts = address.lower().replace("#", "?").split("?")
    return any(part.rstrip().endswith(FILES) for part in parts)


def _length(text: str | None) -> int:
    return len(text.strip()) if text else 0


def holds_picture(element: Element) -> bool:
    """Whether a picture or film stands in the element."""
    return next(element.iter("img", "picture", "video", "iframe", "amp-img"), None) is not None


def is_picture_table(table: Element, characters: int) -> bool:
    """Whether a table holds a picture and so few words that they are its caption."""
    return characters < _LONGEST_CAPTION and holds_picture(table)


def _rows(table: Element) -> list[Element]:
    found: list[Element] = []
    for child in table:
        if child.tag == "tr":
            found.append(child)
        elif child.tag in _GROUPS:
            found.extend(row for row in child if row.tag == "tr")
    return found


def _cells(row: Element, without: set[Element]) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag in _CELLS:
            cells.append(text_of(cell, without))
            cells.extend([""] * (_span(cell) - 1))
    return cells


def _span(cell: Element) -> int:
    text = cell.get("colspan", "1").strip()
    return min(int(text), _MOST_SPAN) if text.isascii() and text.isdigit() else 1
