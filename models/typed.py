"""What a text that stands in one place of a page says as the value of a field."""

from __future__ import annotations

import re
import unicodedata

from models.dates import iso_date
from models.fields import DATE_FIELDS, MONEY_FIELDS
from models.money import money_text, parse_money

_MONEY = re.compile(r"-?\d[\d,]*(?:\.\d{1,2})?(?![\d.])")
_TAX_ID = re.compile(r"[0-9A-Z]{15,20}")
_DIGITS = frozenset({"invoice_code", "invoice_number", "check_code", "machine_number"})
_LABEL = re.compile(r"^[^:]{1,16}:")


def typed_value(name: str, text: str) -> str | None:
    """The value of a field in a text that was read around it; None when there is none of its form."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    if name in MONEY_FIELDS:
        found = _MONEY.search(plain.replace("¥", " "))
        amount = parse_money(found[0]) if found else None
        return money_text(amount) if amount is not None else None
    if name in DATE_FIELDS:
        return iso_date(plain.replace(" ", ""))
    if name.endswith("tax_id"):
        found = _TAX_ID.search(plain.replace(" ", "").upper())
        return found[0] if found else None
    if name in _DIGITS:
        return max(re.findall(r"\d+", plain.replace(" ", "")), key=len, default=None)
    return _LABEL.sub("", plain).strip() or None
