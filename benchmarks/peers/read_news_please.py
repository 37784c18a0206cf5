"""news-please, given the page instead of downloading it."""

from __future__ import annotations

from typing import Any

from decoding import decoded
from newsplease import NewsPlease


def read(body: bytes, page: dict[str, str]) -> dict[str, Any]:
    found = NewsPlease.from_html(decoded(body), url=page["url"], fetch_images=False)
    return {
        "title": found.title,
        "lead": found.description,
        "text": found.maintext,
        "published_at": found.date_publish,
        "authors": list(found.authors or ()),
    }
