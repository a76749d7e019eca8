"""What a file turns out to be once it is open: pages, data inside it, and limits that were kept on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.finding import Finding
from models.outcome import Format
from models.reading import Word

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps that hold before any work is done; a file beyond one of them is refused, not cut short.

    Sizes are bytes, ``pixels`` counts one page, ``ratio`` is unpacked to packed size of an archive member.
    """

    size: int = 20 * 2**20
    pages: int = 60
    pixels: int = 60_000_000
    members: int = 2000
    unpacked: int = 100 * 2**20
    ratio: int = 200
    archive_files: int = 100
    attachments: int = 100
    xml_size: int = 10 * 2**20
    xml_elements: int = 50_000


@dataclass(frozen=True, slots=True)
class DataPart:
    """A piece of XML found in a file: its name inside and its bytes."""

    name: str
    content: bytes


@dataclass(slots=True)
class SourcePage:
    """One page. ``draw`` makes its picture (BGR) on demand; ``read_words`` its text layer with boxes in its pixels."""

    number: int
    draw: Callable[[], Picture] | None = None
    read_words: Callable[[], tuple[Word, ...]] = tuple
    _picture: Picture | None = field(default=None, repr=False)

    def picture(self) -> Picture | None:
        """The page as a picture, upright as far as the file says so; None where there is nothing to draw (XML)."""
        if self._picture is None and self.draw is not None:
            self._picture = self.draw()
        return self._picture


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened file. ``parts`` holds the members of an archive, each opened, and is empty otherwise."""

    format: Format
    pages: tuple[SourcePage, ...] = ()
    data: tuple[DataPart, ...] = ()
    findings: tuple[Finding, ...] = ()
    parts: tuple[Any, ...] = ()
