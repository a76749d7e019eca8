"""A client of Shoupiao 收票 in one file; it needs httpx and Python 3.11. Examples: docs/clients.md.

Whatever may be asked twice without harm is asked again while the service cannot be reached or is busy: what is read,
and files, which are sent under a name of the sender's choosing and are taken once, however often they come.
"""

from __future__ import annotations

import itertools
import time
import urllib.parse
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

Json = dict[str, Any]
#: A file to send: where it lies, or its name and its content.
File = Path | str | tuple[str, bytes]
#: Answers of a service, or of a proxy before it, that is busy for now.
_BUSY = frozenset({429, 502, 503, 504})
#: Seconds between two tries and between two looks: the first pause, which doubles, and the longest.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.3, 10.0


class ShoupiaoError(Exception):
    """Whatever this client has to say."""


class Refused(ShoupiaoError):
    """The service said no. ``code`` is stable and for programs; ``en`` and ``zh`` are the sentence for people.

    ``told`` is the whole answer, with what belongs to the code (docs/api.md).
    """

    def __init__(self, status: int, told: Json) -> None:
        self.status, self.told = status, told
        self.code = str(told.get("code", status))
        self.en, self.zh = (str(told.get(name, "")) for name in ("detail", "detail_zh"))
        super().__init__(f"{self.en or 'The service refused'} ({status} {self.code})")


class NotReached(ShoupiaoError):
    """The service could not be reached, or was busy, for as long as the client's patience."""


class StillWaiting(ShoupiaoError):
    """There was no outcome in time; the files are safe, wait again later."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a document is not in the ledger, what to do, and who can: sender, issuer, finance or operator."""

    rule: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    who: str


@dataclass(frozen=True, slots=True)
class Document:
    """Where one file stands. ``final``: the machine is done with it; ``raw``: all that the service tells of it."""

    id: str
    filename: str
    state: str
    state_zh: str
    state_en: str
    final: bool
    reasons: tuple[Reason, ...]
    invoices: tuple[Json, ...]
    raw: Json = field(repr=False)

    @property
    def entry_ids(self) -> tuple[str, ...]:
        """The entries of the ledger that it became."""
        return tuple(one["entry_id"] for one in self.invoices if one["entry_id"])


@dataclass(frozen=True, slots=True)
class Submission:
    """Files that were sent together; ``document_ids`` in the order they were sent."""

    id: str
    document_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where an invoice is: one code of a closed list (docs/api.md), the reason, and what to do next."""

    code: str
    certain: bool
    reason_zh: str
    reason_en: str
    next_zh: str
    next_en: str
    who: str
    raw: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened: it may come twice, always with the same ``id``. ``at``: seconds since 1970."""

    id: str
    type: str
    at: float
    data: Json


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in their order. Keep ``next`` once they are dealt with: it is where to go on."""

    changes: tuple[Change, ...]
    next: int
    more: bool


class Shoupiao:
    """The service at an address, asked with a key (``with Shoupiao(address, key) as shoupiao:``).

    ``sender``: for whom files are sent, if the key may send for others. ``patience``: seconds for which it is tried to
    reach the service.
    """

    def __init__(
        self, address: str, key: str, *, sender: str | None = None, timeout: float = 60.0, patience: float = 120.0
    ) -> None:
        headers = {"authorization": f"Bearer {key}"}
        if sender:
            headers["x-sender"] = urllib.parse.quote(sender)
        self._patience = patience
        self._http = httpx.Client(base_url=f"{address.rstrip('/')}/api/v1", headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(self, files: Iterable[File], *, client_id: str | None = None) -> Submission:
        """Send files as one submission; the service has stored them when this returns.

        ``client_id`` is yours: the same one again, after a crash for example, gives the same submission, and what it
        holds already is not taken twice. Without one a new submission is made.
        """
        name = client_id or uuid.uuid4().hex
        address = f"/submissions/{_part(name)}"
        submission = self._ask("PUT", address).json()["id"]
        sent = [self._send_one(address, file) for file in files]
        return Submission(submission, tuple(sent))

    def mend(self, document_id: str, file: File) -> Submission:
        """Send a file in place of one that was returned."""
        filename, content = _opened(file)
        answer = self._ask(
            "POST", "/submissions", again=True, data={"mends": document_id}, files={"files": (filename, content)},
            headers={"idempotency-key": uuid.uuid4().hex},
        ).json()  # fmt: skip
        return Submission(answer["id"], tuple(one["document_id"] for one in answer["documents"]))

    def wait(self, submission_id: str, *, seconds: float = 600.0) -> tuple[Document, ...]:
        """Wait until the machine is done with every document of a submission.

        Raises:
            StillWaiting: it was not, after so many seconds.
        """
        end = time.monotonic() + seconds
        for pause in _pauses():
            view = self._ask("GET", f"/submissions/{_part(submission_id)}").json()
            if view["done"]:
                return tuple(_document(one) for one in view["documents"])
            if time.monotonic() + pause > end:
                raise StillWaiting(f"submission {submission_id}: {view['counts']}")
            time.sleep(pause)
        raise AssertionError("pauses have no end")

    def document(self, document_id: str) -> Document:
        """Where one document stands."""
        return _document(self._ask("GET", f"/documents/{_part(document_id)}").json())

    def feedback(self, document_id: str) -> str:
        """Why a document came back and how to mend it, as a text for people."""
        return self._ask("GET", f"/documents/{_part(document_id)}/reason.txt").text

    def marked_page(self, document_id: str, page: int) -> bytes:
        """A page as WebP, with a frame around everything that keeps it from the ledger; pages count from 1."""
        return self._ask("GET", f"/documents/{_part(document_id)}/feedback/{page}.webp").content

    def where(self, question: str) -> Whereabouts:
        """Where an invoice is, by whatever one knows of it: numbers, names, amounts, days, regions."""
        return _whereabouts(self._ask("GET", "/trace", params={"q": question}).json())

    def where_is(self, file: File) -> Whereabouts:
        """Where the invoice of a file is; the file is not taken in."""
        filename, content = _opened(file)
        return _whereabouts(self._ask("POST", "/trace", again=True, files={"file": (filename, content)}).json())

    def changes(self, after: int = 0, *, types: Sequence[str] = (), limit: int = 100, wait: float = 0.0) -> Page:
        """What happened after a place in the history. ``wait``: up to 30 seconds for something to happen."""
        asked: Mapping[str, str | int | float] = {
            "after": after, "types": ",".join(types), "limit": limit, "wait": wait,
        }  # fmt: skip
        told = self._ask("GET", "/changes", params=asked).json()
        changes = tuple(Change(one["id"], one["type"], one["at"], one["data"]) for one in told["changes"])
        return Page(changes, told["next"], told["more"])

    def follow(self, after: int = 0, *, types: Sequence[str] = (), wait: float = 30.0) -> Iterator[Page]:
        """Every page of changes from a place on, without end; an empty one where nothing happened for ``wait``."""
        while True:
            page = self.changes(after, types=types, wait=wait)
            after = page.next
            yield page

    def _send_one(self, address: str, file: File) -> str:
        filename, content = _opened(file)
        document: str = self._ask("PUT", f"{address}/{_part(filename)}", content=content).json()["documents"][0][
            "document_id"
        ]
        return document

    def _ask(self, method: str, path: str, *, again: bool = False, **sent: Any) -> httpx.Response:
        """Ask, and ask again while it may be asked again. ``again``: also a POST may.

        Raises:
            Refused: the service said no.
            NotReached: it could not be reached in time.
        """
        end = time.monotonic() + self._patience
        for pause in _pauses():
            trouble, wait = "", pause
            try:
                answer = self._http.request(method, path, **sent)
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
            else:
                if answer.is_success:
                    return answer
                if answer.status_code not in _BUSY:
                    raise _refusal(answer)
                trouble, wait = f"{_refusal(answer)}", max(pause, _retry_after(answer))
            if not (again or method != "POST") or time.monotonic() + wait > end:
                raise NotReached(trouble)
            time.sleep(wait)
        raise AssertionError("pauses have no end")


def _pauses() -> Iterator[float]:
    return (min(_FIRST_PAUSE * 2 ** min(turn, 10), _LONGEST_PAUSE) for turn in itertools.count())


def _retry_after(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdigit() else 0.0


def _refusal(answer: httpx.Response) -> Refused:
    try:
        told = answer.json()
    except ValueError:
        told = {"detail": answer.reason_phrase}
    return Refused(answer.status_code, told if isinstance(told, dict) else {})


def _opened(file: File) -> tuple[str, bytes]:
    """The name and the content of a file; a few megabytes, as a page is."""
    if isinstance(file, tuple):
        return Path(file[0]).name, file[1]
    return Path(file).name, Path(file).read_bytes()


def _part(text: str) -> str:
    """A text as one part of an address; a slash would end the part even when encoded, so it is encoded twice."""
    return urllib.parse.quote(text.replace("/", "%2F"), safe="")


def _document(told: Json) -> Document:
    reasons = tuple(Reason(**{name: one[name] for name in Reason.__slots__}) for one in told["reasons"])
    plain = {name: told[name] for name in ("id", "filename", "state", "state_zh", "state_en", "final")}
    return Document(**plain, reasons=reasons, invoices=tuple(told["invoices"]), raw=told)


def _whereabouts(told: Json) -> Whereabouts:
    return Whereabouts(**{name: told[name] for name in Whereabouts.__slots__ if name != "raw"}, raw=told)
