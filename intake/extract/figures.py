"""The figures below the table: 金额, 税额, 价税合计 and 大写."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.extract.frame import Frame
from intake.extract.lines import Line, Piece, build_lines

_MONEY = re.compile(r"[(]?[¥￥]?[(]?-?[¥￥]?\d[\d,]*\.\d{1,2}(?!\d)[)]?")
_SIGNED = re.compile(r"[(]?[¥￥]-?\d[\d,]*\.\d{1,2}(?!\d)")
_STARS = re.compile(r"\*{2,}|(?<=¥)\*")
_WORDS = re.compile(r"(?:[(]?负数[)]?)?[零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿圆元园角分整正弍弐貳參叄陸萬億圓弎]{2,}")
_WORDS_LABEL = re.compile(r"价税合计|大写[)]?")
_FIGURE_LABEL = re.compile(r"小写[)]?")


@dataclass(frozen=True, slots=True)
class Figures:
    """The totals of an invoice as printed. ``tax_starred``: the tax is printed as ``***`` (免税/不征税)."""

    amount: Piece | None = None
    tax: Piece | None = None
    tax_starred: bool = False
    total: Piece | None = None
    in_words: Piece | None = None


def read_figures(frame: Frame) -> Figures:
    """Read the rows 合计 and 价税合计."""
    amount, tax, starred = _totals(frame)
    in_words = _in_words(frame)
    return Figures(amount, tax, starred, _total(frame), in_words)


def money_pieces(line: Line) -> list[Piece]:
    """All figures with two decimals on a line, from left to right, without their currency sign."""
    return [
        _bare(line, *found.span()) for start, end in line.spans() for found in _MONEY.finditer(line.text, start, end)
    ]


def _bare(line: Line, start: int, end: int) -> Piece:
    while start < end and line.text[start] in "(¥￥":
        start += 1
    while end > start and line.text[end - 1] == ")":
        end -= 1
    piece = line.cut(start, end)
    return Piece(re.sub(r"[¥￥,]", "", piece.text), piece.box, piece.confidence)


def _totals(frame: Frame) -> tuple[Piece | None, Piece | None, bool]:
    if frame.totals is None:
        return None, None, False
    line = _totals_line(frame, frame.totals)
    label = re.search(r"合计", line.text)
    figures = [piece for piece in money_pieces(line) if label is None or piece.box.x0 > line.cut(*label.span()).box.x0]
    stars = [line.cut(*found.span()) for found in _STARS.finditer(line.text)]
    if len(figures) >= 2:
        return figures[0], figures[1], False
    if len(figures) == 1:
        if stars:
            return figures[0], stars[-1], True
        return (None, figures[0], False) if _under_tax(frame, figures[0]) else (figures[0], None, False)
    return None, None, False


def _totals_line(frame: Frame, found: Line) -> Line:
    """The row again with all its figures, as shifted print puts some of them a little above or below."""
    band = frame.area(0, found.y - frame.height, frame.page.width, found.y + frame.height)
    words = [word for line in band for word in line.words if line is not frame.words]
    words = [word for word in words if frame.words is None or word.box.center[1] < frame.words.y - 0.4 * frame.height]
    lines = build_lines(words)
    rows = [line for line in lines if money_pieces(line)]
    return max(rows, key=lambda line: (len(money_pieces(line)), -abs(line.y - found.y)), default=found)


def _under_tax(frame: Frame, piece: Piece) -> bool:
    tax, amount = frame.columns.get("tax"), frame.columns.get("amount")
    if tax is None or amount is None:
        return False
    return abs(piece.box.x1 - tax.x1) < abs(piece.box.x1 - amount.x1)


def _total(frame: Frame) -> Piece | None:
    """The figure of 价税合计: right of 小写 on the row, else the first signed figure below 合计."""
    if frame.words is not None:
        line = frame.words
        label = _FIGURE_LABEL.search(line.text)
        if label:
            start = line.cut(*label.span()).box.x0
            figures = [piece for piece in money_pieces(line) if piece.box.x0 >= start]
            if figures and line is not frame.totals:
                return figures[0]
    top = frame.totals.y + 0.8 * frame.height if frame.totals else frame.page.height / 2
    below = [line for line in frame.lines if top < line.y < top + 4 * frame.height and line is not frame.totals]
    signed = [_bare(line, *found.span()) for line in below for found in _SIGNED.finditer(line.text)]
    return signed[0] if signed else None


def _in_words(frame: Frame) -> Piece | None:
    if frame.words is None:
        return None
    line = frame.words
    rows = [line, *frame.area(0, line.y - frame.height, frame.page.width, line.y + frame.height)]
    for row in rows:
        label = _WORDS_LABEL.search(row.text)
        start = label.end() if label else 0
        longest = max(_WORDS.finditer(row.text, start), key=lambda found: len(found.group()), default=None)
        if longest and re.search(r"[圆元园圓角分整]", longest.group()):
            return row.cut(*longest.span())
    return None
