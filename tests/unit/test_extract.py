"""From words on a page to the fields of an invoice."""

from __future__ import annotations

import dataclasses

import pytest

from intake.extract import extract
from intake.extract.classify import classify
from intake.extract.combine import derive_tax
from models.invoice import StructuredInvoice
from models.kinds import Kind
from models.reading import Box, Field, PageReading, QrCode, Reading, Source, Word

WIDTH, HEIGHT, LINE = 1000.0, 660.0, 14.0

#: (x, y, text): each word begins at x; its width follows from its text.
DIGITAL = [
    (280, 40, "电子发票(普通发票)"),
    (735, 50, "发票号码:"),
    (812, 50, "26112000000123456789"),
    (735, 78, "开票日期:"),
    (812, 78, "2026年07月30日"),
    (28, 150, "购"),
    (28, 166, "买"),
    (28, 182, "方"),
    (55, 150, "名称:北京样例科技有限公司"),
    (55, 200, "统一社会信用代码/纳税人识别号:91110108MA01A2B3C5"),
    (507, 150, "销"),
    (507, 166, "售"),
    (507, 182, "方"),
    (533, 150, "名称:上海范例餐饮有限公司"),
    (533, 200, "统一社会信用代码/纳税人识别号:91310115MA1K2M3N4P"),
    (75, 240, "项目名称"),
    (200, 240, "规格型号"),
    (320, 240, "单位"),
    (440, 240, "数量"),
    (560, 240, "单价"),
    (684, 240, "金额"),
    (750, 240, "税率/征收率"),
    (926, 240, "税额"),
    (22, 262, "*餐饮服务*工作餐"),
    (325, 262, "份"),
    (461, 262, "2"),
    (555, 262, "50.00"),
    (672, 262, "100.00"),
    (785, 262, "6%"),
    (926, 262, "6.00"),
    (22, 282, "(含饮料)"),
    (98, 420, "合"),
    (174, 420, "计"),
    (664, 420, "¥100.00"),
    (918, 420, "¥6.00"),
    (80, 450, "价税合计(大写)"),
    (300, 450, "壹佰零陆圆整"),
    (684, 450, "(小写)"),
    (742, 450, "¥106.00"),
    (55, 490, "会议用餐"),
    (92, 600, "开票人:王小明"),
]

VAT = [
    (714, 20, "发票代码:011002600111"),
    (714, 50, "发票号码:00123456"),
    (318, 40, "北京增值税电子普通发票"),
    (711, 80, "开票日期:2026年03月05日"),
    (711, 108, "校验码:12345 67890 12345 67890"),
    (48, 108, "机器编号:661900000001"),
    (76, 145, "名"),
    (152, 145, "称:北京样例科技有限公司"),
    (573, 145, "密"),
    (624, 145, "3>>+>9<045>98*09-319<156>4-"),
    (78, 170, "纳税人识别号:91110108MA01A2B3C5"),
    (73, 245, "货物或应税劳务、服务名称"),
    (293, 245, "规格型号"),
    (369, 245, "单位"),
    (448, 245, "数量"),
    (561, 245, "单价"),
    (692, 245, "金额"),
    (788, 245, "税率"),
    (875, 245, "税额"),
    (42, 268, "*印刷品*样书"),
    (727, 268, "200.00"),
    (791, 268, "免税"),
    (946, 268, "***"),
    (42, 290, "*印刷品*样书"),
    (735, 290, "-20.00"),
    (791, 290, "免税"),
    (946, 290, "***"),
    (98, 430, "合"),
    (162, 430, "计"),
    (717, 430, "¥180.00"),
    (934, 430, "***"),
    (100, 460, "价税合计(大写)"),
    (289, 460, "⊗壹佰捌拾圆整"),
    (734, 460, "(小写)¥180.00"),
    (75, 495, "名"),
    (152, 495, "称:上海范例图书有限公司"),
    (606, 495, "订单号:240400000001"),
    (78, 520, "纳税人识别号:91310115MA1K2M3N4P"),
    (52, 600, "收款人:赵一"),
    (313, 600, "复核:钱二"),
    (514, 600, "开票人:孙三"),
    (714, 600, "销售方:(章)"),
]


def page_of(
    words: list[tuple[float, float, str]], *, page: int = 1, source: Source = Source.TEXT_LAYER, qr: str = ""
) -> PageReading:
    placed = tuple(Word(text, Box(x, y, x + _width(text), y + LINE)) for x, y, text in words)
    return PageReading(page, WIDTH, HEIGHT, placed, source, (QrCode(qr),) if qr else ())


def _width(text: str) -> float:
    return sum(12.0 if ord(char) > 0x2E7F else 6.5 for char in text)


def without(words: list[tuple[float, float, str]], part: str) -> list[tuple[float, float, str]]:
    return [word for word in words if part not in word[2]]


def test_a_digital_invoice_is_read_whole() -> None:
    (invoice,) = extract([page_of(DIGITAL)], ())
    assert invoice.kind is Kind.DIGITAL_NORMAL
    assert {name: field.value for name, field in invoice.fields.items()} == {
        "invoice_number": "26112000000123456789",
        "issue_date": "2026-07-30",
        "buyer_name": "北京样例科技有限公司",
        "buyer_tax_id": "91110108MA01A2B3C5",
        "seller_name": "上海范例餐饮有限公司",
        "seller_tax_id": "91310115MA1K2M3N4P",
        "amount_excl_tax": "100.00",
        "tax": "6.00",
        "total": "106.00",
        "total_in_words": "壹佰零陆圆整",
        "drawer": "王小明",
        "remark": "会议用餐",
    }


def test_a_line_of_goods_keeps_its_columns_and_its_wrapped_name() -> None:
    (invoice,) = extract([page_of(DIGITAL)], ())
    (item,) = invoice.items
    assert dataclasses.astuple(item)[:8] == (
        "*餐饮服务*工作餐(含饮料)", None, "份", "2", "50.00", "100.00", "6%", "6.00",
    )  # fmt: skip


def test_an_old_electronic_invoice_is_read_whole() -> None:
    (invoice,) = extract([page_of(VAT)], ())
    assert invoice.kind is Kind.VAT_NORMAL_ELECTRONIC
    assert {name: field.value for name, field in invoice.fields.items()} == {
        "invoice_code": "011002600111",
        "invoice_number": "00123456",
        "issue_date": "2026-03-05",
        "check_code": "12345678901234567890",
        "machine_number": "661900000001",
        "buyer_name": "北京样例科技有限公司",
        "buyer_tax_id": "91110108MA01A2B3C5",
        "seller_name": "上海范例图书有限公司",
        "seller_tax_id": "91310115MA1K2M3N4P",
        "amount_excl_tax": "180.00",
        "tax": "0.00",
        "total": "180.00",
        "total_in_words": "壹佰捌拾圆整",
        "payee": "赵一",
        "reviewer": "钱二",
        "drawer": "孙三",
        "remark": "订单号:240400000001",
    }


def test_a_discount_line_stays_a_line_of_its_own() -> None:
    (invoice,) = extract([page_of(VAT)], ())
    assert [item.amount for item in invoice.items] == ["200.00", "-20.00"]


def test_the_amount_of_a_qr_code_is_the_total_on_digital_kinds() -> None:
    (invoice,) = extract([page_of(DIGITAL, qr="01,32,,26112000000123456789,106,20260730,,")], ())
    assert [reading.source for reading in invoice.fields["total"].readings] == [Source.QR, Source.TEXT_LAYER]
    assert invoice.fields["total"].best.value == "106.00"


def test_the_amount_of_a_qr_code_excludes_tax_on_old_kinds() -> None:
    (invoice,) = extract([page_of(VAT, qr="01,10,011002600111,00123456,180.00,20260305,12345678901234567890,")], ())
    assert Source.QR in invoice.fields["amount_excl_tax"].sources
    assert Source.QR not in invoice.fields["total"].sources


def test_what_is_not_printed_is_absent() -> None:
    (invoice,) = extract([page_of(without(DIGITAL, "91110108MA01A2B3C5"))], ())
    assert "buyer_tax_id" not in invoice.fields


def test_a_page_of_prose_is_no_invoice_and_has_no_fields() -> None:
    (invoice,) = extract([page_of([(50, 50, "会议纪要"), (50, 90, "二〇二六年第三次例会的决定如下")])], ())
    assert invoice.kind is Kind.UNKNOWN
    assert not invoice.fields


def test_two_numbers_on_two_pages_are_two_invoices() -> None:
    other = [(x, y, text.replace("123456789", "123456790")) for x, y, text in DIGITAL]
    assert len(extract([page_of(DIGITAL), page_of(other, page=2)], ())) == 2


def test_a_second_page_with_the_same_number_joins_its_invoice() -> None:
    invoices = extract([page_of(DIGITAL), page_of(DIGITAL, page=2)], ())
    assert len(invoices) == 1
    assert len(invoices[0].items) == 2


def test_data_inside_the_file_joins_the_page_with_its_number() -> None:
    data = StructuredInvoice(
        "einvoice", "a.xml", Kind.DIGITAL_NORMAL, {"invoice_number": "26112000000123456789", "total": "106"}
    )
    (invoice,) = extract([page_of(DIGITAL)], (data,))
    assert invoice.fields["total"].sources == (Source.STRUCTURED, Source.TEXT_LAYER)


def test_data_of_another_invoice_stands_alone() -> None:
    data = StructuredInvoice("einvoice", "a.xml", Kind.DIGITAL_NORMAL, {"invoice_number": "26112000000999999999"})
    assert len(extract([page_of(DIGITAL), page_of(VAT, page=2)], (data,))) == 3


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("电子发票(增值税专用发票)", Kind.DIGITAL_SPECIAL),
        ("电子发票(铁路电子客票)", Kind.DIGITAL_RAIL),
        ("深圳增值税电子普通发票", Kind.VAT_NORMAL_ELECTRONIC),
        ("上海增值税专用发票", Kind.VAT_SPECIAL_PAPER),
        ("江苏增值税普通发票(卷票)", Kind.VAT_ROLL),
        ("机动车销售统一发票", Kind.MOTOR_VEHICLE),
        ("某市出租汽车专用发票", Kind.TAXI),
        ("采购合同", Kind.UNKNOWN),
    ],
)
def test_the_printed_title_decides_the_kind(text: str, kind: Kind) -> None:
    assert classify(text, (), ()) is kind


def test_a_code_tells_toll_from_other_electronic_invoices() -> None:
    assert classify("北京增值税电子普通发票", [Kind.TOLL_ELECTRONIC], ()) is Kind.TOLL_ELECTRONIC


def test_without_a_title_the_code_decides_before_the_qr_code() -> None:
    assert classify("", [Kind.VAT_SPECIAL_PAPER], [Kind.VAT_NORMAL_PAPER]) is Kind.VAT_SPECIAL_PAPER


def test_totals_without_a_currency_sign_do_not_run_together() -> None:
    bare = [(x, y, text.replace("¥", "") if y == 420 else text) for x, y, text in DIGITAL]
    (invoice,) = extract([page_of(bare)], ())
    assert (invoice.value("amount_excl_tax"), invoice.value("tax")) == ("100.00", "6.00")


def test_two_invoices_on_one_picture_are_never_mixed_without_a_person() -> None:
    second = [(x, y + 700, text.replace("123456789", "123456790")) for x, y, text in DIGITAL]
    (invoice,) = extract([page_of(DIGITAL + second)], ())
    assert [finding.rule for finding in invoice.findings] == ["FILE-SPLIT-DOUBT"]


def test_a_void_mark_across_the_page_is_seen() -> None:
    (invoice,) = extract([page_of([*DIGITAL, (400, 330, "作废")])], ())
    assert [(finding.rule, finding.severity.value) for finding in invoice.findings] == [("PRINT-VOID", "reject")]


def test_a_lost_word_of_the_title_does_not_turn_a_digital_invoice_into_paper() -> None:
    words = [(x, y, text.replace("电子发票(普通发票)", "增值税普通发票")) for x, y, text in DIGITAL]
    (invoice,) = extract([page_of(words)], ())
    assert invoice.kind is Kind.DIGITAL_NORMAL


def words_of(*texts: str) -> tuple[Word, ...]:
    return tuple(
        Word(text, Box(40, 40 + 30 * row, 40 + 14 * len(text), 54 + 30 * row)) for row, text in enumerate(texts)
    )


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (("支付成功", "¥20.00"), "支付截图"),
        (("购销合同", "合同编号:HT1", "乙方应开具增值税发票"), "合同"),
        (("INVOICE", "Bill to: Greenfield Ltd.", "Amount due: USD 12.00"), "境外发票"),
    ],
)
def test_what_is_no_invoice_is_named(texts: tuple[str, ...], name: str) -> None:
    (found,) = extract([PageReading(1, WIDTH, HEIGHT, words_of(*texts), Source.OCR)], [])
    assert (found.kind, found.value("title")) == (Kind.NOT_INVOICE, name)


def test_an_invoice_without_its_title_is_not_taken_for_the_contract_in_its_remark() -> None:
    words = words_of("发票号码:26112000000123456789", "价税合计(大写)壹佰元整", "备注 合同编号:HT1")
    (found,) = extract([PageReading(1, WIDTH, HEIGHT, words, Source.OCR)], [])
    assert found.kind is Kind.UNKNOWN


def test_a_total_that_was_taken_for_the_amount_as_well_gives_no_tax_of_nought() -> None:
    box = Box(100, 400, 160, 414)
    names = ("amount_excl_tax", "total")
    fields = {name: Field(name, "106.00", (Reading("106.00", Source.OCR, 0.99, box=box),)) for name in names}
    fields["total_in_words"] = Field("total_in_words", "壹佰零陆元整", (Reading("壹佰零陆元整", Source.OCR, 0.99),))
    derive_tax(fields)
    assert "tax" not in fields
    above = Reading("106.00", Source.OCR, 0.99, box=Box(100, 370, 160, 384))
    fields["amount_excl_tax"] = Field("amount_excl_tax", "106.00", (above,))
    derive_tax(fields)
    assert fields["tax"].value == "0.00"


def of_two(place: int) -> list[tuple[float, float, str]]:
    """A page of a two-page invoice: only the last carries 合计; the other has 小计 in its place."""
    words = [*DIGITAL, (880, 100, f"共2页 第{place}页")]
    if place == 2:
        return words
    summed = ("合", "计", "价税合计(大写)", "壹佰零陆圆整", "(小写)", "¥106.00")
    return [*(word for word in words if word[2] not in summed), (98, 420, "小"), (174, 420, "计")]


def test_two_pages_of_one_invoice_are_one_with_the_sums_of_the_last() -> None:
    first = page_of(of_two(1))
    second = dataclasses.replace(page_of(of_two(2)), page=2)
    (invoice,) = extract([first, second], ())
    assert len(invoice.items) == 2
    assert (invoice.value("amount_excl_tax"), invoice.value("total")) == ("100.00", "106.00")
    assert "FILE-PAGE-MISSING" not in {finding.rule for finding in invoice.findings}


def test_a_page_that_has_not_come_is_missed() -> None:
    (invoice,) = extract([dataclasses.replace(page_of(of_two(2)), source=Source.TEXT_LAYER)], ())
    (finding,) = [finding for finding in invoice.findings if finding.rule == "FILE-PAGE-MISSING"]
    assert (finding.severity, dict(finding.params)) == ("reject", {"n": "2", "m": "1"})


def test_an_itinerary_behind_an_invoice_is_its_attachment() -> None:
    itinerary = PageReading(2, WIDTH, HEIGHT, words_of("网约车出行-行程单", "共1笔行程"), Source.TEXT_LAYER)
    (invoice,) = extract([page_of(DIGITAL), itinerary], ())
    assert invoice.kind is Kind.DIGITAL_NORMAL
