"""readability-lxml, which finds title and text and nothing more."""

from __future__ import annotations

from typing import Any

from decoding import decoded
from lxml import html
from readability import Document


def read(body: bytes, page: dict[str, str]) -> dict[str, Any]:
    found = Document(decoded(body), url=page["url"])
    text = html.fromstring(found.summary(html_partial=True))
    return {
        "title": found.short_title(),
        "lead": None,
        "text": "\n".join(str(piece) for piece in text.itertext()),
        "published_at": None,
        "authors": [],
    }
