"""Trends and what was watched, in a real Datasette over a socket."""

import datetime as dt
import urllib.error
from collections.abc import Iterator

import pytest

from archive.models import VIETNAM
from archive.web import command
from tests.archive.news import article, new_archive, paragraphs
from tests.archive.test_web import Web, free_port, served
from tests.archive.watching import FEED, watch
from tests.archive.web_archive import HOSTILE

TODAY = dt.datetime.now(VIETNAM).replace(microsecond=0)


def ago(days: int) -> str:
    return (TODAY - dt.timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Ten articles of the last days; from the 20th to the 10th day before today a hole."""
    folder = tmp_path_factory.mktemp("web")
    with new_archive(folder) as archive:
        for number in range(10):
            said = article(
                number,
                title=f"Giá điện {number} {HOSTILE}",
                blocks=paragraphs("Giá điện"),
                published_at=TODAY - dt.timedelta(days=number),
            )
            archive.add(said, site="bo-vn", page_id=None, seen_at=TODAY)
        watch(archive, FEED, (ago(60), ago(20)), (ago(10), ago(0)), named=TODAY)
        archive.connection.execute(
            "INSERT INTO frontier (url, site, state, found_at, listed_date, reason)"
            " VALUES ('https://bo.vn/x', 'bo-vn', 'failed', ?, ?, ?)",
            (ago(1), ago(1), f"cut {HOSTILE}"),
        )
    port = free_port()
    with served(command(folder, host="127.0.0.1", port=port), port, folder) as web:
        yield web


def refused(web: Web, path: str) -> int:
    """The status of an answer that is none."""
    with pytest.raises(urllib.error.HTTPError) as answer:
        web.get(path)
    with answer.value as error:
        return int(error.code)


def test_a_trend_has_a_bar_a_time_and_its_words(web: Web) -> None:
    span = {"since": ago(30)[:10], "until": ago(0)[:10]}
    page = web.get("/-/trend", q="giá điện", by="day", site="bo-vn", **span)

    assert page.count("<g><title>") == 31
    assert f"{ago(2)[:10]}: 1 articles, 100 % of all; 100 % watched" in page
    assert f"{ago(15)[:10]}: 0 articles; 0 % watched" in page
    assert "<option selected>day</option>" in page
    assert "10 of 10 articles (100 %)" in page


def test_without_words_there_is_a_form_and_unknown_choices_change_nothing(web: Web) -> None:
    assert "<svg" not in web.get("/-/trend")
    assert "<svg" in web.get("/-/trend", q="giá", by="fortnight", since="x", until="31/02/2024")
    assert refused(web, "/-/trend?q=gia&site=none") == 404


def test_nothing_that_is_typed_or_kept_becomes_markup(web: Web) -> None:
    for page in (web.get("/-/trend", q=HOSTILE), web.get("/-/coverage/bo-vn")):
        assert "<script>document" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page


def test_what_was_watched_is_a_calendar_a_site(web: Web) -> None:
    both, one = web.get("/-/coverage"), web.get("/-/coverage/bo-vn")

    assert both.count('class="news-days"') == 2
    assert one.count('class="news-days"') == 1
    day = TODAY - dt.timedelta(days=15)
    assert f'<i class="never" title="{day:%a %Y-%m-%d}: never watched, a hole, 0 kept">' in one
    assert "11 links = 10 kept + 1 failed" in one
    assert "cut &lt;script&gt;" in one
    assert refused(web, "/-/coverage/none") == 404


def test_a_search_and_the_home_page_lead_there(web: Web) -> None:
    assert "/-/trend?q=gi%C3%A1%20%C4%91i%E1%BB%87n" in web.get(
        "/archive/articles", _search="giá điện"
    )
    assert "/-/coverage" in web.get("/")
