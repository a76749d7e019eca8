"""The digital family (数电票): a 20-digit number, buyer on the left and seller on the right above the table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.foot import read_cancelled, read_people, read_remark
from intake.extract.form import VAT_SUM, Form, titled
from intake.extract.frame import Frame
from intake.extract.lines import Line
from intake.extract.parties import read_party
from intake.extract.table import read_items
from intake.extract.vat import read_totals
from models.kinds import Kind
from models.reading import Word

_NAME = re.compile(r"名称[::]?")
_ID_LABEL = re.compile(r"(?:统一社会信用代码/?)?纳税人识别号|统一社会信用代码")
_SELLER_SIDE = re.compile(r"^[销售方信息]+$")


def read_digital(frame: Frame, draft: Draft) -> None:
    """Read all fields of the page into the draft."""
    head = [line for line in frame.lines if line.y < frame.head_bottom]
    draft.add("invoice_number", heading.number20(head))
    dated = heading.issue_date(head)
    if dated:
        draft.add("issue_date", *dated)
    middle = _middle(frame, head)
    top = _parties_top(frame, head)
    for side, (x0, x1) in {"buyer": (0.0, middle), "seller": (middle, frame.page.width)}.items():
        party = read_party(frame.area(x0, top, x1, frame.head_bottom))
        draft.add(f"{side}_name", party.name)
        draft.add(f"{side}_tax_id", party.tax_id)
    read_totals(frame, draft)
    draft.items = read_items(frame)
    _read_foot(frame, draft)


def _middle(frame: Frame, head: Sequence[Line]) -> float:
    """The x where the seller's block begins: its vertical side label, or just left of its first label."""
    starts = [line.cut(*found.span()).box.x0 for line in head for found in _NAME.finditer(line.text)]
    starts += [line.cut(*found.span()).box.x0 for line in head for found in _ID_LABEL.finditer(line.text)]
    if not starts:
        return frame.page.width / 2
    right = [x for x in starts if x > min(starts) + 10 * frame.height]
    if not right:
        return frame.page.width / 2
    label = min(right)
    side = [word.box.x0 for word in frame.words_all if _is_side_label(word, label, frame.height)]
    return (min(side) if side else label - 0.5 * frame.height) - 1


def _is_side_label(word: Word, label: float, height: float) -> bool:
    return bool(_SELLER_SIDE.match(word.text)) and label - 3 * height < word.box.x0 < label


def _parties_top(frame: Frame, head: Sequence[Line]) -> float:
    rows = [line.box.y0 for line in head if _NAME.search(line.text) or _ID_LABEL.search(line.text)]
    return min(rows) - 0.3 * frame.height if rows else 0.0


def _read_foot(frame: Frame, draft: Draft) -> None:
    below = [line for line in frame.lines if line.y > frame.parties_bottom]
    draft.add("original_number", read_cancelled(below))
    for name, piece in read_people(below).items():
        draft.add(name, piece)
    drawn = [line.y for line in below if re.search(r"开票人[::]", line.text)]
    bottom = drawn[-1] - 0.5 * frame.height if drawn else frame.page.height
    draft.add_text("remark", read_remark(frame, 0.0, bottom))


FORMS = (
    Form(Kind.DIGITAL_SPECIAL, titled(r"电子发票.{0,3}增值税专用发票"), read_digital, (VAT_SUM,)),
    Form(Kind.DIGITAL_NORMAL, titled(r"电子发票.{0,3}普通发票"), read_digital, (VAT_SUM,)),
)
