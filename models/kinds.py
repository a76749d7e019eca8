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


@dataclass(frozen=True, slots=True)
class KindInfo:
    """What a kind is called and which figures its face carries.

    ``twenty_digits``: the number has 20 digits and there is no invoice code (数电票).
    ``taxed``: the face carries 金额, 税额 and 价税合计, so that the three must add up.
    ``electronic``: the original is a file; a picture of it is only a copy.
    ``supported``: fields are extracted and the gate may accept it. All other kinds go to a person.
    """

    zh: str
    en: str
    twenty_digits: bool = False
    taxed: bool = True
    electronic: bool = False
    supported: bool = False


KIND_INFO: dict[Kind, KindInfo] = {
    Kind.DIGITAL_SPECIAL: KindInfo("数电专票", "Digital VAT special invoice", True, True, True, True),
    Kind.DIGITAL_NORMAL: KindInfo("数电普票", "Digital VAT invoice", True, True, True, True),
    Kind.DIGITAL_RAIL: KindInfo("铁路电子客票", "Digital rail ticket", True, False, True),
    Kind.DIGITAL_AIR: KindInfo("航空电子行程单", "Digital air itinerary", True, False, True),
    Kind.DIGITAL_MOTOR_VEHICLE: KindInfo("数电机动车发票", "Digital motor vehicle invoice", True, True, True),
    Kind.DIGITAL_USED_CAR: KindInfo("数电二手车发票", "Digital used car invoice", True, False, True),
    Kind.VAT_SPECIAL_PAPER: KindInfo("增值税专用发票", "VAT special invoice (paper)", supported=True),
    Kind.VAT_NORMAL_PAPER: KindInfo("增值税普通发票", "VAT invoice (paper)", supported=True),
    Kind.VAT_NORMAL_ELECTRONIC: KindInfo(
        "增值税电子普通发票", "Electronic VAT invoice", electronic=True, supported=True
    ),
    Kind.VAT_SPECIAL_ELECTRONIC: KindInfo(
        "增值税电子专用发票", "Electronic VAT special invoice", electronic=True, supported=True
    ),
    Kind.TOLL_ELECTRONIC: KindInfo("通行费电子发票", "Electronic toll invoice", electronic=True, supported=True),
    Kind.VAT_ROLL: KindInfo("卷票", "VAT roll invoice", taxed=False),
    Kind.MOTOR_VEHICLE: KindInfo("机动车销售统一发票", "Motor vehicle invoice"),
    Kind.USED_CAR: KindInfo("二手车销售统一发票", "Used car invoice", taxed=False),
    Kind.BLOCKCHAIN: KindInfo("区块链电子发票", "Blockchain e-invoice", taxed=False, electronic=True),
    Kind.LOCAL_E: KindInfo("通用（电子）发票", "General (e-)invoice", taxed=False, electronic=True),
    Kind.FISCAL_BILL: KindInfo("财政电子票据", "Fiscal e-bill", taxed=False, electronic=True),
    Kind.AIR_ITINERARY_PAPER: KindInfo("航空行程单", "Air itinerary (paper)", taxed=False),
    Kind.RAIL_PAPER: KindInfo("火车票", "Rail ticket (paper)", taxed=False),
    Kind.QUOTA: KindInfo("定额发票", "Quota invoice", taxed=False),
    Kind.TAXI: KindInfo("出租车发票", "Taxi receipt", taxed=False),
    Kind.BUS: KindInfo("客运发票", "Passenger transport invoice", taxed=False),
    Kind.TOLL_RECEIPT: KindInfo("过路过桥发票", "Toll receipt", taxed=False),
    Kind.MACHINE: KindInfo("通用机打发票", "General machine-printed invoice", taxed=False),
    Kind.NOT_INVOICE: KindInfo("非发票", "Not an invoice", taxed=False),
    Kind.UNKNOWN: KindInfo("未知票种", "Unknown kind", taxed=False),
}
