"""A partner's system for tests: a real HTTP server that verifies every message and writes down what it gets."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from intake.redis_server import free_port

Told = dict[str, Any]


@dataclass
class Receiver:
    """What a partner has: ``got`` is every message that it took, ``refused`` every one that it answered otherwise."""

    port: int = field(default_factory=free_port)
    secret: str = ""
    #: What it answers to a message: a status, and headers.
    answer: Callable[[Told], tuple[int, dict[str, str]]] = lambda told: (204, {})
    got: list[Told] = field(default_factory=list)
    refused: list[Told] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def counted(self) -> list[Told]:
        """What it counts: each id once, when it first came."""
        return list({told["id"]: told for told in reversed(self.got)}.values())[::-1]

    def types(self, entry_id: str) -> list[str]:
        """What it knows of an entry, in the order in which it came."""
        return [told["type"] for told in self.counted if told["data"].get("entry_id") == entry_id]

    @contextmanager
    def up(self, address: str = "127.0.0.1", certificate: Path | None = None) -> Iterator[None]:
        """Answer, for as long as the block lasts; outside of it nobody listens."""
        server = _Server((address, self.port), self._handler())
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def take(self, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        told: Told = Webhook(self.secret).verify(body, headers)
        assert headers["webhook-id"] == told["id"]
        status, extra = self.answer(told)
        with self.lock:
            (self.got if status < 300 else self.refused).append(told)
            self.headers.append(headers)
            self.bodies.append(body)
        return status, extra

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status, extra = receiver.take(body, {name.lower(): value for name, value in self.headers.items()})
                self.send_response(status)
                for name, value in {"content-length": "0", **extra}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who speaks to it breaks off on purpose."""


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not within the time"
        time.sleep(0.05)
