"""An invoice as it was read: its kind, its fields, its lines, and what the checks said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.finding import Finding, Verdict
from models.kinds import KIND_INFO, Kind
from models.reading import Box, Field, Source


@dataclass(frozen=True, slots=True)
class LineItem:
    """One line of goods or services; every value is the printed text after NFKC, or None where nothing is printed."""

    name: str | None = None
    spec: str | None = None
    unit: str | None = None
    quantity: str | None = None
    price: str | None = None
    amount: str | None = None
    tax_rate: str | None = None
    tax: str | None = None
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class StructuredInvoice:
    """An invoice found as data inside a file, already in the service's own field names.

    ``dialect`` names the format (``einvoice``, ``fp``, ``xbrl_inv``, ``custom_tag`` …), ``origin`` the part it came
    from. ``complete`` is true when the part carries the whole invoice (an attached XML), false for loose tags that
    only point at texts of the page. ``kind`` is None where the data does not say.
    """

    dialect: str
    origin: str
    kind: Kind | None
    fields: Mapping[str, str]
    items: tuple[LineItem, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of a document.

    ``region`` is None when it fills its page(s). ``likeness``: what its page looks like, 1024 bits, in hexadecimal;
    None where no picture was read.
    """

    kind: Kind
    page: int
    fields: Mapping[str, Field]
    items: tuple[LineItem, ...] = ()
    #: Where the line items come from; None when there are none.
    items_source: Source | None = None
    region: Box | None = None
    findings: tuple[Finding, ...] = ()
    verdict: Verdict | None = None
    likeness: str | None = None

    def value(self, name: str) -> str | None:
        """The settled value of a field, or None when nothing was read for it."""
        found = self.fields.get(name)
        return found.value if found else None

    @property
    def key(self) -> str | None:
        """What makes the invoice one of a kind in the ledger; None while a part of it is missing."""
        parts = [self.value(name) for name in KIND_INFO[self.kind].identity]
        return "|".join(part for part in parts if part) if all(parts) else None
