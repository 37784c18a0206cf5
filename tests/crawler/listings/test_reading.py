"""Feeds, sitemaps, pages of headlines and APIs, sound and broken, become links."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.models import Page
from crawler.errors import ListingError
from crawler.listings import Reading, read
from crawler.site import Listing, ListingKind, Site

SITE = Site(
    slug="bao-thu",
    name="Báo Thử",
    homepage="https://bao.vn/",
    source="bao-thu",
    hosts=("bao.vn", "www.bao.vn"),
    article_url=(re.compile(r"^https://bao\.vn/[a-z0-9-]+-\d+\.html$"),),
)
ARTICLE = "https://bao.vn/gia-dien-1.html"
SEVEN = dt.timezone(dt.timedelta(hours=7))


def answer(
    kind: str, body: bytes | str, *, url: str = "https://bao.vn/danh-sach", **keys: str
) -> Reading:
    page = Page(
        url=url,
        final_url=url,
        fetched_at=dt.datetime(2026, 9, 6, tzinfo=SEVEN),
        status=200,
        headers=(),
        body=body.encode() if isinstance(body, str) else body,
    )
    return read(page, Listing(kind=ListingKind(kind), url=url, **keys), SITE)


def urls(reading: Reading) -> list[str]:
    return [link.url for link in reading.links]


def rss(inner: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{prolog}<rss version="2.0"><channel><title>Kinh tế</title>{inner}</channel></rss>'


# --- feeds ---


def test_a_feed_gives_address_title_date_and_section() -> None:
    (link,) = answer(
        "feed",
        rss(
            f"<item><title>Giá điện tăng</title><link>{ARTICLE}</link>"
            "<category>Năng lượng</category>"
            "<pubDate>Sat, 05 Sep 2026 17:09:00 +0700</pubDate></item>"
        ),
    ).links

    assert (link.url, link.title, link.section) == (ARTICLE, "Giá điện tăng", "Năng lượng")
    assert link.date == dt.datetime(2026, 9, 5, 17, 9, tzinfo=SEVEN)


def test_atom_is_read_like_rss() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">Giá &lt;b&gt;điện'
        f'&lt;/b&gt;</title><link rel="self" href="/atom"/><link href="{ARTICLE}"/>'
        "<updated>2026-09-05T10:09:00Z</updated></entry></feed>"
    )
    (link,) = answer("feed", atom).links

    assert (link.url, link.title) == (ARTICLE, "Giá điện")
    assert link.date == dt.datetime(2026, 9, 5, 17, 9, tzinfo=SEVEN)


@pytest.mark.parametrize(
    "title",
    [
        "<![CDATA[ Giá điện & giá nước ]]>",
        "Giá điện &amp; giá nước",
        "Gi&amp;aacute; điện &amp;amp; giá nước",  # escaped twice
        "Gi&#225; &#x111;i&#7879;n &amp; gi&aacute; n&#432;&#7899;c",
        "Gia\u0301 &#273;ie\u0323\u0302n &amp; giá nước\u200b",  # NFD, and a zero-width blank
        "Giá&nbsp;điện &amp; giá nước",  # a name that XML does not know
    ],
)
def test_titles_come_out_plain(title: str) -> None:
    body = rss(f"<item><title>{title}</title><link>{ARTICLE}</link></item>")

    assert answer("feed", body).links[0].title == "Giá điện & giá nước"


def test_an_address_may_stand_in_cdata_with_white_space_or_only_in_the_guid() -> None:
    body = rss(
        f"<item><link><![CDATA[\n  {ARTICLE}  ]]></link></item>"
        "<item><link/><guid>https://bao.vn/gia-gao-2.html</guid></item>"
        '<item><guid isPermaLink="false">tag:bao.vn,3</guid></item>'
    )
    reading = answer("feed", body)

    assert urls(reading) == [ARTICLE, "https://bao.vn/gia-gao-2.html"]
    assert reading.skipped == {"no address": 1}


POWER = f"<item><title>Điện</title><link>{ARTICLE}</link></item>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            rss(POWER, '<?xml version="1.0" encoding="utf-16"?>').encode(), id="wrong utf-16 prolog"
        ),
        pytest.param(rss(POWER).encode("utf-16"), id="utf-16"),
        pytest.param(rss(POWER).encode("utf-16-le"), id="utf-16 without mark"),
        pytest.param(b"\n\n " + rss(POWER).encode(), id="blank lines first"),
        pytest.param(b"\xef\xbb\xbf" + rss(POWER).encode(), id="utf-8 with mark"),
        pytest.param(rss(POWER.replace("Đ", "\x08Đ\x00")).encode(), id="control characters"),
        pytest.param(gzip.compress(rss(POWER).encode()), id="gzip"),
    ],
)
def test_a_feed_is_decoded_by_what_it_is_not_by_what_it_says(body: bytes) -> None:
    (link,) = answer("feed", body).links

    assert (link.url, link.title) == (ARTICLE, "Điện")


def test_what_follows_a_broken_entry_is_still_read() -> None:
    body = rss(f"<item><title>A & B < C</title><link>{ARTICLE}</link></item>") + "<rubbish"

    assert urls(answer("feed", body)) == [ARTICLE]


def test_entities_are_neither_expanded_nor_fetched() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    outside = '<!ENTITY x SYSTEM "file:///etc/hostname">'
    prolog = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">{laughs}{outside}]>'
    entry = f"<item><title>&a9;&x;Tin</title><link>{ARTICLE}</link></item>"
    (link,) = answer("feed", rss(entry, prolog)).links

    assert link.title is not None
    assert link.title.endswith("Tin")
    assert len(link.title) < 20


def test_a_date_that_cannot_be_read_costs_the_date_alone() -> None:
    body = rss(f"<item><link>{ARTICLE}</link><pubDate>vừa xong</pubDate></item>")

    assert answer("feed", body).links[0].date is None


def test_month_first_dates_are_read_by_the_sites_format() -> None:
    body = rss(f"<item><link>{ARTICLE}</link><pubDate>9/5/2026 1:30:00 PM</pubDate></item>")
    (link,) = answer("feed", body, date_format="%m/%d/%Y %I:%M:%S %p").links

    assert link.date == dt.datetime(2026, 9, 5, 13, 30, tzinfo=SEVEN)


# --- addresses ---


def test_one_bad_address_never_costs_the_rest() -> None:
    bad = [
        "javascript:void(0)", "http://[::1", "http://bao.vn:99999/a-1.html", "http://[v1.x]/", "file:///etc/passwd",
        "mailto:a@bao.vn", "//", "https://xấu bao.vn/a-1.html", "\x00", "a" * 5000,
    ]  # fmt: skip
    hrefs = [*bad, "/gia-dien-1.html"]
    page = "".join(f'<a href="{href}">Tin</a>' for href in hrefs)

    assert urls(answer("headlines", f"<html><body>{page}</body></html>")) == [ARTICLE]


def test_addresses_become_one_absolute_canonical_and_of_the_sites_own_host() -> None:
    hrefs = [
        "/gia-dien-1.html", "gia-dien-1.html#binh-luan", "http://www.bao.vn/gia-dien-1.html?utm_source=zalo",
        "//bao.vn/./gia-dien-1.html", "https://khac.vn/gia-gao-2.html", "/chuyen-muc/",
    ]  # fmt: skip
    page = "".join(f'<a href="{href}">Giá điện</a>' for href in hrefs)
    reading = answer("headlines", f"<html><body>{page}</body></html>", url="https://bao.vn/tin")

    assert urls(reading) == [ARTICLE]
    assert reading.skipped == {"another host": 1, "not an article": 1}


# --- sitemaps ---

NEWS = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def test_a_sitemap_gives_addresses_with_blanks_cdata_titles_and_last_edits() -> None:
    body = f"""<?xml version="1.0"?><urlset {NEWS}>
      <url><loc>https://bao.vn/</loc><lastmod>2026-09-06T00:00:00Z</lastmod></url>
      <url><loc>
         {ARTICLE}
      </loc><lastmod>2026-09-05</lastmod>
        <image:image><image:title>Giá &amp;#273;iện</image:title></image:image></url>
      <url><loc><![CDATA[ https://bao.vn/gia-gao-2.html ]]></loc><news:news>
        <news:publication_date>2026-09-04T08:00:00+07:00</news:publication_date>
        <news:title>Giá gạo</news:title></news:news></url></urlset>"""
    first, second = answer("sitemap", body).links

    assert (first.url, first.title, first.date) == (ARTICLE, "Giá điện", None)
    assert first.changed == first.newest == dt.datetime(2026, 9, 5, tzinfo=SEVEN)
    assert (second.title, second.date) == ("Giá gạo", dt.datetime(2026, 9, 4, 8, tzinfo=SEVEN))


def test_a_sitemap_without_namespace_or_with_a_misspelt_one_is_read() -> None:
    body = f'<urlset xsi:schemalocation="x"><url><loc>{ARTICLE}</loc></url></urlset>'

    assert urls(answer("sitemap", body)) == [ARTICLE]


def test_an_index_gives_its_parts_on_own_hosts() -> None:
    body = (
        f"<sitemapindex {NEWS}><sitemap><loc> https://bao.vn/maps/2026-9.xml</loc><lastmod>2026-09-05"
        "</lastmod></sitemap><sitemap><loc>https://khac.vn/a.xml</loc></sitemap></sitemapindex>"
    )
    reading = answer("sitemap", body)

    assert [part.url for part in reading.deeper] == ["https://bao.vn/maps/2026-9.xml"]
    assert reading.skipped == {"another host": 1}


def test_an_html_page_in_place_of_a_sitemap_is_an_error_not_an_empty_listing() -> None:
    with pytest.raises(ListingError, match="urlset or sitemapindex"):
        answer("sitemap", "<html><body>Bảo trì</body></html>")


# --- headlines ---

HEADLINES = """<html><body>
<div class="tin"><a href="/gia-dien-1.html"><img src="a.jpg"></a>
  <h3><a href="/gia-dien-1.html" title="Giá điện">Giá điện <b>bán lẻ</b></a></h3>
  <span class="gio" title="9/5/2026 5:09:00 PM">hôm qua</span></div>
<div class="tin"><h3><a href="/gia-gao-2.html">Giá gạo</a></h3></div>
<aside><a href="/quang-cao-3.html">Quảng cáo</a></aside></body></html>"""


def test_selectors_say_where_headlines_and_their_times_stand() -> None:
    first, second = answer(
        "headlines", HEADLINES, items="div.tin", link="a", date="span.gio@title", section="Giá"
    ).links

    assert (first.title, first.section) == ("Giá điện bán lẻ", "Giá")
    assert first.date == dt.datetime(2026, 9, 5, 17, 9, tzinfo=SEVEN)
    assert (second.title, second.date) == ("Giá gạo", None)


def test_without_selectors_each_link_of_an_articles_form_is_one_named_by_its_words() -> None:
    reading = answer("headlines", HEADLINES)

    assert [link.title for link in reading.links] == ["Giá điện bán lẻ", "Giá gạo", "Quảng cáo"]


def test_a_selector_may_name_the_links_themselves() -> None:
    assert len(answer("headlines", HEADLINES, items="h3 a").links) == 2


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"   "])
def test_what_is_no_page_of_headlines_is_an_error(body: bytes) -> None:
    with pytest.raises(ListingError):
        answer("headlines", body)


# --- APIs ---


@pytest.mark.parametrize("as_object", [True, False])
def test_an_api_names_articles_in_a_list_or_an_object(as_object: bool) -> None:
    one = {"title": "Giá điện", "rewriteURL": "gia-dien-1.html", "publishTime": 1788602940}
    odd = {"title": None, "rewriteURL": None, "publishTime": "?"}
    found: object = {"101": one, "102": odd} if as_object else [one, odd, "?", None]
    reading = answer(
        "api", json.dumps({"data": {"items": found}}), items="data.items", link="rewriteURL",
        title="title", date="publishTime",
    )  # fmt: skip
    (link,) = reading.links

    assert (link.url, link.title) == (ARTICLE, "Giá điện")
    assert link.date == dt.datetime(2026, 9, 5, 17, 9, tzinfo=SEVEN)
    assert reading.skipped == {"no address": 1 if as_object else 3}


def test_an_empty_list_is_a_listing_without_articles() -> None:
    assert answer("api", '{"items": []}', items="items").links == ()


def test_html_inside_json_is_read_as_headlines() -> None:
    body = json.dumps(
        {"data": {"articles": '<article><a href="/gia-dien-1.html">Điện</a></article>'}}
    )

    assert urls(answer("api", body, items="data.articles")) == [ARTICLE]


@pytest.mark.parametrize("body", ["<html>", "{", '{"error": 5}', "[" * 100_000])
def test_an_answer_that_is_no_list_is_an_error(body: str) -> None:
    with pytest.raises(ListingError):
        answer("api", body, items="items", link="url")


MARKUP = st.text(alphabet="<>/!&;[]{}\"'=x1:,urlitemloca ", max_size=200)


@pytest.mark.parametrize("kind", list(ListingKind))
@given(body=st.binary(max_size=400) | MARKUP.map(str.encode))
def test_no_bytes_raise_anything_but_a_listing_error(kind: str, body: bytes) -> None:
    with suppress(ListingError):
        answer(kind, body)
