"""`moit-news stats` counts what is there, without reading it all."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive import stats as module
from archive.pages import PageStore
from archive.stats import stats
from archive.store import Archive
from tests.archive.news import SEEN, article, page


def run(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-c", "from crawler.cli import main; main()", "stats", *arguments]
    environment = os.environ | {"MOIT_NEWS_DATA": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_small_archive_is_counted_exactly(crawled: Path) -> None:
    with closing(sqlite3.connect(crawled / "archive.db")) as connection:
        connection.execute("ATTACH ? AS kept", (str(crawled / "pages.db"),))
        text = connection.execute("SELECT sum(length(CAST(body AS BLOB))) FROM articles").fetchone()
        raw = connection.execute("SELECT sum(size) FROM kept.pages JOIN kept.bodies USING (sha256)")
        raw_bytes = raw.fetchone()[0]

    counted = stats(crawled)

    (site,) = counted.sites
    assert counted.is_exact
    assert (site.site, site.articles, site.versions, site.withdrawn) == ("bao-thu", 29, 4, 1)
    assert (site.pages, site.days, site.first) == (34, 2, "2026-03-01T08:00:00+07:00")
    assert (site.text_bytes, site.raw_bytes) == (text[0], raw_bytes)
    assert 0 < site.stored_bytes < site.raw_bytes / 5
    assert [(month.month, month.new) for month in counted.months] == [("2026-11", 29)]
    assert counted.files == {n: (crawled / n).stat().st_size for n in ("archive.db", "pages.db")}


def test_a_large_one_is_reckoned_from_a_sample_and_says_so(
    crawled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(crawled, write=True) as archive, PageStore.open(crawled, write=True) as pages:
        for number in range(60):
            some = article(number, source="bao-thu")
            archive.add(some, site="bao-thu", page_id=None, seen_at=SEEN)
            pages.put(page(article(number).url, f"bài {number}".encode()), site="khac")
    exact = stats(crawled)
    monkeypatch.setattr(module, "SAMPLE", 40)
    monkeypatch.setattr(module, "SOME_PAGES", 40)

    counted = stats(crawled)

    assert exact.is_exact
    assert not counted.is_exact
    (one, other), (true, small) = counted.sites, exact.sites
    assert (one.articles, one.days) == (true.articles, true.days) == (89, 3)
    assert abs(one.text_bytes / true.text_bytes - 1) < 0.2
    assert abs(one.pages + other.pages - 94) <= 1
    assert abs(other.pages / small.pages - 1) < 0.2


def test_sizes_add_up_to_the_files(crawled: Path) -> None:
    counted = stats(crawled, sizes=True)

    assert sum(size for _, _, size in counted.sizes) == sum(counted.files.values())
    assert {"articles", "bodies", "articles_site_published"} <= {n for _, n, _ in counted.sizes}


def test_the_command_prints_tables_bars_and_json(crawled: Path) -> None:
    told = run(crawled)

    assert "bao-thu        29         4          1" in told
    assert "2026-11  29  ████" in told
    assert "~" not in told
    assert json.loads(run(crawled, "--json"))["sites"][0]["articles"] == 29


def test_an_archive_without_pages_or_articles_is_counted(tmp_path: Path) -> None:
    Archive.open(tmp_path, write=True).close()

    assert stats(tmp_path).sites == ()
    assert "archive.db" in run(tmp_path)
