from __future__ import annotations

import pytest

from archive.models import TimeOrigin
from crawler.extract.select import check_selector, select
from crawler.extract.tree import Tree, parse
from tests.crawler.extract.pages import page

MARKUP = """<html lang="vi"><head><meta property="og:title" content="Giá &amp;quot;điện&amp;quot;">
<meta name="Pubdate" content=""><meta name="pubdate" content="2026-09-08">
<script type="application/ld+json">{"@type": "NewsArticle", "author": [{"name": "An"}]}</script>
</head><body><h1 class="a title-detail b">Một<br>hai</h1><time datetime="2026-09-08"> 8/9 </time>
<ul class="path"><li><a>Kinh tế</a></li><li><a>Điện</a></li></ul><p class="xtitle-detail">Ba</p>
</body></html>"""


@pytest.fixture(scope="module")
def tree() -> Tree:
    return parse(page(MARKUP))


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ("h1.title-detail", ["Một hai"]),
        (".title-detail", ["Một hai"]),
        ("time", ["8/9"]),
        ("time@datetime", ["2026-09-08"]),
        ("ul.path li a", ["Kinh tế", "Điện"]),
        ("//li[2]/a", ["Điện"]),
        ("(//a)[1]", ["Kinh tế"]),
        ("//h1/text()", ["Một", "hai"]),
        ("string(//time/@datetime)", None),
        ("/html/@lang", ["vi"]),
        ("meta:og:title", ['Giá "điện"']),
        ("meta:pubdate", ["2026-09-08"]),
        ("json-ld:author.name", ["An"]),
        ("json-ld:headline", []),
        ("h2", []),
        ("meta:none", []),
    ],
)
def test_selector_finds(tree: Tree, selector: str, texts: list[str] | None) -> None:
    if texts is None:
        with pytest.raises(ValueError, match="allowed are"):
            check_selector(selector)
        return
    check_selector(selector)
    assert [found.text for found in select(tree, selector)] == texts


def test_where_a_text_was_found_tells_how_far_to_trust_its_time(tree: Tree) -> None:
    origins = {
        selector: select(tree, selector)[0].origin
        for selector in ("time", "time@datetime", "meta:pubdate", "json-ld:author.name")
    }
    assert list(origins.values()) == [
        TimeOrigin.SHOWN,
        TimeOrigin.SHOWN,
        TimeOrigin.META,
        TimeOrigin.JSON_LD,
    ]


@pytest.mark.parametrize(
    "selector", ["h1[", "//h1[", "find:nothing", "meta:", "json-ld: ", "", "@x"]
)
def test_bad_selector_is_refused_with_what_is_allowed(selector: str) -> None:
    with pytest.raises(ValueError, match=r"allowed|XPath|finder|colon"):
        check_selector(selector)
