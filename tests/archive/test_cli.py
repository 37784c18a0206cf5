"""The reader's commands as processes of their own, in a pipe and on a pseudo-terminal."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archive.models import Attachment, Block, BlockKind
from archive.store import Archive
from tests.archive.news import SEEN, article, new_archive, page, paragraphs

PROGRAM = "import click; from archive.cli import COMMANDS; click.Group(commands=COMMANDS)()"
HOSTILE = "Giá \x1b]0;hỏng\x07\x1b[31mđỏ\x9b2J [bold]đậm[/bold]\r\nxuống dòng"
ROWS = (
    ("Mặt hàng", "Kỳ trước", "Kỳ này"),
    ("Xăng sinh học loại hai", "20.100", "19.850"),
    ("Dầu hỏa", "18.300"),
)
WIDE = (tuple(f"Cột {n}" for n in range(14)), tuple(f"ô {n}" for n in range(14)))


def block(kind: BlockKind, text: str, rows: tuple[tuple[str, ...], ...] | None = None) -> Block:
    return Block(kind=kind, text=text, rows=rows)


FULL = article(
    2,
    title="Xăng dầu giảm giá từ chiều nay",
    lead="Liên bộ công bố giá mới.",
    blocks=(
        *paragraphs("Giá bán lẻ giảm ở cả ba mặt hàng. " * 8),
        block(BlockKind.SUBHEADING, "Giá cụ thể"),
        block(BlockKind.TABLE, "Mặt hàng | Kỳ trước | Kỳ này", ROWS),
        block(BlockKind.TABLE, "Cột", WIDE),
        block(BlockKind.LIST, "Mục một\nMục hai"),
        block(BlockKind.QUOTE, "Chúng tôi giữ giá."),
        block(BlockKind.CAPTION, "Một cây xăng vắng khách."),
    ),
    authors=("Trần Văn Mẫu",),
    origin="Thông tấn xã Mẫu",
    section="Thị trường",
    sections=("Kinh tế", "Thị trường"),
    tags=("xăng dầu",),
    attachments=(Attachment(url="https://bo.example.vn/bang-gia.pdf", title="Bảng giá"),),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    with new_archive(folder) as archive:
        archive.add(article(1), site="bo-vn", page_id=None, seen_at=SEEN)
        archive.add(FULL, site="bo-vn", page_id=None, seen_at=SEEN)
        bad = article(3, title=HOSTILE, blocks=paragraphs(HOSTILE), published_at=None)
        archive.add(bad, site="bo-vn", page_id=None, seen_at=SEEN)
        archive.add(article(1, title="Bản tin sửa"), site="bo-vn", page_id=None, seen_at=SEEN)
        archive.withdraw(article(1).url, SEEN)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"MOIT_NEWS_DATA": str(folder)}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def run_on_terminal(folder: Path, *arguments: str, columns: int = 80) -> str:
    """What a terminal is sent; rich reads its width from COLUMNS."""
    master, slave = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    environment |= {
        "MOIT_NEWS_DATA": str(folder),
        "TERM": "xterm-256color",
        "COLUMNS": str(columns),
    }
    command = [sys.executable, "-c", PROGRAM, *arguments]
    with subprocess.Popen(command, stdout=slave, stdin=slave, env=environment) as process:
        os.close(slave)
        sent = b""
        while chunk := _read(master):
            sent += chunk
        process.wait()
    os.close(master)
    return sent.decode()


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # Linux's way to say that the other end is closed
        return b""


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_search_in_a_pipe_is_plain_lines(folder: Path):
    done = run(folder, "search", "xang dau")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Xăng dầu giảm giá từ chiều nay",
        "  Bộ Công Thương · Thị trường · 2024-05-02 07:15",
        "  Liên bộ công bố giá mới.",
        "  https://bo.example.vn/tin/2.html",
        "",
    ]


def test_a_search_on_a_terminal_marks_the_words_in_colour(folder: Path):
    sent = run_on_terminal(folder, "search", "ca ba mat hang")
    assert re.search(r"\x1b\[1;33mcả ba mặt hàng\x1b\[0m", sent)
    assert all(len(line) <= 80 for line in without_colours(sent).splitlines())


@pytest.mark.parametrize("command", [("search", "xuong dong"), ("show", "202406010001")])
def test_a_page_cannot_send_codes_to_the_terminal(folder: Path, command: tuple[str, ...]):
    for sent in (run(folder, *command).stdout, without_colours(run_on_terminal(folder, *command))):
        assert "đỏ" in sent
        assert "[bold]đậm[/bold]" in sent
        assert not set(sent) & set("\x1b\x07\x9b")


def test_hits_as_json_hold_every_field(folder: Path):
    (hit,) = json.loads(run(folder, "search", "xăng dầu", "--json").stdout)
    assert hit["url"] == FULL.url
    assert hit["marked_title"] == "⟦Xăng dầu⟧ giảm giá từ chiều nay"
    assert hit["exact"] is True
    assert json.loads(run(folder, "search", "?", "--json").stdout) == []


def test_filters_and_order_reach_the_search(folder: Path):
    urls = [
        [line.strip() for line in run(folder, "search", *args).stdout.splitlines() if "://" in line]
        for args in (
            ["giá", "--newest"],
            ["giá", "--newest", "--limit", "1"],
            ["giá", "--since", "01/06/2024"],
            ["giá", "--until", "2024-05-31", "--source", "moit", "--site", "bo-vn"],
            ["giá", "--site", "bao-vn"],
            ["giá", "-xăng", "-đậm"],
        )
    ]
    one, two, three = (f"https://bo.example.vn/tin/{n}.html" for n in (1, 2, 3))
    assert urls[0] == [three, two, one]
    assert urls[1:3] == [[three], [three]]
    assert sorted(urls[3]) == [one, two]
    assert urls[4:] == [[], [one]]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["search", "giá", "--since", "2024-02-30"], 2, "31/05/2024"),
        (["search", "giá", "--site", "bo"], 2, "there are: bao-vn, bo-vn"),
        (["search", "giá", "--source", "x"], 2, "there are: bao-thu, moit"),
        (["search", "giá", "--limt", "3"], 2, "--limit"),
        (["search"], 2, "Missing argument"),
        (["search", "??"], 0, "type at least one word"),
        (["search", "quýtđỏ"], 0, "no article holds all of: quýtđỏ"),
        (["search", "tag:quýtđỏ has:file"], 0, "no article fits all of: tag:quýtđỏ has:file"),
        (["show", "https://bo.example.vn/khong"], 1, "moit-news search"),
    ],
)
def test_wrong_use_is_one_clear_line_and_an_exit_code(folder, arguments, code, told):
    done = run(folder, *arguments)
    assert done.returncode == code
    assert told in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_is_missing_or_empty_is_named(tmp_path: Path):
    for place in (tmp_path / "none", tmp_path):
        done = run(place, "search", "giá")
        assert done.returncode == 2
        assert str(place) in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_show_prints_an_article_that_can_be_read_at_80_columns(folder: Path):
    sent = without_colours(run_on_terminal(folder, "show", FULL.url)).replace("\r\n", "\n")
    assert max(map(len, sent.splitlines())) <= 80
    for line in (
        "Xăng dầu giảm giá từ chiều nay",
        "Bộ Công Thương · from Thông tấn xã Mẫu · Kinh tế › Thị trường",
        "2024-05-02 07:15 +07:00, as shown on the page",
        "Trần Văn Mẫu",
        "Liên bộ công bố giá mới.",
        "Giá cụ thể",
        "Xăng sinh học loại hai   20.100     19.850",
        "Cột 13: ô 13",
        "  • Mục hai",
        "    Chúng tôi giữ giá.",
        "[Một cây xăng vắng khách.]",
        "Tags: xăng dầu",
        "File: Bảng giá https://bo.example.vn/bang-gia.pdf",
    ):
        assert line in [written.rstrip() for written in sent.splitlines()]


def test_show_in_a_pipe_keeps_each_paragraph_on_one_line(folder: Path):
    lines = run(folder, "show", "202405020002").stdout.splitlines()
    assert ("Giá bán lẻ giảm ở cả ba mặt hàng. " * 8).strip() in lines
    assert not any("\x1b" in line for line in lines)


def test_show_tells_of_versions_and_withdrawal(folder: Path):
    shown = run(folder, "show", "https://bo.example.vn/tin/1.html").stdout
    assert "withdrawn by its site, seen 2024-06-01 08:00 +07:00" in shown
    assert "Version 2; first seen 2024-06-01 08:00 +07:00" in shown
    assert "Bản tin số 1 về thị trường trong nước" in shown


def test_show_tells_the_other_addresses_and_search_what_an_address_leads_to(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        for number in range(1, 14):
            url = f"https://bo.example.vn/tin/lan-{number}.html"
            asked = page(f"https://bo.example.vn/tin/lan-{number - 1}.html", final_url=url)
            archive.add(article(1, url=url), site="bo-vn", page_id=None, seen_at=SEEN, page=asked)

    shown = run(tmp_path, "show", "http://bo.example.vn/tin/lan-0.html?fbclid=1").stdout
    kept = json.loads(run(tmp_path, "show", "bo.example.vn/tin/lan-0.html", "--json").stdout)
    found = run(tmp_path, "search", "https://bo.example.vn/tin/lan-7.html")

    assert "https://bo.example.vn/tin/lan-13.html  (202405020001)" in shown
    assert shown.count("Also at https://bo.example.vn/tin/lan-") == 10
    assert "and at 3 addresses before" in shown
    assert len(kept["addresses"]) == 14
    assert "this is the address of an article: moit-news show 202405020001" in found.stderr


def test_show_as_json_holds_the_article_and_its_versions(folder: Path):
    kept = json.loads(run(folder, "show", "bo.example.vn/tin/2.html", "--json").stdout)
    assert kept["authors"] == ["Trần Văn Mẫu"]
    assert kept["blocks"][2]["rows"][1] == list(ROWS[1])
    assert (kept["section"], kept["sections"]) == ("Thị trường", ["Kinh tế", "Thị trường"])
    assert kept["source_name"] == "Bộ Công Thương"
    assert kept["versions"] == []


def test_a_damaged_archive_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "archive.db").write_bytes(b"no database " * 1000)
    done = run(tmp_path, "search", "giá")
    assert done.returncode == 2
    assert "damaged" in done.stderr


def test_the_reader_loads_neither_sqlite_utils_nor_rich_nor_the_crawler(folder: Path):
    program = f"import sys\ntry:\n    {PROGRAM}\nfinally:\n    print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program.replace("; ", "\n    "), "search", "giá"],
        capture_output=True,
        text=True,
        env=os.environ | {"MOIT_NEWS_DATA": str(folder)},
        check=False,
    )
    loaded = done.stdout.split()
    assert "archive.search" in loaded
    assert not {"sqlite_utils", "rich", "crawler", "scrapy", "twisted", "datasette"} & set(loaded)


def test_an_article_without_text_says_so(tmp_path: Path):
    with new_archive(tmp_path) as archive:
        archive.add(article(blocks=()), site="bo-vn", page_id=None, seen_at=SEEN)
    assert "not the text" in run(tmp_path, "show", article().url).stdout
    Archive.open(tmp_path).close()
