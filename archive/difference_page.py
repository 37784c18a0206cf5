"""A difference as one self-contained web page: no script, nothing loaded, all texts escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

from archive.difference import Difference, Edit, Fact, Passage, Span
from archive.difference_printing import NAMED, blocks_unchanged, seen, summary, told_fact
from archive.models import BlockKind
from archive.text import clean

Row = Mapping[str, Any]

# Colours that tell red from green to all eyes; what was taken out is struck through besides, what
# was put in is underlined.
STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --quiet: #5c6670; --line: #dfe3e6;
  --paper: #fcfcfa; --card: #fff; --accent: #0b5a6b; --in: #d7f0dd; --in-ink: #0b4a22;
  --out: #fbdfda; --out-ink: #7c1d10; --edge-in: #2e8b57; --edge-out: #c0432f; --edge: #c9962b;
  --sans: "Noto Sans", "Be Vietnam Pro", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --serif: "Noto Serif", "Source Serif 4", Charter, Georgia, "DejaVu Serif", serif; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7e9; --quiet: #9aa5ad; --line: #39424a;
  --paper: #14181b; --card: #1b2024; --accent: #6cc3d5; --in: #163d26; --in-ink: #b9efc9;
  --out: #4a1f19; --out-ink: #ffc9bf; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.06rem/1.7 var(--serif); }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
header p, .facts, .between, summary, footer, .name { font-family: var(--sans); }
.source { margin: 0; color: var(--quiet); font-size: .95rem; }
h1 { font-size: 1.8rem; line-height: 1.35; margin: .25rem 0 1.25rem; text-wrap: pretty; }
.between { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin: 0 0 1rem; }
.between div { border: 1px solid var(--line); border-top: 3px solid var(--edge-out);
  border-radius: 6px; padding: .6rem .85rem; background: var(--card); }
.between div + div { border-top-color: var(--edge-in); }
.between dt { font-weight: 600; } .between dd { margin: 0; color: var(--quiet); font-size: .88rem; }
.count { font-size: .92rem; margin: 0 0 1.75rem; }
.facts { border-collapse: collapse; font-size: .92rem; margin: 0 0 1.5rem; }
.facts th { text-align: left; padding: .2rem 1rem .2rem 0; color: var(--quiet); font-weight: 500;
  vertical-align: top; white-space: nowrap; } .facts td { overflow-wrap: anywhere; }
ins, del { border-radius: 3px; padding: .06em .18em; -webkit-box-decoration-break: clone;
  box-decoration-break: clone; }
ins { background: var(--in); color: var(--in-ink); text-decoration: underline;
  text-decoration-thickness: 1.5px; text-underline-offset: .22em; }
del { background: var(--out); color: var(--out-ink); text-decoration: line-through; }
del + ins { margin-left: .2em; }
.block { margin: 0 0 1rem -1.1rem; padding-left: .95rem; border-left: 3px solid transparent;
  overflow-wrap: anywhere; }
.changed { border-color: var(--edge); } .added { border-color: var(--edge-in); }
.removed { border-color: var(--edge-out); }
.lead { font-weight: 600; } .subheading { font-weight: 700; } .quote { font-style: italic;
  margin-left: .5rem; } .caption { font: italic .92rem/1.55 var(--sans); color: var(--quiet); }
.row { margin-bottom: 0; font: .93rem/1.6 var(--sans); padding-top: .25rem; padding-bottom: .25rem;
  border-bottom: 1px solid var(--line); } .entry { margin-bottom: .3rem; }
.entry::before { content: "• "; color: var(--quiet); }
.row + .block:not(.row), .entry + .block:not(.entry) { margin-top: 1rem; }
.name { color: var(--quiet); font-size: .8rem; margin-right: .5rem; }
details { margin: 0 0 1rem; } summary { cursor: pointer; color: var(--quiet); font-size: .88rem;
  padding: .35rem 0; } summary:hover { color: var(--accent); }
details .block { color: var(--quiet); }
footer { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1rem;
  color: var(--quiet); font-size: .85rem; } footer p { margin: 0 0 .4rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
@media (max-width: 34rem) { .between { grid-template-columns: 1fr; } .block { margin-left: -.6rem;
  padding-left: .5rem; } h1 { font-size: 1.45rem; } }
@media print { body { background: #fff; font-size: 11pt; } details { display: none; }
  ins, del { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
# A change in a long article stands between paragraphs that one wants to see.
NEIGHBOURS = 1


def as_page(told: Difference, before: Row, after: Row, source: str) -> str:
    """The whole page; it can be kept, printed and sent."""
    title = f"{after['title']}: version {before['version']} and {after['version']}"
    return f"""{beginning(title, STYLE, after["language"])}
<body>
<main>
<header>
<p class="source">{safe(source)}</p>
<h1>{_spans(told.title)}</h1>
<dl class="between">{_version(before)}{_version(after)}</dl>
<p class="count">{safe(summary(told))}</p>
</header>
{_facts(told.facts)}
<article>
{_block(told.lead, "lead") if told.lead else ""}
{"".join(_body(told))}
</article>
<footer>
<p>Published by {safe(source)} at {link(after["url"])}. The text belongs to its publisher.</p>
<p>Struck through: only in version {before["version"]}. Underlined: only in version
{after["version"]}. A text was replaced at some time between our last look at it and the next.</p>
</footer>
</main>
</body>
</html>
"""


def beginning(title: str, style: str, language: str | None = None) -> str:
    """All that stands before the body of such a page."""
    return f"""<!DOCTYPE html>
<html lang="{safe(language or "vi")}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>{safe(title)}</title>
<style>{style}</style>
</head>"""


def safe(text: object) -> str:
    """A text of a page as HTML: escaped, without control characters.

    >>> safe('<b onclick="x">\\x1bGiá</b>')
    '&lt;b onclick=&quot;x&quot;&gt;Giá&lt;/b&gt;'
    """
    return escape(clean(str(text)), quote=True)


def _version(version: Row) -> str:
    return f"<div><dt>Version {version['version']}</dt><dd>{safe(seen(version))}</dd></div>"


def _facts(facts: tuple[Fact, ...]) -> str:
    rows = (
        f'<tr><th scope="row">{safe(fact.name)}</th><td>{_fact(fact)}</td></tr>' for fact in facts
    )
    return f'<table class="facts">{"".join(rows)}</table>' if facts else ""


def _fact(fact: Fact) -> str:
    gone, new = (value and told_fact(fact.name, value) for value in (fact.before, fact.after))
    marked = (f"<del>{safe(gone)}</del>" if gone else "", f"<ins>{safe(new)}</ins>" if new else "")
    return " ".join(part for part in marked if part)


def _body(told: Difference) -> Iterator[str]:
    """The blocks; those far from any change are folded away."""
    edits = [passage.edit for passage in told.passages]
    near = [
        any(edit is not Edit.SAME for edit in edits[max(0, n - NEIGHBOURS) : n + NEIGHBOURS + 1])
        for n in range(len(edits))
    ]
    for is_near, group in groupby(zip(near, told.passages, strict=True), key=lambda pair: pair[0]):
        blocks = [_block(passage) for _, passage in group]
        if is_near or len(blocks) == 1:
            yield from blocks
        else:
            summary_ = f"<summary>{blocks_unchanged(len(blocks))}</summary>"
            yield f"<details>{summary_}{''.join(blocks)}</details>\n"


def _block(passage: Passage, name: str = "") -> str:
    name = name or NAMED.get(passage.kind, "")
    cells = _spans(passage)
    if passage.kind is BlockKind.TABLE:
        cells = cells.replace(" | ", ' <span class="name">|</span> ')
    return f'<div class="block {passage.edit.value} {name}">{cells}</div>\n'


def _spans(passage: Passage) -> str:
    return "".join(map(_span, passage.spans))


def _span(span: Span) -> str:
    """Blanks at the ends stay outside of a mark, or it would reach over to the next word."""
    bare = safe(span.text)
    before, after = (" " if end == " " else "" for end in (span.text[:1], span.text[-1:]))
    tag = {Edit.ADDED: "ins", Edit.REMOVED: "del"}.get(span.edit) if bare else None
    return f"{before}<{tag}>{bare}</{tag}>{after}" if tag else f"{before}{bare}{after}"


def link(url: str) -> str:
    """An address that leads to a web page as a link that tells its target nothing; else a text."""
    if not url.startswith(("http://", "https://")):
        return safe(url)
    return f'<a href="{safe(url)}" rel="noopener noreferrer nofollow">{safe(url)}</a>'
