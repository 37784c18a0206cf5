"""What the program can write of its documentation is current; the rest is complete."""

import datetime as dt
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
import yaml
from sqlite_utils import Database

from archive.connection import ARCHIVE_FILE, STEPS
from archive.migrations import archive_migrations, pages_migrations
from crawler.cli import main
from crawler.site_schema import (
    AddressTable,
    FamilyFile,
    FieldsTable,
    ListingTable,
    PolitenessTable,
    SiteFile,
)

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted((ROOT / "docs").rglob("*.md"))
TABLES = (AddressTable, FieldsTable, ListingTable, PolitenessTable)
WRITTEN = ["docs/cli.md", "docs/sites.md", "docs/schema.md", "docs/export.md"]


@pytest.mark.parametrize("page", WRITTEN)
def test_pages_the_program_writes_are_current(page: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "-P", page],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, f"{page} is old; run: make docs\n{done.stdout}{done.stderr}"


def test_every_key_of_a_site_file_is_explained() -> None:
    text = (ROOT / "docs/add-a-site.md").read_text(encoding="utf-8")
    keys = {
        key
        for table in (
            SiteFile,
            FamilyFile,
            AddressTable,
            FieldsTable,
            ListingTable,
            PolitenessTable,
        )
        for key in table.model_fields
    }

    assert set() == {key for key in keys if f"`{key}`" not in text}


def test_every_column_is_explained() -> None:
    said = yaml.safe_load((ROOT / "archive/web/metadata.yaml").read_text(encoding="utf-8"))
    silent = set()
    for name, migrations in (("archive", archive_migrations), ("pages", pages_migrations)):
        db = Database(memory=True)
        migrations.apply(db)
        for table in db.tables:
            if not re.search(r"^_|^sqlite_|_fts|_exact", table.name):
                words = said["databases"][name]["tables"].get(table.name, {})
                silent |= {
                    f"{name}.{table.name}.{column.name}"
                    for column in table.columns
                    if not words.get("columns", {}).get(column.name)
                }

    assert set() == silent


def test_every_command_has_a_help_text() -> None:
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}

    assert {"crawl", "search", "show", "why", "serve"} <= set(commands)
    assert [name for name, one in commands.items() if one is None or not one.help] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *DOCS], ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(
        r"<!-- \[\[\[cog.*?]]] -->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_newest_version_of_the_changelog_is_the_one_that_is_built_and_its_schema_is_kept() -> (
    None
):
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+) \((.+)\)$", changelog, re.MULTILINE)
    assert newest
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert newest[1] == project["version"]
    if newest[2] != "unreleased":
        assert dt.date.fromisoformat(newest[2])
        kept = ROOT / "tests/archive/schemas" / STEPS[ARCHIVE_FILE][-1][:4]
        assert kept.is_dir(), "released: run python tests/archive/schemas/make.py"
