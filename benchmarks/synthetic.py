"""Made articles of realistic weight: syllables as frequent, texts as long as those of real papers.

Nobody wrote them and they mean nothing; but a common syllable is as common, a rare one as rare
and a text as long as in Vietnamese news, so that an index works as hard as on real ones. The
same number always makes the same article.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product, zip_longest

import numpy as np
from numpy.typing import NDArray

from archive.models import VIETNAM, Article, Block, BlockKind, TimeOrigin

# The most frequent syllables of Vietnamese prose, in about the order of their frequency.
_FREQUENT = (
    "và của các có công được cho trong là với người những một không đã năm này về nhà từ đến"
    " theo tại trên khi ra để thể sự hàng đồng vào việc chính phát nước trường phải số tế doanh"
    " kinh thành thị quốc bộ sản hiện định đầu dân làm cũng như sẽ đó nghiệp điện giá hội động"
    " nhiều mới quy đang dự tăng xuất khẩu lý án cơ ngày thực trung tháng lực nam việt hợp thương"
    " tư ban hoạt triển chức khu hành mại quan cao đối tin vụ phó ngân qua lượng hóa cấp tổ chủ"
    " thông đảm bảo giao dịch vực gia xã hà nội kế hoạch tỉnh xây dựng nguồn khai"
)
_ONSETS = "b c ch d đ g gi h k kh l m n ng nh ph qu r s t th tr v x"
_RIMES = (
    "a ai am an ang anh ao ap at au ay e em en ê êm ên ênh êt i ia im in inh it iêm iên iêu o oa"
    " oan oi om on ong ô ôi ôm ôn ông ôp ôt ơ ơi ơn ơp u ua ui um un ung uôi uôn uông ư ưa ươi ươn"
    " ương ưu y yên âm ân âng âu ây ăm ăn ăng ăt"
)
TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
SYLLABLES = 6_000
WORDS = 30_000
TOPICS = 120
OF_TOPIC = 500
FIRST_DAY = dt.date(2015, 1, 1)
A_DAY = 24
SITES = ("bao-mot", "bao-hai", "bao-ba", "bao-bon", "bao-nam", "bao-sau")
SECTIONS = ("Thời sự", "Kinh doanh", "Năng lượng", "Thị trường", "Xuất nhập khẩu", "Chính sách")
NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MEAN_WORDS, SPREAD = 400, 0.5

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Language:
    """All words with how likely each is up to and with it, and the words of each topic."""

    words: list[str]
    heap: NDArray[np.float64]
    topics: Numbers


@cache
def _language() -> _Language:
    dice = np.random.default_rng(1)
    rare = [_syllable(*parts) for parts in product(_ONSETS.split(), _RIMES.split(), TONES)]
    dice.shuffle(rare)
    syllables = list(dict.fromkeys([*_FREQUENT.split(), *rare]))[:SYLLABLES]
    often = _heap(SYLLABLES, 12.0, 1.1)
    pairs = np.searchsorted(often, dice.random((WORDS, 2)))
    compounds = [f"{syllables[a]} {syllables[b]}" for a, b in pairs]
    # Where there is one left, every third word is a syllable of its own: of, and, in, …
    thirds = zip_longest(syllables, compounds[::2], compounds[1::2])
    words = [word for third in thirds for word in third if word]
    topics = dice.integers(100, len(words), (TOPICS, OF_TOPIC))
    return _Language(words, _heap(len(words), 15.0, 1.05), topics)


def _syllable(onset: str, rime: str, tone: str) -> str:
    return unicodedata.normalize("NFC", onset + rime[0] + tone + rime[1:])


def _heap(size: int, shift: float, power: float) -> NDArray[np.float64]:
    """Zipf's law as Mandelbrot corrected it, summed up."""
    sums: NDArray[np.float64] = np.cumsum(1.0 / (np.arange(size) + shift) ** power)
    sums /= sums[-1]
    return sums


def articles(count: int, first: int = 0) -> Iterator[tuple[str, Article]]:
    """Site and article, `count` of them from number `first` on, in the order of their days."""
    for number in range(first, first + count):
        yield SITES[number % len(SITES)], article(number)


def article(number: int) -> Article:
    dice = np.random.default_rng([7, number])
    site = SITES[number % len(SITES)]
    topic = _language().topics[int(dice.integers(TOPICS))]
    words = _drawn(
        dice, topic, max(30, int(MEAN_WORDS * np.exp(SPREAD * dice.normal() - SPREAD**2 / 2)))
    )
    title = _sentence(_drawn(dice, topic, int(dice.integers(5, 9)), of_topic=0.75))[:-1]
    lead = _sentence(_drawn(dice, topic, 22, of_topic=0.5))
    day = FIRST_DAY + dt.timedelta(days=number // A_DAY)
    name = f"{NAMES[number % 10]} {_language().words[300 + int(dice.integers(400)) * 3].title()}"
    return Article(
        url=f"https://{site}.example.vn/{number}.html",
        source=site,
        title=title,
        lead=lead,
        blocks=tuple(_blocks(dice, words, number)),
        authors=(name,),
        published_at=dt.datetime(day.year, day.month, day.day, 7, number % 60, tzinfo=VIETNAM),
        published_from=TimeOrigin.SHOWN,
        section=SECTIONS[int(dice.integers(len(SECTIONS)))],
        language="vi",
    )


def _drawn(
    dice: np.random.Generator, topic: Numbers, size: int, *, of_topic: float = 0.22
) -> Sequence[str]:
    """Words of the language, some of them out of the few that the topic prefers."""
    language = _language()
    drawn = np.searchsorted(language.heap, dice.random(size))
    # The same few come again and again in one text: squared, small numbers are likelier.
    preferred = topic[(dice.random(size) ** 2 * OF_TOPIC).astype(np.int64)]
    chosen = np.where(dice.random(size) < of_topic, preferred, drawn)
    words = language.words
    return [words[n] for n in chosen.tolist()]


def _sentence(words: Sequence[str]) -> str:
    text = " ".join(words)
    return text[:1].upper() + text[1:] + "."


def _blocks(dice: np.random.Generator, words: Sequence[str], number: int) -> Iterator[Block]:
    """Paragraphs of three sentences; numbers, a legal document and a name here and there."""
    lengths = dice.integers(9, 22, len(words) // 9 + 1).tolist()
    sentences, at = [], 0
    for length in lengths:
        if at < len(words):
            half = at + length // 2
            clauses = [" ".join(words[at:half]), " ".join(words[half : at + length])]
            sentences.append(_sentence([", ".join(filter(None, clauses))]))
            at += length
    cited = f"{number % 90 + 1}/{2010 + number % 15}/TT-BCT"
    sentences.insert(1, f"Theo Thông tư {cited}, mức giá là {number % 9000 + 1000:,} đồng.")
    for start in range(0, len(sentences), 3):
        yield Block(kind=BlockKind.PARAGRAPH, text=" ".join(sentences[start : start + 3]))
