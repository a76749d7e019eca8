"""What stands at the foot of the form: 收款人, 复核, 开票人, and the remark."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.extract.frame import Frame
from intake.extract.lines import Line, Piece

_PEOPLE = {
    "payee": re.compile(r"收款人[::]?"),
    "reviewer": re.compile(r"复核人?[::]"),
    "drawer": re.compile(r"开票人[::]?"),
}
_STOP = re.compile(r"收款人|复核|开票人|销售|[(]章|下载次数|$")
#: What a red-letter invoice says of the one it cancels, in its remark (rule book §4.6).
_CANCELLED = re.compile(r"(?:被红冲蓝字数电发票号码|对应正数发票代码:?\d{10,12}号码):?(\d{20}|\d{8})(?!\d)")
_NAME = re.compile(r"[^:;,。;\d]{1,20}")
_SIDE = re.compile(r"^[备注]+$")


def read_people(lines: Sequence[Line]) -> dict[str, Piece]:
    """Read payee, reviewer and drawer; what is not printed is left out."""
    people: dict[str, Piece] = {}
    for line in lines:
        for field, label in _PEOPLE.items():
            found = label.search(line.text)
            if not found or field in people:
                continue
            stop = _STOP.search(line.text, found.end())
            name = _NAME.match(line.text[found.end() : stop.start() if stop else len(line.text)])
            if name:
                people[field] = line.cut(found.end(), found.end() + name.end())
    return people


def read_cancelled(lines: Sequence[Line]) -> Piece | None:
    """Read the number of the invoice that a red-letter invoice cancels."""
    return next((piece for line in lines for _, piece in line.match(_CANCELLED)), None)


def read_remark(frame: Frame, x0: float, bottom: float) -> str | None:
    """Read the remark: all lines right of ``x0`` between 价税合计 and ``bottom``, the vertical label left out."""
    if frame.words is None:
        return None
    lines = frame.area(x0, frame.words.y + 0.7 * frame.height, frame.page.width * 0.99, bottom)
    texts = [" ".join(word.text for word in line.words if not _SIDE.match(word.text)) for line in lines]
    return " ".join(text for text in texts if text) or None
