# ruff: noqa: E501 - a form's sentences are long
"""What papers do to each other's texts, and what only looks like it: made by a seeded dice.

A base text takes its sentences from all of the world's topics, so that two of them share a sentence
by chance at most. Bulletins and reports are each week's filling of one form.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from archive.models import VIETNAM, Article
from tests.archive.news import paragraphs
from tests.world.newsroom import topics
from tests.world.phrases import Cast, decimal, sentence_case, thousands

FIRST_DAY = dt.date(2023, 1, 5)
NOTE = (
    "Lời tòa soạn: Bài viết dưới đây được đăng lại với sự đồng ý của cơ quan giữ bản quyền; "
    "tòa soạn đặt lại tít và lược bớt một vài chi tiết cho phù hợp với bạn đọc."
)
FOOTER = (
    "Bạn đọc có thể gửi ý kiến về hộp thư của tòa soạn hoặc để lại bình luận bên dưới. "
    "Mọi hành vi sao chép nội dung phải ghi rõ nguồn."
)
# Words of an editor's own, none of them a number.
OTHER_WORDS = [
    "cũng",
    "vẫn",
    "đang",
    "từng",
    "khá",
    "rất",
    "nhiều",
    "ít",
    "lớn",
    "nhỏ",
    "mới",
    "cũ",
    "riêng",
    "chung",
    "sớm",
    "muộn",
    "gần",
    "xa",
    "hẳn",
    "liền",
    "bèn",
    "song",
    "nhưng",
    "hoặc",
    "bởi",
    "do",
    "nên",
    "để",
    "cùng",
    "với",
    "theo",
    "về",
    "tại",
    "trong",
    "ngoài",
    "trên",
    "dưới",
]
_OLD_STYLE = {"òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "òe": "oè", "óe": "oé",
              "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ"}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A text of paragraphs as some paper prints it."""

    title: str
    lead: str
    paragraphs: tuple[str, ...]
    published: dt.datetime

    @property
    def syllables(self) -> int:
        return len(" ".join((self.lead, *self.paragraphs)).split())

    def article(self, url: str, source: str = "moit") -> Article:
        return Article(
            url=url,
            source=source,
            title=self.title,
            lead=self.lead or None,
            blocks=paragraphs(*self.paragraphs),
            published_at=self.published,
            language="vi",
        )


Edit = Callable[[random.Random, Text], Text]


@cache
def sentences() -> tuple[tuple[str, str], ...]:
    """Every sentence template of the world with its topic."""
    found = []
    for name, topic in sorted(topics().items()):
        for part in (topic, *topic.get("angles", ())):
            for key in ("body", "openings", "quotes", "leads", "context", "closings"):
                found += [(name, template) for template in part.get(key, ())]
    return tuple(found)


def base(dice: random.Random, number: int, syllables: int = 600) -> Text:
    """One of many texts that have next to nothing in common."""
    day = FIRST_DAY + dt.timedelta(days=number)
    filled: list[str] = []
    length = 0
    for topic, template in dice.sample(sentences(), 40):
        # A cast for each sentence: what a sentence names, it names alone.
        filled.append(Cast(dice, day, topics()[topic].get("words")).fill(template))
        length += len(filled[-1].split())
        if length >= syllables:
            break
    title = " ".join(dice.choice(filled).split()[:12])
    return Text(
        title=title,
        lead=filled[0],
        paragraphs=tuple(filled[1:]),
        published=dt.datetime.combine(day, dt.time(7, number % 60), VIETNAM),
    )


def title_changed(dice: random.Random, text: Text) -> Text:
    return replace(text, title=" ".join(dice.choice(text.paragraphs).split()[-9:]))


def last_third_cut(dice: random.Random, text: Text) -> Text:
    return replace(text, paragraphs=_first_part(text.paragraphs, text.syllables * 2 // 3, text))


def half_cut(dice: random.Random, text: Text) -> Text:
    return replace(text, paragraphs=_first_part(text.paragraphs, text.syllables // 2, text))


def noted(dice: random.Random, text: Text) -> Text:
    return replace(text, paragraphs=(NOTE, *text.paragraphs, FOOTER))


def reworded(dice: random.Random, text: Text, share: float = 0.05) -> Text:
    def word(one: str) -> str:
        return dice.choice(OTHER_WORDS) if dice.random() < share else one

    def words(one: str) -> str:
        return " ".join(map(word, one.split()))

    return replace(
        text,
        title=words(text.title),
        lead=words(text.lead),
        paragraphs=tuple(map(words, text.paragraphs)),
    )


def shouted(dice: random.Random, text: Text) -> Text:
    """Upper case, and the marks of tone where older spelling puts them (hoà, thuỷ)."""

    def old(one: str) -> str:
        for new_style, old_style in _OLD_STYLE.items():
            one = re.sub(f"(?<!q){new_style}\\b", old_style, one)
        return one.upper()

    return replace(
        text, title=old(text.title), lead=old(text.lead),
        paragraphs=tuple(map(old, text.paragraphs)),
    )  # fmt: skip


def heavily_edited(dice: random.Random, text: Text) -> Text:
    """One sentence in five out, 8 of 100 syllables other ones, a note and a footer."""
    parts = [re.split(r"(?<=[.!?”]) (?=[A-ZĐ“])", one) for one in text.paragraphs]
    kept = [" ".join(s for s in part if dice.random() >= 0.2) for part in parts]
    return noted(dice, reworded(dice, replace(text, paragraphs=tuple(filter(None, kept))), 0.08))


LIGHT: dict[str, Edit] = {
    "title changed": title_changed,
    "last third cut": last_third_cut,
    "note and footer": noted,
    "5 % reworded": reworded,
    "upper case, old tone marks": shouted,
}
HEAVY: dict[str, Edit] = {"half cut": half_cut, "heavy edit": heavily_edited}


def reprint(edit: Edit, dice: random.Random, text: Text) -> Text:
    """A text as another paper prints it hours later."""
    later = text.published + dt.timedelta(minutes=dice.randint(20, 2000))
    return replace(edit(dice, text), published=later)


def fuel_bulletins(dice: random.Random, count: int, moves: float = 1.0) -> Iterator[Text]:
    """Each week's price bulletin, one form; with few moves, most prices stay from week to week."""
    prices = {name: dice.randint(300, 480) * 50 for name in _FUELS}
    previous = FIRST_DAY
    for number in range(count):
        day = FIRST_DAY + dt.timedelta(days=7 * (number + 1))
        steps = {n: dice.randint(-18, 18) * 20 if dice.random() < moves else 0 for n in _FUELS}
        prices = {name: price + steps[name] for name, price in prices.items()}
        yield _bulletin(dice, day, previous, prices, steps)
        previous = day


_FUELS = (
    "xăng E5RON92", "xăng RON95-III", "dầu điêzen 0.05S", "dầu hỏa", "dầu madút 180CST 3.5S",
)  # fmt: skip
_UNITS = ("lít", "lít", "lít", "lít", "kg")


def _bulletin(
    dice: random.Random, day: dt.date, before: dt.date,
    prices: dict[str, int], steps: dict[str, int],
) -> Text:  # fmt: skip
    date, last = f"{day.day}/{day.month}/{day.year}", f"{before.day}/{before.month}"
    rows = [
        f"{name[0].upper() + name[1:]}: {_moved(steps[name], unit)} so với giá cơ sở hiện hành, "
        f"không cao hơn {thousands(prices[name])} đồng/{unit};"
        for name, unit in zip(_FUELS, _UNITS, strict=True)
    ]
    world = [
        f"{decimal(dice.uniform(70, 118), 3)} USD/thùng {name} ({_sign(dice)} "
        f"{decimal(dice.uniform(0.1, 6), 3)} USD/thùng, tương đương {decimal(dice.uniform(0.1, 7), 2)}%)"
        for name in _FUELS
    ]
    if not any(steps.values()):
        world = [f"giá {name} không thay đổi đáng kể" for name in _FUELS]
    return Text(
        title=f"Điều hành giá xăng dầu ngày {date}",
        lead=f"Liên Bộ Công Thương - Tài chính công bố giá bán lẻ xăng dầu áp dụng từ 15 giờ ngày {date}.",
        paragraphs=(
            f"Thị trường xăng dầu thế giới kỳ điều hành lần này (từ ngày {last} đến ngày {date}) chịu ảnh hưởng của "
            "các yếu tố: xung đột kéo dài tại một số khu vực sản xuất dầu mỏ, quyết định về sản lượng của nhóm nước xuất "
            "khẩu dầu, nhu cầu của các nền kinh tế lớn và tồn kho thương mại thay đổi qua các tuần. Các yếu tố này khiến "
            "giá xăng dầu trong những ngày vừa qua có phiên tăng, phiên giảm tùy từng mặt hàng.",
            f"Bình quân giá thành phẩm xăng dầu thế giới giữa kỳ điều hành giá ngày {last} và kỳ điều hành ngày {date} là: "
            + "; ".join(world) + ".",
            "Trước diễn biến giá xăng dầu thế giới, biến động tỷ giá và các quy định hiện hành, Liên Bộ quyết định tiếp tục "
            "không trích lập, không chi sử dụng Quỹ bình ổn giá xăng dầu đối với các mặt hàng xăng, dầu điêzen, dầu hỏa và "
            "dầu madút nhằm bảo đảm hài hòa lợi ích giữa các chủ thể tham gia thị trường.",
            "Thực hiện trích lập và chi sử dụng Quỹ như trên, giá bán các mặt hàng xăng dầu tiêu dùng phổ biến như sau:",
            *rows,
            "Phương án điều hành giá nêu trên nhằm góp phần bảo đảm giá trong nước có biến động phù hợp với giá thế giới, "
            "duy trì mức chênh lệch giữa giá xăng sinh học và xăng khoáng ở mức hợp lý để khuyến khích sử dụng xăng sinh học, "
            "hài hòa lợi ích của người dân, doanh nghiệp và tiếp tục hỗ trợ thị trường.",
            "Bộ Công Thương sẽ phối hợp với các cơ quan chức năng tăng cường kiểm tra, giám sát việc thực hiện trách nhiệm "
            "bảo đảm nguồn cung cho thị trường của các thương nhân và sẽ xử lý nghiêm các hành vi vi phạm, nếu có.",
        ),
        published=dt.datetime.combine(day, dt.time(15, dice.randint(0, 59)), VIETNAM),
    )  # fmt: skip


def _moved(step: int, unit: str) -> str:
    if not step:
        return "giữ nguyên"
    return f"{'tăng' if step > 0 else 'giảm'} {thousands(abs(step))} đồng/{unit}"


def _sign(dice: random.Random) -> str:
    return dice.choice(("tăng", "giảm"))


def market_reports(dice: random.Random, count: int) -> Iterator[Text]:
    """Each day's report of a market: one form whose sentences come in some choice and order."""
    for number in range(count):
        day = FIRST_DAY + dt.timedelta(days=number)
        date = f"{day.day}/{day.month}"
        goods = dice.sample(_GOODS, 7)
        lines = [
            f"Giá {good} tại {dice.choice(_PLACES)} {_sign(dice)} {dice.randint(2, 60) * 50} đồng/kg, "
            f"giao dịch quanh mức {thousands(dice.randint(150, 3000) * 50)} đồng/kg; lượng hàng về chợ "
            f"khoảng {dice.randint(12, 240)} tấn, {_sign(dice)} {dice.randint(2, 30)}% so với phiên trước."
            for good in goods
        ]
        dice.shuffle(lines)
        yield Text(
            title=sentence_case(f"thị trường hàng hóa ngày {date}: giá {goods[0]} {_sign(dice)}"),
            lead=f"Theo ghi nhận ngày {date}, giá nhiều mặt hàng nông sản tại các chợ đầu mối biến động trái chiều.",
            paragraphs=(
                *lines,
                f"Chỉ số giá chung của phiên đạt {decimal(dice.uniform(900, 1400), 2)} điểm, giá trị giao dịch "
                f"{thousands(dice.randint(900, 9000))} tỷ đồng. Các thương nhân cho biết sức mua chưa có nhiều thay đổi, "
                "người bán chủ động điều chỉnh lượng hàng theo nhu cầu của từng khu vực.",
            ),
            published=dt.datetime.combine(day, dt.time(17, dice.randint(0, 59)), VIETNAM),
        )  # fmt: skip


_GOODS = (
    "gạo tẻ", "cà phê nhân xô", "hồ tiêu", "cao su", "thịt lợn hơi", "gà công nghiệp", "cá tra",
    "tôm thẻ", "sầu riêng", "thanh long", "chuối", "bắp cải", "cà chua", "hành tím", "tỏi",
)  # fmt: skip
_PLACES = ("Hà Nội", "Cần Thơ", "Đà Nẵng", "Nghệ An", "Đắk Lắk", "Đồng Nai", "An Giang", "Gia Lai")


def shared_leads(dice: random.Random, count: int) -> Iterator[tuple[Text, Text]]:
    """Two different texts under one agency's lead of 50 syllables."""
    for number in range(count):
        one, two = base(dice, number), base(dice, number)
        lead = " ".join(" ".join((one.lead, *one.paragraphs)).split()[:50])
        yield replace(one, lead=lead), replace(two, lead=lead)


def same_events(dice: random.Random, count: int) -> Iterator[tuple[Text, Text]]:
    """Two papers' own texts about one event: the same people, places and figures."""
    names = [name for name in sorted(topics()) if name != "common"]
    for number in range(count):
        topic = topics()[names[number % len(names)]]
        day = FIRST_DAY + dt.timedelta(days=number)
        cast = Cast(dice, day, topic.get("words"))
        pool = [template for name, template in sentences() if name == names[number % len(names)]]
        dice.shuffle(pool)
        half = len(pool) // 2
        yield tuple(_told(cast, part, day) for part in (pool[:half], pool[half:]))


def _told(cast: Cast, templates: list[str], day: dt.date) -> Text:
    filled = [cast.fill(template) for template in templates[:14]]
    return Text(
        title=" ".join(filled[0].split()[:12]), lead=filled[0], paragraphs=tuple(filled[1:]),
        published=dt.datetime.combine(day, dt.time(9), VIETNAM),
    )  # fmt: skip


def _first_part(paragraphs: tuple[str, ...], syllables: int, text: Text) -> tuple[str, ...]:
    left = syllables - len(text.lead.split())
    kept = []
    for one in paragraphs:
        words = one.split()[: max(0, left)]
        left -= len(words)
        if words:
            kept.append(" ".join(words))
    return tuple(kept)
