"""The unmodified program on real pages at their real addresses, through a proxy that has them."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.paper import World

SHARED = Path(__file__).resolve().parents[3] / "shared"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not (SHARED / "corpus").exists(), reason="no ../shared/corpus here"),
]


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[dict[str, str], Path]]:
    log = tmp_path / "proxy.log"
    tool, corpus = SHARED / "tools" / "replay_proxy.py", SHARED / "corpus"
    options = ["--port", str(free_port()), "--log", str(log)]
    process = subprocess.Popen(
        [sys.executable, str(tool), str(corpus), *options], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    ready = process.stdout.readline().removeprefix("ready: ").split()
    yield dict(pair.split("=", 1) for pair in ready), log
    process.terminate()
    process.communicate()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_labelled_articles_are_archived_from_their_real_addresses(
    tmp_path: Path, proxy: tuple[dict[str, str], Path]
) -> None:
    environment, log = proxy
    lines = (SHARED / "corpus" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [json.loads(line) for line in lines if line.strip()]
    urls = [page["url"] for page in pages if page["kind"] == "article"]
    world = World(tmp_path)
    root = Path(__file__).resolve().parents[2]
    environment |= {"MOIT_NEWS_SITES": str(root / "crawler" / "sites")}

    done = world.run("crawl", *(f"--url={url}" for url in urls), **environment)

    assert done.returncode == 0, done.stdout + done.stderr
    assert {row["url"] for row in world.rows("SELECT url FROM articles")} == set(urls)
    asked = [line.split() for line in log.read_text().splitlines()]
    assert {words[-1] for words in asked} == {"open=1"}
    first = {host(words[2]): words[2] for words in reversed(asked)}
    assert all(url.endswith("/robots.txt") for url in first.values())


def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, proxy: tuple[dict[str, str], Path]
) -> None:
    environment, _ = proxy
    del environment["SSL_CERT_FILE"]
    world = World(tmp_path)

    done = world.run("crawl", "--url", "https://moit.gov.vn/tin-tuc/a.html", **environment)

    assert done.returncode == 3
    assert re.search("certificate|cannot be had", done.stdout)


def host(url: str) -> str:
    return url.split("/")[2]
