from __future__ import annotations

import pytest

from crawler.extract import json_ld


@pytest.mark.parametrize(
    "block",
    [
        '{"@type": "NewsArticle", "headline": "Giá điện"}',
        '[{"@type": "WebSite"}, {"@type": ["Thing", "NewsArticle"], "headline": "Giá điện"}]',
        '{"@graph": [{"@type": "Organization"}, {"@type": "NewsArticle", "headline": "Giá điện"}]}',
        '{"@type": "NewsArticle", "headline": "Gi&#xE1; &#x111;i&#x1EC7;n"}',
        '{"@type": "NewsArticle", "headline": "Gi&amp;#225; &amp;#273;i&amp;#7879;n"}',
        '{"@type": "NewsArticle", "headline": "Giá điện",}',
        '<!-- {"@type": "NewsArticle", "headline": "Giá\tđiện"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Giá điện"}\n//]]>',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;Giá điện&quot;}",
    ],
)
def test_headline_is_read_however_it_is_written(block: str) -> None:
    assert json_ld.values(json_ld.objects([block]), "headline") == ["Giá điện"]


def test_lists_and_single_objects_give_the_same_names() -> None:
    one = {"author": {"@type": "Person", "name": "An"}}
    many = {"author": [{"name": "An"}, {"name": "Bình"}, {"name": ""}, 7]}
    assert json_ld.values([one], "author.name") == ["An"]
    assert json_ld.values([many], "author.name") == ["An", "Bình"]


@pytest.mark.parametrize("block", ["", "{", "null", "[[[1]]]", "[" * 5000, '"text"'])
def test_what_is_broken_gives_nothing(block: str) -> None:
    assert json_ld.values(json_ld.objects([block]), "headline") == []
