"""AddressBook: which addresses lead to which article, and which article a page is.

Two articles must never become one: the site's own id decides where there is one. Without it, a
redirect or the page's own word (rel=canonical) counts only where title and time agree too.
"""

import sqlite3
from dataclasses import dataclass

from archive.address_rules import AddressRules
from archive.errors import UrlError
from archive.models import Article, Page
from archive.rows import blocks_of
from archive.times import to_text
from archive.urls import canonical

_AT = """
SELECT article_id, how, key FROM addresses WHERE address = :address
UNION ALL SELECT id, 'read', NULL FROM articles WHERE url = :address LIMIT 1
"""
_BY_KEY = "SELECT article_id FROM addresses WHERE site = ? AND key = ? ORDER BY article_id LIMIT 1"
# Where an article was only said to stand, another one may be found: then the address is that one's.
_KEEP = """
INSERT INTO addresses (address, article_id, site, key, how, first_seen_at)
VALUES (:address, :article_id, :site, :key, :how, :at) ON CONFLICT (address) DO UPDATE
SET article_id = excluded.article_id, how = excluded.how, key = excluded.key
WHERE addresses.how <> 'read' AND (excluded.how = 'read' OR addresses.how = 'named')
"""
_SAID = "SELECT title, published_at, blocks, body FROM articles WHERE id = ?"
_AT_ONCE = 10_000
_MOST_SHOWN = 1000
# What a sentence leaves behind an address that is copied out of it.
_PUNCTUATION = ".,;:!?)>]}\"'”’"


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Which article a page is: its id if it is known, its address, and others with how each is
    known: it was ``asked`` and led here, or the page ``named`` it as its own."""

    article_id: int | None
    url: str
    others: tuple[tuple[str, str], ...] = ()


class AddressBook:
    """The addresses of an archive, on its connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rules: dict[str, AddressRules | None] = {}

    def rules(self, site: str) -> AddressRules | None:
        """The rules of a site as its file had them when it was last crawled."""
        if site not in self._rules:
            sql = "SELECT address_rules FROM sites WHERE slug = ?"
            row = self._connection.execute(sql, (site,)).fetchone()
            self._rules[site] = AddressRules.from_text(row[0]) if row and row[0] else None
        return self._rules[site]

    def put_rules(self, site: str, rules: AddressRules) -> bool:
        """Keeps a site's rules; True where they are not those that were kept, and then what tells
        the articles of the site apart is read off all their addresses again."""
        self._rules.pop(site, None)
        if self.rules(site) == rules:
            return False
        sql = "UPDATE sites SET address_rules = ? WHERE slug = ?"
        self._connection.execute(sql, (rules.to_text(), site))
        self._rules[site] = rules
        self._rekey(site, rules)
        return True

    def at(self, address: str) -> int | None:
        """The article that an address, spelled as it was seen, led to."""
        row = self._row(address)
        return None if row is None else int(row["article_id"])

    def look_up(self, ref: str) -> int | None:
        """The article that any spelling of an address leads to, by what was seen, then by the
        rules of the site that owns its host."""
        for url in _spellings(ref):
            found = self.at(url)
            if found is None:
                found = self._by_rules(url)
            if found is not None:
                return found
        return None

    def identify(self, article: Article, site: str, page: Page | None) -> Identity:
        """Which article was read, from its address, the page's and what both say."""
        rules = self.rules(site)
        said = _address(article.url, rules)
        read = [_address(one, rules) for one in (page.final_url, page.url)] if page else [said]
        url = said if _surely_same(said, read[0], rules) else read[0]
        hows = dict.fromkeys((one for one in read if one != url), "asked")
        if said != url:
            hows.setdefault(said, "named")
        others = tuple(
            (one, how) for one, how in hows.items() if not (rules and rules.differ(one, url))
        )
        found = self._standing_at(url, site, article)
        if found is None:
            found = self._moved(article, others)
        return Identity(article_id=found, url=url, others=others)

    def keep(self, article_id: int, identity: Identity, site: str, at: str) -> None:
        """Notes the addresses of an article that is stored; none where another one was read."""
        rules = self.rules(site)
        rows = [
            {
                "address": address,
                "article_id": article_id,
                "site": site,
                "key": rules.key(address) if rules else None,
                "how": how,
                "at": at,
            }
            for address, how in ((identity.url, "read"), *identity.others)
        ]
        self._connection.executemany(_KEEP, rows)

    def of(self, article_id: int) -> list[sqlite3.Row]:
        """The addresses of an article, those first that were seen first; of very many the last."""
        sql = (
            "SELECT * FROM addresses WHERE article_id = ?"
            " ORDER BY first_seen_at DESC, address DESC LIMIT ?"
        )
        return self._connection.execute(sql, (article_id, _MOST_SHOWN)).fetchall()[::-1]

    def _row(self, address: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(_AT, {"address": address}).fetchone()
        return row

    def _standing_at(self, url: str, site: str, article: Article) -> int | None:
        rules, row = self.rules(site), self._row(url)
        key = rules.key(url) if rules else None
        if row is None:
            return self._with_key(site, key)
        is_sure = row["how"] == "read" or (key is not None and row["key"] == key)
        return row["article_id"] if is_sure or self._agrees(row["article_id"], article) else None

    def _with_key(self, site: str, key: str | None) -> int | None:
        row = self._connection.execute(_BY_KEY, (site, key)).fetchone() if key else None
        return None if row is None else int(row[0])

    def _moved(self, article: Article, others: tuple[tuple[str, str], ...]) -> int | None:
        """The article that stood at another of a page's addresses, if it is this one."""
        found = (self.at(address) for address, _ in others)
        return next((one for one in found if one is not None and self._agrees(one, article)), None)

    def _agrees(self, article_id: int, article: Article) -> bool:
        """Whether a kept article is this one by what it says: the same title at the same time.
        Papers give one title to many articles ("Giá vàng hôm nay"), but not at one time."""
        kept = self._connection.execute(_SAID, (article_id,)).fetchone()
        published = article.published_at and to_text(article.published_at)
        if (article.title, published) != (kept["title"], kept["published_at"]):
            return False
        return published is not None or article.blocks == blocks_of(kept)

    def led_to(self, url: str) -> list[str]:
        """Where the rules of the sites that own its host lead a URL to; at the end the address at
        which its article now stands, if one is kept."""
        led = [rules.address(url) for _, rules in self._owners(url)]
        found = self.look_up(url)
        if found is not None:
            sql = "SELECT url FROM articles WHERE id = ?"
            led.append(self._connection.execute(sql, (found,)).fetchone()["url"])
        return led

    def _by_rules(self, url: str) -> int | None:
        for site, rules in self._owners(url):
            found = self.at(rules.address(url))
            if found is None:
                found = self._with_key(site, rules.key(url))
            if found is not None:
                return found
        return None

    def _owners(self, url: str) -> list[tuple[str, AddressRules]]:
        sql = "SELECT slug FROM sites WHERE address_rules IS NOT NULL ORDER BY slug"
        told = [(row["slug"], self.rules(row["slug"])) for row in self._connection.execute(sql)]
        return [(slug, rules) for slug, rules in told if rules is not None and rules.owns(url)]

    def _rekey(self, site: str, rules: AddressRules) -> None:
        if not rules.ids:
            for table in ("addresses", "frontier"):
                sql = f"UPDATE {table} SET key = NULL WHERE site = ? AND key IS NOT NULL"
                self._connection.execute(sql, (site,))
            return
        for table, column in (("addresses", "address"), ("frontier", "url")):
            after = ""
            while urls := self._urls(table, column, site, after):
                self._connection.executemany(
                    f"UPDATE {table} SET key = ? WHERE {column} = ? AND key IS NOT ?",
                    ((key, url, key) for url in urls for key in (rules.key(url),)),
                )
                after = urls[-1]

    def _urls(self, table: str, column: str, site: str, after: str) -> list[str]:
        rows = self._connection.execute(
            f"SELECT {column} FROM {table} WHERE site = ? AND {column} > ?"
            f" ORDER BY {column} LIMIT {_AT_ONCE}",
            (site, after),
        )
        return [row[0] for row in rows]


def _surely_same(one: str, other: str, rules: AddressRules | None) -> bool:
    return one == other or (rules is not None and rules.same(one, other))


def _address(url: str, rules: AddressRules | None) -> str:
    try:
        return rules.address(url) if rules else canonical(url)
    except UrlError:  # a page may be read from a file, under a name that is no address
        return url


def _spellings(ref: str) -> list[str]:
    """A pasted address with either scheme, and without what stood behind it in a sentence."""
    urls = []
    for text in dict.fromkeys((ref, ref.rstrip(_PUNCTUATION))):
        try:
            url = canonical(text if "://" in text else f"https://{text}")
        except UrlError:
            continue
        rest = url.partition("://")[2]
        urls += [url, f"https://{rest}", f"http://{rest}"]
    return list(dict.fromkeys(urls))
