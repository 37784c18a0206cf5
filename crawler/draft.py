"""Draft: a site file as the program proposes it, from one article and a few listings. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.models import Article, Page
from archive.text import clean
from archive.urls import canonical
from crawler.errors import AnswerError, ExtractError
from crawler.extract import extract, json_ld
from crawler.extract.tree import Tree, line, parse
from crawler.propose import Proposal, guess_family, propose
from crawler.propose_listings import (
    Proposed,
    addresses,
    article_pattern,
    id_pattern,
    kind_of,
    propose_listing,
    weekly,
)
from crawler.site import ListingKind, Site
from crawler.site_file import compose, unknown_site
from crawler.site_schema import SiteFile

# A page of headlines gives a short "text" too, put together from its teasers.
_SHORTEST_ARTICLE = 200
_PREFIX = re.compile(r"^(?:\([^()]{2,40}\)|[A-ZĐ]{2,6})\s*[-–]\s+")
_SEPARATOR = re.compile(r"\s+[-–—|»]\s+|\s*\|\s*")
_ADDRESS = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/?|[a-z0-9-]+")
_ASKED = ("title", "lead", "body", "published", "authors", "section", "tags")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """The answers that a draft is made from; ``troubles`` are addresses that gave none, and why."""

    article: Page
    listings: tuple[Page, ...]
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A proposed site: the text of its file, and how it reads the article it was made from."""

    slug: str
    toml: str
    site: Site
    page: Page
    article: Article
    listed: int


def draft(gathered: Gathered, slug: str | None = None) -> Draft:
    """The site file that one article (see refuse_no_article) and its listings suggest."""
    page = gathered.article
    name, told_by = site_name(parse(page))
    family = guess_family(page)
    hosts = _hosts(gathered)
    links = [url for one in gathered.listings if _is_html(one) for url in addresses(one)]
    address = canonical(page.final_url)
    pattern = article_pattern(address, links)
    homepage = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}/"
    file = SiteFile(
        name=name, homepage=homepage, family=family, hosts=hosts, article_url=(pattern,)
    )
    slug = slug or slug_of(address)
    site = compose(slug, file)
    proposals, article = propose(page, file, site)
    lists = [one for answer in gathered.listings if (one := propose_listing(answer, site))]
    text = "".join(_lines(_Parts(file, told_by, proposals, article, lists, gathered, links)))
    site = compose(slug, SiteFile.model_validate(tomllib.loads(text)))
    return Draft(
        slug=slug,
        toml=text,
        site=site,
        page=page,
        article=extract(page, site),
        listed=sum(len(one.links) + one.parts for one in lists),
    )


def refuse_no_article(page: Page) -> None:
    """Raises AnswerError for a page that is no article, before more is asked of its site."""
    try:
        article = extract(page, unknown_site(page.final_url))
    except ExtractError as error:
        raise AnswerError(
            f"{page.url}: no article is found there: {error}; give the address of an article"
        ) from error
    if len(article.text) < _SHORTEST_ARTICLE and not article.images:
        raise AnswerError(
            f"{page.url}: no article is found there, only {len(article.text)} characters under "
            f"{article.title!r}; give the address of an article with a few paragraphs. A page that "
            "a browser shows and this program does not is filled by a script, or stands behind a "
            "wall"
        )


def site_name(tree: Tree) -> tuple[str, str]:
    """What a site calls itself, and who says so: words rather than an address."""
    host = urlsplit(tree.page.final_url).netloc
    told = [(name, who) for text, who in _names(tree) if (name := clean(text).strip())]
    words = (one for one in told if not _ADDRESS.fullmatch(one[0]))
    name, who = next(words, next(iter(told), (host, "the address")))
    return name[:80], who


def _names(tree: Tree) -> Iterator[tuple[str, str]]:
    yield tree.meta("og:site_name") or "", "og:site_name"
    for name in json_ld.values(tree.json_ld, "publisher.name"):
        yield name, "JSON-LD's publisher"
    title = line("".join(str(t) for t in next(tree.root.iter("title"), tree.root).itertext()))
    *before, last = _SEPARATOR.split(title)
    if before and len(last.split()) <= 6:
        yield last, "the end of <title>"


def slug_of(url: str) -> str:
    """A slug from an address: the host's first name, the whole host of an authority.

    >>> slug_of("https://www.bao-thu.com.vn/a.html"), slug_of("https://moit.gov.vn/")
    ('bao-thu', 'moit-gov-vn')
    """
    host = urlsplit(url).netloc.lower().removeprefix("www.")
    if ".gov." not in host and not re.search(r"[\d:]$", host):
        host = re.sub(r"(?:\.(?:com|net|org|edu|info))?\.[a-z]{2,}$", "", host)
    return re.sub(r"[^a-z0-9]+", "-", host).strip("-")


def _hosts(gathered: Gathered) -> tuple[str, ...]:
    """The hosts to name, where a listing lies on another than the articles do."""
    home = urlsplit(gathered.article.final_url).netloc.lower()
    bare = home.removeprefix("www.")
    others = {urlsplit(page.url).netloc.lower() for page in gathered.listings}
    others -= {home, bare, f"www.{bare}"}
    return (bare, f"www.{bare}", *sorted(others)) if others else ()


def _is_html(page: Page) -> bool:
    return kind_of(page) is ListingKind.HEADLINES


# --- the text of the file ---


@dataclass(frozen=True, slots=True)
class _Parts:
    file: SiteFile
    told_by: str
    proposals: Sequence[Proposal]
    article: Article
    lists: Sequence[Proposed]
    gathered: Gathered
    links: Sequence[str]


def _lines(parts: _Parts) -> Iterator[str]:
    file, page = parts.file, parts.gathered.article
    yield "# Proposed by `moit-news sites new` from one article and its listings.\n"
    yield "# Correct each line, then take the remarks away.\n"
    yield f"name = {quoted(file.name)} # from {parts.told_by}\n"
    yield f"homepage = {quoted(file.homepage)}\n"
    if parts.article.language == "en":
        yield 'language = "en"\n'
    if file.family:
        yield f"family = {quoted(file.family)}\n"
    if file.hosts:
        yield f"hosts = [{', '.join(map(quoted, file.hosts))}]\n"
    yield f'evidence = "real page {page.fetched_at:%Y-%m}"\n'
    pattern = file.article_url[0]
    fits = sum(bool(re.search(pattern, url)) for url in parts.links)
    told = f" # fits {fits} of {len(parts.links)} addresses on the listing" if parts.links else ""
    yield f"article_url = {quoted(pattern)}{told}\n"
    if count := max(filter(None, (weekly(one.links) for one in parts.lists)), default=None):
        yield f"# articles_per_week = {count} # by the dates of its listing; count for a month\n"
    yield from _prefix(parts.article)
    if parts.article.noarchive:
        yield '# The page says noarchive: without keep = "text" its text is not kept.\n'
    yield from _id_rule(file, parts.links)
    yield from _fields(parts)
    for one in parts.lists:
        yield from _listing(one)
    if not parts.lists:
        yield "\n# No listing was found that names articles: give one with --listing.\n"
    yield from (f"# {line(trouble)}\n" for trouble in parts.gathered.troubles)


def _prefix(article: Article) -> Iterator[str]:
    if match := _PREFIX.match(article.lead or ""):
        text = re.escape(match[0].rstrip(" -–")).replace(r"\ ", " ")
        pattern = quoted(text + r"\s*[-–]\s*")
        yield f"lead_prefixes = [{pattern}] # stood before the lead\n"


def _id_rule(file: SiteFile, links: Sequence[str]) -> Iterator[str]:
    """Only a remark: that a number is never given twice is more than one listing can show."""
    pattern = id_pattern(file.article_url[0])
    if pattern is None or compose("new", file).address.id:
        return
    fits = {url for url in map(canonical, links) if re.search(file.article_url[0], url)}
    keys = {match[1] for url in fits if (match := re.search(pattern, url))}
    told = f"{len(keys)} numbers in {len(fits)} addresses"
    yield f"\n# If the number alone tells the article ({told}):\n"
    yield f"# [address]\n# query = []\n# id = {quoted(pattern)}\n"


def _fields(parts: _Parts) -> Iterator[str]:
    chosen = {one.field: one for one in parts.proposals}
    yield "\n[fields]\n" if chosen else ""
    for field in _ASKED:
        layer = parts.article.layers.get(field)
        if proposal := chosen.get(field):
            more = "" if proposal.unique else " # fits other elements too: the first one counts"
            yield f"{field} = {quoted(proposal.selector)}{more}\n"
        elif layer is None:
            yield f"# {field}: not found on this page\n"
        elif not layer.startswith("family"):
            yield f"# {field}: read by {layer}\n"


def _listing(one: Proposed) -> Iterator[str]:
    yield "\n"
    dated = sum(link.date is not None for link in one.links)
    named = f"{len(one.links)} articles, {dated} with a date"
    yield f"# {f'an index of {one.parts} parts' if one.parts else named}\n[[listings]]\n"
    for key, value in one.keys.items():
        yield f"{key} = {value if isinstance(value, int) else quoted(value)}\n"


def quoted(text: str) -> str:
    """A string as TOML writes it, in the quotes that need no escapes where there are such.

    >>> quoted("div[id='a']"), quoted(r"-\\d+")
    ('"div[id=\\'a\\']"', "'-\\\\d+'")
    """
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
