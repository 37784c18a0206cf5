"""`moit-news copies` and `moit-news stories` as processes of their own, over a real file."""

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from archive.lock import take_lock
from archive.store import Archive
from archive.web import command
from tests.archive import reprints
from tests.archive.news import SEEN, article, new_archive, paragraphs
from tests.archive.reprints import Text, base
from tests.archive.test_stories import hours, of
from tests.archive.test_web import free_port, served

PROGRAM = "from crawler.cli import main; main()"
HOSTILE = "Giá \x1b]0;hỏng\x07\x1b[31mđỏ\x9b2J [bold]đậm[/bold] <script>"


def moit_news(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=os.environ | {"MOIT_NEWS_DATA": str(folder), "COLUMNS": "200"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A story of four, its digest with another report, and an article that nobody repeats."""
    folder = tmp_path_factory.mktemp("copies")
    dice = random.Random(21)
    text, other, alone = (base(dice, 1, length) for length in (600, 300, 600))
    hostile = replace(hours(text, 3), title=HOSTILE, paragraphs=(*text.paragraphs, HOSTILE * 3))
    texts = {
        "goc": text,
        "nua": hours(reprints.half_cut(dice, text), 2),
        "sua": replace(hours(reprints.heavily_edited(dice, text), 1), title="Nhìn lại một năm"),
        "la": hostile,
        "khac": other,
        "diem-tin": hours(of(text, other), 9),
        "rieng": alone,
    }
    ids = {}
    with new_archive(folder) as archive:
        for name, each in texts.items():
            said = each.article(f"https://bao.example.vn/{name}.html", "bao-thu")
            if name == "nua":
                said = replace(said, source="moit", origin="Thông tấn xã Mẫu")
            ids[name] = archive.add(said, site="bao-vn", page_id=None, seen_at=SEEN).article_id
        archive.withdraw("https://bao.example.vn/sua.html", SEEN)
    return folder, ids


def test_a_story_is_listed_in_time_with_what_each_changed(kept: tuple[Path, dict[str, int]]):
    folder, ids = kept
    done = moit_news(folder, "copies", "https://bao.example.vn/nua.html")
    lines = done.stdout.splitlines()

    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in lines[1:6]] == ["1", "2", "3*", "4", "5"]
    assert "first" in lines[1]
    assert lines[2].endswith("Nhìn lại một năm")
    assert "Bộ Công Thương (from Thông tấn xã Mẫu)" in lines[3]
    assert "5" in lines[3].partition("%")[0][-3:], "half of the text is kept"
    assert f"({ids['sua']}, withdrawn)" in done.stdout
    assert "\x1b" not in done.stdout
    assert "[bold]" in done.stdout


def test_sentences_that_were_left_out_or_put_in_are_shown(kept: tuple[Path, dict[str, int]]):
    folder, ids = kept
    done = moit_news(folder, "copies", str(ids["goc"]), "--sentences")

    signs = [line.strip()[0] for line in done.stdout.splitlines() if line.startswith("  - ")]
    assert len(signs) > 5
    assert f"  + {reprints.NOTE.split(';')[0]}" in done.stdout
    assert "\x1b" not in done.stdout


def test_json_has_the_whole_story(kept: tuple[Path, dict[str, int]]):
    folder, ids = kept
    story = json.loads(moit_news(folder, "copies", str(ids["nua"]), "--json").stdout)

    names = {number: name for name, number in ids.items()}
    assert story["first"] == ids["goc"]
    assert [names[a["id"]] for a in story["articles"]] == ["goc", "sua", "nua", "la", "diem-tin"]
    first, edited, half, *_ = story["articles"]
    assert first["is_first"]
    assert first["changes"] is None
    assert 0.4 < half["changes"]["kept"] < 0.6
    assert half["changes"]["added"] == []
    assert half["origin"] == "Thông tấn xã Mẫu"
    assert edited["changes"]["title_changed"]
    assert any("Lời tòa soạn" in sentence for sentence in edited["changes"]["added"])


def test_what_a_digest_shares_with_another_report_is_told(kept: tuple[Path, dict[str, int]]):
    folder, ids = kept
    told = json.loads(moit_news(folder, "copies", str(ids["diem-tin"]), "--json").stdout)
    alone = json.loads(moit_news(folder, "copies", str(ids["khac"]), "--json").stdout)

    assert [row["id"] for row in told["besides"]] == [ids["khac"]]
    assert alone["articles"] == []
    assert [row["id"] for row in alone["besides"]] == [ids["diem-tin"]]


def test_an_article_that_nobody_repeats_says_so(kept: tuple[Path, dict[str, int]]):
    folder, ids = kept
    done = moit_news(folder, "copies", str(ids["rieng"]))

    assert (done.returncode, done.stdout) == (0, "")
    assert "no article is kept that repeats it" in done.stderr
    assert moit_news(folder, "copies", "https://bao.example.vn/khong.html").returncode == 1


def test_show_and_search_say_of_what_an_article_is_a_copy(kept: tuple[Path, dict[str, int]]):
    folder, ids = kept
    shown = moit_news(folder, "show", str(ids["nua"]))
    assert f"Story: a copy of Báo Thử Nghiệm, https://bao.example.vn/goc.html ({ids['goc']})" in (
        shown.stdout
    )
    with Archive.open(folder) as archive:
        words = archive.article(ids["nua"])["lead"].split()[:6]

    hits = json.loads(moit_news(folder, "search", "--json", "--all", f'"{" ".join(words)}"').stdout)

    copy_of = {hit["id"]: hit["copy_of"] for hit in hits}
    assert copy_of[ids["goc"]] is None
    assert copy_of[ids["nua"]] == copy_of[ids["la"]] == ids["goc"]


def test_an_archive_begun_before_is_looked_through_once(tmp_path: Path):
    dice = random.Random(22)
    texts = [base(dice, number) for number in range(3)]
    with new_archive(tmp_path) as archive:
        for number, text in enumerate([*texts, *(hours(t, 2) for t in texts)]):
            said = text.article(f"https://bao.example.vn/{number}.html", "bao-thu")
            archive.add(said, site="bao-vn", page_id=None, seen_at=SEEN)
        for table in ("stories", "pairs", "bands", "signatures"):
            archive.connection.execute(f"DELETE FROM {table}")

    before = moit_news(tmp_path, "copies", "https://bao.example.vn/0.html")
    with take_lock(tmp_path):
        locked = moit_news(tmp_path, "stories", "rebuild")
    done = moit_news(tmp_path, "stories", "rebuild")
    again = moit_news(tmp_path, "stories", "rebuild")

    assert "run `moit-news stories rebuild` once" in before.stderr
    assert locked.returncode == 75
    assert done.stdout == "6 articles looked at; 6 stand in 3 stories\n"
    assert again.stdout == "0 articles looked at; 6 stand in 3 stories\n"
    assert "first" in moit_news(tmp_path, "copies", "https://bao.example.vn/0.html").stdout


def test_a_rebuild_that_is_killed_goes_on(tmp_path: Path):
    dice = random.Random(23)
    with new_archive(tmp_path) as archive, archive.transaction():
        texts: list[Text] = [base(dice, number, 200) for number in range(150)]
        for number, text in enumerate([*texts, *(hours(t, 2) for t in texts)]):
            said = text.article(f"https://bao.example.vn/{number}.html", "bao-thu")
            archive.add(said, site="bao-vn", page_id=None, seen_at=SEEN)
        archive.connection.execute("UPDATE signatures SET maker = 0")
        archive.connection.execute("DELETE FROM stories")
        archive.connection.execute("DELETE FROM pairs")
    program = (
        "import os; from pathlib import Path; from archive.store import Archive\n"
        "from archive.stories import rebuild\n"
        "def tell(done, of):\n    if done >= 200: os.kill(os.getpid(), 9)\n"
        f"rebuild(Archive.open(Path({str(tmp_path)!r}), write=True).connection, tell)"
    )
    killed = subprocess.run([sys.executable, "-c", program], check=False)

    done = moit_news(tmp_path, "stories", "rebuild")

    assert killed.returncode == -9
    assert done.stdout == "100 articles looked at; 300 stand in 150 stories\n"


def test_short_texts_are_not_linked_by_what_they_share(tmp_path: Path):
    said = "Bộ Công Thương mời bạn đọc gửi ý kiến về dự thảo qua hộp thư điện tử của Bộ."
    with new_archive(tmp_path) as archive:
        for number in range(3):
            archive.add(
                article(number, title=said, lead=None, blocks=paragraphs(said)),
                site="bo-vn", page_id=None, seen_at=SEEN,
            )  # fmt: skip
    done = moit_news(tmp_path, "copies", "https://bo.example.vn/tin/1.html")

    assert "too short" in done.stderr


def test_the_browser_shows_the_story_on_an_article_s_page(kept: tuple[Path, dict[str, int]]):
    folder, ids = kept
    port = free_port()
    with served(command(folder, host="127.0.0.1", port=port), port, folder) as web:
        shown = web.get(f"/archive/articles/{ids['nua']}")
        alone = web.get(f"/archive/articles/{ids['rieng']}")

    assert "Its story: 5 articles that repeat each other" in shown
    assert f'href="/archive/articles/{ids["goc"]}"' in shown
    assert "from Thông tấn xã Mẫu" in shown
    assert "đậm[/bold] &lt;script&gt;" in shown
    assert "Its story" not in alone
