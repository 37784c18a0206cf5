import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UrlError
from archive.urls import canonical, host


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://VnEconomy.vn", "https://vneconomy.vn/"),
        (
            "https://dantri.com.vn:443/kinh-doanh/a.htm#binh-luan",
            "https://dantri.com.vn/kinh-doanh/a.htm",
        ),
        ("http://127.0.0.1:8080/a?x=1", "http://127.0.0.1:8080/a?x=1"),
        ("https://a.vn/b/./c/../d/", "https://a.vn/b/d/"),
        ("https://a.vn/../../b", "https://a.vn/b"),
        ("https://a.vn/b/..", "https://a.vn/"),
        ("https://a.vn/%7Eb/%2e%2E/%c3%a0", "https://a.vn/%C3%A0"),
        ("https://a.vn/tin điện?q=giá", "https://a.vn/tin%20%C4%91i%E1%BB%87n?q=gi%C3%A1"),
        ("https://a.vn/100%", "https://a.vn/100%25"),
        ("https://a.vn/?b=2&a=1&UTM_Source=x&fbclid=y&zarsrc=30", "https://a.vn/?b=2&a=1"),
        ("https://a.vn/?utm_campaign=x", "https://a.vn/"),
        ("https://a.vn/?%75tm_source=x", "https://a.vn/"),
        ("https://a.vn/?", "https://a.vn/"),
        ("https://user:secret@a.vn/b", "https://a.vn/b"),
        ("https://a.vn./b", "https://a.vn/b"),
        ("https://báo.vn/a", "https://xn--bo-mia.vn/a"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        (" https://a.vn/b\n", "https://a.vn/b"),
        ("https://a.vn/b;jsessionid=12AB?c=1", "https://a.vn/b?c=1"),
        ("https://a.vn//b", "https://a.vn//b"),
        ("https://a.vn/b?next=http://c.vn/", "https://a.vn/b?next=http://c.vn/"),
    ],
)
def test_an_article_has_one_address(url: str, expected: str):
    assert canonical(url) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tin-tuc/a.html",
        "//a.vn/b",
        "javascript:alert(1)",
        "mailto:a@b.vn",
        "file:///etc/passwd",
        "ftp://a.vn/b",
        "http:///a",
        "http://",
        "http://[::1",
        "http://[giá]/",
        "http://a.vn:99999/",
        "http://a.vn:x/",
        "http://a b.vn/",
        "http://.vn/",
        "http://a.vn\\@b/",
        "http://" + "đ" * 70 + ".vn/",
        "http://a.vn/\ud800",
        "http://a.vn/" + "a" * 2000,
        "http://a.vn/" + "đ" * 400,
    ],
)
def test_what_is_no_web_address_is_refused_by_name(url: str):
    with pytest.raises(UrlError):
        canonical(url)


@given(st.text())
def test_any_text_gives_an_address_or_a_url_error(text: str):
    for url in (text, "http://" + text, "https://a.vn/" + text):
        try:
            address = canonical(url)
        except UrlError:
            continue
        assert canonical(address) == address
        assert address.isascii()
        assert address.isprintable()


@given(
    st.lists(st.sampled_from([".", "..", "", "a", "%2e", "%2F", "b c", "đ"]), max_size=6),
    st.lists(st.sampled_from(["utm_x=1", "a=1", "", "b", "fbclid=%20"]), max_size=4),
)
def test_canonical_is_its_own_canonical_form(segments: list[str], pairs: list[str]):
    address = canonical("https://a.vn/" + "/".join(segments) + "?" + "&".join(pairs))
    assert canonical(address) == address


def test_host_names_the_port_only_where_it_is_unusual():
    assert host("http://127.0.0.1:8080/a") == "127.0.0.1:8080"
    assert host("https://A.vn:443/b") == "a.vn"
