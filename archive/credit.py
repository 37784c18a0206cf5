"""What a reader needs to cite one version of an article, whichever form it is then written in."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.printing import printable
from archive.times import from_text
from archive.versions import one_version

ARCHIVE_NAME = "moit-news"
_SOURCE = "SELECT name FROM sources WHERE slug = ?"
_AWAY = """
SELECT withdrawn_at, reason FROM withdrawals WHERE article_id = ? AND returned_at IS NULL
ORDER BY id DESC LIMIT 1
"""
# The family names that nearly all Vietnamese bear. Who has another one is cited whole.
_FAMILY_NAMES = (
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trương đoàn trịnh"
    " mai đào cao lâm tạ lương hà phùng tô vương chu châu thái quách tống kiều tăng doãn"
    " nghiêm lưu triệu la văn"
)
FAMILY_NAMES = frozenset(_FAMILY_NAMES.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """One version of an article as one cites it; texts are one line each.

    ``seen_at`` is when the archive saw this version first: the time of access. ``note`` says of
    which archive, article and version that is so, and what became of it.
    """

    id: int
    version: int
    title: str
    source: str
    authors: tuple[str, ...]
    url: str
    published_at: dt.datetime | None
    seen_at: dt.datetime
    language: str
    note: str

    @property
    def key(self) -> str:
        """What tells this version from all others, for good: archive, id, version."""
        return f"{ARCHIVE_NAME}-{self.id}-v{self.version}"


def credit(
    connection: sqlite3.Connection, article: sqlite3.Row, number: int | None = None
) -> Credit:
    """What is said of an article, or of one of its versions; raises NotFoundError."""
    version = one_version(connection, article, number or article["version"])
    told = {name: version[name] or article[name] for name in ("url", "source", "language")}
    said = {name: str(value or "") for name, value in told.items()}
    name = connection.execute(_SOURCE, (said["source"],)).fetchone()["name"]
    published = version["published_at"]
    return Credit(
        id=article["id"],
        version=int(str(version["version"])),
        title=printable(str(version["title"])),
        source=printable(name),
        authors=tuple(map(printable, json.loads(str(version["authors"] or "[]")))),
        url=printable(said["url"]),
        published_at=from_text(str(published)) if published else None,
        seen_at=from_text(str(version["seen_at"])),
        language=said["language"] or "vi",
        note=_note(connection, article, version),
    )


def family_and_given(name: str) -> tuple[str, str] | None:
    """The two parts of a full Vietnamese name, whose family name stands first; None where it may
    be a pen name, an office or a foreign name, which only its bearer could part.

    >>> family_and_given("Nguyễn Văn An"), family_and_given("Nhật Chi"), family_and_given("PV")
    (('Nguyễn', 'Văn An'), None, None)
    """
    words = name.split()
    is_full = 3 <= len(words) <= 5 and all(word.isalpha() and word.istitle() for word in words)
    if not is_full or words[0].lower() not in FAMILY_NAMES:
        return None
    return words[0], " ".join(words[1:])


def _note(connection: sqlite3.Connection, article: sqlite3.Row, version: Mapping[str, Any]) -> str:
    number, last = version["version"], article["version"]
    said = f"{ARCHIVE_NAME} {article['id']}, version {number} of {last}, seen {version['seen_at']}"
    if version["replaced_at"]:
        said += f", replaced before {version['replaced_at']}"
    if article["withdrawn_at"]:
        row = connection.execute(_AWAY, (article["id"],)).fetchone()
        why = f" ({row['reason']})" if row and row["reason"] else ""
        said += f". Withdrawn by its site, seen {article['withdrawn_at']}{why}"
    return printable(f"{said}.")
