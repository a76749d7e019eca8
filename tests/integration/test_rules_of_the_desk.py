"""The rules that need the desk: what came before, what resembles it, what it mends."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import os
import re
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake.bounded import read_bounded
from intake.decide import decide_document
from intake.desk.receive import open_submission, receive
from intake.desk.review import refuse
from intake.desk.review_queue import review_queue
from intake.desk.search import totals
from intake.desk.services import Services
from intake.desk.settle import begin, settle
from intake.desk.views import document_view, submission_view
from intake.errors import LimitExceeded
from models.document import State
from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.kinds import Kind
from models.outcome import Format, Outcome
from models.query import Query
from models.reading import Field, Reading, Source
from models.sight import EVERYTHING, Sight
from tests.integration.invoices import einvoice, number
from tests.integration.test_desk import bring, work

TODAY = dt.date(2026, 11, 24)
Told = tuple[Finding, ...]
SLIP = {
    "invoice_code": "131001460001",
    "invoice_number": "00296318",
    "issue_date": "2026-07-30",
    "seller_name": "青禾出租汽车有限公司",
    "total": "23.00",
}


def slip(verdict: Verdict = Verdict.REVIEW, likeness: str | None = None, **changes: str | None) -> Invoice:
    """A taxi receipt as it may have been read."""
    fields = {
        name: Field(name, value, (Reading(value, Source.OCR, 0.99, 1),))
        for name, value in {**SLIP, **changes}.items()
        if value is not None
    }
    return Invoice(Kind.TAXI, 1, fields, verdict=verdict, likeness=likeness)


def settled(
    services: Services, *invoices: Invoice, form: Format = Format.JPEG, sender: str = "小王", own: Told = ()
) -> str:
    """A document on the desk whose reading gave these invoices, and ``own`` findings on the file itself."""
    content = uuid.uuid4().bytes
    submission = open_submission(services, sender=sender, door="api")
    receipt = receive(
        services, io.BytesIO(content), filename="a.jpg", submission_id=submission, sender=sender, express=True
    )
    claim = begin(services, receipt.document_id)
    assert claim is not None
    outcome = Outcome(receipt.sha256, form, 1, decide_document(own, invoices), own, invoices)
    assert settle(services, claim, outcome)
    return receipt.document_id


def findings(services: Services, document: str, sight: Sight = EVERYTHING) -> dict[str, Any]:
    """What is told of a document, by rule; every sentence is whole."""
    view = document_view(services, sight, document)
    told = [*view["findings"], *(one for invoice in view["invoices"] for one in invoice["findings"])]
    for one in told:
        said = "".join(one[name] for name in ("message_zh", "message_en", "remedy_zh", "remedy_en"))
        assert not re.search(r"[{}@–]", said), said
    return {one["rule"]: one for one in told}


def test_a_duplicate_names_entry_registrar_and_day(services: Services, tmp_path: Path) -> None:
    work(services, bring(services, einvoice(number(101)), sender="小张"), tmp_path)
    again = bring(services, einvoice(number(101)) + b"\n", sender="小王")
    assert work(services, again, tmp_path) is State.DUPLICATE
    said = findings(services, again)["DUP-INVOICE"]["message_zh"]
    assert number(101) in said
    assert "小张" in said


def test_carriers_of_one_invoice_join_one_entry(services: Services) -> None:
    first = settled(services, slip(Verdict.ACCEPT), form=Format.PDF)
    second = settled(services, slip(Verdict.ACCEPT), form=Format.OFD)
    entries = {document_view(services, EVERYTHING, one)["invoices"][0]["entry_id"] for one in (first, second)}
    assert len(entries) == 1
    assert "DUP-COMPANION" in findings(services, second)
    assert "DUP-COMPANION" not in findings(services, first)


def test_a_photo_and_a_screenshot_are_the_same_evidence_twice(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT), form=Format.JPEG)
    again = settled(services, slip(Verdict.ACCEPT), form=Format.PNG)
    assert document_view(services, EVERYTHING, again)["state"] == State.DUPLICATE.value


def test_carriers_that_disagree_are_for_a_person(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT), form=Format.PDF)
    other = settled(services, slip(Verdict.ACCEPT, total="32.00"), form=Format.OFD)
    assert "XML-PDF-MISMATCH" in findings(services, other)
    assert document_view(services, EVERYTHING, other)["state"] == State.IN_REVIEW.value


def test_one_number_with_other_figures_says_which(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT))
    other = settled(services, slip(Verdict.ACCEPT, total="32.00"))
    said = findings(services, other)["DUP-NUM-OTHER-DATA"]["message_en"]
    assert "23.00 / 32.00" in said
    assert "total incl. tax" in said


def test_a_mended_invoice_names_the_returned(services: Services) -> None:
    returned = settled(services, slip(Verdict.REJECT))
    mended = settled(services, slip(Verdict.ACCEPT))
    assert document_view(services, EVERYTHING, mended)["mends"] == returned
    assert document_view(services, EVERYTHING, returned)["mended_by"] == [mended]
    assert "DUP-INVOICE-REJECTED" in findings(services, mended)
    assert "DUP-INVOICE-REJECTED" not in findings(services, returned)


def test_a_file_sent_to_mend_another_is_linked_whatever_was_read(services: Services) -> None:
    returned = settled(services, slip(Verdict.REJECT, invoice_number=None))
    submission = open_submission(services, sender="小王", door="page")
    receipt = receive(
        services, [b"better"], filename="b.jpg", submission_id=submission, sender="小王", express=True, mends=returned
    )
    claim = begin(services, receipt.document_id)
    assert claim is not None
    outcome = Outcome(receipt.sha256, Format.JPEG, 1, Verdict.ACCEPT, invoices=(slip(Verdict.ACCEPT),))
    assert settle(services, claim, outcome)
    assert document_view(services, EVERYTHING, returned)["mended_by"] == [receipt.document_id]


def test_a_picture_saved_anew_is_pointed_out(services: Services) -> None:
    first = settled(services, slip(likeness="f0" * 128, invoice_number=None))
    near = settled(services, slip(likeness="f0" * 100 + "0f" * 28, invoice_number="00296319"))
    assert "DUP-PICTURE" not in findings(services, near)
    nearer = settled(services, slip(likeness="f0" * 127 + "0f", invoice_number="00296310"))
    assert findings(services, nearer)["DUP-PICTURE"]["params"]["id"] == first[:8]


def test_two_slips_without_number_are_compared(services: Services) -> None:
    first = settled(services, slip(invoice_number=None))
    same = settled(services, slip(invoice_number=None))
    another_day = settled(services, slip(invoice_number=None, issue_date="2026-07-31"))
    assert findings(services, same)["DUP-SOFT"]["params"]["id"] == first[:8]
    assert "DUP-SOFT" not in findings(services, another_day)


def test_consecutive_numbers_are_pointed_out(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT))
    next_one = settled(services, slip(Verdict.ACCEPT, invoice_number="00296319"))
    far = settled(services, slip(Verdict.ACCEPT, invoice_number="00296321"))
    of_another = settled(services, slip(Verdict.ACCEPT, invoice_number="00296320"), sender="小张")
    assert "SEQ-NUMBERS" in findings(services, next_one)
    assert "SEQ-NUMBERS" not in findings(services, far)
    assert "SEQ-NUMBERS" not in findings(services, of_another)
    assert document_view(services, EVERYTHING, next_one)["state"] == State.REGISTERED.value


def test_whose_it_was_is_told_to_who_may_see_it(services: Services) -> None:
    settled(services, slip(Verdict.ACCEPT), sender="小张")
    again = settled(services, slip(Verdict.ACCEPT), sender="小王")
    assert "小张" in findings(services, again)["DUP-INVOICE"]["message_zh"]
    to_wang = findings(services, again, Sight("小王"))["DUP-INVOICE"]
    assert "其他人" in to_wang["message_zh"]
    assert "小张" not in str(to_wang)
    assert "小张" in str(findings(services, again, Sight("李会计", None, None))["DUP-INVOICE"])


def test_the_same_bytes_again_say_who_sent_them_when(services: Services, tmp_path: Path) -> None:
    work(services, bring(services, einvoice(number(107)), sender="小张"), tmp_path)
    again = bring(services, einvoice(number(107)), sender="小王")
    said = findings(services, again)["DUP-FILE"]
    assert "由 小张 上传" in said["message_zh"]
    assert [one["rule"] for one in document_view(services, EVERYTHING, again)["reasons"]] == ["DUP-FILE"]
    assert "小张" not in str(document_view(services, Sight("小王"), again))


SIGNED_AND_CHANGED = Finding("SIG-BROKEN", Severity.REVIEW)


def test_what_is_said_of_a_file_holds_for_every_invoice_in_it(services: Services) -> None:
    document = settled(services, slip(Verdict.ACCEPT), own=(SIGNED_AND_CHANGED,))
    view = document_view(services, EVERYTHING, document)
    assert (view["state"], view["invoices"][0]["state"]) == ("in_review", "in_review")
    assert totals(services, EVERYTHING, Query()).count == 0
    returned = settled(services, slip(Verdict.ACCEPT), own=(Finding("FILE-LIMIT", Severity.REJECT),))
    assert document_view(services, EVERYTHING, returned)["invoices"][0]["state"] == "rejected"


def test_a_broken_file_of_an_archive_holds_up_none_of_the_others(services: Services) -> None:
    broken = Finding("FILE-CORRUPT", Severity.REVIEW, params={"file": "b.pdf"})
    document = settled(services, slip(Verdict.ACCEPT), form=Format.ZIP, own=(broken,))
    view = document_view(services, EVERYTHING, document)
    assert [one["state"] for one in view["invoices"]] == ["registered", "in_review"]
    assert findings(services, document)["FILE-CORRUPT"]["message_zh"].startswith("b.pdf：")
    refuse(services, view["invoices"][1]["id"], actor="李会计", reason="unreadable")
    assert document_view(services, EVERYTHING, document)["state"] == "rejected"


def test_whatever_is_in_review_can_be_decided(services: Services) -> None:
    document = settled(services, own=(Finding("TYPE-UNKNOWN", Severity.REVIEW),))
    (blank,) = document_view(services, EVERYTHING, document)["invoices"]
    assert [one["id"] for one in review_queue(services, EVERYTHING)] == [blank["id"]]
    assert refuse(services, blank["id"], actor="李会计", reason="not_invoice") is State.REJECTED
    assert document_view(services, EVERYTHING, document)["state"] == "rejected"


def test_reasons_say_of_several_invoices_which_they_mean(services: Services) -> None:
    told = (Finding("AMT-MISSING", Severity.REVIEW),)
    pair = [dataclasses.replace(slip(invoice_number=one), findings=told) for one in ("00000001", "00000002")]
    said = [one["zh"][:6] for one in document_view(services, EVERYTHING, settled(services, *pair))["reasons"]]
    assert said == ["第 1 张：", "第 2 张："]


def test_what_spoilt_a_picture_is_among_the_reasons_until_it_is_registered(services: Services) -> None:
    blurred = (Finding("IMG-BLUR", Severity.WARN, params={"field": "@page.print"}),)
    waits, good = settled(services, slip(), own=blurred), settled(services, slip(Verdict.ACCEPT), own=blurred)
    assert "IMG-BLUR" in [one["rule"] for one in document_view(services, EVERYTHING, waits)["reasons"]]
    assert document_view(services, EVERYTHING, good)["reasons"] == []


def test_a_submission_of_many_documents_takes_as_many_queries_as_one_of_few(services: Services) -> None:
    few, many = submission_of(services, 1), submission_of(services, 7)
    assert queries_for(services, few) == queries_for(services, many)


def submission_of(services: Services, count: int) -> str:
    submission = open_submission(services, sender="小王", door="api")
    for _ in range(count):
        receive(services, [uuid.uuid4().bytes], filename="a", submission_id=submission, sender="小王", express=True)
    return submission


def queries_for(services: Services, submission: str) -> int:
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    sa.event.listen(services.database, "before_cursor_execute", note)
    assert submission_view(services, EVERYTHING, submission)["documents"]
    sa.event.remove(services.database, "before_cursor_execute", note)
    return len(asked)


def test_two_invoices_in_one_file_are_parted(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xml", einvoice(number(102)))
        archive.writestr("b.xml", einvoice(number(103)))
    outcome = read_bounded(path, None, scratch=tmp_path, today=TODAY)
    assert "FILE-SPLIT" in [finding.rule for finding in outcome.findings]
    assert len(outcome.invoices) == 2


def test_a_file_that_breaks_its_reader_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(einvoice(number(104)))
    monkeypatch.setattr("intake.bounded.read_document", lambda *_, **__: os._exit(1))
    outcome = read_bounded(path, None, scratch=tmp_path, today=TODAY)
    assert [finding.rule for finding in outcome.findings] == ["FILE-LIMIT"]


def _turning(*_: object, **__: object) -> None:
    while True:
        pass


def test_a_file_that_takes_too_much_of_the_processor_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(einvoice(number(105)))
    monkeypatch.setattr("intake.bounded.read_document", _turning)
    outcome = read_bounded(path, None, scratch=tmp_path, today=TODAY, seconds=1)
    assert [finding.rule for finding in outcome.findings] == ["FILE-LIMIT"]


def test_a_busy_machine_refuses_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(einvoice(number(106)))
    monkeypatch.setattr("intake.bounded.read_document", lambda *_, **__: time.sleep(60))
    with pytest.raises(LimitExceeded):
        read_bounded(path, None, scratch=tmp_path, today=TODAY, patience=0.3)


def test_what_a_rule_found_is_noted_once_for_the_record(services: Services) -> None:
    from intake.desk.statistics import rule_records

    twice = Finding("GATE-NAME", Severity.REVIEW, "seller_name")
    settled(services, dataclasses.replace(slip(), findings=(twice, twice)))
    assert [(one.rule, one.asked) for one in rule_records(services, EVERYTHING)] == [("GATE-NAME", 1)]


def test_a_stored_invoice_can_be_read_by_a_program_of_before(services: Services) -> None:
    """Data without the newer keys still loads."""
    from models.serial import invoice_from, invoice_to

    data = json.loads(json.dumps(invoice_to(slip())))
    del data["likeness"]
    assert invoice_from(data).likeness is None
