"""A small IMAP server: one folder, sign-in, search and fetch by UID, as RFC 9051 writes them; read-only."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What the server holds: messages by UID. ``asked`` is every command; ``hang_up`` ends the line at such a fetch."""

    messages: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    password: str = "secret"
    asked: list[str] = field(default_factory=list)
    hang_up: int | None = None
    port: int = 0

    def bring(self, *contents: bytes) -> None:
        for content in contents:
            self.messages[max(self.messages, default=0) + 1] = content


class _Talk(socketserver.StreamRequestHandler):
    box: Mailbox

    def handle(self) -> None:
        self._say(b"* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            self.box.asked.append(command)
            if not self._answer(tag, command):
                return

    def _answer(self, tag: str, command: str) -> bool:
        done = f"{tag} OK done"
        if command == "CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1")
        elif command.startswith("LOGIN"):
            done = done if f'"{self.box.password}"' in command else f"{tag} NO wrong password"
        elif command.startswith("EXAMINE"):
            self._say(f"* {len(self.box.messages)} EXISTS".encode())
            self._say(f"* OK [UIDVALIDITY {self.box.validity}] valid".encode())
        elif command.startswith("UID SEARCH"):
            self._search(int(re.findall(r"UID (\d+):\*", command)[0]))
        elif command.startswith("UID FETCH"):
            if not self._fetch(command):
                return False
        elif command == "LOGOUT":
            self._say(b"* BYE")
        else:
            done = f"{tag} BAD not known"
        self._say(done.encode())
        return True

    def _search(self, first: int) -> None:
        """``n:*`` holds the last message even where it is older (RFC 9051, sequence sets)."""
        last = max(self.box.messages, default=0)
        found = sorted(uid for uid in self.box.messages if uid >= first or uid == last)
        self._say(b"* SEARCH" + b"".join(b" %d" % uid for uid in found))

    def _fetch(self, command: str) -> bool:
        _, _, uid_text, *_ = command.split()
        uid = int(uid_text)
        content = self.box.messages.get(uid)
        if content is None:
            return True
        if "RFC822.SIZE" in command:
            self._say(b"* 1 FETCH (UID %d RFC822.SIZE %d)" % (uid, len(content)))
            return True
        if self.box.hang_up == uid:
            return False
        what, told = b"[]", content
        if "HEADER" in command:
            what, told = b"[HEADER]", content.partition(b"\n\n")[0] + b"\n\n"
        self._say(b"* 1 FETCH (UID %d BODY%s {%d}" % (uid, what, len(told)))
        self.wfile.write(told)
        self._say(b")")
        return True

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def imap_server(box: Mailbox) -> Iterator[Mailbox]:
    """Serve a mailbox on a free port of this machine."""
    handler = type("Talk", (_Talk,), {"box": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()
