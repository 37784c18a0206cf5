"""Finders for pages that no site file describes: they look at the page as a reader does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from typing import cast

from lxml import etree

from archive.models import TimeOrigin
from crawler.extract.noise import SKIPPED_TAGS, is_hidden, is_noise
from crawler.extract.select import Found
from crawler.extract.tree import Element, Tree, line, text_of, words

# Text nodes long enough to be prose; shorter ones are menus, labels and parts of sentences.
_PROSE = etree.XPath("descendant::body//text()[string-length(normalize-space(.)) > 40]")
_H1 = etree.XPath("descendant::h1")
_TITLE = etree.XPath("string(descendant::title)", smart_strings=False)
_TITLE_LIKE = etree.XPath(
    "descendant::*[self::div or self::h2 or self::p or self::span or self::h3]"
    "[contains(@class, 'itle') or contains(@class, 'ArticleHeader') or contains(@class, 'tieu-de')"
    " or contains(@class, 'headline')"
    " or contains(@class, 'tieude') or contains(@id, 'itle') or contains(@id, 'tieude')]"
)

_TEXT_TAGS = frozenset(
    ("p", "li", "h1", "h2", "h3", "h4", "span", "b", "strong", "a", "blockquote")
)
# license, editor in chief, rights, newsroom, any copying: what stands in the imprint below a page
_IMPRINT = (
    *("giấy phép", "tổng biên tập", "bản quyền", "toà soạn", "tòa soạn", "hotline", "©"),
    *("copyright", "mọi hành vi sao chép"),
)
_SEPARATORS = re.compile(r"\s+[-–—|»•]\s+|\s*\|\s*")

# báo (newspaper), tạp chí (magazine), trang (page), kênh (channel), folded
_PAPER = re.compile(r"^(?:bao(?: dien tu)?|tap chi|trang|kenh|chuyen trang) ")

# What portals call every page: "Chi tiết tin" (news in detail), "Cổng thông tin …" (portal of).
_UNTOLD = re.compile(
    r"\W*(?:(?:xem )?chi tiết(?: tin(?: tức)?| bài viết)?|tin tức|trang chủ|bài viết|home|default)"
    r"\W*(?:$|[-|–]\s)|cổng (?:thông tin|ttđt)",
    re.IGNORECASE,
)
_LIKE = 0.4
_FEW_CHILDREN = 8
_SHORTEST_TITLE = 15
_LONGEST_TITLE = 500
_MOST_HEADS = 150
_MOST_IN_CHILD = 0.7
_SCOPE_SHARE = 0.3
_FEWEST = 150


def find_title(tree: Tree, names: set[str]) -> Found | None:
    """The title as shown: the heading that says what og:title or <title> says, quotes kept."""
    told = (tree.meta("og:title") or "")[:_LONGEST_TITLE]
    full = line(cast(str, _TITLE(tree.root))[:_LONGEST_TITLE])
    wanted = [plain for text in (told, full) if (plain := words(text))]
    every = _elements(_H1, tree.root)[:_MOST_HEADS]
    heads = [Found(text, h1) for h1 in every if (text := text_of(h1))]
    likely = [head for head in heads if not _names_site(head.text, names)]
    best = max(likely, key=lambda head: _likeness(head.text, wanted), default=None)
    if best and (_likeness(best.text, wanted) >= _LIKE or len(likely) == 1):
        return best
    untold = not told and bool(_UNTOLD.match(full))
    for node in _elements(_TITLE_LIKE, tree.root)[:_MOST_HEADS]:
        text = text_of(node) if len(node) < _FEW_CHILDREN else ""
        if len(text) > _SHORTEST_TITLE and (untold or _likeness(text, wanted) >= _LIKE):
            return Found(text, node)
    text = without_site_name(told or full, names, _menu(tree))
    return Found(text, origin=TimeOrigin.META) if text else None


def _names_site(text: str, names: set[str]) -> bool:
    """Whether a heading is a logo's: the site's name, or hardly a word."""
    return _bare_name(text) in {_bare_name(name) for name in names} or len(text.split()) < 2


def _bare_name(name: str) -> str:
    return _PAPER.sub("", words(name)).replace(" ", "")


def _likeness(text: str, wanted: list[str]) -> float:
    """How much of the wanted title a heading says: 1 is all of it and nothing else."""
    plain = words(text)
    shares = (
        min(len(plain), len(one)) / max(len(plain), len(one))
        for one in wanted
        if plain and (one.startswith(plain) or plain in one or one in plain)
    )
    return max(shares, default=0.0)


def without_site_name(title: str, names: set[str], menu: Collection[str] = ()) -> str:
    """A title without the site's name behind it, and the sections (words of the menu) before that.

    >>> without_site_name("Giá điện tăng - Kinh tế - Báo Ví Dụ", {"vidu"}, {"Kinh tế"})
    'Giá điện tăng'
    >>> without_site_name("Việt Nam - Lào ký kết", {"Báo Ví Dụ"})
    'Việt Nam - Lào ký kết'
    """
    parts = [(m.start(), m.end()) for m in _SEPARATORS.finditer(title[:_LONGEST_TITLE])]
    bare = {_bare_name(name) for name in names}
    for index, (_, after) in enumerate(parts):
        if _is_site_name(title[after:], bare):
            first = index
            while first and title[parts[first - 1][1] : parts[first][0]].strip() in menu:
                first -= 1
            return title[: parts[first][0]].strip()
    return title


def _is_site_name(text: str, names: set[str]) -> bool:
    """Whether the end of a title names the site: "Báo VnExpress Kinh doanh" begins with it."""
    # "Báo Khơi" stands in its address as "baokhoi", and calls itself "Khơi" too.
    tails = {_bare_name(text), words(text).replace(" ", "")}
    begins = any(len(name) > 3 and tail.startswith(name) for name in names for tail in tails)
    return not tails.isdisjoint(names) or (begins and len(text.split()) <= 6)


def _menu(tree: Tree) -> set[str]:
    return {line(link.text) for link in tree.root.iter("a") if link.text and len(link.text) < 40}


def find_body(tree: Tree, title: Element | None) -> Element | None:
    """The smallest element that holds most of the prose near the title."""
    weights = _weights(tree, title)
    body = next(tree.root.iter("body"), None)
    if body is None or not weights.get(body):
        return None
    scope = _scope(body, title, weights)
    while True:
        heaviest = max(scope, key=lambda child: weights.get(child, 0), default=None)
        if heaviest is None or heaviest.tag in _TEXT_TAGS:
            return scope
        if weights.get(heaviest, 0) < _MOST_IN_CHILD * weights[scope]:
            return scope
        scope = heaviest


def _scope(body: Element, title: Element | None, weights: dict[Element, int]) -> Element:
    """Where the article is: the nearest element around the title with enough prose in it."""
    enough = max(_FEWEST, _SCOPE_SHARE * weights[body])
    if title is not None:
        for around in title.iterancestors():
            if weights.get(around, 0) >= enough:
                return around
    return body


def _weights(tree: Tree, title: Element | None) -> dict[Element, int]:
    """For each element: the characters of prose in it that are no links and no noise."""
    weights: dict[Element, int] = defaultdict(int)
    for text in cast(list[etree._ElementUnicodeResult], _PROSE(tree.root)):
        parent = text.getparent()
        parent = parent.getparent() if parent is not None and text.is_tail else parent
        if parent is not None and not _is_imprint(text):
            weights[parent] += len(text)
    # What is around the title is no noise, whatever its class says: "table-list-news".
    innocent = set() if title is None else set(title.iterancestors())
    for node in reversed(tree.nodes):
        if weights.get(node):
            around = node.getparent()
            if node not in innocent and _is_outside(node):
                weights[node] = 0
            elif around is not None:
                weights[around] += weights[node]
    return weights


def _is_imprint(text: str) -> bool:
    small = text.lower()
    return any(word in small for word in _IMPRINT)


def _is_outside(node: Element) -> bool:
    tag = node.tag
    return tag in SKIPPED_TAGS or tag == "a" or is_hidden(node) or is_noise(node)


def before(container: Element, node: Element) -> set[Element]:
    """What stands in a container before one of its descendants: no body begins there."""
    found: set[Element] = set()
    while node is not container:
        found.update(node.itersiblings(preceding=True))
        parent = node.getparent()
        if parent is None:
            return set()
        node = parent
    return found


def _elements(path: etree.XPath, root: Element) -> list[Element]:
    return cast(list[Element], path(root))
