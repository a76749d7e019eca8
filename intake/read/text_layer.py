"""The text layer of a page, where it is worth reading."""

from __future__ import annotations

from intake.source import SourcePage
from models.reading import Word

#: Fewer characters than this are a stamp or a page number, not the text of an invoice.
_LEAST_CHARACTERS = 40


def read_text_layer(page: SourcePage) -> tuple[Word, ...]:
    """Give the words of a page's text layer, boxes in pixels of its picture; () when there is no usable text."""
    words = tuple(word for word in page.read_words() if word.text)
    readable = sum(1 for word in words for char in word.text if char.isalnum() and not _private(char))
    strange = sum(1 for word in words for char in word.text if _private(char) or char == "\ufffd")
    return words if readable >= _LEAST_CHARACTERS and strange < 0.1 * readable else ()


def _private(char: str) -> bool:
    return "\ue000" <= char <= "\uf8ff"
