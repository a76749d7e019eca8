"""A proxy that loses answers: the service has taken what was sent, and whoever sent it never hears of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

_KEPT = ("content-type", "retry-after")


@contextmanager
def losing_every_other_answer(target: str) -> Iterator[str]:
    """Give the address of a proxy to ``target``: the first answer is lost, the second arrives, and so on."""
    turn = iter(range(10**9))

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)) if self.command != "GET" else b""
            if self.headers.get("transfer-encoding"):
                body = self._chunks()
            hop = ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")
            headers = {name: value for name, value in self.headers.items() if name.lower() not in hop}
            answer = httpx.request(self.command, target + self.path, content=body, headers=headers, timeout=60)
            self.close_connection = True
            if next(turn) % 2 == 0:
                return
            self.send_response(answer.status_code)
            for name in _KEPT:
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def _chunks(self) -> bytes:
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        do_GET = do_PUT = do_POST = _pass_on

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
