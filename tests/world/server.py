"""Serves the papers on 127.0.0.1, one port each, and remembers every request."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from tests.world.exchange import Answer, Asked

Responder = Callable[[Asked], Answer]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request as the server saw it; ``open`` counts those then under way at its port."""

    time: float
    port: int
    method: str
    path: str
    status: int
    size: int
    open: int
    conditional: bool
    user_agent: str


@dataclass
class RequestLog:
    """All requests so far; filled by the serving thread, read by tests."""

    rows: list[Request] = field(default_factory=list)
    under_way: Counter[int] = field(default_factory=Counter)

    def take(self) -> list[Request]:
        """The requests so far, and forget them."""
        rows, self.rows = self.rows, []
        return rows


class Serving:
    """Three servers in one thread of their own, from ``start`` until ``stop``."""

    def __init__(self, responders: Sequence[Responder], ports: Sequence[int] = ()) -> None:
        self.log = RequestLog()
        self.ports: list[int] = list(ports)
        self._responders = responders
        self._loop = asyncio.new_event_loop()
        self._runners: list[web.AppRunner] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        wanted = self.ports or [0] * len(self._responders)
        self.ports = [
            asyncio.run_coroutine_threadsafe(self._serve(responder, port), self._loop).result(10)
            for responder, port in zip(self._responders, wanted, strict=True)
        ]

    def stop(self) -> None:
        for runner in self._runners:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self, responder: Responder, port: int) -> int:
        async def respond(request: web.Request) -> web.StreamResponse:
            return await self._respond(responder, request)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", respond)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self._runners.append(runner)
        return int(runner.addresses[0][1])

    async def _respond(self, responder: Responder, request: web.Request) -> web.StreamResponse:
        port = request.transport.get_extra_info("sockname")[1] if request.transport else 0
        self.log.under_way[port] += 1
        held = self.log.under_way[port]
        try:
            asked = await as_asked(request)
            answer = responder(asked)
            await asyncio.sleep(answer.delay)
            unchanged = answer.answers(asked)
            response = await send(request, answer, unchanged)
        finally:
            self.log.under_way[port] -= 1
        self.log.rows.append(
            Request(
                time=time.monotonic(),
                port=port,
                method=asked.method,
                path=request.path_qs,
                status=response.status,
                size=0 if unchanged else len(answer.body),
                open=held,
                conditional="If-None-Match" in request.headers
                or "If-Modified-Since" in request.headers,
                user_agent=request.headers.get("User-Agent", ""),
            )
        )
        return response


async def as_asked(request: web.Request) -> Asked:
    form = {key: str(value) for key, value in (await request.post()).items()}
    return Asked(
        method=request.method,
        path=request.path,
        query=dict(request.query),
        form=form,
        headers={key.lower(): value for key, value in request.headers.items()},
    )


async def send(request: web.Request, answer: Answer, unchanged: bool) -> web.StreamResponse:
    if unchanged:
        return web.Response(status=304, headers=answer.headers())
    if answer.cut:
        return await send_half(request, answer)
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers())


async def send_half(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Half of the promised bytes, then the connection is gone."""
    response = web.StreamResponse(status=answer.status, headers=answer.headers())
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport:
        request.transport.abort()
    return response
