"""`moit-news`: the archive's commands and the crawler's. Each is imported when it is called, so
that a search does not wait for Scrapy."""

from __future__ import annotations

import os
from importlib import import_module
from typing import cast

import click

from archive.errors import (
    AlreadyRunningError,
    BackupError,
    DataFolderError,
    ExportError,
    MoitNewsError,
    NotFoundError,
    UrlError,
    WatchError,
)
from crawler.errors import (
    ALREADY_RUNNING,
    NOTHING_USABLE,
    SOME_FAILED,
    WRONG_USE,
    LabelError,
    SiteError,
)

# numpy would start a thread a core for matrices, which are not multiplied here: 0.06 s each time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
CRAWLER_COMMANDS = {
    "crawl": "crawler.commands",
    "why": "crawler.commands",
    "sites": "crawler.sites_commands",
    "import-warc": "crawler.warc_commands",
    "reextract": "crawler.reextract_commands",
    "export-warc": "crawler.warc_commands",
}
READING_COMMANDS = {
    "diff": "archive.version_commands",
    "trend": "archive.counting_commands",
    "facets": "archive.counting_commands",
    "coverage": "archive.coverage_commands",
    "export": "archive.export_commands",
    "cite": "archive.citing_commands",
}
KEEPING_COMMANDS = {
    "backup": "archive.keeping_commands",
    "check": "archive.keeping_commands",
    "merge": "archive.keeping_commands",
    "copies": "archive.copies_commands",
    "stories": "archive.copies_commands",
    "stats": "archive.keeping_commands",
    "watch": "archive.watch_commands",
}
WRONGLY_USED = (
    *(SiteError, LabelError, DataFolderError, BackupError, ExportError, UrlError, WatchError),
)
LATE = CRAWLER_COMMANDS | READING_COMMANDS | KEEPING_COMMANDS


class Commands(click.Group):
    """The commands by name; an error that we can explain is one sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from archive.cli import COMMANDS

        return [*CRAWLER_COMMANDS, *COMMANDS, *READING_COMMANDS, *KEEPING_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in LATE:
            module = import_module(LATE[cmd_name])
            return cast(click.Command, getattr(module, cmd_name.replace("-", "_")))
        from archive.cli import COMMANDS

        return COMMANDS.get(cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MoitNewsError as error:
            click.echo(f"moit-news: {error}", err=True)
            ctx.exit(exit_code_of(error))


def exit_code_of(error: MoitNewsError) -> int:
    """The exit code of an error that ends the program.

    >>> exit_code_of(AlreadyRunningError("another crawl is under way"))
    75
    """
    if isinstance(error, AlreadyRunningError):
        return ALREADY_RUNNING
    if isinstance(error, WRONGLY_USED):
        return WRONG_USE
    return SOME_FAILED if isinstance(error, NotFoundError) else NOTHING_USABLE


@click.command(cls=Commands)
@click.version_option(package_name="moit-news")
def main() -> None:
    """Collect, keep and search the news of Vietnam's Ministry of Industry and Trade."""
