"""A watch tells its hits: each channel what it was not told yet, and none waits for another.

Before something is told, its last hit is noted; after it, that it was told. A run killed between
the two leaves a message that was perhaps sent. The next run sends the very same one, under the
same number, so that who gets it twice can tell.
"""

from __future__ import annotations

import datetime as dt
import sqlite3

from archive.channels import SIZES, tell
from archive.connection import transaction
from archive.errors import ChannelError
from archive.notices import Dispatch, latest, pending
from archive.times import to_text
from archive.watches import Channel, Watch, hit_count

# In one run: what is left is told by the next, so that a flood of hits is no flood of mails.
MOST_DISPATCHES = 20
_BEGIN = "UPDATE watch_channels SET telling_to = ? WHERE id = ?"
_DONE = """
UPDATE watch_channels SET told_to = ?, telling_to = NULL, told_at = ?, failures = 0,
    failed_at = NULL, failure = NULL WHERE id = ?
"""
_FAILED = """
UPDATE watch_channels SET failures = failures + 1, failed_at = ?, failure = ? WHERE id = ?
"""


def tell_pending(
    connection: sqlite3.Connection, watch: Watch, channel: Channel, now: dt.datetime
) -> int:
    """Tells a channel what it was not told; gives the number of notices. What fails is noted and
    raised, as a ChannelError where it was foreseen; the next run tells what is then untold."""
    try:
        if channel.kind == "atom":
            return _write_feed(connection, watch, channel, now)
        return _send_all(connection, watch, channel, now)
    except Exception as error:
        reason = str(error) if isinstance(error, ChannelError) else repr(error)
        _note(connection, _FAILED, to_text(now), reason[:1_000], channel.id)
        raise


def _write_feed(
    connection: sqlite3.Connection, watch: Watch, channel: Channel, now: dt.datetime
) -> int:
    """A feed is a state and no message: it is written again as often as need be."""
    from pathlib import Path

    untold = hit_count(connection, watch, channel.told_to)
    if not untold and Path(channel.target).exists():
        return 0
    dispatch = Dispatch(watch=watch, notices=latest(connection, watch, SIZES["atom"]))
    tell(channel, dispatch)
    _note(connection, _DONE, dispatch.last, to_text(now), channel.id)
    return untold


def _send_all(
    connection: sqlite3.Connection, watch: Watch, channel: Channel, now: dt.datetime
) -> int:
    told, told_to, upto = 0, channel.told_to, channel.telling_to
    for _ in range(MOST_DISPATCHES):
        most = SIZES[channel.kind]
        notices = pending(connection, watch, after=told_to, upto=upto, most=most)
        if not notices and upto is None:
            break
        if notices:
            waiting = hit_count(connection, watch, notices[-1].number)
            dispatch = Dispatch(watch=watch, notices=notices, waiting=waiting)
            _note(connection, _BEGIN, dispatch.last, channel.id)
            tell(channel, dispatch)
        told += len(notices)
        told_to = notices[-1].number if notices else upto or told_to  # its articles are no more
        _note(connection, _DONE, told_to, to_text(now), channel.id)
        upto = None
    return told


def _note(connection: sqlite3.Connection, sql: str, *values: object) -> None:
    with transaction(connection):
        connection.execute(sql, values)
