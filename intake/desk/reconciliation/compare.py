"""An invoice as the list tells it beside the entry of the same number: what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.entry import DEAD, Verification
from models.kinds import KIND_INFO, Kind
from models.money import money_text
from models.reconciliation import Reason
from models.tax_list import kinds_named, plain, standing

Row = Mapping[str, Any]
#: The rule that says so, for every state that a list may tell.
RULES: Mapping[Verification, str] = {
    Verification.VOIDED: "VER-VOID",
    Verification.RED_FULL: "VER-RED",
    Verification.RED_PARTIAL: "VER-RED",
    Verification.ABNORMAL: "VER-ABNORMAL",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs: the field, and what the list and the ledger say, as text ("" for nothing)."""

    reason: Reason
    field: str
    listed: str
    entered: str


def differences(listed: Row, entry: Row) -> list[Difference]:
    """Everything that differs, money first. What one of the two does not say is not compared."""
    found = [*_money(listed, entry), *_day(listed, entry), *_party("seller", Reason.SELLER_DIFF, listed, entry)]
    found += [*_party("buyer", Reason.BUYER_DIFF, listed, entry), *_kind(listed, entry), *_state(listed)]
    return found


def yuan(cents: int | None) -> str:
    """Whole cents as yuan; "" for none."""
    return money_text(Decimal(cents) / 100) if cents is not None else ""


def _money(listed: Row, entry: Row) -> Iterator[Difference]:
    """The total; and where the face carries them and the totals agree, amount and tax. Signs count."""
    taxed = ("amount", "tax") if KIND_INFO[Kind(entry["kind"])].taxed else ()
    if listed["total_cents"] is None or entry["total_cents"] is None:
        taxed = ("amount", "tax")
    for short in ("total", *taxed):
        one, other = listed[f"{short}_cents"], entry[f"{short}_cents"]
        if one is not None and other is not None and one != other:
            field = "amount_excl_tax" if short == "amount" else short
            yield Difference(Reason.AMOUNT_DIFF, field, yuan(one), yuan(other))


def _day(listed: Row, entry: Row) -> Iterator[Difference]:
    one, other = listed["issue_date"], entry["issue_date"]
    if one and other and one != other:
        yield Difference(Reason.DATE_DIFF, "issue_date", one, other)


def _party(side: str, reason: Reason, listed: Row, entry: Row) -> Iterator[Difference]:
    """By tax id where both have one, else by name."""
    for what in ("tax_id", "name"):
        field = f"{side}_{what}"
        one, other = listed[field], entry[field]
        if one and other:
            if one != other and plain(one).upper() != plain(other).upper():
                yield Difference(reason, field, one, other)
            return


def _kind(listed: Row, entry: Row) -> Iterator[Difference]:
    named = kinds_named(listed["kind"])
    if named and Kind(entry["kind"]) not in named:
        yield Difference(Reason.KIND_DIFF, "kind", listed["kind"], f"@kind.{entry['kind']}")


def _state(listed: Row) -> Iterator[Difference]:
    state = standing(listed["status"], listed["risk"])
    if state is not None:
        yield Difference(Reason.STATUS_DIFF, "status", state_words(listed, state), "")


def state_words(listed: Row, state: Verification) -> str:
    """What the list calls the state: its status, or the risk where that is what speaks against it."""
    by_risk = state is Verification.ABNORMAL and standing(listed["status"], None) is None
    return str(listed["risk"] if by_risk else listed["status"])


def is_dead(listed: Row) -> bool:
    """Whether the list says that an invoice is worth nothing any more."""
    return standing(listed["status"], listed["risk"]) in DEAD
