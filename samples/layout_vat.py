"""The form of the old VAT family (专票, 普票, paper and electronic): buyer above the table, seller below it."""

from __future__ import annotations

from models.kinds import Kind
from models.money import money_text
from samples.canvas import KAI, ORANGE, Canvas, draw_qr, draw_seal, scale_to_fit, wrapped
from samples.invoice import Drawn, Line
from samples.layout_digital import draw_mark
from samples.people import Party

WIDTH, HEIGHT = 595.0, 397.0
_PAPER = (Kind.VAT_SPECIAL_PAPER, Kind.VAT_NORMAL_PAPER)
#: As in the digital form: heading, its x, the x of its values, their alignment.
_COLUMNS = (
    ("货物或应税劳务、服务名称", 32.5, 15.6, "left"), ("规格型号", 181.5, 164, "left"), ("单位", 242.5, 251, "centre"),
    ("数 量", 281.6, 321.7, "right"), ("单 价", 341.7, 378.4, "right"), ("金 额", 410.3, 463.5, "right"),
    ("税率", 472.7, 481, "centre"), ("税 额", 524.5, 579.7, "right"),
)  # fmt: skip
_RULES = (160, 236, 270, 327, 384, 466, 498)


def draw_vat(canvas: Canvas, drawn: Drawn) -> None:
    """Draw a whole page."""
    _draw_head(canvas, drawn)
    _draw_frame(canvas)
    _draw_party(canvas, drawn.buyer, "购买方", 97.5)
    for row, char in enumerate("密码区"):
        canvas.text(341, 101 + 18 * row, char, 9, KAI, ORANGE)
    for row, text in enumerate(drawn.padlock):
        canvas.text(358.6, 100 + 14 * row, text, 11)
    for heading, x, _, _ in _COLUMNS:
        canvas.text(x, 158, heading, 9, KAI, ORANGE)
    y = 168.5
    scale = scale_to_fit(sum(10 * len(wrapped(line.name, 9, 142)) + 1 for line in drawn.lines), 92)
    for line in drawn.lines:
        y = _draw_line(canvas, line, y, scale)
    _draw_sums(canvas, drawn)
    _draw_party(canvas, drawn.seller, "销售方", 306.5)
    canvas.text(341, 314, "备", 9, KAI, ORANGE)
    canvas.text(341, 342, "注", 9, KAI, ORANGE)
    for row, text in enumerate(wrapped(drawn.remark, 9, 210)):
        canvas.text(358, 308 + 10 * row, text)
    _draw_people(canvas, drawn)
    if drawn.mark:
        canvas.text(WIDTH / 2, 225, drawn.mark, 44, KAI, (0.8, 0.1, 0.1), "centre")


def _draw_head(canvas: Canvas, drawn: Drawn) -> None:
    draw_qr(canvas, drawn.qr, 23, 9, 56)
    canvas.text(WIDTH / 2, 37, drawn.title, 19, KAI, ORANGE, "centre")
    for y in (48, 50.5):
        canvas.line(193, y, 401, y, ORANGE, 0.9)
    draw_seal(canvas, 297, 52, ("全国统一发票监制章", "国家税务总局", f"{drawn.region.zh}市税务局"), 42, 25)
    rows = [("发票代码：", drawn.code), ("发票号码：", drawn.number), ("开票日期：", f"{drawn.date:%Y年%m月%d日}")]
    if drawn.check_code:
        groups = [drawn.check_code[start : start + 5] for start in range(0, 20, 5)]
        rows.append(("校 验 码：", " ".join(groups)))
    for row, (label, value) in enumerate(rows):
        canvas.text(421, 29 + 15.6 * row, label, 9, KAI, ORANGE)
        canvas.text(465, 29 + 15.6 * row, value)
    canvas.text(15.9, 78.5, "机器编号：", 9, KAI, ORANGE)
    canvas.text(62.4, 78.5, drawn.machine_number)
    if drawn.kind in _PAPER:
        canvas.text(95, 30, drawn.code, 12)
        canvas.text(330, 72, f"№ {drawn.number}", 13)


def _draw_frame(canvas: Canvas) -> None:
    for y in (84, 147, 272, 295, 352):
        canvas.line(12.5, y, 583, y, ORANGE)
    for x in (12.5, 583):
        canvas.line(x, 84, x, 352, ORANGE)
    for x in (35, 337, 354):
        canvas.line(x, 84, x, 147, ORANGE)
        canvas.line(x, 295, x, 352, ORANGE)
    for x in _RULES:
        canvas.line(x, 147, x, 272, ORANGE)
    canvas.line(160, 272, 160, 295, ORANGE)


def _draw_party(canvas: Canvas, party: Party, side: str, y: float) -> None:
    for row, char in enumerate(side):
        canvas.text(19.4, y + 4 + 18 * row, char, 9, KAI, ORANGE)
    labels = ("名    称：", "纳税人识别号：", "地 址、电 话：", "开户行及账号：")
    values = (party.name, party.tax_id, party.address, party.bank)
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        canvas.text(38.3, y + 14.5 * row, label, 9, KAI, ORANGE)
        canvas.text(102, y + 14.5 * row, value, 9 if len(value) < 26 else 7.5)


def _draw_line(canvas: Canvas, line: Line, y: float, scale: float) -> float:
    names = wrapped(line.name, 9, 142)
    tax = "***" if line.tax is None else money_text(line.tax)
    values = ("", line.spec, line.unit, line.quantity, line.price, money_text(line.amount), line.rate, tax)
    for value, (_, _, x, align) in zip(values, _COLUMNS, strict=True):
        if value:
            canvas.text(x, y, value, 9 * scale, align=align)
    for row, name in enumerate(names):
        canvas.text(15.6, y + 10 * scale * row, name, 9 * scale)
    return y + (10 * len(names) + 1) * scale


def _draw_sums(canvas: Canvas, drawn: Drawn) -> None:
    canvas.text(63.8, 269, "合", 9, KAI, ORANGE)
    canvas.text(97.9, 269, "计", 9, KAI, ORANGE)
    canvas.text(463.5, 269, f"¥{money_text(drawn.amount)}", align="right")
    canvas.text(579.7, 269, drawn.tax_text if drawn.tax is None else f"¥{drawn.tax_text}", align="right")
    canvas.text(49, 287, "价税合计（大写）", 9, KAI, ORANGE)
    draw_mark(canvas, 170, 283)
    canvas.text(179, 286.5, drawn.words)
    canvas.text(444, 287, "（小写）", 9, KAI, ORANGE)
    canvas.text(480, 287, f"¥{money_text(drawn.total)}", 10)


def _draw_people(canvas: Canvas, drawn: Drawn) -> None:
    people = (("收 款 人：", drawn.payee, 20), ("复 核：", drawn.reviewer, 180), ("开 票 人：", drawn.drawer, 300))
    for label, name, x in people:
        canvas.text(x, 363.6, label, 9, KAI, ORANGE)
        canvas.text(x + 44, 363.6, name)
    canvas.text(436, 363.6, "销 售 方：（章）", 9, KAI, ORANGE)
    rows = (drawn.seller.name[:14], drawn.seller.tax_id, "发票专用章")
    # A seal on paper lies across the remark; on an electronic invoice it stands free, so that its text stays apart.
    draw_seal(canvas, 520, 346 if drawn.kind in _PAPER else 375, rows, 54, 30 if drawn.kind in _PAPER else 19)
