"""A real Datasette over a socket, and a real browser where there is one."""

import html
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import rispy

from archive.web import command
from tests.archive.csl import CSL_JSON
from tests.archive.news import new_archive
from tests.archive.web_archive import BAD, FORUM, NUMBER, POWER, fill

WRITER = """
import sys
from pathlib import Path
from tests.archive.news import SEEN, article, new_archive
with new_archive(Path(sys.argv[1])) as archive:
    for number in range(1000, 100_000):
        archive.add(article(number), site="bao-vn", page_id=None, seen_at=SEEN)
        print(number, flush=True)
"""
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Web:
    address: str
    folder: Path

    def get(self, path: str, **query: str) -> str:
        with self.open(path, **query) as answer:
            return answer.read().decode()

    def open(self, path: str, **query: str):
        question = "?" + urllib.parse.urlencode(query) if query else ""
        return urllib.request.urlopen(self.address + path + question, timeout=30)

    def found(self, words: str) -> list[int]:
        rows = self.get("/archive/articles.json", _search=words, _shape="array", _col="id")
        return [row["id"] for row in json.loads(rows)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(arguments: list[str], port: int, folder: Path) -> Iterator[Web]:
    environment = os.environ | {"MOIT_NEWS_DATA": str(folder)}
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, env=environment) as process:
        web = Web(f"http://127.0.0.1:{port}", folder)
        try:
            wait_for(web, process)
            yield web
        finally:
            process.terminate()
            assert process.stderr is not None
            process.stderr.read()


def wait_for(web: Web, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, process.stderr and process.stderr.read().decode()
        try:
            web.get("/-/versions.json")
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("Datasette did not answer within 20 seconds")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("web")
    with new_archive(folder) as archive:
        fill(archive)
    port = free_port()
    with served(command(folder, host="127.0.0.1", port=port), port, folder) as web:
        yield web


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dien luc", [FORUM, POWER]),
        ("điện lực", [FORUM, POWER]),
        ('"dien luc"', [POWER]),
        ("“điện lực”", [POWER]),
        ("dien -dan", [POWER]),
        ("38/2016/TT-BCT", [NUMBER]),
        ('"', []),
        ("NEAR(", []),
        ("?!", []),
    ],
)
def test_the_search_box_understands_vietnamese(web: Web, typed: str, found: list[int]):
    assert web.found(typed) == found


def test_any_search_is_answered_with_a_page(web: Web):
    for typed in ("", '"', "'", "NEAR(a", "a OR", "title:", "*", "^", "a\x00b", "%", "đ" * 500):
        with web.open("/archive/articles", _search=typed) as answer:
            assert answer.status == 200


def test_a_search_shows_where_its_words_stand(web: Web):
    shown = web.get("/archive/articles", _search="leo cot")
    assert "<mark>leo cột</mark>" in shown
    assert "Thợ &lt;b&gt;điện&lt;/b&gt;" in shown


def test_an_article_shows_the_path_to_its_section(web: Web):
    assert " · Kinh tế › Năng lượng</p>" in web.get(f"/archive/articles/{POWER}")


def test_facets_count_sites_by_name_years_and_sections(web: Web):
    facets = json.loads(web.get("/archive/articles.json"))["facet_results"]
    assert {f["label"]: f["count"] for f in facets["site"]["results"]} == {
        "Cổng thông tin Bộ": 4,
        "Báo Thử": 9,
    }
    assert {f["value"] for f in facets["year"]["results"]} == {2024, 2023, 2022}
    assert "Năng lượng" in {f["value"] for f in facets["section"]["results"]}
    assert "Cổng thông tin Bộ</a> 4" in web.get("/archive/articles")


def test_the_best_hits_stand_before_the_newest_where_there_are_many(web: Web):
    shown = web.get("/archive/articles", _search="than da")
    best, newest = shown.index("<mark>Than đá</mark> vào kho"), shown.index("All of them")
    assert shown.index("The best of them") < best < newest
    assert "<mark>Than đá</mark>" in web.get("/archive/articles", _search="than da", year="2023")
    for filters in ({"year": "2024"}, {"year": "x"}, {"title__contains": "Than"}, {"_sort": "id"}):
        assert "The best of them" not in web.get("/archive/articles", _search="than da", **filters)


def test_the_newest_article_stands_first_with_its_source_by_name(web: Web):
    shown = web.get("/archive/articles")
    assert shown.index("Diễn đàn: lực sĩ") < shown.index("Thông tư 38/2016/TT-BCT")
    assert ">Báo Thử Nghiệm</a>" in shown
    rows = web.get("/archive/articles.json", id=str(POWER), _labels="on", _shape="array")
    (row,) = json.loads(rows)
    assert row["site"] == {"value": "bo-vn", "label": "Cổng thông tin Bộ"}
    assert row["source"] == {"value": "moit", "label": "Bộ Công Thương"}


def test_home_names_what_is_kept_and_to_whom_it_belongs(web: Web):
    home = web.get("/")
    for words in ("Tin ngành Công Thương", "belongs to the paper", "Báo Thử", "Thông tư 38/2016"):
        assert words in home
    assert 'name="_search"' in home


def test_an_article_reads_as_an_article(web: Web):
    shown = web.get(f"/archive/articles/{POWER}")
    for part in (
        "<h1>Điện lực miền núi sửa lưới</h1>",
        "07:15, 02/05/2024",
        "<p>Thợ &lt;b&gt;điện&lt;/b&gt; leo cột.</p>",
        "<th>Tuyến</th><th>Dài</th></tr><tr><td>Bản Cao</td>",
        "<strong>Bộ Công Thương</strong>",
        'href="https://bo.example.vn/tin/1.html" rel="noopener noreferrer nofollow"',
    ):
        assert part in shown
    assert "asks that copies be not kept" in web.get("/archive/articles/202405020004")


def test_an_article_leads_to_the_others_that_name_its_documents(web: Web):
    shown = web.get(f"/archive/articles/{NUMBER}")
    link = "/archive/citations?number=38/2016/TT-BCT"
    assert f'href="{link}">Thông tư 38/2016/TT-BCT</a>' in shown
    assert "Thông tư 38/2016/TT-BCT</a>" in web.get(link)  # the article, by its title
    assert "Legal documents" not in web.get(f"/archive/articles/{POWER}")


@pytest.mark.parametrize(
    "path",
    ["/", "/archive/articles", "/archive/articles?_search=chuyen+la", f"/archive/articles/{BAD}"],
)
def test_no_markup_of_a_page_is_ever_live(web: Web, path: str):
    shown = web.get(path)
    assert "&lt;script&gt;document.title" in shown
    assert "<script>document.title" not in shown
    assert "<img src=x" not in shown
    assert 'href="javascript:' not in shown


def test_only_web_addresses_become_links(web: Web):
    shown = web.get("/archive/frontier")
    assert "javascript:alert(1)" in shown
    assert 'href="javascript:' not in shown
    assert "<img src=x" not in shown


def test_a_policy_forbids_foreign_scripts(web: Web):
    with web.open("/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "object-src 'none'" in policy
        assert "default-src 'self'" in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "address",
    [
        "http://bo.example.vn/tin/1.html?utm_source=zalo",
        "https://bo.example.vn/tin/luoi-dien.html.",
    ],
)
def test_an_address_in_the_search_box_leads_to_its_article(web: Web, address: str):
    told = web.get("/archive/articles", _search=address)

    assert "This is an address of" in told
    assert f"/archive/articles/{POWER}" in told
    assert "No article holds" not in told
    assert "This is an address of" not in web.get("/archive/articles", _search="https://a.vn/x")


def test_an_article_shows_the_addresses_that_it_had(web: Web):
    told = web.get(f"/archive/articles/{POWER}")

    assert "Other addresses it had: https://bo.example.vn/tin/luoi-dien.html" in told
    assert "Other addresses" not in web.get(f"/archive/articles/{BAD}")


def test_tables_of_the_index_are_hidden_and_the_others_described(web: Web):
    tables = json.loads(web.get("/archive.json"))["tables"]
    visible = {table["name"] for table in tables if not table["hidden"]}
    assert visible == {
        *("articles", "versions", "withdrawals", "sources", "sites", "frontier", "outcomes"),
        *("runs", "run_sites", "listings", "asks", "hosts", "citations", "addresses"),
        *("stories", "pairs", "readings", "readers", "pages_read", "watched_listings", "stretches"),
        "arrivals",
    }
    assert "Every address ever seen" in web.get("/archive/frontier")


def test_an_article_tells_its_versions_and_when_it_was_away(web: Web):
    (tale,) = web.found("chợ phiên")
    shown = web.get(f"/archive/articles/{tale}")
    assert "no longer showed this article on 08:00, 03/06/2024: the site answers 410." in shown
    assert "It was shown again on 08:00, 04/06/2024" in shown
    assert "the page says: &lt;script&gt;" in shown
    path = f"/-/changes/{tale}/1/2"
    assert f'href="{path}"' in shown
    told = web.get(path)
    assert "<del>đông</del><ins>vắng &lt;script&gt;" in told
    assert "<script>" not in told
    for nothing in (f"/-/changes/{tale}/1/9", "/-/changes/7/1/2"):
        with pytest.raises(urllib.error.HTTPError) as answer:
            web.get(nothing)
        assert answer.value.code == 404
        answer.value.close()


def test_an_article_is_cited_in_files_and_to_zoteros_button(web: Web):
    (number,) = web.found("chợ phiên vùng cao")
    page = web.get(f"/archive/articles/{number}")
    (coins,) = re.findall(r'<span class="Z3988" title="([^"]*)">', page)
    told = urllib.parse.parse_qs(html.unescape(coins))
    assert told["rft.type"] == ["newspaperArticle"]
    assert (told["rft.title"], told["rft.source"]) == (["Chợ phiên"], ["Bộ Công Thương"])
    assert (told["rft.date"], told["rft.language"]) == (["2022-01-02"], ["vi"])
    paths = re.findall(r'href="(/-/cite/[^"]*)"', page)
    assert [path.partition(".")[2] for path in paths] == ["bib", "ris", "json"]
    with web.open(paths[1]) as answer:
        assert answer.headers["content-type"].startswith("application/x-research-info-systems")
        assert answer.headers["content-disposition"].endswith(f'moit-news-{number}-v2.ris"')
        (read,) = rispy.loads(answer.read().decode().replace("\r\n", "\n"))
    assert (read["title"], read["accession_number"]) == ("Chợ phiên", str(number))
    (csl,) = CSL_JSON.validate_json(web.get(paths[2]))
    assert (csl["title"], csl["archive_location"]) == ("Chợ phiên", str(number))
    assert "version 1 of 2" in web.get(f"/-/cite/{number}/1.bib")
    for path in (f"/-/cite/{number}/9.ris", "/-/cite/1/1.bib"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            web.get(path)


def test_nobody_can_write_through_it(web: Web):
    with pytest.raises(urllib.error.HTTPError):
        web.get("/archive.json", sql="DELETE FROM articles")
    assert web.found("dien luc") == [FORUM, POWER]


def test_it_answers_while_a_crawl_writes(web: Web, tmp_path: Path):
    folder = tmp_path / "copy"
    shutil.copytree(web.folder, folder)
    port = free_port()
    with served(command(folder, host="127.0.0.1", port=port), port, folder) as copy:
        writer = [sys.executable, "-c", WRITER, str(folder)]
        with subprocess.Popen(writer, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            counts = []
            for _ in range(5):
                process.stdout.readline()
                shown = json.loads(copy.get("/archive/articles.json", _search="rau xanh"))
                counts.append(shown["filtered_table_rows_count"])
                time.sleep(0.1)
            process.kill()
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


PROGRAM = "import click; from archive.cli import COMMANDS; click.Group(commands=COMMANDS)()"


def test_serve_listens_where_it_is_told(web: Web):
    port = free_port()
    arguments = [sys.executable, "-c", PROGRAM, "serve", "--port", str(port)]
    with served(arguments, port, web.folder) as served_web:
        assert served_web.found('"dien luc"') == [POWER]


@pytest.mark.parametrize("cause", ["port taken", "no archive"])
def test_serve_says_why_it_cannot(web: Web, tmp_path: Path, cause: str):
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        folder = web.folder if cause == "port taken" else tmp_path
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "serve", "--port", port],
            env=os.environ | {"MOIT_NEWS_DATA": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert ("--port" if cause == "port taken" else "archive.db") in done.stderr


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
@pytest.mark.parametrize(
    ("path", "title"),
    [
        (f"/archive/articles/{BAD}", "<title>&lt;script&gt;document.title"),
        ("/archive/articles?_search=chuyen+la", "<title>chuyen la – Articles</title>"),
        ("/", "<title>Tin ngành Công Thương</title>"),
    ],
)
def test_in_a_browser_no_script_of_a_page_runs(web: Web, path: str, title: str):
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        done = subprocess.run(
            [str(BROWSER), *flags, f"--user-data-dir={profile}", "--dump-dom", web.address + path],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    assert title in done.stdout
    assert "<title>taken</title>" not in done.stdout
