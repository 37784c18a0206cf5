# ruff: noqa: E501 - the markup keeps the lines of the pages it is like
"""The daily with feeds and sitemaps: a CMS that puts related boxes into the article's body."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from archive.models import Block, BlockKind
from tests.world import markup
from tests.world.articles import Quirk, WorldArticle
from tests.world.exchange import Answer, Asked, as_xml, page
from tests.world.markup import escape, hexed
from tests.world.paper import Paper

NAME = "Báo Thị Trường Mẫu"
FEED_LENGTH = 20
XML = '<?xml version="1.0" encoding="UTF-8"?>'
SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
RELATED_BOX = """<div class="VCSortableInPreviewMode alignCenter" type="RelatedNewsBox" relatednewsboxtype="type-4" data-style="align-center"><div class="kbwscwl-relatedbox type-4"><ul class="kbwscwlr-list">{items}</ul></div></div>"""
RELATED_ITEM = """<li class="kbwscwlrl"><h4 class="kbwscwlrl-title clearfix"><span class="kbwscwlrl-label">Tham khảo thêm</span><a class="title link-callout" href="{path}" title="{title}">{title}</a></h4></li>"""
RELATED_ONE = """<div type="RelatedOneNews" class="VCSortableInPreviewMode"><a href="{path}" class="OneNewsTitle">{title}</a><p class="VCObjectBoxRelatedNewsItemSapo">{lead}</p></div>"""
TEASER = """<div class="box-category-item"><h3><a class="box-category-link-title" data-type="0" href="{path}" title="{title}">{title}</a></h3><p class="box-category-sapo">{lead}</p></div>"""


class Daily(Paper):
    def listing(self, asked: Asked) -> Answer | None:
        match asked.path:
            case "/":
                return page(self.front(), self.changed)
            case "/rss/home.rss":
                return as_xml(self.feed(), self.changed)
            case "/sitemap.xml":
                return as_xml(self.sitemap_index(), self.changed)
            case "/latest-news-sitemap.xml":
                return as_xml(self.news_sitemap(), self.changed)
        for (year, month), articles in self.months().items():
            if asked.path == f"/sitemaps/sitemaps-{year}-{month}.xml":
                return as_xml(self.sitemap(articles), max(a.modified for a in articles))
        return None

    def months(self) -> dict[tuple[int, int], list[WorldArticle]]:
        grouped = groupby(self.articles, key=lambda a: (a.published.year, a.published.month))
        return {month: list(articles) for month, articles in grouped}

    def front(self) -> str:
        rows = markup.links(self.articles[:15], TEASER)
        return f"<!DOCTYPE html><html lang='vi'><head><title>{NAME}</title></head><body>{markup.menu('header')}{rows}</body></html>"

    def feed(self) -> str:
        """RSS as this CMS writes it: dates M/D/YYYY on a 12-hour clock, without a zone."""
        entries = "".join(
            f"<item><title><![CDATA[{a.title}]]></title><description><![CDATA[({NAME}) - {a.lead}]]>"
            f"</description><link><![CDATA[{a.url}]]></link><pubDate>{odd_date(a.published)}</pubDate></item>"
            for a in self.articles[:FEED_LENGTH]
        )
        return f"""{XML}<rss version="2.0"><channel><title><![CDATA[Trang chủ - RSS Feed]]></title><link><![CDATA[{self.homepage}]]></link><language>vi-vn</language><lastBuildDate>{odd_date(self.changed)}</lastBuildDate><ttl>50</ttl>{entries}</channel></rss>"""

    def sitemap_index(self) -> str:
        """Months without a leading zero, and the news sitemap that alone has the newest."""
        maps = "".join(
            f"<sitemap><loc>{self.homepage}sitemaps/sitemaps-{year}-{month}.xml</loc>"
            f"<lastmod>{max(a.modified for a in articles).isoformat()}</lastmod></sitemap>"
            for (year, month), articles in self.months().items()
        )
        news = f"<sitemap><loc>{self.homepage}latest-news-sitemap.xml</loc></sitemap>"
        return f"{XML}<sitemapindex {SITEMAP}>{news}{maps}</sitemapindex>"

    def sitemap(self, articles: list[WorldArticle]) -> str:
        rows = "".join(
            f"<url><loc>{a.url}</loc><lastmod>{a.modified.isoformat()}</lastmod><changefreq>daily</changefreq></url>"
            for a in articles
        )
        # The first entries are no articles, and their times are when the map was made.
        made = self.changed.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        front = "".join(
            f"<url><loc>{self.homepage}{path}</loc><lastmod>{made}</lastmod></url>"
            for path in ("", "video/", "photo/trang-1.htm")
        )
        return f"{XML}<urlset {SITEMAP}>{front}{rows}</urlset>"

    def news_sitemap(self) -> str:
        rows = "".join(
            f"<url><loc>{a.url}</loc><news:news><news:publication><news:name>{NAME}</news:name>"
            f"<news:language>vi</news:language></news:publication><news:publication_date>{a.published.isoformat()}"
            f"</news:publication_date><news:title>{escape(a.title)}</news:title></news:news></url>"
            for a in self.articles[:FEED_LENGTH]
        )
        return f'{XML}<urlset {SITEMAP} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'

    def show(self, article: WorldArticle) -> str:
        return f"""<!DOCTYPE html>
<html lang="vi"><head>
{self.head(article)}
{markup.script("pageSettings", 40)}
{markup.style("daily")}
</head><body class="detail-page">
<header class="header">{markup.menu("header__nav")}</header><input type="hidden" name="hdZoneId" id="hdZoneId" value="21" />
<div class="detail-container"><div class="detail-mcontent">
<div class="detail-breadcrumb"> <ul> <li> <a href="/kinh-te.htm" title="{hexed(article.section)}" data-role="cate-name"> {hexed(article.section)} </a> </li> </ul> </div>
<h1 class="detail-title" data-role="title">{hexed(article.title)}</h1>
<h2 class="detail-sapo" data-role="sapo"> ({NAME}) - {escape(article.lead)} </h2>
<div class="detail-info"> <div class="detail-author-top"> {self.byline(article)} </div> <div class="detail-time"> <div data-role="publishdate"> {article.published:%d/%m/%Y} <span class="icon"><svg width="5" height="6" viewBox="0 0 5 6"><circle cx="2.5" cy="3" r="2.5"></circle></svg></span> {article.published:%H:%M} </div> </div> </div>
<div class="detail-content afcbc-body clearfix" data-role="content">
{self.body(article)}
</div>
{self.origin(article)}
<div class="detail-tab"> <ul class="detail-tag-list">{"".join(f'<li><a href="/tu-khoa.htm" title="{tag}">{tag}</a></li>' for tag in article.tags)}</ul> </div>
<div class="detail-related"><div class="title">Tin liên quan</div>{markup.links(self.related(article, 8)[5:], TEASER)}</div>
</div></div>
<footer class="footer"><p>{NAME} - tờ báo mẫu, không có thật.</p></footer>
{markup.script("admicroAD", 40)}
{markup.code("daily")}
</body></html>
"""

    def head(self, article: WorldArticle) -> str:
        ld: dict[str, object] = {
            "@context": "http://schema.org",
            "@type": "NewsArticle",
            "mainEntityOfPage": {"@type": "WebPage", "@id": article.url},
            "headline": hexed(article.title),
            "description": hexed(article.lead),
            "datePublished": article.published.isoformat(),
            "dateModified": article.modified.isoformat(),
            "author": {"@type": "Person", "name": ""},
            "publisher": {"@type": "Organization", "name": NAME},
        }
        return f"""<meta charset="utf-8"><title>{hexed(article.title)}</title>
<meta name="description" content="{hexed(article.lead)}" />
<meta property="og:type" content="website" /><meta property="og:title" content="{hexed(article.title)}" />
<meta property="og:url" content="{article.url}" /><link rel="canonical" href="{article.url}" />
<meta property="article:published_time" content="{article.published.isoformat()}" />
<meta property="article:modified_time" content="{article.modified.isoformat()}" />
{markup.json_ld(ld)}"""

    def byline(self, article: WorldArticle) -> str:
        return "".join(f'<a class="name" href="/tac-gia.htm">{a}</a>' for a in article.authors)

    def origin(self, article: WorldArticle) -> str:
        return f'<p class="source" data-field="source"> {article.note}</p>' if article.note else ""

    def body(self, article: WorldArticle) -> str:
        """Blocks with a box of related news in the middle and a card at the end."""
        parts = [block(b, n in article.boxed, n) for n, b in enumerate(article.blocks)]
        box = RELATED_BOX.format(items=markup.links(self.related(article, 2), RELATED_ITEM))
        parts.insert(len(parts) // 2, box)
        parts.append(markup.links(self.related(article, 3)[2:], RELATED_ONE))
        return "" if article.quirk is Quirk.EMPTY_BODY else "".join(parts)


def odd_date(when: dt.datetime) -> str:
    """``9/5/2026 1:30:00 PM``, in the paper's own time."""
    return f"{when.month}/{when.day}/{when.year} {when.hour % 12 or 12}:{when:%M:%S %p}"


def block(one: Block, boxed: bool, number: int) -> str:
    match one.kind:
        case BlockKind.TABLE:
            html = markup.table(one, "{}")
        case BlockKind.LIST:
            html = markup.bullets(one)
        case BlockKind.SUBHEADING:
            html = f"<h2><b>{escape(one.text)}</b></h2>"
        case BlockKind.CAPTION:
            picture = f'<div><img src="/anh/{number}.jpg" alt="Ảnh {number}." data-original="/anh/{number}.jpg"></div>'
            return f'<figure class="VCSortableInPreviewMode" type="Photo">{picture}<figcaption class="PhotoCMS_Caption"><p data-placeholder="Nhập chú thích ảnh">{escape(one.text)}</p></figcaption></figure>'
        case _:
            html = f"<p>{escape(one.text)}</p>"
    if boxed:
        return f'<div class="VCSortableInPreviewMode" type="content"><div>{html}</div></div>'
    return html
