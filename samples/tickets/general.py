"""通用（电子）发票 of a province, and 通用机打发票 on paper: one amount, in figures and in words."""

from __future__ import annotations

from models.amount_words import print_words
from models.kinds import Kind
from models.money import money_text
from samples.canvas import Canvas
from samples.people import company, person, some_region
from samples.tickets.parts import chinese_day, dice, digits, draw_grid, draw_rows, draw_title, price, some_day
from samples.tickets.ticket import Ticket

WIDTH, HEIGHT = 595.0, 360.0


def draw_ticket(seed: int) -> Ticket:
    """Draw an electronic one."""
    return _drawn(seed, Kind.LOCAL_E)


def draw_paper(seed: int) -> Ticket:
    """Draw one printed by machine."""
    return _drawn(seed, Kind.MACHINE)


def _drawn(seed: int, kind: Kind) -> Ticket:
    random = dice(seed)
    region, date = some_region(random), some_day(random)
    total = price(random, 10, 2000)
    buyer, seller = company(random, region), company(random, region)
    fields = {
        "invoice_code": f"1{region.code4}{date:%y}0{digits(random, 4)}",
        "invoice_number": digits(random, 8),
        "issue_date": date.isoformat(),
        "buyer_name": buyer.name,
        "seller_name": seller.name,
        "seller_tax_id": seller.tax_id,
        "total": money_text(total),
        "total_in_words": print_words(total),
        "drawer": person(random),
    }
    if kind is Kind.LOCAL_E:
        fields["check_code"] = digits(random, 20)
        fields["buyer_tax_id"] = buyer.tax_id
    title = f"{region.zh}{'通用（电子）发票' if kind is Kind.LOCAL_E else '通用机打发票'}"
    return Ticket(
        kind, WIDTH, HEIGHT, fields, lambda canvas: _draw(canvas, fields, title, chinese_day(date), region.zh)
    )


def _draw(canvas: Canvas, fields: dict[str, str], title: str, day: str, place: str) -> None:
    draw_title(canvas, WIDTH, title, place)
    draw_rows(
        canvas,
        [
            (410, 44, "发票代码：", 456, fields["invoice_code"]),
            (410, 58, "发票号码：", 456, fields["invoice_number"]),
            (410, 72, "开票日期：", 456, day),
            (20, 88, "付款方名称：", 90, fields["buyer_name"]),
            (20, 106, "收款方名称：", 90, fields["seller_name"]),
            (310, 106, "收款方识别号：", 376, fields["seller_tax_id"]),
            (30, 140, "项目", 0, ""), (250, 140, "单价", 0, ""), (350, 140, "数量", 0, ""), (470, 140, "金额", 0, ""),
            (30, 160, "", 30, "餐费"), (250, 160, "", 250, fields["total"]), (350, 160, "", 356, "1"),
            (470, 160, "", 470, fields["total"]),
            (20, 250, "合计（大写）：", 90, fields["total_in_words"]),
            (400, 250, "（小写）：", 450, f"¥{fields['total']}"),
            (20, 280, "备注：", 60, ""),
            (60, 330, "开票人：", 105, fields["drawer"]),
        ],
    )  # fmt: skip
    if "check_code" in fields:
        draw_rows(canvas, [(20, 74, "校验码：", 60, fields["check_code"])])
        draw_rows(canvas, [(310, 88, "付款方识别号：", 376, fields["buyer_tax_id"])])
    draw_grid(canvas, (14, 581), (124, 146, 234, 260, 300))
