"""What the demo world guarantees to the tests and the demo that stand on it."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from urllib.parse import urlencode

import pytest

from archive.models import BlockKind
from tests.world import Fate, Quirk, World
from tests.world.newsroom import topics
from tests.world.phrases import Cast
from tests.world.plan import DAILY, PORTAL, WEEKLY


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World.serve() as served:
        yield served


def ask(url: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, bytes, Message]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = urlencode(form).encode() if form else None
    request = urllib.request.Request(url, data=data, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def one(world: World, quirk: Quirk, paper: str = "") -> str:
    return next(a.url for a in world.articles if a.quirk is quirk and a.paper.startswith(paper))


def test_there_are_three_papers_and_360_articles_under_different_addresses(world: World) -> None:
    assert len(world.articles) == 360
    assert len({a.url for a in world.articles}) == 360
    assert Counter(a.paper for a in world.articles) == {PORTAL: 120, DAILY: 120, WEEKLY: 120}


def test_articles_are_between_200_and_1000_words_and_have_all_fields(world: World) -> None:
    for article in world.articles:
        assert 200 <= article.words <= 1000, article.url
        assert article.title
        assert article.lead
        assert article.section
        assert len(article.tags) == 3
        assert article.authors or article.note
        assert article.published.utcoffset() == dt.timedelta(hours=7)


def test_texts_are_composed_vietnamese_with_no_slot_or_choice_left(world: World) -> None:
    for article in world.articles:
        text = "\n".join([article.title, article.lead, article.text, *article.captions])
        assert unicodedata.is_normalized("NFC", text)
        assert not set(text) & set("{}<>"), article.url
        assert "  " not in text


def test_no_two_originals_share_half_of_their_paragraphs(world: World) -> None:
    originals = [a for a in world.articles if not a.copy_of]
    seen: dict[str, list[int]] = {}
    for number, article in enumerate(originals):
        for block in {b.text for b in article.blocks if b.kind is BlockKind.PARAGRAPH}:
            seen.setdefault(block, []).append(number)
    shared = Counter((a, b) for numbers in seen.values() for a in numbers for b in numbers if a < b)
    worst, count = shared.most_common(1)[0]
    assert count <= min(len(originals[n].blocks) for n in worst) / 2


def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    def texts(seed: int) -> list[str]:
        with World.serve(seed=seed, per_paper=12) as small:
            return [a.title + a.text for a in small.articles]

    first = texts(1)
    assert first == texts(1)
    assert first != texts(2)


def test_every_topic_can_fill_every_sentence_it_has() -> None:
    import random

    def sentences(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            for inner in value:
                yield from sentences(inner)
        elif isinstance(value, dict):
            for inner in value.values():
                yield from sentences(inner)

    for topic in topics().values():
        words = topic.get("words")
        for template in sentences({k: v for k, v in topic.items() if k != "words"}):
            filled = Cast(random.Random(1), dt.date(2026, 9, 1), words).fill(template)
            assert not set(filled) & set("{}<>|"), template


def test_pages_answer_200_and_each_fate_answers_as_it_says(world: World) -> None:
    for article in world.articles:
        if article.quirk in (Quirk.SLOW, Quirk.CUT_OFF):
            continue
        status = ask(article.url)[0]
        assert status == (404 if article.fate is Fate.GONE else 200), article.url


def test_a_cut_off_page_sends_less_than_it_promises(world: World) -> None:
    from http.client import IncompleteRead

    with pytest.raises((IncompleteRead, ConnectionError)):
        ask(one(world, Quirk.CUT_OFF))


def test_only_the_nfd_page_is_not_composed(world: World) -> None:
    odd = []
    for article in world.articles:
        if article.paper == PORTAL and article.quirk in (Quirk.NONE, Quirk.NFD):
            text = ask(article.url)[1].decode()
            if not unicodedata.is_normalized("NFC", text):
                odd.append(article.quirk)
    assert odd == [Quirk.NFD]


def test_pages_and_listings_answer_304_to_their_etag_and_to_their_date(world: World) -> None:
    home = {paper.slug: paper.homepage for paper in world.papers}
    for url in (
        one(world, Quirk.NONE),
        home[DAILY] + "rss/home.rss",
        home[DAILY] + "sitemap.xml",
        home[WEEKLY] + "tin-moi/?page=1",
    ):
        headers = ask(url)[2]
        assert ask(url, If_None_Match=headers["ETag"])[0] == 304
        assert ask(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
        assert ask(url, If_None_Match='"other"')[0] == 200


def test_the_api_pages_through_all_articles_as_an_object_and_ends_with_an_empty_list(
    world: World,
) -> None:
    url = world.papers[0].homepage + "api/Content/Article/selectAll"
    form = {"categoryId": "700100", "itemsPerPage": "50", "type": "Article.News"}
    paths: set[str] = set()
    for number in (1, 2, 3):
        answer = json.loads(ask(url, form | {"pageNo": str(number)})[1])
        assert answer["totalItems"] == 120
        paths |= {entry["rewriteURL"] for entry in answer["items"].values()}
    assert paths >= {a.path for a in world.articles if a.paper == PORTAL}
    assert json.loads(ask(url, form | {"pageNo": "4"})[1])["items"] == []


def test_the_number_of_the_portals_category_page_is_ignored(world: World) -> None:
    url = world.papers[0].homepage + "tin-tuc"
    assert ask(url)[1] == ask(url + "?page=5")[1]


def test_sitemaps_and_headlines_name_every_article_of_their_paper(world: World) -> None:
    home = {paper.slug: paper.homepage for paper in world.papers}
    index = ask(home[DAILY] + "sitemap.xml")[1].decode()
    maps = [part.split("<")[0] for part in index.split("<loc>")[1:]]
    named = "".join(ask(url)[1].decode() for url in maps)
    assert all(a.url in named for a in world.articles if a.paper == DAILY)
    pages = "".join(ask(f"{home[WEEKLY]}tin-moi/?page={n}")[1].decode() for n in range(1, 7))
    assert all(a.path in pages for a in world.articles if a.paper == WEEKLY)
    assert ask(f"{home[WEEKLY]}tin-moi/?page=7")[0] == 404


def test_reprints_repeat_a_portal_article_with_another_lead(world: World) -> None:
    by_url = {a.url: a for a in world.articles}
    copies = [a for a in world.articles if a.copy_of]
    assert len(copies) == 24
    for copy in copies:
        original = by_url[copy.copy_of or ""]
        assert original.text.startswith(copy.text)
        assert copy.lead != original.lead
        assert copy.published > original.published


def test_edition_2_corrects_one_withdraws_one_and_adds_nine() -> None:
    with World.serve(per_paper=20) as world:
        before = {a.url: a for a in world.articles}
        status, _, _ = ask(world.papers[2].homepage + "__world__/edition/2")
        after = {a.url: a for a in world.articles}
        changed = [a for url, a in after.items() if url in before and before[url] != a]
        assert status == 200
        assert len(after) == len(before) + 9
        assert {a.quirk for a in changed} == {Quirk.CORRECTED, Quirk.WITHDRAWN}
        assert ask(one(world, Quirk.WITHDRAWN))[0] == 410
        assert "Đính chính:" in ask(one(world, Quirk.CORRECTED))[1].decode()


def test_the_log_knows_what_was_asked_and_how(world: World) -> None:
    world.forget_requests()
    url = one(world, Quirk.NONE, DAILY)
    etag = ask(url)[2]["ETag"]
    ask(url, If_None_Match=etag)
    first, second = world.requests
    assert (first.status, second.status) == (200, 304)
    assert (first.conditional, second.conditional) == (False, True)
    assert first.size > 10_000
    assert second.size == 0
    assert first.open == 1
