"""`diff`, `show --version` and `search --versions` as processes of their own."""

import datetime as dt
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.news import SEEN, article, new_archive, paragraphs

PROGRAM = "from crawler.cli import main; main()"
DAY = dt.timedelta(days=1)
ONE, TWO = "Giá thép tăng ba phần trăm.", "Giá thép giảm ba phần trăm."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("versions")
    with new_archive(folder) as archive:
        for day, text in enumerate((ONE, TWO, f"{TWO}\x1b[31m Xin đính chính.")):
            some = article(1, blocks=paragraphs("Tin chung.", text))
            archive.add(some, site="bo-vn", page_id=None, seen_at=SEEN + day * DAY)
        archive.add(article(2), site="bo-vn", page_id=None, seen_at=SEEN)
        archive.withdraw(article(2).url, SEEN + DAY, reason="the site answers 410", status=410)
        archive.add(article(2), site="bo-vn", page_id=None, seen_at=SEEN + 2 * DAY)
        archive.withdraw(article(2).url, SEEN + 3 * DAY, reason="the page says: Không tồn tại")
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"MOIT_NEWS_DATA": str(folder), "TERM": "xterm-256color"}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_the_last_change_is_shown_where_nothing_is_asked(folder: Path):
    told = run(folder, "diff", article(1).url)
    assert told.returncode == 0, told.stderr
    assert "~ Giá thép giảm ba phần trăm.{+[31m Xin đính chính.+}" in told.stdout
    assert "version 2, seen 2024-06-02 08:00" in told.stdout
    assert "of 2 blocks 1 changed; 0 words out, 4 in" in told.stdout
    assert "\x1b" not in told.stdout


def test_any_two_versions_can_be_compared(folder: Path):
    told = run(folder, "diff", article(1).url, "--from", "1", "--to", "2")
    assert "~ Giá thép [-tăng-] {+giảm+} ba phần trăm." in told.stdout
    back = run(folder, "diff", article(1).url, "--from", "3", "--to", "1", "--json")
    assert {span["text"].strip() for span in json.loads(back.stdout)["blocks"][1]["spans"]} >= {
        *("giảm", "tăng"),
    }


def test_colours_are_for_terminals(folder: Path):
    reader, writer = pty.openpty()
    env = os.environ | {"MOIT_NEWS_DATA": str(folder), "TERM": "xterm-256color"}
    command = [sys.executable, "-c", PROGRAM, "diff", article(1).url, "--from", "1", "--to", "2"]
    subprocess.run(command, env=env, stdout=writer, check=True)
    os.close(writer)
    shown = b""
    while chunk := _read(reader):
        shown += chunk
    assert "\x1b[9;31mtăng" in shown.decode()
    assert "\x1b[1;32mgiảm" in shown.decode()


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 65536)
    except OSError:  # the other end is closed
        return b""


def test_a_page_of_its_own_is_written(folder: Path):
    page = run(folder, "diff", article(1).url, "--from", "1", "--html").stdout
    assert page.startswith("<!DOCTYPE html>")
    assert "<del>tăng</del> <ins>giảm</ins>" in page


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["diff", article(2).url], 1, "has one version only"),
        (["diff", article(1).url, "--from", "9"], 1, "has no version 9"),
        (["diff", article(1).url, "--from", "2", "--to", "2"], 2, "name two versions"),
        (["diff", article(1).url, "--html", "--json"], 2, "one of them"),
        (["diff", "https://bo.example.vn/khac"], 1, "no article"),
        (["show", article(1).url, "--version", "4"], 1, "has no version 4"),
    ],
)
def test_what_cannot_be_compared_is_told(folder: Path, arguments: list[str], code: int, words: str):
    told = run(folder, *arguments)
    assert told.returncode == code
    assert words in told.stderr
    assert "Traceback" not in told.stderr


def test_one_version_is_shown_and_all_are_named(folder: Path):
    first = run(folder, "show", article(1).url, "--version", "1").stdout
    assert ONE in first
    assert "This is version 1, seen 2024-06-01 08:00" in first
    last = run(folder, "show", article(1).url).stdout
    assert "Version 1 was seen 2024-06-01 08:00 +07:00 to 2024-06-02" in last
    assert "What changed: moit-news diff" in last
    as_json = json.loads(run(folder, "show", article(1).url, "--version", "2", "--json").stdout)
    assert (as_json["version"], as_json["body"]) == (2, f"Tin chung.\n\n{TWO}")
    assert [version["version"] for version in as_json["versions"]] == [1, 2]


def test_each_withdrawal_and_return_is_told_with_its_reason(folder: Path):
    shown = run(folder, "show", article(2).url).stdout
    assert (
        "withdrawn by its site, seen 2024-06-02 08:00 +07:00: the site answers 410; "
        "shown again, seen 2024-06-03 08:00 +07:00"
    ) in shown
    assert "seen 2024-06-04 08:00 +07:00: the page says: Không tồn tại" in shown
    hits = run(folder, "search", "bản tin số 2").stdout
    assert "withdrawn 2024-06-04" in hits


def test_earlier_versions_are_searched_on_request_only(folder: Path):
    assert run(folder, "search", '"thép tăng"').stdout == ""
    told = run(folder, "search", "--versions", '"thep tang"')
    assert "version 1, replaced 2024-06-02 08:00" in told.stdout
    assert "[thép tăng]" in told.stdout
    nothing = run(folder, "search", "--versions", "ba phần trăm")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "no article said and no longer says" in nothing.stderr
