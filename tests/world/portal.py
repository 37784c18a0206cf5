# ruff: noqa: E501 - the markup keeps the lines of the pages it is like
"""The ministry-like portal: its CMS lists by a JSON API and keeps two times on each page."""

from __future__ import annotations

import datetime as dt

from archive.models import Block, BlockKind
from tests.world import markup
from tests.world.articles import Quirk, WorldArticle
from tests.world.exchange import Answer, Asked, as_json, missing, page
from tests.world.markup import escape
from tests.world.paper import Paper

NAME = "Cổng thông tin Công Thương Mẫu"
CATEGORY = "700100"
API = "/api/Content/Article/selectAll"
JUSTIFIED = '<p dir="ltr" style="text-align:justify;">'
RELATED = (
    '<article class="article-news article-news-title"> <div class="article-title common-title" >'
    '<a href="{path}" title="{title}">  {title}</a></div> </article>'
)
ASIDE = (
    '<article class="article-news Article-News"><div class="first-news"><div class="post-image">'
    '<a class="article-img common-img" href="{path}" title="{title}"></a></div>'
    '<div class="article-title common-title"><a href="{path}">{title}</a></div>'
    '<div class="article-brief">{lead}</div></div></article>'
)


class Portal(Paper):
    def listing(self, asked: Asked) -> Answer | None:
        if asked.path == API:
            return self.api(asked) if asked.method == "POST" else missing(405)
        if asked.path in ("/", "/tin-tuc"):
            # The number of the page is not looked at: every page is the first.
            return page(self.category(), self.changed)
        return None

    def api(self, asked: Asked) -> Answer:
        """What the CMS answers: an object keyed by id, an empty list where there is nothing."""
        form = asked.form
        if form.get("categoryId") != CATEGORY or form.get("type") != "Article.News":
            return as_json({"items": [], "totalItems": 0})
        size = max(1, int(form.get("itemsPerPage") or 10))
        start = (max(1, int(form.get("pageNo") or 1)) - 1) * size
        shown = self.articles[start : start + size]
        entries: dict[str, dict[str, object]] = {
            f"{70110000 + a.number}": {
                "title": a.title,
                "rewriteURL": a.path,
                "publishTime": str(int(a.published.timestamp())),
                "brief": a.lead,
            }
            for a in shown
        }
        if shown and start == 0:
            entries["70999999"] = {
                "title": "Phóng sự ảnh: Một ngày ở cửa khẩu",
                "rewriteURL": "/thu-vien-anh/mot-ngay-o-cua-khau-a12",
                "publishTime": str(int(shown[0].published.timestamp())),
                "brief": "",
            }
        items: object = entries or []
        return as_json({"items": items, "totalItems": len(self.articles)}, self.changed)

    def category(self) -> str:
        rows = markup.links(self.articles[:10], ASIDE)
        return f"<!DOCTYPE html><html lang='vi'><head><title>Tin tức</title></head><body>{markup.menu('nav')}<section class='section-list'>{rows}</section></body></html>"

    def show(self, article: WorldArticle) -> str:
        return f"""
<!DOCTYPE html><html lang="vi"><head>
{self.head(article)}
{markup.script("dataLayer", 20)}
{markup.style("portal")}
</head><body style="padding:0px;margin:0px;">
<div class="region-top"><div class="header-top-base clearfix">{markup.menu("navigation-menu-default-type1")}</div></div>
<div class="pathway-category"> <ol class="breadcrumb clearfix" itemprop="breadcrumb"> <li class="first-item"> <a href="/" title="Trang chủ"><i class="fas fa-home"></i> Trang chủ</a> </li> <li class="last-item" typeof="v:Breadcrumb"> <a href="/tin-tuc" title="{article.section}">{article.section}</a> <meta itemprop="position" content="1" /> </li> </ol></div>
<div id="whole-page" class="container"><div class="col-left col-xs-12 col-md-8 col-sm-8">
{self.main(article)}
<div class="panel panel-default frame-chung frame-tinlquan" id="panel-26"> <div class="panel-heading"> <h3 class="panel-title"> Tin liên quan </h3> </div> <div class="panel-body"><section class="section-list ">
{markup.links(self.related(article, 6), RELATED)}
</section></div></div></div>
<div class="col-right col-xs-12 col-md-4 col-sm-4"><div class="panel panel-primary frame-chung"> <div class="panel-heading"><h3 class="panel-title"><a href="/tin-tuc">Hoạt động</a></h3></div> <div class="panel-body"><section class="section-list ">
{markup.links(self.related(article, 9)[6:], ASIDE)}
</section></div></div></div></div>
<footer class="footer"><p>Trang thử nghiệm, mọi tin bài đều do máy soạn ra.</p><p>Địa chỉ: 127.0.0.1 - Điện thoại: 000</p></footer>
{markup.script("VHV", 30)}
{markup.code("portal")}
</html>
"""

    def head(self, article: WorldArticle) -> str:
        brief = escape(article.lead[:130] + " ...")
        stamp = f"{article.modified:%Y-%m-%dT%H:%M:%S}+0700"
        return f"""<title>{escape(article.title)}</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
<meta name="description" content="{brief}"/>
<meta name="keywords" content="{escape(", ".join(article.tags))}"/>
<meta name="Author" content="{NAME}" />
<meta property="og:type" content="article" /><meta property="og:site_name" content="{NAME}" />
<meta property="og:url" content="{article.url}"/><link rel="canonical" href="{article.url}" />
<meta property="og:image" content="{self.homepage}upload/{article.published:%Y%m%d}/{article.number}.jpg"/>
<meta name="title" property="og:title" content="{escape(article.title)}"/>
<meta content="vi-VN" itemprop="inLanguage"/><meta property="article:published_time"  itemprop="datePublished" content="{stamp}" /><meta itemprop="dateCreated" content="{stamp}" />
<meta name="DC.Title" content="{escape(article.title)}" /><meta name="DC.Date" content="{article.modified:%Y-%m-%d}+07{article.modified:%M:%H:%S}" />
<meta name="DC.Publisher" content="{NAME}" /><meta name="DC.Creator" content="Biên tập viên trực" />
<meta property="og:description" content="{brief}"/>"""

    def main(self, article: WorldArticle) -> str:
        body = "" if article.quirk is Quirk.EMPTY_BODY else "".join(map(block, article.blocks))
        tags = "\n , ".join(
            f'<a href="/tag/{tag}" title="{tag}" class="tag-news" rel="dofollow">{tag}</a>'
            for tag in article.tags
        )
        return f"""<article id="article25" class="article-new new-detail-layout-type-2 mb-20"> <header class="clearfix">
<span class="post-date left">{shown(article.published)}</span>
<div class="block_share pull-right"> <a href="javascript:void(0);" class="custom-font">A<sup>-</sup></a> <a href="javascript:void(0);" title="Tăng tương phản"><img src="/App/images/nhat.png" alt="Tăng tương phản"></a></div>
</header> <div class="article-content"> <div class="block-core-a3"> <h1 class="article-title common-title-detail title-detail ">{escape(article.title)}</h1> <div class="social-connect clearfix mb-15"> </div>
<div class="article-brief common-brief mb-10 clearfix font-size-text"><p style="text-align:justify;"><b>{escape(article.lead)}</b></p></div> </div> <div class="block-core-a5">
<div class="article-content font-size-text clearfix common-content mb-20">{body}</div> <hr>
<div class="aritcle-author author"> <span><i class="fa fa-user"></i> <b>Tác giả:</b></span>  {escape(", ".join(article.authors))} </div>
<div class="article-tags tags mt-10"> <span><i class="fa fa-tag"></i> <b>Tags:</b></span>  {tags} </div> </div> </div> </article>"""


def shown(when: dt.datetime) -> str:
    """``Thứ 5, 09/07/2026 | 15:19``."""
    day = markup.WEEKDAYS[when.weekday()]
    return f'{day}, {when:%d/%m/%Y}<span class="drash"> | </span>{when:%H:%M}'


def block(one: Block) -> str:
    """A block as the portal's editors leave it: spacers, bold subheadings, lists as paragraphs."""
    match one.kind:
        case BlockKind.TABLE:
            cells = markup.table(one, '<p dir="ltr" style="text-align:center;">{}</p>')
            return f"<div style='overflow-x:auto'>{cells}</div><p> </p>"
        case BlockKind.CAPTION:
            picture = '<img src="/upload/2026/anh.jpg" alt="">'
            return f'<figure class="image">{picture}<figcaption>{escape(one.text)}</figcaption></figure>'
        case BlockKind.SUBHEADING:
            return f"{JUSTIFIED}<b>{escape(one.text)}</b></p>"
        case BlockKind.LIST:
            return markup.bullets(one)
    return f"{JUSTIFIED}{escape(one.text)}</p>"
