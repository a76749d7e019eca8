"""What the house asks of an OCR engine."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.reading import Word


class OcrEngine(Protocol):
    """Reads the text of an upright picture. Loaded once a process; reading must not change its state."""

    name: str
    version: str

    def turns(self, picture: NDArray[np.uint8]) -> int:
        """How many quarter turns clockwise the picture needs to stand upright (0-3)."""

    def read(self, picture: NDArray[np.uint8]) -> tuple[Word, ...]:
        """Read all text (BGR picture); a word is a line as the engine found it, boxes in pixels of the picture."""
