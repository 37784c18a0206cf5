"""Labels: the JSON beside a saved page that says what an archive should say of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from archive.models import Article, Page


def label_of(article: Article, page: Page) -> dict[str, Any]:
    """The label that agrees with a reading: a person corrects what was read wrong."""
    return {"url": article.url, "fetched_at": page.fetched_at.isoformat()} | said(article)


def said(article: Article) -> dict[str, Any]:
    """An article in the words of a label."""
    times = {name: getattr(article, name) for name in ("published_at", "modified_at")}
    return {
        "title": article.title,
        "lead": article.lead,
        "blocks": [[block.kind.value, block.text] for block in article.blocks],
        "authors": list(article.authors),
        "published_from": article.published_from and article.published_from.value,
        "section": article.section,
        "sections": list(article.sections),
        "origin": article.origin,
        "tags": list(article.tags),
        "images": [[image.url, image.caption] for image in article.images],
        "attachments": [[one.url, one.title] for one in article.attachments],
        "language": article.language,
        "noarchive": article.noarchive,
        "source": article.source,
    } | {name: at and at.isoformat() for name, at in times.items()}


def contradictions(label: Mapping[str, Any], article: Article) -> Iterator[tuple[str, str]]:
    """The fields that are read otherwise than the label says, with both."""
    for field, got in said(article).items():
        if field in label and label[field] != got:
            yield field, _told(got, label[field])


def _told(got: object, wanted: object) -> str:
    """Two values, or where two lists begin to differ.

    >>> _told(["a", "b"], ["a", "c", "d"])
    "number 2 is read as 'b', but its label says 'c'"
    """
    if not (isinstance(got, list) and isinstance(wanted, list)) or not (got and wanted):
        return f"is read as {_short(got)}, but its label says {_short(wanted)}"
    pairs = enumerate(zip_longest(got, wanted, fillvalue="nothing"), 1)
    place, (one, other) = next(pair for pair in pairs if pair[1][0] != pair[1][1])
    return f"number {place} is read as {_short(one)}, but its label says {_short(other)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
