"""Amounts of money: exact decimals, two places, as invoices print them."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

_MONEY = re.compile(r"-?\d+(?:\.\d+)?")
CENT = Decimal("0.01")
#: No invoice comes near it; what is larger is no amount but a number that got into its place.
_LARGEST = Decimal(10**12)


def parse_money(text: str | None) -> Decimal | None:
    """Read a printed amount (``¥1,234.50``, ``￥-3``, ``CNY 50.00``); None when it is no amount, or 10^12 and more.

    Commas are taken as separators of thousands only, never as a decimal point.
    """
    if text is None:
        return None
    plain = re.sub(r"[\s¥￥,元]|CNY|RMB", "", unicodedata.normalize("NFKC", text))
    if not _MONEY.fullmatch(plain):
        return None
    amount = Decimal(plain)
    return amount if abs(amount) < _LARGEST else None


def is_total(text: str) -> bool:
    """Whether a text is an amount in whole cents, as the figures of a whole invoice are (rule book §4.4)."""
    amount = parse_money(text)
    return amount is not None and amount % CENT == 0


def money_text(amount: Decimal) -> str:
    """Print an amount with two decimals, without separators or sign of currency."""
    return str(amount.quantize(CENT, ROUND_HALF_UP) + 0)  # + 0: there is no -0.00


def parse_rate(text: str | None) -> Decimal | None:
    """Read a tax rate as a fraction: ``13%`` and ``0.13`` are both 0.13, 免税 and 不征税 are 0; None for ``***``."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text or ""))
    if plain in ("免税", "不征税", "出口零税率", "普通零税率"):
        return Decimal(0)
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,12})?)(%?)", plain)
    if not found:
        return None
    value = Decimal(found[1])
    return value / 100 if found[2] or value > 1 else value
