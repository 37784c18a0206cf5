"""Finders of what stands near the title and has no name of its own: lead, time, authors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from archive.models import TimeOrigin
from crawler.extract import json_ld
from crawler.extract.authors import people
from crawler.extract.noise import SKIPPED_TAGS, is_byline_box, is_noise
from crawler.extract.select import Found
from crawler.extract.times import read_time
from crawler.extract.tree import Element, Tree, spaced_text_of, text_of, words

_LEAD_NAME = re.compile(
    r"(?:^|[\s_-])(?:sapo\w*|lead|chapeau|summary|sum|description|desc|brief|intro|excerpt"
    r"|tom-?tat|txt-head|head-?text|foreword|hometext|standfirst|teaser|preamble)(?:$|[\s_-])",
    re.IGNORECASE,
)
_AUTHOR_PAGE = re.compile(r"/(?:tac-gia|authors?|phong-vien|but-danh)/", re.IGNORECASE)
_TIME_LIKE = re.compile(
    r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\d+ tháng \d+|\d\s+(?:phút|giờ) trước"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s\d{1,2},?\s\d{4}"
    r"|\d{1,2}\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s\d{4}",
    re.IGNORECASE,
)
_WHOLE_TIME = re.compile(r"\d\s*[:h]\s*\d\d|trước")
_UPDATED = re.compile(r"cập nhật|updated|chỉnh sửa", re.IGNORECASE)
_LEAD_TAGS = frozenset(("h2", "h3", "h4", "p", "div", "strong", "b", "span"))
_LONG_LEAD = 60
NEAR = 400
_MOST_BOXES = 60
# Words such as "2 giờ trước" take a millisecond to understand.
_MOST_TIMES = 60
_MOST_TOLD = 5
_MANY = 30
_PUBLISHED_METAS = ("article:published_time", "pubdate", "datepublished", "publish-date")


def find_lead(tree: Tree, title: Element | None, body: Element | None) -> Found | None:
    """The lead as shown: named so, or saying what the description says; else the description."""
    told = _description(tree, title)
    start = words(told)[:50] if told else ""
    for node in _before_text(tree, title, body):
        named = _LEAD_NAME.search(_names(node)) is not None
        if not named and (not start or len(node) > 6):
            continue
        text = text_of(node)
        if not 30 <= len(text) <= 1500:
            continue
        said = bool(start) and start in words(text)[: len(start) + 40]
        if (named and not in_noise(node, title)) or (
            said and not _is_first_paragraph(node, title, body)
        ):
            return Found(text, node)
        if said:
            return None
    if told and not told.endswith(("...", "…")):
        return Found(told, origin=TimeOrigin.META)
    return None if told else _standfirst(tree, title, body)


def _before_text(tree: Tree, title: Element | None, body: Element | None) -> Iterator[Element]:
    """Where a lead may stand: behind the title, up to the end of the body's first paragraph."""
    around = set() if body is None else set(body.iterancestors())
    inside = set() if body is None else set(body.iter())
    entered = False
    for node in after(tree, title):
        if entered and node not in inside:
            return
        entered = entered or node in inside
        if node.tag in _LEAD_TAGS and node not in around and not _is_text(node, body):
            yield node
        if node in inside and node.tag == "p" and len(text_of(node)) > _LONG_LEAD:
            return


def _is_text(node: Element, body: Element | None) -> bool:
    """The body itself, of several paragraphs, is no lead, whatever it is called."""
    return node is body and len(list(islice(node.iter("p"), 2))) > 1


def _standfirst(tree: Tree, title: Element | None, body: Element | None) -> Found | None:
    """A lead that nothing names: a heading, bold text or a paragraph behind the title, long."""
    if title is None or body is None:
        return None
    around = {body, *body.iterancestors()}
    for node in after(tree, title, limit=NEAR // 4):
        if node.tag not in ("p", "h2", "h3", "div") or node in around or not is_small(node):
            continue
        text = text_of(node)
        if len(text) < _LONG_LEAD:
            continue
        if _is_bold(node, text) or (_is_apart(node, body) and not in_noise(node, title)):
            return Found(text, node)
        if _is_line(node):
            return None
    return None


def is_small(node: Element) -> bool:
    """Whether few elements stand in an element."""
    return len(list(islice(node.iter(), _MANY))) < _MANY


def _is_apart(node: Element, body: Element) -> bool:
    """A heading, or one paragraph that stands between the title and the body."""
    outside = _is_line(node) and body not in node.iterancestors()
    return node.tag in ("h2", "h3") or outside


def _is_line(node: Element) -> bool:
    """Whether an element holds running text alone, and no boxes or paragraphs."""
    return next(node.iterdescendants("p", "div", "ul", "table", "h2", "h3", "h4"), None) is None


def _is_bold(node: Element, text: str) -> bool:
    return sum(len(text_of(one)) for one in node.iter("b", "strong")) >= 0.9 * len(text)


def _is_first_paragraph(node: Element, title: Element | None, body: Element | None) -> bool:
    """Plain paragraphs of the body are body, even where the description repeats the first."""
    head = None if title is None else title.getparent()
    if node.tag in ("h2", "h3", "h4") or (head is not body and node.getparent() is head):
        return False
    if body is None or body not in node.iterancestors():
        return False
    return not _is_bold(node, text_of(node))


def in_noise(node: Element, title: Element | None) -> bool:
    """Whether a node stands in a link, a list or a box of noise that the title is not in."""
    innocent = set() if title is None else set(title.iterancestors())
    return any(
        around.tag in ("a", "li") or (is_noise(around) and not is_byline_box(around))
        for around in node.iterancestors()
        if around not in innocent
    )


def _description(tree: Tree, title: Element | None) -> str | None:
    """What metadata tells; not where it only says the title again, as NukeViet's does."""
    said = words(text_of(title)) if title is not None else ""
    for told in (tree.meta("og:description"), tree.meta("description")):
        if told and len(told) >= 30 and not (said and words(told).startswith(said)):
            return told
    return None


def find_published(tree: Tree, title: Element | None, formats: tuple[str, ...]) -> Found | None:
    """The time shown near the title; where metadata tells a day, only a time of that day."""
    told = _told_day(tree)
    best: tuple[int, Found] | None = None
    likely = ((at, node, text) for at, node in _near(tree, title) if (text := _time_text(node)))
    nearest = sorted(likely, key=lambda one: one[0])[:_MOST_TIMES]
    for distance, node, text in nearest:
        moment = read_time(text, formats, tree.page.fetched_at)
        if moment is None or (told and moment.at.date().isoformat() != told):
            continue
        rank = distance + (0 if moment.has_minute else 1000) + (500 if _UPDATED.search(text) else 0)
        if best is None or rank < best[0]:
            best = (rank, Found(text, node))
    return best[1] if best else None


def _told_day(tree: Tree) -> str | None:
    texts = json_ld.values(tree.json_ld, "datePublished")[:_MOST_TOLD]
    texts += [text for name in _PUBLISHED_METAS if (text := tree.meta(name))]
    for text in texts:
        moment = read_time(text, (), tree.page.fetched_at)
        if moment:
            return moment.at.date().isoformat()
    return None


def _time_text(node: Element) -> str | None:
    """The short line around a date: the element's own text, else its parent's."""
    own = (node.text or "") + "".join(child.tail or "" for child in node)
    if len(own) > 200 or not _TIME_LIKE.search(own):
        return None
    text = spaced_text_of(node)
    parent = node.getparent()
    if not _WHOLE_TIME.search(text) and parent is not None and len(parent) < 8:
        wider = spaced_text_of(parent)
        text = wider if len(wider) <= 90 else text
    return text if len(text) <= 90 else None


def find_authors(
    tree: Tree, title: Element | None, body: Element | None, names: set[str]
) -> list[Found]:
    """The names in the places named for them, near the title, in the body and below it.

    A list near the title may be short ("and 1 more"): a longer one that agrees is joined to it.
    """
    below = after(tree, title, limit=2 * NEAR, freely=body)
    return _signed(below, title, names) or _signed(_above(title), title, names)


def _signed(places: Iterable[Element], title: Element | None, names: set[str]) -> list[Found]:
    kept: list[Found] = []
    known: set[str] = set()
    for node in _byline_boxes(places, title):
        text = text_of(node)
        named = set(people([text], names)) if len(text) <= 90 else set()
        if named and (not known or named & known):
            known |= named
            kept.append(Found(text, node))
    return kept


def _above(title: Element | None) -> Iterator[Element]:
    """What stands just above the title, in its own box or the one around it."""
    around = None if title is None else title.getparent()
    for node in (one for one in (title, around) if one is not None):
        for sibling in islice(node.itersiblings(preceding=True), 2):
            yield from (one for one in islice(sibling.iter(), 20) if isinstance(one.tag, str))


def _byline_boxes(places: Iterable[Element], title: Element | None) -> Iterator[Element]:
    for node in islice(filter(_may_name_authors, places), _MOST_BOXES):
        if not is_byline_box(node):
            yield node
        elif not in_noise(node, title):
            inner = islice(node.iterdescendants(), NEAR)
            # A box around a name and a paper: the name stands in a box of its own.
            if not any(is_byline_box(one) for one in inner):
                yield node


def _may_name_authors(node: Element) -> bool:
    return is_byline_box(node) or (
        node.tag == "a" and _AUTHOR_PAGE.search(node.get("href") or "") is not None
    )


def _near(tree: Tree, title: Element | None) -> Iterator[tuple[int, Element]]:
    """The elements around the title with their distance from it, those after it nearer."""
    every = tree.nodes
    at = every.index(title) if title is not None else 0
    for place in range(max(0, at - NEAR // 4), min(len(every), at + NEAR)):
        node = every[place]
        if node.tag not in SKIPPED_TAGS and node.tag != "a":
            yield (place - at if place >= at else 3 * (at - place)), node


def after(
    tree: Tree, title: Element | None, limit: int = NEAR, freely: Element | None = None
) -> Iterator[Element]:
    """The next elements behind the title; those in ``freely`` do not count."""
    start = 0 if title is None else tree.nodes.index(title) + 1
    inside = set() if freely is None else set(freely.iter())
    for node in islice(tree.nodes, start, None):
        limit -= node not in inside
        if limit < 0:
            return
        yield node


def _names(node: Element) -> str:
    keys = ("class", "id", "itemprop", "data-role", "data-field")
    return " ".join(value[:300] for key in keys if (value := node.get(key)))
