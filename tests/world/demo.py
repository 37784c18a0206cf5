"""Shows the whole way without a network: ``python -m tests.world.demo [FOLDER]``.

A news world of our own is served, crawled with the real command into a fresh folder, searched,
read, crawled again, and crawled after the papers have corrected, withdrawn and added articles.
Every number is held against what the world knows to be true; the exit code is 1 if one is wrong.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.world import Fate, Happening, Quirk, World
from tests.world.compare import archived, rows, wrong_articles, wrong_states, wrong_stories

PORTS = (8711, 8712, 8713)
MARK = ".moit-news-demo"
COMMAND = str(Path(sys.executable).parent / "moit-news")


@dataclass
class Show:
    """The stage: prints headings and commands, runs them, and counts what did not hold."""

    folder: Path
    env: dict[str, str]
    wrong: int = 0
    chapters: int = 0
    began: float = field(default_factory=time.monotonic)

    def chapter(self, title: str, *lines: str) -> None:
        self.chapters += 1
        heading = f"{self.chapters}. {title}"
        print(f"\n{heading}\n{'=' * len(heading)}", flush=True)
        if lines:
            print("", *lines, sep="\n", flush=True)

    def run(self, *arguments: str) -> None:
        """One command as a user types it, then what it really prints."""
        print(f"\n$ moit-news {shlex.join(arguments)}", flush=True)
        done = subprocess.run([COMMAND, *arguments], env=self.env, check=False)
        if done.returncode:
            self.hold(f"moit-news {arguments[0]} ends with 0, not {done.returncode}", holds=False)

    def hold(self, claim: str, *, holds: bool) -> None:
        """A claim about what was just seen, checked."""
        self.wrong += not holds
        print(f"  {'ok ' if holds else 'NO '} {claim}", flush=True)


def fresh(folder: Path) -> None:
    """An empty data folder; only one that an earlier demo made is emptied."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        sys.exit(f"{folder} is not empty and no demo made it; name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


def world_on_known_ports() -> World:
    """The same addresses each time where the ports are free, else any."""
    world = World(PORTS)
    try:
        world.start()
    except OSError:
        world.stop()
        world = World()
        world.start()
    return world


def first_crawl(show: Show, world: World) -> None:
    show.chapter(
        "The first crawl",
        f"Three invented papers with {len(world.articles)} articles answer on 127.0.0.1: one lists",
        "them by a JSON API, one by a feed and sitemaps, one on pages of headlines. Some pages are",
        "missing, cut off, empty, slow or closed by robots.txt.",
    )
    show.run("crawl")
    readable, kept = len(world.readable()), len(archived(show.folder))
    wrong = wrong_articles(show.folder, world.articles)
    lost = wrong_states(show.folder, world.articles)
    print()
    show.hold(
        f"all {readable} articles that can be read are in the archive", holds=kept == readable
    )
    show.hold("title, lead, text, time, authors and section are as printed", holds=not wrong)
    show.hold(
        f"the other {len(world.articles) - readable} ended as gone, failed or refused",
        holds=not lost,
    )
    busy = max(request.open for request in world.requests)
    show.hold("no host was ever asked twice at the same time", holds=busy == 1)


def searches(show: Show) -> None:
    show.chapter("Search, with or without accents")
    show.run("search", "điện lực", "--limit", "2")
    show.run("search", "dien luc", "--limit", "2")
    show.run("search", '"chống bán phá giá" thép', "--since", "2026-09-01", "--limit", "2")


def counting(show: Show, world: World) -> None:
    show.chapter("Count, and know what a count is worth")
    show.run("trend", "xuất", "khẩu", "--by", "week")
    show.run("facets", "xuất", "khẩu", "--by", "site", "--by", "author", "--top", "3")
    month = f"{world.plan.today:%Y-%m}"
    show.run("coverage", world.papers[0].slug, "--month", month)
    days = rows(
        show.folder,
        "SELECT min(s.until) AS until FROM stretches s"
        " JOIN watched_listings l ON l.id = s.listing_id WHERE l.kind <> 'sitemap'",
    )
    (crawled,) = rows(show.folder, "SELECT max(started_at) AS at FROM runs")
    print()
    show.hold(
        "what the listings name was watched without a hole up to this crawl",
        holds=days[0]["until"][:10] == crawled["at"][:10],
    )


def reading(show: Show, world: World) -> None:
    show.chapter("Read what was kept")
    rich = [a for a in world.readable() if a.captions and "|" in a.text]
    article = min(rich, key=lambda a: a.words)
    show.run("show", article.url)


def copies(show: Show, world: World) -> None:
    show.chapter("Who published it first, and what the others made of it")
    reprinted = Counter(a.copy_of for a in world.readable() if a.copy_of)
    show.run("copies", str(max(reprinted, key=reprinted.__getitem__)))
    print()
    show.hold(
        "each reprint is a copy of what it repeats, and nothing else is",
        holds=not wrong_stories(show.folder, world.articles),
    )


def second_crawl(show: Show, world: World) -> None:
    show.chapter("Crawl again: nothing has changed, nothing is fetched twice")
    before = sum(request.size for request in world.requests)
    world.forget_requests()
    show.run("crawl")
    again = world.requests
    paths = {article.path for article in world.readable()}
    fetched = [r for r in again if r.path in paths and r.status == 200]
    size = sum(request.size for request in again)
    print()
    show.hold("no article was fetched again", holds=not fetched)
    show.hold(
        f"the listings answered 304 and robots.txt: {size} bytes, not {before / 1e6:.1f} MB",
        holds=size < before / 100,
    )


def second_edition(show: Show, world: World) -> None:
    changed = {a.quirk: a.url for a in world.articles if a.quirk in CHANGES}
    world.turn_to(2)
    new = len([a for a in world.articles if a.quirk is Quirk.LATE])
    show.chapter(
        "The papers move on",
        f"They print {new} new articles, correct one and withdraw one.",
    )
    show.run("crawl")
    show.run("crawl", *(part for url in changed.values() for part in ("--url", url)))
    kept = archived(show.folder)
    corrected, withdrawn = (kept[changed[quirk]] for quirk in CHANGES)
    print()
    show.hold(
        "the new articles are there, and all is as printed",
        holds=not wrong_articles(show.folder, world.articles),
    )
    show.hold("the corrected one is version 2, version 1 is kept", holds=corrected["version"] == 2)
    show.hold(
        "the withdrawn one is marked, its text is kept",
        holds=bool(withdrawn["withdrawn_at"] and withdrawn["body"]),
    )


CHANGES = (Quirk.CORRECTED, Quirk.WITHDRAWN)


def differences_of_versions(show: Show, world: World) -> None:
    show.chapter("What was changed, and what an article no longer says")
    corrected = next(a for a in world.articles if a.quirk is Quirk.CORRECTED)
    show.run("diff", corrected.url)
    plain = [a for a in world.readable() if a.paper == corrected.paper and a.quirk is Quirk.NONE]
    other = plain[0]
    world.let(other.url, Happening.CORRECTED)
    show.run("crawl", "--url", other.url)
    now = world.article(other.url)
    said = next(b.text for b, c in zip(other.blocks, now.blocks, strict=False) if b != c)
    place = next(n for n, word in enumerate(said.split()) if any(map(str.isdigit, word)))
    phrase = " ".join(said.split()[max(0, place - 2) : place + 3])
    show.run("search", "--versions", f'"{phrase}"')
    kept = archived(show.folder)[other.url]
    (old,) = rows(show.folder, "SELECT * FROM versions WHERE article_id = ?", kept["id"])
    print()
    show.hold(
        "the text that was taken back is kept, and the new one is as printed",
        holds=(old["body"], kept["body"]) == (other.text, now.text),
    )


def taken_away(show: Show, world: World) -> None:
    show.chapter(
        "Taken away in three ways, and back again",
        "One article answers 410, one leads to the home page, one says 200 and that it is gone.",
    )
    ways = (Happening.WITHDRAWN, Happening.SENT_HOME, Happening.SOFT_404)
    plain = [a for a in world.readable() if a.quirk is Quirk.NONE and not a.copy_of]
    urls = [article.url for article in plain[10:13]]
    for url, way in zip(urls, ways, strict=True):
        world.let(url, way)
    command = ("crawl", *(part for url in urls for part in ("--url", url)))
    show.run(*command)
    before = archived(show.folder)
    for url in urls:
        world.let(url, None)
    show.run(*command)
    show.run("why", urls[-1])
    after = archived(show.folder)
    kept = rows(show.folder, "SELECT reason, returned_at FROM withdrawals WHERE returned_at > ''")
    print()
    show.hold(
        "all three were withdrawn and kept their text",
        holds=all(before[url]["withdrawn_at"] and before[url]["body"] for url in urls),
    )
    show.hold(
        "all three are shown again, in one version, and why they were away is kept",
        holds=all(after[u]["withdrawn_at"] is None and after[u]["version"] == 1 for u in urls)
        and len({row["reason"] for row in kept}) == len(urls),
    )


def story(show: Show, world: World) -> None:
    show.chapter("Each address has a story")
    show.run("why", next(a.url for a in world.articles if a.fate is Fate.WITHDRAWN))


def farewell(show: Show) -> None:
    (count,) = rows(show.folder, "SELECT count(*) AS articles FROM articles")
    seconds = time.monotonic() - show.began
    print(f"\n{count['articles']} articles in {seconds:.0f} seconds. Try next:\n")
    print(f"  export MOIT_NEWS_DATA={show.folder}")
    print("  .venv/bin/moit-news search xuất khẩu --newest")
    print("  .venv/bin/moit-news serve        # then open http://127.0.0.1:8001/ in a browser")


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "data-demo")
    fresh(folder)
    world = world_on_known_ports()
    sites = world.write_sites(folder / "sites")
    env = os.environ | {"MOIT_NEWS_SITES": str(sites), "MOIT_NEWS_DATA": str(folder)}
    show = Show(folder=folder, env=env)
    try:
        first_crawl(show, world)
        searches(show)
        counting(show, world)
        reading(show, world)
        copies(show, world)
        second_crawl(show, world)
        second_edition(show, world)
        differences_of_versions(show, world)
        taken_away(show, world)
        story(show, world)
    finally:
        world.stop()
    farewell(show)
    if show.wrong:
        sys.exit(f"{show.wrong} of the demo's claims did not hold")


if __name__ == "__main__":
    main()
