"""The form in which texts are searched: full width and half width, upper and lower case, spaces are all the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def normal(text: str) -> str:
    """A text as it is searched."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def joined(texts: Iterable[str | None]) -> str:
    """Several texts as one that is searched; a line break keeps a phrase from running over two of them."""
    return "\n".join(normal(text) for text in texts if text)
