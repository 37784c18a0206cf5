"""Decides what each paper prints and when: the whole world's articles, reprints and oddities."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.models import VIETNAM, Block, BlockKind
from tests.world.articles import Fate, Quirk, WorldArticle
from tests.world.newsroom import Draft, slug, topics, write

PORTAL, DAILY, WEEKLY = "cong-thuong-mau", "thi-truong-mau", "kinh-te-mau"
PER_PAPER = 120
REPRINTS = 12
DAYS = 60
LATE = 3

# Which article of a paper (counted from the newest) has which oddity.
QUIRKS: dict[str, dict[int, Quirk]] = {
    PORTAL: {7: Quirk.NFD, 12: Quirk.MISSING, 20: Quirk.SLOW, 25: Quirk.DISALLOWED},
    DAILY: {
        3: Quirk.CORRECTED,
        5: Quirk.WITHDRAWN,
        9: Quirk.CUT_OFF,
        14: Quirk.MISSING,
        22: Quirk.DISALLOWED,
        30: Quirk.SLOW,
    },
    WEEKLY: {4: Quirk.NO_H1, 11: Quirk.EMPTY_BODY, 16: Quirk.MISSING, 21: Quirk.DISALLOWED},
}
FATES = {
    Quirk.MISSING: Fate.GONE,
    Quirk.EMPTY_BODY: Fate.UNREADABLE,
    Quirk.CUT_OFF: Fate.FAILED,
    Quirk.DISALLOWED: Fate.REFUSED,
}
CORRECTION = (
    "Đính chính: Bản tin trước đã ghi nhầm một số liệu ở đoạn đầu; "
    "tòa soạn đã sửa lại và thành thật xin lỗi bạn đọc."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Newspaper:
    """What the plan must know of a paper: where it stands and how it forms addresses."""

    slug: str
    name: str
    homepage: str

    def path(self, title: str, section: str, number: int, when: dt.datetime) -> str:
        words = slug(title)
        match self.slug:
            case "cong-thuong-mau":
                return f"/tin-tuc/{slug(section)}/{words}.html"
            case "thi-truong-mau":
                return f"/{words}-777{when:%y%m%d%H%M%S}{number % 1000}.htm"
        return f"/{words}-post{410000 + number}.html"


def moments(dice: random.Random, today: dt.date, count: int) -> list[dt.datetime]:
    """When a paper published, the newest first, in working hours and never twice in a minute."""
    found: set[dt.datetime] = set()
    while len(found) < count:
        day = today - dt.timedelta(days=dice.randint(1, DAYS))
        time = dt.time(dice.randint(6, 21), dice.randint(0, 59))
        found.add(dt.datetime.combine(day, time, VIETNAM))
    return sorted(found, reverse=True)


def drafts(
    dice: random.Random, when: list[dt.datetime], titles: set[str]
) -> Iterator[tuple[dt.datetime, Draft]]:
    """A draft for each moment, the topics in turn, no title twice."""
    names = [name for name in topics() if name != "common"]
    for number, moment in enumerate(when):
        draft = fresh(dice, names[number % len(names)], moment.date(), titles)
        titles.add(slug(draft.title))
        yield moment, draft


def fresh(dice: random.Random, topic: str, day: dt.date, titles: set[str]) -> Draft:
    """A draft under a title not used yet; where a topic has run out of titles, a numbered one."""
    tries = (write(dice, topic, day) for _ in range(30))
    found = next((draft for draft in tries if slug(draft.title) not in titles), None)
    if found is None:
        draft = write(dice, topic, day)
        found = replace(draft, title=f"{draft.title} (tin số {len(titles)})")
    return found


def boxes(dice: random.Random, draft: Draft) -> tuple[int, ...]:
    """One paragraph in six articles stands in a box of its own."""
    places = [n for n, b in enumerate(draft.blocks) if b.kind is BlockKind.PARAGRAPH and n > 1]
    return (dice.choice(places),) if dice.random() < 0.17 else ()


def printed(
    paper: Newspaper, draft: Draft, when: dt.datetime, number: int, quirk: Quirk
) -> WorldArticle:
    path = paper.path(draft.title, draft.section, number, when)
    if quirk is Quirk.DISALLOWED:
        path = "/noi-bo" + path
    return WorldArticle(
        paper=paper.slug,
        path=path,
        url=paper.homepage.rstrip("/") + path,
        title=draft.title,
        lead=draft.lead,
        blocks=draft.blocks,
        authors=(draft.author,),
        published=when,
        modified=when + dt.timedelta(minutes=14),
        section=draft.section,
        tags=draft.tags,
        topic=draft.topic,
        number=number,
        quirk=quirk,
        fate=FATES.get(quirk, Fate.READ),
    )


def reprint(paper: Newspaper, original: WorldArticle, number: int, hours: int) -> WorldArticle:
    """The same text hours later: every second one with its end cut, all with another lead."""
    when = original.published + dt.timedelta(hours=hours, minutes=number % 50)
    blocks = original.blocks[:-1] if number % 2 else original.blocks
    title = original.title if number % 3 else f"{original.title}: Những điểm đáng chú ý"
    path = paper.path(title, original.section, number, when)
    return replace(
        original,
        paper=paper.slug,
        path=path,
        url=paper.homepage.rstrip("/") + path,
        title=title,
        lead="Tin từ cơ quan quản lý: " + original.lead[0].lower() + original.lead[1:],
        blocks=blocks,
        authors=(),
        published=when,
        modified=when + dt.timedelta(minutes=6),
        number=number,
        quirk=Quirk.NONE,
        copy_of=original.url,
        note="Theo Cổng thông tin Công Thương Mẫu",
        boxed=(),
    )


def plan(
    papers: tuple[Newspaper, ...], *, seed: int, today: dt.date, per_paper: int = PER_PAPER
) -> tuple[WorldArticle, ...]:
    """Everything the world prints in its first edition, and (quirk ``LATE``) in its second."""
    dice = random.Random(seed)
    found: list[WorldArticle] = []
    for paper in papers:
        copies = 0 if paper.slug == PORTAL else min(REPRINTS, per_paper // 10)
        when = moments(dice, today, per_paper - copies)
        quirks, titles = QUIRKS[paper.slug], set[str]()
        for number, (moment, draft) in enumerate(drafts(dice, when, titles)):
            article = printed(paper, draft, moment, number, quirks.get(number, Quirk.NONE))
            found.append(replace(article, boxed=boxes(dice, draft)))
        originals = [a for a in found if a.paper == PORTAL and a.quirk is Quirk.NONE]
        chosen = dice.sample(originals, copies)
        found += [
            reprint(paper, original, 500 + n, 2 + dice.randint(0, 9))
            for n, original in enumerate(chosen)
        ]
        found += late(dice, paper, today, titles)
    return tuple(found)


def late(
    dice: random.Random, paper: Newspaper, today: dt.date, titles: set[str]
) -> list[WorldArticle]:
    """What a paper adds in edition 2, on the world's own day."""
    times = [dt.datetime.combine(today, dt.time(7 + n, 15), VIETNAM) for n in range(LATE)]
    return [
        printed(paper, draft, when, 900 + n, Quirk.LATE)
        for n, (when, draft) in enumerate(drafts(dice, times, titles))
    ]


def in_edition(article: WorldArticle, edition: int, today: dt.date) -> WorldArticle | None:
    """The article as an edition has it, ``None`` where that edition does not know it."""
    if edition == 1:
        return None if article.quirk is Quirk.LATE else article
    later = dt.datetime.combine(today, dt.time(8, 40), VIETNAM)
    if article.quirk is Quirk.WITHDRAWN:
        return replace(article, fate=Fate.WITHDRAWN, modified=later)
    if article.quirk is Quirk.CORRECTED:
        first = Block(kind=BlockKind.PARAGRAPH, text=CORRECTION)
        return replace(article, blocks=(first, *article.blocks), modified=later)
    return article
