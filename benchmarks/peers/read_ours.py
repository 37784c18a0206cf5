"""moit-news as the worker calls it."""

from __future__ import annotations

from typing import Any

from benchmarks import reading


def read(body: bytes, url: str, language: str) -> dict[str, Any]:
    return reading.read(body, url)


def read_generic(body: bytes, url: str, language: str) -> dict[str, Any]:
    return reading.read_generic(body, url)
