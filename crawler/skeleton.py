"""A page's structure without its words: the beginning of a golden page. Pure.

A saved page may not go into the program's tests: its text is the newspaper's. The skeleton keeps
the elements that the fields stand in, with their names, and puts placeholders for the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from archive.models import Article, Page
from crawler.entities import unescaped
from crawler.extract.tree import words
from crawler.selectors import soup_of

TITLE = "Tiêu đề mẫu: viết lại bằng lời của bạn"
LEAD = "Đoạn dẫn mẫu của bài, viết lại bằng lời của bạn, dài một hoặc hai câu như trên trang thật."
# Each numbered, because a text that stands twice on a page is read once.
SENTENCE = "Câu mẫu số {number} của bài viết, viết lại bằng lời của bạn để giữ đúng cấu trúc trang."
SHORT = "Câu ngắn mẫu số {number}"
TAG = "từ khóa mẫu {number}"
AUTHORS = ("Nguyễn Văn Mẫu", "Trần Thị Mẫu", "Lê Văn Mẫu", "Phạm Thị Mẫu")

_DROPPED = ("script", "style", "noscript", "svg", "iframe", "template", "link", "form", "footer")
_KEPT_ATTRIBUTES = re.compile(
    r"class|id|itemprop|itemtype|itemscope|type|rel|name|property|lang|datetime|charset|style"
    r"|hidden|http-equiv|data-(?:role|slot|field|type)"
)
_KEPT_METAS = re.compile(
    r"og:(?:title|description|site_name|type)|description|title|author|keywords|robots"
    r"|.*(?:time|date|section|author|tag).*|charset",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\d{4}-\d\d-\d\d")
_LONG = 40
# Labels and menus are shorter; what is longer somebody wrote.
_LABEL_WORDS = 5
_ADDRESS = re.compile(r"https?://\S+")


def skeleton(page: Page, article: Article) -> str:
    """The page's markup around its fields, its words replaced."""
    return _Skeleton(page, article).html()


class _Skeleton:
    def __init__(self, page: Page, article: Article) -> None:
        self.soup: BeautifulSoup = soup_of(page)
        self.article = article
        self.known = {words(article.title): TITLE, words(article.lead or ""): LEAD}
        names = dict(zip(article.authors, AUTHORS, strict=False))
        self.names = {name: names.get(name, AUTHORS[0]) for name in article.authors}
        tags = {words(tag): TAG.format(number=n) for n, tag in enumerate(article.tags, 1)}
        self.known = tags | self.known
        self.number = 0

    def html(self) -> str:
        ld = list(self._json_ld())
        for tag in self.soup.find_all(_DROPPED):
            tag.decompose()
        self._drop_strangers()
        for tag in self.soup.find_all("meta"):
            self._clean_meta(tag)
        for string in list(self.soup.find_all(string=True)):
            self._replace(string)
        for tag in self.soup.find_all(True):
            self._clean_attributes(tag)
        if self.soup.head is not None:
            self.soup.head.extend(ld)
        return str(self.soup) + "\n"

    def _drop_strangers(self) -> None:
        """Leaves beside the way to the article's text only what is small: labels, names, times."""
        body = self.soup.body
        marked = self._around_fields()
        if body is None or not marked:
            return
        for tag in body.find_all(True):
            if not tag.decomposed and id(tag) not in marked and len(tag.find_all("a")) > 6:
                tag.decompose()

    def _around_fields(self) -> set[int]:
        article = self.article
        long = (article.title, article.lead or "", *(block.text for block in article.blocks))
        starts = {start for text in long if (start := words(text)[:30])}
        small = {words(text) for text in (article.section or "", *article.authors, *article.tags)}
        marked: set[int] = set()
        for string in self.soup.find_all(string=True):
            plain = words(string)
            says = plain in small or any(start in plain for start in starts)
            if plain and (says or (len(string.strip()) < 60 and _DATE.search(string))):
                marked |= {id(tag) for tag in string.parents}
        return marked

    def _json_ld(self) -> Iterator[Tag]:
        """The JSON-LD of the article, with its words replaced."""
        for script in self.soup.find_all("script", type=re.compile("ld")):
            try:
                value = json.loads(script.get_text())
            except json.JSONDecodeError:
                continue  # what cannot be read tells an archive nothing either
            tag = self.soup.new_tag("script", type="application/ld+json")
            tag.string = json.dumps(self._replaced(value), ensure_ascii=False)
            yield tag

    def _replaced(self, value: object) -> object:
        if isinstance(value, dict):
            return {key: self._replaced(one) for key, one in value.items() if key != "articleBody"}
        if isinstance(value, list):
            return [self._replaced(one) for one in value]
        if isinstance(value, str):
            plain = unescaped(unescaped(value))  # two of our papers escape theirs twice
            return _ADDRESS.sub("https://bao-mau.example/", self._placeholder(plain))
        return value

    def _replace(self, string: NavigableString) -> None:
        if isinstance(string, Comment):
            string.extract()
        elif type(string) is NavigableString and string.strip():
            new = self._placeholder(string)
            if new != string:
                string.replace_with(new)

    def _placeholder(self, text: str) -> str:
        """Our words for the paper's; labels, times and numbers stay, for they are no one's."""
        plain = words(text)
        if known := self.known.get(plain):
            return known
        for name, other in self.names.items():
            text = text.replace(name, other)
        if _ADDRESS.fullmatch(text.strip()):
            return text
        if len(plain.split()) <= _LABEL_WORDS or (len(text.strip()) < 60 and _DATE.search(text)):
            return text
        if self.article.title in text:  # with the site's name behind it
            return text.replace(self.article.title, TITLE)
        self.number += 1
        if len(text.strip()) < _LONG:
            return SHORT.format(number=self.number)
        count = max(1, round(len(text) / len(SENTENCE)))
        return " ".join([SENTENCE.format(number=self.number)] * min(count, 3))

    def _clean_meta(self, tag: Tag) -> None:
        name = str(tag.get("property") or tag.get("name") or tag.get("itemprop") or "charset")
        if not _KEPT_METAS.fullmatch(name):
            tag.decompose()
        elif tag.get("content"):
            tag["content"] = self._placeholder(str(tag["content"]))

    def _clean_attributes(self, tag: Tag) -> None:
        for name in list(tag.attrs):
            if not (_KEPT_ATTRIBUTES.fullmatch(name) or (tag.name == "meta" and name == "content")):
                del tag.attrs[name]
        if tag.name == "img":
            tag["src"] = "/anh-mau.jpg"
        elif tag.name == "a":
            tag["href"] = "/lien-ket-mau"
