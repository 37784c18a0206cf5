"""What stands inside or around a body without being part of it: told by class names and labels."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.extract.tree import Element

# Never text of an article, on any site.
SKIPPED_TAGS = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template svg iframe button select input nav textarea video audio "
        "object embed canvas map head dialog footer",
    )
)

# Words that class names, ids and types are made of, in English and in unaccented Vietnamese
# (tin liên quan: related news; đọc thêm, xem thêm: read more; quảng cáo: advertisement).
# Asked of names in small letters, which is three times faster than ignoring their case.
_NOISE = re.compile(
    r"(?:^|[\s_-])(?:relat(?:ed|e|ion)\w*|tinlien\w*|tinlq|bv-?lq|tin-?cung\w*|tin-?moi|tin-?khac"
    r"|tindnd|xem-?nhieu|y-?kien|evtbox|read-?more\w*|see-?more|news-?letter|subscribe\w*|banner\w*"
    r"|ads?|adv|advert\w*|ads(?:web|mobile|by)\w*|sda|sponsor\w*|share\w*|sharing|social\w*|fb-\w+"
    r"|zalo-\w+|breadcrumbs?|pagination|pager|popup|modal|tool-?bar|topbar|header-?top|back-?to\w*"
    r"|rating|vote|sidebar|footer|(?<!elementor-)widget\w*|recommend\w*|suggest\w*|most-?read|hot-?news"
    r"|other-?(?:news|posts|articles)"
    r"|list-?news|news-?list|copyright|login|tags?|tag-\w+|(?:detail|box|list)-?tags?|tags?-?(?:detail|box|list)"
    r"|keywords?|tu-?khoa|(?:lwp)?toc)(?:$|[\s_-])"
    r"|related(?:news|box)|comment|binh-?luan|cung-?chuyen-?muc|lien-?quan|doc-?nhieu|xem-?them"
    r"|doc-?them|quang-?cao|dantri-widget|boxcauhoi|google-?news|follow-?us",
)
_LONGEST_NAME = 120
_LONGEST_STYLE = 300
_INLINE = frozenset(("a", "span", "b", "strong", "em", "i", "u", "font", "mark", "sub", "sup"))
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:author\w*|tac-?gia|nguon-?tin|nguontin|byline|source|signature|but-?danh)"
    r"(?:$|[\s_-])",
)
_CAPTION = re.compile(
    r"caption|chu[_-]?thich|(?:^|\s)image(?:\s|$)|(?:photo|img|image)[_-]?(?:note|desc|cap)",
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_LABEL = re.compile(
    r"^[\W_]*(?:xem thêm|đọc thêm|đọc tiếp|xem tiếp|xem tin|tin liên quan|bài liên quan|liên quan"
    r"|tin mới|tin cùng chuyên mục|cùng chuyên mục|tham khảo thêm|bấm xem|có thể bạn quan tâm"
    r"|quảng cáo|advertisement|bài đọc nhiều"
    r"|tin đọc nhiều|đọc nhiều"
    r"|(?:\d+ )?bình luận(?: \(\d+\))?|ý kiến bạn đọc|(?:các )?(?:tin|bài|thông báo) khác"
    r"|từ kh[oó][aá]|tags?|link (?:bài )?gốc|chia sẻ"
    r"|read more|see also|related (?:news|articles|stories)|mời (?:quý )?(?:độc giả|bạn đọc)[^.]*)"
    r"[\s:>»…]*",
    re.IGNORECASE,
)
_ARROWS = re.compile(r"^\s*(?:>{1,3}|»|➤|►|\*\s*>>)")


def is_noise(element: Element) -> bool:
    """Whether the names a box carries say that it is no article text."""
    # A link in a sentence may be called related: its words are the sentence's.
    if element.tag in _INLINE:
        return False
    names = _names(element)
    return bool(names) and _is_noise_name(names)


def is_byline_box(element: Element) -> bool:
    """Whether an element is named as the place of the author or the source."""
    get = element.get
    kinds = (get("class"), get("id"), get("data-role"), get("itemprop"), get("rel"))
    names = " ".join(name[:_LONGEST_NAME] for name in kinds if name)
    return bool(names) and _is_byline_name(names)


def is_caption(element: Element) -> bool:
    """Whether an element is named as a picture's caption."""
    name = element.get("class") or ""
    return bool(name) and _is_caption_name(name[:_LONGEST_NAME])


# The same few names come back on every element of a site.
@lru_cache(maxsize=10_000)
def _is_noise_name(names: str) -> bool:
    return _NOISE.search(names.lower()) is not None


@lru_cache(maxsize=10_000)
def _is_byline_name(names: str) -> bool:
    return _BYLINE.search(names.lower()) is not None


@lru_cache(maxsize=10_000)
def _is_caption_name(name: str) -> bool:
    return _CAPTION.search(name.lower()) is not None


def is_hidden(element: Element) -> bool:
    """Whether an element's own markup hides it."""
    style = element.get("style")
    hides = element.get("hidden") is not None
    return hides or (style is not None and bool(_HIDDEN.search(style[:_LONGEST_STYLE])))


def is_label(text: str, linked: int) -> bool:
    """Whether a line only points elsewhere: "TIN MỚI", or "Xem thêm:" and ">>" before links.

    ``linked`` is how many of its characters stand in links.

    >>> is_label("Tin liên quan", 0), is_label("Xem thêm dữ liệu tại phụ lục của báo cáo.", 7)
    (True, False)
    """
    match = _LABEL.match(text) or _ARROWS.match(text)
    if not match:
        return False
    rest = len(text[match.end() :].strip(" ."))
    return linked > 0.6 * rest if rest else match.re is _LABEL


def _names(element: Element) -> str:
    get = element.get
    kinds = (get("class"), get("id"), get("type"))
    return " ".join(name[:_LONGEST_NAME] for name in kinds if name)
