"""`moit-news check`: each thing that can be wrong is found; only what loses nothing is mended."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import AlreadyRunningError
from archive.inspection import inspect
from archive.inspection_rules import Weight
from archive.keeping_commands import _alone
from archive.lock import take_lock
from archive.repair import repair

INDEX = "archive.db", "DROP TRIGGER articles_au; UPDATE articles SET body = 'khác' WHERE id % 2"
# What is done to the files, what is found, how bad it is, whether --repair mends it.
TROUBLES = {
    "index": (*INDEX, "the index articles_fts", Weight.WRONG, True),
    "lost version": (
        *("archive.db", "UPDATE articles SET version = 5 WHERE version = 3"),
        *("not numbered 1, 2, 3", Weight.LOST, False),
    ),
    "gap in versions": (
        *("archive.db", "DELETE FROM versions WHERE version = 1 AND article_id IN"),
        *("not numbered 1, 2, 3", Weight.LOST, False),
    ),
    "version not counted": (
        *("archive.db", "UPDATE articles SET version = 2 WHERE version = 3"),
        *("number is that of an earlier one", Weight.WRONG, True),
    ),
    "run": (
        *("archive.db", "UPDATE run_sites SET asked = asked + 1 WHERE run_id = 2"),
        *("do not add up", Weight.WRONG, True),
    ),
    "outcomes": (
        *("archive.db", "DELETE FROM outcomes WHERE run_id = 2 AND state = 'done'"),
        *("more or fewer answers", Weight.WRONG, False),
    ),
    "done without article": (
        *("archive.db", "UPDATE frontier SET article_id = NULL WHERE url LIKE '%so-3.html'"),
        *("lead to no article", Weight.WRONG, True),
    ),
    "lost page": (
        *("pages.db", "DELETE FROM pages WHERE id = 4"),
        *("rows of articles whose page is not there", Weight.LOST, False),
    ),
    "lost body": (
        *("pages.db", "DELETE FROM bodies WHERE sha256 = (SELECT sha256 FROM pages WHERE id = 4)"),
        *("whose body is not there", Weight.LOST, False),
    ),
    "damaged body": (
        "pages.db",
        "UPDATE bodies SET z = (SELECT b.z FROM bodies b WHERE b.sha256 <> bodies.sha256 LIMIT 1)"
        " WHERE sha256 = (SELECT sha256 FROM pages WHERE id = 4)",
        *("not what was fetched", Weight.LOST, False),
    ),
    "unreadable body": (
        "pages.db",
        "UPDATE bodies SET z = x'00' WHERE sha256 = (SELECT sha256 FROM pages WHERE id = 4)",
        *("not what was fetched", Weight.LOST, False),
    ),
    "damaged dictionary": (
        *("pages.db", "UPDATE dictionaries SET z = x'28b52ffd2000010000'"),
        *("not what was fetched", Weight.LOST, False),
    ),
    "lost dictionary": (
        *("pages.db", "DELETE FROM dictionaries"),
        *("whose dictionary is not there", Weight.LOST, False),
    ),
    "orphan body": (
        *("pages.db", "UPDATE pages SET sha256 = NULL WHERE id = 9"),
        *("bodies that no page has", Weight.WRONG, True),
    ),
    "orphan citation": (
        *("archive.db", "INSERT INTO citations VALUES ('1/2020/NĐ-CP', 7, 'Nghị định', 1)"),
        *("rows of citations whose article is not there", Weight.WRONG, True),
    ),
    "orphan of a story": (
        *("archive.db", "INSERT INTO stories SELECT max(id), 7 FROM articles"),
        *("rows of stories whose first_id names no row of articles", Weight.WRONG, False),
    ),
    "orphan keys": (
        *("archive.db", "INSERT INTO bands VALUES (1, 999999)"),
        *("keys in bands that are of no signature", Weight.WRONG, True),
    ),
    "orphan in the frontier": (
        *("archive.db", "UPDATE frontier SET article_id = 7 WHERE url LIKE '%so-3.html'"),
        *("rows of frontier whose article is not there", Weight.WRONG, False),
    ),
    "clock of the pages": (
        *("pages.db", "UPDATE pages SET fetched_at = '2093-01-01T00:00:00+07:00' WHERE id = 4"),
        *("pages fetched after now", Weight.WRONG, False),
    ),
    "clock of the articles": (
        *("archive.db", "UPDATE articles SET last_seen_at = '2093-01-01' WHERE id % 7 = 0"),
        *("seen after now", Weight.WRONG, False),
    ),
    "clock of what was watched": (
        "archive.db",
        "INSERT INTO watched_listings SELECT 1, slug, 'feed', 'feed', '2026', '2026' FROM sites"
        " LIMIT 1; INSERT INTO stretches VALUES (1, '2026-01-01T00:00:00+07:00',"
        " '2093-01-01T00:00:00+07:00')",
        *("watched after now", Weight.WRONG, True),
    ),
    "dated in the future": (
        *("archive.db", "UPDATE articles SET published_at = '2089-01-01' WHERE id % 7 = 0"),
        *("dated after they were read", Weight.ODD, False),
    ),
    "dated 1970": (
        *("archive.db", "UPDATE articles SET published_at = '1970-01-01' WHERE id % 7 = 0"),
        *("or before 1990", Weight.ODD, False),
    ),
    "never looked at again": (
        *("archive.db", "UPDATE frontier SET article_id = NULL, state = 'due' WHERE status = 200"),
        *("no address of the frontier leads to", Weight.ODD, False),
    ),
    "killed run": (
        *("archive.db", "UPDATE frontier SET state = 'fetching' WHERE url LIKE '%so-3.html'"),
        *("that a killed run was asking", Weight.ODD, False),
    ),
}


def harm(folder: Path, name: str, statements: str) -> None:
    if statements.endswith("article_id IN"):
        statements += " (SELECT article_id FROM versions WHERE version = 2)"
    with closing(sqlite3.connect(folder / name)) as connection:
        connection.executescript(statements)


def rows(folder: Path) -> dict[str, int]:
    counts = {}
    for name in ("archive.db", "pages.db"):
        with closing(sqlite3.connect(folder / name)) as connection:
            sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            for (table,) in connection.execute(sql).fetchall():
                count = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
                counts[f"{name} {table}"] = count
    return counts


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from crawler.cli import main; main()", "check", *arguments]
    environment = os.environ | {"MOIT_NEWS_DATA": str(folder)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_whole_archive_is_clean_and_says_nothing_to_cron(crawled: Path) -> None:
    assert inspect(crawled).findings == ()
    done = run(crawled, "--deep")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_is_wrong_is_found_and_mended_only_where_nothing_is_lost(
    trouble: str, crawled: Path
) -> None:
    name, statements, words, weight, can_repair = TROUBLES[trouble]
    harm(crawled, name, statements)
    before = rows(crawled)

    seen = inspect(crawled, deep=True)

    found = [finding for finding in seen.findings if words in finding.name]
    assert [finding.weight for finding in found] == [weight], seen.findings
    assert found[0].can_repair is can_repair
    assert found[0].count >= max(1, len(found[0].rows))
    assert seen.is_clean is (weight is Weight.ODD)
    done = repair(crawled, seen.findings)
    assert any("left alone" not in line for line in done) is can_repair
    after = inspect(crawled, deep=True)
    assert any(words in finding.name for finding in after.findings) is not can_repair
    lost = {table for table, count in rows(crawled).items() if count < before[table]}
    assert lost <= {"archive.db citations", "archive.db bands", "pages.db bodies"} | {
        table for table in before if "_fts_" in table or "_exact_" in table
    }
    if not can_repair:
        assert lost == set()


def test_a_body_without_a_page_stays_while_any_page_is_lost(crawled: Path) -> None:
    harm(crawled, *TROUBLES["lost page"][:2])
    harm(crawled, *TROUBLES["orphan body"][:2])

    done = repair(crawled, inspect(crawled).findings)

    assert ["left alone" in line for line in done] == [True]
    assert any("bodies that no page has" in each.name for each in inspect(crawled).findings)


def test_a_damaged_file_is_told_and_nothing_is_tried(crawled: Path) -> None:
    with (crawled / "pages.db").open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8192))

    done = run(crawled, "--repair")

    assert done.returncode in {1, 3}
    assert "damaged" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_pages_db_is_a_finding_not_a_crash(crawled: Path) -> None:
    (crawled / "pages.db").unlink()

    seen = inspect(crawled)

    assert ["pages.db is not there" in finding.name for finding in seen.findings] == [True]
    assert not (crawled / "pages.db").exists()


def test_the_command_repairs_tells_and_ends_with_its_code(crawled: Path) -> None:
    harm(crawled, *INDEX)
    harm(crawled, *TROUBLES["lost page"][:2])

    looked = run(crawled)
    mended = run(crawled, "--repair")
    told = json.loads(run(crawled, "--json").stdout)

    assert (looked.returncode, mended.returncode) == (1, 1)
    assert "the index articles_fts" in looked.stdout
    assert "--repair: the index articles_fts" in mended.stdout
    assert ["202603020004"] in [finding["rows"] for finding in told["findings"]]
    assert "index" not in str(told)
    assert told["is_clean"] is False


def test_while_a_crawl_runs_a_check_leaves_its_open_questions_alone_and_repair_waits(
    crawled: Path,
) -> None:
    harm(crawled, *TROUBLES["killed run"][:2])
    with take_lock(crawled):
        assert run(crawled).returncode == 0
        done = run(crawled, "--repair")
    assert done.returncode == 75
    assert "under way" in done.stderr


@pytest.mark.parametrize("mends", [False, True])
def test_only_a_repair_keeps_a_crawl_from_beginning(mends: bool, crawled: Path) -> None:
    with _alone(crawled, needed=mends) as is_alone:
        assert is_alone
        if mends:
            with pytest.raises(AlreadyRunningError):
                take_lock(crawled)
        else:
            take_lock(crawled).close()
    take_lock(crawled).close()
