"""A request to a paper and its answer, as plain values: papers never see a socket."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime, parsedate_to_datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request: the path with its query, and what a form or header said."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One response; ``cut`` promises more bytes than it sends, ``delay`` waits first."""

    status: int = 200
    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    changed: dt.datetime | None = None
    delay: float = 0.0
    cut: bool = False
    location: str | None = None

    @property
    def etag(self) -> str:
        return '"' + hashlib.sha256(self.body).hexdigest()[:20] + '"'

    def headers(self) -> dict[str, str]:
        """What a cache may hold on to, where the paper knows when this changed."""
        found = {"Content-Type": self.kind}
        if self.location:
            found["Location"] = self.location
        if self.changed and self.status == 200:
            found["ETag"] = self.etag
            found["Last-Modified"] = format_datetime(self.changed.astimezone(dt.UTC), usegmt=True)
        return found

    def answers(self, asked: Asked) -> bool:
        """Whether what the asker already has is still this (RFC 9110: the ETag decides)."""
        if self.status != 200 or not self.changed:
            return False
        tag = asked.headers.get("if-none-match")
        if tag is not None:
            return self.etag in [one.strip().removeprefix("W/") for one in tag.split(",")]
        since = asked.headers.get("if-modified-since")
        return since is not None and self.changed <= parsedate_to_datetime(since)


def page(text: str, changed: dt.datetime | None = None, **more: object) -> Answer:
    return Answer(body=text.encode(), changed=changed, **more)


def as_json(value: object, changed: dt.datetime | None = None) -> Answer:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(body=body, kind="application/json; charset=utf-8", changed=changed)


def as_xml(text: str, changed: dt.datetime | None = None) -> Answer:
    return Answer(body=text.encode(), kind="text/xml; charset=utf-8", changed=changed)


def redirect(location: str, status: int = 302) -> Answer:
    return Answer(status=status, location=location)


def missing(status: int = 404) -> Answer:
    words = {404: "Không tìm thấy trang", 410: "Bài viết đã được gỡ bỏ", 405: "Sai phương thức"}
    text = f"<title>{status}</title></head><body><h1>{words[status]}</h1></body></html>"
    return Answer(status=status, body=f"<!DOCTYPE html><html><head>{text}".encode())
