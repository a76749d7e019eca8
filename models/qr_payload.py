"""The text inside the QR code of an invoice.

Comma forms of the tax system with their CRC, the five-field form of some toll companies, the addresses of blockchain
invoices and of fiscal bills, and the CZ-form of fiscal bills. Sources: rule book §5, computed over public payloads: 27
of 29 CRCs fit one of four variants of CRC-16 over polynomial 0x8005.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from models.kinds import Kind
from models.money import money_text, parse_money

_KINDS = {
    "01": Kind.VAT_SPECIAL_PAPER,
    "03": Kind.MOTOR_VEHICLE,
    "04": Kind.VAT_NORMAL_PAPER,
    "08": Kind.VAT_SPECIAL_ELECTRONIC,
    "10": Kind.VAT_NORMAL_ELECTRONIC,
    "11": Kind.VAT_ROLL,
    "14": Kind.TOLL_ELECTRONIC,
    "15": Kind.USED_CAR,
    "20": Kind.VAT_SPECIAL_ELECTRONIC,
    "31": Kind.DIGITAL_SPECIAL,
    "32": Kind.DIGITAL_NORMAL,
    "51": Kind.DIGITAL_RAIL,
    "61": Kind.DIGITAL_AIR,
}
_TYPES = {kind: number for number, kind in _KINDS.items() if number != "08"}


#: On a roll invoice nobody has shown yet which amount the code carries.
_AMOUNT_UNKNOWN = frozenset({Kind.VAT_ROLL})
_AMOUNT_IS_TOTAL = frozenset({Kind.USED_CAR})
_BLOCKCHAIN = re.compile(r"https?://bcfp\.[\w.]+/verify/scan\?(\S+)")
_FISCAL_PAGE = re.compile(r"https?://[\w.]+/page/([0-9]{8}|[0-9]{10})/([0-9]{10})/(\w{6})")


@dataclass(frozen=True, slots=True)
class QrPayload:
    """What a QR code says. ``code`` and ``number`` are 发票代码 and 发票号码 where it names them.

    ``amount_is`` names the field that the amount is, None where that is not known. ``intact`` is True when the CRC
    fits, None when there is none or no known variant fits; it never proves authenticity, as anybody can compute it.
    """

    kind: Kind | None
    code: str | None
    number: str
    amount: Decimal | None
    date: dt.date | None
    check_code: str | None = None
    intact: bool | None = None
    amount_is: str | None = None


def parse_payload(text: str) -> QrPayload | None:
    """Read the text of a code; None when it is not one of an invoice that names itself."""
    parts = [part.strip() for part in text.replace("，", ",").strip().split(",")]
    if len(parts) >= 6 and parts[0] == "01":
        return _tax_form(text, parts)
    if len(parts) == 7 and parts[0].startswith("CZ-"):
        return _fiscal_form(parts)
    if len(parts) == 5 and re.fullmatch(r"[0-9]{10}|[0-9]{12}", parts[0]) and re.fullmatch(r"[0-9]{8}", parts[1]):
        date, amount = _date(parts[3]), parse_money(parts[2])
        return QrPayload(Kind.TOLL_ELECTRONIC, parts[0], parts[1], amount, date, amount_is="total") if date else None
    return _address(text.strip())


def is_title_card(text: str) -> bool:
    """Whether a code is 便捷开票: a company's name and tax id, shown to have an invoice issued, which it is not."""
    return text.startswith("$") and len(text) > 8


def _tax_form(text: str, parts: list[str]) -> QrPayload | None:
    _, number_type, code, number, amount, date, *rest = parts
    if not re.fullmatch(r"[0-9]{8}|[0-9]{15,20}", number) or not re.fullmatch(r"|[0-9]{10}|[0-9]{12}", code):
        return None
    check_code = rest[0] if rest and re.fullmatch(r"[0-9]{20}", rest[0]) else None
    kind = _KINDS.get(number_type)
    if kind is Kind.DIGITAL_RAIL and code:
        kind = Kind.VAT_NORMAL_ELECTRONIC  # 51 was also used by e-invoices of 2017, which carry a code
    money, means = parse_money(amount), _amount_is(kind, code)
    return QrPayload(kind, code or None, number, money, _date(date), check_code, _intact(text), means)


def _amount_is(kind: Kind | None, code: str) -> str | None:
    if kind in _AMOUNT_UNKNOWN:
        return None
    return "total" if not code or kind in _AMOUNT_IS_TOTAL else "amount_excl_tax"


def _fiscal_form(parts: list[str]) -> QrPayload | None:
    """``CZ-EI-00,1.1.0,code,number,check code,date,amount``."""
    _, _, code, number, check_code, date, amount = parts
    if not (re.fullmatch(r"[0-9]{8}|[0-9]{10}", code) and re.fullmatch(r"[0-9]{10}", number)):
        return None
    return QrPayload(Kind.FISCAL_BILL, code, number, parse_money(amount), _date(date), check_code, amount_is="total")


def _address(text: str) -> QrPayload | None:
    fiscal, chained = _FISCAL_PAGE.match(text), _BLOCKCHAIN.match(text)
    if fiscal:
        return QrPayload(Kind.FISCAL_BILL, fiscal[1], fiscal[2], None, None, fiscal[3])
    said = dict(pair.partition("=")[::2] for pair in chained[1].split("&")) if chained else {}
    number, fen = said.get("bill_num", ""), said.get("total_amount", "")
    if not re.fullmatch(r"[0-9]{8}", number):
        return None
    amount = Decimal(fen) / 100 if re.fullmatch(r"[0-9]{1,12}", fen) else None
    return QrPayload(Kind.BLOCKCHAIN, None, number, amount, None, amount_is="total")


def _date(text: str) -> dt.date | None:
    found = re.fullmatch(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})", text)
    if not found:
        return None
    try:
        return dt.date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _intact(text: str) -> bool | None:
    found = re.match(r"(.*,)([0-9A-Fa-f]{3,4}),?\s*$", text.strip())
    if not found:
        return None
    body, stated = found[1], int(found[2], 16)
    candidates = {
        crc16(body),
        crc16(body.rstrip(",")) if body.endswith(",") else crc16(body),
        crc16(body[:-1]),
        crc16(body, reflected=True),
        crc16(body, start=0xFFFF, reflected=True),
    }
    return True if stated in candidates else None


def crc16(text: str, *, start: int = 0, reflected: bool = False) -> int:
    """CRC-16 with polynomial 0x8005 over the ASCII text (UMTS; ``reflected``: ARC, with start 0xFFFF: MODBUS)."""
    value = start
    for byte in text.encode("utf-8"):
        if reflected:
            value ^= byte
            for _ in range(8):
                value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
        else:
            value ^= byte << 8
            for _ in range(8):
                value = ((value << 1) ^ 0x8005) & 0xFFFF if value & 0x8000 else (value << 1) & 0xFFFF
    return value


def build_payload(
    kind: Kind, number: str, amount: Decimal, date: dt.date, *, code: str = "", check_code: str = ""
) -> str:
    """Write the text of a QR code as the tax system does, with its CRC."""
    body = f"01,{_TYPES[kind]},{code},{number},{money_text(amount)},{date:%Y%m%d},{check_code},"
    return f"{body}{crc16(body):04X}"
