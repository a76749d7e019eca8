"""What other systems are told of: the public events, and the form in which they leave the house.

A change is made of its event and of what never changes about its invoice or file, so that it reads the same whenever
it is told, whether it is sent or fetched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.masking import masked, party_masked
from models.numbers import region_of

#: Events of an entry, and what they are called outside.
ENTRY_TYPES: Mapping[str, str] = {
    "entered": "invoice.registered",
    "adopted": "invoice.registered",
    "joined": "invoice.file_added",
    "withdrawn": "invoice.withdrawn",
    "used": "invoice.claimed",
    "verified": "invoice.verified",
    "reconciled": "invoice.reconciled",
    "booked": "invoice.booked",
    "archived": "invoice.archived",
}
#: Events of an entry that are the house's own business: a row made to fit its events, a person's link to a list,
#: a hold on its files.
KEPT_INSIDE = frozenset({"rebuilt", "linked", "unlinked", "held", "released"})
#: Events of a file: how the work on it ended. The steps before are nobody else's business.
DOCUMENT_TYPES: Mapping[str, str] = {
    "registered": "document.registered",
    "in_review": "document.in_review",
    "rejected": "document.rejected",
    "duplicate": "document.duplicate",
    "failed": "document.failed",
}
TYPES: tuple[str, ...] = tuple(dict.fromkeys([*ENTRY_TYPES.values(), *DOCUMENT_TYPES.values()]))
#: What is told of a new entry: what a partner needs to book and to find it. Who sent it stays in the house.
_FACTS = (
    "kind", "invoice_code", "invoice_number", "issue_date", "amount_excl_tax", "tax", "total", "buyer_name",
    "buyer_tax_id", "seller_name", "seller_tax_id", "department",
)  # fmt: skip
#: What is told of each later event beside the entry it belongs to.
_TOLD: Mapping[str, tuple[str, ...]] = {
    "joined": ("format",),
    "used": ("claim",),
    "verified": ("result",),
    "reconciled": ("result",),
    "booked": ("booking", "mark"),
}
#: Which invoice an event is about.
_NAMES = ("key", "invoice_code", "invoice_number")


@dataclass(frozen=True, slots=True)
class Change:
    """One public event: ``event_id`` is its place, ``subject`` the entry or document that it is about."""

    event_id: int
    mark: str
    type: str
    at: float
    subject: str
    data: Mapping[str, Any]

    @property
    def told(self) -> dict[str, Any]:
        """The form in which it is told; ``id`` is the same each time, and never that of another event."""
        return {"id": self.mark, "type": self.type, "at": self.at, "data": dict(self.data)}

    @property
    def body(self) -> bytes:
        """The same as bytes, to be signed and sent."""
        return json.dumps(self.told, ensure_ascii=False, separators=(",", ":")).encode()


def change_of(event: Mapping[str, Any]) -> Change | None:
    """The change that an event is to others, None where it is none.

    ``event`` holds the columns of the event and, of its entry, ``key``, ``invoice_code`` and ``invoice_number``, of its
    document ``sha256``.
    """
    what, details = event["what"], json.loads(event["details"])
    if what in ENTRY_TYPES and event["entry_id"]:
        if what == "adopted" and details["kept"]["withdrawn_at"]:
            return None
        return _change(event, ENTRY_TYPES[what], event["entry_id"], _of_entry(event, details))
    if what in DOCUMENT_TYPES and event["document_id"]:
        return _change(event, DOCUMENT_TYPES[what], event["document_id"], _of_document(event))
    return None


def _change(event: Mapping[str, Any], type_: str, subject: str, data: dict[str, Any]) -> Change:
    # Ids start again where an old backup was restored; with a piece of its hash, no two events are ever called alike.
    mark = f"{event['id']}-{event['hash'][:8]}"
    return Change(event["id"], mark, type_, event["at"], subject, data)


def _of_entry(event: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Any]:
    links = {"entry_id": event["entry_id"], "document_id": event["document_id"]}
    url = f"/api/v1/entries/{event['entry_id']}"
    what = event["what"]
    if what not in ("entered", "adopted"):
        names = {name: event[name] for name in _NAMES}
        return {**links, "url": url, **names, **{name: _hidden(details.get(name)) for name in _TOLD.get(what, ())}}
    facts = {name: details.get(name) for name in _FACTS}
    region = region_of(facts["invoice_number"] or "", facts["invoice_code"])
    return {
        **links,
        "url": url,
        "key": details["key"],
        **{name: fact if name in _NAMES else _hidden(fact) for name, fact in facts.items()},
        **{
            f"{side}_name": party_masked(facts[f"{side}_name"], facts[f"{side}_tax_id"]) for side in ("buyer", "seller")
        },
        "region": region.digital2 if region else None,
        "items": [masked(item) for item in (details.get("items") or "").splitlines()],
        "registered_at": details.get("kept", {}).get("registered_at") or event["at"],
    }


def _of_document(event: Mapping[str, Any]) -> dict[str, Any]:
    names = {name: event[name] for name in ("document_id", "submission_id", "sha256")}
    return {**names, "url": f"/api/v1/documents/{event['document_id']}", "state": event["what"]}


def _hidden(value: Any) -> Any:
    return masked(value) if isinstance(value, str) else value
