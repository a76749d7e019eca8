"""E-mail: the files that a message brings, also those of messages inside it, within limits and in a child."""

from __future__ import annotations

import email
import email.errors
import email.header
import email.utils
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from intake.child import answer_of, is_ours
from intake.errors import UnreadableInput
from intake.source.opened import Limits

_BROKEN = (email.errors.MessageError, LookupError, ValueError, RecursionError, TypeError, AttributeError)
#: A message sent on as a file, inside a message sent on as a file: nobody means more.
_DEEPEST = 3
#: A picture that the text shows and that is smaller than this is a logo or a signature.
_LOGO_BYTES = 20_000
#: What the child that reads a message may use: one of 60 MB, the largest that is fetched, took 1.3 s and 520 MB.
_SECONDS, _MEGABYTES, _PATIENCE = 30.0, 1000, 120.0
#: Attachments that mail programs add by themselves.
_MACHINERY = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "text/calendar",
     "application/ms-tnef", "message/delivery-status"}
)  # fmt: skip
_NAMELESS = {
    "application/pdf": "attachment.pdf", "application/ofd": "attachment.ofd", "application/zip": "attachment.zip",
    "application/xml": "attachment.xml", "text/xml": "attachment.xml", "image/jpeg": "attachment.jpg",
    "image/png": "attachment.png", "image/heic": "attachment.heic", "image/tiff": "attachment.tiff",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mail:
    """A message: the address that it says it is from (lower case, "" if none), its subject, and its files by name."""

    sender: str
    subject: str
    files: tuple[tuple[str, Path], ...]


@contextmanager
def read_mail_apart(content: bytes, limits: Limits) -> Iterator[Mail]:
    """Read a message in a child; its files are at hand within the ``with``.

    Raises:
        UnreadableInput: as ``read_mail``, and FILE-LIMIT when it breaks the child or its bounds.
        LimitExceeded: the machine is too busy; nothing is wrong with the message.
    """
    with TemporaryDirectory(prefix="shoupiao-mail-") as place:
        source, folder = Path(place).resolve() / "message", Path(place).resolve() / "files"
        source.write_bytes(content)
        folder.mkdir()
        told = answer_of(
            lambda: _answer(source, limits, folder), source, [folder],
            seconds=_SECONDS, memory_mb=_MEGABYTES, patience=_PATIENCE,
        )  # fmt: skip
        if "refused" in told:
            raise UnreadableInput(str(told["refused"]))
        files = tuple((str(name), Path(path)) for name, path in told.get("files", ()))
        if "files" not in told or not all(is_ours(path, folder) for _, path in files):
            raise UnreadableInput("FILE-LIMIT")
        yield Mail(str(told["sender"]), str(told["subject"]), files)


def _answer(source: Path, limits: Limits, folder: Path) -> dict[str, Any]:
    try:
        mail = read_mail(source.read_bytes(), limits, folder)
    except UnreadableInput as refusal:
        return {"refused": refusal.rule}
    return {"sender": mail.sender, "subject": mail.subject, "files": [(name, str(path)) for name, path in mail.files]}


def read_mail(content: bytes, limits: Limits, folder: Path) -> Mail:
    """Read a message; its files are laid into ``folder`` under numbers.

    Raises:
        UnreadableInput: FILE-CORRUPT when it is no message or is nested without end, FILE-ARCHIVE when it brings
            too many files.
    """
    try:
        message = email.message_from_bytes(content)
        # Not decoded: mail servers that refuse forged senders look at the address as it is written.
        sender = _in_one_line(email.utils.parseaddr(_raw(message, "from"))[1]).lower()
        files = tuple(_laid(folder, islice(_files(message, 1), limits.archive_files + 1)))
        subject = _decoded(_raw(message, "subject"))
    except _BROKEN as trouble:
        raise UnreadableInput("FILE-CORRUPT") from trouble
    if len(files) > limits.archive_files:
        raise UnreadableInput("FILE-ARCHIVE")
    return Mail(sender[:200], subject[:200], files)


def _laid(folder: Path, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Path]]:
    for number, (name, content) in enumerate(files):
        path = folder / str(number)
        path.write_bytes(content)
        yield name, path


def _files(message: Message, depth: int) -> Iterator[tuple[str, bytes]]:
    for part in message.walk():  # goes into attached messages by itself
        kind = part.get_content_type()
        if part.is_multipart() or kind in _MACHINERY:
            continue
        name = _decoded(part.get_filename()) or _NAMELESS.get(kind, "")
        content = part.get_payload(decode=True)
        if not name or not isinstance(content, bytes) or not content:
            continue
        if part.get("content-id") and kind.startswith("image/") and len(content) < _LOGO_BYTES:
            continue
        if PurePosixPath(name.lower()).suffix == ".eml" and depth < _DEEPEST:
            yield from _files(email.message_from_bytes(content), depth + 1)
        else:
            yield name, content


def _raw(message: Message, name: str) -> str:
    return next((str(value) for key, value in message.raw_items() if key.lower() == name), "")


def _decoded(header: str | None) -> str:
    """A header as text without control characters; old programs write GBK as it is."""
    raw = (header or "").encode("utf-8", "surrogateescape")
    try:
        plain = raw.decode()
    except UnicodeDecodeError:
        plain = raw.decode("gb18030", "replace")
    return _in_one_line(str(email.header.make_header(email.header.decode_header(plain))))


def _in_one_line(text: str) -> str:
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
