"""深圳电子普通发票: the form of the electronic VAT invoice with an address as QR code and five characters to check."""

from __future__ import annotations

import hashlib

from models.amount_words import print_words
from models.kinds import Kind
from models.money import money_text
from samples.canvas import Canvas, draw_qr
from samples.people import company, person, some_region
from samples.tickets.parts import chinese_day, dice, digits, draw_grid, draw_rows, draw_title, price, some_day, with_tax
from samples.tickets.ticket import Ticket

WIDTH, HEIGHT = 595.0, 397.0


def draw_ticket(seed: int) -> Ticket:
    """Draw one invoice."""
    random = dice(seed)
    date = some_day(random)
    buyer, seller = company(random, some_region(random)), company(random, some_region(random))
    total = price(random, 20, 3000)
    amount, tax = with_tax(total, "6")
    number = digits(random, 8)
    seal = hashlib.sha256(number.encode()).hexdigest()
    fields = {
        "invoice_code": f"14403{date:%y}09110",
        "invoice_number": number,
        "issue_date": date.isoformat(),
        "check_code": seal[:5],
        "buyer_name": buyer.name,
        "buyer_tax_id": buyer.tax_id,
        "seller_name": seller.name,
        "seller_tax_id": seller.tax_id,
        "amount_excl_tax": money_text(amount),
        "tax": money_text(tax),
        "total": money_text(total),
        "total_in_words": print_words(total),
        "drawer": person(random),
        "qr_payload": f"https://bcfp.shenzhen.chinatax.gov.cn/verify/scan?hash={seal}&bill_num={number}"
        f"&total_amount={int(total * 100)}",
    }
    day = chinese_day(date)
    return Ticket(Kind.BLOCKCHAIN, WIDTH, HEIGHT, fields, lambda canvas: _draw(canvas, fields, day))


def _draw(canvas: Canvas, fields: dict[str, str], day: str) -> None:
    draw_title(canvas, WIDTH, "深圳电子普通发票", "深圳市")
    draw_qr(canvas, fields["qr_payload"], 20, 12, 60)
    draw_rows(
        canvas,
        [
            (430, 32, "发票代码：", 474, fields["invoice_code"]),
            (430, 46, "发票号码：", 474, fields["invoice_number"]),
            (430, 60, "开票日期：", 474, day),
            (430, 74, "校验码：", 474, fields["check_code"]),
        ],
    )
    draw_grid(canvas, (14, 581), (86, 146, 272, 296, 352))
    for y, side in ((100, "buyer"), (312, "seller")):
        draw_rows(
            canvas,
            [
                (36, y, "名称：", 110, fields[f"{side}_name"]),
                (36, y + 18, "纳税人识别号：", 110, fields[f"{side}_tax_id"]),
            ],
        )
    heads = (
        ("项目名称", 30),
        ("规格型号", 160),
        ("单位", 230),
        ("数量", 290),
        ("单价", 350),
        ("金额", 430),
        ("税率", 480),
        ("税额", 545),
    )
    draw_rows(canvas, [(x, 160, label, 0, "") for label, x in heads])
    for x, value in ((30, "*餐饮服务*餐费"), (296, "1"), (480, "6%")):
        canvas.text(x, 176, value)
    for x, name in ((372, "amount_excl_tax"), (452, "amount_excl_tax"), (568, "tax")):
        canvas.text(x, 176, fields[name], align="right")
    draw_rows(canvas, [(60, 268, "合", 0, ""), (100, 268, "计", 0, "")])
    canvas.text(452, 268, f"¥{fields['amount_excl_tax']}", align="right")
    canvas.text(568, 268, f"¥{fields['tax']}", align="right")
    draw_rows(
        canvas,
        [
            (36, 288, "价税合计（大写）", 150, fields["total_in_words"]),
            (430, 288, "（小写）", 470, f"¥{fields['total']}"),
            (60, 366, "开票人：", 105, fields["drawer"]),
        ],
    )
