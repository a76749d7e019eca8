"""通行费电子发票: the electronic VAT invoice with plate, type and days of passage in its table."""

from __future__ import annotations

import datetime as dt

from models.amount_words import print_words
from models.kinds import Kind
from models.money import money_text
from models.qr_payload import build_payload
from samples.canvas import BROWN, KAI, Canvas, draw_qr
from samples.people import company, person, some_region
from samples.tickets.parts import (
    chinese_day,
    dice,
    digits,
    draw_grid,
    draw_rows,
    draw_title,
    letters,
    price,
    some_day,
    with_tax,
)  # fmt: skip
from samples.tickets.ticket import Ticket

WIDTH, HEIGHT = 595.0, 397.0


def draw_ticket(seed: int) -> Ticket:
    """Draw one invoice; odd seeds are 不征税, whose tax is printed as stars."""
    random = dice(seed)
    region, date = some_region(random), some_day(random)
    free = seed % 2 == 1
    total = price(random, 5, 400)
    amount, tax = (total, total * 0) if free else with_tax(total, "3")
    buyer, seller = company(random, some_region(random)), company(random, region)
    code, number, check = f"0{region.code4}{date:%y}00112", digits(random, 8), digits(random, 20)
    fields = {
        "invoice_code": code,
        "invoice_number": number,
        "issue_date": date.isoformat(),
        "check_code": check,
        "machine_number": f"49{digits(random, 10)}",
        "buyer_name": buyer.name,
        "buyer_tax_id": buyer.tax_id,
        "seller_name": seller.name,
        "seller_tax_id": seller.tax_id,
        "amount_excl_tax": money_text(amount),
        "tax": money_text(tax),
        "total": money_text(total),
        "total_in_words": print_words(total),
        "drawer": person(random),
        "payee": person(random),
        "reviewer": person(random),
        "qr_payload": build_payload(Kind.TOLL_ELECTRONIC, number, amount, date, code=code, check_code=check),
    }
    plate = f"{random.choice('京津冀晋辽')}B{letters(random, 5)}"
    row = (plate, "客车", f"{date - dt.timedelta(days=9):%Y%m%d}", f"{date:%Y%m%d}")
    return Ticket(
        Kind.TOLL_ELECTRONIC, WIDTH, HEIGHT, fields, lambda canvas: _draw(canvas, fields, row, free, region.zh)
    )


def _draw(canvas: Canvas, fields: dict[str, str], row: tuple[str, ...], free: bool, place: str) -> None:
    draw_title(canvas, WIDTH, f"{place}增值税电子普通发票", place)
    canvas.text(100, 40, "通行费", 14, KAI, BROWN)
    draw_qr(canvas, fields["qr_payload"], 20, 12, 56)
    day = chinese_day(dt.date.fromisoformat(fields["issue_date"]))
    check = fields["check_code"]
    groups = " ".join(check[start : start + 5] for start in range(0, 20, 5))
    draw_rows(
        canvas,
        [
            (420, 30, "发票代码：", 464, fields["invoice_code"]),
            (420, 44, "发票号码：", 464, fields["invoice_number"]),
            (420, 58, "开票日期：", 464, day),
            (420, 72, "校 验 码：", 464, groups),
            (16, 80, "机器编号：", 62, fields["machine_number"]),
        ],
    )
    draw_grid(canvas, (14, 581), (86, 146, 272, 296, 352))
    for y, side in ((100, "buyer"), (310, "seller")):
        draw_rows(
            canvas,
            [
                (38, y, "名    称：", 102, fields[f"{side}_name"]),
                (38, y + 14, "纳税人识别号：", 102, fields[f"{side}_tax_id"]),
                (38, y + 28, "地 址、电 话：", 102, ""),
            ],
        )
    _draw_table(canvas, fields, row, free)


def _draw_table(canvas: Canvas, fields: dict[str, str], row: tuple[str, ...], free: bool) -> None:
    heads = (
        ("项目名称", 40), ("车牌号", 150), ("类型", 220), ("通行日期起", 262), ("通行日期止", 335), ("金额", 425),
        ("税率", 478), ("税额", 545),
    )  # fmt: skip
    draw_rows(canvas, [(x, 160, label, 0, "") for label, x in heads])
    for x, value in zip((150, 222, 264, 337), row, strict=True):
        canvas.text(x, 174, value)
    canvas.text(16, 174, "*经营租赁*通行费")
    canvas.text(472, 174, "不征税" if free else "3%")
    stars = "***" if free else fields["tax"]
    for y, sign in ((174, ""), (268, "¥")):
        canvas.text(445, y, f"{sign}{fields['amount_excl_tax']}", align="right")
        canvas.text(568, y, stars if free else f"{sign}{stars}", align="right")
    draw_rows(
        canvas,
        [
            (60, 268, "合", 0, ""), (100, 268, "计", 0, ""),
            (40, 288, "价税合计（大写）", 160, fields["total_in_words"]),
            (430, 288, "（小写）", 470, f"¥{fields['total']}"),
            (20, 366, "收 款 人：", 66, fields["payee"]),
            (180, 366, "复 核：", 220, fields["reviewer"]),
            (300, 366, "开 票 人：", 346, fields["drawer"]),
        ],
    )  # fmt: skip
