"""What people send in place of an invoice; none of it may be forced into a kind."""

from __future__ import annotations

from samples.canvas import KAI, Canvas
from samples.people import company, person, some_region
from samples.tickets.parts import dice, digits, draw_grid, price, some_day

WIDTH, HEIGHT = 420.0, 560.0
#: Name of the sample, what the service must call it.
OTHERS = {
    "payment": "支付截图",
    "itinerary": "行程单",
    "statement": "银行单据",
    "receipt": "收据或内部单据",
    "contract": "合同",
    "title-card": "开票信息",
    "foreign": "境外发票",
    "blank": "空白页",
}


def draw_other(canvas: Canvas, name: str, seed: int) -> None:
    """Draw a page that is no invoice."""
    random = dice(seed)
    one, two = company(random, some_region(random)), company(random, some_region(random))
    amount, day = price(random, 20, 900), some_day(random)
    rows: dict[str, tuple[str, ...]] = {
        "payment": ("支付成功", f"¥{amount}", f"收款方 {one.name}", "付款方式 零钱", f"{day} 12:31"),
        "itinerary": (
            "网约车出行-行程单", f"申请日期：{day}", f"共1笔行程，合计{amount}元", "序号 车型 上车时间 起点 终点 金额",
            f"1 快车 {day} 青禾路 松间里 {amount}",
        ),
        "statement": (
            "示例银行电子回单", f"付款人：{one.name}", f"收款人：{two.name}", f"金额：{amount}", f"日期：{day}",
        ),
        "receipt": (
            "收款收据", f"No {digits(random, 7)}", f"今收到：{one.name}", f"人民币：{amount}",
            f"经手人：{person(random)}",
        ),
        "contract": (
            "购销合同", f"合同编号：HT{digits(random, 8)}", f"甲方：{one.name}", f"乙方：{two.name}",
            "一、甲方向乙方采购办公用品，乙方应开具增值税发票。", f"二、合同金额：{amount}元。", f"签订日期：{day}",
        ),
        "title-card": (
            "开票信息", f"名称：{one.name}", f"税号：{one.tax_id}", f"地址电话：{one.address}", f"开户行：{one.bank}",
        ),
        "foreign": ("INVOICE", f"Invoice No. INV-{digits(random, 6)}", "Bill to: Greenfield Trading Ltd.",
                    f"Date: {day}", "Consulting services 1 pc", f"Amount due: USD {amount}"),
        "blank": (),
    }  # fmt: skip
    for number, text in enumerate(rows[name]):
        y = 60 + 46 * number
        if number == 0:
            canvas.text(WIDTH / 2, y, text, 22, KAI, align="centre")
        else:
            canvas.text(40, y, text, 11)
    if name == "itinerary":
        draw_grid(canvas, (34, 386), (180, 218, 262))
