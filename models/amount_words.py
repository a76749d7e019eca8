"""大写金额: reading and printing amounts in Chinese words.

Source: 支付结算办法 附件一 (正确填写票据和结算凭证的基本规定); rule book §4.5.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = {"仟": 1000, "佰": 100, "拾": 10}
_ALIASES = str.maketrans("元园圓正貳弍弐參叄弎陸萬億〇○壱弌漆", "圆圆圆整贰贰贰叁叁叁陆万亿零零壹壹柒")
_INFORMAL = str.maketrans("一二两三四五六七八九十百千块毛", "壹贰贰叁肆伍陆柒捌玖拾佰仟圆角")
_LABEL = re.compile(r"^(?:价税合计)?[(]?(?:大写)?[)]?:?(?:人民币)?")
_MARK = r"[⊗ⓧⓍ×xX®◎回区囚网]{0,2}"
_NEGATIVE = re.compile(rf"^{_MARK}[(]?负数?[)]?{_MARK}")
_AMOUNT = re.compile(
    r"^(?:([零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)圆)?(零)?(?:([零壹贰叁肆伍陆柒捌玖])角)?(零)?(?:([零壹贰叁肆伍陆柒捌玖])分)?(整)?$"
)


class Status(StrEnum):
    """How an amount in words is written."""

    OK = "ok"
    NONSTANDARD = "nonstandard"
    AMBIGUOUS = "ambiguous"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Words:
    """An amount in words: its value (None unless OK or NONSTANDARD) and how it is written."""

    value: Decimal | None
    status: Status
    notes: tuple[str, ...] = ()


def parse_words(text: str) -> Words:
    """Read an amount in words, with or without label, mark and 负数."""
    plain = _LABEL.sub("", re.sub(r"[\s,.;¥￥]", "", unicodedata.normalize("NFKC", text)).translate(_ALIASES))
    negative = bool(_NEGATIVE.match(plain))
    plain = _NEGATIVE.sub("", plain) if negative else re.sub(f"^{_MARK}", "", plain)
    notes = [] if plain == plain.translate(_INFORMAL) else ["informal_digit"]
    found = _AMOUNT.match(plain.translate(_INFORMAL))
    if not found or not any(found.group(part) for part in (1, 3, 5)):
        return Words(None, Status.INVALID)
    whole, gap, tenths, _, cents, closing = found.groups()
    yuan = _integer(whole, notes) if whole else 0
    if yuan is None:
        return Words(None, Status.AMBIGUOUS if "ambiguous" in notes else Status.INVALID)
    jiao, fen = (_DIGITS.index(part) if part else 0 for part in (tenths, cents))
    _note_form(notes, whole, gap, tenths, cents, closing)
    value = Decimal(yuan * 100 + jiao * 10 + fen) / 100
    return Words(-value if negative else value, Status.NONSTANDARD if notes else Status.OK, tuple(notes))


def _note_form(
    notes: list[str], whole: str | None, gap: str | None, tenths: str | None, cents: str | None, closing: str | None
) -> None:
    if cents and closing:
        notes.append("zheng_after_fen")
    if whole and not (tenths or cents or closing):
        notes.append("missing_zheng")
    if "零" in (tenths, cents):
        notes.append("explicit_zero_unit")
    if whole and cents and not tenths and not gap:
        notes.append("missing_zero")


def _integer(text: str, notes: list[str]) -> int | None:
    """Read the part before 圆; None when it breaks the rules of place."""
    total, rest = 0, text
    if rest == "零":
        return 0
    for mark, scale in (("亿", 10**8), ("万", 10**4)):
        if rest.count(mark) > 1:
            return None
        if mark in rest:
            head, rest = rest.split(mark)
            group = _group(head, notes)
            if not group:
                return None
            total += group * scale
            if rest and rest[-1:] in _DIGITS[1:] and len(rest) == 1:
                notes.append("ambiguous")
                return None
    group = _group(rest, notes) if rest else 0
    if total and group and group < 1000 and not rest.startswith("零"):
        notes.append("missing_zero")
    return None if group is None else total + group


def _group(text: str, notes: list[str]) -> int | None:
    """Read four places (仟 佰 拾 and units)."""
    total, last = 0, 10000
    body = text.lstrip("零")
    if body.startswith("拾"):
        body = "壹" + body
        notes.append("leading_shi_without_yi")
    pattern = re.compile(r"零?([壹贰叁肆伍陆柒捌玖])([仟佰拾]?)")
    at = 0
    while at < len(body):
        found = pattern.match(body, at)
        if not found:
            return total if body[at:] == "零" else None
        unit = _UNITS.get(found[2], 1)
        if unit >= last:
            return None
        if unit == 1 and last >= 1000 and last < 10000 and not found[0].startswith("零"):
            notes.append("ambiguous")
            return None
        if unit == 1 and last == 100 and not found[0].startswith("零"):
            notes.append("ambiguous")
            return None
        total += _DIGITS.index(found[1]) * unit
        last, at = unit, found.end()
    return total


def print_words(amount: Decimal) -> str:
    """Print an amount as the tax system does: 圆 and 整, （负数） before a negative one."""
    sign = "(负数)" if amount < 0 else ""
    cents = int((abs(amount) * 100).to_integral_value())
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = f"{_print_integer(yuan)}圆" if yuan or not (jiao or fen) else ""
    if not (jiao or fen):
        return f"{sign}{words}整"
    words += f"{_DIGITS[jiao]}角" if jiao else ("零" if yuan else "")
    return f"{sign}{words}{_DIGITS[fen]}分" if fen else f"{sign}{words}整"


def _print_integer(yuan: int) -> str:
    if yuan == 0:
        return "零"
    groups = [(yuan // 10**8, "亿"), (yuan // 10**4 % 10**4, "万"), (yuan % 10**4, "")]
    text = ""
    for value, mark in groups:
        if not value:
            text += "零" if text and not text.endswith("零") else ""
            continue
        gap = text and (value < 1000) and not text.endswith("零")
        text += ("零" if gap else "") + _print_group(value) + mark
    return text.rstrip("零")


def _print_group(value: int) -> str:
    text = ""
    for unit, scale in (("仟", 1000), ("佰", 100), ("拾", 10), ("", 1)):
        digit = value // scale % 10
        if digit:
            text += _DIGITS[digit] + unit
        elif text and value % scale and not text.endswith("零"):
            text += "零"
    return text
