"""The new hits of a watch as JSON, posted to an address: by the Standard Webhooks headers.

The address was given by whoever runs the archive, but its name may lead anywhere tomorrow: each
time it is resolved, and only a public address is connected to, unless a private one was allowed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import socket
import ssl
import threading
import time
from urllib.parse import SplitResult, urlsplit

from archive.channels.wording import said_of
from archive.errors import ChannelError, UrlError, WatchError
from archive.hosts import is_private_host, is_public, literal
from archive.notices import Dispatch, Notice
from archive.urls import canonical
from archive.watches import Channel

PATIENCE, LONGEST = 15.0, 60.0
_MOST_ANSWERED = 4_096
SECRET = "MOIT_NEWS_WEBHOOK_SECRET"  # noqa: S105 - the name of the variable


def check_url(url: str, *, allows_private: bool) -> str:
    """An address that may be posted to; raises WatchError."""
    try:
        canonical(url)
        parts = urlsplit(url)
    except (UrlError, ValueError) as error:
        raise WatchError(str(error)) from error
    if parts.username or parts.password or any(ord(c) <= 32 or ord(c) > 126 for c in url):
        raise WatchError("a webhook is a plain address without user, blanks and accents")
    if is_private_host(parts.hostname or "") and not allows_private:
        raise WatchError(
            f"{parts.hostname} is of this machine or its network: --allow-private says that it "
            "is meant"
        )
    return url


def tell(channel: Channel, dispatch: Dispatch) -> None:
    """Posts once; told is what was answered with 2xx. Redirects are not followed."""
    parts = urlsplit(channel.target)
    body = json.dumps(payload(dispatch), ensure_ascii=False).encode()
    try:
        status = _post(parts, body, _headers(dispatch, body), private=channel.allows_private)
    except (OSError, http.client.HTTPException) as error:
        reason = str(error) or type(error).__name__
        raise ChannelError(f"{parts.hostname} cannot be told: {reason}") from error
    if not 200 <= status < 300:
        raise ChannelError(f"{parts.hostname} answers {status} instead of 2xx")


def payload(dispatch: Dispatch) -> dict[str, object]:
    """What is posted: the watch, and each hit with its article as this archive knows it."""
    return {
        "type": "watch.hits",
        "id": dispatch.id,
        "watch": {"name": dispatch.watch.name, "query": dispatch.watch.query},
        "hits": [as_values(notice) for notice in dispatch.notices],
        "waiting": dispatch.waiting,
    }


def as_values(notice: Notice) -> dict[str, object]:
    """A notice as JSON has it."""
    plain = ("change", "article_id", "url", "title", "snippet", "lead", "source", "source_name")
    values: dict[str, object] = {name: getattr(notice, name) for name in plain}
    moments = ("found_at", "published_at", "withdrawn_at")
    values |= {name: (when := getattr(notice, name)) and when.isoformat() for name in moments}
    values |= {name: getattr(notice, name) for name in ("site", "section", "authors", "version")}
    copy = notice.copy_of and {"source_name": notice.copy_of[0], "url": notice.copy_of[1]}
    return values | {"copy_of": copy, "about": said_of(notice)}


def _headers(dispatch: Dispatch, body: bytes) -> dict[str, str]:
    now = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "moit-news",
        "webhook-id": dispatch.id,
        "webhook-timestamp": now,
    }
    if secret := os.environ.get(SECRET, "").strip():
        signed = b".".join((dispatch.id.encode(), now.encode(), body))
        headers["webhook-signature"] = f"v1,{signature(secret, signed)}"
    return headers


def signature(secret: str, signed: bytes) -> str:
    """HMAC-SHA-256 in base64; a secret may be given as whsec_… in base64, or plainly.

    >>> signature("bi-mat", b"1.2.{}")
    '1cQ0Ro1tThqlJ2NDkVlxBpFXyJWIRmh892Jzv2elxSw='
    """
    if secret.startswith("whsec_"):
        key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    else:
        key = secret.encode()
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _post(parts: SplitResult, body: bytes, headers: dict[str, str], *, private: bool) -> int:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    place = _resolved(host, port, private=private), port
    with socket.create_connection(place, PATIENCE) as raw:
        context = ssl.create_default_context()
        https = parts.scheme == "https"
        link = context.wrap_socket(raw, server_hostname=host) if https else raw
        # A server that answers a byte a while keeps every single wait short.
        end = threading.Timer(LONGEST, socket.socket.shutdown, (link, socket.SHUT_RDWR))
        end.start()
        try:
            return _answered(link, parts, body, headers)
        finally:
            end.cancel()


def _answered(link: socket.socket, parts: SplitResult, body: bytes, headers: dict[str, str]) -> int:
    with link:
        connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
        connection.sock = link
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(_MOST_ANSWERED)
        return answer.status


def _resolved(host: str, port: int, *, private: bool) -> str:
    """The first address of a name; the one that was judged is the one connected to."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, place in found:
        address = literal(str(place[0]))
        if private or (address is not None and is_public(address)):
            return str(place[0])
    raise ChannelError(f"{host} leads to a private address, which this watch may not tell")
