"""Where a watch tells its hits: each module tells one dispatch, or raises ChannelError."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from archive.notices import Dispatch
from archive.watches import Channel

# How many notices one dispatch has. A feed is written whole each time, the others only add.
SIZES = {"atom": 100, "mail": 100, "webhook": 100, "print": 1_000}
_MODULES = {"atom": "feed", "mail": "mail", "webhook": "webhook", "print": "printed"}


def tell(channel: Channel, dispatch: Dispatch) -> None:
    """Tells a channel a dispatch; raises ChannelError where that is not known to have worked."""
    module = import_module(f"archive.channels.{_MODULES[channel.kind]}")
    cast(Callable[[Channel, Dispatch], None], module.tell)(channel, dispatch)
