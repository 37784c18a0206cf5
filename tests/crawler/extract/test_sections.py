"""Where an article stands in its paper: read from what the page shows, else from what it tells."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from crawler.extract import extract
from crawler.site_file import unknown_site
from tests.crawler.extract.pages import SENTENCE, TITLE, URL, article_page, page, read

PATH = ("Kinh tế", "Xuất nhập khẩu")
TRADE = "<a href='/kt'>Kinh tế</a>"
EXPORT = "<a href='/kt/xnk'>Xuất nhập khẩu</a>"
HOME = "<a href='/'><i class='icon-home'></i></a>"


def sections(trail: str = "", head: str = "") -> tuple[str, ...]:
    article = read(article_page(f"<p>{SENTENCE}</p>", head, trail))
    assert article.section == (article.sections[-1] if article.sections else None)
    return article.sections


def ld(**one: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(one)}</script>"


def steps(*names: str) -> list[dict[str, object]]:
    items = enumerate(names, 1)
    return [{"@type": "ListItem", "position": n, "name": name} for n, name in items]


@pytest.mark.parametrize(
    "trail",
    [
        f"<ul class='breadcrumb'><li><a href='/'>Trang nhà</a></li><li>{TRADE}</li>"
        f"<li>{EXPORT}</li></ul>",
        # The step one stands on is no link, and the article itself ends the trail.
        f"<ol class='breadcrumb'><li>{HOME}</li><li>{TRADE}</li>"
        f"<li class='active'>Xuất nhập khẩu</li><li>{TITLE[:40]}…</li></ol>",
        f"<div class='bread-crumb'><a href='https://vidu.vn/'>Vidu</a> » {TRADE} » "
        "<span class='current'>Xuất nhập khẩu</span><span class='last'>02/03/2026 07:15</span>"
        "</div>",
        f"<div class='pathway'>Bạn đang ở: <a href='/index.html'>Trang chủ</a> › {TRADE}"
        " › <a href='/b'>Xuất nhập khẩu ›</a></div>",
        f"<nav aria-label='Breadcrumb'>{TRADE}{EXPORT}</nav>",
        # The sections beside this one stand in a list of their own.
        f"<ul class='breadcrumbs'><li>{TRADE}</li><li>{EXPORT}"
        "<ul><li><a href='/y'>Công nghiệp</a></li><li><a href='/z'>Điện</a></li></ul></li></ul>",
        # On phones the same trail stands on the page once more.
        f"<div class='breadcrumb'>{TRADE}{EXPORT}{TRADE}{EXPORT}</div>",
    ],
)
def test_the_path_shown_is_read_without_home_page_and_title(trail: str) -> None:
    assert sections(trail) == PATH


@pytest.mark.parametrize(
    "head",
    [
        ld(**{"@type": "BreadcrumbList", "itemListElement": steps("Trang chủ", *PATH, TITLE)}),
        ld(**{"@type": "BreadcrumbList", "itemListElement": [[one] for one in steps(*PATH)]}),
        ld(**{"@type": "BreadcrumbList", "itemListElement": steps(*PATH)[::-1]}),
        ld(
            **{
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"position": 1, "item": {"@id": "https://vidu.vn", "name": "Tin hay"}},
                    {"position": 2, "item": {"@id": "https://vidu.vn/kt", "name": "Kinh t&#7871;"}},
                    {"position": 3, "item": "https://vidu.vn/x", "name": "Xuất nhập khẩu"},
                ],
            }
        ),
        ld(**{"@type": "NewsArticle", "articleSection": list(PATH)}),
        ld(**{"@type": "NewsArticle", "articleSection": "Kinh tế, Xuất nhập khẩu"}),
        "".join(f"<meta property='article:section' content='{one}'>" for one in PATH),
        "<meta property='article:section' content='Kinh tế > Xuất nhập khẩu'>",
    ],
)
def test_a_path_that_is_not_shown_is_read_where_it_is_told(head: str) -> None:
    assert sections(head=head) == PATH


def test_a_comma_within_a_name_does_not_part_it() -> None:
    head = "<meta property='article:section' content='Nông, lâm nghiệp'>"
    assert sections(head=head) == ("Nông, lâm nghiệp",)


def test_the_nearest_layer_says_where_the_path_ends_and_a_later_one_how_it_begins() -> None:
    site = unknown_site(URL)
    head = "<meta property='article:section' content='Xuất nhập khẩu'>"
    trail = f"<div class='crumbs'>{TRADE}{EXPORT}</div>"
    chain = site.fields["section"]
    turned = replace(site, fields={**site.fields, "section": (chain[2], chain[0])})
    article = extract(article_page(f"<p>{SENTENCE}</p>", head, trail), turned)
    assert article.sections == PATH
    assert article.layers["section"] == (
        "generic meta:article:section; path from generic find:section"
    )


@pytest.mark.parametrize(
    "trail",
    [
        "<ul class='breadcrumb'><li><a href='/'>Trang chủ</a></li></ul>",
        f"<ul class='breadcrumb'><li><a href='/a.html'>{TITLE}</a></li></ul>",
        # A menu of twelve is no path.
        "<div class='breadcrumb'>"
        + "".join(f"<a href='/{n}'>Mục số {n}</a>" for n in range(12))
        + "</div>",
    ],
)
def test_what_tells_no_section_gives_none(trail: str) -> None:
    assert sections(trail) == ()


def test_hostile_json_ld_gives_no_path_and_no_error() -> None:
    for odd in (None, 7, "x", [[[[]]]], [{"position": [1], "name": {"a": 1}}], [{"item": 3}]):
        assert sections(head=ld(**{"@type": "BreadcrumbList", "itemListElement": odd})) == ()


def test_a_paper_s_own_name_is_no_section() -> None:
    markup = (
        "<html><head><meta property='og:site_name' content='Báo Lúa'></head><body>"
        "<div class='breadcrumb'><a href='/bao'>Báo Lúa</a><a href='/lua'>Lúa</a></div>"
        f"<h1>{TITLE}</h1><p>{SENTENCE}</p></body></html>"
    )
    assert read(page(markup)).sections == ("Lúa",)
