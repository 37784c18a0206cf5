"""The arrows of docs/architecture.md, read off the import statements themselves."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(
    p for folder in ("archive", "crawler", "benchmarks") for p in (ROOT / folder).rglob("*.py")
)
FORBIDDEN = {
    "archive": {"crawler", "scrapy", "twisted"},
    "crawler/extract": {"scrapy", "twisted", "sqlite3", "sqlite_utils", "time"},
    "crawler/listings": {"scrapy", "twisted", "sqlite3", "sqlite_utils", "time"},
}
CLOCKS = {"now", "utcnow", "today"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_arrows_point_one_way(folder: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] in FORBIDDEN[folder]
    }

    assert set() == wrong


@pytest.mark.parametrize("folder", ["crawler/extract", "crawler/listings"])
def test_reading_never_looks_at_a_clock(folder: str) -> None:
    calls = {
        f"{path.relative_to(ROOT)}:{node.lineno} calls {node.func.attr}()"
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
    }

    assert set() == calls


def test_pages_are_looked_around_in_with_beautifulsoup_only_where_selectors_are_proposed() -> None:
    """Reading is lxml's: a hundred times a second. The two in extract/ read charsets and pages that
    are nested too deeply for it."""
    allowed = {
        *("crawler/extract/decode.py", "crawler/extract/tree.py", "crawler/selectors.py"),
        *("crawler/propose.py", "crawler/propose_listings.py", "crawler/skeleton.py"),
    }
    using = {
        str(path.relative_to(ROOT))
        for path in CODE
        if path.parts[len(ROOT.parts)] != "benchmarks"
        and any(name.split(".")[0] == "bs4" for name in imported(path))
    }

    assert using <= allowed


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    long = [
        f"{node.name} has {length} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > 60
    ]

    assert long == []
    assert len(text.splitlines()) <= 400


@pytest.mark.parametrize(
    "command",
    [
        *(["search", "--help"], ["show", "--help"], ["--help"]),
        *(["trend", "--help"], ["facets", "--help"], ["coverage", "--help"]),
    ],
)
def test_finding_never_loads_the_crawler(command: list[str]) -> None:
    program = (
        "import sys; from crawler.cli import main\n"
        f"sys.argv = ['moit-news', *{command!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = ('twisted', 'scrapy', 'lxml', 'dateparser', 'numpy', 'matplotlib')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


# An SQL text is made of constants and of these: names of tables and columns, question marks for
# values that are bound, and clauses of ours. What a reader, a page or another file says is bound.
HOLES = {
    *("table", "column", "columns", "name", "names", "index", "parent", "schema", "own", "id"),
    *("marks", "_marks", "number"),
    *("where", "order", "same", "changed", "lost", "values", "_values", "verb", "match", "numbers"),
    *("narrowed", "which"),
}
_SQL = re.compile(
    r"\b(?:SELECT|(?:INSERT|REPLACE)(?: OR \w+)? INTO|UPDATE|DELETE FROM|WHERE|PRAGMA|ATTACH|VALUES"
    r"|(?:CREATE|DROP|ALTER) (?:TEMP|TABLE|INDEX|TRIGGER|VIRTUAL|VIEW))\b"
)


def holes(node: ast.AST) -> Iterator[str]:
    """The names of what an SQL text is filled with."""
    match node:
        case ast.JoinedStr():
            pieces = [part.value for part in node.values if isinstance(part, ast.Constant)]
            if _SQL.search(" ".join(map(str, pieces))):
                for part in node.values:
                    if isinstance(part, ast.FormattedValue):
                        yield from named(part.value)
        case ast.Constant(value=str(text)) if _SQL.search(text):
            yield from re.findall(r"(?<!\{)\{(\w*)\}(?!\})", text)


def named(value: ast.AST) -> Iterator[str]:
    """The names in an expression; what our own makers of marks are given is not looked at."""
    match value:
        case ast.Call(func=ast.Name(id=name)):
            yield name if name != "len" else "number"
        case ast.Attribute(attr=name) if name != "join":
            yield name
        case ast.Name(id=name):
            yield name
        case _:
            for child in ast.iter_child_nodes(value):
                yield from named(child)


@pytest.mark.parametrize("folder", ["archive", "crawler"])
def test_sql_is_made_of_names_and_clauses_of_our_own(folder: str) -> None:
    found = {
        (f"{path.relative_to(ROOT)}:{node.lineno}", hole)
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr | ast.Constant)
        for hole in holes(node)
    }

    assert len(found) > 5, "nothing was looked at"
    assert {(at, hole) for at, hole in found if not hole.isupper() and hole not in HOLES} == set()


@pytest.mark.parametrize(
    "statement",
    [
        "f\"SELECT * FROM articles WHERE site = '{site}'\"",
        "f'DELETE FROM frontier WHERE url IN ({\", \".join(urls)})'",
        "'SELECT * FROM {table} WHERE title = {title}'.format(table=table, title=title)",
        "f'UPDATE articles SET title = {article.title}'",
    ],
)
def test_a_value_in_an_sql_text_would_be_noticed(statement: str) -> None:
    found = [hole for node in ast.walk(ast.parse(statement)) for hole in holes(node)]

    assert set(found) - HOLES
