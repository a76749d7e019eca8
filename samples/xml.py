"""An invoice as data: the tax platform's ``EInvoice``, the older ``fp:eInvoice``, and the tags of an OFD page."""

from __future__ import annotations

from lxml import etree

from models.kinds import Kind
from models.money import money_text, parse_rate
from samples.canvas_ofd import OfdCanvas
from samples.invoice import DIGITAL, Drawn, Line

_FP = "http://www.edrm.org.cn/schema/e-invoice/2019"


def data_of(drawn: Drawn) -> bytes:
    """The invoice in the dialect of its kind."""
    return _einvoice(drawn) if drawn.kind in DIGITAL else _fp(drawn)


def _einvoice(drawn: Drawn) -> bytes:
    root = etree.Element("EInvoice")
    special = drawn.kind is Kind.DIGITAL_SPECIAL
    _add(root, "Header/EIid", drawn.number)
    _add(root, "Header/EInvoiceTag", "SWEI3200")
    _add(root, "Header/Version", "0.37")
    _add(root, "Header/InherentLabel/InIssuType/LabelCode", "Y")
    _add(root, "Header/InherentLabel/EInvoiceType/LabelName", "电子发票")
    _add(root, "Header/InherentLabel/GeneralOrSpecialVAT/LabelCode", "01" if special else "02")
    _add(root, "Header/InherentLabel/GeneralOrSpecialVAT/LabelName", "增值税专用发票" if special else "普通发票")
    for side, party in (("Seller", drawn.seller), ("Buyer", drawn.buyer)):
        _add(root, f"EInvoiceData/{side}Information/{side}IdNum", party.tax_id)
        _add(root, f"EInvoiceData/{side}Information/{side}Name", party.name)
    basic = "EInvoiceData/BasicInformation"
    _add(root, f"{basic}/TotalAmWithoutTax", money_text(drawn.amount))
    _add(root, f"{basic}/TotalTaxAm", money_text(drawn.tax or drawn.amount * 0))
    _add(root, f"{basic}/TotalTax-includedAmount", money_text(drawn.total))
    _add(root, f"{basic}/TotalTax-includedAmountInChinese", drawn.words)
    _add(root, f"{basic}/Drawer", drawn.drawer)
    for line in drawn.lines:
        _add_line(root[1], line)
    _add(root, "EInvoiceData/AdditionalInformation/Remark", drawn.remark)
    _add(root, "TaxSupervisionInfo/InvoiceNumber", drawn.number)
    _add(root, "TaxSupervisionInfo/IssueTime", f"{drawn.date:%Y-%m-%d}")
    return _written(root)


def _add_line(parent: etree._Element, line: Line) -> None:
    row = etree.SubElement(parent, "IssuItemInformation")
    rate = parse_rate(line.rate)
    values = {
        "ItemName": line.name,
        "SpecMod": line.spec,
        "MeaUnits": line.unit,
        "Quantity": line.quantity,
        "UnPrice": line.price,
        "Amount": money_text(line.amount),
        "TaxRate": line.rate if line.tax is None else str(rate),
        "ComTaxAm": money_text(line.tax or line.amount * 0),
        "TotaltaxIncludedAmount": money_text(line.amount + (line.tax or 0)),
    }
    for name, value in values.items():
        if value:
            etree.SubElement(row, name).text = value


def _fp(drawn: Drawn) -> bytes:
    root = etree.Element("eInvoice", nsmap={"fp": _FP}, Version="1.0")
    for name, value in (
        ("InvoiceCode", drawn.code),
        ("InvoiceNo", drawn.number),
        ("IssueDate", f"{drawn.date:%Y年%m月%d日}"),
        ("InvoiceCheckCode", drawn.check_code),
        ("MachineNo", drawn.machine_number),
        ("GraphCode", drawn.qr),
        ("Buyer/BuyerName", drawn.buyer.name),
        ("Buyer/BuyerTaxID", drawn.buyer.tax_id),
        ("Seller/SellerName", drawn.seller.name),
        ("Seller/SellerTaxID", drawn.seller.tax_id),
        ("TaxInclusiveTotalAmount", money_text(drawn.total)),
        ("TaxInclusiveTotalAmountWithWords", drawn.words),
        ("TaxExclusiveTotalAmount", money_text(drawn.amount)),
        ("TaxTotalAmount", money_text(drawn.tax or drawn.amount * 0)),
        ("Note", drawn.remark),
        ("InvoiceClerk", drawn.drawer),
        ("Payee", drawn.payee),
        ("Checker", drawn.reviewer),
    ):
        _add(root, name, value, f"{{{_FP}}}")
    goods = etree.SubElement(root, f"{{{_FP}}}GoodsInfos")
    for line in drawn.lines:
        row = etree.SubElement(goods, f"{{{_FP}}}GoodsInfo")
        for name, value in _goods(line).items():
            if value:
                etree.SubElement(row, f"{{{_FP}}}{name}").text = value
    return _written(root)


def _goods(line: Line) -> dict[str, str]:
    return {
        "Item": line.name,
        "Specification": line.spec,
        "MeasurementDimension": line.unit,
        "Price": line.price,
        "Quantity": line.quantity,
        "Amount": money_text(line.amount),
        "TaxScheme": line.rate,
        "TaxAmount": money_text(line.tax or line.amount * 0),
    }


def tags_of(drawn: Drawn, page: OfdCanvas) -> bytes:
    """The CustomTag of an OFD page: which text objects show which field."""
    root = etree.Element("eInvoice")
    shown = {
        "InvoiceNumber": drawn.number,
        "IssueTime": f"{drawn.date:%Y年%m月%d日}",
        "BuyerName": drawn.buyer.name,
        "BuyerIdNum": drawn.buyer.tax_id,
        "SellerName": drawn.seller.name,
        "SellerIdNum": drawn.seller.tax_id,
        "TotalAmWithoutTax": f"¥{money_text(drawn.amount)}",
        "TotalTaxAm": f"¥{drawn.tax_text}",
        "TotalTax-includedAmount": f"¥{money_text(drawn.total)}",
        "TotalTax-includedAmountInChinese": drawn.words,
    }
    for name, text in shown.items():
        for number in page.ids_of(text)[:1]:
            field = etree.SubElement(root, name)
            etree.SubElement(field, "ObjectRef", PageRef="1").text = str(number)
    return _written(root)


def _add(root: etree._Element, path: str, value: str, space: str = "") -> None:
    """Add a text at a path of elements, making what is missing on the way."""
    for part in path.split("/"):
        found = root.find(f"{space}{part}")
        root = found if found is not None else etree.SubElement(root, f"{space}{part}")
    root.text = value


def _written(root: etree._Element) -> bytes:
    text: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return text
