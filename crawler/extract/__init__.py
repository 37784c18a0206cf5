"""A kept page becomes an article: pure, no Scrapy, no disk, no clock."""
