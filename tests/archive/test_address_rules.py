"""The rules of a site lead to one address, stay on the site, and come to an end."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.address_rules import LONGEST_KEY, AddressRules
from archive.errors import UrlError
from archive.urls import canonical

HOME = "https://bao.example.vn"
RULES = AddressRules(
    home=HOME,
    hosts=("bao.example.vn", "www.bao.example.vn"),
    aliases=("m.bao.example.vn", "amp.bao.example.vn:8443"),
    paths=(("/amp/*", "/*"), ("*.amp", "*.html"), ("*/m", "*"), ("/cu/*", "/moi/*")),
    query=("page", "id"),
    ids=(r"^[^?]+-(\d+)\.html", r"[?&]id=(\d+)"),
    articles=(
        r"^https://bao\.example\.vn/(?:[a-z-]+/)*[a-z-]+-\d+\.html(?:$|\?)",
        r"\?page=tin&id=",
    ),
)
ARTICLE = f"{HOME}/tin/gia-gao-77.html"


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE,
        "http://bao.example.vn/tin/gia-gao-77.html",
        "https://WWW.bao.example.vn.:443/tin/gia-gao-77.html#binh-luan",
        "http://m.bao.example.vn/tin/gia-gao-77.html",
        "https://amp.bao.example.vn:8443/tin/gia-gao-77.html",
        f"{HOME}/amp/tin/gia-gao-77.html",
        f"{HOME}/amp/amp/tin/gia-gao-77.html",
        f"{HOME}/tin/gia-gao-77.amp?utm_source=zalo",
        f"{HOME}/tin/gia-gao-77.html/m?ref=home&x=1",
        "http://m.bao.example.vn/amp/tin/../tin/gia-gao-77.amp?fbclid=abc",
    ],
)
def test_the_addresses_of_an_article_lead_to_one(url: str) -> None:
    assert RULES.address(url) == ARTICLE


def test_the_parameters_that_matter_stand_in_their_order() -> None:
    assert RULES.address(f"{HOME}/?id=7&zarsrc=30&ref=a&page=tin") == f"{HOME}/?page=tin&id=7"


@pytest.mark.parametrize(
    "url",
    [
        "https://m.bao.example.vn/lien-he",
        f"{HOME}/amp/lien-he?a=1&b=2",
        f"{HOME}/so-do.xml?trang=2",
        "https://bao.example.vn.evil.example/tin/gia-gao-77.amp",
        "https://evil.example/amp/tin/gia-gao-77.html?ref=1",
        "https://evil.example/?u=https://m.bao.example.vn/tin/gia-gao-77.html",
        "https://amp.bao.example.vn/tin/gia-gao-77.html",
        f"{HOME}:8443/amp/tin/gia-gao-77.html",
    ],
)
def test_what_leads_to_no_article_of_the_site_stays_as_it_is(url: str) -> None:
    assert RULES.address(url) == canonical(url)


def test_a_moved_section_is_a_rule_too() -> None:
    assert RULES.address(f"{HOME}/cu/gia-gao-7.html") == f"{HOME}/moi/gia-gao-7.html"


def test_rules_that_go_round_or_on_for_ever_change_nothing() -> None:
    def led(*paths: tuple[str, str]) -> str:
        return AddressRules(
            home=HOME, hosts=("bao.example.vn",), paths=paths, articles=("html$",)
        ).address(f"{HOME}/a/gia-gao-7.html")

    assert led(("/a/*", "/b/*"), ("/b/*", "/a/*")) == f"{HOME}/a/gia-gao-7.html"
    assert led(("/*", "/" + "x" * 300 + "/*")) == f"{HOME}/a/gia-gao-7.html"


def test_no_rule_can_make_the_path_a_part_of_the_host() -> None:
    rules = AddressRules(
        home=HOME, hosts=("bao.example.vn",), paths=(("/amp/*", "*"),), articles=("html$",)
    )

    assert rules.address(f"{HOME}/amp/.evil.example/x.html") == f"{HOME}/.evil.example/x.html"
    assert rules.address(f"{HOME}/amp/@evil.example/x.html") == f"{HOME}/@evil.example/x.html"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (ARTICLE, "77"),
        ("http://m.bao.example.vn/amp/moi/ten-khac-77.html", "77"),
        (f"{HOME}/?page=tin&id=9", "9"),
        (f"{HOME}/lien-he.html", None),
        ("https://evil.example/tin/gia-gao-77.html", None),
        (f"{HOME}/tin/gia-gao-{'7' * (LONGEST_KEY + 1)}.html", None),
        (f"{HOME}/tin/gia-gao-٧٧.html", None),
        (f"{HOME}/tin/gia-gao-78.html?x=/bai-77.html", "78"),
        (f"{HOME}/tin/gia-gao-78.html#-77.html", "78"),
        ("javascript:-77.html", None),
        ("", None),
    ],
)
def test_an_id_tells_the_article_whatever_stands_around_it(url: str, key: str | None) -> None:
    assert RULES.key(url) == key


def test_equal_ids_are_the_same_and_different_ones_differ() -> None:
    other, plain = f"{HOME}/tin/khac-78.html", f"{HOME}/lien-he.html"

    assert RULES.same(ARTICLE, f"{HOME}/moi/ten-khac-77.html")
    assert not RULES.same(ARTICLE, other)
    assert RULES.differ(ARTICLE, other)
    assert not RULES.differ(ARTICLE, plain)


def test_the_rules_come_back_from_their_text() -> None:
    assert AddressRules.from_text(RULES.to_text()) == RULES
    bare = AddressRules(home=HOME)
    assert AddressRules.from_text(bare.to_text()) == bare


PIECES = st.sampled_from(
    [
        *("https://", "http://", "bao.example.vn", "www.bao.example.vn", "m.bao.example.vn"),
        *(
            "evil.example",
            "/",
            "amp/",
            "cu/",
            "tin/",
            "gia-gao-77",
            ".html",
            ".amp",
            "/m",
            "..",
            ".",
        ),
        *("?", "&", "id=7", "page=tin", "utm_source=x", "#a", "%2e"),
        *("//", "@", ":", "*", "đ", " "),
    ]
)
URLS = st.lists(PIECES, max_size=12).map("".join) | st.builds(
    "{}{}{}{}".format,
    st.sampled_from(
        ["https://bao.example.vn/", "http://m.bao.example.vn/", "https://evil.example/"]
    ),
    st.sampled_from(["", "amp/", "cu/amp/", "amp/cu/", "./", "a/../"]),
    st.sampled_from(["gia-gao-77.html", "gia-gao-77.amp", "gia-gao-77.html/m", "..amp"]),
    st.sampled_from(["", "?id=7&page=tin", "?page=tin&id=7&id=8", "?a=1", "?fbclid=1&id"]),
)


@settings(deadline=None, max_examples=300)
@given(URLS)
def test_an_address_is_its_own_address_and_stays_on_the_site(url: str) -> None:
    try:
        plain = canonical(url)
    except UrlError:
        return
    address = RULES.address(url)

    assert RULES.address(address) == address
    assert canonical(address) == address
    assert RULES.owns(address) == RULES.owns(plain)
    assert RULES.key(address) == RULES.key(url)
    if not RULES.owns(plain):
        assert address == plain


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_one_address_or_none_and_no_empty_key(text: str) -> None:
    assert RULES.key(text) != ""
    with contextlib.suppress(UrlError):
        address = RULES.address(text)
        assert RULES.address(address) == address
