"""What channels are tested with: watched articles, and a mail server that keeps what it gets."""

import datetime as dt
import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from archive.models import VIETNAM
from archive.store import Archive
from archive.watches import Wanted, add_watch
from archive.watching import Told, look_all, tell_all
from tests.archive.news import SEEN, article, paragraphs

HOSTILE = "Bưởi </title>]]><script>alert(1)</script> & \x1b[31m\nBcc: ke@la.vn"
NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=VIETNAM)


def put(archive: Archive, *numbers: int, **changes: object) -> None:
    for number in numbers:
        text = paragraphs(f"Bưởi số {number} được giá. " * 20)
        said = article(number, **({"blocks": text, "title": HOSTILE} | changes))
        archive.add(said, site="bo-vn", page_id=None, seen_at=SEEN)


def watch(archive: Archive, *channels: tuple[str, str]) -> None:
    wanted = [Wanted(kind=k, target=t, allows_private=k == "webhook") for k, t in channels]
    add_watch(archive.connection, "qua", "bưởi", wanted, authority="a@example.org", now=NOW,
              tells_changes=True)  # fmt: skip


def run(archive: Archive) -> Told:
    (told,) = done = look_all(archive, now=NOW)
    tell_all(archive, done, now=NOW)
    return told


class Mails:
    """Keeps what a mail server was given; refuses while ``answer`` says so."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answer = "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        if self.answer.startswith("250"):
            parser = BytesParser(policy=email.policy.default)
            self.kept.append(parser.parsebytes(envelope.content))
            self.recipients.append(envelope.rcpt_tos)
        return self.answer
