"""定额发票: a face value in words, code and number, no date; the code may carry a letter (docs: real forms)."""

from __future__ import annotations

import re

from intake.extract.draft import Draft
from intake.extract.form import Form, titled
from intake.extract.frame import Frame
from intake.extract.labels import Label, read_labelled
from models.amount_words import parse_words
from models.kinds import Kind
from models.money import money_text

_LABELS = {
    "invoice_code": Label(r"发票代码", r"(?:\d{12}|\d{8}[A-Z]\d{3}|\d{10})(?![0-9A-Z])"),
    "invoice_number": Label(r"发票号码", r"\d{8}(?!\d)"),
}
_FACE = re.compile(r"[壹贰叁肆伍陆柒捌玖拾佰仟]{1,5}[元圆角][整正]?")
#: Who issued it stands before the title, unless it is the tax office that printed it for all.
_ISSUER = re.compile(r"^(.{4,40}(?<!税务局)(?<![省市区县]))通用定额发票")


def read_quota(frame: Frame, draft: Draft) -> None:
    """Read all fields of the form into the draft; the total is what the words say."""
    read_labelled(frame.lines, draft, _LABELS)
    for line in frame.lines:
        for _, piece in line.match(_ISSUER):
            draft.add("seller_name", piece)
    faces = [piece for line in frame.lines for _, piece in line.match(_FACE)]
    if faces:
        face = max(faces, key=lambda piece: piece.box.height)
        value = parse_words(face.text).value
        draft.add("total_in_words", face)
        draft.add("total", face, money_text(value) if value is not None else None)


FORM = Form(Kind.QUOTA, titled(r"定额发票"), read_quota)
