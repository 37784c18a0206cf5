"""The origin of the crawl benchmark, a process of its own: answers from memory and counts nothing.

python -m benchmarks.crawl_server --pages 2000 --sites FOLDER
"""

from __future__ import annotations

import argparse
import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from benchmarks.crawl_pages import HeavyDaily, articles
from tests.world.site_files import DAILY_FILE

ROBOTS = b"User-agent: *\nAllow: /\n"
NAME = "Báo Thị Trường Mẫu"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def render(homepage: str, count: int, *, alike: bool) -> dict[str, tuple[str, bytes]]:
    """Path -> media type and body of everything the site has."""
    paper = HeavyDaily(homepage, articles(homepage, count, alike=alike))
    html, xml = "text/html; charset=utf-8", "text/xml; charset=utf-8"
    found = {a.path: (html, paper.weigh(a)) for a in paper.articles}
    found["/robots.txt"] = ("text/plain", ROBOTS)
    found["/sitemap.xml"] = (xml, paper.sitemap(paper.articles).encode())
    return found


def answering(
    pages: dict[str, tuple[str, bytes]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        found = pages.get(request.path)
        if found is None:
            return web.Response(status=404)
        kind, body = found
        return web.Response(body=body, headers={"Content-Type": kind})

    return answer


def write_site(folder: Path, homepage: str, delay: float) -> None:
    """The site file of the whole job: one sitemap, the delay as low as is allowed."""
    text = DAILY_FILE.format(name=NAME, homepage=homepage).split("[[listings]]", maxsplit=1)[0]
    text = text.replace("delay = 0.01", f"delay = {delay}")
    text += f'[[listings]]\nkind = "sitemap"\nurl = "{homepage}sitemap.xml"\n'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "thi-truong-mau.toml").write_text(text, encoding="utf-8")


async def serve(pages: dict[str, tuple[str, bytes]], port: int, homepage: str) -> None:
    app = web.Application()
    app.router.add_get("/{path:.*}", answering(pages))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    size = sum(len(body) for _, body in pages.values()) / len(pages)
    print("ready", homepage, f"{size / 1000:.0f}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--alike", action="store_true")
    parser.add_argument("--delay", type=float, default=0.001)
    parser.add_argument("--sites", type=Path, required=True)
    given = parser.parse_args()
    port = free_port()
    homepage = f"http://127.0.0.1:{port}/"
    write_site(given.sites, homepage, given.delay)
    asyncio.run(serve(render(homepage, given.pages, alike=given.alike), port, homepage))


if __name__ == "__main__":
    main()
