"""A page that is not there is told from an article, also from one that writes about such pages."""

import datetime as dt

import pytest

from archive.models import Page
from crawler.extract.absence import is_statement, led_away
from crawler.reading import read_page
from crawler.site_file import compose
from crawler.site_schema import SiteFile

ADDRESS = "https://bao.vn/kinh-te/gia-dien-tang-123456.html"
SITE = compose(
    "bao",
    SiteFile.model_validate(
        {
            "name": "Báo Thử",
            "homepage": "https://bao.vn/",
            "hosts": ["bao.vn", "www.bao.vn"],
            "fields": {"title": "h1.ten", "body": "div.bai"},
            "listings": [{"kind": "headlines", "url": "https://bao.vn/tin-moi.htm"}],
        }
    ),
)
LONG = "".join(
    f"<p>Đợt kiểm tra thứ {n} cho biết {n + 3} trang giả mạo đã bị gỡ trong tuần qua.</p>"
    for n in range(9)
)
MENU = "<nav><a href='/'>Trang chủ</a></nav>"
TEASERS = "".join(
    f"<li><h3><a href='/tin-{n}.html'>Giá xăng dầu kỳ điều hành thứ {n} trong năm</a></h3></li>"
    for n in range(9)
)


def read(body: str, title: str = "Báo Thử", head: str = ""):
    top = f"<head><meta charset='utf-8'><title>{title}</title>{head}</head>"
    text = f"<html>{top}<body>{body}</body></html>"
    page = Page(
        url=ADDRESS,
        final_url=ADDRESS,
        fetched_at=dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC),
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=text.encode(),
    )
    return read_page(page, SITE, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "Không tìm thấy trang",
        "Trang không tồn tại",
        "404",
        "Lỗi 404",
        "404 Not Found",
        "Rất tiếc, trang bạn đang tìm kiếm không tồn tại!",
        "Bài viết không tồn tại hoặc đã bị xóa.",
        "Bài viết này đã được gỡ bỏ",
        "Xin lỗi! Đường dẫn quý khách truy cập không hợp lệ, vui lòng quay lại trang chủ",
        "Nội dung bạn yêu cầu không còn tồn tại",
        "Tin bài đã bị gỡ theo yêu cầu của tác giả",
        "Page not found",
        "The page you are looking for could not be found.",
    ],
)
def test_a_site_says_so_in_many_ways(text: str):
    assert is_statement(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Báo Thử",
        "Trang web giả mạo không tồn tại quá một tuần sau cảnh báo",
        "Không tìm thấy tàu cá mất liên lạc",
        "Nhiều bài viết đã bị gỡ sau phản ánh của người tiêu dùng",
        "Bài viết đã bị gỡ, cửa hàng vẫn bán",
        "Nghị định 404 về quản lý thị trường",
        "404 doanh nghiệp được hoàn thuế",
        "Hơn 400 trang bán hàng giả bị xóa",
    ],
)
def test_a_headline_about_it_says_something_else(text: str):
    assert not is_statement(text)


@pytest.mark.parametrize(
    "page",
    [
        read(f"{MENU}<h1>Không tìm thấy trang</h1><a href='/'>Về trang chủ</a>"),
        read(MENU, title="Trang không tồn tại - Báo Thử"),
        read(f"<div class='page-404'>Bài viết không tồn tại hoặc đã bị gỡ</div><ul>{TEASERS}</ul>"),
        read("<h1 class='ten'>Tin</h1><div class='bai'><p>Bài viết này đã bị gỡ bỏ.</p></div>"),
        read(f"<h1>Bài viết không tồn tại</h1><p>Mời bạn xem các tin khác.</p>{LONG}"),
        read("", head="<meta http-equiv='refresh' content='0; url=/'>"),
    ],
    ids=["heading", "title", "error box", "article template", "with teasers", "refresh"],
)
def test_a_template_without_an_article_is_no_article(page):
    assert page.article is None
    assert page.absent


@pytest.mark.parametrize(
    "page",
    [
        read(f"<h1 class='ten'>Bài viết đã bị gỡ</h1><div class='bai'>{LONG}</div>"),
        read(
            f"<h1>Trang không tồn tại</h1>{LONG}",
            head="<meta property='article:published_time' content='2026-11-01T08:00:00+07:00'>",
        ),
        read(f"<h1 class='ten'>Nhiều trang không tồn tại</h1><div class='bai'>{LONG}</div>"),
        read(f"<h1 class='ten'>Giá điện</h1><div class='bai'>{LONG}<h2>Lỗi 404</h2></div>"),
    ],
    ids=["its own text", "its own time", "another headline", "a subheading"],
)
def test_an_article_that_writes_about_it_stays_an_article(page):
    assert page.article is not None
    assert page.absent is None


@pytest.mark.parametrize(
    "body",
    [
        MENU,
        f"{MENU}<h1>Giá điện tăng từ tháng sau</h1>",
        "<h1>Giá điện</h1><ul><li><h2><a href='/x'>Trang không tồn tại</a></h2></li></ul>",
        "<h1>Giá điện</h1><div class='comments'>Không tìm thấy bài viết</div>",
    ],
    ids=["empty", "no text", "another story", "a comment"],
)
def test_a_page_that_cannot_be_read_is_a_failure_and_no_absence(body: str):
    page = read(body)
    assert (page.article, page.absent) == (None, None)
    assert page.problem


@pytest.mark.parametrize(
    ("final", "said"),
    [
        ("https://bao.vn/", "home page"),
        ("https://www.bao.vn/index.html", "home page"),
        ("https://bao.vn/trang-chu.htm", "home page"),
        ("https://bao.vn/?from=old", "home page"),
        ("https://bao.vn/kinh-te.htm", "section"),
        ("https://bao.vn/kinh-te/", "section"),
        ("https://bao.vn/tin-moi.htm", "section"),
        ("https://bao.vn/xuat-nhap-khau.htm", "section"),
        ("https://bao.vn/404.html", "not there"),
        ("https://bao.vn/error/page-not-found", "not there"),
        (ADDRESS, None),
        ("https://bao.vn/dang-nhap?next=/kinh-te", None),
        ("https://bao.vn/bao-tri.html", None),
        ("https://bao.vn/kinh-te/gia-dien-tang-123456.amp", None),
        ("https://khac.vn/", None),
    ],
)
def test_a_redirect_says_that_the_article_is_away_by_where_it_leads(final: str, said: str | None):
    told = led_away(ADDRESS, final, SITE, section="Xuất nhập khẩu")
    assert (said in told) if said and told else told is said
