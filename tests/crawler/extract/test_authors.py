from __future__ import annotations

import pytest

from crawler.extract.authors import is_byline, people


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Theo Bùi Hải Yến"], ("Bùi Hải Yến",)),
        (["Tác giả: Hạ Vy"], ("Hạ Vy",)),
        (["Bài, ảnh: Mạc Quân - Lê Trực"], ("Mạc Quân", "Lê Trực")),
        (["KIM NGÂN", "LÊ TRỰC", "kim ngân"], ("KIM NGÂN", "LÊ TRỰC")),
        (["Vũ Ngọc Mai và Hội An"], ("Vũ Ngọc Mai",)),
        (["Lê Tỉnh Lê Tỉnh"], ("Lê Tỉnh",)),
        (["TP"], ("TP",)),
        (["Hoài Nam "], ("Hoài Nam",)),
        (["An Minh (tổng hợp)"], ("An Minh",)),
        (["Nguyễn Văn A; Trần B"], ("Nguyễn Văn A", "Trần B")),
        (["Minh Trí/TTXVN"], ("Minh Trí",)),
        (["Minh Trí/VOV-Tây Nguyên"], ("Minh Trí",)),
    ],
)
def test_people_are_named(texts: list[str], expected: tuple[str, ...]) -> None:
    assert people(texts) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Theo TTXVN",
        "Báo Ví Dụ",
        "Tuổi Trẻ Online",
        "vidu.vn",
        "https://www.facebook.com/vidu",
        "toasoan@vidu.vn",
        "và 1 tác giả khác",
        "Ban Thời sự",
        "Trang Ví Dụ",
        "Reuters",
        "Thứ Ba",
        "",
        "Một câu rất dài không phải là tên của bất kỳ ai trong toà soạn này cả",
    ],
)
def test_what_is_no_person_is_left_out(text: str) -> None:
    assert people([text], ("Trang Ví Dụ",)) == ()


def test_a_paragraph_is_no_byline() -> None:
    assert not is_byline("Giá điện bán lẻ bình quân giữ nguyên")
    assert is_byline("Ái Như (tổng hợp)")
