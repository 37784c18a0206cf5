"""How we get it: a Scrapy project that collects pages and hands them to the archive."""
