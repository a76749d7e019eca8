"""What people decide, by two of them: holds, corrections, second persons, undo, contests."""

from __future__ import annotations

import dataclasses
import time

import pytest
import sqlalchemy as sa

from intake.check.policy import read_policy
from intake.desk.claims import UsedBefore, use_entry
from intake.desk.contest import NotItsRule, contest, contest_document
from intake.desk.corrections import StillWrong, UnknownField
from intake.desk.policies import KnownVersion, install_policy, policy_list
from intake.desk.receive import retry
from intake.desk.rejudge import NotAsTried, apply_changes, rejudge
from intake.desk.review import (
    CannotUndo,
    Held,
    SecondPersonNeeded,
    UnknownReason,
    confirm,
    hold,
    refuse,
    release,
    undo,
)
from intake.desk.review_queue import review_queue, waiting_counts, waiting_order
from intake.desk.search import ledger_page, totals
from intake.desk.services import Services
from intake.desk.statistics import rule_records
from intake.desk.views import document_view, history, invoice_view
from intake.store.tables import entries, invoices
from models.document import State
from models.finding import Finding, Severity, Verdict
from models.kinds import Kind
from models.query import Query
from models.sight import EVERYTHING
from tests.integration.invoices import SELLER
from tests.integration.test_rules_of_the_desk import SLIP, settled, slip

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
    assert ledger_page(services, EVERYTHING, Query()).rows[0]["total"] == "23.00"


def test_above_the_limit_two_people_confirm(services: Services) -> None:
    install_policy(services, pack(limits='second_person_above = "20.00"'), actor=LI)
    document, invoice = waiting(services)
    assert confirm(services, invoice, actor=LI, corrections={}) is State.IN_REVIEW
    with pytest.raises(SecondPersonNeeded):
        confirm(services, invoice, actor=LI, corrections={})
    assert confirm(services, invoice, actor=ZHANG, corrections={}) is State.REGISTERED
    happened = [one.what for one in history(services, EVERYTHING, document_id=document)]
    assert [one for one in happened if one in ("confirmed_first", "confirmed")] == ["confirmed_first", "confirmed"]


def test_who_changes_what_another_confirmed_is_the_first_again(services: Services) -> None:
    install_policy(services, pack(limits='second_person_above = "20.00"'), actor=LI)
    _, invoice = waiting(services)
    confirm(services, invoice, actor=LI, corrections={})
    assert confirm(services, invoice, actor=ZHANG, corrections={"total": "99.00"}) is State.IN_REVIEW
    assert invoice_view(services, EVERYTHING, invoice)["confirmed_by"] == ZHANG
    assert confirm(services, invoice, actor=LI, corrections={}) is State.REGISTERED


def test_a_correction_does_not_slip_below_the_limit(services: Services) -> None:
    install_policy(services, pack(limits='second_person_above = "20.00"'), actor=LI)
    _, invoice = waiting(services, total="23000.00")
    assert confirm(services, invoice, actor=LI, corrections={"total": "19.99"}) is State.IN_REVIEW


def test_what_is_typed_is_held_to_the_rules_that_ask(services: Services) -> None:
    _, invoice = waiting(services)
    wrong = {"seller_tax_id": SELLER[:-1] + ("A" if SELLER[-1] != "A" else "B")}
    with pytest.raises(StillWrong, match="TAXID-CHECK"):
        confirm(services, invoice, actor=LI, corrections=wrong)
    assert confirm(services, invoice, actor=LI, corrections=wrong, waived=["TAXID-CHECK"]) is State.REGISTERED


def test_what_is_typed_is_brought_to_its_form(services: Services) -> None:
    _, invoice = waiting(services)
    typed = {"issue_date": "2026年7月30日", "total": "￥1,023", "seller_tax_id": f" {SELLER.lower()} "}
    confirm(services, invoice, actor=LI, corrections=typed)
    (row,) = ledger_page(services, EVERYTHING, Query()).rows
    assert (row["issue_date"], row["total"], row["seller_tax_id"]) == ("2026-07-30", "1023.00", SELLER)


def test_an_empty_word_takes_a_misreading_away_and_an_unknown_field_is_refused(services: Services) -> None:
    _, invoice = waiting(services, buyer_tax_id="123")
    with pytest.raises(UnknownField):
        confirm(services, invoice, actor=LI, corrections={"totl": "1.00"})
    confirm(services, invoice, actor=LI, corrections={"buyer_tax_id": ""})
    assert ledger_page(services, EVERYTHING, Query()).rows[0]["buyer_tax_id"] is None


def test_below_the_limit_one_person_is_enough(services: Services) -> None:
    install_policy(services, pack(limits='second_person_above = "23.01"'), actor=LI)
    _, invoice = waiting(services)
    assert confirm(services, invoice, actor=LI, corrections={}) is State.REGISTERED


def test_a_confirmation_is_undone_and_its_entry_withdrawn_not_deleted(services: Services) -> None:
    document, invoice = waiting(services)
    confirm(services, invoice, actor=LI, corrections={})
    undo(services, invoice, actor=LI)
    assert document_view(services, EVERYTHING, document)["state"] == State.IN_REVIEW.value
    assert totals(services, EVERYTHING, Query()).count == 0
    with services.database.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(entries)).scalar() == 1
    assert confirm(services, invoice, actor=ZHANG, corrections={"total": "24.00"}) is State.REGISTERED
    assert [row["total"] for row in ledger_page(services, EVERYTHING, Query()).rows] == ["24.00"]


def test_what_turns_out_to_be_registered_already_says_so_and_can_be_undone(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT), sender="小张")
    document, invoice = waiting(services)
    assert confirm(services, invoice, actor=LI, corrections={}) is State.DUPLICATE
    view = document_view(services, EVERYTHING, document)
    assert (view["state"], [one["rule"] for one in view["reasons"]]) == ("duplicate", ["DUP-INVOICE"])
    undo(services, invoice, actor=LI)
    view = document_view(services, EVERYTHING, document)
    assert (view["state"], totals(services, EVERYTHING, Query()).count) == ("in_review", 1)
    assert "DUP-INVOICE" not in [one["rule"] for one in view["invoices"][0]["findings"]]


def test_a_refusal_is_undone(services: Services) -> None:
    document, invoice = waiting(services)
    refuse(services, invoice, actor=LI, reason="unreadable")
    undo(services, invoice, actor=LI)
    assert document_view(services, EVERYTHING, document)["state"] == State.IN_REVIEW.value


def test_a_confirmation_is_undone_although_its_file_came_again(services: Services) -> None:
    _, invoice = waiting(services)
    confirm(services, invoice, actor=LI, corrections={})
    settled(services, slip(Verdict.ACCEPT), sender="小张")  # a duplicate of it
    undo(services, invoice, actor=LI)
    assert totals(services, EVERYTHING, Query()).count == 0


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


def test_a_refusal_is_told_to_the_sender(services: Services) -> None:
    document, invoice = waiting(services)
    refuse(services, invoice, actor=LI, reason="unreadable", words=" 右下角\n缺失 ")
    (reason,) = document_view(services, EVERYTHING, document)["reasons"]
    assert reason["rule"] == "DESK-REFUSED"
    assert reason["zh"] == "财务复核后退回：看不清，请重拍或上传原件 (右下角 缺失)。"
    assert reason["en"].startswith("Returned by finance: cannot be read")
    undo(services, invoice, actor=LI)
    assert "DESK-REFUSED" not in [one["rule"] for one in document_view(services, EVERYTHING, document)["reasons"]]


def test_a_refusal_needs_a_reason_that_there_is(services: Services) -> None:
    _, invoice = waiting(services)
    with pytest.raises(UnknownReason):
        refuse(services, invoice, actor=LI, reason="合计不符")


def test_a_refusal_can_be_contested_and_is_overturned(services: Services) -> None:
    document, invoice = waiting(services)
    refuse(services, invoice, actor=LI, reason="not_ours")
    assert contest(services, invoice, actor="小王", words="是本公司的")
    assert review_queue(services, EVERYTHING)[0]["objection"]["words"] == "是本公司的"
    confirm(services, invoice, actor=ZHANG, corrections={})
    assert document_view(services, EVERYTHING, document)["reasons"] == []
    (record,) = rule_records(services, EVERYTHING)
    assert (record.rule, record.overturned) == ("DESK-REFUSED", 1)


def test_what_a_person_refused_is_not_read_anew(services: Services) -> None:
    document, invoice = waiting(services)
    refuse(services, invoice, actor=LI, reason="altered")
    assert not retry(services, document, actor="小王")


def test_a_rule_that_did_not_return_it_cannot_be_contested(services: Services) -> None:
    invoice = returned(services)
    with pytest.raises(NotItsRule) as refused:
        contest(services, invoice, actor="小王", words="没错", rule="QR-MISMATCH-NUM")
    assert refused.value.known == ("AMT-SUM",)
    assert contest(services, invoice, actor="小王", words="没错", rule="AMT-SUM")


def test_a_returned_invoice_beside_one_that_waits_can_be_contested(services: Services) -> None:
    told = (Finding("AMT-WORDS", Severity.REJECT, "total"),)
    bad = dataclasses.replace(slip(Verdict.REJECT, invoice_number="00000002"), findings=told)
    document = settled(services, slip(), bad)
    second = document_view(services, EVERYTHING, document)["invoices"][1]
    assert contest(services, second["id"], actor="小王", words="没错")
    assert {one["id"] for one in review_queue(services, EVERYTHING)} >= {second["id"]}


def test_a_document_without_an_invoice_can_be_contested_and_filled_in(services: Services) -> None:
    document = settled(services, own=(Finding("TYPE-NOT-INVOICE", Severity.REJECT, params={"what": "@other.blank"}),))
    invoice = contest_document(services, document, actor="小王", words="是出租车票")
    assert invoice is not None
    assert review_queue(services, EVERYTHING)[0]["objection"]["rules"] == ["TYPE-NOT-INVOICE"]
    with pytest.raises(StillWrong, match="TYPE-UNKNOWN"):
        confirm(services, invoice, actor=LI, corrections=SLIP)
    assert confirm(services, invoice, actor=LI, corrections=SLIP, kind=Kind.TAXI) is State.REGISTERED
    assert document_view(services, EVERYTHING, document)["state"] == State.REGISTERED.value


def test_a_contest_names_the_rule_and_its_outcome_is_counted(services: Services) -> None:
    overturned, upheld = returned(services), returned(services)
    for invoice in (overturned, upheld):
        assert contest(services, invoice, actor="小王", words="票面如此")
    assert [one["contested"] for one in review_queue(services, EVERYTHING)] == [True, True]
    confirm(services, overturned, actor=LI, corrections={})
    refuse(services, upheld, actor=LI, reason="wrong_figures")
    record = next(one for one in rule_records(services, EVERYTHING) if one.rule == "AMT-SUM")
    assert (record.rule, record.rejected, record.contested, record.overturned, record.upheld) == ("AMT-SUM", 2, 2, 1, 1)


def test_a_contested_invoice_is_taken_before_older_ones(services: Services) -> None:
    waiting(services, invoice_number="00000001")
    late = returned(services)
    contest(services, late, actor="小王", words="没错")
    assert review_queue(services, EVERYTHING)[0]["id"] == late


def test_what_waits_is_counted_and_shown_by_what_is_asked_for(services: Services) -> None:
    _, plain = waiting(services, invoice_number="00000002")
    _, held = waiting(services, invoice_number="00000003")
    contested = returned(services)
    contest(services, contested, actor="小王", words="没错")
    hold(services, held, actor=LI)
    assert waiting_counts(services, EVERYTHING) == {"": 3, "contested": 1, "free": 2}
    shown = {
        name: [one["id"] for one in review_queue(services, EVERYTHING, show=name)] for name in ("", "contested", "free")
    }
    assert shown == {"": [contested, plain, held], "contested": [contested], "free": [contested, plain]}
    assert waiting_order(services, EVERYTHING) == shown[""]
    assert [one["id"] for one in review_queue(services, EVERYTHING, 1, 1)] == [plain]


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
    entry = ledger_page(services, EVERYTHING, Query()).rows[0]["id"]
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


@pytest.mark.parametrize("piece", [1, 200])
def test_judging_again_goes_through_all_in_pieces(
    piece: int, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.desk.rejudge._PIECE", piece)
    invoices_ = [returned(services) for _ in range(3)]
    policy = read_policy(pack("2"))
    assert [one.invoice_id for one in rejudge(services, EVERYTHING, policy)] == invoices_
    with pytest.raises(NotAsTried) as other:
        apply_changes(services, policy, actor=LI, expected=2)
    assert other.value.count == 3
    assert len(apply_changes(services, policy, actor=LI, expected=3)) == 3
    view = document_view(services, EVERYTHING, invoice_view(services, EVERYTHING, invoices_[0])["document_id"])
    assert (view["state"], view["policy"]) == (State.IN_REVIEW.value, policy.label)


def test_what_a_person_decided_is_not_judged_again(services: Services) -> None:
    _, invoice = waiting(services)
    refuse(services, invoice, actor=LI, reason="other")
    assert list(rejudge(services, EVERYTHING, read_policy(pack("2")))) == []


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
