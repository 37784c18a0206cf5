"""Finder of names that no class calls an author's: the words before or the time beside tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from archive.text import fold, nfc
from crawler.extract.authors import is_byline, people
from crawler.extract.nearby import NEAR, after, in_noise, is_small
from crawler.extract.select import Found
from crawler.extract.tree import Element, Tree, line, text_of

# "Tác giả:" (author), "Thực hiện" (made by), "Theo" (according to)
_TOLD = re.compile(
    r"\W*(?:tác giả|bài viết|bài và ảnh|bài, ảnh|thực hiện|người viết|theo|by)\b", re.IGNORECASE
)
# What else stands beside a time, every word with a capital: where it was written.
_PLACE = re.compile(
    r"(?:ha noi|(?:tp\.?\s*)?(?:hcm|ho chi minh)|da nang|hai phong|can tho|hue|quang ninh|nghe an"
    r"|thanh hoa|lam dong|dak lak|gia lai|khanh hoa|dong nai|binh duong|ca mau|an giang|viet nam)"
)
_LONGEST = 60
_MOST_BESIDE = 30
_MOST_PIECES = 8


def find_byline(
    tree: Tree, title: Element | None, body: Element | None, time: Element | None, names: set[str]
) -> list[Found]:
    """The first names told as such around the body, else those beside the time shown."""
    return _told(tree, title, body, names) or _beside(tree, time, names)


def _told(tree: Tree, title: Element | None, body: Element | None, names: set[str]) -> list[Found]:
    inside = set() if body is None else set(body.iter())
    places = (one for one in after(tree, title, 2 * NEAR, body) if one not in inside)
    for node, text in _short_lines(filter(_begins_told, places)):
        if _TOLD.match(text) and _is_name(text, names) and not in_noise(node, title):
            return [Found(text, node)]
    return []


def _begins_told(node: Element) -> bool:
    """Asked before all of the text is read, which takes longer."""
    pieces = (str(text).strip() for text in islice(node.itertext("*"), _MOST_PIECES))
    return _TOLD.match(nfc(" ".join(pieces)[:_LONGEST])) is not None


def _beside(tree: Tree, time: Element | None, names: set[str]) -> list[Found]:
    box = None if time is None else time.getparent()
    if box is None:
        return []
    links = Counter(line(link.text) for link in tree.root.iter("a") if link.text)
    for node, text in _short_lines(islice(box.iter(), _MOST_BESIDE)):
        # A section's name is in the menu too.
        is_alone = links[text] <= (node.tag == "a") and len(text.split()) > 1
        if is_alone and _is_name(text, names) and not _PLACE.fullmatch(fold(text)):
            return [Found(text, node)]
    return []


def _is_name(text: str, names: set[str]) -> bool:
    return is_byline(text) and bool(people([text], names))


def _short_lines(places: Iterator[Element]) -> Iterator[tuple[Element, str]]:
    for node in places:
        # Counted first: the text of a thousand nested boxes would be read a thousand times.
        if isinstance(node.tag, str) and is_small(node):
            text = text_of(node)
            if 0 < len(text) <= _LONGEST:
                yield node, text
