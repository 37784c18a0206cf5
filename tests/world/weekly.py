# ruff: noqa: E501 - the markup keeps the lines of the pages it is like
"""The weekly without a feed: pages of headlines, bylines below the text, times in words."""

from __future__ import annotations

from archive.models import Block, BlockKind
from tests.world import markup
from tests.world.articles import Quirk, WorldArticle
from tests.world.exchange import Answer, Asked, missing, page
from tests.world.markup import escape
from tests.world.paper import Paper

NAME = "Báo Kinh Tế Mẫu"
PAGE_LENGTH = 20
STORY = (
    '<article class="story"><h2 class="story__heading"><a class="cms-link" href="{path}"'
    ' title="{title}"> {title} </a></h2><div class="story__summary">{lead}</div></article>'
)


class Weekly(Paper):
    def listing(self, asked: Asked) -> Answer | None:
        if asked.path == "/":
            return page(self.headlines(1), self.changed)
        if asked.path == "/tin-moi/":
            number = asked.query.get("page", "1")
            if not number.isdigit() or not 1 <= int(number) <= self.last_page:
                return missing()
            return page(self.headlines(int(number)), self.changed)
        return None

    @property
    def last_page(self) -> int:
        return -(-len(self.articles) // PAGE_LENGTH)

    def headlines(self, number: int) -> str:
        shown = self.articles[(number - 1) * PAGE_LENGTH : number * PAGE_LENGTH]
        rows = "".join(self.headline(article) for article in shown)
        advert = '<article class="story"><h2 class="story__heading"><a class="cms-link" href="https://quang-cao.example/uu-dai.html">Ưu đãi dành cho bạn đọc</a></h2></article>'
        video = '<article class="story"><h2 class="story__heading"><a class="cms-link" href="/truyen-hinh/ban-tin-cuoi-ngay">Bản tin cuối ngày</a></h2></article>'
        following = (
            f'<a rel="next" class="next" href="/tin-moi/?page={number + 1}">Trang sau</a>'
            if number < self.last_page
            else ""
        )
        return f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{NAME}</title></head><body>
<header class="site-header">{markup.menu("menu")}</header>
<div class="timeline">{rows}{advert if number == 1 else ""}{video if number == 1 else ""}</div>
<div class="pagination">{following}</div>
<div class="sidebar"><h3 class="box-heading">Tin đọc nhiều</h3>{markup.links(self.articles[40:45], STORY)}</div>
</body></html>"""

    def headline(self, article: WorldArticle) -> str:
        when = article.published
        time = f'<time class="time" datetime="{when.isoformat()}">{when:%d/%m/%Y %H:%M}</time>'
        return markup.links([article], STORY).replace("</article>", f"{time}</article>")

    def show(self, article: WorldArticle) -> str:
        when = article.published
        day = markup.LONG_WEEKDAYS[when.weekday()]
        return f"""<!DOCTYPE html>
<html lang="vi">
<head>
{self.head(article)}
{markup.script("cmsConfig", 25)}
{markup.style("weekly")}
</head>
<body class="detail-normal">
<header class="site-header">{markup.menu("menu")}</header>
<div class="site-body"><div class="container"><div class="article">
<div class="breadcrumb breadcrumb-detail"> <h2 class="main"> <a href="/{article.topic}/" title="{article.section}" class="active">{article.section}</a> </h2> </div>
<div class="article__header">
{self.heading(article)}
<div class="article__sapo cms-desc"> <p>{escape(article.lead)}</p> </div>
</div>
<div class="article__meta"> <time class="time" datetime="{when.isoformat()}" data-friendly="false">{day}, ngày {when:%d/%m/%Y - %H:%M}</time> <meta class="cms-date" itemprop="datePublished" content="{when.isoformat()}"> </div>
<div class="article__body zce-content-body cms-body" itemprop="articleBody">
{self.body(article)}
</div>
<div class="article-footer">
<div class="related-news"> <h3 class="box-heading"> <span class="title">Tin liên quan </span> </h3> <div class="box-content">{markup.links(self.related(article, 3), STORY)}</div> </div>
<div class="article__tag">{"".join(f'<a class="link" href="/tu-khoa/" title="{tag}">{tag}</a>' for tag in article.tags)}</div>
</div>
<div class="sidebar-right"><h3 class="box-heading">Tin đọc nhiều</h3>{markup.links(self.related(article, 7)[3:], STORY)}</div>
</div></div></div>
<footer class="site-footer"><p>{NAME} - tờ báo mẫu, không có thật.</p></footer>
{markup.script("sda", 25)}
{markup.code("weekly")}
</body>
</html>"""

    def heading(self, article: WorldArticle) -> str:
        if article.quirk is Quirk.NO_H1:
            return f'<div class="headline-plain">{escape(article.title)}</div>'
        return f'<h1 class="article__title cms-title "> {escape(article.title)} </h1>'

    def head(self, article: WorldArticle) -> str:
        ld: dict[str, object] = {
            "@context": "http://schema.org",
            "@type": "NewsArticle",
            "mainEntityOfPage": {"@type": "WebPage", "@id": article.url},
            "headline": article.title,
            "datePublished": article.published.isoformat(),
            "dateModified": article.modified.isoformat(),
            "author": {"@type": "Person", "name": ", ".join(article.authors)},
            "publisher": {"@type": "Organization", "name": NAME},
        }
        return f"""<title>{escape(article.title)}</title>
<meta name="description" content="{escape(article.lead)}"/>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<meta http-equiv="refresh" content="1800" />
<meta name="author" content="{NAME}" /><meta name="robots" content="index, follow, max-image-preview:large" />
<link rel="canonical" href="{article.url}" />
<meta property="og:type" content="article"/><meta property="og:url" content="{article.url}"/>
<meta property="og:title" content="{escape(article.title)}"/><meta property="og:description" content="{escape(article.lead)}"/>
<meta property="article:published_time" content="{article.published.isoformat()}"/>
<meta property="article:section" content="{article.section}" />
{markup.json_ld(ld)}"""

    def body(self, article: WorldArticle) -> str:
        """The text with an empty advert in the middle, then who wrote it or where it is from."""
        if article.quirk is Quirk.EMPTY_BODY:
            return ""
        parts = [block(b, n in article.boxed) for n, b in enumerate(article.blocks)]
        slot = '<div class="sda_middle"> <div id="sdaWeb_SdaArticleMiddle" class="rennab"></div> </div>'
        parts.insert(len(parts) // 2, slot)
        names = ", ".join(article.authors)
        if names:
            parts.append(f'<div class="article__author"> <p class="name">{names}</p> </div>')
        if article.note:
            parts.append(f'<div class="article__source">({article.note})</div>')
        return "\n".join(parts)


def block(one: Block, boxed: bool) -> str:
    match one.kind:
        case BlockKind.TABLE:
            html = markup.table(one, "<p>{}</p>")
        case BlockKind.LIST:
            html = markup.bullets(one)
        case BlockKind.SUBHEADING:
            html = f"<h3>{escape(one.text)}</h3>"
        case BlockKind.CAPTION:
            return f'<table class="picture"><tbody><tr><td class="pic"><img src="/anh.webp" alt=""></td></tr></tbody><caption>{escape(one.text)}</caption></table>'
        case _:
            html = f"<p>{escape(one.text)}</p>"
    return f'<div class="notebox align-center cms-note">{html}</div>' if boxed else html
