"""`watch`: queries that tell of what is new. Options, exit codes and what is printed."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from archive.channels.wording import headline, said_of
from archive.cli import Command
from archive.connection import explained
from archive.errors import ChannelError, WatchError
from archive.folder import data_folder
from archive.notices import latest
from archive.printing import as_json as to_json
from archive.printing import printable
from archive.store import Archive
from archive.tables import print_table
from archive.watches import (
    Channel,
    Wanted,
    Watch,
    add_watch,
    channels_of,
    check_query,
    hit_count,
    remove_watch,
    watch_called,
    watches,
)

if TYPE_CHECKING:
    from archive.watching import Told

SHOWN = 10
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
NO_AUTHORITY = "moit-news.invalid"


@click.group()
def watch() -> None:
    """Be told what is new: each watch is a query, and where its hits are told.

    Add some, then let cron call `moit-news watch run` after each crawl.
    """


@watch.command(cls=Command)
@click.argument("name")
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--atom", metavar="FILE", help="Keep the newest 100 hits in this file, as an Atom feed."
)
@click.option("--mail", "mails", multiple=True, metavar="ADDRESS", help="Mail them; repeatable.")
@click.option(
    "--webhook", "hooks", multiple=True, metavar="URL", help="Post them as JSON; repeatable."
)
@click.option(
    "--allow-private", is_flag=True, help="The webhook may be of this machine or its network."
)
@click.option("--exact", is_flag=True, help="Only with the accents as typed.")
@click.option("--changes", is_flag=True, help="Also hits corrected, withdrawn, shown again.")
@click.option("--from-start", is_flag=True, help="First tell of all that is kept already.")
def add(
    *,
    name: str,
    query: tuple[str, ...],
    atom: str | None,
    mails: tuple[str, ...],
    hooks: tuple[str, ...],
    allow_private: bool,
    exact: bool,
    changes: bool,
    from_start: bool,
) -> None:
    """Watch for what QUERY finds, in the language of `moit-news search`.

    Without a channel the hits are printed by `moit-news watch run`, for cron to mail. New is what
    came into the archive since the last look, whenever it was published.

    \b
      moit-news watch add gia-dien '"giá điện" -vàng' --atom /srv/www/gia-dien.atom
      moit-news watch add thong-tu cites:38/2016/TT-BCT --changes --mail lan@example.org

    A mail goes through the server that the variables MOIT_NEWS_SMTP_... name.
    """
    text = " ".join(query)
    check_query(text)
    channels = [_feed(atom)] if atom else []
    channels += _addressed(mails, hooks, allow_private=allow_private)
    with _open(write=True) as archive:
        made = add_watch(
            archive.connection,
            name,
            text,
            channels,
            authority=authority(),
            only_exact=exact,
            tells_changes=changes,
            from_start=from_start,
        )
        for line in _about(archive, made):
            click.echo(line)


@watch.command("list", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="All that is known of them, as JSON.")
def list_(as_json: bool) -> None:
    """List the watches, what they found, and which of their channels fail."""
    with _open() as archive:
        found = [
            (each, channels_of(archive.connection, each)) for each in watches(archive.connection)
        ]
        hits = {each.id: hit_count(archive.connection, each) for each, _ in found}
    if as_json:
        click.echo(to_json([_as_values(each, channels, hits[each.id]) for each, channels in found]))
    elif not found:
        click.echo("there is no watch yet: `moit-news watch add NAME QUERY` makes one", err=True)
    else:
        rows = [_row(each, channels, hits[each.id]) for each, channels in found]
        header = ("name", "hits", "last looked", "channels", "query", "trouble")
        print_table(header, rows, sys.stdout, numbers={"hits"})


@watch.command(cls=Command)
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, with its newest hits.")
def show(name: str, as_json: bool) -> None:
    """Show a watch: its query, its channels and its newest hits."""
    with _open() as archive:
        found = watch_called(archive.connection, name)
        channels = channels_of(archive.connection, found)
        newest = latest(archive.connection, found, SHOWN)
        about = list(_about(archive, found))
        hits = hit_count(archive.connection, found)
    if as_json:
        from archive.channels.webhook import as_values

        told = [as_values(notice) for notice in newest]
        click.echo(to_json(_as_values(found, channels, hits) | {"newest": told}))
        return
    for line in about:
        click.echo(line)
    for channel in channels:
        click.echo(f"  {_state(channel)}")
    click.echo(f"{hits:,} hits; last looked {_minute(found.looked_at) or 'never'}")
    for notice in newest:
        click.echo(f"  {_minute(notice.found_at.isoformat())}  {printable(headline(notice))}")
        click.echo(f"  {'':16}  {printable(said_of(notice))}  ({notice.article_id})")


@watch.command(cls=Command)
@click.argument("name")
def remove(name: str) -> None:
    """End a watch and forget its hits. Its feed stays as it is; the articles are untouched."""
    with _open(write=True) as archive:
        remove_watch(archive.connection, name)


@watch.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.pass_context
def run(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Tell what is new of all watches, or of each NAME: for cron, after each crawl.

    Prints nothing where nothing is new. Each hit is told once in every channel; what fails is
    tried again by the next run, while the other channels and watches go on. May be ended at any
    moment: nothing is lost, and a mail or webhook that may have been sent before is sent again
    under the same number.

    \b
    Exit code: 0 all well, also without news, 1 some channel failed, 2 wrong use,
    3 nothing could be told, 75 another run is under way.
    """
    from archive.keeping_commands import watched
    from archive.lock import take_lock
    from archive.watching import LOCK, look_all, tell_all

    folder = data_folder()
    with take_lock(folder, "another watch run", name=LOCK), _open(write=True) as archive:
        with watched("arrivals") as progress:
            done = look_all(archive, names, progress=progress)
        tell_all(archive, done)
    for told in done:
        _print_told(told)
    ctx.exit(_exit_code(done))


def _exit_code(done: Sequence[Told]) -> int:
    if not any(told.failures for told in done):
        return 0
    return 1 if any(told.told for told in done) else 3


def _print_told(told: Told) -> None:
    for channel, number in told.told.items():
        if number and channel.kind != "print":
            click.echo(f"{told.watch.name}: {number:,} told, {_called(channel)}")
    for failure in told.failures:
        click.echo(f"moit-news watch run: {printable(failure)}", err=True)


@contextmanager
def _open(*, write: bool = False) -> Iterator[Archive]:
    with Archive.open(data_folder(), write=write) as archive, explained(archive.path):
        yield archive


def _feed(text: str) -> Wanted:
    from archive.channels.feed import check_ours

    path = Path(text).expanduser().resolve()
    try:
        check_ours(path)
    except (ChannelError, OSError) as error:
        raise WatchError(str(error)) from error
    return Wanted(kind="atom", target=str(path))


def _addressed(
    mails: Sequence[str], hooks: Sequence[str], *, allow_private: bool
) -> Iterator[Wanted]:
    from archive.channels.mail import check_address
    from archive.channels.webhook import check_url

    for address in mails:
        yield Wanted(kind="mail", target=check_address(address))
    for url in hooks:
        target = check_url(url, allows_private=allow_private)
        yield Wanted(kind="webhook", target=target, allows_private=allow_private)


def authority() -> str:
    """Who answers for the ids of a feed: the contact of this archive, its machine, or nobody."""
    contact = os.environ.get("MOIT_NEWS_CONTACT", "").strip()
    names = (contact, urlsplit(contact).hostname or "", socket.getfqdn().lower())
    found = (name for name in names if _MAIL_ADDRESS.fullmatch(name) or _DOMAIN.fullmatch(name))
    return next(found, NO_AUTHORITY)


def _about(archive: Archive, found: Watch) -> Iterator[str]:
    from archive.explanation import explanation
    from archive.search import find

    meant = explanation(found.parsed, only_exact=found.only_exact)
    meant = meant.replace("With any accents, those typed first.", "With any accents.")  # no order
    yield f"{found.name}: {printable(meant)}"
    answer = find(
        archive.connection, found.query, limit=1, only_exact=found.only_exact, unfolded=True
    )
    number = f"{'' if answer.is_all else 'more than '}{answer.total:,}"
    told = "told of too" if not found.started_after else "not told of"
    if not found.looked_at:
        yield f"{number} articles that are kept now are such; they are {told}"
    yield "Told: new hits" + (", and hits that change" if found.tells_changes else "")


def _as_values(found: Watch, channels: Sequence[Channel], hits: int) -> dict[str, object]:
    return asdict(found) | {"hits": hits, "channels": [asdict(each) for each in channels]}


def _row(found: Watch, channels: Sequence[Channel], hits: int) -> tuple[str, ...]:
    failing = [each for each in channels if each.failure]
    trouble = found.failure or "; ".join(f"{each.kind}: {each.failure}" for each in failing)
    names = ", ".join(_called(each) for each in channels)
    looked = _minute(found.looked_at) or "never"
    return found.name, f"{hits:,}", looked, names, found.query, trouble


def _called(channel: Channel) -> str:
    """A channel in few words; the path of a webhook is often its password."""
    if channel.kind == "webhook":
        return f"webhook {urlsplit(channel.target).hostname}"
    if channel.kind == "atom":
        return f"atom {Path(channel.target).name}"
    return "printed" if channel.kind == "print" else f"mail {channel.target}"


def _state(channel: Channel) -> str:
    last = f"told {_minute(channel.told_at)}" if channel.told_at else "nothing told yet"
    target = "" if channel.kind == "print" else f" {channel.target}"
    line = f"{channel.kind}{target}: {last}"
    if channel.failure:
        line += f"; failed {channel.failures} times, last {_minute(channel.failed_at)}: "
        line += channel.failure
    return printable(line)


def _minute(stored: str | None) -> str:
    return (stored or "")[:16].replace("T", " ")
