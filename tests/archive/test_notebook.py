"""`archive.Archive` as a notebook uses it, over a real file."""

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import archive
from archive.errors import ArchiveError, DataFolderError, NotFoundError
from archive.frames import PandasMissingError
from archive.models import Block, BlockKind
from tests.archive.news import SEEN, article, new_archive, paragraphs

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "Giá <script>alert(1)</script> điện"
TABLE = Block(kind=BlockKind.TABLE, text="Bậc | Giá", rows=(("Bậc", "Giá"),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebook") / "data"
    folder.mkdir()
    with new_archive(folder) as kept:
        for text in ("Giá điện theo 38/2016/TT-BCT.", "Giá điện bậc một theo 38/2016/TT-BCT."):
            said = article(1, title=HOSTILE, blocks=(*paragraphs(text), TABLE), authors=("Hoa",))
            kept.add(said, site="bo-vn", page_id=None, seen_at=SEEN)
        kept.add(article(2), site="bao-vn", page_id=None, seen_at=SEEN)
    return folder


@pytest.fixture
def news(folder: Path) -> Iterator[archive.Archive]:
    with archive.Archive(folder) as news:
        yield news


def test_search_gives_typed_hits_and_rows(news: archive.Archive) -> None:
    hits = news.search("gia dien", since="2024-01-01", until=dt.date(2024, 12, 31))

    assert (len(hits), hits.total, hits.is_all) == (1, 1, True)
    assert hits[0].title == HOSTILE
    (row,) = hits.rows()
    assert row["source"] == "Bộ Công Thương"
    assert row["published_at"].utcoffset() == dt.timedelta(hours=7)
    assert "⟦" not in row["snippet"]
    assert news.search("tittle:giá").notes == ("There is no field tittle: — did you mean title: ?",)
    assert list(news.search("giá", site="bao-vn", newest=True, exact=True)) != []


def test_an_article_with_its_versions_and_what_it_cites(news: archive.Archive) -> None:
    kept = news.article("https://bo.example.vn/tin/1.html")

    assert (kept.version, kept.cites) == (2, ("38/2016/TT-BCT",))
    assert kept.text.startswith("Giá điện bậc một")
    assert [block.rows for block in kept.said.blocks] == [None, (("Bậc", "Giá"),)]
    first, second = news.versions(kept.id)
    assert "bậc một" not in first.text
    assert (first.replaced_at, second.replaced_at) == (SEEN, None)
    assert second.text == kept.text
    assert list(news.copies(kept.id)) == []
    with pytest.raises(NotFoundError, match="no article 7"):
        news.article(7)


def test_counts_by_time_and_by_value(news: archive.Archive) -> None:
    (month,) = (each for each in news.trend("giá", by="month") if each.articles)
    assert month.articles == 2
    assert ("site", "bo-vn", 1) in list(news.facets("giá điện"))
    with pytest.raises(ValueError, match="fortnight"):
        news.trend("giá", by="fortnight")


def test_what_a_notebook_shows_is_harmless(news: archive.Archive) -> None:
    hits = news.search("giá điện")
    for shown in (hits._repr_html_(), news.article(hits[0].id)._repr_html_(),
                  news.versions(hits[0].id)._repr_html_()):  # fmt: skip
        assert "<script" not in shown
        assert "&lt;script&gt;" in shown
    assert "<table>" in news.search("không-có-gì-cả")._repr_html_()


def test_threads_have_connections_of_their_own(folder: Path) -> None:
    with archive.Archive(folder / "archive.db") as news, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: news.search("giá điện")[0].id, range(64)))
        assert len({*found}) == 1
        assert 1 < len(news._opened) <= 9
    with pytest.raises(ArchiveError, match="was closed"):
        news.search("giá")
    news.close()


def test_it_only_reads(news: archive.Archive) -> None:
    import sqlite3

    with pytest.raises(sqlite3.OperationalError):
        news._store().connection.execute("DELETE FROM articles")


def test_a_wrong_path_is_named(tmp_path: Path) -> None:
    other = tmp_path / "sach.db"
    other.write_bytes(b"")
    with pytest.raises(DataFolderError, match="no archive"):
        archive.Archive(other)
    with pytest.raises(DataFolderError, match=r"no archive\.db"):
        archive.Archive(tmp_path)


def test_without_pandas_a_data_frame_says_what_to_do(
    news: archive.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(PandasMissingError, match="pip install pandas"):
        news.search("giá").to_dataframe()


def test_with_pandas_the_rows_are_a_data_frame(news: archive.Archive) -> None:
    pytest.importorskip("pandas", reason="pandas is not among the dependencies")
    frame = news.search("giá").to_dataframe()
    assert list(frame["id"]) == [row["id"] for row in news.search("giá").rows()]


def test_the_examples_of_the_page_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "('38/2016/TT-BCT',)" in done.stdout


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import sys, archive; print([m for m in sys.modules if m.startswith('archive.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert (ROOT / "archive/py.typed").exists()
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = archive.Nothing
