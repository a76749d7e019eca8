"""The red and blue paper tickets of the railway: a red number at the top, which ends the 21 characters at the foot."""

from __future__ import annotations

import re

from intake.extract.draft import Draft
from intake.extract.form import Form, titled
from intake.extract.frame import Frame
from intake.extract.lines import Piece
from intake.extract.rail import read_journey
from models.kinds import Kind

_RED = re.compile(r"^([A-Z]\d{6})$")
_SERIAL = re.compile(r"(?<![0-9A-Z])(\d{14}[A-Z]\d{6})(?!\d)")
_FARE = re.compile(r"[¥￥](\d+\.\d{1,2})元")


def read_rail_paper(frame: Frame, draft: Draft) -> None:
    """Read all fields of the ticket into the draft; names and id numbers of passengers are left on the picture."""
    words = [word for line in frame.lines for word in line.words]
    red = next((word for word in words if _RED.match(word.text)), None)
    if red:
        draft.add("invoice_number", Piece(red.text, red.box, red.confidence))
    for line in frame.lines:
        for _, piece in line.match(_SERIAL):
            draft.add("ticket_number", piece)
        for _, piece in line.match(_FARE):
            draft.add_money("total", piece)
    read_journey(frame.lines, draft)


FORM = Form(
    Kind.RAIL_PAPER,
    titled(r"仅供报销使用", r"限乘当日当次车", r"检票.*[GDCZTK]\d{1,4}", r"中国铁路祝您旅途"),
    read_rail_paper,
)
