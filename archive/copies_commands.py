"""`copies` and `stories`: who repeated whom, and what each changed."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import IO

import click

from archive.cli import Command
from archive.copies import Told, besides, shingle_count, told
from archive.folder import data_folder
from archive.printing import as_json as to_json
from archive.printing import printable
from archive.store import Archive, explained
from archive.tables import print_table

NOT_TOLD = ("lead", "body")
HEADER = ("", "published", "source", "kept", "out", "in", "title")
SENTENCES_SHOWN = 40


@click.command(cls=Command)
@click.argument("article", metavar="URL|ID")
@click.option("--sentences", is_flag=True, help="Each sentence that a copy left out or put in.")
@click.option("--json", "as_json", is_flag=True, help="The whole story as JSON.")
def copies(article: str, sentences: bool, as_json: bool) -> None:
    """List the articles that repeat an article, or that it repeats.

    The first published stands first. `kept` is how much of its text a copy keeps, `out` and `in`
    are the sentences that it left out and put in. A copy repeats words and figures: the price
    bulletins of two weeks are none.
    """
    with Archive.open(data_folder()) as archive, explained(archive.path):
        asked = archive.article(article)
        story = told(archive.connection, asked["id"])
        others = besides(archive.connection, asked["id"])
        size = shingle_count(archive.connection, asked["id"])
    if as_json:
        click.echo(to_json(_as_values(story, others)))
        return
    if not story:
        click.echo(_why_none(size), err=True)
    else:
        _print_story(story, asked["id"], sys.stdout)
    if sentences:
        _print_sentences(story)
    for row in others:
        share = f"{row['shared']:.0%} of the shorter text"
        click.echo(f"\nshares {share} with {_name(row)}: {printable(row['title'])}")
        click.echo(f"     {printable(row['url'])}  ({row['id']})")


@click.group()
def stories() -> None:
    """The stories that articles which repeat each other make."""


@stories.command()
def rebuild() -> None:
    """Look for copies among all articles that were not yet looked at.

    For an archive that was begun before copies were found, and after an update that changes how
    they are. May be interrupted and called again: it goes on where it was.
    """
    from archive.keeping_commands import watched
    from archive.lock import take_lock
    from archive.stories import rebuild as rebuild_stories

    folder = data_folder()
    with take_lock(folder, "a crawl"), Archive.open(folder, write=True) as archive:
        with watched("articles") as watch, explained(archive.path):
            done = rebuild_stories(archive.connection, lambda done, of: watch("articles", done, of))
        sql = "SELECT count(*), count(DISTINCT first_id) FROM stories"
        linked, firsts = archive.connection.execute(sql).fetchone()
    click.echo(f"{done:,} articles looked at; {linked:,} stand in {firsts:,} stories")


def _why_none(size: int | None) -> str:
    from archive.minhash import FEWEST_SHINGLES

    if size is None:
        return "it was not yet looked at: run `moit-news stories rebuild` once"
    if size < FEWEST_SHINGLES:
        return "its text is too short to tell copies from what merely sounds alike"
    return "no article is kept that repeats it, or that it repeats"


def _as_values(story: Sequence[Told], others: Sequence[sqlite3.Row]) -> dict[str, object]:
    articles = [
        {key: value for key, value in dict(each.row).items() if key not in NOT_TOLD}
        | {"is_first": each.changes is None, "changes": each.changes and asdict(each.changes)}
        for each in story
    ]
    first = story[0].row["id"] if story else None
    return {"first": first, "articles": articles, "besides": [dict(row) for row in others]}


def _print_story(story: Sequence[Told], asked: int, out: IO[str]) -> None:
    rows = [_row(number, each, asked) for number, each in enumerate(story, 1)]
    print_table(HEADER, rows, out, numbers={"kept", "out", "in"})
    out.write("\n")
    for number, each in enumerate(story, 1):
        gone = ", withdrawn" if each.row["withdrawn_at"] else ""
        out.write(f"{number:>3}  {printable(each.row['url'])}  ({each.row['id']}{gone})\n")


def _row(number: int, each: Told, asked: int) -> tuple[str, ...]:
    row, change = each.row, each.changes
    when = (row["published_at"] or row["first_seen_at"])[:16].replace("T", " ")
    place = f"{number}{'*' if row['id'] == asked else ''}"
    if change is None:
        return place, when, _name(row), "first", "", "", row["title"]
    title = row["title"] if change.title_changed else "the same title"
    out, put_in = len(change.removed), len(change.added)
    counts = (f"-{out}" if out else "", f"+{put_in}" if put_in else "")
    return place, when, _name(row), f"{change.kept:.0%}", *counts, title


def _print_sentences(story: Sequence[Told]) -> None:
    for number, each in enumerate(story, 1):
        if (change := each.changes) is None:
            continue
        click.secho(f"\n{number}  {_name(each.row)}", bold=True)
        if not change.removed and not change.added:
            click.echo("  every sentence is the first article's, and none is missing")
        for sign, colour, found in (("-", "red", change.removed), ("+", "green", change.added)):
            for sentence in found[:SENTENCES_SHOWN]:
                click.secho(f"  {sign} {printable(sentence)}", fg=colour)
            if len(found) > SENTENCES_SHOWN:
                click.echo(f"  {sign} and {len(found) - SENTENCES_SHOWN} more; --json has all")


def _name(row: sqlite3.Row) -> str:
    """A source as one names it, with the origin that the article states."""
    keys = row.keys()
    origin = row["origin"] if "origin" in keys else None
    return printable(row["source_name"] + (f" (from {origin})" if origin else ""))
