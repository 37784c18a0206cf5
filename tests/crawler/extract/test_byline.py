"""Names that no class calls an author's."""

from __future__ import annotations

import pytest

from tests.crawler.extract.pages import OTHER, SENTENCE, article_page, read

TEXT = f"<p>{SENTENCE}</p><p>{OTHER}</p>"
TIME = "<span>08:05 08/09/2026</span>"


@pytest.mark.parametrize(
    ("before", "after", "authors"),
    [
        (f"<div><span>Vũ Đức Long</span>{TIME}</div>", "", ("Vũ Đức Long",)),
        (f"<div>{TIME}<a href='/a'>Vũ Đức Long</a></div>", "", ("Vũ Đức Long",)),
        (f"<div>{TIME}</div>", "<div><b>Tác giả:</b> Hạ Vy</div>", ("Hạ Vy",)),
        (f"<div>{TIME}</div>", "<p>Theo Bùi Hải Yến</p>", ("Bùi Hải Yến",)),
        # Neither a place nor a section, a paper, or an invitation.
        (f"<div><span>Hà Nội</span>{TIME}</div>", "", ()),
        (f"<div><a href='/k'>Kinh Tế</a>{TIME}</div>", "<a href='/k'>Kinh Tế</a>", ()),
        (f"<div>{TIME}<span>Chia sẻ bài viết</span></div>", "<p>Theo dõi chúng tôi</p>", ()),
        (f"<div>{TIME}</div>", "<p>Theo TTXVN</p>", ()),
    ],
)
def test_the_words_before_or_the_time_beside_tell(
    before: str, after: str, authors: tuple[str, ...]
) -> None:
    page = article_page(TEXT + "</div><div>" + after, before=before)

    assert read(page).authors == authors


def test_metadata_is_believed_before_a_name_beside_the_time() -> None:
    head = '<meta name="author" content="Lê Thị Hồng">'
    page = article_page(TEXT, head, before=f"<div><span>Vũ Đức Long</span>{TIME}</div>")

    assert read(page).authors == ("Lê Thị Hồng",)


@pytest.mark.parametrize(
    ("box", "authors"),
    [("Đào Khánh Ngọc", ("Đào Khánh Ngọc",)), ("Vũ Đức Long", ("Khánh Ngọc",))],
)
def test_a_signature_is_completed_by_a_fuller_name(box: str, authors: tuple[str, ...]) -> None:
    signed = "<p style='text-align:right'><b>Khánh Ngọc</b></p>"
    page = article_page(TEXT + signed, before=f"<div class='author'>{box}</div>")

    assert read(page).authors == authors
