"""ZIP: bounded reading of members, for archives of invoices and for OFD packages."""

from __future__ import annotations

import io
import posixpath
import urllib.parse
import zipfile
import zlib

from intake.errors import UnreadableInput
from intake.source.opened import Limits

_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


class Package:
    """The members of a ZIP, read one by one and never beyond the limits."""

    def __init__(self, content: bytes, limits: Limits, rule: str) -> None:
        """Open the archive; ``rule`` is what a breach of the limits is refused with."""
        self._limits = limits
        self._rule = rule
        self._left = limits.unpacked
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN as trouble:
            raise UnreadableInput("FILE-CORRUPT") from trouble
        members = self._archive.infolist()
        if len(members) > limits.members:
            raise UnreadableInput(rule)
        # zipfile falls over the empty name when it is asked whether that is a folder.
        files = (member for member in members if member.filename and not member.is_dir())
        self._members = {member.filename.replace("\\", "/").lstrip("/"): member for member in files}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def named(self, wanted: str) -> str:
        """The member of a name; makers differ in case and in whether they escape.

        Raises:
            UnreadableInput: FILE-CORRUPT when there is none.
        """
        plain = urllib.parse.unquote(wanted).lstrip("/")
        for name in self.names:
            if plain.lower() in (name.lower(), urllib.parse.unquote(name).lower()):
                return name
        raise UnreadableInput("FILE-CORRUPT")

    def beside(self, base: str, loc: str) -> str:
        """The member that a path in the member ``base`` means: from the root, or relative to it.

        Raises:
            UnreadableInput: FILE-CORRUPT when there is none.
        """
        loc = loc.strip().replace("\\", "/")
        if not loc.startswith("/"):
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(base), loc))
            try:
                return self.named(beside)
            except UnreadableInput:
                pass  # some makers write paths from the root without the leading stroke
        return self.named(loc)

    def read(self, name: str) -> bytes:
        """Read a member.

        Raises:
            UnreadableInput: it is missing or damaged (FILE-CORRUPT), or unpacks beyond the limits.
        """
        member = self._members.get(name.lstrip("/"))
        if member is None or member.flag_bits & 1:
            raise UnreadableInput("FILE-CORRUPT")
        if member.file_size > self._limits.ratio * max(member.compress_size, 1) and member.file_size > 2**20:
            raise UnreadableInput(self._rule)
        try:
            with self._archive.open(member) as stream:
                data = stream.read(self._left + 1)
        except _BROKEN as trouble:
            raise UnreadableInput("FILE-CORRUPT") from trouble
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableInput(self._rule)
        return data
