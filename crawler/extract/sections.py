"""The path of sections that an article stands in, from the paper's part to the part's part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast
from urllib.parse import urlsplit

from lxml import etree

from archive.models import TimeOrigin
from crawler.extract import json_ld
from crawler.extract.select import Found
from crawler.extract.times import is_time
from crawler.extract.tree import Element, Tree, line, text_of, words

# What content systems call the trail: breadcrumb, bread-crumb, td-crumb; Joomla's pathway; the
# families' detail-cate and cate-name.
_TRAIL = re.compile(r"crumb|pathway|detail-cate|cat-links|entry-cat", re.IGNORECASE)
# "Trang chủ", "trang nhất" (home, front page), and how portals call themselves in English.
_HOME = re.compile(
    r"(?:trang (?:chủ|chu|nhất|nhat|chính|chinh|đầu)|home ?(?:page)?|index|default|"
    r"you are here|bạn đang (?:ở|xem|ở đây)|chuyên mục|đọc báo|mục)",
    re.IGNORECASE,
)
_EDGES = " \t\n>»›/|\\→⟩•·:-–—#"
_LONGEST = 80
_LONGEST_START = 25
_LONGEST_NAME = 120
_TRAIL_TAGS = frozenset(("ol", "ul", "div", "nav", "p", "section", "span"))
_NAMED_BY = ("class", "id", "aria-label", "itemtype")
# A trail stands above the text.
_FIRST = 4000
_COUNT = etree.XPath("count(descendant-or-self::*)")
_MOST_TRAILS = 20
_MOST_STEPS = 40
_CURRENT = re.compile(r"active|current|last", re.IGNORECASE)
# No paper has more levels; a longer list is a menu.
_MOST_SECTIONS = 5
# "Kinh doanh, Tài chính" are two; in "Nông, lâm nghiệp" a small letter goes on.
_COMMA = re.compile(r"\s*[,;>»›]\s*(?=[^\W\d_a-zà-ỹđ])")


def path(texts: Iterable[str], title: str, names: Iterable[str]) -> tuple[str, ...]:
    """The sections among the steps of a trail: without the home page, the site and the article.

    >>> path(["Trang chủ", "Kinh tế »", "Xuất nhập khẩu", "Gạo lên giá"], "Gạo lên giá", ())
    ('Kinh tế', 'Xuất nhập khẩu')
    """
    others = {words(name) for name in names}
    said = words(title)
    steps = (text.strip(_EDGES) for text in texts)
    kept = {
        words(step): step
        for step in reversed([*steps])
        if step and len(step) <= _LONGEST and not _is_other(step, said, others)
    }
    return tuple(reversed(kept.values())) if len(kept) <= _MOST_SECTIONS else ()


def _is_other(step: str, title: str, names: set[str]) -> bool:
    """Whether a step leads home, names the site, or is the article itself, perhaps cut off."""
    plain = words(step)
    is_title = plain == title or (len(plain) > _LONGEST_START and title.startswith(plain))
    return not plain or is_title or plain in names or bool(_HOME.fullmatch(step))


def listed(found: Sequence[Found]) -> list[str]:
    """The steps that a selector's finds tell: metadata may hold a whole path in one text.

    >>> listed([Found("Kinh doanh, Tài chính", origin=TimeOrigin.META)])
    ['Kinh doanh', 'Tài chính']
    """
    return [
        part
        for one in found
        if not _leads_home(one.element)
        for part in (_COMMA.split(one.text) if one.element is None else [one.text])
    ]


def find_trail(tree: Tree) -> list[Found]:
    """The steps of the first trail shown that leads anywhere, else of the JSON-LD's."""
    for trail in islice(filter(_is_trail, _boxes(tree)), _MOST_TRAILS):
        if steps := _steps(trail):
            return steps
    return [Found(text, origin=TimeOrigin.JSON_LD) for text in _told(tree.json_ld)]


def _boxes(tree: Tree) -> Iterator[Element]:
    """What may be a trail among the first elements. Most pages have no more than these: then lxml
    need not make an object of each."""
    if cast(float, _COUNT(tree.root)) <= _FIRST:
        return tree.root.iter(*_TRAIL_TAGS)
    return (node for node in tree.nodes[:_FIRST] if node.tag in _TRAIL_TAGS)


def _is_trail(node: Element) -> bool:
    names = filter(None, map(node.get, _NAMED_BY))
    return any(_TRAIL.search(name[:_LONGEST_NAME]) for name in names)


def _steps(trail: Element) -> list[Found]:
    """Its links, and steps that are none: the one that the reader stands on."""
    nodes = islice(trail.iter("a", "li", "span"), _MOST_STEPS)
    steps = [Found(text_of(one), one) for one in nodes if _is_step(one, trail)]
    told = [step for step in steps if step.text and not is_time(step.text)]
    return [step for step in told if not _leads_home(step.element)]


def _is_step(node: Element, trail: Element) -> bool:
    if node.tag == "a":
        return not _is_in_submenu(node, trail)
    if next(node.iter("a"), None) is not None or _link(node) is not None:
        return False
    is_current = node.tag == "li" or bool(_CURRENT.search(node.get("class") or ""))
    return is_current and not _is_in_submenu(node, trail)


def _is_in_submenu(node: Element, trail: Element) -> bool:
    """Whether a link stands in a list in a list: the other sections beside this one."""
    lists = 0
    for around in node.iterancestors():
        lists += around.tag in ("ul", "ol")
        if around is trail:
            break
    return lists > 1


def _leads_home(node: Element | None) -> bool:
    """Whether a step is a link to the site's first page, whatever its words are."""
    link = None if node is None else _link(node)
    return link is not None and _is_root(link.get("href") or "")


def _link(node: Element) -> Element | None:
    if node.tag == "a":
        return node
    around = node.getparent()
    return around if around is not None and around.tag == "a" else None


def _is_root(address: str) -> bool:
    try:
        parts = urlsplit(address.strip()[:300])
    except ValueError:
        return False
    return bool(parts.netloc or parts.path) and not parts.path.strip("/") and not parts.query


def _told(objects: list[dict[str, Any]]) -> list[str]:
    """The names of the first BreadcrumbList, in the order of their positions."""
    for one in objects:
        kinds = one.get("@type")
        if kinds == "BreadcrumbList" or (isinstance(kinds, list) and "BreadcrumbList" in kinds):
            steps = list(json_ld.flat(one.get("itemListElement"), _MOST_STEPS))
            names = [name for step in sorted(steps, key=_position) if (name := _name(step))]
            if names:
                return names
    return []


def _position(step: dict[str, Any]) -> float:
    try:
        return float(step.get("position") or 0)
    except (TypeError, ValueError):
        return 0.0


def _name(step: dict[str, Any]) -> str:
    """A step's name, empty for the home page's."""
    item = step.get("item")
    inner = item if isinstance(item, dict) else {}
    address = inner.get("@id") or inner.get("url") or item
    if isinstance(address, str) and _is_root(address):
        return ""
    return line(json_ld.text(step.get("name") or inner.get("name")))
