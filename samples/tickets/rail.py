"""铁路电子客票: the fare alone, neither seller nor tax (rule book §1); 595 by 397 points."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from models.kinds import Kind
from models.money import money_text
from models.qr_payload import build_payload
from samples.canvas import BROWN, KAI, Canvas, draw_qr, draw_seal
from samples.people import company, some_region
from samples.tickets.ticket import Ticket

_STATIONS = ("青禾南", "云岫东", "砚田", "白鹭湾北", "星槎", "松间西")


def draw_ticket(seed: int) -> Ticket:
    """Draw one ticket."""
    random = Random(seed)  # noqa: S311 - drawn data, no secret
    region = some_region(random)
    issued = dt.date(2025, 1, 2) + dt.timedelta(days=random.randint(0, 330))
    travel = issued - dt.timedelta(days=random.randint(0, 20))
    number = f"{issued:%y}{region.digital2}9{random.randrange(10**15):015d}"
    fare = Decimal(random.randrange(400, 190000, 50)) / 100
    start, end = random.sample(_STATIONS, 2)
    buyer = company(random, some_region(random))
    fields = {
        "invoice_number": number,
        "issue_date": issued.isoformat(),
        "total": money_text(fare),
        "buyer_name": buyer.name,
        "buyer_tax_id": buyer.tax_id,
        "departure_station": f"{start}站",
        "arrival_station": f"{end}站",
        "train_number": f"{random.choice('GDCZTK')}{random.randint(1, 9000)}",
        "travel_date": travel.isoformat(),
        "departure_time": f"{random.randint(6, 23):02d}:{random.randrange(0, 60, 3):02d}",
        "seat": f"{random.randint(1, 16):02d}车{random.randint(1, 18):02d}{random.choice('ABCDF')}号",
        "seat_class": random.choice(("二等座", "一等座", "硬卧")),
        "ticket_number": f"{random.randrange(10**10):010d}{random.randrange(10**11):011d}",
        "qr_payload": build_payload(Kind.DIGITAL_RAIL, number, fare, issued),
    }
    passenger = f"{random.randrange(10**6):06d}19900101****{random.randint(0, 9)}12X"
    return Ticket(Kind.DIGITAL_RAIL, 595, 397, fields, lambda canvas: _draw(canvas, fields, passenger))


def _draw(canvas: Canvas, fields: dict[str, str], passenger: str) -> None:
    issued, travel = dt.date.fromisoformat(fields["issue_date"]), dt.date.fromisoformat(fields["travel_date"])
    canvas.text(297, 46, "电子发票（铁路电子客票）", 19, KAI, BROWN, "centre")
    draw_seal(canvas, 297, 62, ("全国统一发票监制章", "国家税务总局", "铁路税务局"))
    canvas.text(40, 84, "发票号码：", 10, KAI, BROWN)
    canvas.text(92, 84, fields["invoice_number"], 10)
    canvas.text(430, 84, "开票日期：", 10, KAI, BROWN)
    canvas.text(482, 84, f"{issued:%Y年%m月%d日}", 10)
    canvas.text(90, 132, fields["departure_station"], 20)
    canvas.text(297, 126, fields["train_number"], 18, align="centre")
    canvas.text(400, 132, fields["arrival_station"], 20)
    canvas.text(40, 170, f"{travel:%Y年%m月%d日} {fields['departure_time']}开", 12)
    canvas.text(300, 170, fields["seat"], 12)
    canvas.text(470, 170, fields["seat_class"], 12)
    canvas.text(40, 198, f"票价：￥{fields['total']}", 12)
    canvas.text(40, 226, f"{passenger} 张三", 12)
    canvas.text(40, 282, f"电子客票号：{fields['ticket_number']}", 10)
    canvas.text(40, 310, f"购买方名称：{fields['buyer_name']}", 10)
    canvas.text(300, 310, f"统一社会信用代码：{fields['buyer_tax_id']}", 10)
    canvas.text(40, 350, "买票请到12306 发货请到95306 中国铁路祝您旅途愉快", 9)
    draw_qr(canvas, fields["qr_payload"], 480, 205, 80)
