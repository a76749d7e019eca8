"""What a drawn ticket is: its kind, what is printed on it, and how it is drawn.

The VAT invoices have ``samples.invoice.Drawn``; every other kind is a ticket. One file a kind, named after it, with
one function ``draw_ticket(seed) -> Ticket``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.kinds import Kind
from samples.canvas import Canvas


@dataclass(frozen=True, slots=True)
class Ticket:
    """One sheet of ``width`` by ``height`` points.

    ``fields`` are the values that a reader must find, in the service's own names (money with two decimals, dates in
    ISO form, names after NFKC), only what is printed; ``draw`` puts them on a canvas.
    """

    kind: Kind
    width: float
    height: float
    fields: Mapping[str, str]
    draw: Callable[[Canvas], None]
