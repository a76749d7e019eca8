"""The form in which texts are searched: full width and half width, upper and lower case, spaces are all the same.

Indexes of databases take texts apart into pieces of three characters, which finds no Chinese word of two. So the form
that they take apart (``searchable``) has a joint between Chinese characters: 北京 is 北Z京, one piece. The joint is an
upper-case letter, and the marks between the fields are full-width letters: neither can be in a text of ``normal``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

JOINT = "Z"
#: The fields of an invoice in the order in which they are laid out, each behind its mark; a party is name and tax id.
FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "code": ("Ｃ", ("invoice_code",)),
    "number": ("Ｎ", ("invoice_number",)),
    "item": ("Ｉ", ("items",)),
    "seller": ("Ｓ", ("seller_name", "seller_tax_id")),
    "buyer": ("Ｂ", ("buyer_name", "buyer_tax_id")),
}
END = "Ｅ"
PIECE = 3
#: So many pieces of a word are enough to come down to a few entries.
_MOST_PIECES = 24
_CHINESE = "[\u2e80-\u9fff\U00020000-\U0003ffff]"
_SPACE = re.compile(f"(?<={_CHINESE}) | (?={_CHINESE})")
_BETWEEN = re.compile(f"(?<={_CHINESE})(?={_CHINESE})")


def normal(text: str) -> str:
    """A text as it is searched."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def joined(texts: Iterable[str | None]) -> str:
    """Several texts as one that is searched; a line break keeps a phrase from running over two of them."""
    return "\n".join(normal(text) for text in texts if text)


def jointed(text: str) -> str:
    """A text in the form that indexes take apart; what holds a word holds its jointed form."""
    said = normal(text)
    return said if said.isascii() else _BETWEEN.sub(JOINT, _SPACE.sub("", said))


def plain(text: str) -> str:
    """A jointed text without its joints."""
    return text.replace(JOINT, "")


def searchable(facts: Mapping[str, str | None]) -> str:
    """All of an invoice that is searched by words, every field behind its mark, so that one can be searched alone."""
    laid_out = []
    for mark, names in FIELDS.values():
        lines = [line for name in names for line in (facts.get(name) or "").splitlines()]
        laid_out.append(mark + "\n".join(jointed(line) for line in lines))
    return "".join(laid_out) + END


def around(first: str, last: str) -> tuple[str, str]:
    """The marks before and after the fields from ``first`` to ``last``."""
    marks = [mark for mark, _ in FIELDS.values()] + [END]
    names = list(FIELDS)
    return marks[names.index(first)], marks[names.index(last) + 1]


def field_of(text: str, field: str) -> str:
    """What a field of a ``searchable`` text says, without its joints."""
    before, after = around(field, field)
    return plain(text.partition(before)[2].partition(after)[0])


def pieces(word: str) -> list[str]:
    """The pieces by which an index finds a jointed word, each once; none where it is too short for an index."""
    every = (word[at : at + PIECE] for at in range(len(word) - PIECE + 1))
    return list(dict.fromkeys(piece for piece in every if not piece.startswith(JOINT)))[:_MOST_PIECES]


def cut_outs(word: str) -> Iterator[tuple[str, ...]]:
    """What is left of a word (without joints) when a part is cut out of it, for every part in which a slip may be.

    Whatever single character of a word is wrong, missing or too much, or two neighbours change places: what the slip
    left alone is among these (of a word of four only its ends). Parts too short for an index are left out.
    """
    width = 1 if len(word) <= PIECE else max(2, len(word) // 3)
    for start in range(0, len(word), max(1, width - 1)):
        left = tuple(part for part in (word[:start], word[start + width :]) if pieces(jointed(part)))
        if left:
            yield left
