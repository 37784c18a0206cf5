"""Exports as processes write them: whole files, true manifests, harmless cells and texts."""

import csv
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pyarrow import parquet

from archive.export import MANIFEST
from archive.export_page import html_pieces
from archive.export_rows import COLUMNS, NESTED, Row
from archive.export_tables import csv_pieces, jsonl_pieces, safe_cell
from archive.export_texts import escaped, markdown_pieces
from archive.models import Attachment, Block, BlockKind
from archive.new_file import PART, NewFile
from archive.text import clean
from tests.archive.news import SEEN, article, new_archive, paragraphs

HOSTILE = '=cmd|"/C calc"!A0 </title><script>alert(1)</script> | *đậm* \x1b[31m\r\n"; @x'
ROWS = (("Mặt hàng", "Giá"), ("Dầu", "-2,5"), ("=1+1",))

OF_TEXT = {"h1", "h2", "p", "a", "ul", "li", "blockquote", "table", "tr", "th", "td"}
OF_MARKDOWN = OF_TEXT | {"strong", "em", "br", "thead", "tbody"}
OF_PAGES = OF_TEXT | {"html", "head", "meta", "title", "style", "body", "main", "header"}
OF_PAGES |= {"article", "div", "footer"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    table = Block(kind=BlockKind.TABLE, text="Mặt hàng | Giá", rows=ROWS)
    rich = article(
        2,
        title="Xăng dầu giảm giá",
        blocks=(*paragraphs("Theo Thông tư 38/2016/TT-BCT, giá giảm."), table),
        authors=("Trần Văn Mẫu", "Lê Thị Thử"),
        section="Thị trường",
        sections=("Kinh tế", "Thị trường"),
        tags=("-xăng", "dầu"),
        attachments=(Attachment(url="https://bo.example.vn/gia.pdf", title="Bảng giá"),),
    )
    with new_archive(folder) as archive:
        for some in (
            article(1),
            rich,
            article(3, title=HOSTILE, lead=HOSTILE, blocks=paragraphs(HOSTILE)),
            article(4, title="Chỉ có đầu đề", blocks=(), published_at=None),
        ):
            archive.add(some, site="bo-vn", page_id=None, seen_at=SEEN)
        archive.withdraw(article(1).url, SEEN)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"MOIT_NEWS_DATA": str(folder)}
    program = "from crawler.cli import main; main()"
    command = [sys.executable, "-c", program, "export", *arguments]
    return subprocess.run(command, capture_output=True, env=environment, check=False)


def exported(folder: Path, tmp_path: Path, name: str, *arguments: str) -> bytes:
    done = run(folder, *(arguments or ["--all"]), "--output", str(tmp_path / name))
    assert done.returncode == 0, done.stderr
    return (tmp_path / name).read_bytes()


def test_the_manifest_says_what_the_file_is(folder: Path, tmp_path: Path) -> None:
    whole = exported(folder, tmp_path, "gia.csv", "xang", "-vàng", "--since", "01/05/2024")
    manifest = json.loads((tmp_path / "gia.csv.manifest.json").read_text())
    assert manifest["query"]["typed"] == "xang −vàng"
    assert manifest["query"]["since"] == "2024-05-01"
    assert manifest["query"]["understood"] == (
        "Articles that hold “xang”, but not “vàng”; published on 2024-05-01 or later."
        " With any accents."
    )
    assert manifest["files"] == {
        "gia.csv": {"bytes": len(whole), "sha256": hashlib.sha256(whole).hexdigest(), "rows": 1}
    }
    assert manifest["columns"] == list(COLUMNS)
    assert manifest["archive"]["articles"] == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gia.csv", "gia.csv.manifest.json"]


def test_csv_has_a_row_an_article_and_no_formula(folder: Path, tmp_path: Path) -> None:
    text = exported(folder, tmp_path, "all.csv").decode()
    assert "\x1b" not in text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["version"] for row in rows] == ["1"] * 4
    assert list(rows[0]) == list(COLUMNS)
    one, rich, bad, bare = sorted(rows, key=lambda row: row["url"])
    assert rich["authors"] == "Trần Văn Mẫu; Lê Thị Thử"
    assert (rich["sections"], rich["cites"]) == ("Kinh tế › Thị trường", "38/2016/TT-BCT")
    assert rich["tags"] == "'-xăng; dầu"
    assert rich["published_at"] == "2024-05-02T07:15:00+07:00"
    assert one["withdrawn_at"] == "2024-06-01T08:00:00+07:00"
    assert bad["title"].startswith("'=cmd")
    assert (bare["has_text"], bare["text"], bare["published_at"]) == ("false", "", "")


def test_a_byte_order_mark_comes_on_request(folder: Path, tmp_path: Path) -> None:
    plain = exported(folder, tmp_path, "a.csv")
    assert exported(folder, tmp_path, "b.csv", "--all", "--bom") == b"\xef\xbb\xbf" + plain
    refused = run(folder, "--all", "--bom", "--format", "jsonl")
    assert (refused.returncode, b"--bom is for csv" in refused.stderr) == (2, True)


def test_json_lines_keep_lists_and_tables(folder: Path, tmp_path: Path) -> None:
    lines = exported(folder, tmp_path, "all.jsonl").splitlines()
    rows = {row["url"][-6]: row for row in map(json.loads, lines)}
    assert len(rows) == 4
    assert list(rows["2"]) == [*COLUMNS, *NESTED]
    assert rows["2"]["blocks"][1]["rows"] == [list(cells) for cells in ROWS]
    assert rows["2"]["tags"] == ["-xăng", "dầu"]
    assert rows["4"]["text"] is None


def test_parquet_has_types(folder: Path, tmp_path: Path) -> None:
    exported(folder, tmp_path, "all.parquet")
    table = parquet.read_table(tmp_path / "all.parquet")
    assert table.column_names == list(COLUMNS)
    kinds = {name: str(table.schema.field(name).type) for name in COLUMNS}
    assert kinds["published_at"] == "timestamp[ms, tz=Asia/Ho_Chi_Minh]"
    assert (kinds["id"], kinds["has_text"]) == ("int64", "bool")
    assert kinds["tags"].startswith("list<")
    rows = {row["url"][-6]: row for row in table.to_pylist()}
    assert rows["2"]["published_at"].isoformat() == "2024-05-02T07:15:00+07:00"
    assert rows["2"]["authors"] == ["Trần Văn Mẫu", "Lê Thị Thử"]
    assert rows["4"]["published_at"] is None


def test_parquet_without_pyarrow_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from crawler.cli import main"
    command = [sys.executable, "-c", f"{program}; main()", "export", "--all", "--format", "parquet"]
    environment = os.environ | {"MOIT_NEWS_DATA": str(folder)}
    done = subprocess.run(
        [*command, "--output", str(tmp_path / "a.parquet")],
        capture_output=True, env=environment, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.strip().endswith("or choose --format jsonl")
    assert [path.name for path in tmp_path.glob("a.*")] == []


class Page(HTMLParser):
    """What a page would make a browser do, and what it shows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_web_page_shows_all_and_runs_nothing(folder: Path, tmp_path: Path) -> None:
    page = Page(exported(folder, tmp_path, "all.html").decode())
    assert not page.tags & {"script", "img", "iframe", "link", "object", "form"}
    assert not [name for name in page.attributes if name.startswith("on") or name == "src"]
    assert clean(HOSTILE).replace("\n", " ") in re.sub(r"\s+", " ", page.text)
    assert "-2,5" in page.text
    assert "title and lead are kept" in page.text


def test_markdown_is_read_as_it_was_written(folder: Path, tmp_path: Path) -> None:
    text = exported(folder, tmp_path, "all.md").decode()
    page = Page(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(text))
    assert page.tags <= OF_MARKDOWN
    assert re.sub(r"\s+", " ", page.text).count(re.sub(r"\s+", " ", clean(HOSTILE))) == 3
    assert "<td>-2,5</td>" in MarkdownIt("gfm-like", {"linkify": False}).render(text)


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def row(**changes: object) -> Row:
    plain: dict[str, object] = dict.fromkeys((*COLUMNS, *NESTED))
    lists = {name: [] for name in (*NESTED, "authors", "sections", "tags", "cites")}
    plain |= lists | {"id": 1, "url": "https://a.vn/", "version": 1, "has_text": True}
    return plain | {"first_seen_at": "2024-05-02T07:15:00+07:00"} | changes


@given(title=TEXT, tag=TEXT)
def test_no_cell_of_any_text_is_a_formula(title: str, tag: str) -> None:
    told = b"".join(csv_pieces([row(title=title, tags=[tag], copy_of=-5)])).decode()
    (read,) = csv.DictReader(io.StringIO(told, newline=""))
    assert not re.match(r"\s*[=+\-@]|[\t\r]", read["title"])
    assert not re.search(r"[;\t\n][=+@]", read["title"] + read["tags"])
    assert read["title"].replace("'", "") == clean(title).replace("'", "")
    assert read["copy_of"] == "-5"


@pytest.mark.parametrize("text", ["Giá giảm -2,5 %", "a = b", "- không", "hòm thư a@b.vn; +84 1"])
def test_a_text_that_is_no_formula_stays_as_it_is(text: str) -> None:
    assert safe_cell(f"x {text}") == f"x {text}"


@given(title=TEXT)
def test_json_lines_have_one_line_an_article(title: str) -> None:
    told = b"".join(jsonl_pieces([row(title=title), row(title=title)])).decode()
    assert [json.loads(line)["title"] for line in told.splitlines()] == [title, title]


@given(text=TEXT)
def test_no_letter_of_any_text_is_markdown(text: str) -> None:
    page = Page(MarkdownIt("gfm-like", {"linkify": False}).render(escaped(text)))
    assert page.tags <= {"p", "br"}
    assert page.text.split() == clean(text).split()


@given(title=TEXT, cell=TEXT)
def test_no_letter_of_any_text_is_html(title: str, cell: str) -> None:
    block = {"kind": "table", "text": cell, "rows": [[cell, title], [cell]]}
    whole = b"".join(html_pieces([row(title=title, blocks=[block])], title, [title])).decode()
    page = Page(whole)
    assert page.tags <= OF_PAGES
    assert " ".join(clean(cell).split()) in " ".join(page.text.split())


@given(title=TEXT)
def test_markdown_of_any_title_is_one_heading(title: str) -> None:
    told = b"".join(markdown_pieces([row(title=f"x{title}x")])).decode()
    assert MarkdownIt("gfm-like", {"linkify": False}).render(told).count("<h1>") == 1


def test_a_pipe_gets_the_articles_alone(folder: Path) -> None:
    done = run(folder, "xăng", "--format", "txt", "--output", "-")
    assert done.stdout.decode().startswith("Xăng dầu giảm giá\nBộ Công Thương · 2024-05-02 07:15")
    assert done.stderr.decode().startswith("1 article, all there are.")


def test_without_a_place_it_goes_to_the_exports_of_the_archive(folder: Path) -> None:
    done = run(folder, "Giá", "điện", "OR", "dầu")
    path = Path(done.stdout.decode().partition(": ")[0])
    assert path.parent == folder / "exports"
    assert re.fullmatch(r"\d{8}-\d{6}-gia-dien-or-dau\.csv", path.name)
    assert path.exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "type a query, or give --all"),
        (["giá", "--all"], "not both"),
        (["?!"], "nothing is asked for: no word and no number"),
        (["has:tabel"], "did you mean has:table"),
        (["giá", "--site", "bo"], "no site 'bo' is kept; there are: bao-vn, bo-vn"),
        (["giá", "--output", "/nowhere/x.csv"], "cannot be written: No such file"),
    ],
)
def test_wrong_use_is_told_in_one_sentence(folder: Path, arguments: list[str], told: str) -> None:
    done = run(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in done.stderr.decode()


def test_a_file_that_is_there_is_replaced_on_request_only(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_text("của tôi")
    refused = run(folder, "--all", "--output", str(place))
    assert refused.returncode == 2
    assert "is there already" in refused.stderr.decode()
    assert place.read_text() == "của tôi"
    assert run(folder, "--all", "--force", "--output", str(place)).returncode == 0
    assert place.read_text().startswith("id,url")


def test_an_export_that_is_killed_leaves_no_file_of_that_name_and_the_next_one_sweeps_up(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with new_archive(folder) as archive, archive.transaction():
        for number in range(200):
            long = paragraphs(*(f"Đoạn {n} của bài {number}: giá xăng. " for n in range(40)))
            archive.add(article(number, blocks=long), site="bo-vn", page_id=None, seen_at=SEEN)
    place = tmp_path / "a.csv"
    program = "from crawler.cli import main; main()"
    command = [sys.executable, "-c", program, "export", "--all", "--output", str(place)]
    environment = os.environ | {"MOIT_NEWS_DATA": str(folder)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not any(
            part.stat().st_size for part in tmp_path.glob(f"a.csv.[0-9]*{PART}")
        ):
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not place.exists()
    assert {path.suffix for path in tmp_path.iterdir() if path.is_file()} == {PART}
    other = tmp_path / "b.csv"
    assert run(folder, "--all", "--output", str(other)).returncode == 0
    assert other.read_bytes().count(b"\r\n") == 201
    assert {path.name for path in tmp_path.iterdir()} == {"data", "b.csv", "b.csv" + MANIFEST}


def test_what_is_being_written_and_what_is_not_ours_is_never_swept(tmp_path: Path) -> None:
    others = ("phim.7z.002.part", f"thu-muc{PART}")
    (tmp_path / others[0]).write_bytes(b"x")
    (tmp_path / others[1]).mkdir()
    with NewFile(tmp_path / "a.csv") as first:
        first.write(b"id\r\n")
        with NewFile(tmp_path / "b.csv") as second:
            second.write(b"id\r\n")

    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "b.csv", *others}
