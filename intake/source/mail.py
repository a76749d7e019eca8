"""E-mail: the files that a message brings, also those of messages inside it, within limits."""

from __future__ import annotations

import email
import email.errors
import email.header
import email.utils
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath

from intake.errors import UnreadableInput
from intake.source.opened import Limits

_BROKEN = (email.errors.MessageError, LookupError, ValueError, RecursionError, TypeError, AttributeError)
#: A message sent on as a file, inside a message sent on as a file: nobody means more.
_DEEPEST = 3
#: A picture that the text shows and that is smaller than this is a logo or a signature.
_LOGO_BYTES = 20_000
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
    """A message: the address that it says it is from (lower case, "" if none), its subject, and its files."""

    sender: str
    subject: str
    files: tuple[tuple[str, bytes], ...]


def read_mail(content: bytes, limits: Limits) -> Mail:
    """Read a message.

    Raises:
        UnreadableInput: FILE-CORRUPT when it is no message or is nested without end, FILE-ARCHIVE when it brings
            too many files.
    """
    try:
        message = email.message_from_bytes(content)
        sender = email.utils.parseaddr(_raw(message, "from"))[1].strip().lower()
        files = tuple(one for _, one in zip(range(limits.archive_files + 1), _files(message, 1), strict=False))
        subject = _decoded(_raw(message, "subject"))
    except _BROKEN as trouble:
        raise UnreadableInput("FILE-CORRUPT") from trouble
    if len(files) > limits.archive_files:
        raise UnreadableInput("FILE-ARCHIVE")
    return Mail(sender[:200], subject[:200], files)


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
    text = str(email.header.make_header(email.header.decode_header(plain)))
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
