"""The newest hits of a watch as an Atom feed (RFC 4287) in a file that a web server hands out."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

from archive.channels.wording import headline, marked_html, said_of
from archive.errors import ChannelError
from archive.notices import Dispatch, Notice
from archive.times import from_text
from archive.watches import Channel

ATOM = "http://www.w3.org/2005/Atom"
GENERATOR = "moit-news"
_START = 4_096


def tell(channel: Channel, dispatch: Dispatch) -> None:
    """Writes the feed anew; a reader of the file sees the former one or this one, whole."""
    path = Path(channel.target)
    try:
        check_ours(path)
        _write(path, feed(dispatch))
    except OSError as error:
        raise ChannelError(
            f"{path} cannot be written ({error.strerror}): let this user write in {path.parent}"
        ) from error


def check_ours(path: Path) -> None:
    """Refuses to replace a file that is no feed of ours; raises ChannelError, OSError."""
    if not path.parent.is_dir():
        raise ChannelError(f"there is no folder {path.parent}: make it, or mount its disk")
    if not path.exists():
        return
    if path.is_dir():
        raise ChannelError(f"{path} is a folder: name a file in it")
    with path.open("rb") as file:
        start = file.read(_START)
    if start and (ATOM.encode() not in start or f">{GENERATOR}<".encode() not in start):
        raise ChannelError(f"{path} is no feed of ours and stays as it is: name another file")


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # a web server is another user
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def feed(dispatch: Dispatch) -> bytes:
    """The feed as bytes. It says nothing of the time of its writing: with the same hits it is the
    same, and a reader that asks for changes alone is not troubled."""
    watch = dispatch.watch
    root = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": "vi"})
    _add(root, "generator", GENERATOR)
    _add(root, "id", watch.tag)
    _add(root, "title", f"{watch.name}: {watch.query}")
    _add(
        root,
        "updated",
        _moment(
            max((n.found_at for n in dispatch.notices), default=None) or from_text(watch.created_at)
        ),
    )
    _add(_add(root, "author"), "name", GENERATOR)
    for notice in dispatch.notices:
        _entry(root, dispatch, notice)
    Xml.indent(root)
    text: bytes = Xml.tostring(root, "utf-8", xml_declaration=True)
    return text + b"\n"


def _entry(root: Xml.Element, dispatch: Dispatch, notice: Notice) -> None:
    entry = _add(root, "entry")
    if notice.language:
        entry.set("xml:lang", notice.language)
    _add(entry, "id", f"{dispatch.watch.tag}/{notice.article_id}")
    _add(entry, "title", headline(notice))
    _add(entry, "updated", _moment(notice.found_at))
    if notice.published_at:
        _add(entry, "published", _moment(notice.published_at))
    _add(entry, "link", rel="alternate", type="text/html", href=notice.url)
    for name in notice.authors or (notice.source_name,):
        _add(_add(entry, "author"), "name", name)
    if notice.section:
        _add(entry, "category", term=notice.section)
    html = f"<p>{marked_html(notice.snippet)}</p><p>{marked_html(said_of(notice))}</p>"
    _add(entry, "summary", html, type="html")


def _add(parent: Xml.Element, name: str, text: str | None = None, **given: str) -> Xml.Element:
    element = Xml.SubElement(parent, name, given)
    element.text = text
    return element


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
