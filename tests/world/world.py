"""The world: three papers, their truth, and the server that shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from archive.models import VIETNAM
from tests.world import daily, portal, site_files, weekly
from tests.world.articles import Fate, WorldArticle
from tests.world.daily import Daily
from tests.world.exchange import Answer, Asked, as_json
from tests.world.happenings import Happening, after, answer, retouched
from tests.world.paper import Paper
from tests.world.plan import DAILY, PER_PAPER, PORTAL, WEEKLY, Newspaper, in_edition, plan
from tests.world.portal import Portal
from tests.world.server import Request, Serving
from tests.world.weekly import Weekly

SEED = 2026
TODAY = dt.date(2026, 9, 30)
CONTROL = "/__world__/"
KINDS: dict[str, tuple[str, type[Paper]]] = {
    PORTAL: (portal.NAME, Portal),
    DAILY: (daily.NAME, Daily),
    WEEKLY: (weekly.NAME, Weekly),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a world is made from: the same plan makes the same world, to the byte."""

    seed: int = SEED
    today: dt.date = TODAY
    per_paper: int = PER_PAPER


class World:
    """Three papers on three ports, in edition 1 until :meth:`turn_to` says otherwise."""

    def __init__(self, ports: Sequence[int] = (), made_from: Plan | None = None) -> None:
        self.plan = made_from or Plan()
        self.edition = 1
        self._serving = Serving([self._responder(slug) for slug in KINDS], ports)
        self._shown: dict[tuple[str, int], Paper] = {}
        self._happened: dict[str, tuple[Happening, dt.datetime]] = {}

    @classmethod
    @contextmanager
    def serve(
        cls,
        *,
        seed: int = SEED,
        today: dt.date = TODAY,
        per_paper: int = PER_PAPER,
        ports: Sequence[int] = (),
    ) -> Iterator[World]:
        """A served world for the length of a ``with`` block."""
        world = cls(ports, Plan(seed=seed, today=today, per_paper=per_paper))
        world.start()
        try:
            yield world
        finally:
            world.stop()

    def start(self) -> None:
        self._serving.start()
        self.papers = tuple(
            Newspaper(slug=slug, name=name, homepage=f"http://127.0.0.1:{port}/")
            for (slug, (name, _)), port in zip(KINDS.items(), self.ports, strict=True)
        )
        made = self.plan
        self._all = plan(self.papers, seed=made.seed, today=made.today, per_paper=made.per_paper)

    def stop(self) -> None:
        self._serving.stop()

    @property
    def ports(self) -> list[int]:
        return self._serving.ports

    @property
    def requests(self) -> list[Request]:
        """Every request so far but those to the control address."""
        return [r for r in self._serving.log.rows if not r.path.startswith(CONTROL)]

    def forget_requests(self) -> None:
        self._serving.log.take()

    @property
    def articles(self) -> tuple[WorldArticle, ...]:
        """Every article that some listing of this edition names, whatever its fate."""
        shown = (in_edition(a, self.edition, self.plan.today) for a in self._all)
        return tuple(self._now(article) for article in shown if article)

    def readable(self) -> tuple[WorldArticle, ...]:
        """The articles that a crawler must have read."""
        return tuple(a for a in self.articles if a.fate is Fate.READ)

    def article(self, url: str) -> WorldArticle:
        return next(a for a in self.articles if a.url == url)

    def turn_to(self, edition: int) -> None:
        """From now on the papers answer with this edition."""
        self.edition = edition

    def let(self, url: str, happening: Happening | None) -> None:
        """From now on an article is corrected, taken away or moved; None: as it was printed."""
        self._happened.pop(url, None)
        if happening is not None:
            self._happened[url] = (happening, dt.datetime.now(VIETNAM).replace(microsecond=0))
        self._shown.clear()

    def _now(self, article: WorldArticle) -> WorldArticle:
        happened = self._happened.get(article.url)
        return after(article, *happened) if happened else article

    def _answer(self, slug: str, asked: Asked) -> Answer:
        """What the paper answers, with what happened to the article that is asked for."""
        paper = self.paper(slug)
        url = paper.homepage.rstrip("/") + asked.path
        happening, _ = self._happened.get(url, (None, None))
        if happening in {None, Happening.CORRECTED}:
            return paper.answer(asked)
        if happening is Happening.RETOUCHED:
            found = paper.answer(asked)
            return replace(found, body=retouched(found.body.decode()).encode())
        return answer(happening, next(a for a in self._all if a.url == url), paper.articles)

    def write_sites(self, folder: Path) -> Path:
        """The three site files, for MOIT_NEWS_SITES."""
        return site_files.write(folder, self.papers)

    def paper(self, slug: str) -> Paper:
        key = (slug, self.edition)
        if key not in self._shown:
            homepage = next(p.homepage for p in self.papers if p.slug == slug)
            articles = [a for a in self.articles if a.paper == slug]
            self._shown[key] = KINDS[slug][1](homepage, articles)
        return self._shown[key]

    def _responder(self, slug: str):
        def respond(asked: Asked) -> Answer:
            if asked.path.startswith(CONTROL):
                return self._control(asked.path.removeprefix(CONTROL))
            return self._answer(slug, asked)

        return respond

    def _control(self, order: str) -> Answer:
        """``edition/2`` turns the world, ``happen/withdrawn/URL`` does that to an article and
        ``happen/nothing/URL`` undoes it; anything else only tells where the world stands."""
        word, _, rest = order.partition("/")
        if word == "edition" and rest in {"1", "2"}:
            self.turn_to(int(rest))
        happening, _, url = rest.partition("/")
        if word == "happen" and happening in {"nothing", *Happening}:
            self.let(url, None if happening == "nothing" else Happening(happening))
        return as_json({"edition": self.edition, "articles": len(self.articles)})
