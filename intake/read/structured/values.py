"""Values of invoice data brought to the form of the contract: NFKC, money without signs, ISO dates."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from models.fields import MONEY_FIELDS
from models.invoice import LineItem
from models.kinds import Kind
from models.money import is_total, money_text, parse_money
from models.numbers import kind_of_code
from models.qr_payload import parse_payload
from models.tax_id import normal

if TYPE_CHECKING:
    from intake.read.structured.dialects import Dialect

_DATE = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})")
#: A text with a digit is meant as a figure: what is wrong with it is for the checks to say.
_FIGURE = re.compile(r"\d")
_STARS = re.compile(r"\*+")


def clean_fields(raw: Mapping[str, str]) -> dict[str, str]:
    """Clean all fields; a value that is not what its field needs is left out."""
    fields = {name: value for name, text in raw.items() if (value := _clean(name, plain(text)))}
    # Some makers put a picture where the text of the QR code belongs.
    if "qr_payload" in fields and parse_payload(fields["qr_payload"]) is None:
        del fields["qr_payload"]
    return fields


def clean_item(raw: Mapping[str, str]) -> LineItem:
    """Clean one line; figures keep their digits but lose separators and signs of currency."""
    values = {column: plain(text) for column, text in raw.items()}
    for column in ("quantity", "price", "amount", "tax"):
        if column in values:
            values[column] = re.sub(r"[¥,]", "", values[column])
    if rate := values.get("tax_rate"):
        values["tax_rate"] = _rate(rate)
    known: dict[str, Any] = values
    return LineItem(**known)


def _rate(text: str) -> str:
    """A rate as invoices print it: data says 0.13 where the face says 13%."""
    if not re.fullmatch(r"[01]?\.\d+|0", text):
        return text
    return f"{(Decimal(text) * 100).normalize():f}%"


def plain(text: str) -> str:
    """NFKC, control characters out, blanks at the ends out."""
    kept = (
        char for char in unicodedata.normalize("NFKC", text) if char in "\t\n " or unicodedata.category(char)[0] != "C"
    )
    return re.sub(r"\s+", " ", "".join(kept)).strip()


def kind_of(said: str, fields: Mapping[str, str], dialect: Dialect) -> Kind | None:
    """The kind that the data names itself, else the one its invoice code names; None where neither does."""
    if dialect.kind:
        return dialect.kind
    if re.fullmatch(r"\d{20}", fields.get("invoice_number", "")) and "invoice_code" not in fields:
        label = unicodedata.normalize("NFKC", said)
        if "专用" in label or re.search(r"\b01\b", label):
            return Kind.DIGITAL_SPECIAL
        if "普通" in label or re.search(r"\b02\b", label):
            return Kind.DIGITAL_NORMAL
        # Without the label: a special invoice is never made out to a buyer without a tax id (增值税法, 专用发票).
        person = bool(fields.get("buyer_name")) and not fields.get("buyer_tax_id")
        return Kind.DIGITAL_NORMAL if person and not label.strip() else None
    code = fields.get("invoice_code", "")
    return kind_of_code(code) or (dialect.usual if re.fullmatch(r"0\d{11}", code) else None)


def _clean(name: str, text: str) -> str | None:
    if name in MONEY_FIELDS:
        if name == "tax" and _STARS.fullmatch(text.lstrip("¥")):
            return "0.00"
        amount = parse_money(text)
        if amount is not None and is_total(text):
            return money_text(amount)
        return text.strip() if _FIGURE.search(text) else None
    if name == "issue_date":
        return _iso(text) or text.strip() or None
    if name in ("invoice_number", "invoice_code", "check_code", "machine_number"):
        return re.sub(r"\s", "", text)
    return normal(text) if name.endswith("tax_id") else text


def _iso(text: str) -> str | None:
    found = _DATE.search(text)
    try:
        return dt.date(*(int(part) for part in found.groups())).isoformat() if found else None
    except ValueError:
        return None
