"""Holds an archive against the world's truth, field by field."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.world.articles import Fate, WorldArticle

# The state in which the frontier must have a URL, by what the world did with its page.
STATES = {
    Fate.READ: ("done", "unchanged"),
    Fate.GONE: ("gone",),
    Fate.WITHDRAWN: ("gone",),
    Fate.UNREADABLE: ("failed",),
    Fate.FAILED: ("failed",),
    Fate.REFUSED: ("refused",),
}


def rows(folder: Path, sql: str, *values: object) -> list[dict[str, Any]]:
    """What the archive of a data folder answers to one question."""
    connection = sqlite3.connect(f"file:{folder / 'archive.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql, values)]
    finally:
        connection.close()


def archived(folder: Path) -> dict[str, dict[str, Any]]:
    """Every article of the archive by its URL."""
    return {row["url"]: row for row in rows(folder, "SELECT * FROM articles")}


def states(folder: Path) -> dict[str, str]:
    return {row["url"]: row["state"] for row in rows(folder, "SELECT url, state FROM frontier")}


def differences(article: WorldArticle, row: dict[str, Any]) -> list[str]:
    """The fields in which the archive says another thing than the paper did."""
    when = row["published_at"] and dt.datetime.fromisoformat(row["published_at"])
    pairs = {
        "title": (row["title"], article.title),
        "lead": (row["lead"], article.lead),
        "text": (row["body"], article.text),
        "time": (when, article.published),
        "zone": (when and when.utcoffset(), article.published.utcoffset()),
        "authors": (tuple(json.loads(row["authors"] or "[]")), article.authors),
        "section": (row["section"], article.section),
        "tags": (tuple(json.loads(row["tags"] or "[]")), article.tags),
        "captions": (captions(row), article.captions),
    }
    return [field for field, (found, true) in pairs.items() if found != true]


def captions(row: dict[str, Any]) -> tuple[str, ...]:
    blocks = json.loads(row["blocks"] or "[]")
    return tuple(block["text"] for block in blocks if block["kind"] == "caption")


def wrong_articles(folder: Path, articles: Iterable[WorldArticle]) -> dict[str, list[str]]:
    """URL -> what is wrong, for every readable article that is missing or not as it was printed."""
    kept = archived(folder)
    found = {
        a.url: differences(a, kept[a.url]) if a.url in kept else ["missing"]
        for a in articles
        if a.fate is Fate.READ
    }
    return {url: wrong for url, wrong in found.items() if wrong}


def wrong_states(folder: Path, articles: Iterable[WorldArticle]) -> dict[str, str | None]:
    """URL -> the frontier's state, where it is not what the page's fate asks for."""
    known = states(folder)
    return {a.url: known.get(a.url) for a in articles if known.get(a.url) not in STATES[a.fate]}


def wrong_stories(folder: Path, articles: Iterable[WorldArticle]) -> dict[str, str | None]:
    """URL -> the first article of its story as the archive has it, where that is not the one that
    it reprints, or where it has a story and neither reprints nor was reprinted."""
    readable = [a for a in articles if a.fate in {Fate.READ, Fate.WITHDRAWN}]
    copies = {a.url: a.copy_of for a in readable if a.copy_of}
    told = copies | {first: first for first in copies.values()}
    sql = (
        "SELECT a.url, f.url AS first FROM stories s JOIN articles a ON a.id = s.article_id"
        " JOIN articles f ON f.id = s.first_id"
    )
    kept = {row["url"]: row["first"] for row in rows(folder, sql)}
    return {url: kept.get(url) for url in told | kept if kept.get(url) != told.get(url)}
