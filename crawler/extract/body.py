"""The body of an article as blocks: nothing glued, nothing lost, nothing that is not of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, takewhile

from archive.models import Block, BlockKind
from crawler.extract.authors import is_byline
from crawler.extract.times import is_time
from crawler.extract.tree import LONGEST_FIELD, Element, words
from crawler.extract.walk import BodyWalk, Draft

_LONG = 40
# No title and no lead is longer.
_LONGEST_REPEAT = 2 * LONGEST_FIELD
# A long story names a dozen people below it.
_MOST_SIGNED = 40
_MOST_NAMES = 200
_MOST_SAID = 40
_ROLES = (
    r"(?:nội dung|bài viết|bài|tin|ảnh|hình ảnh|video|clip|đồ họa|thiết kế|trình bày|thực hiện"
    r"|kỹ thuật|biên tập|tác giả|text|photos?|design|story)"
)
_ROLE = re.compile(rf"{_ROLES}(?:\s*(?:,|-|&|và)\s*{_ROLES})*\s*:\s*", re.IGNORECASE)
# "(Theo TTXVN)", "Theo Reuters", "Nguồn: …", "Ảnh: …": whose text or pictures these are.
_SOURCE = re.compile(
    r"^(?:[—–-]\s*(?-i:[A-Z]{2,8}|Reuters|Xinhua|Bernama|Bloomberg)"
    r"|(?:nhóm\s+)?(?:(?-i:P\.?V\.?|BBT|CTV)|phóng viên)|\((?:theo|nguồn|ttxvn|tổng hợp)[^)]*\)"
    r"|(?:theo|nguồn|ảnh)\s*:?\s+(?-i:[A-ZĐÀ-Ỹ])[^.,;]{0,50}(?:\.(?:vn|com)[^.,;]{0,20})?)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Body:
    """What the walk over a body node gave: its blocks, the lines that sign it, its pictures."""

    blocks: tuple[Block, ...] = ()
    signature: tuple[str, ...] = ()
    pictures: tuple[Element, ...] = ()

    @property
    def characters(self) -> int:
        """How much running text there is, captions apart."""
        return sum(len(b.text) for b in self.blocks if b.kind is not BlockKind.CAPTION)


def read_body(
    node: Element,
    without: set[Element],
    captions: set[Element],
    said: tuple[str | None, ...] = (),
) -> Body:
    """The blocks below a node.

    ``without`` are elements that are not body, ``captions`` those known as captions, ``said`` are
    title and lead: a body may begin with them once more.
    """
    walk = BodyWalk(node, without, captions)
    if _characters(walk.drafts) < _LONG:
        # A site that hides its text until a click, or names its body like a box of adverts.
        tolerant = BodyWalk(node, without, captions, tolerant=True)
        walk = max(walk, tolerant, key=lambda one: _characters(one.drafts))
    drafts = _without_repeats(_without_head(walk.drafts, said))
    drafts, signature = _without_signature(drafts)
    return Body(tuple(_block(draft) for draft in drafts), signature, tuple(walk.pictures))


def _characters(drafts: list[Draft]) -> int:
    return sum(len(draft.text) for draft in drafts if draft.kind is not BlockKind.CAPTION)


def _block(draft: Draft) -> Block:
    return Block(kind=draft.kind, text=draft.text, rows=draft.rows)


def _without_head(drafts: list[Draft], said: tuple[str | None, ...]) -> list[Draft]:
    """What was said as title, lead and time, said again before the text begins."""
    before = {words(text) for text in said if text}
    running = [draft for draft in drafts if draft.kind is not BlockKind.CAPTION]
    first = running[:_MOST_SAID]
    repeated = list(takewhile(lambda d: _repeats(d.text, before) or is_time(d.text), first))
    # A page of a film may hold no text but its lead, said twice.
    if len(repeated) == len(running):
        return drafts
    return _all_but(drafts, repeated)


def _all_but(drafts: list[Draft], some: list[Draft]) -> list[Draft]:
    taken = set(map(id, some))
    return [draft for draft in drafts if id(draft) not in taken]


def _repeats(text: str, said: set[str]) -> bool:
    if len(text) > _LONGEST_REPEAT:
        return False
    plain = words(text)
    # A lead is said with or without its prefix: "(Chinhphu.vn) - ".
    return plain in said or (
        len(plain) > _LONG
        and any(one.endswith(plain) or plain.endswith(one) for one in said if len(one) > _LONG)
    )


def _without_repeats(drafts: list[Draft]) -> list[Draft]:
    """Photo stories hold each text twice, once for the slide show."""
    seen: set[str] = set()
    kept: list[Draft] = []
    for draft in drafts:
        if len(draft.text) >= _LONG and draft.rows is None:
            if draft.text in seen:
                continue
            seen.add(draft.text)
        kept.append(draft)
    return kept


def _without_signature(drafts: list[Draft]) -> tuple[list[Draft], tuple[str, ...]]:
    """The names, sources and pointers below the last paragraph, taken off and kept apart."""
    running = [draft for draft in drafts if draft.kind not in (BlockKind.CAPTION, BlockKind.TABLE)]
    signed = list(takewhile(_is_signature, islice(reversed(running), _MOST_SIGNED)))
    # A note may stand below the names: "Tên nhân vật đã được thay đổi."
    below = _all_but(running[-3:], signed)
    signed += [draft for draft in below if draft.is_right and is_byline(draft.text)]
    if len(signed) == len(running):
        return drafts, ()
    signed += _name_above(_all_but(running, signed))
    return _all_but(drafts, signed), tuple(draft.text for draft in reversed(signed))


def _name_above(drafts: list[Draft]) -> list[Draft]:
    """The name that a text begins with. Of several names each heads a part of the text; one of
    two syllables may as well be a place."""
    if not drafts or not _names_person(drafts[0]):
        return []
    return [] if any(map(_names_person, drafts[1:_MOST_NAMES])) else drafts[:1]


def _names_person(draft: Draft) -> bool:
    return len(draft.text.split()) > 2 and is_byline(draft.text)


def _is_credit(text: str) -> bool:
    """Who did what, as long stories end: "Nội dung: …", "Thiết kế: …"."""
    match = _ROLE.match(text)
    return match is not None and is_byline(text[match.end() :])


def _is_signature(draft: Draft) -> bool:
    short = len(draft.text) < 90 and "\n" not in draft.text
    if draft.kind is BlockKind.LIST or not short:
        return False
    if draft.is_right or _SOURCE.match(draft.text) or _is_credit(draft.text):
        return True
    return (draft.is_bold or draft.is_italic) and is_byline(draft.text)
