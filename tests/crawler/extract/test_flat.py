from __future__ import annotations

import pytest
from lxml import etree

from crawler.extract.flat import flattened
from tests.crawler.extract.pages import SENTENCE


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<div>", "</div>"),
        ("<b>", ""),
        ("<ul><li>", "</li></ul>"),
        ("<table><tr><td>", "</td></tr></table>"),
        # Ends of elements that never began do not make a page look flat.
        ("</b></i><div class='a > b'>", "</div></p>"),
        ("<div><p>", "</p></div>"),
        ("<font><b><a>", "</font></b></a>"),
    ],
)
def test_few_levels_are_left_and_all_of_the_text(opening: str, closing: str) -> None:
    deep = f"<body>{opening * 5000}<p>{SENTENCE}</p>{closing * 5000}<p>Hết.</p>"
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = etree.fromstring(flattened(deep.encode()), parser)
    assert max(len(list(node.iterancestors())) for node in root.iter()) < 1000
    text = "".join(root.itertext())
    assert text.count(SENTENCE) == 1
    assert text.endswith("Hết.")


def test_what_is_no_tag_stays_as_it_is() -> None:
    raw = b"<script>if (a<b) '<div>'</script><!-- <div> --><title>1 <b> 2</title>"
    assert flattened(raw * 300) == raw * 300
