"""发票代码 and 发票号码: what their digits say. Sources: rule book §2 (official wording for 20 digits)."""

from __future__ import annotations

import re

from models.kinds import Kind
from models.qr_payload import parse_payload
from models.regions import Region, by_code4, by_digital2
from models.tax_id import is_person, is_unified

_LAST_TWO = {
    "04": Kind.VAT_NORMAL_PAPER,
    "05": Kind.VAT_NORMAL_PAPER,
    "06": Kind.VAT_ROLL,
    "07": Kind.VAT_ROLL,
    "11": Kind.VAT_NORMAL_ELECTRONIC,
    "12": Kind.TOLL_ELECTRONIC,
    "13": Kind.VAT_SPECIAL_ELECTRONIC,
    "17": Kind.USED_CAR,
}
_DIGIT_EIGHT = {
    "1": Kind.VAT_SPECIAL_PAPER,
    "5": Kind.VAT_SPECIAL_PAPER,
    "3": Kind.VAT_NORMAL_PAPER,
    "6": Kind.VAT_NORMAL_PAPER,
}

#: The kinds whose codes name them by their digits.
NAMED_BY_CODE = frozenset({*_LAST_TWO.values(), *_DIGIT_EIGHT.values(), Kind.MOTOR_VEHICLE, Kind.BLOCKCHAIN})


def kind_of_code(code: str) -> Kind | None:
    """The kind that a 10- or 12-digit invoice code names; None where its digits do not say (at most a warning)."""
    if re.fullmatch(r"0[0-9]{11}", code):
        return _LAST_TWO.get(code[10:])
    if re.fullmatch(r"1[0-9]{6}2[0-9]{4}", code):
        return Kind.MOTOR_VEHICLE
    if re.fullmatch(r"14403[0-9]{2}09[0-9][0-9][01]", code):
        return Kind.BLOCKCHAIN
    return _DIGIT_EIGHT.get(code[7]) if re.fullmatch(r"[0-9]{10}", code) else None


def year_of_code(code: str) -> int | None:
    """The year in which the form of an invoice code was printed."""
    if re.fullmatch(r"[0-9]{10}", code):
        return 2000 + int(code[4:6])
    return 2000 + int(code[5:7]) if re.fullmatch(r"[0-9]{12}", code) else None


def region_of(number: str, code: str | None) -> Region | None:
    """The region that issued an invoice, from its 20-digit number or its code; None when the digits name none."""
    if re.fullmatch(r"[0-9]{20}", number):
        return by_digital2(number[2:4])
    if code and re.fullmatch(r"[0-9]{10}", code):
        return by_code4(code[:4])
    return by_code4(code[1:5]) if code and re.fullmatch(r"[0-9]{12}", code) else None


def issuing_region(
    number: str | None, code: str | None, seller_tax_id: str | None = None, qr_payload: str | None = None
) -> Region | None:
    """The region that issued an invoice, from the best that is known: its digits, its QR code, the seller's tax id.

    The seller's is the weakest: branches and railways issue elsewhere than where they are registered.
    """
    said = parse_payload(qr_payload) if qr_payload else None
    scanned = region_of(said.number, said.code) if said else None
    return region_of(number or "", code) or scanned or region_of_tax_id(seller_tax_id or "")


def region_of_tax_id(tax_id: str) -> Region | None:
    """The region in which a taxpayer is registered; None when its tax id names none, or is a person's."""
    if is_unified(tax_id) and not is_person(tax_id):
        return by_code4(tax_id[2:6])
    return by_code4(tax_id[:4]) if re.fullmatch(r"[0-9]{6}[0-9A-Z]{9}", tax_id) else None


def number_end(number: str | None) -> str | None:
    """The last four characters of a number: people read numbers from the end, and a misread digit is seldom there."""
    return number[:20][-4:] if number else None
