"""How near what was asked comes to what an invoice says: numbers, names."""

from __future__ import annotations

from enum import IntEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from models.question_words import REGION_NAMES

#: A number this long is given in full or nearly so; one digit wrong in fewer would be another number.
LONG = 8
#: Of 100: how alike a name must be, over its best stretch, to be the same one mistyped.
_ALIKE = 80.0


class Near(IntEnum):
    """How two numbers lie to each other; the higher, the nearer."""

    APART = 0
    PART = 1
    ONE_OFF = 2
    SAME = 3


def near(asked: str, number: str) -> Near:
    """Compare the digits that were asked for with a number: one digit wrong, missing, too many, or two swapped."""
    if asked == number:
        return Near.SAME
    if len(asked) >= LONG and OSA.distance(asked, number, score_cutoff=1) <= 1:
        return Near.ONE_OFF
    return Near.PART if len(asked) < len(number) and asked in number else Near.APART


def spellings(word: str) -> tuple[str, ...]:
    """A name, and what it is without the place that people put before it (北京海底捞)."""
    rest = next((word[len(name) :] for name in REGION_NAMES if word.startswith(name)), "")
    return (word, rest) if len(rest) >= 2 else (word,)


def says(text: str, word: str) -> float:
    """How surely a text holds a word: 1 as it is typed, 0.6 with a small mistake in it, 0 not."""
    if any(one in text for one in spellings(word)):
        return 1.0
    longest = max(text.split("\n"), key=len, default="")
    alike = len(word) >= 3 and bool(longest) and fuzz.partial_ratio(word, text, score_cutoff=_ALIKE) >= _ALIKE
    return 0.6 if alike else 0.0
