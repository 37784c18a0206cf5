"""One run over watches: each looks, then tells; what fails is told and stops no other."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archive.connection import transaction
from archive.errors import ChannelError
from archive.looking import look
from archive.models import VIETNAM
from archive.store import Archive
from archive.telling import tell_pending
from archive.times import to_text
from archive.watches import Channel, Watch, channels_of, watch_called, watches

LOCK = "watch.lock"
_FAILED = "UPDATE watches SET failed_at = ?, failure = ? WHERE id = ?"
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Told:
    """What became of one watch in a run: its new hits, what each channel was told, what failed."""

    watch: Watch
    found: int = 0
    told: dict[Channel, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @property
    def is_news(self) -> bool:
        return bool(self.found or any(self.told.values()) or self.failures)


def look_all(
    archive: Archive,
    names: Sequence[str] = (),
    *,
    now: dt.datetime | None = None,
    progress: Progress = lambda _what, _done, _whole: None,
) -> list[Told]:
    """The watches of these names, or all, look. Raises NotFoundError for a name that is none."""
    connection = archive.connection
    wanted = [watch_called(connection, name) for name in dict.fromkeys(names)]
    now = now or dt.datetime.now(VIETNAM)
    return [_look(connection, each, now, progress) for each in wanted or watches(connection)]


def tell_all(archive: Archive, looked: Sequence[Told], *, now: dt.datetime | None = None) -> None:
    """All that the channels of these watches were not told yet is told."""
    now = now or dt.datetime.now(VIETNAM)
    for told in looked:
        _tell(archive.connection, told, now)


def _look(
    connection: sqlite3.Connection, watch: Watch, now: dt.datetime, progress: Progress
) -> Told:
    told = Told(watch)
    try:
        told.found = look(connection, watch, now, lambda done, of: progress(watch.name, done, of))
    except Exception as error:  # noqa: BLE001 - whatever it is, the other watches go on
        told.failures.append(f"{watch.name}: {_reason(error)}")
        _note_failure(connection, watch, now, told)
    return told


def _tell(connection: sqlite3.Connection, told: Told, now: dt.datetime) -> None:
    watch = told.watch
    for channel in channels_of(connection, watch):
        try:
            told.told[channel] = tell_pending(connection, watch, channel, now)
        except Exception as error:  # noqa: BLE001 - nor does a channel hold up another
            told.failures.append(f"{watch.name}, {channel.kind} {channel.target}: {_reason(error)}")


def _reason(error: Exception) -> str:
    if isinstance(error, ChannelError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _note_failure(
    connection: sqlite3.Connection, watch: Watch, now: dt.datetime, told: Told
) -> None:
    try:
        with transaction(connection):
            connection.execute(_FAILED, (to_text(now), told.failures[-1][:1_000], watch.id))
    except sqlite3.Error as error:
        told.failures.append(f"{watch.name}: nor could that be noted: {error}")
