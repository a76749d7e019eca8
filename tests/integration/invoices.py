"""Small electronic invoices for tests, as the tax platform writes them."""

from __future__ import annotations

from models.tax_id import check_character, organisation_check


def tax_id(region: str, organisation: str) -> str:
    """A sound unified code: an enterprise of a region with an eight-character organisation code."""
    first = f"91{region}{organisation}{organisation_check(organisation)}"
    return first + check_character(first)


BUYER, SELLER = tax_id("110108", "MA01C2R3"), tax_id("310115", "12345678")


def einvoice(
    number: str,
    *,
    total: str = "106.00",
    amount: str = "100.00",
    tax: str = "6.00",
    name: str = "餐费",
    day: str = "2026-03-02",
    buyer: tuple[str, str] = (BUYER, "北京样例科技有限公司"),
    seller: tuple[str, str] = (SELLER, "上海范例餐饮有限公司"),
) -> bytes:
    """The XML of a digital invoice with one line; a party is its tax id and its name."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<EInvoice><Header><EIid>{number}</EIid><InherentLabel><GeneralOrSpecialVAT><LabelCode>02</LabelCode>
<LabelName>普通发票</LabelName></GeneralOrSpecialVAT></InherentLabel></Header><EInvoiceData>
<SellerInformation><SellerIdNum>{seller[0]}</SellerIdNum><SellerName>{seller[1]}</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>{buyer[0]}</BuyerIdNum><BuyerName>{buyer[1]}</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>{amount}</TotalAmWithoutTax><TotalTaxAm>{tax}</TotalTaxAm>
<TotalTax-includedAmount>{total}</TotalTax-includedAmount>
<RequestTime>{day} 10:00:00</RequestTime></BasicInformation>
<IssuItemInformation><ItemName>*餐饮服务*{name}</ItemName><Amount>{amount}</Amount><TaxRate>0.06</TaxRate>
<ComTaxAm>{tax}</ComTaxAm></IssuItemInformation></EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber><IssueTime>{day}</IssueTime></TaxSupervisionInfo>
</EInvoice>""".encode()


def number(serial: int) -> str:
    """A 20-digit number of Beijing, 2026."""
    return f"26112{serial:015d}"
