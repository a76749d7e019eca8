"""Names of the fields, and which of them the gate needs for each kind (design §4)."""

from __future__ import annotations

from models.kinds import KIND_INFO, Kind

MONEY_FIELDS = frozenset({"amount_excl_tax", "tax", "total"})

FIELD_LABELS: dict[str, tuple[str, str]] = {
    "invoice_code": ("发票代码", "Invoice code"),
    "invoice_number": ("发票号码", "Invoice number"),
    "issue_date": ("开票日期", "Issue date"),
    "check_code": ("校验码", "Check code"),
    "machine_number": ("机器编号", "Machine number"),
    "buyer_name": ("购买方名称", "Buyer"),
    "buyer_tax_id": ("购买方税号", "Buyer tax id"),
    "seller_name": ("销售方名称", "Seller"),
    "seller_tax_id": ("销售方税号", "Seller tax id"),
    "amount_excl_tax": ("金额", "Amount excl. tax"),
    "tax": ("税额", "Tax"),
    "total": ("价税合计", "Total incl. tax"),
    "total_in_words": ("大写", "Total in words"),
    "drawer": ("开票人", "Drawer"),
    "payee": ("收款人", "Payee"),
    "reviewer": ("复核人", "Reviewer"),
    "remark": ("备注", "Remark"),
    "qr_payload": ("二维码", "QR code"),
}


def gate_fields(kind: Kind) -> tuple[str, ...]:
    """The fields that must be present and proven before an invoice of this kind is registered without a person.

    The buyer's tax id is not listed: it is needed only where one is printed (a natural person has none).
    """
    info = KIND_INFO[kind]
    number = ("invoice_number",) if info.twenty_digits else ("invoice_code", "invoice_number")
    money = ("amount_excl_tax", "tax", "total") if info.taxed else ("total",)
    return (*number, "issue_date", *money, "seller_tax_id")
