"""One signed message to one endpoint, and what came of it. Source of the form: the Standard Webhooks specification."""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
import functools
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
from standardwebhooks import Webhook

from intake.desk.sync.guard import Address, BadAddress, Network, Resolver, Target, find, resolve

#: Seconds that each step of a connection may take, and the whole of it, however slowly it drips.
_STEP_SECONDS, _WHOLE_SECONDS = 5.0, 10.0
#: How much of an answer is read, and how many of its addresses are tried.
_ANSWER_BYTES, _PLACES = 16 * 2**10, 3
_LONGEST_REST = 3600.0


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the id that a receiver counts by, and the body."""

    mark: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. ``trouble`` is None when it was taken, else a code; ``rest`` how long they ask to be left."""

    status: int | None = None
    trouble: str | None = None
    rest: float | None = None

    @property
    def gone(self) -> bool:
        """Whether they want nothing any more (410)."""
        return self.status == 410


def post(
    url: str, secrets: Sequence[str], message: Message, *, inside: Sequence[Network] = (), resolver: Resolver = resolve
) -> Answer:
    """Send a message, signed by every secret that holds. Never raises for what the other side does."""
    try:
        target = find(url, inside, resolver=resolver)
    except BadAddress as trouble:
        return Answer(trouble=trouble.code)
    return asyncio.run(_within(target, _headers(secrets, message), message.body))


async def _within(target: Target, headers: dict[str, str], body: bytes) -> Answer:
    """Send within a time for the whole of it, which httpx has only for single steps."""
    try:
        async with asyncio.timeout(_WHOLE_SECONDS):
            return await _first_reached(target, headers, body)
    except TimeoutError:
        return Answer(trouble="timeout")


async def _first_reached(target: Target, headers: dict[str, str], body: bytes) -> Answer:
    """Try the addresses one after the other until one takes the connection."""
    answer = Answer(trouble="connect")
    async with httpx.AsyncClient(verify=_trust(), timeout=_STEP_SECONDS, trust_env=False) as client:
        for address in target.addresses[:_PLACES]:
            try:
                return await _send(client, target.url, address, headers, body)
            except httpx.ConnectError as trouble:
                encrypted = any(isinstance(one, ssl.SSLError) for one in _causes(trouble))
                answer = Answer(trouble="tls" if encrypted else "connect")
            except httpx.TimeoutException:
                return Answer(trouble="timeout")
            except httpx.TransportError:
                return Answer(trouble="broken")
    return answer


async def _send(
    client: httpx.AsyncClient, url: httpx.URL, address: Address, headers: dict[str, str], body: bytes
) -> Answer:
    """Send to one address; the name goes into the Host header and into the TLS handshake, where it is verified."""
    pinned = client.build_request(
        "POST",
        url.copy_with(host=str(address)),
        headers={"host": url.netloc.decode(), **headers},
        content=body,
        extensions={"sni_hostname": url.raw_host.decode()},
    )
    response = await client.send(pinned, stream=True, follow_redirects=False)
    try:
        await _read_some(response)
    finally:
        await response.aclose()
    return _judge(response)


async def _read_some(response: httpx.Response) -> None:
    """Take the beginning of an answer, so that the other side can end in peace; what it says does not matter."""
    size = 0
    try:
        async with asyncio.timeout(_STEP_SECONDS):
            async for chunk in response.aiter_raw():
                size += len(chunk)
                if size >= _ANSWER_BYTES:
                    return
    except (httpx.TransportError, TimeoutError):
        return


def _judge(response: httpx.Response) -> Answer:
    if response.is_success:
        return Answer(response.status_code)
    return Answer(response.status_code, f"http_{response.status_code}", _rest(response.headers.get("retry-after")))


def _rest(told: str | None) -> float | None:
    """How long to wait by a Retry-After header: seconds or a date, an hour at the most."""
    if told is None:
        return None
    try:
        seconds = float(told) if told.isdecimal() else _until(told)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_REST)


def _until(date: str) -> float:
    return email.utils.parsedate_to_datetime(date).timestamp() - time.time()


def _headers(secrets: Sequence[str], message: Message) -> dict[str, str]:
    now = dt.datetime.now(dt.UTC)
    signatures = [
        Webhook(secret).sign(msg_id=message.mark, timestamp=now, data=message.body.decode()) for secret in secrets
    ]
    return {
        "content-type": "application/json",
        "user-agent": "Shoupiao-Webhooks/1",
        "webhook-id": message.mark,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


@functools.cache
def _trust() -> ssl.SSLContext:
    """The authorities that this machine trusts (``SSL_CERT_FILE`` adds those of the house)."""
    return ssl.create_default_context()


def _causes(trouble: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = trouble
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__
