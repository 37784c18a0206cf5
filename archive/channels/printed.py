"""The hits of a watch without another channel, printed: at a prompt, or for cron to mail."""

from __future__ import annotations

import sys

from archive.channels.wording import counted, headline, said_of
from archive.errors import ChannelError
from archive.marking import CLOSE, OPEN
from archive.notices import Dispatch, Notice
from archive.watches import Channel


def tell(channel: Channel, dispatch: Dispatch) -> None:
    """Prints a dispatch; what could not be written, as to a full disk, is told once more."""
    try:
        print_dispatch(dispatch)
        sys.stdout.flush()
    except OSError as error:
        raise ChannelError(f"{channel.target} cannot be written: {error.strerror}") from error


def print_dispatch(dispatch: Dispatch) -> None:
    """Like the hits of a search: in colour on a terminal, plain elsewhere."""
    import click

    click.secho(f"{dispatch.watch.name}: {counted(dispatch.notices)}", bold=True)
    for notice in dispatch.notices:
        _print(notice)
    if dispatch.waiting:
        click.echo(f"and {dispatch.waiting:,} more follow")


def _print(notice: Notice) -> None:
    import click

    from archive.printing import printable

    click.secho(f"  {printable(headline(notice))}", fg="yellow")
    click.secho(f"    {printable(said_of(notice))}", fg="cyan")
    if notice.snippet:
        click.echo(f"    {printable(notice.snippet).replace(OPEN, '[').replace(CLOSE, ']')}")
    click.secho(f"    {printable(notice.url)}  ({notice.article_id})", dim=True)
