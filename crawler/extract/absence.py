"""Signs that a page is not there although its site answers 200. Pure.

Many content systems answer a removed article with their home page, or with their own template
around "Bài viết không tồn tại". Both must be told from an article that writes about such a page:
that one has a text and a time of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from archive.models import Article, Page
from crawler.errors import ExtractError
from crawler.extract.tree import Tree, parse, text_of, words
from crawler.site import ListingKind, Site

# Folded syllables, as words() gives them: "Rất tiếc, bài viết bạn tìm không tồn tại hoặc đã bị gỡ".
_WHAT = (
    r"(?:trang(?: web| thong tin)?|bai(?: viet| bao)?|tin(?: bai| tuc)?|noi dung"
    r"|duong (?:dan|link)|lien ket|dia chi|chuyen muc|link|url)"
)
_WANTED = (
    r"(?:(?: ma)?(?: quy (?:khach|vi|doc gia|ban doc)| ban(?: doc)?)?(?: dang| vua| can| muon)?"
    r" (?:tim(?: kiem)?|yeu cau|truy cap|xem|doc|mo))?"
)
_IS_AWAY = (
    r"(?:khong(?: con)? (?:ton tai|(?:duoc )?tim thay|hop le|kha dung|truy cap duoc)"
    r"|(?:bi|duoc) (?:xoa(?: bo)?|go(?: bo| xuong)?|thu hoi)|khong co san)"
)
_MORE = r"(?: (?:hoac|hay|va|vui long|xin|moi|quay|tro|tren|theo|do|khoi|nua) .{0,160})?"
_SORRY = r"(?:(?:rat tiec|xin loi|thong bao|loi|oops|opps|error|404)(?: ban| quy khach)? )*"
_ENGLISH_WHAT = (
    r"(?:this |the )?(?:requested )?(?:page|article|url|content)"
    r"(?: you (?:are|were) looking for| you requested)?"
)
_ENGLISH_IS_AWAY = (
    r"(?:is |was |has been |could |can ?not |does )?"
    r"(?:not (?:be )?(?:found|exist)|not available|no longer available|be found|removed|deleted)"
)
_STATEMENT = re.compile(
    f"{_SORRY}(?:{_WHAT}(?: nay)?{_WANTED}(?: nay)?(?: hien)?(?: da)? {_IS_AWAY}{_MORE}"
    f"|khong (?:tim thay|ton tai) {_WHAT}(?: nay)?{_WANTED}{_MORE}"
    rf"|(?:loi |error )?404(?: error| loi)?)"
    rf"|(?:(?:sorry|error|404) )*(?:not found|{_ENGLISH_WHAT} {_ENGLISH_IS_AWAY})(?: .{{0,160}})?"
)
_LONGEST = 300  # characters of a statement
_MOST_WORDS = 60  # of a template that says no more than that
_MOST_PLACES = 400
_SIGN = re.compile(
    r"404|error|not-?_?found|no-?(?:data|content)|thong-?bao|khong-?t", re.IGNORECASE
)
_DIVIDERS = re.compile(r"\s+[|»·•\-–—]+\s+|\s*\|\s*")
_REFRESH = re.compile(r"\s*([0-9.]{1,4})\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"]+)", re.IGNORECASE)
_SOON = 5.0
_HOME_NAMES = {
    *("", "index", "default", "home", "homepage", "trang-chu", "trangchu", "vi", "vn", "vi-vn"),
    *("web/guest", "web/guest/home", "web/guest/trang-chu", "pages/default", "pages/trangchu"),
}
_AWAY_NAMES = re.compile(
    r"(?:^|[/-])(?:404|(?:page-?)?not-?found|khong-tim-thay|khong-ton-tai)(?:$|[/-])"
)
_EXTENSION = re.compile(r"\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)


def led_away(url: str, final: str, site: Site, section: str | None = None) -> str | None:
    """Why a redirect says that the article is not there, None for one that says nothing: to a
    login, to a page in maintenance, to another article.

    >>> site = Site(slug="a", name="A", homepage="https://a.vn/", source="a", hosts=("a.vn",))
    >>> led_away("https://a.vn/kinh-te/gia-dien-1.html", "https://a.vn/", site)
    'the site redirects to its home page'
    >>> led_away("https://a.vn/kinh-te/gia-dien-1.html", "https://a.vn/kinh-te/", site)
    'the site redirects to the front page of a section'
    """
    there, home = _name(final), _name(site.homepage)
    if not site.owns(final) or there == _name(url):
        return None
    if there == home or there in _HOME_NAMES:
        return "the site redirects to its home page"
    if _AWAY_NAMES.search(there):
        return "the site redirects to a page that says it is not there"
    fronts = {_name(each.url) for each in site.listings if each.kind is ListingKind.HEADLINES}
    above = _name(url).startswith(f"{there}/")
    if above or there in fronts or (section and there.rpartition("/")[2] == _slug(section)):
        return "the site redirects to the front page of a section"
    return None


def absence(page: Page, article: Article | None, site: Site) -> str | None:
    """Why a page that answered 200 says that the article is not there, None where it does not;
    ``article`` is what was read of it, None where no article was."""
    if article is not None and _has_own_time(article):
        return None
    try:
        tree = parse(page)
    except ExtractError:
        return None
    if article is None and (away := _refreshed_away(tree, site)):
        return away
    if article is not None and not article.layers.get("body", "generic").startswith("generic"):
        return _short_statement(article)
    said = min(filter(is_statement, _headings(tree)), key=len, default=None)
    return said and f"the page says: {said}"


def is_statement(text: str) -> bool:
    """Whether a heading says that the page is not there, and nothing else.

    >>> is_statement("Rất tiếc, trang bạn tìm không tồn tại!"), is_statement("Lỗi 404")
    (True, True)
    >>> is_statement("Trang web giả mạo không tồn tại quá một tuần sau cảnh báo")
    False
    """
    return len(text) <= _LONGEST and _STATEMENT.fullmatch(words(text)) is not None


def _has_own_time(article: Article) -> bool:
    """A time that the page's own markup gives; a finder may have met the date of today."""
    return article.published_at is not None and "find:" not in article.layers.get("published", "")


def _short_statement(article: Article) -> str | None:
    """Where the site's own selectors found a text: only a few words that say it is away."""
    if len(article.text.split()) > _MOST_WORDS:
        return None
    said = [article.title, *(block.text for block in article.blocks), article.text]
    found = next((text for text in said if is_statement(text)), None)
    return found and f"the page says: {found}"


def _headings(tree: Tree) -> Iterator[str]:
    """What a page says largest: its title in parts, its headings, boxes named for errors."""
    places = 0
    for node in tree.nodes:
        tag = str(node.tag)
        named = _SIGN.search(f"{node.get('class') or ''} {node.get('id') or ''}"[:200])
        if tag not in ("title", "h1", "h2") and not (named and tag in ("div", "p", "span")):
            continue
        if any(above.tag in ("a", "li") for above in node.iterancestors()):
            continue  # the headline of another story
        places += 1
        if places > _MOST_PLACES:
            return
        text = text_of(node)[: 2 * _LONGEST]
        yield text
        if tag == "title":
            yield from _DIVIDERS.split(text)
    yield tree.meta("og:title") or ""


def _refreshed_away(tree: Tree, site: Site) -> str | None:
    """A page without an article that sends its reader home at once."""
    for meta in tree.root.iter("meta"):
        told = _REFRESH.match((meta.get("content") or "")[:2000])
        if (meta.get("http-equiv") or "").lower() != "refresh" or not told:
            continue
        try:
            target = urljoin(tree.page.final_url, told[2].strip())
            soon = float(told[1]) <= _SOON
        except ValueError:
            continue
        if soon and (away := led_away(tree.page.url, target, site)):
            return away
    return None


def _name(url: str) -> str:
    """What a path says: without its slashes at the ends, extension and query.

    >>> _name("https://a.vn/Kinh-te/index.html?x=1"), _name("https://a.vn/kinh-te.htm")
    ('kinh-te', 'kinh-te')
    """
    name = _EXTENSION.sub("", urlsplit(url).path.strip("/").lower())
    return name.removesuffix("/index").removesuffix("/default") if "/" in name else name


def _slug(text: str) -> str:
    """
    >>> _slug("Xuất nhập khẩu")
    'xuat-nhap-khau'
    """
    return words(text).replace(" ", "-")
