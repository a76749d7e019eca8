"""One message on the wire: signed, pinned to the address that was judged, and bounded whatever the other side does."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from intake.desk.sync import post as module
from intake.desk.sync.post import Answer, Message, post
from intake.redis_server import free_port
from tests.integration.certificates import self_signed
from tests.integration.receiver import Receiver

SECRET, OTHER = "whsec_" + "QUJDREVGR0hJSktMTU5PUA==", "whsec_" + "UVJTVFVWV1hZWjAxMjM0NQ=="
HERE = [ipaddress.ip_network("127.0.0.0/8")]
MESSAGE = Message("7-abc", json.dumps({"id": "7-abc", "type": "invoice.registered", "data": {"名": "值"}}).encode())


def send(url: str, *, secrets: Sequence[str] = (SECRET,), resolver: object = None) -> Answer:
    if resolver is None:
        return post(url, secrets, MESSAGE, inside=HERE)
    return post(url, secrets, MESSAGE, inside=HERE, resolver=resolver)  # type: ignore[arg-type]


def test_a_message_is_signed_so_that_only_the_secret_fits() -> None:
    receiver = Receiver(secret=SECRET)
    with receiver.up():
        assert send(receiver.url) == Answer(204)

    assert receiver.got == [json.loads(MESSAGE.body)]
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(MESSAGE.body, receiver.headers[0])


def test_after_a_change_of_the_secret_the_old_and_the_new_one_fit() -> None:
    receiver = Receiver(secret=SECRET)
    with receiver.up():
        assert send(receiver.url, secrets=(OTHER, SECRET)).trouble is None

    assert Webhook(OTHER).verify(MESSAGE.body, receiver.headers[0])["id"] == "7-abc"


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {}, Answer(200)),
        (400, {}, Answer(400, "http_400")),
        (503, {"retry-after": "7"}, Answer(503, "http_503", 7.0)),
        (429, {"retry-after": "999999"}, Answer(429, "http_429", 3600.0)),
        (429, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, Answer(429, "http_429", 0.0)),
        (429, {"retry-after": "soon"}, Answer(429, "http_429")),
    ],
)
def test_what_is_answered_is_told(status: int, headers: dict[str, str], expected: Answer) -> None:
    receiver = Receiver(secret=SECRET, answer=lambda told: (status, headers))
    with receiver.up():
        assert send(receiver.url) == expected


def test_a_redirect_is_not_followed() -> None:
    aim = Receiver(secret=SECRET)
    receiver = Receiver(secret=SECRET, answer=lambda told: (307, {"location": aim.url}))
    with receiver.up(), aim.up():
        assert send(receiver.url) == Answer(307, "http_307")

    assert aim.got == []


def test_nobody_there_is_told_as_no_connection() -> None:
    assert send(Receiver().url) == Answer(trouble="connect")


def test_a_forbidden_address_is_never_connected_to() -> None:
    with listening(lambda connection: None) as (port, accepted):
        assert post(f"https://127.0.0.1:{port}/", [SECRET], MESSAGE).trouble == "forbidden_address"

    assert accepted == []


def test_a_name_that_answers_otherwise_the_second_time_gains_nothing() -> None:
    """DNS rebinding: the address that was judged is the one that is connected to, and the name is not asked again."""
    inner, judged = Receiver(secret=SECRET), Receiver(secret=SECRET)
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])
    seen: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        seen.append(host)
        return next(answers)

    judged.port = inner.port
    with inner.up(), judged.up("127.0.0.2"):
        assert send(f"http://partner.example:{inner.port}/hook", resolver=rebinding).trouble is None

    assert seen == ["partner.example"]
    assert inner.got == []
    assert len(judged.got) == 1
    assert judged.headers[0]["host"] == f"partner.example:{inner.port}"


def test_a_later_address_is_tried_when_the_first_takes_no_connection() -> None:
    receiver = Receiver(secret=SECRET)
    with receiver.up():
        url = f"http://partner.example:{receiver.port}/hook"
        assert send(url, resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"]).trouble is None


def test_the_certificate_must_be_of_the_name_and_not_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed("partner.example", tmp_path)
    monkeypatch.setattr(module, "_trust", lambda: ssl.create_default_context(cafile=str(certificate)))
    receiver = Receiver(secret=SECRET)
    with receiver.up(certificate=certificate):
        answers = {
            host: send(f"https://{host}:{receiver.port}/hook", resolver=lambda host, port: ["127.0.0.1"]).trouble
            for host in ("partner.example", "other.example", "127.0.0.1")
        }

    assert answers == {"partner.example": None, "other.example": "tls", "127.0.0.1": "tls"}


def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    receiver = Receiver(secret=SECRET)
    with receiver.up(certificate=self_signed("partner.example", tmp_path)):
        url = f"https://partner.example:{receiver.port}/hook"
        assert send(url, resolver=lambda host, port: ["127.0.0.1"]).trouble == "tls"


def test_who_drips_an_answer_holds_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WHOLE_SECONDS", 1.5)
    started = time.monotonic()
    with listening(drip) as (port, _):
        assert send(f"http://127.0.0.1:{port}/") == Answer(trouble="timeout")

    assert time.monotonic() - started < 8, "the dripping itself takes ten seconds"


def test_an_answer_without_end_is_not_read() -> None:
    sent: list[int] = []

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
        while True:
            sent.append(connection.send(b"x" * 65536))

    with listening(flood) as (port, _):
        assert send(f"http://127.0.0.1:{port}/") == Answer(200)

    assert sum(sent) < 30 * 2**20, "no more than what lay in the buffers"


def test_what_is_no_http_is_told_as_broken() -> None:
    with listening(lambda connection: connection.sendall(b"\0\1\2 nonsense\r\n\r\n")) as (port, _):
        assert send(f"http://127.0.0.1:{port}/").trouble == "broken"


def drip(connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"H")
        time.sleep(0.1)


@contextmanager
def listening(behave: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[object]]]:
    """A server that behaves badly in some way to the first who connects."""
    accepted: list[object] = []

    def serve() -> None:
        try:
            connection, peer = server.accept()
            accepted.append(peer)
            with connection:
                connection.recv(65536)
                behave(connection)
        except OSError:
            return  # the other side had enough, or the test has ended

    server = socket.create_server(("127.0.0.1", free_port()))
    server.settimeout(10)
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], accepted
    finally:
        server.close()
        thread.join(0.5)
