"""The kinds of invoices and tickets in circulation, and what each one carries on its face.

Source: rule book §1 (kinds in circulation 2024-2026). The kind is decided by the printed title, then by the
invoice code, then by the type in the QR code; never by a numeric type code alone, as four code systems reuse the
same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """One kind of invoice; the values are the keys used in every answer of the service."""

    DIGITAL_SPECIAL = "digital_special"
    DIGITAL_NORMAL = "digital_normal"
    DIGITAL_RAIL = "digital_rail"
    DIGITAL_AIR = "digital_air"
    DIGITAL_MOTOR_VEHICLE = "digital_motor_vehicle"
    DIGITAL_USED_CAR = "digital_used_car"
    DIGITAL_SPECIAL_PAPER = "digital_special_paper"
    DIGITAL_NORMAL_PAPER = "digital_normal_paper"
    VAT_SPECIAL_PAPER = "vat_special_paper"
    VAT_NORMAL_PAPER = "vat_normal_paper"
    VAT_NORMAL_ELECTRONIC = "vat_normal_electronic"
    VAT_SPECIAL_ELECTRONIC = "vat_special_electronic"
    TOLL_ELECTRONIC = "toll_electronic"
    VAT_ROLL = "vat_roll"
    MOTOR_VEHICLE = "motor_vehicle"
    USED_CAR = "used_car"
    BLOCKCHAIN = "blockchain"
    LOCAL_E = "local_e"
    FISCAL_BILL = "fiscal_bill"
    AIR_ITINERARY_PAPER = "air_itinerary_paper"
    RAIL_PAPER = "rail_paper"
    QUOTA = "quota"
    TAXI = "taxi"
    BUS = "bus"
    TOLL_RECEIPT = "toll_receipt"
    MACHINE = "machine"
    NOT_INVOICE = "not_invoice"
    UNKNOWN = "unknown"


#: The fields that the gate needs: what makes the invoice one of a kind, when it was issued, and what it costs.
_DIGITAL = ("invoice_number", "issue_date")
_CODED = ("invoice_code", "invoice_number", "issue_date")
_TAXED = ("amount_excl_tax", "tax", "total")


@dataclass(frozen=True, slots=True)
class KindInfo:
    """What a kind is called, what its face carries, and what of it must be proven.

    ``gate``: the fields that must be present and proven before it is registered without a person (design §4); ()
    where a person always decides. ``number``, ``code``, ``ticket``: the form of 发票号码, 发票代码 and 客票号, None
    where the kind has none. ``identity``: the fields that make it one of a kind in the ledger. ``parties``: whose names
    are printed on every sheet. ``electronic``: the original is a file; a picture of it is only a copy.
    """

    zh: str
    en: str
    gate: tuple[str, ...] = ()
    number: str = r"[0-9]{8}"
    code: str | None = r"[0-9]{10}|[0-9]{12}"
    ticket: str | None = None
    identity: tuple[str, ...] = ("invoice_code", "invoice_number")
    parties: tuple[str, ...] = ()
    electronic: bool = False

    @property
    def twenty_digits(self) -> bool:
        """Whether the number has 20 digits (数电票)."""
        return self.number == r"[0-9]{20}"

    @property
    def taxed(self) -> bool:
        """Whether the face carries 金额, 税额 and 价税合计, so that the three must add up."""
        return "tax" in self.gate

    @property
    def supported(self) -> bool:
        """Whether the gate may accept it at all."""
        return bool(self.gate)


def _digital(zh: str, en: str, *gate: str, parties: tuple[str, ...] = ("buyer", "seller")) -> KindInfo:
    return KindInfo(
        zh, en, (*_DIGITAL, *gate), number=r"[0-9]{20}", code=None, identity=("invoice_number",), parties=parties,
        electronic=True,
    )  # fmt: skip


def _coded(zh: str, en: str, *gate: str, electronic: bool = False) -> KindInfo:
    return KindInfo(zh, en, (*_CODED, *gate), parties=("buyer", "seller"), electronic=electronic)


def _on_paper(zh: str, en: str) -> KindInfo:
    return KindInfo(
        zh, en, (*_DIGITAL, *_TAXED, "seller_tax_id"), number=r"[0-9]{20}", identity=("invoice_number",),
        parties=("buyer", "seller"),
    )  # fmt: skip


def _slip(zh: str, en: str, *gate: str) -> KindInfo:
    """A slip for whoever holds it: it names no buyer."""
    return KindInfo(zh, en, gate)


KIND_INFO: dict[Kind, KindInfo] = {
    Kind.DIGITAL_SPECIAL: _digital("数电专票", "Digital VAT special invoice", *_TAXED, "seller_tax_id"),
    Kind.DIGITAL_NORMAL: _digital("数电普票", "Digital VAT invoice", *_TAXED, "seller_tax_id"),
    Kind.DIGITAL_RAIL: _digital("铁路电子客票", "Digital rail ticket", "total", parties=()),
    Kind.DIGITAL_AIR: _digital("航空电子行程单", "Digital air itinerary", "total", parties=("seller",)),
    Kind.DIGITAL_MOTOR_VEHICLE: _digital(
        "数电机动车发票", "Digital motor vehicle invoice", *_TAXED, "seller_tax_id", "vin"
    ),
    Kind.DIGITAL_USED_CAR: _digital("数电二手车发票", "Digital used car invoice", "total", "seller_tax_id", "vin"),
    # 数电票 printed on the old paper: the 20 digits are its number, code and number of the paper an alias.
    Kind.DIGITAL_SPECIAL_PAPER: _on_paper("数电纸质专票", "Digital VAT special invoice on paper"),
    Kind.DIGITAL_NORMAL_PAPER: _on_paper("数电纸质普票", "Digital VAT invoice on paper"),
    Kind.VAT_SPECIAL_PAPER: _coded("增值税专用发票", "VAT special invoice (paper)", *_TAXED, "seller_tax_id"),
    Kind.VAT_NORMAL_PAPER: _coded("增值税普通发票", "VAT invoice (paper)", *_TAXED, "seller_tax_id"),
    Kind.VAT_NORMAL_ELECTRONIC: _coded(
        "增值税电子普通发票", "Electronic VAT invoice", *_TAXED, "seller_tax_id", electronic=True
    ),
    Kind.VAT_SPECIAL_ELECTRONIC: _coded(
        "增值税电子专用发票", "Electronic VAT special invoice", *_TAXED, "seller_tax_id", electronic=True
    ),
    Kind.TOLL_ELECTRONIC: _coded(
        "通行费电子发票", "Electronic toll invoice", *_TAXED, "seller_tax_id", electronic=True
    ),
    Kind.VAT_ROLL: _coded("卷票", "VAT roll invoice", "total", "seller_tax_id"),
    Kind.MOTOR_VEHICLE: _coded("机动车销售统一发票", "Motor vehicle invoice", *_TAXED, "seller_tax_id", "vin"),
    Kind.USED_CAR: _coded("二手车销售统一发票", "Used car invoice", "total", "seller_tax_id", "vin"),
    Kind.BLOCKCHAIN: _coded("区块链电子发票", "Blockchain e-invoice", *_TAXED, "seller_tax_id", electronic=True),
    Kind.LOCAL_E: _coded("通用（电子）发票", "General (e-)invoice", "total", "seller_tax_id", electronic=True),
    Kind.FISCAL_BILL: KindInfo(
        "财政电子票据", "Fiscal e-bill", (*_CODED, "total"), number=r"[0-9]{10}", code=r"[0-9]{8}|[0-9]{10}",
        parties=("buyer", "seller"), electronic=True,
    ),
    Kind.AIR_ITINERARY_PAPER: KindInfo(
        "航空行程单", "Air itinerary (paper)", ("ticket_number", "issue_date", "total"), number=r"[0-9]{10,13}",
        code=None, ticket=r"[0-9]{3}-?[0-9]{10}", identity=("ticket_number",),
    ),
    Kind.RAIL_PAPER: KindInfo(
        "火车票", "Rail ticket (paper)", ("ticket_number", "invoice_number", "travel_date", "total"),
        number=r"[A-Z][0-9]{6}", code=None, ticket=r"[0-9]{14}[A-Z][0-9]{6}", identity=("ticket_number",),
    ),
    # The code of a quota invoice may carry a letter; the face value stands in words only, and there is no date.
    Kind.QUOTA: KindInfo(
        "定额发票", "Quota invoice", ("invoice_code", "invoice_number", "total"),
        code=r"[0-9]{8}[0-9A-Z][0-9]{3}|[0-9]{10}",
    ),
    Kind.TAXI: _slip("出租车发票", "Taxi receipt", *_CODED, "total"),
    Kind.BUS: _slip("客运发票", "Coach ticket", "invoice_code", "invoice_number", "travel_date", "total"),
    Kind.TOLL_RECEIPT: _slip("过路过桥发票", "Toll receipt", *_CODED, "total"),
    Kind.MACHINE: _slip("通用机打发票", "General machine-printed invoice", *_CODED, "total"),
    Kind.NOT_INVOICE: KindInfo("非发票", "Not an invoice"),
    Kind.UNKNOWN: KindInfo("未知票种", "Unknown kind"),
}  # fmt: skip
