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
_ALIASES = str.maketrans("元园圓正貳貮弍弐參叄叅弎陸萬億〇○壱弌漆", "圆圆圆整贰贰贰贰叁叁叁叁陆万亿零零壹壹柒")
_INFORMAL = str.maketrans("一二两三四五六七八九十百千块毛", "壹贰贰叁肆伍陆柒捌玖拾佰仟圆角")
#: What stands before the words on forms: 价税合计(大写), 合计人民币(大写), 金额合计(大写) …
_LABEL = re.compile(r"^(?:价税合计|金额合计|票价合计|合计|金额)?(?:人民币)?[(]?(?:大写)?[)]?(?:人民币)?")
_MARK = r"[⊗ⓧⓍ×xX®◎回区囚网]{0,2}"
_NEGATIVE = re.compile(rf"^{_MARK}[(]?负数?[)]?{_MARK}")
_AMOUNT = re.compile(
    r"^(?:([零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)圆)?(零)?(?:([零壹贰叁肆伍陆柒捌玖])角)?(零)?(?:([零壹贰叁肆伍陆柒捌玖])分)?(整)?$"
)
#: One place: a digit with its unit, after a 零 where places were left out; or a place that is written out as zero, as
#: forms with a box for every place have it (零拾, and 零 before 圆).
_PLACE = re.compile(r"(?P<gap>零?)(?P<digit>[壹贰叁肆伍陆柒捌玖])(?P<unit>[仟佰拾]?)|零(?P<zero>[仟佰拾]|$)")


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
    plain = _LABEL.sub("", re.sub(r"[\s,.;:。、¥]", "", unicodedata.normalize("NFKC", text)).translate(_ALIASES))
    negative = bool(_NEGATIVE.match(plain))
    plain = _NEGATIVE.sub("", plain) if negative else re.sub(f"^{_MARK}", "", plain)
    notes = [] if plain == plain.translate(_INFORMAL) else ["informal_digit"]
    found = _AMOUNT.match(plain.translate(_INFORMAL))
    if not found or not any(found.group(part) for part in (1, 3, 5)):
        return Words(None, Status.INVALID)
    whole, gap, tenths, _, cents, closing = found.groups()
    if gap and not whole:
        return Words(None, Status.AMBIGUOUS)  # 壹圆零伍分 of which the beginning was lost
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
    if text == "零":
        return 0
    if text.startswith("零") and text[1:2] not in _UNITS:
        notes.append("ambiguous")  # 壹佰零陆 of which the beginning was lost
        return None
    total, rest, due = 0, text, 0
    for mark, scale in (("亿", 10**8), ("万", 10**4), ("", 1)):
        head, found, tail = rest.partition(mark) if mark else (rest, rest, "")
        if not found:
            continue
        group = _group(head, notes)
        if group is None or (mark and not group):
            return None
        if total and group and not head.startswith("零") and (group < 1000 or scale < due):
            notes.append("missing_zero")
        total, rest, due = total + group * scale, tail, scale // 10**4
        if rest in _DIGITS[1:] and len(rest) == 1:
            notes.append("ambiguous")  # 壹万伍 is 10005 as written and 15000 as spoken
            return None
    return total


def _group(text: str, notes: list[str]) -> int | None:
    """Read four places (仟 佰 拾 and units)."""
    if "零零" in text:
        return None
    if text.startswith("零拾"):
        notes.append("ambiguous")  # 壹万零拾 is 10000 in boxes and 10010 where 壹 was left out
        return None
    total, last, at = 0, 10000, 0
    body = text[1:] if text[:1] == "零" and text[1:2] not in _UNITS else text
    if body.startswith("拾"):
        body = "壹" + body
        notes.append("leading_shi_without_yi")
    while at < len(body):
        found = _PLACE.match(body, at)
        if not found:
            return None
        digit, unit = _DIGITS.index(found["digit"] or "零"), _UNITS.get(found["unit"] or found["zero"] or "", 1)
        if unit >= last:
            return None
        if unit == 1 and last in (1000, 100) and found["digit"] and not found["gap"]:
            notes.append("ambiguous")
            return None
        if not digit:
            notes.append("explicit_zero_unit")
        total, last, at = total + digit * unit, unit, found.end()
    return total


def print_words(amount: Decimal) -> str:
    """Print an amount as the tax system does: 圆 and 整, （负数） before a negative one.

    Raises:
        ValueError: it has 13 digits before the point or more, for which there are no words.
    """
    if abs(amount) >= 10**12:
        raise ValueError(f"no words for {amount}")
    sign = "（负数）" if amount < 0 else ""
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
