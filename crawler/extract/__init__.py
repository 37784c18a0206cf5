"""A kept page becomes an article: pure, no Scrapy, no disk, no clock."""

from crawler.extract.article import EXTRACTOR, extract

__all__ = ["EXTRACTOR", "extract"]
