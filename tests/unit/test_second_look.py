"""The second look asks only what is in doubt, and lets checks choose between readings."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from numpy.typing import NDArray

from intake.check import CheckContext
from intake.page import Look
from intake.second_look import judge, look_again
from intake.second_look.crops import without_red
from intake.second_look.fields import _text
from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.kinds import Kind
from models.outcome import Format
from models.reading import Box, Field, Reading, Source, Word

CONTEXT = CheckContext(dt.date(2026, 3, 2), Format.JPEG)
PAGE = Look(np.full((600, 800, 3), 255, np.uint8), 1.0)
SOUND, CONFUSED = "91330100799655058B", "91330100799655058E"


class Scripted:
    """An engine that reads what it is told, one answer a look, and counts the looks."""

    name, version = "scripted", "1"

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.looks = 0

    def turns(self, picture: NDArray[np.uint8]) -> int:
        return 0

    def read(self, picture: NDArray[np.uint8]) -> tuple[Word, ...]:
        self.looks += 1
        text = self.answers.pop(0) if self.answers else ""
        return (Word(text, Box(0, 0, 100, 20), 0.999),) if text else ()


def field(name: str, value: str, confidence: float = 0.999, row: int = 0) -> Field:
    box = Box(100, 20 + 30 * row, 300, 40 + 30 * row)
    return Field(name, value, (Reading(value, Source.OCR, confidence, 1, box),))


def quota(number_confidence: float) -> Invoice:
    values = (("invoice_code", "151071650001"), ("invoice_number", "00296318"), ("total_in_words", "壹佰元"))
    fields = {name: field(name, value, number_confidence, row) for row, (name, value) in enumerate(values)}
    total = Reading("100.00", Source.OCR, number_confidence, 1, fields["total_in_words"].best.box, raw="壹佰元")
    return Invoice(Kind.QUOTA, 1, {**fields, "total": Field("total", "100.00", (total,))})


def look(invoice: Invoice, looks: dict[int, Look], engine: Scripted) -> Invoice:
    return look_again(invoice, judge(invoice, CONTEXT), looks, engine, CONTEXT)


def test_fields_that_are_read_alike_alone_are_proven() -> None:
    engine = Scripted("发票代码151071650001", "00296318", "壹佰元")
    found = look(quota(0.999), {1: PAGE}, engine)
    assert found.verdict is Verdict.ACCEPT
    assert {one.proof for name, one in found.fields.items() if name != "total_in_words"} == {"read twice"}


def test_a_look_that_disagrees_sends_it_to_a_person() -> None:
    engine = Scripted("发票代码151071650001", "00296313", "壹佰元")
    found = look(quota(0.999), {1: PAGE}, engine)
    assert found.verdict is Verdict.REVIEW
    assert {reading.value for reading in found.fields["invoice_number"].readings} == {"00296318", "00296313"}


def test_nothing_is_looked_at_once_all_is_proven() -> None:
    one = quota(0.999)
    fields = {
        name: Field(name, known.value, (*known.readings, Reading(known.value, Source.OCR, 0.999, look=2)))
        for name, known in one.fields.items()
    }
    engine = Scripted()
    assert look(Invoice(one.kind, 1, fields), {1: PAGE}, engine).verdict is Verdict.ACCEPT
    assert engine.looks == 0


def test_a_page_that_was_not_read_by_ocr_is_not_looked_at() -> None:
    engine = Scripted("anything")
    assert look(quota(0.5), {}, engine).verdict is Verdict.REVIEW
    assert engine.looks == 0


def test_the_reading_that_obeys_the_check_character_wins() -> None:
    fields = {"seller_tax_id": field("seller_tax_id", CONFUSED), "total": field("total", "10.00", row=1)}
    engine = Scripted("", SOUND)
    found = look(Invoice(Kind.VAT_ROLL, 1, fields), {1: PAGE}, engine)
    assert found.value("seller_tax_id") == SOUND
    assert found.fields["seller_tax_id"].proof == "check character"
    assert CONFUSED in {reading.raw for reading in found.fields["seller_tax_id"].readings}


@pytest.mark.parametrize("ink", [(30, 30, 220), (60, 40, 255)])
def test_red_ink_fades_and_black_print_stays(ink: tuple[int, int, int]) -> None:
    picture = np.full((20, 40, 3), 255, np.uint8)
    picture[:, :20], picture[:, 30:] = ink, (20, 20, 20)
    plain = without_red(picture)
    assert plain[0, 10].min() > 200
    assert plain[0, 35].max() < 40


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ("名称:云岫商贸有限公司", "云岫商贸有限公司"),
        ("云岫商贸有限公司统一社会信用代码", "云岫商贸有限公司"),
        ("北京云岫商贸有限公司", "北京云岫商贸有限公司"),
        ("云岫商贸有限公司三分店", "云岫商贸有限公司三分店"),
        ("云岫商货有限公司", "云岫商货有限公司"),
        ("开户行及账号", None),
    ],
)
def test_a_name_is_confirmed_only_where_it_stands_whole(seen: str, said: str | None) -> None:
    assert _text("云岫商贸有限公司", seen) == said


def void(confidence: float) -> tuple[Invoice, dict[int, Look]]:
    """A sheet on which a mark was recognised, and the picture that it was recognised on."""
    mark = Box(100, 300, 180, 330)
    page = Look(np.full((600, 800, 3), 255, np.uint8), 1.0, (Word("作废", mark, confidence),))
    told = (Finding("PRINT-VOID", Severity.REVIEW, page=1, box=mark, params={"word": "作废"}),)
    return dataclasses.replace(quota(0.999), findings=told), {1: page}


@pytest.mark.parametrize(
    ("first", "again", "severity"),
    [(0.95, "作废", Severity.REJECT), (0.95, "作度", Severity.REVIEW), (0.85, "作废", Severity.REVIEW)],
)
def test_a_mark_sends_back_only_when_two_looks_are_sure_of_it(first: float, again: str, severity: Severity) -> None:
    invoice, looks = void(first)
    found = look(invoice, looks, Scripted(again)).findings
    assert [one.severity for one in found if one.rule == "PRINT-VOID"] == [severity]


def not_invoice(confidence: float) -> Invoice:
    title = Field("title", "支付截图", (Reading("支付截图", Source.OCR, confidence, 1),))
    return Invoice(Kind.NOT_INVOICE, 1, {"title": title})


@pytest.mark.parametrize(
    ("first", "again", "verdict"),
    [
        (0.95, "支付成功", Verdict.REJECT),
        (0.95, "发票代码151071650001", Verdict.REVIEW),
        (0.85, "支付成功", Verdict.REVIEW),
    ],
)
def test_what_is_no_invoice_goes_back_only_when_two_looks_say_so(first: float, again: str, verdict: Verdict) -> None:
    assert look(not_invoice(first), {1: PAGE}, Scripted(again)).verdict is verdict
