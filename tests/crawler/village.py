# ruff: noqa: E501 - the markup keeps the lines of the pages it is like
"""A paper whose content system nobody knows: its own class names among those of a style kit.

``python -m tests.crawler.village 8104`` serves it on 127.0.0.1 until it is ended.
"""

from __future__ import annotations

import datetime as dt
import signal
import sys

from archive.models import VIETNAM
from tests.crawler.server import Answer, Server

NAME = "Báo Làng Nghề"
# What one would write into its site file.
FIELDS = {
    "title": "h1.tieu-de-bai",
    "lead": "h2.tom-tat",
    "body": "div.noi-dung-bai",
    "published": "span.gio-dang",
    "authors": "span.nguoi-viet",
    "tags": "div.tu-khoa a",
}
HOME_LINK = '<link rel="alternate" type="application/rss+xml" href="/tin-moi.rss">'
# Days ago: what was published must lie in the past whenever the tests run.
NEWEST = dt.datetime.now(VIETNAM).replace(microsecond=0, second=0) - dt.timedelta(days=2)
CRAFTS = ("gốm", "lụa", "chiếu cói", "nón lá", "mây tre", "đúc đồng", "tranh dân gian", "giấy dó")
AUTHORS = ("Tống Thị Nga", "Lò Văn Páo", "Cù Minh Triết", "Đàm Thu Hiên")


def title(number: int) -> str:
    return f"Làng {CRAFTS[number % len(CRAFTS)]} số {number} tìm lại khách đặt hàng dịp cuối năm"


def published(number: int) -> dt.datetime:
    return NEWEST - dt.timedelta(hours=7 * number)


def author(number: int) -> str:
    return AUTHORS[number % len(AUTHORS)]


def path(number: int) -> str:
    return f"/lang-nghe/lang-so-{number}-tim-lai-khach-dat-hang-{700100 + number}.htm"


def paragraphs(number: int) -> list[str]:
    craft = CRAFTS[number % len(CRAFTS)]
    return [
        f"Từ đầu tháng, các hộ làm {craft} ở làng số {number} đã nhận lại đơn của bảy cửa hàng.",
        f"Ông trưởng làng kể rằng thợ trẻ nghề {craft} về quê nhiều hơn năm ngoái hai mươi người.",
        "Hợp tác xã dự định mở một lớp dạy nghề buổi tối và góp tiền mua chung lò sấy chạy điện.",
    ]


def article(number: int) -> bytes:
    """No JSON-LD and no time in the metadata: only what a reader sees tells anything."""
    text = "".join(f'<p class="mb-4 text-base">{one}</p>' for one in paragraphs(number))
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
<title>{title(number)} | {NAME}</title><meta property="og:title" content="{title(number)}">
<meta property="og:site_name" content="{NAME}">{HOME_LINK}</head><body class="css-1k2j3h">
<div class="flex px-4 menu-chinh"><a href="/lang-nghe">Làng nghề</a> <a href="/cho-que">Chợ quê</a></div>
<div class="container css-9zx81a" id="bai-{700100 + number}">
<div class="mt-2 dau-bai"><h1 class="text-2xl font-bold tieu-de-bai">{title(number)}</h1>
<div class="flex gap-2 thong-tin-bai"><span class="text-sm nguoi-viet">{author(number)}</span>
<span class="text-sm gio-dang">{published(number):%d/%m/%Y %H:%M}</span></div></div>
<h2 class="font-semibold tom-tat">Sau một mùa vắng, làng nghề số {number} lại sáng đèn đến khuya.</h2>
<div class="prose mx-auto noi-dung-bai">{text}</div>
<div class="tu-khoa"><a href="/tk/lang-nghe">làng nghề</a><a href="/tk/don-hang">đơn hàng</a></div>
<div class="tin-khac"><a href="{path(number + 1)}">{title(number + 1)}</a></div>
</div></body></html>""".encode()


def front(numbers: range) -> bytes:
    stories = "".join(
        f'<div class="flex p-2 muc-tin"><h3 class="ten-tin"><a href="{path(n)}">{title(n)}</a></h3>'
        f'<span class="luc-dang">{published(n):%d/%m/%Y %H:%M}</span></div>'
        for n in numbers
    )
    return f"""<!DOCTYPE html><html><head><title>{NAME}</title>{HOME_LINK}</head><body>
<div class="menu-chinh"><a href="/lang-nghe">Làng nghề</a><a href="/cho-que">Chợ quê</a></div>
<div class="danh-sach">{stories}</div><a class="trang" href="/?trang=2">2</a></body></html>""".encode()


def feed(numbers: range, home: str) -> bytes:
    rows = "".join(
        f"<item><title>{title(n)}</title><link>{home.rstrip('/')}{path(n)}</link>"
        f"<pubDate>{published(n):%d/%m/%Y %H:%M}</pubDate></item>"
        for n in numbers
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{rows}</channel></rss>'.encode()


def publish(server: Server, numbers: range) -> None:
    """Puts the paper on a server: articles, front page, feed, a sitemap that robots.txt names."""
    for number in numbers:
        server.answers[path(number)] = Answer(body=article(number))
    server.answers["/"] = Answer(body=front(numbers))
    server.answers["/tin-moi.rss"] = Answer(body=feed(numbers, server.home))
    rows = "".join(f"<url><loc>{server.home.rstrip('/')}{path(n)}</loc></url>" for n in numbers)
    server.answers["/so-do.xml"] = Answer(body=f"<urlset>{rows}</urlset>".encode())
    server.answers["/robots.txt"] = Answer(
        body=f"User-agent: *\nDisallow: /kin/\nSitemap: {server.home}so-do.xml\n".encode()
    )


def main() -> None:
    with Server(port=int(sys.argv[1])) as server:
        publish(server, range(12))
        print(f"{server.home.rstrip('/')}{path(3)}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
