"""What the papers' pages have in common: escaping, navigation, scripts, blocks as HTML."""

from __future__ import annotations

import html
import json
import random
from collections.abc import Iterable
from functools import cache

from archive.models import Block, BlockKind
from tests.world.articles import WorldArticle

# Half of a saved real page of 95 kB is style sheets and scripts, in bytes.
STYLE, CODE = 30_000, 22_000
WEEKDAYS = ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ nhật")
LONG_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
MENU = (
    "Trang chủ", "Thời sự", "Thị trường", "Năng lượng", "Công nghiệp", "Xuất nhập khẩu",
    "Thương mại điện tử", "Hội nhập", "Pháp luật", "Doanh nghiệp", "Khoa học công nghệ",
    "Văn bản", "Đa phương tiện", "Liên hệ",
)  # fmt: skip


def escape(text: str) -> str:
    return html.escape(text, quote=True)


def hexed(text: str) -> str:
    """Every character beyond ASCII as a hex entity, as some CMSes write titles.

    >>> hexed("Bộ")
    'B&#x1ED9;'
    """
    return "".join(c if c.isascii() else f"&#x{ord(c):X};" for c in escape(text))


def menu(css: str) -> str:
    links = "".join(
        f'<li class="{css}__item" data-id="{n}"><a href="/muc-{n}" title="{name}">{name}</a></li>'
        for n, name in enumerate(MENU)
    )
    return f'<nav class="{css}"><ul>{links}</ul></nav>'


def script(name: str, lines: int) -> str:
    """Inline code that is no text, as every real page carries it."""
    body = "\n".join(
        f"  window.{name}=window.{name}||[];{name}.push({{slot:{n},text:'<p>Quảng cáo {n}</p>'}});"
        for n in range(lines)
    )
    return f'<script type="text/javascript">\n(function(){{\n{body}\n}})();\n</script>'


@cache
def style(paper: str) -> str:
    """A paper's style sheet, as long as inline ones are: its own, and the same on each page."""
    dice = random.Random(f"style {paper}")
    rules: list[str] = []
    while sum(map(len, rules)) < STYLE:
        rules.append(
            f".box-{dice.randrange(999)} .item-{dice.randrange(99)}:nth-child({dice.randrange(9)}n)"
            f"{{font:normal {dice.randrange(10, 40)}px Inter;color:#{dice.randrange(0xFFFFFF):06x};"
            f"margin:0 {dice.randrange(40)}px {dice.randrange(40)}px 0;display:flex}}"
        )
    return f"<style>{''.join(rules)}</style>"


@cache
def code(paper: str) -> str:
    """A paper's minified scripts, as long as inline ones are; markup stands in their strings."""
    dice = random.Random(f"code {paper}")
    parts: list[str] = []
    while sum(map(len, parts)) < CODE:
        lines = "".join(
            f"if(a[{dice.randrange(99)}]<b.length&&c!=='<div>'){{f({dice.random():.8f});}}\n"
            for _ in range(40)
        )
        parts.append(f"<script>(function(a,b,c,f){{{lines}}})(window,document,'',alert);</script>")
    return "".join(parts)


def json_ld(value: dict[str, object]) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2).replace("</", "<\\/")
    return f'<script type="application/ld+json">\n{text}\n</script>'


def table(block: Block, cell: str) -> str:
    """A table; ``cell`` is a format for what stands inside each ``td``."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell.format(escape(text))}</td>" for text in row) + "</tr>"
        for row in block.rows or ()
    )
    return f"<table><tbody>{rows}</tbody></table>"


def bullets(block: Block) -> str:
    entries = "".join(f"<li>{escape(line)}</li>" for line in block.text.split("\n"))
    return f"<ul>{entries}</ul>"


def links(articles: Iterable[WorldArticle], form: str) -> str:
    """Teasers of other articles; ``form`` has the slots path, title and lead."""
    return "".join(
        form.format(path=a.path, title=escape(a.title), lead=escape(a.lead)) for a in articles
    )


def is_subheading(block: Block) -> bool:
    return block.kind is BlockKind.SUBHEADING
