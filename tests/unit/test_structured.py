"""Invoice data in its dialects: what kind it is, and its values as invoices print them."""

from __future__ import annotations

import pytest

from intake.read.structured import read_structured
from intake.source import DataPart
from models.kinds import Kind
from samples.invoice import draw_invoice
from samples.xml import data_of


def kind_in(xml: bytes) -> Kind | None:
    (found,) = read_structured([DataPart("a.xml", xml)])
    return found.kind


def old(code: str) -> bytes:
    drawn = draw_invoice(71, Kind.VAT_NORMAL_ELECTRONIC)
    return data_of(drawn).replace(drawn.code.encode(), code.encode())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("011002500111", Kind.VAT_NORMAL_ELECTRONIC),
        ("011002500113", Kind.VAT_SPECIAL_ELECTRONIC),
        ("011002500112", Kind.TOLL_ELECTRONIC),
        ("011002680026", Kind.VAT_NORMAL_ELECTRONIC),
    ],
)
def test_the_code_names_the_kind_and_else_it_is_the_usual_one(code: str, kind: Kind) -> None:
    assert kind_in(old(code)) is kind


def digital(label: str, buyer_id: bool) -> bytes:
    xml = data_of(draw_invoice(72, Kind.DIGITAL_SPECIAL)).decode()
    start, end = xml.index("<GeneralOrSpecialVAT>"), xml.index("</GeneralOrSpecialVAT>")
    xml = xml[:start] + f"<GeneralOrSpecialVAT>{label}" + xml[end:]
    if not buyer_id:
        start, end = xml.index("<BuyerIdNum>"), xml.index("</BuyerIdNum>")
        xml = xml[:start] + xml[end + len("</BuyerIdNum>") :]
    return xml.replace("<LabelName>电子发票</LabelName>", "").encode()


def test_a_digital_invoice_says_what_it_is() -> None:
    assert kind_in(digital("<LabelCode>01</LabelCode>", buyer_id=True)) is Kind.DIGITAL_SPECIAL
    assert kind_in(digital("<LabelName>普通发票</LabelName>", buyer_id=True)) is Kind.DIGITAL_NORMAL


def test_without_a_label_only_a_buyer_without_id_tells() -> None:
    assert kind_in(digital("", buyer_id=True)) is None
    assert kind_in(digital("", buyer_id=False)) is Kind.DIGITAL_NORMAL


def test_rates_are_those_of_the_face() -> None:
    drawn = draw_invoice(73, Kind.DIGITAL_NORMAL, 2)
    (found,) = read_structured([DataPart("a.xml", data_of(drawn))])
    assert [item.tax_rate for item in found.items] == [line.rate for line in drawn.lines]
