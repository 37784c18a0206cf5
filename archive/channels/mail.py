"""The new hits of a watch as a mail: text, and HTML with the words marked."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from archive.channels.wording import counted, headline, marked_html, marked_text, said_of
from archive.errors import ChannelError, WatchError
from archive.notices import Dispatch, Notice
from archive.watches import Channel

PATIENCE = 30.0
PORTS = {"starttls": 587, "tls": 465, "none": 25}
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
)
_STYLE = (
    "body{font:15px/1.5 sans-serif;color:#222;max-width:44em;margin:1em}"
    "h1{font-size:1.2em}h2{font-size:1.05em;margin:1.4em 0 0}p{margin:.2em 0}"
    "a{color:#0b4f8a;text-decoration:none}mark{background:#ffe9a8;color:inherit}"
    ".about{color:#666;font-size:.9em}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """The mail server of this machine's settings."""

    host: str
    port: int
    security: str
    sender: str
    user: str | None
    password: str | None


def check_address(text: str) -> str:
    """A mail address as it is written in a header; raises WatchError for anything else.

    >>> check_address("lan@example.org")
    'lan@example.org'
    """
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        raise WatchError(f"{text[:80]!r} is no mail address: write it as name@example.org")
    return text


def server(environment: Mapping[str, str]) -> Server:
    """The server that MOIT_NEWS_SMTP_… name; raises ChannelError where they name none."""
    given = {
        name: environment.get(f"MOIT_NEWS_SMTP_{name}", "").strip()
        for name in ("HOST", "PORT", "SECURITY", "FROM", "USER", "PASSWORD")
    }
    security, port = given["SECURITY"].lower() or "starttls", given["PORT"]
    if not given["HOST"] or not given["FROM"]:
        raise ChannelError(
            "no mail server is set: name MOIT_NEWS_SMTP_HOST and MOIT_NEWS_SMTP_FROM"
        )
    if security not in PORTS:
        raise ChannelError(f"MOIT_NEWS_SMTP_SECURITY is {security!r}: write starttls, tls or none")
    if port and not port.isdecimal():
        raise ChannelError(f"MOIT_NEWS_SMTP_PORT is {port!r}, no number")
    if not _ADDRESS.fullmatch(given["FROM"]):
        raise ChannelError(f"MOIT_NEWS_SMTP_FROM is {given['FROM'][:80]!r}, no mail address")
    return Server(
        host=given["HOST"],
        port=int(port) if port else PORTS[security],
        security=security,
        sender=given["FROM"],
        user=given["USER"] or None,
        password=given["PASSWORD"] or None,
    )


def tell(channel: Channel, dispatch: Dispatch) -> None:
    """Sends one mail; told is what the server took over."""
    through = server(os.environ)
    try:
        _send(through, channel.target, message(dispatch, through.sender, channel.target))
    except (smtplib.SMTPException, ssl.SSLError, OSError, MessageError) as error:
        raise ChannelError(
            f"{through.host}:{through.port} did not take the mail: {_reason(error)}"
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        return f"{error.smtp_code} {text}"
    return str(error) or type(error).__name__


def _send(through: Server, to: str, mail: EmailMessage) -> None:
    context = ssl.create_default_context()
    if through.security == "tls":
        session: smtplib.SMTP = smtplib.SMTP_SSL(
            through.host, through.port, timeout=PATIENCE, context=context
        )
    else:
        session = smtplib.SMTP(through.host, through.port, timeout=PATIENCE)
    with session:
        if through.security == "starttls":
            session.starttls(context=context)
        if through.user:
            session.login(through.user, through.password or "")
        session.send_message(mail, through.sender, [to])
        with suppress(smtplib.SMTPException, OSError):  # it took the mail: the farewell is manners
            session.quit()


def message(dispatch: Dispatch, sender: str, to: str) -> EmailMessage:
    """The mail; sent again, it has the same Message-ID, by which who gets it twice can tell."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = f"{dispatch.watch.name}: {counted(dispatch.notices)}"
    mail["Date"] = format_datetime(max(notice.found_at for notice in dispatch.notices))
    mail["Message-ID"] = f"<{dispatch.id}.{_short(to)}@{sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # no answer from who is on holiday (RFC 3834)
    mail.set_content(as_text(dispatch))
    mail.add_alternative(as_html(dispatch), subtype="html")
    return mail


def _short(to: str) -> str:
    from hashlib import sha256

    return sha256(to.lower().encode()).hexdigest()[:12]


def as_text(dispatch: Dispatch) -> str:
    """The notices for readers of plain text."""
    parts = [f"{_title(dispatch)}\n{dispatch.watch.query}\n"]
    for notice in dispatch.notices:
        lines = (headline(notice), said_of(notice), marked_text(notice.snippet), notice.url)
        parts.append("\n".join(filter(None, lines)) + "\n")
    return "\n".join((*parts, *_more(dispatch)))


def as_html(dispatch: Dispatch) -> str:
    """The same as a page without scripts or pictures; what pages wrote is escaped."""
    told = "".join(map(_html, dispatch.notices))
    more = "".join(f"<p class=about>{escape(line)}</p>" for line in _more(dispatch))
    return (
        f"<!doctype html><html lang=vi><head><meta charset=utf-8><style>{_STYLE}</style>"
        f"<title>{escape(dispatch.watch.name)}</title></head><body>"
        f"<h1>{escape(_title(dispatch))}</h1><p class=about>{escape(dispatch.watch.query)}</p>"
        f"{told}{more}</body></html>\n"
    )


def _title(dispatch: Dispatch) -> str:
    return f"{dispatch.watch.name}: {counted(dispatch.notices)}"


def _html(notice: Notice) -> str:
    title = headline(notice).removesuffix(notice.title)
    return (
        f'<h2><a href="{escape(notice.url)}">{escape(title)}{marked_html(notice.marked_title)}</a>'
        f"</h2>\n<p class=about>{escape(said_of(notice))}</p>\n"
        f"<p>{marked_html(notice.snippet)}</p>\n"
    )


def _more(dispatch: Dispatch) -> list[str]:
    return [f"{dispatch.waiting:,} more follow."] if dispatch.waiting else []
