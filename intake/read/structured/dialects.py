"""The dialects of invoice XML as tables: which element is which field.

A field lists its elements in order of preference; a name with a stroke is ``parent/element``, for names that occur
in several places. Sources: rule book §6; files of the makers named in each table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.kinds import Kind


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect. ``mark`` is an element that every invoice of it has; ``kind`` is what it always is.

    ``usual`` is what it is unless its invoice code names another kind.
    """

    name: str
    roots: frozenset[str]
    mark: str
    fields: tuple[tuple[tuple[str, ...], str], ...]
    item_roots: frozenset[str]
    items: Mapping[str, str]
    kind_names: tuple[str, ...] = ()
    kind: Kind | None = None
    usual: Kind | None = None


EINVOICE = Dialect(
    name="einvoice",
    roots=frozenset({"EInvoice"}),
    mark="EInvoiceData",
    fields=(
        (("TaxSupervisionInfo/InvoiceNumber", "Header/EIid", "InvoiceNumber", "EIid"), "invoice_number"),
        (("TaxSupervisionInfo/IssueTime", "IssueTime", "RequestTime"), "issue_date"),
        (("BuyerName",), "buyer_name"),
        (("BuyerIdNum",), "buyer_tax_id"),
        (("SellerName",), "seller_name"),
        (("SellerIdNum",), "seller_tax_id"),
        (("TotalAmWithoutTax",), "amount_excl_tax"),
        (("TotalTaxAm",), "tax"),
        (("TotalTax-includedAmount",), "total"),
        (("TotalTax-includedAmountInChinese",), "total_in_words"),
        (("Drawer",), "drawer"),
        (("AdditionalInformation/Remark", "Remark"), "remark"),
        (("RedEInvoice/OriginalInvoiceCode", "OriginalInvoiceCode"), "original_number"),
    ),
    item_roots=frozenset({"IssuItemInformation"}),
    items={
        "ItemName": "name",
        "SpecMod": "spec",
        "MeaUnits": "unit",
        "Quantity": "quantity",
        "UnPrice": "price",
        "Amount": "amount",
        "TaxRate": "tax_rate",
        "ComTaxAm": "tax",
    },
    kind_names=("GeneralOrSpecialVAT/LabelName", "GeneralOrSpecialVAT/LabelCode", "EInvoiceType/LabelName"),
)

FP = Dialect(
    name="fp",
    roots=frozenset({"eInvoice"}),
    mark="InvoiceNo",
    fields=(
        (("InvoiceCode",), "invoice_code"),
        (("InvoiceNo",), "invoice_number"),
        (("IssueDate",), "issue_date"),
        (("InvoiceCheckCode",), "check_code"),
        (("MachineNo",), "machine_number"),
        (("BuyerName",), "buyer_name"),
        (("BuyerTaxID",), "buyer_tax_id"),
        (("SellerName",), "seller_name"),
        (("SellerTaxID",), "seller_tax_id"),
        (("TaxExclusiveTotalAmount",), "amount_excl_tax"),
        (("TaxTotalAmount",), "tax"),
        (("TaxInclusiveTotalAmount",), "total"),
        (("TaxInclusiveTotalAmountWithWords",), "total_in_words"),
        (("InvoiceClerk",), "drawer"),
        (("Payee",), "payee"),
        (("Checker",), "reviewer"),
        (("Note",), "remark"),
        (("GraphCode",), "qr_payload"),
        (("OriginalInvoiceNo",), "original_number"),
    ),
    item_roots=frozenset({"GoodsInfo"}),
    items={
        "Item": "name",
        "Specification": "spec",
        "MeasurementDimension": "unit",
        "Quantity": "quantity",
        "Price": "price",
        "Amount": "amount",
        "TaxScheme": "tax_rate",
        "TaxAmount": "tax",
    },
    # Special electronic invoices have it too, and say so with the 13 at the end of their code.
    usual=Kind.VAT_NORMAL_ELECTRONIC,
)

_PURCHASER_ID = ("TaxpayerIdentificationNumberUnifiedSocialCreditCodeOfPurchaser", "UnifiedSocialCreditCodeOfPurchaser")
_SELLER_ID = ("TaxpayerIdentificationNumberUnifiedSocialCreditCodeOfSeller", "UnifiedSocialCreditCodeOfSeller")

XBRL_INVOICE = Dialect(
    name="xbrl_inv",
    roots=frozenset({"xbrl"}),
    mark="NumberOfInvoice",
    fields=(
        (("CodeOfInvoice",), "invoice_code"),
        (("NumberOfInvoice",), "invoice_number"),
        (("DateOfIssue",), "issue_date"),
        (("IdentifyingCode",), "check_code"),
        (("NumberOfInvoiceMachine",), "machine_number"),
        (("NameOfPurchaser",), "buyer_name"),
        (_PURCHASER_ID, "buyer_tax_id"),
        (("NameOfSeller",), "seller_name"),
        (_SELLER_ID, "seller_tax_id"),
        (("TotalAmountExcludingTax",), "amount_excl_tax"),
        (("TotalTaxAmount",), "tax"),
        (("TaxIncludedAmountInFigures",), "total"),
        (("TaxIncludedAmountInWords",), "total_in_words"),
        (("Issuer",), "drawer"),
        (("Payee",), "payee"),
        (("Reviewer",), "reviewer"),
        (("Remarks",), "remark"),
    ),
    item_roots=frozenset({"InformationOfTaxableGoodsOrServicesDetailItemsTuple"}),
    items={
        "NameOfTaxableGoodsOrServices": "name",
        "Specification": "spec",
        "UnitOfGoodsOrServices": "unit",
        "QuantityOfGoodsOrServices": "quantity",
        "UnitPriceOfGoodsOrServices": "price",
        "AmountExcludingTax": "amount",
        "TaxRate": "tax_rate",
        "TaxAmount": "tax",
    },
    kind_names=("TypeOfInvoice",),
)

XBRL_RAIL = Dialect(
    name="xbrl_rai",
    roots=frozenset({"xbrl"}),
    mark="ElectronicInvoiceRailwayETicketNumber",
    fields=(
        (("ElectronicInvoiceRailwayETicketNumber",), "invoice_number"),
        (("DateOfIssue",), "issue_date"),
        (("NameOfPurchaser",), "buyer_name"),
        (_PURCHASER_ID, "buyer_tax_id"),
        (("Fare",), "total"),
        (("Remarks",), "remark"),
    ),
    item_roots=frozenset(),
    items={},
    kind=Kind.DIGITAL_RAIL,
)

XBRL_AIR = Dialect(
    name="xbrl_atr",
    roots=frozenset({"xbrl"}),
    mark="ElectronicInvoiceAirTransportReceiptNumber",
    fields=(
        (("ElectronicInvoiceAirTransportReceiptNumber",), "invoice_number"),
        (("IssueDate", "DateOfIssue"), "issue_date"),
        (("NameOfSeller",), "seller_name"),
        (("NameOfPurchaser",), "buyer_name"),
        (_PURCHASER_ID, "buyer_tax_id"),
        (("TotalAmount",), "total"),
    ),
    item_roots=frozenset(),
    items={},
    kind=Kind.DIGITAL_AIR,
)

PINYIN = Dialect(
    name="pinyin",
    roots=frozenset({"FPXX", "FP", "Fp", "KP", "Invoice", "business"}),
    mark="FPHM",
    fields=(
        (("FPDM",), "invoice_code"),
        (("FPHM",), "invoice_number"),
        (("KPRQ",), "issue_date"),
        (("JYM",), "check_code"),
        (("GMFMC",), "buyer_name"),
        (("GMFNSRSBH",), "buyer_tax_id"),
        (("XSFMC",), "seller_name"),
        (("XSFNSRSBH",), "seller_tax_id"),
        (("HJJE",), "amount_excl_tax"),
        (("HJSE",), "tax"),
        (("JSHJ",), "total"),
        (("KPR",), "drawer"),
        (("BZ",), "remark"),
    ),
    item_roots=frozenset({"XMXX", "MX"}),
    items={
        "XMMC": "name",
        "GGXH": "spec",
        "DW": "unit",
        "XMSL": "quantity",
        "XMDJ": "price",
        "XMJE": "amount",
        "SL": "tax_rate",
        "SE": "tax",
    },
    kind_names=("FPLX", "FPZL"),
)

DIALECTS = (EINVOICE, FP, XBRL_INVOICE, XBRL_RAIL, XBRL_AIR, PINYIN)
