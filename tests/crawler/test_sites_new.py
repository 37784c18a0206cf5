"""`moit-news sites new`: from two addresses to a file with which a crawl reads the site."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.crawler import village
from tests.crawler.paper import World
from tests.crawler.server import Answer, Hit, Server
from tests.world import Quirk
from tests.world import World as NewsWorld
from tests.world.compare import archived, differences

NUMBERS = range(12)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        village.publish(running, NUMBERS)
        yield running


@dataclass(frozen=True)
class Begun:
    """The village's paper after `sites new`, with what was asked then."""

    server: Server
    world: World
    asked: list[Hit]
    output: str


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    made = World(tmp_path_factory.mktemp("begun"))
    with Server() as running:
        village.publish(running, NUMBERS)
        done = made.run("sites", "new", address(running), "--private", "--slug", "lang-nghe")
        assert done.returncode == 0, done.stdout + done.stderr
        yield Begun(running, made, list(running.hits), done.stdout)


def address(server: Server, number: int = 3) -> str:
    return server.home.rstrip("/") + village.path(number)


def site_file(world: World, slug: str) -> dict[str, Any]:
    return tomllib.loads((world.sites / f"{slug}.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[NewsWorld, World]]:
    """The three papers of the demo world, each begun with `new` and then crawled."""
    made = World(tmp_path_factory.mktemp("new"))
    listings = {"thi-truong-mau": "rss/home.rss", "kinh-te-mau": "tin-moi/"}
    with NewsWorld.serve(per_paper=40) as served:
        begun = []
        for paper in served.papers:
            article = next(
                a.url for a in served.articles if a.paper == paper.slug and a.quirk is Quirk.NONE
            )
            listing = ["--listing", paper.homepage + listings.get(paper.slug, "")]
            words = ["sites", "new", article, *listing, "--private", "--slug", paper.slug]
            begun.append(made.start(*words))
        for process in begun:
            told = process.communicate(timeout=120)
            assert process.returncode == 0, told
        hurry(made)
        done = made.run("crawl", "--limit", "5")
        assert done.returncode == 0, done.stdout + done.stderr
        yield served, made


def hurry(world: World) -> None:
    """Our own server need not be spared a second a page."""
    for path in world.sites.glob("*.toml"):
        with path.open("a", encoding="utf-8") as file:
            file.write("\n[politeness]\ndelay = 0.01\n")


@pytest.mark.parametrize("slug", ["cong-thuong-mau", "thi-truong-mau", "kinh-te-mau"])
def test_a_crawl_with_the_written_file_archives_five_articles_as_they_were_printed(
    demo: tuple[NewsWorld, World], slug: str
) -> None:
    served, made = demo
    kept = {url: row for url, row in archived(made.data).items() if row["site"] == slug}

    assert len(kept) == 5
    assert {url: differences(served.article(url), row) for url, row in kept.items()} == {
        url: [] for url in kept
    }


@pytest.mark.parametrize(
    ("slug", "family", "kind"),
    [
        ("cong-thuong-mau", "vhv", "headlines"),
        ("thi-truong-mau", "vccorp", "feed"),
        ("kinh-te-mau", "epi", "headlines"),
    ],
)
def test_the_family_is_told_by_its_fingerprint_and_the_listing_by_its_answer(
    demo: tuple[NewsWorld, World], slug: str, family: str, kind: str
) -> None:
    made = site_file(demo[1], slug)

    assert made["family"] == family
    assert made["listings"][0]["kind"] == kind
    assert "fields" not in made
    assert re.fullmatch(r"real page \d{4}-\d\d", made["evidence"])


def test_a_paper_of_no_family_gets_selectors_that_name_things(begun: Begun) -> None:
    made = site_file(begun.world, "lang-nghe")

    assert made["name"] == village.NAME
    assert "family" not in made
    assert made["fields"] == village.FIELDS
    assert [one["kind"] for one in made["listings"]] == ["headlines", "feed", "sitemap"]
    assert made["listings"][0] | {"url": ""} == {
        "kind": "headlines",
        "url": "",
        "items": "div.muc-tin",
        "link": "h3.ten-tin a",
        "date": "span.luc-dang",
        "next": f"{begun.server.home}?trang={{page}}",
        "pages": 3,
    }


def test_a_paper_of_no_family_is_crawled_with_the_written_file(begun: Begun) -> None:
    hurry(begun.world)
    done = begun.world.run("crawl", "lang-nghe", "--limit", "5")

    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["url"]: row for row in begun.world.rows("SELECT * FROM articles")}
    assert len(rows) == 5
    for number in range(5):
        row = rows[address(begun.server, number)]
        assert row["title"] == village.title(number)
        assert row["published_at"] == village.published(number).isoformat()
        assert json.loads(row["authors"]) == [village.author(number)]
        assert row["body"].split("\n\n") == village.paragraphs(number)


def test_a_site_is_asked_politely(begun: Begun) -> None:
    assert begun.asked[0].path == "/robots.txt"
    assert len(begun.asked) <= 8
    assert max(hit.open for hit in begun.asked) == 1
    assert all(hit.headers["User-Agent"].startswith("moit-news/") for hit in begun.asked)
    gaps = [b.at - a.at for a, b in zip(begun.asked[1:], begun.asked[2:], strict=False)]
    assert min(gaps) > 0.4  # a delay of a second, which Scrapy varies by half


def test_the_page_its_label_and_a_skeleton_without_its_words_are_saved(begun: Begun) -> None:
    (page,) = (begun.world.data / "new" / "lang-nghe").glob("*.html")
    (golden,) = (begun.world.data / "new" / "lang-nghe" / "golden").glob("*.html")

    assert page.read_bytes() == village.article(3)
    assert json.loads(page.with_suffix(".json").read_text())["title"] == village.title(3)
    text = golden.read_text()
    assert 'class="prose mx-auto noi-dung-bai"' in text
    words = [village.title(3), village.author(3), *village.paragraphs(3)]
    assert [one for one in words if one[:25] in text] == []
    assert "viết lại bằng lời của bạn" in text


def test_check_holds_the_saved_page_against_its_corrected_label(begun: Begun) -> None:
    (label,) = (begun.world.data / "new" / "lang-nghe").glob("*.json")
    assert begun.world.run("sites", "check", "lang-nghe").returncode == 0

    label.write_text(label.read_text().replace(village.author(3), "Lâm Thị Mai"))
    done = begun.world.run("sites", "check", "lang-nghe")

    assert done.returncode == 1
    assert "! authors: number 1 is read as" in done.stdout
    assert "Lâm Thị Mai" in done.stdout


def test_nothing_is_overwritten_without_force_and_nobody_asked(
    server: Server, world: World
) -> None:
    path = world.sites / "lang-nghe.toml"
    path.write_text("# mine\n")

    done = world.run("sites", "new", address(server), "--private", "--slug", "lang-nghe")

    assert (done.returncode, server.hits) == (2, [])
    assert "--force" in done.stderr
    assert path.read_text() == "# mine\n"


def test_force_writes_anew_what_was_wrong(begun: Begun) -> None:
    path = begun.world.sites / "lang-nghe.toml"
    path.write_text("# mine\n")

    forced = begun.world.run(
        "sites", "new", address(begun.server), "--private", "--slug", "lang-nghe", "--force"
    )

    assert forced.returncode == 0
    assert village.NAME in path.read_text()


NO_ARTICLES = {
    "/tai-lieu.htm": (Answer(body=b"%PDF-1.7 " + b"x" * 500), "a PDF, not a web page"),
    "/tuong.htm": (Answer(status=403, body=b"<p>Forbidden</p>"), "answers 403"),
    "/mat.htm": (Answer(status=404, body=b"<p>404</p>"), "answers 404"),
    "/rong.htm": (Answer(body=b"<html><h1>Just a moment please</h1></html>"), "no article"),
    "/": (Answer(body=village.front(range(2))), "no article"),
    "/kin/tin-mat.htm": (Answer(body=village.article(1)), "robots.txt closes"),
    "/cat.htm": (Answer(body=village.article(1)[:-300]), "cut in the middle"),
}


def test_what_gives_no_article_is_one_sentence_and_writes_nothing(
    server: Server, world: World
) -> None:
    server.answers |= {path: answer for path, (answer, _) in NO_ARTICLES.items()}
    home = server.home.rstrip("/")

    begun = {path: world.start("sites", "new", home + path, "--private") for path in NO_ARTICLES}

    for path, process in begun.items():
        _, told = process.communicate(timeout=120)
        assert process.returncode == 3, path
        assert NO_ARTICLES[path][1] in told
        assert len(told.strip().splitlines()) == 1
    assert list(world.sites.iterdir()) == []
    assert not (world.data / "new").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{url}"], "--private"),
        (["ftp://bao.vn/tin.htm"], "only http and https"),
        (["{url}", "--private", "--slug", "Làng Nghề"], "--slug"),
        (["{url}", "--private", "--into", "/khong/co"], "--into"),
        (["https://bao.example/tin.htm", "--listing", "http://10.0.0.1/"], "--private"),
    ],
)
def test_wrong_use_is_exit_code_2_and_asks_nobody(
    server: Server, world: World, arguments: list[str], words: str
) -> None:
    filled = [one.replace("{url}", address(server)) for one in arguments]

    done = world.run("sites", "new", *filled)

    assert (done.returncode, server.hits) == (2, [])
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_listing_that_was_typed_must_answer_but_the_home_page_need_not(
    server: Server, world: World
) -> None:
    del server.answers["/"]
    typed = server.home + "khong-co"

    refused = world.start("sites", "new", address(server), "--private", "--listing", typed)
    done = world.run("sites", "new", address(server), "--private", "--slug", "lang-nghe")

    assert "answers 404" in refused.communicate(timeout=120)[1]
    assert refused.returncode == 3
    assert done.returncode == 0, done.stderr
    assert [one["kind"] for one in site_file(world, "lang-nghe")["listings"]] == ["feed", "sitemap"]
