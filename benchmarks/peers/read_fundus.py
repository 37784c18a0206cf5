"""fundus, which reads the papers that it has a parser for; of ours VnExpress alone."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from decoding import decoded
from fundus import PublisherCollection

PARSERS = {urlsplit(paper.domain).netloc: paper.parser for paper in PublisherCollection.vn}


def read(body: bytes, page: dict[str, str]) -> dict[str, Any]:
    parser = PARSERS.get(urlsplit(page["url"]).netloc)
    if parser is None:
        raise NotImplementedError("no parser for this site")
    found = parser(dt.date.today()).parse(decoded(body), "suppress")  # noqa: DTZ011  # its own habit
    text = found.get("body")
    return {
        "title": found.get("title"),
        "lead": "\n".join(text.summary) if text else None,
        "text": "\n".join(str(section) for section in text.sections) if text else "",
        "published_at": found.get("publishing_date"),
        "authors": list(found.get("authors") or ()),
    }
