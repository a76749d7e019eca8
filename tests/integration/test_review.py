"""What people decide, by two of them: holds, corrections, second persons, undo, contests."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from intake.check.policy import read_policy
from intake.desk.claims import UsedBefore, use_entry
from intake.desk.ledger import ledger_page
from intake.desk.policies import KnownVersion, install_policy, policy_list
from intake.desk.rejudge import apply_changes, rejudge
from intake.desk.review import (
    CannotUndo,
    Held,
    SecondPersonNeeded,
    StillWrong,
    confirm,
    contest,
    hold,
    refuse,
    release,
    undo,
)
from intake.desk.review_queue import review_queue
from intake.desk.services import Services
from intake.desk.statistics import rule_records
from intake.desk.views import document_view, history, invoice_view
from intake.store.tables import entries, invoices
from models.document import State
from models.finding import Finding, Severity, Verdict
from models.sight import EVERYTHING
from tests.integration.test_rules_of_the_desk import settled, slip

LI, ZHANG = "李会计", "张会计"
PACK = """
name = "样例集团"
version = "{version}"
valid_from = {day}

[limits]
{limits}
"""


def pack(version: str = "1", day: str = "2020-01-01", limits: str = "") -> str:
    return PACK.format(version=version, day=day, limits=limits)


def waiting(services: Services, **changes: str | None) -> tuple[str, str]:
    """A slip in review: its document and its invoice."""
    document = settled(services, slip(**changes))  # type: ignore[arg-type]
    return document, document_view(services, EVERYTHING, document)["invoices"][0]["id"]


def returned(services: Services, rule: str = "AMT-SUM") -> str:
    one = slip(Verdict.REJECT)
    told = (Finding(rule, Severity.REJECT, "total"),)
    document = settled(services, type(one)(one.kind, 1, one.fields, findings=told, verdict=Verdict.REJECT))
    return str(document_view(services, EVERYTHING, document)["invoices"][0]["id"])


def test_who_opens_an_invoice_has_it_until_given_back(services: Services) -> None:
    _, invoice = waiting(services)
    hold(services, invoice, actor=LI)
    with pytest.raises(Held, match=LI):
        hold(services, invoice, actor=ZHANG)
    with pytest.raises(Held):
        confirm(services, invoice, actor=ZHANG, corrections={})
    release(services, invoice, actor=LI)
    assert hold(services, invoice, actor=ZHANG) > time.time()


def test_a_hold_ends_by_itself(services: Services) -> None:
    _, invoice = waiting(services)
    hold(services, invoice, actor=LI)
    with services.database.begin() as connection:
        connection.execute(invoices.update().values(held_until=time.time() - 1))
    hold(services, invoice, actor=ZHANG)
    assert review_queue(services, EVERYTHING)[0]["held_by"] == ZHANG


def test_a_correction_stands_beside_the_reading(services: Services) -> None:
    _, invoice = waiting(services, total="28.00")
    confirm(services, invoice, actor=LI, corrections={"total": "23"})
    readings = invoice_view(services, EVERYTHING, invoice)["fields"]["total"]["readings"]
    assert [(one["value"], one["source"]) for one in readings] == [("23.00", "derived"), ("28.00", "ocr")]
    assert ledger_page(services, EVERYTHING).rows[0]["total"] == "23.00"


def test_above_the_limit_two_people_confirm(services: Services) -> None:
    install_policy(services, pack(limits='second_person_above = "20.00"'), actor=LI)
    document, invoice = waiting(services)
    assert confirm(services, invoice, actor=LI, corrections={}) is State.IN_REVIEW
    with pytest.raises(SecondPersonNeeded):
        confirm(services, invoice, actor=LI, corrections={})
    assert confirm(services, invoice, actor=ZHANG, corrections={}) is State.REGISTERED
    happened = [one.what for one in history(services, EVERYTHING, document_id=document)]
    assert [one for one in happened if one in ("confirmed_first", "confirmed")] == ["confirmed_first", "confirmed"]


def test_below_the_limit_one_person_is_enough(services: Services) -> None:
    install_policy(services, pack(limits='second_person_above = "23.01"'), actor=LI)
    _, invoice = waiting(services)
    assert confirm(services, invoice, actor=LI, corrections={}) is State.REGISTERED


def test_a_confirmation_is_undone_and_its_entry_withdrawn_not_deleted(services: Services) -> None:
    document, invoice = waiting(services)
    confirm(services, invoice, actor=LI, corrections={})
    undo(services, invoice, actor=LI)
    assert document_view(services, EVERYTHING, document)["state"] == State.IN_REVIEW.value
    assert ledger_page(services, EVERYTHING).count == 0
    with services.database.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(entries)).scalar() == 1
    assert confirm(services, invoice, actor=ZHANG, corrections={"total": "24.00"}) is State.REGISTERED
    assert [row["total"] for row in ledger_page(services, EVERYTHING).rows] == ["24.00"]


def test_a_refusal_is_undone(services: Services) -> None:
    document, invoice = waiting(services)
    refuse(services, invoice, actor=LI, reason="unreadable")
    undo(services, invoice, actor=LI)
    assert document_view(services, EVERYTHING, document)["state"] == State.IN_REVIEW.value


@pytest.mark.parametrize("spoil", ["by another", "too late", "used"])
def test_what_others_rely_on_cannot_be_undone(spoil: str, services: Services) -> None:
    _, invoice = waiting(services)
    confirm(services, invoice, actor=LI, corrections={})
    if spoil == "too late":
        with services.database.begin() as connection:
            connection.execute(invoices.update().values(decided_at=time.time() - 3600))
    if spoil == "used":
        use_entry(services, EVERYTHING, invoice_view(services, EVERYTHING, invoice)["entry_id"], claim="BX-1", actor=LI)
    with pytest.raises(CannotUndo):
        undo(services, invoice, actor=ZHANG if spoil == "by another" else LI)


def test_a_contest_names_the_rule_and_its_outcome_is_counted(services: Services) -> None:
    overturned, upheld = returned(services), returned(services)
    for invoice in (overturned, upheld):
        assert contest(services, invoice, actor="小王", words="票面如此")
    assert [one["contested"] for one in review_queue(services, EVERYTHING)] == [True, True]
    confirm(services, overturned, actor=LI, corrections={})
    refuse(services, upheld, actor=LI, reason="wrong_figures")
    (record,) = rule_records(services, EVERYTHING)
    assert (record.rule, record.rejected, record.contested, record.overturned, record.upheld) == ("AMT-SUM", 2, 2, 1, 1)


def test_a_contested_invoice_is_taken_before_older_ones(services: Services) -> None:
    waiting(services, invoice_number="00000001")
    late = returned(services)
    contest(services, late, actor="小王", words="没错")
    assert review_queue(services, EVERYTHING)[0]["id"] == late


def test_a_rule_of_the_company_can_be_waived_a_law_cannot(services: Services) -> None:
    text = pack() + '[kinds]\nallowed = ["digital_normal"]\n'
    install_policy(services, text, actor=LI)
    _, invoice = waiting(services)
    with pytest.raises(StillWrong, match="TYPE-UNSUPPORTED"):
        confirm(services, invoice, actor=LI, corrections={})
    _, broken = waiting(services, total=None, invoice_number="00296399")
    with pytest.raises(StillWrong, match="AMT-MISSING"):
        confirm(services, broken, actor=LI, corrections={}, waived=["AMT-MISSING", "TYPE-UNSUPPORTED"])
    assert confirm(services, invoice, actor=LI, corrections={}, waived=["TYPE-UNSUPPORTED"]) is State.REGISTERED


def test_an_entry_is_used_by_one_claim(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT))
    entry = ledger_page(services, EVERYTHING).rows[0]["id"]
    use_entry(services, EVERYTHING, entry, claim="BX-2026-001", actor=LI)
    use_entry(services, EVERYTHING, entry, claim="BX-2026-001", actor=LI)
    with pytest.raises(UsedBefore) as refused:
        use_entry(services, EVERYTHING, entry, claim="BX-2026-002", actor=ZHANG)
    assert refused.value.claim == "BX-2026-001"


def test_a_document_is_judged_by_the_pack_of_its_receipt(services: Services) -> None:
    install_policy(services, pack("1", "2020-01-01"), actor=LI)
    install_policy(services, pack("2", "2999-01-01", 'amount = "1.00"'), actor=LI)
    _, invoice = waiting(services)
    assert confirm(services, invoice, actor=LI, corrections={}) is State.REGISTERED
    assert [(one["version"], one["holds"]) for one in policy_list(services)] == [("2", False), ("1", True)]


def test_a_version_is_installed_once(services: Services) -> None:
    install_policy(services, pack("1"), actor=LI)
    with pytest.raises(KnownVersion):
        install_policy(services, pack("1", limits="age_days = 3"), actor=LI)


def test_a_dry_run_changes_nothing_and_applying_only_asks_people(services: Services) -> None:
    registered = settled(services, slip(Verdict.ACCEPT, invoice_number="00000007"))
    invoice = returned(services)
    stricter = read_policy(pack("2", limits='amount = "1.00"'))
    changes = {one.before: one for one in rejudge(services, EVERYTHING, stricter)}
    assert "AMT-LIMIT" in changes[State.REGISTERED].rules
    assert changes[State.REJECTED].after is State.IN_REVIEW
    assert document_view(services, EVERYTHING, registered)["state"] == State.REGISTERED.value
    assert invoice_view(services, EVERYTHING, invoice)["state"] == State.REJECTED.value

    assert [one.invoice_id for one in apply_changes(services, stricter, actor=LI)] == [invoice]
    assert document_view(services, EVERYTHING, registered)["state"] == State.REGISTERED.value
    assert invoice_view(services, EVERYTHING, invoice)["state"] == State.IN_REVIEW.value
