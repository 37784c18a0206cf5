"""An archive for the tests of the web face: articles of all kinds, hostile ones among them."""

import datetime as dt

from archive.models import VIETNAM, Attachment, Block, BlockKind
from tests.archive.news import SEEN, article, page, paragraphs

HOSTILE = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


def changed(archive) -> None:
    """An article of two texts that was away for a day, and is away again."""
    day = dt.timedelta(days=1)
    for number, text in enumerate(("đông", f"vắng {HOSTILE}")):
        said = paragraphs(f"Chợ phiên vùng cao sáng nay và cả chiều qua người mua kẻ bán {text}")
        born = dt.datetime(2022, 1, 2, tzinfo=VIETNAM)
        tale = article(6, title="Chợ phiên", blocks=said, published_at=born)
        archive.add(tale, site="bo-vn", page_id=None, seen_at=SEEN + number * day)
    archive.withdraw(tale.url, SEEN + 2 * day, reason="the site answers 410")
    archive.add(tale, site="bo-vn", page_id=None, seen_at=SEEN + 3 * day)
    archive.withdraw(tale.url, SEEN + 4 * day, reason=f"the page says: {HOSTILE}")


def fill(archive) -> None:
    table = (("Tuyến", "Dài"), ("Bản Cao", "12,5"))
    power = article(
        1,
        title="Điện lực miền núi sửa lưới",
        section="Năng lượng",
        sections=("Kinh tế", "Năng lượng"),
        blocks=(
            *paragraphs("Thợ <b>điện</b> leo cột."),
            Block(kind=BlockKind.TABLE, text="", rows=table),
        ),
    )
    bad = article(
        2,
        title=HOSTILE,
        lead=HOSTILE,
        section=HOSTILE,
        sections=(HOSTILE, HOSTILE),
        blocks=paragraphs(f"Chuyện lạ {HOSTILE}"),
        authors=(HOSTILE,),
        tags=(HOSTILE,),
        attachments=(Attachment(url="javascript:alert(1)", title="Tệp"),),
    )
    words = article(3, title="Diễn đàn: lực sĩ", source="bao-thu", published_at=None)
    asked = page("https://bo.example.vn/tin/luoi-dien.html", final_url=power.url)
    archive.add(power, site="bo-vn", page_id=None, seen_at=SEEN, page=asked)
    archive.add(bad, site="bo-vn", page_id=None, seen_at=SEEN)
    archive.add(words, site="bao-vn", page_id=None, seen_at=SEEN)
    number = article(4, title="Thông tư 38/2016/TT-BCT", source="bao-thu")
    archive.add(number, site="bao-vn", page_id=None, seen_at=SEEN)
    archive.add(article(5, blocks=(), title="Chỉ có tên"), site="bo-vn", page_id=None, seen_at=SEEN)
    for day in range(1, 8):
        coal = article(
            day + 10,
            title="Than đá vào kho" if day == 1 else "Than xuống núi, đá lên đồi",
            published_at=dt.datetime(2023, 3, day, tzinfo=VIETNAM),
        )
        archive.add(coal, site="bao-vn", page_id=None, seen_at=SEEN)
    changed(archive)
    archive.connection.execute(
        "INSERT INTO frontier (url, site, state, found_at, found_on)"
        " VALUES ('javascript:alert(1)', 'bo-vn', 'ignored', '2024', ?)",
        (HOSTILE,),
    )


POWER, BAD, NUMBER, FORUM = 202405020001, 202405020002, 202405020003, 202406010001
