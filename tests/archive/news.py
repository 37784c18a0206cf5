"""A small archive for tests: two sites and articles of our own writing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from archive.models import VIETNAM, Article, Block, BlockKind, Page, Source, TimeOrigin
from archive.store import Archive

SEEN = dt.datetime(2024, 6, 1, 8, 0, tzinfo=VIETNAM)
MINISTRY = Source(
    slug="moit", name="Bộ Công Thương", homepage="https://bo.example.vn/", language="vi"
)
PAPER = Source(
    slug="bao-thu", name="Báo Thử Nghiệm", homepage="https://bao.example.vn/", language="vi"
)


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts)


def article(number: int = 1, **changes: object) -> Article:
    """A valid article at https://bo.example.vn/tin/<number>.html with some fields changed."""
    plain = Article(
        url=f"https://bo.example.vn/tin/{number}.html",
        source="moit",
        title=f"Bản tin số {number} về thị trường trong nước",
        lead="Sức mua tại các chợ đầu mối tăng nhẹ so với tuần trước.",
        blocks=paragraphs("Lượng hàng về chợ ổn định.", "Giá rau xanh giảm ở nhiều nơi."),
        published_at=dt.datetime(2024, 5, 2, 7, 15, tzinfo=VIETNAM),
        published_from=TimeOrigin.SHOWN,
        language="vi",
    )
    return replace(plain, **changes)


def page(
    url: str = "https://bo.example.vn/tin/1.html", body: bytes = b"", **changes: object
) -> Page:
    plain = Page(
        url=url,
        final_url=url,
        fetched_at=SEEN,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=body,
    )
    return replace(plain, **changes)


def keep(folder: Path, articles: Iterable[Article]) -> None:
    """A new archive of some articles, each of the site of its source."""
    with new_archive(folder) as archive:
        for said in articles:
            site = "bao-vn" if said.source == PAPER.slug else "bo-vn"
            archive.add(said, site=site, page_id=None, seen_at=SEEN)


def number_of(url: str) -> int:
    """The number that an article was made with, from its address."""
    return int(url.rpartition("/")[2].removesuffix(".html"))


def new_archive(folder: Path) -> Archive:
    """An empty archive open for writing that knows the two sites."""
    archive = Archive.open(folder, write=True)
    archive.put_site(
        slug="bo-vn", name="Cổng thông tin Bộ", homepage=MINISTRY.homepage, source=MINISTRY
    )
    archive.put_site(slug="bao-vn", name="Báo Thử", homepage=PAPER.homepage, source=PAPER)
    return archive
