"""Stories over a real file: what is linked, what never is, and who was first."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from archive.bands import Bands
from archive.store import Archive
from archive.stories import rebuild
from tests.archive import reprints
from tests.archive.news import SEEN, new_archive
from tests.archive.reprints import Text, base, reprint

TEXTS = 300


def add(archive: Archive, text: Text, name: str) -> int:
    said = text.article(f"https://bo.example.vn/{name}.html")
    return archive.add(said, site="bo-vn", page_id=None, seen_at=SEEN).article_id


def add_all(archive: Archive, texts: Iterable[Text], name: str) -> list[int]:
    with archive.transaction():
        return [add(archive, text, f"{name}-{n}") for n, text in enumerate(texts)]


def keys(archive: Archive) -> list[tuple[int, int]]:
    """All keys with whose they are, those too that waited to be written."""
    with archive.transaction():
        Bands(archive.connection).write()
    return [tuple(row) for row in archive.connection.execute("SELECT * FROM bands ORDER BY 1, 2")]


def pairs(archive: Archive) -> set[tuple[int, int]]:
    rows = archive.connection.execute("SELECT article_id, other_id FROM pairs")
    return {(row[0], row[1]) for row in rows}


def stories(archive: Archive) -> dict[int, int]:
    return dict(archive.connection.execute("SELECT article_id, first_id FROM stories").fetchall())


def story_of(archive: Archive, article_id: int) -> int | None:
    sql = "SELECT first_id FROM stories WHERE article_id = ?"
    row = archive.connection.execute(sql, (article_id,)).fetchone()
    return row and int(row[0])


def hours(text: Text, number: float) -> Text:
    return replace(text, published=text.published + dt.timedelta(hours=number))


def of(*texts: Text) -> Text:
    """A text that prints others one below the other."""
    return replace(
        texts[0], paragraphs=tuple(p for text in texts for p in (text.lead, *text.paragraphs))
    )


def part(text: Text, first: int, last: int) -> Text:
    return replace(text, lead="", paragraphs=text.paragraphs[first:last])


def test_reprints_are_found_and_others_are_not_linked(archive: Archive):
    """The whole way: 300 texts of 500 to 700 syllables, each edited lightly and heavily, beside 300
    bulletins, 300 market reports, 50 shared leads and 50 events told by two papers. All edits of
    all texts are measured by benchmarks/copies.py."""
    dice = random.Random(11)
    forms = [
        *reprints.fuel_bulletins(dice, 200),
        *reprints.fuel_bulletins(dice, 50, moves=0.2),
        *reprints.fuel_bulletins(dice, 50, moves=0),
        *reprints.market_reports(dice, 300),
    ]
    others = [text for two in reprints.shared_leads(dice, 50) for text in two]
    others += [text for two in reprints.same_events(dice, 50) for text in two]
    add_all(archive, [*forms, *others], "khac")
    assert pairs(archive) == set()

    asked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    kinds = cycle(reprints.LIGHT.items()), cycle(reprints.HEAVY.items())
    for number in range(TEXTS):
        text = base(dice, number, dice.randint(500, 700))
        original = add(archive, text, f"goc-{number}")
        for name, edit in map(next, kinds):
            copy = add(archive, reprint(edit, dice, text), f"lai-{number}-{edit.__name__}")
            asked[name] += 1
            found[name] += story_of(archive, copy) == original

    assert {name: n for name, n in asked.items() if found[name] < 0.99 * n} == {}
    assert len(stories(archive)) == found.total() + TEXTS


def test_the_earliest_published_is_first_whenever_it_comes(archive: Archive):
    text = base(random.Random(1), 1)
    noon = add(archive, hours(text, 5), "trua")
    evening = add(archive, hours(text, 9), "toi")
    assert stories(archive) == {noon: noon, evening: noon}

    morning = add(archive, text, "sang")

    assert stories(archive) == {morning: morning, noon: morning, evening: morning}


def test_a_late_original_makes_one_story_of_two(archive: Archive):
    text = base(random.Random(2), 1)
    half = len(text.paragraphs) // 2
    one = add(archive, hours(part(text, 0, half), 2), "dau")
    same = add(archive, hours(part(text, 0, half), 3), "dau-nua")
    two = add(archive, hours(part(text, half, 99), 4), "cuoi")
    again = add(archive, hours(part(text, half, 99), 5), "cuoi-nua")
    assert stories(archive) == {one: one, same: one, two: two, again: two}

    whole = add(archive, text, "du")

    assert stories(archive) == dict.fromkeys((one, same, two, again, whole), whole)


def test_a_digest_does_not_make_one_story_of_its_parts(archive: Archive):
    dice = random.Random(3)
    texts = [base(dice, 1, 400) for _ in range(3)]
    reports = add_all(archive, texts, "goc")
    digest = add(archive, hours(of(*texts), 9), "diem-tin")
    reprints_ = add_all(archive, [hours(text, 12) for text in texts], "lai")

    told = stories(archive)

    assert [told[each] for each in reports] == reports
    assert [told[each] for each in reprints_] == reports
    assert told[digest] in reports
    assert {(digest, each) for each in reports} <= pairs(archive)


def test_what_resembles_only_a_copy_is_not_of_the_story(archive: Archive):
    dice = random.Random(4)
    text, more = base(dice, 1, 500), base(dice, 1, 500)
    first = add(archive, text, "goc")
    longer = add(archive, hours(of(text, more), 1), "them")
    rest = add(archive, hours(more, 2), "phan-them")

    assert stories(archive) == {first: first, longer: first}
    assert (longer, rest) in pairs(archive)


def test_the_order_in_which_articles_come_makes_no_difference(tmp_path: Path):
    dice = random.Random(5)
    texts = [base(dice, n % 3, 400) for n in range(6)]
    edits = list((reprints.LIGHT | reprints.HEAVY).values())
    texts += [reprint(edit, dice, text) for text in texts[:4] for edit in edits]
    texts += [hours(of(*texts[:2]), 30), hours(of(*texts[2:5]), -30)]
    named = dict(enumerate(texts))
    found = []
    for turn in range(3):
        (tmp_path / str(turn)).mkdir()
        with new_archive(tmp_path / str(turn)) as archive:
            names = dice.sample(sorted(named), len(named))
            ids = {add(archive, named[name], str(name)): name for name in names}
            found.append({ids[a]: ids[b] for a, b in stories(archive).items()})

    assert found[0] == found[1] == found[2]
    assert len(found[0]) > 28


def test_a_revised_article_leaves_its_story_and_comes_back(archive: Archive):
    dice = random.Random(6)
    text, other = base(dice, 1), base(dice, 1)
    first = add(archive, text, "goc")
    copy = add(archive, hours(text, 1), "lai")
    before = keys(archive)
    assert before
    assert stories(archive) == {first: first, copy: first}

    add(archive, hours(other, 1), "lai")
    assert stories(archive) == {}
    assert pairs(archive) == set()

    add(archive, hours(text, 1), "lai")
    assert stories(archive) == {first: first, copy: first}
    assert keys(archive) == before


def test_a_first_article_that_is_revised_a_little_stays_the_first(archive: Archive):
    dice = random.Random(4)
    text = base(dice, 0)
    first = add(archive, text, "original")
    copy = add(archive, hours(reprint(reprints.noted, dice, text), 2), "copy")
    longer = replace(text, paragraphs=(*text.paragraphs, "Thêm một câu nữa ở cuối bài."))
    assert add(archive, longer, "original") == first
    assert stories(archive) == {first: first, copy: first}
    assert pairs(archive) == {(first, copy), (copy, first)}


def test_a_long_story_keeps_together_whoever_comes_and_goes(archive: Archive):
    dice = random.Random(12)
    text, other = base(dice, 1), base(dice, 1)
    edits = list((reprints.LIGHT | reprints.HEAVY).values())
    copies = [hours(edits[n % len(edits)](dice, text), n + 1) for n in range(30)]
    first = add(archive, text, "goc")
    ids = add_all(archive, copies, "lai")
    assert stories(archive) == dict.fromkeys((first, *ids), first)

    earlier = add(archive, hours(reprints.noted(dice, text), -5), "som-hon")
    assert stories(archive) == dict.fromkeys((first, earlier, *ids), earlier)

    add(archive, hours(other, -5), "som-hon")
    assert stories(archive) == dict.fromkeys((first, *ids), first)


def test_a_withdrawn_first_article_stays_first(archive: Archive):
    text = base(random.Random(7), 1)
    first = add(archive, text, "goc")
    archive.withdraw("https://bo.example.vn/goc.html", SEEN)

    copy = add(archive, hours(text, 1), "lai")

    assert stories(archive) == {first: first, copy: first}


def test_a_day_without_an_hour_is_not_the_first_of_its_day(archive: Archive):
    text = base(random.Random(8), 1)
    midnight = text.published.replace(hour=0, minute=0)
    listed = add(archive, replace(text, published=midnight), "khong-gio")
    timed = add(archive, text, "co-gio")

    assert stories(archive) == {listed: timed, timed: timed}


def test_a_form_that_hundreds_fill_in_is_no_story(archive: Archive):
    text = base(random.Random(9), 1, 60)
    ids = add_all(archive, [hours(text, n) for n in range(205)], "mau")

    shared = Counter(key for key, _ in keys(archive))

    assert max(shared.values()) == 200
    assert ids[-1] not in stories(archive)
    assert set(stories(archive).values()) == {ids[0]}


def test_rebuilding_finds_the_same_and_goes_on_where_it_was_interrupted(archive: Archive):
    dice = random.Random(10)
    texts = [base(dice, n, 300) for n in range(150)]
    add_all(archive, texts, "goc")
    add_all(archive, [reprint(reprints.half_cut, dice, text) for text in texts], "lai")
    kept = stories(archive)
    archive.connection.execute("UPDATE signatures SET maker = 0")
    archive.connection.execute("UPDATE stories SET first_id = article_id")
    told: list[tuple[int, int]] = []

    def interrupt(done: int, of: int) -> None:
        told.append((done, of))
        if done == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(archive.connection, interrupt)
    done = rebuild(archive.connection, lambda done, of: told.append((done, of)))

    assert told == [(0, 300), (100, 300), (200, 300), (200, 300), (300, 300)]
    assert done == 100
    assert stories(archive) == kept
    assert rebuild(archive.connection, lambda done, of: None) == 0
