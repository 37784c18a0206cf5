"""One walk over a body node: from markup to the drafts of blocks, gluing and losing nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice, takewhile

from lxml import etree

from archive.models import BlockKind
from crawler.extract.noise import (
    SKIPPED_TAGS,
    is_byline_box,
    is_caption,
    is_hidden,
    is_label,
    is_noise,
)
from crawler.extract.tables import Size, is_picture_table, read_table, rows_to_text, sizes_below
from crawler.extract.tree import Element, line

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LISTS = frozenset(("ul", "ol", "dl"))
_BOXES = frozenset(
    ("div", "section", "aside", "article", "figure", "ul", "ol", "table", "blockquote")
)
_BLOCKS = (
    _HEADINGS
    | _BOXES
    | frozenset(
        ("p", "li", "dt", "dd", "tr", "td", "th", "caption", "figcaption", "header", "main")
    )
    | frozenset(
        ("main", "footer", "address", "pre", "hr", "center", "details", "summary", "fieldset")
    )
    | frozenset(("form", "thead", "tbody", "tfoot", "body", "html"))
)
_STYLES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "a": "link"}
_ALIGNED_RIGHT = re.compile(r"text-align\s*:\s*(?:right|end)", re.IGNORECASE)
_CENTERED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)

# What ends in "Ảnh: …" or "Video: …" (picture, film by) tells of a picture.
_CREDIT = re.compile(
    r"(?<!\w)(?:ảnh|video|clip|đồ họa|photo)\s*:\s*\S[^.:]{0,60}\.?$", re.IGNORECASE
)
# "Bài và ảnh: …" (text and pictures by) signs the whole.
_WHOLE = re.compile(r"\W*(?:bài|tin)\s*(?:,|và|-|&)\s*ảnh", re.IGNORECASE)

_ALPHANUMERIC = re.compile(r"[^\W_]")
_LINKED = 0.75
_LONGEST_SUBHEADING = 200
_LONGEST_CAPTION = 400
_SHORT_BOX = 1000
_MOST_LABELLED = 0.4
_LONGEST_LABEL = 40
_FIRST = 6
_LONGEST_TEASER = 600
_MOST_ELEMENTS = 40


@dataclass(slots=True)
class Draft:
    """A block in the making, with what is known of how it looked."""

    kind: BlockKind
    text: str
    rows: tuple[tuple[str, ...], ...] | None = None
    is_right: bool = False
    is_bold: bool = False
    is_italic: bool = False


@dataclass(slots=True)
class _Piece:
    text: str
    bold: bool = False
    italic: bool = False
    link: bool = False


@dataclass(slots=True)
class _Look:
    """How a paragraph looks: the shares of bold and italic, the characters that are links."""

    bold: float
    italic: float
    linked: int

    @classmethod
    def of(cls, part: list[_Piece]) -> _Look:
        total = bold = italic = linked = 0
        for piece in part:
            size = len(piece.text.strip())
            total += size
            bold += size if piece.bold else 0
            italic += size if piece.italic else 0
            linked += size if piece.link else 0
        return cls(bold=bold / (total or 1), italic=italic / (total or 1), linked=linked)


@dataclass(slots=True)
class BodyWalk:
    """One walk over a body node, gathering inline text until a block begins or ends."""

    node: Element
    without: set[Element]
    captions: set[Element]
    tolerant: bool = False
    drafts: list[Draft] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)
    pieces: list[_Piece] = field(default_factory=list)
    holders: list[tuple[Element, BlockKind]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    lists: int = 0
    styles: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_STYLES.values(), 0))
    after_picture: bool = False
    skipped: Element | None = None
    sizes: dict[Element, Size] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sizes = sizes_below(self.node)
        self._walk()
        self._flush(self.node)

    def _walk(self) -> None:
        walk = etree.iterwalk(self.node, events=("start", "end"))
        for event, node in walk:
            if event == "end":
                self._end(node)
            elif node is not self.node and self._is_skipped(node):
                self.skipped = node
                walk.skip_subtree()
            elif self._start(node):
                walk.skip_subtree()

    def _is_skipped(self, node: Element) -> bool:
        tag = node.tag
        if tag in SKIPPED_TAGS or node in self.without:
            return True
        if self.tolerant:
            return False
        # Most paragraphs carry no attribute to ask for.
        named = bool(node.keys())
        if named and self._is_named_as_other(node):
            return True
        return tag in _BOXES and (self._points_elsewhere(node) or self._begins_as_label(node))

    def _is_named_as_other(self, node: Element) -> bool:
        if is_hidden(node) or (is_noise(node) and not self._is_most(node)):
            return True
        is_short = node.tag in _BLOCKS and self.sizes[node].characters < _SHORT_BOX
        return is_short and is_byline_box(node)

    def _begins_as_label(self, node: Element) -> bool:
        """A small box under "Tin liên quan" or "Bình luận" holds what these words say."""
        if self.sizes[node].characters > _MOST_LABELLED * self.sizes[self.node].characters:
            return False
        # A box inside may begin so without speaking for this one.
        if node.text and len(node.text.strip()) > _LONGEST_LABEL:
            return False
        inside = takewhile(lambda one: one is node or one.tag not in _BOXES, node.iter())
        texts = (one.text for one in islice(inside, _FIRST) if isinstance(one.tag, str))
        first = next((text.strip() for text in texts if text and text.strip()), "")
        return 3 < len(first) <= _LONGEST_LABEL and is_label(first, 0)

    def _is_most(self, node: Element) -> bool:
        """Whether a box holds most of the text: then its name misleads, "share-content"."""
        size, whole = self.sizes[node], self.sizes[self.node].characters
        return size.characters > 0.7 * whole and size.linked < 0.3 * size.characters

    def _points_elsewhere(self, node: Element) -> bool:
        """A box of links to other articles; a list of attachments is not one."""
        size = self.sizes[node]
        if size.characters <= 25 or size.has_files:
            return False
        return size.linked > _LINKED * size.characters or self._is_teaser(node, size)

    def _is_teaser(self, node: Element, size: Size) -> bool:
        """A headline that is all link, and the first words of the story it leads to."""
        if size.linked <= 15 or size.characters > _LONGEST_TEASER or size.elements > _MOST_ELEMENTS:
            return False
        if len(list(node.iter("p"))) > 1:  # a text that holds such a box
            return False
        named = (
            one for one in node.iter("div", "p", "span") if "title" in (one.get("class") or "")
        )
        few = size.characters < _MOST_LABELLED * self.sizes[self.node].characters
        lines = [*node.iter("h2", "h3", "h4"), *(named if few else ())]
        heads = (self.sizes[head] for head in lines if head in self.sizes)
        return any(head.linked > 15 and head.linked > 0.9 * head.characters for head in heads)

    def _start(self, node: Element) -> bool:
        """Takes in an element; true where its content is dealt with."""
        tag = node.tag
        if tag in _BLOCKS:
            self._flush(node)
            kind = self._kind(node)
            if kind:
                self.holders.append((node, kind))
            if tag in _LISTS:
                self.lists += 1
            if tag == "table" and (rows := read_table(node, self.without, self.sizes)):
                self.drafts.append(Draft(BlockKind.TABLE, rows_to_text(rows), rows))
                return True
        elif tag == "br":
            self.pieces.append(_Piece("\n"))
        elif tag == "img":
            self.after_picture = True
            self.pictures.append(node)
        elif tag in _STYLES:
            self.styles[_STYLES[tag]] += 1
        elif self._is_caption(node):
            self._flush(node)
            self.holders.append((node, BlockKind.CAPTION))
        self._add(node.text)
        return False

    def _kind(self, node: Element) -> BlockKind | None:
        tag = node.tag
        if tag in _HEADINGS:
            in_caption = bool(self.holders) and self.holders[-1][1] is BlockKind.CAPTION
            return None if in_caption else BlockKind.SUBHEADING
        if tag == "blockquote":
            return BlockKind.QUOTE
        if tag == "table":
            picture = is_picture_table(node, self.sizes[node].characters)
            return BlockKind.CAPTION if picture else None
        if tag == "figure":
            # CKEditor wraps tables in figures.
            return None if next(node.iter("table"), None) is not None else BlockKind.CAPTION
        if tag in {"figcaption", "caption"} or self._is_caption(node):
            return BlockKind.CAPTION
        return None

    def _is_caption(self, node: Element) -> bool:
        named = is_caption(node) or node in self.captions
        return named and self.sizes[node].characters < _SHORT_BOX

    def _end(self, node: Element) -> None:
        if node is self.skipped:
            if node.tag in _BLOCKS:
                self._flush(node)
            self._add(node.tail)
            return
        tag = node.tag
        held = bool(self.holders) and self.holders[-1][0] is node
        if tag in _BLOCKS or held:
            self._flush(node)
            if held:
                self.holders.pop()
            if tag in _LISTS:
                self.lists -= 1
                self._flush_list()
        elif tag in _STYLES:
            self.styles[_STYLES[tag]] -= 1
        if node is not self.node:
            self._add(node.tail)

    def _add(self, text: str | None) -> None:
        if text:
            # A line of the markup is no line of the text: only a <br> is.
            one_line = text.replace("\n", " ")
            of = self.styles
            self.pieces.append(_Piece(one_line, of["bold"] > 0, of["italic"] > 0, of["link"] > 0))

    def _flush(self, node: Element) -> None:
        """Ends the paragraph: what was gathered becomes drafts."""
        if not self.pieces:
            return
        pieces, self.pieces = self.pieces, []
        if all(piece.text.isspace() for piece in pieces):
            return
        for part in _split(pieces):
            text = _lines("".join(piece.text for piece in part))
            if _ALPHANUMERIC.search(text):
                self._take(text, part, node)

    def _take(self, text: str, part: list[_Piece], node: Element) -> None:
        look = _Look.of(part)
        kind = self.holders[-1][1] if self.holders else None
        if self._is_pointer(text, look.linked, kind):
            return
        if self.lists and kind is None:
            self.lines.append(text.replace("\n", " "))
            return
        kind = kind or self._guess(text, look, node)
        self.after_picture = False
        around = node.getparent()
        right = _is_right(node) or (around is not None and _is_right(around))
        bold, italic = look.bold > 0.9, look.italic > 0.9
        self.drafts.append(Draft(kind, text, None, right, bold, italic))

    def _is_pointer(self, text: str, linked: int, kind: BlockKind | None) -> bool:
        if self.tolerant or kind is BlockKind.CAPTION:
            return False
        # Before the text begins, a short link is the section's name.
        long_enough = len(text) > 20 or not self.drafts
        only_link = linked > 0.95 * len(text) and long_enough and not self.lists
        return only_link or is_label(text, linked)

    def _guess(self, text: str, look: _Look, node: Element) -> BlockKind:
        if len(text) < _LONGEST_CAPTION:
            below = self.after_picture and (_is_centered(node) or look.italic > 0.95)
            # Few paragraphs hold a colon, and all credits do.
            if below or (":" in text and _CREDIT.search(text) and not _WHOLE.match(text)):
                return BlockKind.CAPTION
        short = len(text) <= _LONGEST_SUBHEADING and "\n" not in text
        if look.bold > 0.95 and short and not text.endswith((".", ";", ",", "…", '."')):
            return BlockKind.SUBHEADING
        return BlockKind.PARAGRAPH

    def _flush_list(self) -> None:
        if self.lists == 0 and self.lines:
            self.drafts.append(Draft(BlockKind.LIST, "\n".join(self.lines)))
            self.lines = []


def _is_right(node: Element) -> bool:
    return bool(_ALIGNED_RIGHT.search(node.get("style") or "")) or node.get("align") == "right"


def _is_centered(node: Element) -> bool:
    return bool(_CENTERED.search(node.get("style") or "")) or node.get("align") == "center"


def _split(pieces: list[_Piece]) -> Iterable[list[_Piece]]:
    """Cut at empty lines: old pages write paragraphs as two <br>."""
    part: list[_Piece] = []
    breaks = 0
    for piece in pieces:
        if piece.text == "\n":
            breaks += 1
        elif not piece.text.isspace():
            if breaks > 1:
                yield part
                part = []
            breaks = 0
        part.append(piece)
    yield part


def _lines(text: str) -> str:
    """Clean text; a line break only where the page has a <br>."""
    return "\n".join(one for part in text.split("\n") if (one := line(part)))
