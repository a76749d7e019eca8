"""What the house must know to read one kind: how its face names itself, how it is read, and which sums it obeys.

Each kind has a file of its own in this room that ends in its form; ``forms`` lists them. docs/adding-a-kind.md shows
the whole of it on an example.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from intake.extract.draft import Draft
from intake.extract.frame import Frame
from models.kinds import Kind


@dataclass(frozen=True, slots=True)
class Sum:
    """An equation of the face: ``total`` is what all ``parts`` that are printed add up to.

    ``parts`` that may be missing from the print stand in ``optional``; ``rule`` is broken where it does not hold.
    """

    total: str
    parts: tuple[str, ...]
    optional: tuple[str, ...] = ()
    rule: str = "AMT-SUM"


#: 金额 + 税额 = 价税合计, without tolerance (rule book §4.1).
VAT_SUM = Sum("total", ("amount_excl_tax", "tax"))


@dataclass(frozen=True, slots=True)
class Form:
    """One kind's face. ``titles`` are patterns on the page's text without blanks, after NFKC.

    ``metered`` are fields that a meter prints in dots: no second look at them proves anything.
    """

    kind: Kind
    titles: tuple[re.Pattern[str], ...]
    read: Callable[[Frame, Draft], None]
    sums: tuple[Sum, ...] = ()
    metered: frozenset[str] = frozenset()


def titled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Compile the titles of a form."""
    return tuple(re.compile(pattern) for pattern in patterns)
