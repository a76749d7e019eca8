"""Which events other systems are told of, and in what form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from intake.store import entries
from models.changes import DOCUMENT_TYPES, ENTRY_TYPES, KEPT_INSIDE, TYPES, change_of
from models.document import State
from tests.integration.invoices import BUYER, SELLER

CITIZEN = "11010519491231002X"
FACTS = {
    "key": "26112000000000000007", "kind": "digital_normal", "invoice_code": None,
    "invoice_number": "26112000000000000007", "issue_date": "2026-03-02", "amount_excl_tax": "100.00", "tax": "6.00",
    "total": "106.00", "buyer_name": "北京样例科技有限公司", "buyer_tax_id": BUYER, "seller_tax_id": SELLER,
    "seller_name": "上海范例餐饮有限公司", "items": "*餐饮服务*餐费\n*餐饮服务*酒水", "sender": "小王",
    "department": "销售部",
}  # fmt: skip


def event(what: str, details: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    plain = {
        "id": 7, "at": 1000.5, "what": what, "document_id": "d1", "submission_id": "s1", "entry_id": "e1",
        "details": json.dumps(details or {}), "hash": "0123456789abcdef", "key": FACTS["key"], "invoice_code": None,
        "invoice_number": FACTS["invoice_number"], "sha256": "ab",
    }  # fmt: skip
    return {**plain, **values}


def test_a_new_entry_is_told_with_what_a_partner_needs_to_book_it() -> None:
    change = change_of(event("entered", FACTS))

    assert change is not None
    assert (change.event_id, change.type, change.subject) == (7, "invoice.registered", "e1")
    assert change.told["id"] == "7-01234567"
    assert change.data["total"] == "106.00"
    assert change.data["items"] == ["*餐饮服务*餐费", "*餐饮服务*酒水"]
    assert change.data["region"] == "11"
    assert (change.data["entry_id"], change.data["document_id"]) == ("e1", "d1")


def test_who_sent_it_stays_in_the_house() -> None:
    change = change_of(event("entered", FACTS, actor="小王"))

    assert change is not None
    assert "小王" not in change.body.decode()


def test_a_later_event_names_the_invoice_and_what_became_of_it() -> None:
    change = change_of(event("verified", {"result": "red_full"}))

    assert change is not None
    assert change.type == "invoice.verified"
    assert change.data["key"] == FACTS["key"]
    assert change.data["result"] == "red_full"


def test_a_returned_file_is_told_by_its_document_and_hash() -> None:
    change = change_of(event("rejected", {"from": "processing"}, entry_id=None))

    assert change is not None
    assert (change.type, change.subject) == ("document.rejected", "d1")
    assert (change.data["document_id"], change.data["sha256"], change.data["state"]) == ("d1", "ab", "rejected")


@pytest.mark.parametrize("what", ["submitted", "queued", "processing", "confirmed", "policy", "endpoint_added"])
def test_what_happens_inside_the_house_is_told_to_nobody(what: str) -> None:
    assert change_of(event(what)) is None


def test_an_entry_from_before_its_events_held_facts_is_told_once() -> None:
    adopted = {**FACTS, "kept": {"registered_at": 500.0, "withdrawn_at": None}}

    assert change_of(event("entered", {"entry": "e1"}, entry_id=None)) is None
    change = change_of(event("adopted", adopted, document_id=None))
    assert change is not None
    assert change.data["registered_at"] == 500.0


def test_an_old_entry_that_was_withdrawn_is_not_told_as_registered() -> None:
    assert change_of(event("adopted", {**FACTS, "kept": {"registered_at": 500.0, "withdrawn_at": 600.0}})) is None


def test_every_event_of_an_entry_has_a_type_or_stays_in_the_house() -> None:
    assert set(entries._CHANGES) == set(ENTRY_TYPES) | KEPT_INSIDE


def test_every_end_of_the_work_on_a_file_has_a_type() -> None:
    assert {state.value for state in State if state.final} == set(DOCUMENT_TYPES)
    assert len(TYPES) == len({*ENTRY_TYPES.values(), *DOCUMENT_TYPES.values()})


def test_the_number_of_a_person_is_hidden_wherever_it_stands() -> None:
    facts = {**FACTS, "seller_tax_id": CITIZEN, "items": f"劳务 {CITIZEN}"}

    change = change_of(event("entered", facts))

    assert change is not None
    assert change.data["seller_tax_id"] == "110***********002X"
    assert CITIZEN not in change.body.decode()


def test_a_ticket_that_names_no_company_does_not_tell_who_travels() -> None:
    facts = {**FACTS, "kind": "digital_rail", "buyer_name": "张小明", "buyer_tax_id": None}

    change = change_of(event("entered", facts))

    assert change is not None
    assert change.data["buyer_name"] == "张**"
    assert change.data["seller_name"] == "上海范例餐饮有限公司"
