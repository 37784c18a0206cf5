"""A web server on 127.0.0.1 that answers as it is told, and remembers who asked what and when."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer; ``raw`` replaces all that is sent, ``stream`` is called with the socket."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    raw: bytes | None = None
    stream: Callable[[Any], None] | None = None
    validators: bool = True

    @property
    def etag(self) -> str:
        return '"' + hashlib.sha256(self.body).hexdigest()[:16] + '"'


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One request as the server saw it, and how many were open at that moment."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    open: int


class QuietServer(ThreadingHTTPServer):
    """A killed client resets its connections, which is no news to anybody."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


class Server:
    """Answers by path; what it does not know is 404, robots.txt allows all unless told."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.answers: dict[str, Answer | Callable[[str, bytes], Answer]] = {
            "/robots.txt": Answer(
                body=b"User-agent: *\nAllow: /\n", headers={"Content-Type": "text/plain"}
            )
        }
        self.hits: list[Hit] = []
        self.sent = 0
        self._open = 0
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._serve(self)

            do_POST = do_GET  # noqa: N815 - the name that http.server calls

            def log_message(self, *_: object) -> None:
                pass

        self._http = QuietServer((host, port), Handler)
        self.host = f"{host}:{self._http.server_address[1]}"
        self.home = f"http://{self.host}/"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def paths(self) -> list[str]:
        """The paths that were asked, in order."""
        return [hit.path for hit in self.hits]

    @property
    def most_open(self) -> int:
        return max((hit.open for hit in self.hits), default=0)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self._lock:
            self._open += 1
            seen = self._open
        try:
            found = self.answers.get(handler.path, Answer(status=404, body=b"<p>404</p>"))
            answer = found(handler.path, body) if callable(found) else found
            status = answer.status
            if answer.validators and handler.headers.get("If-None-Match") == answer.etag:
                status = 304
            self.hits.append(
                Hit(
                    at=time.monotonic(),
                    method=handler.command,
                    path=handler.path,
                    headers=dict(handler.headers),
                    body=body,
                    status=status,
                    open=seen,
                )
            )
            time.sleep(answer.delay)
            self._send(handler, answer, status)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True
        finally:
            with self._lock:
                self._open -= 1

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer, status: int) -> None:
        if answer.raw is not None or answer.stream is not None:
            handler.close_connection = True
            handler.wfile.write(answer.raw or b"")
            if answer.stream:
                answer.stream(handler.wfile)
            return
        body = b"" if status == 304 else answer.body
        self.sent += len(body)
        handler.send_response(status)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        if answer.validators and answer.status == 200:
            headers["ETag"] = answer.etag
        for name, value in (headers | dict(answer.headers)).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
