"""Pages made in a line, for the tests of reading."""

from __future__ import annotations

import datetime as dt

from archive.models import VIETNAM, Article, Page
from crawler.extract import extract
from crawler.site_file import unknown_site

URL = "https://vidu.vn/tin-tuc/bai-viet-1.html"
FETCHED = dt.datetime(2026, 9, 10, 12, 0, tzinfo=VIETNAM)
TITLE = "Nhà máy thủy điện tích năng hòa lưới tổ máy đầu tiên"
SENTENCE = (
    "Sáng nay, tổ máy số 1 của nhà máy đã hòa thành công vào lưới điện quốc gia, "
    "bổ sung 300 MW công suất cho giờ cao điểm."
)
OTHER = (
    "Theo chủ đầu tư, tổ máy còn lại sẽ vận hành trong quý I năm sau nếu hồ chứa "
    "tích đủ nước theo quy trình."
)


def page(body: str | bytes, *, url: str = URL, headers: tuple[tuple[str, str], ...] = ()) -> Page:
    raw = body if isinstance(body, bytes) else body.encode()
    return Page(url=url, final_url=url, fetched_at=FETCHED, status=200, headers=headers, body=raw)


def article_page(body: str, head: str = "", before: str = "") -> Page:
    return page(
        f"<html><head><title>{TITLE}</title>{head}</head><body><div class='detail'>"
        f"<h1>{TITLE}</h1>{before}<div class='noi-dung'>{body}</div></div></body></html>"
    )


def read(one: Page) -> Article:
    return extract(one, unknown_site(one.url))


def read_body(body: str) -> list[tuple[str, str]]:
    """The blocks of an article of that body, as kind and text."""
    return [(b.kind.value, b.text) for b in read(article_page(body)).blocks]
