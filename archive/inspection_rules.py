"""What must be true of the rows of both files, as queries that give the rows of which it is not.

Each query gives one column that names the rows; ``pages`` is pages.db, attached. Times are bound
as ``:soon`` and ``:early``.
"""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How bad it is: what cannot be had any more, what is not true, what looks strange."""

    LOST = "lost"
    WRONG = "wrong"
    ODD = "odd"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """``repair`` says what --repair does by ``statement``; without one, what a person can do."""

    name: str
    weight: Weight
    sql: str
    repair: str
    statement: str | None = None


BACKUP = "nothing: look for it in a backup"
ASK_AGAIN = "nothing: `moit-news crawl --url` asks for the article again"
HISTORY = "nothing: what a run counted is history"

_ENDS = "new + revised + unchanged + failed + refused + gone"
_NOW = "strftime('%Y-%m-%dT%H:%M:%S', 'now', '+7 hours') || '+07:00'"
_NUMBERED = (
    "articles a LEFT JOIN (SELECT article_id, count(*) AS n, min(version) AS low,"
    " max(version) AS high FROM versions GROUP BY article_id) v ON v.article_id = a.id"
)

RULES = (
    Rule(
        name="articles whose versions are not numbered 1, 2, 3 …",
        weight=Weight.LOST,
        sql=f"SELECT a.id FROM {_NUMBERED} WHERE coalesce(low, 1) <> 1"
        " OR coalesce(high, 0) <> coalesce(n, 0) OR a.version > coalesce(n, 0) + 1",
        repair=BACKUP,
    ),
    Rule(
        name="articles whose own version number is that of an earlier one",
        weight=Weight.WRONG,
        sql=f"SELECT a.id FROM {_NUMBERED} WHERE a.version <= high",
        repair="counts it anew from the versions that are kept",
        statement="UPDATE articles SET version = 1 + (SELECT max(version) FROM versions"
        " WHERE article_id = articles.id) WHERE version <="
        " (SELECT max(version) FROM versions WHERE article_id = articles.id)",
    ),
    Rule(
        name="runs whose numbers do not add up to what they asked",
        weight=Weight.WRONG,
        sql=f"SELECT run_id || ' ' || site FROM run_sites WHERE asked <> {_ENDS}",
        repair="counts `asked` anew as the sum of the others",
        statement=f"UPDATE run_sites SET asked = {_ENDS} WHERE asked <> {_ENDS}",
    ),
    Rule(
        name="runs that counted more or fewer answers than their outcomes",
        weight=Weight.WRONG,
        sql="SELECT s.run_id FROM (SELECT run_id, sum(asked) AS asked FROM run_sites"
        " GROUP BY run_id) s LEFT JOIN (SELECT run_id, count(*) AS n FROM outcomes"
        " GROUP BY run_id) o ON o.run_id = s.run_id WHERE s.asked <> coalesce(o.n, 0)",
        repair=HISTORY,
    ),
    Rule(
        name="addresses that are done, but lead to no article",
        weight=Weight.WRONG,
        sql="SELECT url FROM frontier WHERE state IN ('done', 'unchanged') AND article_id IS NULL",
        repair="leads each to the article of its address, where one is kept",
        statement="UPDATE frontier SET article_id = (SELECT id FROM articles"
        " WHERE articles.url = frontier.url) WHERE article_id IS NULL"
        " AND state IN ('done', 'unchanged') AND url IN (SELECT url FROM articles)",
    ),
    Rule(
        name="articles that no address of the frontier leads to, so never looked at again",
        weight=Weight.ODD,
        sql="SELECT id FROM articles WHERE NOT EXISTS (SELECT 1 FROM frontier"
        " WHERE article_id = articles.id)",
        repair=ASK_AGAIN,
    ),
    Rule(
        name="pages whose body is not there",
        weight=Weight.LOST,
        sql="SELECT id FROM pages.pages WHERE sha256 IS NOT NULL"
        " AND sha256 NOT IN (SELECT sha256 FROM pages.bodies)",
        repair=BACKUP,
    ),
    Rule(
        name="bodies whose dictionary is not there, so that they cannot be read",
        weight=Weight.LOST,
        sql="SELECT hex(substr(sha256, 1, 8)) FROM pages.bodies WHERE dictionary_id IS NOT NULL"
        " AND dictionary_id NOT IN (SELECT id FROM pages.dictionaries)",
        repair=BACKUP,
    ),
    Rule(
        name="bodies that no page has",
        weight=Weight.WRONG,
        sql="SELECT hex(substr(sha256, 1, 8)) FROM pages.bodies WHERE sha256 NOT IN"
        " (SELECT sha256 FROM pages.pages WHERE sha256 IS NOT NULL)",
        repair="removes them: no page and no article can lead to them",
        statement="DELETE FROM pages.bodies WHERE sha256 NOT IN"
        " (SELECT sha256 FROM pages.pages WHERE sha256 IS NOT NULL)",
    ),
    Rule(
        name="keys in bands that are of no signature",
        weight=Weight.WRONG,
        sql="SELECT signature_id FROM bands WHERE signature_id NOT IN (SELECT id FROM signatures)",
        repair="removes them: they are made from the text of an article",
        statement="DELETE FROM bands WHERE signature_id NOT IN (SELECT id FROM signatures)",
    ),
    Rule(
        name="pages fetched after now, by a wrong clock",
        weight=Weight.WRONG,
        sql="SELECT id FROM pages.pages WHERE fetched_at > :soon",
        repair="nothing: nobody knows the true time; set this machine's clock",
    ),
    Rule(
        name="articles first or last seen after now, by a wrong clock",
        weight=Weight.WRONG,
        sql="SELECT id FROM articles WHERE first_seen_at > :soon OR last_seen_at > :soon",
        repair="nothing: nobody knows the true time; set this machine's clock",
    ),
    Rule(
        name="times watched after now, by a wrong clock: days to come would seem watched",
        weight=Weight.WRONG,
        sql="SELECT listing_id || ' until ' || until FROM stretches WHERE until > :soon",
        repair="ends them now",
        statement=f"UPDATE stretches SET until = max(since, {_NOW}) WHERE until > {_NOW}",
    ),
    Rule(
        name="articles last seen before they were first seen",
        weight=Weight.WRONG,
        sql="SELECT id FROM articles WHERE last_seen_at < first_seen_at",
        repair="nothing: nobody knows which of the two is true",
    ),
    Rule(
        name="articles dated after they were read, or before 1990",
        weight=Weight.ODD,
        sql="SELECT id FROM articles WHERE published_at < :early"
        " OR published_at > strftime('%Y-%m-%dT%H:%M:%S', first_seen_at, '+7 hours', '+2 days')",
        repair="nothing: so their papers say; `moit-news sites check` tells if the reading errs",
    ),
    Rule(
        name="articles whose id is not made of a day on which they were published or seen",
        weight=Weight.ODD,
        sql="SELECT id FROM articles a WHERE id / 1000000 NOT IN (SELECT"
        " CAST(substr(day, 1, 4) || substr(day, 6, 2) AS INTEGER) FROM"
        " (SELECT a.published_at AS day UNION ALL SELECT a.first_seen_at UNION ALL SELECT"
        " published_at FROM versions WHERE article_id = a.id) WHERE day IS NOT NULL)",
        repair="nothing: an id that was cited stays",
    ),
)
# An address is asked while its run lives; the next crawl goes on with what a killed one left.
LEFTOVERS = Rule(
    name="addresses that a killed run was asking",
    weight=Weight.ODD,
    sql="SELECT url FROM frontier WHERE state = 'fetching'",
    repair="nothing: the next crawl goes on with them",
)
# Made from the articles themselves, so nothing is lost where they are removed with theirs.
DERIVED = ("citations", "signatures", "pairs", "stories")
