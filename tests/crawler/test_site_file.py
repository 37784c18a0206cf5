"""A wrong site file fails at once: its name, the key, and what is allowed."""

import json
from pathlib import Path

import pytest

from crawler.errors import SiteError
from crawler.site import Keep, ListingKind
from crawler.site_file import SITES, load_site, load_sites, site_of, source_of, unknown_site

GOOD = """
name = "Báo Thử Nghiệm"
homepage = "https://bao.example/"
article_url = '^https://bao\\.example/[a-z-]+-\\d+\\.html$'
articles_per_week = 70

[fields]
title = "h1.tieu-de"

[[listings]]
kind = "feed"
url = "https://bao.example/kinh-te.rss"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "bao-thu.toml").write_text(text, encoding="utf-8")
    return folder


WRONG = {
    "a key misspelt": (
        GOOD.replace("articles_per_week", "article_per_week"),
        "article_per_week",
        "did you mean 'articles_per_week'",
    ),
    "a field misspelt": (
        GOOD.replace("title =", "titel ="),
        "fields.titel",
        "did you mean 'title'",
    ),
    "a name missing": (GOOD.replace('name = "Báo Thử Nghiệm"', ""), "name", "missing"),
    "a homepage that is no address": (
        GOOD.replace('https://bao.example/"\na', 'bao.example"\na'),
        "homepage",
        "http",
    ),
    "an unknown family": ('family = "vcorp"\n' + GOOD, "family", "did you mean 'vccorp'"),
    "an unknown kind of listing": (
        GOOD.replace('"feed"', '"fed"'),
        "listings[0].kind",
        "did you mean 'feed'",
    ),
    "a bad regular expression": (
        GOOD.replace("[a-z-]+", "([a-z"),
        "article_url",
        "regular expression",
    ),
    "a bad selector": (GOOD.replace("h1.tieu-de", "h1..tieu-de["), "fields.title", "selector"),
    "a delay of zero": (
        GOOD + "[politeness]\ndelay = 0\n",
        "politeness.delay",
        "greater than or equal to 0.001",
    ),
    "a bad value of keep": ('keep = "everything"\n' + GOOD, "keep", "text, metadata"),
    "a bad placeholder": (
        GOOD.replace("kinh-te.rss", "{page.rss"),
        "listings[0].url",
        "placeholder",
    ),
    "a rule misspelt": (GOOD + "[address]\nhost = []\n", "address.host", "did you mean 'hosts'"),
    "an alias that is an address": (
        GOOD + '[address]\nhosts = "https://m.bao.example/"\n',
        "address.hosts",
        "write m.bao.vn",
    ),
    "a path without a star": (
        GOOD + '[address]\npaths = { "/amp/" = "/" }\n',
        "address.paths",
        "write one * for what stays",
    ),
    "an id without a group": (
        GOOD + "[address]\nid = '-\\d+\\.html$'\n",
        "address.id",
        "exactly one group",
    ),
    "a parameter with its value": (
        GOOD + '[address]\nquery = ["id=7"]\n',
        "address.query",
        "without its value",
    ),
    "a text that is not TOML": (GOOD.replace("[fields]", "[fields"), "bao-thu.toml", "not TOML"),
    "bytes that are not UTF-8": (None, "bao-thu.toml", "not TOML"),
    "a wrong type": (GOOD.replace("= 70", '= "nhiều"'), "articles_per_week", "integer"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_file_says_where_and_what_is_allowed(tmp_path: Path, fault: str) -> None:
    text, place, allowed = WRONG[fault]
    write(tmp_path, text or GOOD)
    if text is None:
        (tmp_path / "bao-thu.toml").write_bytes(GOOD.encode("utf-16"))

    with pytest.raises(SiteError) as error:
        load_site("bao-thu", tmp_path)

    assert str(tmp_path / "bao-thu.toml") in str(error.value)
    assert place in str(error.value)
    assert allowed in str(error.value)


def test_a_site_stands_over_generic(tmp_path: Path) -> None:
    site = load_site("bao-thu", write(tmp_path, GOOD))

    assert str(site.fields["title"][0]) == "site h1.tieu-de"
    assert site.fields["title"][-1].layer == "generic"
    assert site.hosts == ("bao.example", "www.bao.example")
    assert site.is_article("https://bao.example/gia-dien-123.html")
    assert not site.is_article("https://bao.example/kinh-te.htm")
    assert ListingKind.FEED is site.listings[0].kind
    assert source_of(site).name == "Báo Thử Nghiệm"


def test_address_rules_are_the_nearest_of_each_key(tmp_path: Path) -> None:
    text = (
        'family = "vccorp"\n' + GOOD + '[address]\nquery = ["id"]\npaths = { "*.amp" = "*.htm" }\n'
    )

    site = load_site("bao-thu", write(tmp_path, text))
    bare = load_site("bao-thu", write(tmp_path, text + "id = []\nhosts = []\n"))

    assert site.address.hosts == ("m.bao.example", "amp.bao.example")
    assert site.address.query == ("id",)
    assert site.rules.paths == (("*.amp", "*.htm"),)
    assert site.rules.key("https://m.bao.example/gia-gao-102260908093004191.htm") is not None
    assert (bare.address.id, bare.address.hosts) == ((), ())


def test_the_site_of_a_mobile_address_is_the_papers() -> None:
    sites = load_sites(SITES)
    url = "https://m.tuoitre.vn/gia-gao-tang-20260908081500123.htm?ref=home"

    site = site_of(url, sites.values())

    assert site is not None
    assert site.rules.address(url) == "https://tuoitre.vn/gia-gao-tang-20260908081500123.htm"


def test_golden_pages_of_a_site_have_ids_of_their_own() -> None:
    """An id that two pages of ours share would be read off the wrong place of their addresses."""
    sites = load_sites(SITES)
    for slug, site in sites.items():
        labels = (Path(__file__).parents[1] / "sites" / slug).glob("*.json")
        urls = {json.loads(label.read_text(encoding="utf-8"))["url"] for label in labels}
        keys = [key for url in urls if (key := site.rules.key(url)) is not None]

        assert len(keys) == len(set(keys))
        assert all(site.rules.address(url) == url for url in urls)


def test_one_table_of_listings_expands_over_each_value(tmp_path: Path) -> None:
    text = GOOD + (
        '[[listings]]\nkind = "api"\nmethod = "POST"\nurl = "https://bao.example/api"\n'
        'each = { zone = { "Kinh tế" = "11", "Năng lượng" = "12" } }\n'
        'form = { zoneId = "{zone}", page = "{page}" }\n'
    )

    site = load_site("bao-thu", write(tmp_path, text))

    assert [one.section for one in site.listings] == [None, "Kinh tế", "Năng lượng"]
    assert site.listings[2].form == {"zoneId": "12", "page": "{page}"}


def test_an_unknown_slug_is_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="did you mean 'bao-thu'"):
        load_site("bao-thuu", write(tmp_path, GOOD))


def test_all_sites_of_the_program_are_right() -> None:
    sites = load_sites(SITES)

    assert {"moit-gov-vn", "baochinhphu", "cafef", "thanhnien", "vtv", "vietnamplus"} <= set(sites)
    assert {"vietnamplus-en", "nhandan", "baodautu", "dantri", "vneconomy"} <= set(sites)
    assert all(site.article_url and site.evidence for site in sites.values())


def test_a_site_that_asks_not_to_be_archived_keeps_metadata_only() -> None:
    assert Keep.METADATA is load_site("vnexpress", SITES).keep


def test_any_address_has_a_site_of_generic_alone() -> None:
    site = unknown_site("https://Bao.Example:8443/tin/1.html")

    assert site.hosts == ("bao.example:8443",)
    assert {"generic"} == {s.layer for chain in site.fields.values() for s in chain}


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://moit.gov.vn/tin-tuc/thi-truong-trong-nuoc/gia-gao.html", "moit-gov-vn"),
        ("https://moit.gov.vn/en/news/latest-news/rice-prices.html", "moit-gov-vn-en"),
        ("https://moit.gov.vn/lien-he.html", "moit-gov-vn"),
        ("https://a.example/tin-1.html", None),
    ],
)
def test_of_two_sites_on_a_host_the_form_of_the_address_tells(url: str, slug: str | None) -> None:
    found = site_of(url, load_sites(SITES).values())

    assert (found and found.slug) == slug


def test_no_address_is_an_article_of_two_sites() -> None:
    sites = load_sites(SITES)
    for label in (Path(__file__).parents[1] / "sites").glob("*/*.json"):
        url = json.loads(label.read_text(encoding="utf-8"))["url"]
        slugs = [slug for slug, site in sites.items() if site.owns(url) and site.is_article(url)]

        assert slugs == ([] if label.parent.name == "unknown" else [label.parent.name])
