"""What is sent during a drill, as phones and people send it: again and again until it is answered."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import httpx

from models.kinds import Kind
from samples.invoice import draw_invoice
from samples.xml import data_of
from tools.chaos.stage import Stage

_PATIENCE = 240.0


def invoice(serial: int) -> tuple[str, bytes]:
    """The number and the file of a good invoice; each serial gives another."""
    drawn = draw_invoice(serial, Kind.DIGITAL_NORMAL)
    return drawn.number, data_of(drawn)


@dataclass
class Load:
    """Invoices on their way in. ``accepted``: document ids by number, for those that were answered with 202."""

    stage: Stage
    accepted: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    _threads: list[threading.Thread] = field(default_factory=list)

    def send(self, first: int, count: int, *, pause: float = 0.0) -> None:
        """Send invoices one after the other, in the background."""
        thread = threading.Thread(target=self._send, args=(first, count, pause), daemon=True)
        thread.start()
        self._threads.append(thread)

    def wait(self) -> None:
        """Wait until all were answered."""
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _send(self, first: int, count: int, pause: float) -> None:
        with httpx.Client(base_url=self.stage.address, headers=self.stage.headers, timeout=20) as client:
            for serial in range(first, first + count):
                number, content = invoice(serial)
                document = self.put(client, f"chaos-{serial}", f"{number}.xml", content)
                if document:
                    self.accepted[number] = document
                time.sleep(pause)

    def put(self, client: httpx.Client, submission: str, name: str, content: bytes) -> str | None:
        """Send one file until it is answered; the same submission id makes a second try the same delivery."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                answer = client.put(f"/api/v1/submissions/{submission}/{name}", content=content)
            except httpx.TransportError:
                time.sleep(0.3)
                continue
            if answer.status_code == 202:
                return str(answer.json()["documents"][0]["document_id"])
            self.refused += 1
            time.sleep(0.5)
        return None
