"""The form of a 数电票: buyer and seller side by side, one table, 595 by 397 points."""

from __future__ import annotations

from models.money import money_text
from samples.canvas import BROWN, KAI, Canvas, draw_qr, draw_seal, scale_to_fit, wrapped
from samples.invoice import Drawn, Line

WIDTH, HEIGHT = 595.0, 397.0
#: Heading, where it starts, and where its values stand: (text, x of heading, x of value, alignment).
_COLUMNS = (
    ("项目名称", 45.4, 14, "left"), ("规格型号", 119.4, 119.4, "left"), ("单 位", 190, 203, "centre"),
    ("数 量", 263.7, 290.5, "right"), ("单 价", 334.5, 361.4, "right"), ("金 额", 406.8, 433.7, "right"),
    ("税率/征收率", 446.5, 472, "centre"), ("税 额", 551.4, 581, "right"),
)  # fmt: skip


def draw_digital(canvas: Canvas, drawn: Drawn) -> None:
    """Draw a whole page."""
    _draw_head(canvas, drawn)
    _draw_frame(canvas)
    for x, side, party in ((0.0, "购买方信息", drawn.buyer), (285.0, "销售方信息", drawn.seller)):
        for row, char in enumerate(side):
            canvas.text(17 + x, 100.5 + 9.9 * row, char, 8, KAI, BROWN)
        canvas.text(32.6 + x, 103.3, "名称：", 9, KAI, BROWN)
        canvas.text(58 + x, 103.3, party.name)
        canvas.text(32.5 + x, 133, "统一社会信用代码/纳税人识别号：", 9, KAI, BROWN)
        canvas.text(166 + x, 133, party.tax_id, 11, "mono")
    for heading, x, _, _ in _COLUMNS:
        canvas.text(x, 158.5, heading, 9, KAI, BROWN)
    y = 170.0
    needed = sum(9.5 * len(wrapped(line.name, 9, 100)) + 2 for line in drawn.lines)
    scale = scale_to_fit(needed, 92)
    for line in drawn.lines:
        y = _draw_line(canvas, line, y, scale)
    _draw_sums(canvas, drawn)
    canvas.text(17, 317, "备", 9, KAI, BROWN)
    canvas.text(17, 334, "注", 9, KAI, BROWN)
    for row, text in enumerate(wrapped(drawn.remark, 9, 530)):
        canvas.text(31.5, 304 + 9.5 * row, text)
    canvas.text(55.3, 375.4, "开票人：", 9, KAI, BROWN)
    canvas.text(91, 375.4, drawn.drawer)
    if drawn.mark:
        canvas.text(WIDTH / 2, 225, drawn.mark, 44, KAI, (0.8, 0.1, 0.1), "centre")


def _draw_head(canvas: Canvas, drawn: Drawn) -> None:
    if drawn.qr:
        draw_qr(canvas, drawn.qr, 18, 17, 57)
    canvas.text(WIDTH / 2, 40, drawn.title, 19, KAI, BROWN, "centre")
    for y in (50.5, 53):
        canvas.line(186, y, 393, y, BROWN, 0.9)
    draw_seal(canvas, 297, 58, ("全国统一发票监制章", "国家税务总局", f"{drawn.region.zh}市税务局"), 42, 26)
    canvas.text(438, 39.4, "发票号码：", 9, KAI, BROWN)
    canvas.text(482, 39.4, drawn.number)
    canvas.text(438, 56.4, "开票日期：", 9, KAI, BROWN)
    canvas.text(482, 56.4, f"{drawn.date:%Y年%m月%d日}")


def _draw_frame(canvas: Canvas) -> None:
    for y in (84.5, 147.5, 272, 295, 351.5):
        canvas.line(12.5, y, 583, y, BROWN)
    for x in (12.5, 583):
        canvas.line(x, 84.5, x, 351.5, BROWN)
    for x in (30, 297.5, 315):
        canvas.line(x, 84.5, x, 147.5, BROWN)
    canvas.line(160, 272, 160, 295, BROWN)
    canvas.line(30, 295, 30, 351.5, BROWN)


def _draw_line(canvas: Canvas, line: Line, y: float, scale: float) -> float:
    names = wrapped(line.name, 9, 100)
    tax = "***" if line.tax is None else money_text(line.tax)
    values = ("", line.spec, line.unit, line.quantity, line.price, money_text(line.amount), line.rate, tax)
    for value, (_, _, x, align) in zip(values, _COLUMNS, strict=True):
        if value:
            canvas.text(x, y, value, (9 if len(value) < 12 else 8) * scale, align=align)
    for row, name in enumerate(names):
        canvas.text(14, y + 9.5 * scale * row, name, 9 * scale)
    return y + (9.5 * len(names) + 2) * scale


def _draw_sums(canvas: Canvas, drawn: Drawn) -> None:
    canvas.text(58, 269, "合", 9, KAI, BROWN)
    canvas.text(103.5, 269, "计", 9, KAI, BROWN)
    canvas.text(433.7, 269, f"¥{money_text(drawn.amount)}", align="right")
    canvas.text(581, 269, drawn.tax_text if drawn.tax is None else f"¥{drawn.tax_text}", align="right")
    canvas.text(48, 287.5, "价税合计（大写）", 9, KAI, BROWN)
    draw_mark(canvas, 171, 283.5)
    canvas.text(180, 286.5, drawn.words)
    canvas.text(406.8, 287.5, "（小写）", 9, KAI, BROWN)
    canvas.text(442, 286.5, f"¥{money_text(drawn.total)}", 10)


def draw_mark(canvas: Canvas, x: float, y: float) -> None:
    """Draw the crossed circle before 大写."""
    canvas.ellipse(x, y, 5.5, 5.5, (0, 0, 0), 0.8)
    canvas.line(x - 3.9, y - 3.9, x + 3.9, y + 3.9, (0, 0, 0))
    canvas.line(x - 3.9, y + 3.9, x + 3.9, y - 3.9, (0, 0, 0))
