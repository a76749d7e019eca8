"""财政电子票据: 非税收入 and 医疗收费, by turns."""

from __future__ import annotations

from models.amount_words import print_words
from models.kinds import Kind
from models.money import money_text
from samples.canvas import BROWN, KAI, Canvas, draw_qr, draw_seal
from samples.people import company, person, some_region
from samples.tickets.parts import dice, digits, draw_grid, draw_rows, letters, price, some_day
from samples.tickets.ticket import Ticket

WIDTH, HEIGHT = 595.0, 360.0


def draw_ticket(seed: int) -> Ticket:
    """Draw one bill."""
    random = dice(seed)
    region, date = some_region(random), some_day(random)
    total = price(random, 5, 900)
    payer = company(random, region)
    medical = seed % 2 == 1
    fields = {
        "invoice_code": f"{region.code4[:2]}{'06' if medical else '01'}01{date:%y}",
        "invoice_number": digits(random, 10),
        "check_code": letters(random, 6).lower(),
        "issue_date": date.isoformat(),
        "buyer_name": person(random) if medical else payer.name,
        "seller_name": f"{region.zh}市砚池{'人民医院' if medical else '知识产权局'}",
        "total": money_text(total),
        "total_in_words": print_words(total),
        "reviewer": person(random),
        "payee": person(random),
    }
    if not medical:
        fields["buyer_tax_id"] = payer.tax_id
    parts = (fields["invoice_code"], fields["invoice_number"], fields["check_code"], f"{date:%Y%m%d}", fields["total"])
    fields["qr_payload"] = ",".join(("CZ-EI-00", "1.1.0", *parts))
    title = f"{region.zh}省{'医疗门诊收费票据（电子）' if medical else '非税收入统一票据（电子）'}"
    return Ticket(Kind.FISCAL_BILL, WIDTH, HEIGHT, fields, lambda canvas: _draw(canvas, fields, title))


def _draw(canvas: Canvas, fields: dict[str, str], title: str) -> None:
    canvas.text(WIDTH / 2, 44, title, 17, KAI, BROWN, "centre")
    draw_seal(canvas, WIDTH / 2, 58, ("财政票据监制章", "示例省", "财政部监制"))
    draw_qr(canvas, fields["qr_payload"], 520, 20, 56)
    draw_rows(
        canvas,
        [
            (20, 80, "票据代码：", 66, fields["invoice_code"]),
            (330, 80, "票据号码：", 376, fields["invoice_number"]),
            (20, 96, "交款人统一社会信用代码：", 132, fields.get("buyer_tax_id", "")),
            (330, 96, "校验码：", 376, fields["check_code"]),
            (20, 112, "交款人：", 66, fields["buyer_name"]),
            (330, 112, "开票日期：", 376, fields["issue_date"]),
            (20, 250, "金额合计（大写）", 110, fields["total_in_words"]),
            (380, 250, "（小写）", 430, fields["total"]),
            (20, 276, "其他信息", 0, ""),
            (20, 330, "收款单位（章）：", 92, fields["seller_name"]),
            (330, 330, "复核人：", 370, fields["reviewer"]),
            (460, 330, "收款人：", 500, fields["payee"]),
        ],
    )
    heads = (("项目编码", 30), ("项目名称", 130), ("单位", 260), ("数量", 320), ("标准", 390), ("金额（元）", 470))
    draw_rows(canvas, [(x, 136, label, 0, "") for label, x in heads])
    for x, value in (
        (30, "103044"),
        (130, "服务费"),
        (262, "次"),
        (324, "1"),
        (390, fields["total"]),
        (470, fields["total"]),
    ):
        canvas.text(x, 156, value)
    draw_grid(canvas, (14, 581), (122, 142, 236, 260, 312))
