"""newspaper4k, told the language: it reads nothing of some pages when it has to guess."""

from __future__ import annotations

from typing import Any

import newspaper
from decoding import decoded


def read(body: bytes, page: dict[str, str]) -> dict[str, Any]:
    config = newspaper.Config()
    config.language = page["language"]
    config.fetch_images = False
    found = newspaper.Article(page["url"], config=config)
    found.download(input_html=decoded(body))
    found.parse()
    return {
        "title": found.title,
        "lead": found.meta_description,
        "text": found.text,
        "published_at": found.publish_date or None,
        "authors": list(found.authors),
    }
