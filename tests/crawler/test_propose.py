"""What `sites new` proposes: selectors that last, addresses that fit, names that are the site's."""

from __future__ import annotations

import re
import tomllib
from html import escape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.models import Page
from crawler.draft import Gathered, draft, site_name
from crawler.errors import ExtractError
from crawler.extract.tree import parse
from crawler.propose import guess_family
from crawler.propose_listings import article_pattern, kind_of, propose_listing, weekly
from crawler.saved_pages import GOLDEN, read_label, saved_page
from crawler.selectors import is_stable, own_selectors, soup_of
from crawler.site_file import compose
from crawler.site_schema import SiteFile
from tests.crawler import village
from tests.crawler.extract.pages import page

HOME = "https://vidu.vn/"


@pytest.mark.parametrize(
    "name",
    [
        "article__title",
        "tieu-de-bai",
        "detail-content",
        "sapo",
        "cms-body",
        "post_time",
        "NewsBody",
    ],
)
def test_names_that_say_what_a_thing_is_are_stable(name: str) -> None:
    assert is_stable(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "mt-2",
            "px-4",
            "text-2xl",
            "dt-text-13px",
            "dt-flex",
            "col-md-8",
            "clearfix",
            "container",
        ),
        *("css-1q2w3e", "sc-bdVaJa", "title__3xYz1", "_1a2b3c", "post-998877", "md:flex", "w-1/2"),
        *("active", "left", "pull-right", "cl_green", "jsx-123456"),
    ],
)
def test_names_of_style_kits_and_build_tools_are_not(name: str) -> None:
    assert not is_stable(name)


def test_what_scripts_and_search_engines_read_is_preferred_to_classes() -> None:
    soup = soup_of(page("<h1 id='tieu-de' class='big title' itemprop='headline'>A</h1>"))
    h1 = soup.find("h1")

    assert list(own_selectors(h1))[:3] == ["h1[itemprop='headline']", "h1#tieu-de", "h1.title"]


FITTING = {
    "https://bao.vn/kinh-te/gia-dien-tang-tu-thang-toi-102261105101500123.htm": [
        "https://www.bao.vn/xa-hoi/mua-lon-o-mien-trung-10226110510150044.htm",
    ],
    "https://bao.vn/gia-dien-tang-post123456.html": ["https://bao.vn/mua-lon-post99.html"],
    "https://bao.vn/gia-dien-tang-d538952.html": ["https://bao.vn/mua-lon-d7.html"],
    "https://bao.vn/tin-tuc/gia-dien-tang-tu-thang-11-2026.html": [
        "https://bao.vn/tin-tuc/mua-lon-o-mien-trung.html",
    ],
    "https://bao.vn/tin/123456/gia-dien-tang": ["https://bao.vn/tin/7/mua-lon"],
    "https://bao.vn/default.aspx?page=news-detail&id=0a1b2c3d": [
        "https://bao.vn/default.aspx?page=news-detail&id=77ff",
    ],
    "http://127.0.0.1:8101/gia-dien-tang-post12.html": [],
}
NOT_FITTING = [
    "/",
    "/kinh-te.htm",
    "/kinh-te/",
    "/tin-tuc",
    "/lien-he.html",
    "/default.aspx?page=1",
]


@pytest.mark.parametrize("url", FITTING)
def test_an_article_s_pattern_fits_its_like_and_no_section(url: str) -> None:
    pattern = article_pattern(url)
    home = re.match(r"https?://[^/]+", url)

    assert home
    assert [one for one in [url, *FITTING[url]] if not re.search(pattern, one)] == []
    assert [path for path in NOT_FITTING if re.search(pattern, home[0] + path)] == []


def test_the_listing_s_addresses_tell_a_headline_s_number_from_an_id() -> None:
    others = [f"https://bao.vn/tin/lang-nghe-vao-vu-{word}.html" for word in ("tet", "he", "thu")]

    pattern = article_pattern("https://bao.vn/tin/ke-hoach-phat-trien-20262030.html", others)

    assert all(re.search(pattern, url) for url in others)


@pytest.mark.parametrize("site", ["cafef", "nhandan", "haiquan", "moit-gov-vn", "baodautu", "vov"])
def test_the_family_of_a_golden_page_is_guessed(site: str) -> None:
    families = {"cafef": "vccorp", "nhandan": "epi", "haiquan": "mastercms", "moit-gov-vn": "vhv"}
    path = next((GOLDEN / site).glob("*.html"))

    assert guess_family(saved_page(path, read_label(path.with_suffix(".json")))) == families.get(
        site
    )


def test_a_page_with_one_borrowed_box_is_of_no_family() -> None:
    box = "<table class='MASTERCMS_TPL_TABLE'><tr><td>Ảnh</td></tr></table>"
    borrowed = village.article(1).replace(b"</body>", f"{box}</body>".encode())

    assert guess_family(page(borrowed)) is None


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<meta property="og:site_name" content="Báo Ví Dụ"><title>Tin</title>', "Báo Ví Dụ"),
        ("<title>Giá điện tăng | Tạp chí Ví Dụ</title>", "Tạp chí Ví Dụ"),
        ("<title>Giá điện tăng</title>", "vidu.vn"),
        (
            '<meta property="og:site_name" content="https://vidu.vn/">'
            "<title>Giá điện tăng - Báo Ví Dụ</title>",
            "Báo Ví Dụ",
        ),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle",'
            '"publisher":{"name":"Ví Dụ Online"}}</script>',
            "Ví Dụ Online",
        ),
    ],
)
def test_a_site_s_name_is_what_it_calls_itself(head: str, name: str) -> None:
    assert (
        site_name(parse(page(f"<html><head>{head}</head><body><p>a</p></body></html>")))[0] == name
    )


def listing(body: bytes, url: str = HOME) -> Page:
    return Page(
        url=url,
        final_url=url,
        fetched_at=village.NEWEST,
        status=200,
        headers=(),
        body=body,
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'\xef\xbb\xbf<?xml version="1.0"?><rss/>', "feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "feed"),
        (b"<?xml version='1.0'?>\n<urlset/>", "sitemap"),
        (b"<sitemapindex/>", "sitemap"),
        (b' {"items": []}', "api"),
        (b"<!DOCTYPE html><html></html>", "headlines"),
    ],
)
def test_a_listing_s_kind_is_told_by_its_answer(body: bytes, kind: str) -> None:
    assert kind_of(listing(body)).value == kind


def test_a_listing_that_names_no_article_is_not_proposed() -> None:
    site = compose("vidu", SiteFile(name="Ví Dụ", homepage=HOME, article_url=("/lang-nghe/.+",)))

    assert propose_listing(listing(b"<html><a href='/lien-he'>a</a></html>"), site) is None
    assert propose_listing(listing(b'{"items": []}'), site) is None
    assert propose_listing(listing(b"<rss><channel></channel></rss>"), site) is None
    found = propose_listing(listing(village.front(range(14))), site)
    assert found is not None
    assert weekly(found.links) == 24  # one every seven hours


def test_braces_in_an_address_do_not_become_placeholders() -> None:
    site = compose("vidu", SiteFile(name="Ví Dụ", homepage=HOME, article_url=("/lang-nghe/.+",)))
    body = village.front(range(5)).replace(b"/?trang=2", b"/?loc={a}&trang=2")

    found = propose_listing(listing(body), site)

    assert found is not None
    assert found.keys["next"] == f"{HOME}?loc=%7Ba%7D&trang={{page}}"


HOSTILE = "Báo \"Mẫu\"\n[[listings]]\nkind = 'feed' # \x1b[31m \\ \u2028"


@given(name=st.text(min_size=1), title=st.text(min_size=1), css=st.text(min_size=1))
@example(name=HOSTILE, title=HOSTILE, css="a'] | //*[contains(., ' ")
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_page_says_the_file_is_toml_that_says_no_more(
    name: str, title: str, css: str
) -> None:
    markup = (
        village.article(2)
        .decode()
        .replace(village.NAME, escape(name, quote=True))
        .replace(village.title(2), escape(title, quote=True))
        .replace("noi-dung-bai", escape(css, quote=True))
        .encode("utf-8", "replace")
    )
    front = listing(village.front(range(6)))
    try:
        made = draft(Gathered(article=listing(markup, HOME + "lang-nghe/a-7001.htm"), listings=()))
        draft(Gathered(article=made.page, listings=(front,), troubles=(HOSTILE,)))
    except ExtractError:
        return

    said = tomllib.loads(made.toml)
    assert set(said) <= {"name", "homepage", "evidence", "article_url", "fields", "lead_prefixes"}
    assert set(said.get("fields", {})) <= {
        *("title", "lead", "body", "published", "authors", "section", "tags"),
    }
