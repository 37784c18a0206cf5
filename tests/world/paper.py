"""A paper answers requests; what its pages look like, a subclass says."""

from __future__ import annotations

import datetime as dt
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from tests.world.articles import Quirk, WorldArticle
from tests.world.exchange import Answer, Asked, missing, page

ROBOTS = """\
User-agent: *
Disallow: /noi-bo/
Disallow: /tim-kiem
Allow: /

User-agent: BadBot
Disallow: /
"""
SLOW_SECONDS = 2.5


class Paper(ABC):
    """One paper in one edition: its articles, the newest first, and how it shows them."""

    def __init__(self, homepage: str, articles: Sequence[WorldArticle]) -> None:
        self.homepage = homepage.rstrip("/") + "/"
        self.articles = sorted(articles, key=lambda a: a.published, reverse=True)

    @abstractmethod
    def show(self, article: WorldArticle) -> str:
        """The article's page."""

    @abstractmethod
    def listing(self, asked: Asked) -> Answer | None:
        """The answer to a request for a listing, ``None`` where the path is none."""

    @cached_property
    def by_path(self) -> dict[str, WorldArticle]:
        return {article.path: article for article in self.articles}

    @cached_property
    def changed(self) -> dt.datetime:
        """When the listings last changed."""
        return max(article.modified for article in self.articles)

    def related(self, article: WorldArticle, count: int = 3) -> list[WorldArticle]:
        """Other articles for the boxes beside and inside an article, always the same."""
        others = [a for a in self.articles if a.path != article.path and a.quirk is Quirk.NONE]
        start = article.number * 7 % max(1, len(others))
        return (others + others)[start : start + count]

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(body=ROBOTS.encode(), kind="text/plain; charset=utf-8")
        return self.listing(asked) or self.article(asked.path)

    def article(self, path: str) -> Answer:
        article = self.by_path.get(path)
        if article is None or article.quirk is Quirk.MISSING:
            return missing()
        if article.fate == "withdrawn":
            return missing(410)
        text = self.show(article)
        if article.quirk is Quirk.NFD:
            text = unicodedata.normalize("NFD", text)
        answer = page(text, article.modified)
        return replace(
            answer,
            delay=SLOW_SECONDS if article.quirk is Quirk.SLOW else 0.0,
            cut=article.quirk is Quirk.CUT_OFF,
        )
