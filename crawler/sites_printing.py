"""What `moit-news sites` prints: tables, findings, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any

from archive.printing import printable
from archive.tables import print_table
from crawler.check import FIELDS, Finding, PageReading
from crawler.site import Site

if TYPE_CHECKING:
    from crawler.draft import Draft
    from crawler.live_check import LiveReading
    from crawler.new_site import Written

LIST_HEADER = (
    *("site", "name", "family", "listings", "kept", "articles", "last new", "last crawl"),
    "evidence",
)
CHECK_HEADER = ("field", "found", "by", "for example")


def print_list(rows: Sequence[Mapping[str, Any]], out: IO[str]) -> None:
    """The sites, one a row."""
    print_table(LIST_HEADER, [_row(row) for row in rows], out)


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    listings = ", ".join(f"{count} {kind}" for kind, count in row["listings"].items())
    articles = "-" if row["articles"] is None else str(row["articles"])
    return (
        *(row["slug"], row["name"], row["family"] or "-", listings or "-", row["keep"] or "text"),
        *(articles, _minute(row["last_new"]), _minute(row["last_crawl"])),
        row["evidence"] or "-",
    )


def _minute(time: str | None) -> str:
    return (time or "-")[:16].replace("T", " ")


def print_check(
    site: Site,
    pages: Sequence[PageReading],
    findings: Sequence[Finding],
    asked: LiveReading | None,
    out: IO[str],
) -> None:
    """A site's fields as they were read, then what looks wrong."""
    listed = f"; {asked.links} articles on {asked.listing}" if asked and asked.listing else ""
    out.write(f"{site.slug}: {_count(pages)}{listed}\n")
    if pages:
        print_table(CHECK_HEADER, _by_field(pages), out)
    for finding in findings:
        where = f" ({finding.url})" if finding.url else ""
        out.write(printable(f"! {finding.field}: {finding.what}{where}") + "\n")
    out.write("\n" if findings else "nothing looks wrong\n\n")


def _count(pages: Sequence[PageReading]) -> str:
    return "1 page" if len(pages) == 1 else f"{len(pages)} pages"


def _by_field(pages: Sequence[PageReading]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for field in FIELDS:
        found = [one for page in pages for one in page.fields if one.field == field and one.value]
        layers = " | ".join(dict.fromkeys(one.layer or "-" for one in found))
        example = found[0].value or "" if found else ""
        rows.append((field, f"{len(found)} of {len(pages)}", layers, example))
    return rows


def as_object(
    site: Site, pages: Sequence[PageReading], findings: Sequence[Finding]
) -> dict[str, Any]:
    """The same as JSON can hold it."""
    return {
        "site": site.slug,
        "pages": [
            {"url": page.url, "fields": [asdict(field) for field in page.fields]} for page in pages
        ],
        "findings": [asdict(finding) for finding in findings],
    }


def next_steps(draft: Draft, written: Written) -> Iterator[str]:
    """What was written, and what a person does with it."""
    slug, golden = draft.slug, written.golden
    yield f"site file   {written.toml}"
    yield f"saved page  {written.page} (the paper's words: never for tests/)"
    yield f"its label   {written.label}"
    yield f"golden page {golden or 'none: its skeleton does not read as the page does'}\n"
    yield "Next:"
    yield f"  1. Correct the site file; `moit-news sites show {slug}` shows what it makes."
    yield (
        "  2. Correct the label where the page says otherwise, then "
        f"`moit-news sites check {slug}` until they agree."
    )
    yield f"  3. `moit-news sites check {slug} --live` reads three more articles."
    yield f"  4. `moit-news crawl {slug} --limit 5`"
    yield (
        f"  5. Move {golden.parent if golden else 'a page of that structure'} to "
        f"tests/sites/{slug}/, with your own words and an address of your own."
    )
    if draft.article.noarchive:
        yield f"  6. The page asks not to be archived: remove {written.page.parent} then."
    if not draft.listed:
        yield "No listing names articles yet: see the site file."
