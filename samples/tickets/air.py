"""航空运输电子客票行程单, digital and on paper: the parts of the fare under their labels, in yuan after CNY."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from models.kinds import Kind
from models.money import CENT, money_text
from models.qr_payload import build_payload
from samples.canvas import BROWN, KAI, Canvas, draw_qr
from samples.people import company, some_region
from samples.tickets.parts import chinese_day, dice, digits, draw_grid, draw_title, number20, price, some_day
from samples.tickets.ticket import Ticket

WIDTH, HEIGHT = 595.0, 397.0
_CITIES = ("青禾", "云岫", "砚田", "星槎", "白鹭湾")
_HEADS = ("票价", "燃油附加费", "增值税税率", "增值税税额", "民航发展基金", "其他税费", "合计")


def draw_ticket(seed: int) -> Ticket:
    """Draw a digital itinerary."""
    return _drawn(seed, Kind.DIGITAL_AIR)


def draw_paper(seed: int) -> Ticket:
    """Draw an itinerary on paper, which has no number but that of the ticket, and no buyer."""
    return _drawn(seed, Kind.AIR_ITINERARY_PAPER)


def _drawn(seed: int, kind: Kind) -> Ticket:
    random = dice(seed)
    region, date = some_region(random), some_day(random)
    gross, fuel = price(random, 300, 2500).quantize(Decimal(1)), Decimal(random.choice((10, 20, 50)))
    tax = ((gross + fuel) * Decimal("0.09") / Decimal("1.09")).quantize(CENT)
    fare, fund = gross - tax, Decimal(50)
    number, buyer, seller = (
        number20(random, region, date),
        company(random, region),
        company(random, some_region(random)),
    )
    fields = {
        "issue_date": date.isoformat(),
        "fare": money_text(fare),
        "fuel_surcharge": money_text(fuel),
        "tax_rate": "9%",
        "tax": money_text(tax),
        "development_fund": money_text(fund),
        "other_taxes": "0.00",
        "total": money_text(fare + fuel + tax + fund),
        "ticket_number": f"{random.choice(('781', '880', '999'))}-{digits(random, 10)}",
        "verification_code": digits(random, 4),
    }
    if kind is Kind.DIGITAL_AIR:
        fields |= {"invoice_number": number, "buyer_name": buyer.name, "buyer_tax_id": buyer.tax_id}
        fields |= {"qr_payload": build_payload(kind, number, fare + fuel + tax + fund, date)}
    fields["seller_name"] = seller.name
    route = random.sample(_CITIES, 2)
    return Ticket(kind, WIDTH, HEIGHT, fields, lambda canvas: _draw(canvas, fields, route, region.zh))


def _draw(canvas: Canvas, fields: dict[str, str], route: list[str], place: str) -> None:
    digital = "invoice_number" in fields
    title = "电子发票（航空运输电子客票行程单）" if digital else "航空运输电子客票行程单"
    draw_title(canvas, WIDTH, title, place)
    if digital:
        draw_qr(canvas, fields["qr_payload"], 20, 16, 56)
        canvas.text(420, 78, f"发票号码：{fields['invoice_number']}", 9)
    canvas.text(20, 92, "旅客姓名", 9, KAI, BROWN)
    canvas.text(20, 106, "赵一帆", 9)
    canvas.text(150, 92, "有效身份证件号码", 9, KAI, BROWN)
    canvas.text(150, 106, "************123X", 9)
    draw_grid(canvas, (14, 581), (82, 112, 190, 222, 300, 380))
    canvas.text(20, 126, f"自：{route[0]}    MU5{fields['verification_code'][:3]}   Y   10:35", 9)
    canvas.text(20, 142, f"至：{route[1]}", 9)
    for place_x, head, name in zip(range(20, 580, 80), _HEADS, _NAMES, strict=True):
        canvas.text(place_x, 204, head, 8, KAI, BROWN)
        value = fields[name]
        canvas.text(place_x, 217, value if name == "tax_rate" else f"CNY {value}", 8)
    rows = [(20, f"电子客票号码：{fields['ticket_number']}"), (230, f"验证码：{fields['verification_code']}")]
    for x, text in [*rows, (380, "提示信息："), (490, "保险费：")]:
        canvas.text(x, 240, text, 9)
    canvas.text(20, 262, "销售网点代号：ABC123", 9)
    canvas.text(150, 262, f"填开单位：{fields['seller_name']}", 9)
    canvas.text(430, 262, f"填开日期：{chinese_day(dt.date.fromisoformat(fields['issue_date']))}", 9)
    if digital:
        canvas.text(20, 284, f"购买方名称：{fields['buyer_name']}", 9)
        canvas.text(300, 284, f"统一社会信用代码/纳税人识别号：{fields['buyer_tax_id']}", 9)


_NAMES = ("fare", "fuel_surcharge", "tax_rate", "tax", "development_fund", "other_taxes", "total")
