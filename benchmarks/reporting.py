"""Writes a table into its place in docs/benchmarks.md."""

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def write_section(name: str, text: str) -> None:
    """Puts a text between the marks `<!-- name begins -->` and `<!-- name ends -->`."""
    page = PAGE.read_text("utf-8")
    marks = f"<!-- {name} begins -->", f"<!-- {name} ends -->"
    pattern = re.compile(f"{marks[0]}.*?{marks[1]}", re.DOTALL)
    whole = f"{marks[0]}\n{text}\n{marks[1]}"
    if not pattern.search(page):
        raise SystemExit(f"{PAGE} has no place for it: add {marks[0]} and {marks[1]}")
    PAGE.write_text(pattern.sub(lambda _: whole, page), "utf-8")
