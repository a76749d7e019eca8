"""The gate: each way of proof once with and once without its second source."""

from __future__ import annotations

import datetime as dt

import pytest

from intake.check import CheckContext, check
from intake.decide import decide
from models.finding import Severity, Verdict
from models.invoice import Invoice
from models.kinds import Kind
from models.outcome import Format
from models.policy import Company, Policy
from models.reading import Box, Field, Reading, Source
from models.tax_id import check_character, organisation_check

CONTEXT = CheckContext(today=dt.date(2026, 11, 24), format=Format.PDF)


def tax_id(region: str, organisation: str) -> str:
    first = f"91{region}{organisation}{organisation_check(organisation)}"
    return first + check_character(first)


BUYER, SELLER = tax_id("110108", "MA01C2R3"), tax_id("310115", "12345678")
VALUES = {
    "invoice_number": "26112000000123456789",
    "issue_date": "2026-07-30",
    "buyer_name": "北京样例科技有限公司",
    "buyer_tax_id": BUYER,
    "seller_name": "上海范例餐饮有限公司",
    "seller_tax_id": SELLER,
    "amount_excl_tax": "100.00",
    "tax": "6.00",
    "total": "106.00",
    "total_in_words": "壹佰零陆圆整",
}
QR = {"invoice_number": VALUES["invoice_number"], "issue_date": VALUES["issue_date"], "total": VALUES["total"]}


def invoice(
    source: Source = Source.OCR, confidence: float = 0.99, qr: dict[str, str] | None = None, **changes: str | None
) -> Invoice:
    fields = {}
    for name, value in {**VALUES, **changes}.items():
        readings = [Reading(value, source, confidence)] if value is not None else []
        if qr and name in qr:
            readings.append(Reading(qr[name], Source.QR))
        if readings:
            fields[name] = Field(name, readings[0].value, tuple(readings))
    return Invoice(Kind.DIGITAL_NORMAL, 1, fields)


def judged(one: Invoice) -> Invoice:
    return decide(check(one, CONTEXT))


def rules(one: Invoice) -> set[str]:
    return {finding.rule for finding in judged(one).findings if finding.severity in (Severity.REJECT, Severity.REVIEW)}


def test_print_and_qr_code_that_agree_are_accepted() -> None:
    assert judged(invoice(qr=QR)).verdict is Verdict.ACCEPT


def test_recognised_print_alone_proves_no_number() -> None:
    one = judged(invoice())
    assert not one.fields["invoice_number"].proven
    assert one.verdict is Verdict.REVIEW


def test_complete_data_proves_itself() -> None:
    one = judged(invoice(Source.STRUCTURED, 1.0))
    assert one.verdict is Verdict.ACCEPT
    assert one.fields["total"].proof == "structured"


def test_loose_tags_alone_prove_nothing() -> None:
    assert judged(invoice(Source.STRUCTURED, 0.9)).verdict is Verdict.REVIEW


def test_a_text_layer_whose_parts_fit_is_accepted() -> None:
    assert judged(invoice(Source.TEXT_LAYER, 1.0)).verdict is Verdict.ACCEPT


def test_a_text_layer_whose_number_and_year_differ_is_not() -> None:
    one = judged(invoice(Source.TEXT_LAYER, 1.0, issue_date="2025-07-30"))
    assert not one.fields["invoice_number"].proven


@pytest.mark.parametrize(
    ("name", "other", "rule"),
    [
        ("invoice_number", "26112000000123456780", "QR-MISMATCH-NUM"),
        ("total", "108.00", "QR-MISMATCH-AMT"),
        ("issue_date", "2026-07-31", "QR-MISMATCH-DATE"),
    ],
)
def test_what_print_and_code_say_differently_goes_to_a_person(name: str, other: str, rule: str) -> None:
    one = invoice(qr={**QR, name: other})
    assert rule in rules(one)
    assert not judged(one).fields[name].proven


@pytest.mark.parametrize(("source", "verdict"), [(Source.TEXT_LAYER, Verdict.REJECT), (Source.OCR, Verdict.REVIEW)])
def test_a_sum_that_does_not_hold_is_returned_where_its_figures_are_exact(source: Source, verdict: Verdict) -> None:
    one = invoice(source, 1.0 if source is Source.TEXT_LAYER else 0.99, qr=QR, tax="7.00")
    assert "AMT-SUM" in rules(one)
    assert judged(one).verdict is verdict


def test_a_rejection_on_unsure_recognition_becomes_a_question() -> None:
    one = judged(invoice(confidence=0.85, tax="7.00"))
    assert one.verdict is Verdict.REVIEW


def test_words_that_say_another_amount_are_returned() -> None:
    assert "AMT-WORDS" in rules(invoice(qr=QR, total_in_words="壹佰零柒圆整"))


def test_a_sum_without_words_or_code_is_not_proven_by_recognition() -> None:
    one = judged(invoice(total_in_words=None))
    assert not one.fields["total"].proven


@pytest.mark.parametrize("confidence", [0.5, 0.89])
def test_a_tax_id_read_unsurely_is_not_proven(confidence: float) -> None:
    assert not judged(invoice(confidence=confidence, qr=QR)).fields["seller_tax_id"].proven


def test_a_repaired_tax_id_is_not_proven() -> None:
    one = invoice(qr=QR)
    mended = Field("seller_tax_id", SELLER, (Reading(SELLER, Source.OCR, 0.99, repaired=True),))
    assert not judged(Invoice(one.kind, 1, {**one.fields, "seller_tax_id": mended})).fields["seller_tax_id"].proven


def test_a_buyers_id_that_recognition_missed_keeps_it_from_the_ledger() -> None:
    assert "BUYER-ID-MISSING" in rules(invoice(qr=QR, buyer_tax_id=None))


def test_a_person_as_buyer_needs_no_tax_id() -> None:
    assert judged(invoice(qr=QR, buyer_tax_id=None, buyer_name="个人")).verdict is Verdict.ACCEPT


def test_an_unsure_name_goes_to_a_person() -> None:
    assert "GATE-NAME" in rules(invoice(confidence=0.97, qr=QR))


def test_tomorrow_is_the_future_and_today_is_not() -> None:
    assert "DATE-FUTURE" not in rules(invoice(Source.STRUCTURED, 1.0, issue_date="2026-11-24"))
    assert "DATE-FUTURE" in rules(invoice(Source.STRUCTURED, 1.0, issue_date="2026-11-25"))


def test_a_buyer_that_is_not_ours_is_returned_once_we_are_known() -> None:
    ours = Policy("ours", "1", dt.date(2026, 1, 1), companies=(Company("上海范例餐饮有限公司", SELLER),))
    context = CheckContext(CONTEXT.today, Format.PDF, ours)
    found = check(invoice(Source.STRUCTURED, 1.0), context).findings
    assert [finding.rule for finding in found if finding.severity is Severity.REJECT] == ["BUYER-NOT-OURS"]


def test_an_unknown_kind_is_never_accepted() -> None:
    one = judged(Invoice(Kind.UNKNOWN, 1, invoice(Source.STRUCTURED, 1.0).fields))
    assert one.verdict is Verdict.REVIEW


def test_a_second_look_that_agrees_surely_settles_a_name() -> None:
    one = invoice(qr=QR)
    name = VALUES["buyer_name"]
    for first, second, accepted in ((0.96, 0.99, True), (0.96, 0.97, False), (0.93, 0.99, False)):
        seen = Field("buyer_name", name, (Reading(name, Source.OCR, first), Reading(name, Source.OCR, second)))
        again = judged(Invoice(one.kind, 1, {**one.fields, "buyer_name": seen}))
        assert (again.verdict is Verdict.ACCEPT) is accepted


def read(value: str, confidence: float, look: int = 1, box: Box | None = None) -> Reading:
    return Reading(value, Source.OCR, confidence, box=box, look=look)


def proof_of(name: str, *readings: Reading) -> str | None:
    one = invoice(confidence=0.99)
    field = Field(name, readings[0].value, readings)
    return judged(Invoice(one.kind, 1, {**one.fields, name: field})).fields[name].proof


def test_two_looks_prove_a_value_only_when_both_are_all_but_certain() -> None:
    number = VALUES["invoice_number"]
    assert proof_of("invoice_number", read(number, 0.999), read(number, 0.995, 2)) == "read twice"
    assert proof_of("invoice_number", read(number, 0.999), read(number, 0.98, 2)) is None
    assert proof_of("invoice_number", read(number, 0.999)) is None


def test_looks_that_differ_prove_nothing() -> None:
    number = VALUES["invoice_number"]
    other = number[:-1] + "0"
    assert proof_of("invoice_number", read(number, 1.0), read(other, 1.0, 2), read(number, 1.0, 3)) is None


def test_a_value_printed_in_two_places_proves_itself() -> None:
    number = VALUES["invoice_number"]
    here, there = Box(10, 10, 90, 20), Box(300, 40, 380, 50)
    assert proof_of("invoice_number", read(number, 0.95, box=here), read(number, 0.93, box=there)) == "printed twice"
    assert proof_of("invoice_number", read(number, 0.95, box=here), read(number, 0.93, box=here)) is None


def test_the_print_of_a_meter_is_never_sure_enough() -> None:
    """A smeared 14.50 was read as 19.50 seven times, with up to 0.989."""
    slip = {
        "invoice_code": "144032370219",
        "invoice_number": "04438270",
        "issue_date": "2023-12-16",
        "total": "19.50",
    }
    fields = {
        name: Field(name, value, (read(value, 1.0), read(value, 0.9995, 2)))
        for name, value in slip.items()
        if name != "total"
    }
    fields["total"] = Field("total", "19.50", (read("19.50", 0.979), read("19.50", 0.989, 2)))
    assert judged(Invoice(Kind.TAXI, 1, fields)).verdict is Verdict.REVIEW


def test_a_face_value_in_figures_and_in_words_locks_itself() -> None:
    slip = {"invoice_code": "133012300106", "invoice_number": "00187654", "issue_date": "2024-03-01"}
    fields = {name: Field(name, value, (read(value, 1.0), read(value, 1.0, 2))) for name, value in slip.items()}
    fields["total"] = Field("total", "86.50", (read("86.50", 0.9, box=Box(0, 0, 50, 10)),))
    fields["total_in_words"] = Field(
        "total_in_words", "捌拾陆元伍角", (read("捌拾陆元伍角", 0.9, box=Box(0, 30, 90, 40)),)
    )
    assert judged(Invoice(Kind.MACHINE, 1, fields)).fields["total"].proof == "figure+words"
