"""What is like a selection but not it: one of its words misspelt, a digit wrong or missing, two swapped.

One word at a time is taken as misspelt, and everything else must hold. What a slip in it leaves alone
(``models.search_text.cut_outs``) finds the candidates; rapidfuzz says how like they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from rapidfuzz import fuzz

from intake.desk.listing import listed
from intake.desk.selection import selected
from intake.store.entry_index import Index, Phrase
from models.query import Query
from models.search_text import FIELDS, cut_outs, field_of, normal
from models.sight import Sight

#: So many candidates are weighed at most, and so many shown.
CANDIDATES, SHOWN = 1000, 20
#: A word shorter than this may differ by one slip, a longer one by two.
_LONG = 8


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A word taken as misspelt, where it should be, and the query without it."""

    word: str
    fields: tuple[str, ...]
    rest: Query

    @property
    def least(self) -> float:
        """How like a word must be, of 100: a slip costs two of all characters of both."""
        slips = 1 if len(self.word) < _LONG else 2
        return 100 * (1 - slips / len(self.word)) - 0.01


def similar(
    connection: sa.Connection, index: Index, sight: Sight, query: Query, known: Set[str]
) -> list[dict[str, Any]]:
    """The entries that are most like a query, with how like they are (``likeness``, of 100); none of ``known``."""
    found: dict[str, float] = {}
    doubts = list(_doubts(query))
    for doubt in doubts:
        for identity, words in _candidates(connection, index, sight, doubt, CANDIDATES // len(doubts)):
            likeness = max(_likeness(doubt.word, field_of(words, one)) for one in doubt.fields)
            if likeness >= doubt.least and identity not in known:
                found[identity] = max(likeness, found.get(identity, 0))
    best = sorted(found, key=lambda one: (-found[one], one))[:SHOWN]
    return [{**row, "likeness": round(found[row["id"]])} for row in listed(connection, best)]


def _likeness(word: str, text: str) -> float:
    """How like a word is to the part of a text that is most like it; all of a text that is shorter."""
    return fuzz.partial_ratio(word, text) if len(text) >= len(word) else fuzz.ratio(word, text)


def _candidates(
    connection: sa.Connection, index: Index, sight: Sight, doubt: _Doubt, most: int
) -> Iterator[tuple[str, str]]:
    ways = list(cut_outs(doubt.word))
    rows = index.rows.c
    first, last = doubt.fields[0], doubt.fields[-1]
    for left in ways:
        holds = index.holds([Phrase(part, first, last) for part in left])
        asked = sa.select(rows.entry_id, rows.words).where(*selected(index, sight, doubt.rest), *holds)
        for row in connection.execute(asked.limit(most // len(ways))):
            yield row.entry_id, row.words


def _doubts(query: Query) -> Iterator[_Doubt]:
    """Every word of a query that may be misspelt, with the rest of it."""
    for name in ("number", "code", "seller", "buyer", "item"):
        text = getattr(query, name)
        if text:
            nothing: dict[str, Any] = {name: ""}
            yield _Doubt(normal(text), (name,), replace(query, **nothing))
    for place, word in enumerate(query.words):
        rest = replace(query, words=query.words[:place] + query.words[place + 1 :])
        yield _Doubt(normal(word), tuple(FIELDS), rest)
    for place, figure in enumerate(query.figures):
        if figure.digits:
            rest = replace(query, figures=query.figures[:place] + query.figures[place + 1 :])
            yield _Doubt(figure.digits, ("code", "number"), rest)
