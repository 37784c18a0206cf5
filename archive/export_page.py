"""Articles as one web page to read, to print and to send: no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archive.difference_page import beginning, link, safe
from archive.export_rows import Row
from archive.export_texts import NO_TEXT, about, blocks_of, cells_of
from archive.models import Block, BlockKind

STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --quiet: #5c6670; --line: #dfe3e6;
  --paper: #fcfcfa; --head: #eef3f4; --accent: #0b5a6b;
  --sans: "Noto Sans", "Be Vietnam Pro", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --serif: "Noto Serif", "Source Serif 4", Charter, Georgia, "DejaVu Serif", serif; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7e9; --quiet: #9aa5ad; --line: #39424a;
  --paper: #14181b; --head: #222a2f; --accent: #6cc3d5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.06rem/1.7 var(--serif); }
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
.about, .by, .at, .caption, table, footer, nav { font-family: var(--sans); }
.about h1 { font: 600 1.5rem/1.35 var(--serif); margin: 0 0 .5rem; overflow-wrap: anywhere; }
.about p { margin: 0 0 .3rem; color: var(--quiet); font-size: .92rem; overflow-wrap: anywhere; }
article { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1.75rem; }
article h2 { font-size: 1.5rem; line-height: 1.35; margin: 0 0 .35rem; text-wrap: pretty;
  overflow-wrap: anywhere; }
article h3 { font-size: 1.12rem; margin: 1.5rem 0 .5rem; }
.by, .at { margin: 0; color: var(--quiet); font-size: .86rem; overflow-wrap: anywhere; }
.at { margin-bottom: 1.1rem; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; } .lead { font-weight: 600; }
blockquote { margin: 0 0 1rem; padding-left: 1rem; border-left: 3px solid var(--accent);
  font-style: italic; }
ul { margin: 0 0 1rem; padding-left: 1.3rem; } li { overflow-wrap: anywhere; }
.caption { color: var(--quiet); font-size: .86rem; line-height: 1.5; padding-left: .9rem;
  border-left: 3px solid var(--line); }
.none { color: var(--quiet); font-style: italic; }
.table { overflow-x: auto; margin: 0 0 1.2rem; }
table { border-collapse: collapse; font-size: .86rem; line-height: 1.5;
  font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left;
  vertical-align: top; min-width: 4.5rem; } th { background: var(--head); font-weight: 600; }
footer { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1rem;
  color: var(--quiet); font-size: .85rem; }
a { color: var(--accent); }
@media (max-width: 34rem) { article h2 { font-size: 1.3rem; } }
@media print { :root { --ink: #000; --paper: #fff; --quiet: #444; --line: #bbb; --head: #eee;
  --accent: #000; } body { font-size: 10.5pt; line-height: 1.5; } main { max-width: none;
  padding: 0; } article h2, article h3, .by, .at { break-after: avoid; break-inside: avoid; }
  tr { break-inside: avoid; }
  .table { overflow: visible; } p, li { orphans: 3; widows: 3; } a { text-decoration: none; } }
"""
_TAGS = {BlockKind.SUBHEADING: "h3", BlockKind.QUOTE: "blockquote"}


def html_pieces(rows: Iterable[Row], title: str, told: Iterable[str]) -> Iterator[bytes]:
    """The page, article by article; ``told`` are lines on what was asked for and when."""
    lines = "".join(f"<p>{safe(line)}</p>" for line in told)
    yield f"""{beginning(title, STYLE)}
<body>
<main>
<header class="about"><h1>{safe(title)}</h1>{lines}</header>
""".encode()
    for row in rows:
        yield "".join(_article(row)).encode("utf-8", "replace")
    yield b"""<footer><p>The texts belong to their publishers; cite them at the addresses above.</p>
</footer>
</main>
</body>
</html>
"""


def _article(row: Row) -> Iterator[str]:
    language = safe(row["language"] or "vi")
    yield f'<article id="a{row["id"]}" lang="{language}">\n<h2>{safe(row["title"])}</h2>\n'
    yield f'<p class="by">{safe(about(row))}</p>\n'
    yield f'<p class="at">{link(row["url"])} ({row["id"]})</p>\n'
    if row["lead"]:
        yield f'<p class="lead">{safe(row["lead"])}</p>\n'
    yield from map(_block, blocks_of(row))
    if not row["has_text"]:
        yield f'<p class="none">{safe(NO_TEXT)}</p>\n'
    yield "</article>\n"


def _block(block: Block) -> str:
    if block.kind is BlockKind.TABLE and (cells := cells_of(block)):
        return _table(cells)
    if block.kind is BlockKind.LIST:
        return f"<ul>{''.join(f'<li>{safe(line)}</li>' for line in block.text.splitlines())}</ul>\n"
    if block.kind is BlockKind.CAPTION:
        return f'<p class="caption">{safe(block.text)}</p>\n'
    tag = _TAGS.get(block.kind, "p")
    return f"<{tag}>{safe(block.text)}</{tag}>\n"


def _table(cells: Sequence[Sequence[str]]) -> str:
    head, *body = cells
    rows = [("th", head), *(("td", row) for row in body)]
    inside = "".join(
        f"<tr>{''.join(f'<{tag}>{safe(cell)}</{tag}>' for cell in row)}</tr>\n" for tag, row in rows
    )
    return f'<div class="table"><table>\n{inside}</table></div>\n'
