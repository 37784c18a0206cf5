"""moit-news as the worker calls it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from benchmarks import reading


def read(body: bytes, page: dict[str, str]) -> dict[str, Any]:
    return reading.read(body, page["url"], _fetched_at(page))


def read_generic(body: bytes, page: dict[str, str]) -> dict[str, Any]:
    return reading.read_generic(body, page["url"], _fetched_at(page))


def _fetched_at(page: dict[str, str]) -> dt.datetime | None:
    return dt.datetime.fromisoformat(page["fetched_at"]) if page["fetched_at"] else None
