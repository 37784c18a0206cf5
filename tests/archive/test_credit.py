"""How articles are cited: names, dates and versions, and files that real parsers read."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from archive.credit import Credit
from archive.credit_forms import as_bibtex, as_csl_json, as_ris, csl_values, escaped
from archive.credit_styles import STYLES, styled
from archive.models import VIETNAM
from archive.text import clean
from tests.archive.csl import CSL_JSON
from tests.archive.news import SEEN, article, new_archive, paragraphs

LATER = SEEN + dt.timedelta(days=1)
HOSTILE = '}, url = {https://ác.vn}, x = {"% \\input{/etc/passwd} #1_a^b~c & $5 @article{x,'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("credit")
    named = article(1, authors=("Nguyễn Văn An", "Nhật Chi"), title="Giá điện ngày 2/5")
    with new_archive(folder) as archive:
        for some, seen in (
            (named, SEEN),
            (article(1, authors=("Nguyễn Văn An",), title="Giá điện mới, ngày 2/5"), LATER),
            (article(2, title=HOSTILE), SEEN),
            (article(3, title="Chưa rõ ngày", published_at=None, blocks=paragraphs("x")), SEEN),
        ):
            archive.add(some, site="bo-vn", page_id=None, seen_at=seen)
        archive.withdraw(article(2).url, LATER, reason="the site answers 404")
    return folder


def cite(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"MOIT_NEWS_DATA": str(folder)}
    command = [sys.executable, "-c", "from crawler.cli import main; main()", "cite", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def url(number: int) -> str:
    return article(number).url


def test_csl_json_says_all_that_is_known_of_a_version(folder: Path) -> None:
    done = cite(folder, url(1), "--style", "csl-json", "--version", "1")
    (told,) = json.loads(done.stdout)
    assert told["title"] == "Giá điện ngày 2/5"
    assert told["author"] == [{"literal": "Nguyễn Văn An"}, {"literal": "Nhật Chi"}]
    assert told["container-title"] == "Bộ Công Thương"
    assert told["issued"] == {"date-parts": [[2024, 5, 2]]}
    assert told["accessed"] == {"date-parts": [[2024, 6, 1]]}
    assert (told["URL"], told["language"]) == (url(1), "vi")
    assert told["note"].endswith(
        f"{told['archive_location']}, version 1 of 2, seen 2024-06-01T08:00:00+07:00,"
        " replaced before 2024-06-02T08:00:00+07:00."
    )


@pytest.mark.parametrize("more", [(), ("--split-names",)])
def test_what_is_cited_is_csl_json_as_its_specification_has_it(
    folder: Path, more: tuple[str, ...]
) -> None:
    done = cite(folder, *(url(number) for number in (1, 2, 3)), "--style", "csl-json", *more)

    assert len(CSL_JSON.validate_json(done.stdout)) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "newspaper"},
        {"author": [{"name": "Lê Thị Thử"}]},
        {"author": "Lê Thị Thử"},
        {"issued": {"date-parts": [[2024, 5, 2, 7]]}},
        {"url": "https://bao.example.vn/"},
        {"title": None},
    ],
)
def test_what_is_no_csl_json_would_be_noticed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CSL_JSON.validate_python([csl_values(made()) | wrong])


def test_the_present_version_is_cited_where_none_is_named(folder: Path) -> None:
    (told,) = json.loads(cite(folder, url(1), "--style", "csl-json").stdout)
    assert told["title"] == "Giá điện mới, ngày 2/5"
    assert told["id"].endswith("-v2")
    assert told["accessed"] == {"date-parts": [[2024, 6, 2]]}


def test_names_are_parted_on_request_where_that_is_sure(folder: Path) -> None:
    arguments = (url(1), "--version", "1", "--split-names", "--style")
    (told,) = json.loads(cite(folder, *arguments, "csl-json").stdout)
    part = {"family": "Nguyễn", "given": "Văn An", "static-ordering": True}
    assert told["author"] == [part, {"literal": "Nhật Chi"}]
    assert "author = {Nguyễn, Văn An and {Nhật Chi}}" in cite(folder, *arguments, "bibtex").stdout
    assert "AU  - Nguyễn, Văn An\n" in cite(folder, *arguments, "ris").stdout
    assert cite(folder, *arguments, "apa").stdout.startswith("Nguyễn, V. A., & Nhật Chi. (2024")


def test_a_withdrawn_article_says_so(folder: Path) -> None:
    (told,) = json.loads(cite(folder, url(2), "--style", "csl-json").stdout)
    gone = "Withdrawn by its site, seen 2024-06-02T08:00:00+07:00 (the site answers 404)."
    assert told["note"].endswith(gone)


def test_apa_chicago_and_mla_keep_names_and_capitals(folder: Path) -> None:
    printed = {style: cite(folder, url(1), "--style", style).stdout for style in STYLES}
    number = printed["apa"].partition("moit-news (")[2][:12]
    assert printed["apa"] == (
        "Nguyễn Văn An. (2024, May 2). Giá điện mới, ngày 2/5. "
        f"moit-news ({number}). Bộ Công Thương. {url(1)}\n"
    )
    assert printed["chicago"].startswith("Nguyễn Văn An. 2024. “Giá điện mới, ngày 2/5”. Bộ Công")
    assert printed["mla"].startswith("Nguyễn Văn An. “Giá điện mới, ngày 2/5”. Bộ Công Thương, 2")


def test_an_article_without_author_and_day_is_its_sources(folder: Path) -> None:
    told = cite(folder, url(3), "--style", "apa").stdout
    assert told.startswith("Bộ Công Thương. (n.d.). Chưa rõ ngày. ")
    assert told.count("Chưa rõ ngày") == 1
    assert "Retrieved June 1, 2024, from" in told


def test_a_search_gives_many_at_once_each_once(folder: Path) -> None:
    done = cite(folder, url(1), "--search", "điện OR ngày", "--style", "ris")
    found = rispy.loads(done.stdout)
    assert len(found) == 2
    assert found[0]["title"] == "Giá điện mới, ngày 2/5"


@pytest.mark.parametrize(
    ("arguments", "told", "code"),
    [
        ([], "name articles by URL or id", 2),
        (["1", "2", "--version", "1"], "--version is of one article", 2),
        (["https://bo.example.vn/khong"], "no article https://bo.example.vn/khong is kept", 1),
        ([url(1), "--version", "7"], "has no version 7", 1),
    ],
)
def test_wrong_use_is_told(folder: Path, arguments: list[str], told: str, code: int) -> None:
    done = cite(folder, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr


def made(**changes: object) -> Credit:
    plain: dict[str, object] = {
        "id": 202405020001,
        "version": 1,
        "title": "Giá xăng",
        "source": "Báo Thử",
        "authors": ("Lê Thị Thử",),
        "url": "https://bao.example.vn/a_b?c=%20&d=#e",
        "published_at": SEEN,
        "seen_at": LATER,
        "language": "vi",
        "note": "moit-news 202405020001.",
    }
    return Credit(**plain | changes)


@pytest.mark.parametrize("text", ["Giá tăng 5 %: ĐBSCL & Tây Bắc_1 #2 $3", HOSTILE, "{{ \\ ~^"])
def test_latex_prints_what_was_written(text: str) -> None:
    library = bibtexparser.parse_string(
        as_bibtex([made(title=text)]), append_middleware=[LatexDecodingMiddleware()]
    )
    (entry,) = library.entries
    decoded = str(entry["title"]).replace("ˆ", "^")
    # This decoder has no names for braces and leaves them out.
    assert re.sub("[{}]", "", decoded).split() == re.sub("[{}]", "", text).split()


LINES = st.text(st.characters(exclude_categories=("Cs",)), max_size=60).map(
    lambda text: " ".join(clean(text).split())
)


@given(title=LINES, name=LINES, note=LINES)
def test_no_text_breaks_out_of_bibtex(title: str, name: str, note: str) -> None:
    told = as_bibtex([made(title=title, authors=(name, name), note=f"x{note}"), made(id=2)])
    library = bibtexparser.parse_string(told)
    assert library.failed_blocks == []
    first, second = library.entries
    assert set(first.fields_dict) - {"author"} == set(second.fields_dict) - {"author"}
    assert first["title"] == f"{{{escaped(title)}}}"
    assert first["url"] == made().url


@given(title=LINES, name=LINES, note=LINES)
def test_no_text_breaks_out_of_ris(title: str, name: str, note: str) -> None:
    told = as_ris([made(title=f"x{title}", authors=(f"x{name}",), note=note), made()])
    first, second = rispy.loads(told.replace("\r\n", "\n"))
    assert (first["type_of_reference"], second["title"]) == ("NEWS", "Giá xăng")
    assert first["title"].split() == f"x{title}".split()
    assert first["authors"][0].split() == f"x{name}".replace(",", " ").split()
    assert first["date"] == "2024/06/01/"


@given(title=LINES)
@settings(max_examples=20, deadline=None)
def test_csl_json_and_styles_take_any_title(title: str) -> None:
    one = made(title=f"x{title}")
    (told,) = CSL_JSON.validate_json(as_csl_json([one]))
    assert told["title"] == f"x{title}"
    (line,) = styled([one], "mla")
    assert line.startswith("Lê Thị Thử.")


def test_days_are_those_of_vietnam() -> None:
    late = dt.datetime(2024, 5, 1, 18, 30, tzinfo=dt.UTC)
    assert "date = {2024-05-02}" in as_bibtex([made(published_at=late)])
    assert late.astimezone(VIETNAM).day == 2
