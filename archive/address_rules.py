"""One article, one address, as a site's own rules tell: aliases of a host, paths, queries, ids.

Pure. The rules stand in the site's file; the archive keeps them with the site, so that a reader's
command finds an article by an address that nobody has seen before.
"""

import json
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import urlsplit

from archive.errors import UrlError
from archive.urls import canonical

# A rule may make room for another one (/amp/m/x); rules that go round in a ring change nothing.
ROUNDS = 8
LONGEST_KEY = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressRules:
    """What is the same on one site.

    ``home`` is its scheme and host. ``aliases`` are hosts that show the same articles under the
    same paths. ``paths`` are pairs like ``("/amp/*", "/*")``. ``query`` names the parameters that
    matter, in their order; None: all of them. ``ids`` are expressions whose one group tells which
    article it is, whatever the rest. Only an address that fits ``articles`` is ever led to.
    """

    home: str
    hosts: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    paths: tuple[tuple[str, str], ...] = ()
    query: tuple[str, ...] | None = None
    ids: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    def address(self, url: str) -> str:
        """The one address of what a URL leads to; raises UrlError.

        >>> rules = AddressRules(home="https://bao.vn", hosts=("bao.vn",), aliases=("m.bao.vn",),
        ...     paths=(("*.amp", "*.html"),), query=(), articles=(r"-\\d+\\.html$",))
        >>> rules.address("http://m.bao.vn/gia-gao-77.amp?ref=home")
        'https://bao.vn/gia-gao-77.html'
        >>> rules.address("http://m.bao.vn/lien-he?ref=home")
        'http://m.bao.vn/lien-he?ref=home'
        """
        return _address(self, url)

    def key(self, url: str) -> str | None:
        """What tells an article from the others of its site, None where its address does not.

        >>> AddressRules(home="https://bao.vn", hosts=("bao.vn",), ids=(r"-(\\d+)\\.html$",)).key(
        ...     "http://bao.vn/gia-gao-77.html")
        '77'
        """
        try:
            address = self.address(url)
        except UrlError:
            return None
        if not self.owns(address):
            return None
        found = (re.search(pattern, address) for pattern in self.ids)
        key = next((match[1] for match in found if match and match[1]), "")
        return key.lower() if 0 < len(key) <= LONGEST_KEY else None

    def owns(self, url: str) -> bool:
        """Whether a URL lies on one of the site's hosts or of their aliases."""
        netloc = urlsplit(url).netloc
        return netloc in self.hosts or netloc in self.aliases

    def is_article(self, url: str) -> bool:
        """Whether a canonical URL has the form of the site's articles."""
        return any(re.search(pattern, url) for pattern in self.articles)

    def same(self, one: str, other: str) -> bool:
        """Whether two URLs surely lead to the same article."""
        key = self.key(one)
        return self.address(one) == self.address(other) or (
            key is not None and key == self.key(other)
        )

    def differ(self, one: str, other: str) -> bool:
        """Whether two URLs surely lead to two articles: their ids say so."""
        keys = self.key(one), self.key(other)
        return None not in keys and keys[0] != keys[1]

    def to_text(self) -> str:
        """As the archive keeps them."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The inverse of ``to_text``."""
        told = json.loads(text)
        told["paths"] = tuple((old, new) for old, new in told["paths"])
        lists = ("hosts", "aliases", "ids", "articles")
        told |= {name: tuple(told[name]) for name in lists}
        told["query"] = None if told["query"] is None else tuple(told["query"])
        return cls(**told)

    def _found(self, url: str) -> str:
        near = self._at_home(canonical(url))
        if not self.owns(near):
            return near
        there = self._led(near)
        return there if self.is_article(there) else near

    def _at_home(self, url: str) -> str:
        """With the site's own scheme and its own spelling of ``www.``: sites link to themselves in
        both ways."""
        home, there = urlsplit(self.home), urlsplit(url)
        if there.netloc.removeprefix("www.") != home.netloc.removeprefix("www."):
            return url
        return there._replace(scheme=home.scheme, netloc=home.netloc).geturl()

    def _led(self, url: str) -> str:
        """Where all rules together lead; nowhere else if they come to no end."""
        at = url
        for _ in range(ROUNDS):
            following = self._step(at)
            if following == at:
                return at
            try:
                at = canonical(following)
            except UrlError:  # a rule made it longer than an address may be
                return url
        return url

    def _step(self, url: str) -> str:
        home, parts = urlsplit(self.home), urlsplit(url)
        if parts.netloc in self.aliases:
            parts = parts._replace(scheme=home.scheme, netloc=home.netloc)
        path = next(
            (led for old, new in self.paths if (led := _led_path(parts.path, old, new))), ""
        )
        return parts._replace(path=path or parts.path, query=self._kept(parts.query)).geturl()

    def _kept(self, query: str) -> str:
        if self.query is None or not query:
            return query
        pairs = [pair for pair in query.split("&") if pair.partition("=")[0] in self.query]
        order = {name: place for place, name in enumerate(self.query)}
        return "&".join(sorted(pairs, key=lambda pair: order[pair.partition("=")[0]]))


# Of a page it is asked ten times, of a listing's links once and again when each is added.
_address = lru_cache(maxsize=4096)(AddressRules._found)


def _led_path(path: str, old: str, new: str) -> str | None:
    """A path by one rule, None where the rule is not about it. The slash that divides it from the
    host is never lost: without it the rest of the path would become a part of the host's name."""
    before, _, after = old.partition("*")
    if len(path) < len(before) + len(after) or not path.startswith(before):
        return None
    if not path.endswith(after):
        return None
    rest = path[len(before) : len(path) - len(after)]
    return "/" + new.replace("*", rest, 1).removeprefix("/")
