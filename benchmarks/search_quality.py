"""How often a search finds the article that somebody remembers, and how high.

    python -m benchmarks.search_quality [--write]

Each query has the articles that answer it: known items by title, by four syllables that only that
article has side by side (typed with accents and without), by the number of a legal document, and
topics, whose answers are the articles written on them. The articles are those of the demo's three
papers, which repeat their sentences often, and made ones. MRR is the mean of 1 / the place of the
first answer among 20; recall is the share of answers among the first 20, of at most 20.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from archive.models import VIETNAM, Article, Source
from archive.store import Archive
from archive.text import fold, syllables
from benchmarks.finding import Engine, Ours, PlainFts5, rows_of
from benchmarks.peers.serving import Row
from benchmarks.reporting import write_section
from benchmarks.search_peers import TANTIVY, written
from benchmarks.synthetic import articles

WORLD, MADE, EACH = 1_200, 1_500, 40
GOALS = {"title": 0.95, "title, no accents": 0.95, "four syllables": 0.8}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A query as it is typed, and the ids of the articles that answer it."""

    kind: str
    typed: str
    answers: frozenset[int]


def build(archive: Archive) -> dict[str, list[int]]:
    """Articles of both kinds; the ids of each topic."""
    from tests.world.newsroom import topics, write

    of_topic: dict[str, list[int]] = {}
    names = [name for name in topics() if name != "common"]
    source = Source(slug="bao", name="Báo", homepage="https://bao.vn/", language="vi")
    archive.put_site(slug="bao", name="Báo", homepage="https://bao.vn/", source=source)
    at = dt.datetime(2026, 1, 1, tzinfo=VIETNAM)
    with archive.transaction():
        for number in range(WORLD):
            topic = names[number % len(names)]
            when = at - dt.timedelta(hours=9 * number)
            draft = write(random.Random(number), topic, when.date())
            article = Article(
                url=f"https://bao.vn/{number}.html", source="bao", title=draft.title,
                lead=draft.lead, blocks=draft.blocks, published_at=when, section=draft.section,
            )  # fmt: skip
            kept = archive.add(article, site="bao", page_id=None, seen_at=at)
            of_topic.setdefault(topic, []).append(kept.article_id)
        for _, made in articles(MADE):
            given = Article(url=made.url, source="bao", title=made.title, lead=made.lead,
                            blocks=made.blocks, published_at=made.published_at)  # fmt: skip
            archive.add(given, site="bao", page_id=None, seen_at=at)
    return of_topic


def judged(archive: Archive, of_topic: dict[str, list[int]]) -> Iterator[Judged]:
    rows, dice = list(rows_of(archive)), random.Random(11)
    texts = {row[0]: "".join(map(folded, row[1:])) for row in rows}
    titles = Counter(folded(row[1]) for row in rows)
    alone = [row for row in rows if titles[folded(row[1])] == 1]
    for row in dice.sample(alone, EACH):
        yield from _both("title", row[1], row[0])
    for number, run in _runs(dice, rows, texts):
        yield from _both("four syllables", run, number)
    sql = "SELECT number, group_concat(article_id) FROM citations GROUP BY 1 HAVING count(*) < 10"
    for number, ids in dice.sample(archive.connection.execute(sql).fetchall(), 20):
        answers = frozenset(map(int, ids.split(",")))
        yield Judged(kind="document number", typed=number, answers=answers)
    for words, topic in TOPICS.items():
        answers = frozenset(of_topic[topic])
        yield Judged(kind="topic", typed=words, answers=answers)
        yield Judged(kind="topic", typed=fold(words), answers=answers)


TOPICS = {
    "điện lực": "electricity",
    "giá xăng dầu": "fuel",
    "thương mại điện tử": "ecommerce",
    "quản lý thị trường": "surveillance",
    "chống bán phá giá": "defence",
    "xuất khẩu nông sản": "export",
    "chuyển đổi số": "digital",
    "hội chợ triển lãm": "promotion",
    "công nghiệp hỗ trợ": "industry",
    "hiệp định thương mại": "integration",
}


def folded(text: str) -> str:
    return f" {' '.join(syllables(text))} "


def _both(kind: str, typed: str, number: int) -> Iterator[Judged]:
    yield Judged(kind=kind, typed=typed, answers=frozenset((number,)))
    yield Judged(kind=f"{kind}, no accents", typed=fold(typed), answers=frozenset((number,)))


def _runs(
    dice: random.Random, rows: Sequence[Row], texts: dict[int, str]
) -> Iterator[tuple[int, str]]:
    """Four syllables that stand side by side in one article only, whatever the accents."""
    found = 0
    while found < EACH:
        row = dice.choice(rows)
        words = row[3].split()
        start = dice.randrange(max(1, len(words) - 4))
        run = " ".join(words[start : start + 4])
        if sum(folded(run) in text for text in texts.values()) == 1:
            found += 1
            yield row[0], run


def measured(engine: Engine, queries: Sequence[Judged]) -> dict[str, tuple[float, float, float]]:
    """Of each kind of query: MRR, recall and the mean time in ms."""
    marks: dict[str, list[tuple[float, float, float]]] = {}
    for query in queries:
        seconds, ids = engine.ask(query.typed)
        place = next((n for n, each in enumerate(ids, 1) if each in query.answers), 0)
        recall = len(query.answers.intersection(ids)) / min(20, len(query.answers))
        marks.setdefault(query.kind, []).append((1 / place if place else 0, recall, seconds * 1e3))
    return {
        kind: (fmean(m[0] for m in each), fmean(m[1] for m in each), fmean(m[2] for m in each))
        for kind, each in marks.items()
    }


def report(queries: Sequence[Judged], engines: Sequence[Engine]) -> str:
    counts = Counter(query.kind for query in queries)
    found = {engine.name: measured(engine, queries) for engine in engines}
    lines = [
        "| query | number | " + " | ".join(f"{name}: MRR, recall" for name in found) + " |",
        "| --- | ---: |" + " ---: |" * len(found),
    ]
    for kind, count in counts.items():
        cells = [f"{marks[kind][0]:.3f}, {marks[kind][1]:.2f}" for marks in found.values()]
        lines.append(f"| {kind} | {count} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_quality")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Archive.open(Path(name), write=True) as archive:
        queries = list(judged(archive, build(archive)))
        rows = list(rows_of(archive))
        with TANTIVY.over(written(rows, Path(name))) as tantivy:
            table = report(queries, [Ours(archive), PlainFts5(rows), tantivy])
    head = (
        f"`python -m benchmarks.search_quality --write`, {dt.datetime.now(tz=VIETNAM).date()};"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}. {WORLD:,} articles"
        f" of the demo's papers and {MADE:,} made ones, {len(queries)} queries:"
    )
    print(table)
    if given.write:
        write_section("search quality", f"{head}\n\n{table}")


if __name__ == "__main__":
    main()
