"""出租车发票: code and number printed with the form, the rest by the meter.

Meters print a row or two above or below the labels, so values are told apart by their form and their order, never by
the row they stand in. Dot-matrix digits misread alike at every size and by two networks (measured: one of ten totals
and one of ten dates, at up to 0.989), so date and fare are confirmed by a person.
"""

from __future__ import annotations

import re

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.form import Form, titled
from intake.extract.frame import Frame
from intake.extract.labels import Label, find_value, read_labelled
from intake.extract.lines import Line, Piece
from models.dates import iso_date
from models.kinds import Kind

_LABELS = {
    "invoice_code": Label(r"(?:发票)?代码", r"\d{12}(?!\d)"),
    "invoice_number": Label(r"(?:发票)?号码", r"\d{8}(?!\d)"),
    "seller_name": Label(r"(?:单位|公司|企业)名称|单位", r"[^:\d]{4,30}"),
    "plate_number": Label(r"车\s*号|车牌", r"[\u4e00-\u9fff]?[A-Z][A-Z0-9.-]{5,7}"),
}
_SELLER_BELOW = Label(r"(?:单位|公司|企业)名称", r"[^:\d]{6,30}", below=True)
_DISTANCE_BESIDE = Label(r"里程", r"\d{1,3}\.\d{1,2}")
_CLOCK = re.compile(r"(?<![\d:])([0-2]\d:[0-5]\d)(?![\d:])")
_DISTANCE = re.compile(r"(\d{1,3}\.\d{1,2})(?:KM|km|公里)")
_SIGNED = re.compile(r"[¥￥Y]\s?(\d{1,4}\.\d{1,2})(?=元|$)")
_PLAIN = re.compile(r"^(\d{1,4}\.\d{2})元?$")


def read_taxi(frame: Frame, draft: Draft) -> None:
    """Read all fields of the slip into the draft."""
    read_labelled(frame.lines, draft, _LABELS, r"电话|车号|证号|日期|监督|投诉")
    dated = heading.issue_date(frame.lines) or _slip_date(frame.lines)
    if dated:
        draft.add("issue_date", *dated)
    clocks = _all(frame.lines, _CLOCK)
    for name, piece in zip(("time_on", "time_off"), clocks, strict=False):
        draft.add(name, piece)
    if "seller_name" not in draft.readings:
        draft.add("seller_name", find_value(frame.lines, _SELLER_BELOW, heading.NOTHING))
    distance = next(iter(_all(frame.lines, _DISTANCE)), None)
    draft.add("distance", distance or find_value(frame.lines, _DISTANCE_BESIDE, heading.NOTHING))
    draft.add_money("total", _fare(frame))


def _slip_date(lines: tuple[Line, ...]) -> tuple[Piece, str] | None:
    """The first word that is a date, however its 日 was read."""
    for line in lines:
        for start, end in line.spans():
            iso = iso_date(line.text[start:end])
            if iso and re.match(r"20\d\d", line.text[start:end]):
                return line.cut(start, end), iso
    return None


def _fare(frame: Frame) -> Piece | None:
    """The first figure with a currency sign: surcharges stand below it, the price of a kilometre has no sign."""
    signed = _all(frame.lines, _SIGNED)
    if signed:
        return signed[0]
    label = next((line for line in frame.lines if re.search(r"金额|合计|实收", line.text)), None)
    plain = [piece for line in frame.lines for piece in _plain(line)]
    if label is None or not plain:
        return None
    return min(plain, key=lambda piece: abs(piece.box.center[1] - label.y))


def _plain(line: Line) -> list[Piece]:
    return [
        line.cut(start, start + found.end(1))
        for start, end in line.spans()
        if (found := _PLAIN.match(line.text[start:end]))
    ]


def _all(lines: tuple[Line, ...], pattern: re.Pattern[str]) -> list[Piece]:
    return [piece for line in lines for _, piece in line.match(pattern)]


FORM = Form(
    Kind.TAXI, titled(r"出租汽车|出租车|的士|出租小汽车专用"), read_taxi, metered=frozenset({"issue_date", "total"})
)
