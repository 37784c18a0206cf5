"""The site files of the three papers, as a user of the program would write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.world.plan import Newspaper

PORTAL_FILE = """\
name = "{name}"
homepage = "{homepage}"
article_url = '/(?:noi-bo/)?tin-tuc/[a-z0-9-]+/[a-z0-9-]+\\.html$'
evidence = "The demo world's portal: a JSON API lists, ?page=N on the category page is ignored."
articles_per_week = 14
drop = [".frame-tinlquan", ".col-right"]
date_formats = ["%d/%m/%Y | %H:%M"]

[fields]
title = "h1.article-title"
lead = "div.article-brief"
body = "div.article-content.common-content"
published = "span.post-date"
authors = "div.aritcle-author"
section = "ol.breadcrumb li.last-item a"
tags = "div.article-tags a.tag-news"
captions = "figure.image figcaption"

[politeness]
delay = 0.01
timeout = 20

[[listings]]
kind = "api"
method = "POST"
url = "{homepage}api/Content/Article/selectAll"
pages = 10
items = "items"
link = "rewriteURL"
title = "title"
date = "publishTime"

[listings.form]
categoryId = "700100"
pageNo = "{{page}}"
itemsPerPage = "40"
orderBy = "publishTime DESC"
type = "Article.News"
"""

DAILY_FILE = """\
name = "{name}"
homepage = "{homepage}"
family = "vccorp"
article_url = '-777\\d{{12,15}}\\.htm$'
evidence = "The demo world's daily: a feed of 20, a sitemap index with a map a month."
articles_per_week = 14
lead_prefixes = ['\\({name}\\) - ']

[politeness]
delay = 0.01
timeout = 20

[[listings]]
kind = "feed"
url = "{homepage}rss/home.rss"
date_format = "%m/%d/%Y %I:%M:%S %p"

[[listings]]
kind = "sitemap"
url = "{homepage}sitemap.xml"
pages = 12
"""

WEEKLY_FILE = """\
name = "{name}"
homepage = "{homepage}"
family = "epi"
article_url = '-post\\d+\\.html$'
evidence = "The demo world's weekly: pages of headlines only, twenty each."
articles_per_week = 14

[politeness]
delay = 0.01
timeout = 20

[[listings]]
kind = "headlines"
url = "{homepage}tin-moi/?page={{page}}"
pages = 10
items = ".timeline article.story"
link = "h2.story__heading a@href"
title = "h2.story__heading a"
date = "time@datetime"
"""

FILES = {
    "cong-thuong-mau": PORTAL_FILE,
    "thi-truong-mau": DAILY_FILE,
    "kinh-te-mau": WEEKLY_FILE,
}


def write(folder: Path, papers: Sequence[Newspaper]) -> Path:
    """One TOML file a paper; the folder is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for paper in papers:
        text = FILES[paper.slug].format(name=paper.name, homepage=paper.homepage)
        (folder / f"{paper.slug}.toml").write_text(text, encoding="utf-8")
    return folder
