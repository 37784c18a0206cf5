"""trafilatura, asked for minutes and zones, without comments and tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import trafilatura

TOMORROW = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).strftime("%Y-%m-%d")
DATES = {
    "original_date": True,
    "extensive_search": True,
    "outputformat": "%Y-%m-%dT%H:%M:%S%z",
    "max_date": TOMORROW,
}
MANNERS = {
    "balanced": {},
    "fast": {"fast": True},
    "precision": {"favor_precision": True},
    "recall": {"favor_recall": True},
}


def read(body: bytes, page: dict[str, str], manner: str) -> dict[str, Any]:
    found = trafilatura.bare_extraction(
        body,
        url=page["url"],
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        date_extraction_params=dict(DATES),
        **MANNERS[manner],
    )
    if found is None:
        raise ValueError("no text found")
    return {
        "title": found.title,
        "lead": found.description,
        "text": found.text,
        "published_at": found.date,
        "authors": found.author.split("; ") if found.author else [],
    }
