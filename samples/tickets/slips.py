"""The small paper: 卷票, 定额发票, 火车票, 客运 and 通行费 slips. Each function draws one kind."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from models.amount_words import print_words
from models.kinds import Kind
from models.money import money_text
from samples.canvas import BROWN, KAI, MONO, RED, Canvas, draw_seal
from samples.people import company, person, some_region
from samples.tickets.parts import chinese_day, dice, digits, draw_rows, price, some_day
from samples.tickets.ticket import Ticket

_PLACES = ("青禾", "云岫", "砚田", "星槎", "松间")
_PINYIN = ("Qinghe", "Yunxiu", "Yantian", "Xingcha", "Songjian")
_FACES = {"伍元": "5.00", "拾元": "10.00", "贰拾元": "20.00", "伍拾元": "50.00", "壹佰元": "100.00"}


def draw_roll(seed: int) -> Ticket:
    """卷票: code and number printed, the rest by machine, the total in figures and in words."""
    random = dice(seed)
    region, date = some_region(random), some_day(random)
    buyer, seller = company(random, region), company(random, region)
    total = price(random, 8, 900)
    fields = {
        "invoice_code": f"0{region.code4}{date:%y}001{random.choice(('06', '07'))}",
        "invoice_number": digits(random, 8),
        "machine_number": f"66{digits(random, 10)}",
        "issue_date": date.isoformat(),
        "seller_name": seller.name,
        "seller_tax_id": seller.tax_id,
        "buyer_name": buyer.name,
        "buyer_tax_id": buyer.tax_id,
        "total": money_text(total),
        "total_in_words": print_words(total),
        "check_code": digits(random, 20),
        "payee": person(random),
    }

    def draw(canvas: Canvas) -> None:
        canvas.text(110, 30, f"{region.zh}增值税普通发票（卷票）", 12, KAI, BROWN, "centre")
        draw_seal(canvas, 110, 52, ("全国统一发票监制章", "国家税务总局", f"{region.zh}税务局"), 34, 18)
        canvas.text(110, 84, "发票联", 10, KAI, BROWN, "centre")
        labels = (
            ("发票代码", "invoice_code"), ("发票号码", "invoice_number"), ("机打号码", "invoice_number"),
            ("机器编号", "machine_number"), ("销售方名称", "seller_name"), ("纳税人识别号", "seller_tax_id"),
            ("开票日期", "issue_date"), ("收款员", "payee"), ("购买方名称", "buyer_name"),
            ("纳税人识别号", "buyer_tax_id"),
        )  # fmt: skip
        draw_rows(
            canvas, [(10, 104 + 15 * row, f"{label}：", 76, fields[name]) for row, (label, name) in enumerate(labels)]
        )
        draw_rows(
            canvas,
            [(10, 268, "项目", 0, ""), (80, 268, "单价", 0, ""), (130, 268, "数量", 0, ""), (170, 268, "金额", 0, "")],
        )
        for x, value in ((10, "餐费"), (80, fields["total"]), (136, "1"), (170, fields["total"])):
            canvas.text(x, 284, value)
        draw_rows(
            canvas,
            [
                (10, 314, "合计金额(小写)：", 84, f"￥{fields['total']}"),
                (10, 330, "合计金额(大写)：", 84, fields["total_in_words"]),
                (10, 350, "校验码：", 50, fields["check_code"]),
            ],
        )

    return Ticket(Kind.VAT_ROLL, 220, 400, fields, draw)


def draw_quota(seed: int) -> Ticket:
    """定额发票: the face value in words alone; some codes carry a letter."""
    random = dice(seed)
    region = some_region(random)
    face = random.choice(tuple(_FACES))
    issuer = f"{region.zh}{random.choice(_PLACES)}速运有限公司" if seed % 2 else ""
    middle = random.choice("ABCDEFG") if seed % 3 == 0 else "0"
    fields = {
        "invoice_code": f"1{region.code4}{random.randint(16, 23)}0{middle}001",
        "invoice_number": digits(random, 8),
        "total": _FACES[face],
        "total_in_words": face,
    }
    if issuer:
        fields["seller_name"] = issuer

    def draw(canvas: Canvas) -> None:
        title = f"{issuer or f'{region.zh}省{_PLACES[seed % 5]}市国家税务局'}通用定额发票"
        canvas.text(190, 36, title, 14, KAI, BROWN, "centre")
        draw_seal(
            canvas, 190, 58, ("全国统一发票监制章", f"{region.zh}{_PLACES[seed % 5]}市", "国家税务局监制"), 38, 20
        )
        canvas.text(190, 94, "发 票 联", 12, KAI, BROWN, "centre")
        canvas.text(40, 122, "发票代码", 11, KAI, BROWN)
        canvas.text(96, 122, fields["invoice_code"], 12, MONO)
        canvas.text(40, 142, "发票号码", 11, KAI, BROWN)
        canvas.text(96, 142, fields["invoice_number"], 12, MONO, RED)
        canvas.text(190, 190, face, 24, KAI, align="centre")
        draw_seal(canvas, 300, 196, (f"{_PLACES[seed % 5]}商行", digits(dice(seed), 15), "发票专用章"), 44, 26)
        canvas.text(150, 226, "（加盖发票专用章有效）", 9, KAI, BROWN)

    return Ticket(Kind.QUOTA, 380, 245, fields, draw)


def draw_rail_paper(seed: int) -> Ticket:
    """The blue ticket: a red number, which ends the 21 characters at the foot."""
    random = dice(seed)
    start, end = random.sample(range(len(_PLACES)), 2)
    travel = dt.date(2024, 1, 3) + dt.timedelta(days=random.randint(0, 500))
    red = f"{random.choice('ABCDEFGHJK')}{digits(random, 6)}"
    fields = {
        "invoice_number": red,
        "ticket_number": f"{digits(random, 14)}{red}",
        "total": money_text(Decimal(random.randint(20, 1800)) / 2),
        "departure_station": f"{_PLACES[start]}站",
        "arrival_station": f"{_PLACES[end]}站",
        "train_number": f"{random.choice('GDCKZT')}{random.randint(11, 9000)}",
        "travel_date": travel.isoformat(),
        "departure_time": f"{random.randint(6, 22):02d}:{random.randrange(0, 60, 3):02d}",
        "seat": f"{random.randint(1, 16):02d}车{random.randint(1, 18):02d}{random.choice('ABCDF')}号",
        "seat_class": random.choice(("二等座", "一等座", "硬卧")),
    }

    def draw(canvas: Canvas) -> None:
        canvas.text(20, 28, red, 15, MONO, RED)
        for x, at in ((34, start), (194, end)):
            canvas.text(x, 54, f"{_PLACES[at]}站", 18)
            canvas.text(x + 6, 66, _PINYIN[at], 9)
        canvas.text(137, 52, fields["train_number"], 14, align="centre")
        canvas.text(22, 84, f"{chinese_day(travel)}{fields['departure_time']}开", 11)
        canvas.text(190, 84, fields["seat"], 11)
        canvas.text(22, 102, f"￥{fields['total'][:-1]}元", 11)
        canvas.text(120, 102, "网", 11)
        canvas.text(205, 102, fields["seat_class"], 11)
        canvas.text(22, 117, "限乘当日当次车", 10)
        canvas.text(22, 134, "3301061990****012X 钱明轩", 10)
        canvas.text(60, 150, "买票请到12306 发货请到95306", 9)
        canvas.text(76, 161, "中国铁路祝您旅途愉快", 9)
        canvas.text(22, 178, fields["ticket_number"], 10)
        canvas.text(164, 178, f"{_PLACES[start]}售", 10)

    return Ticket(Kind.RAIL_PAPER, 275, 190, fields, draw)


def draw_bus(seed: int) -> Ticket:
    """客运: a coach ticket."""
    random = dice(seed)
    region = some_region(random)
    start, end = random.sample(_PLACES, 2)
    travel = dt.date(2024, 1, 3) + dt.timedelta(days=random.randint(0, 500))
    fields = {
        "invoice_code": f"1{region.code4}{travel:%y}0{digits(random, 4)}",
        "invoice_number": digits(random, 8),
        "total": money_text(price(random, 5, 200)),
        "departure_station": f"{start}汽车站",
        "arrival_station": f"{end}汽车站",
        "travel_date": travel.isoformat(),
    }

    def draw(canvas: Canvas) -> None:
        canvas.text(150, 28, f"{region.zh}省公路客运客票", 13, KAI, BROWN, "centre")
        draw_seal(canvas, 150, 46, ("全国统一发票监制章", region.zh, "税务局"), 34, 16)
        rows = [
            (16, 76, "发票代码", 64, fields["invoice_code"]), (160, 76, "发票号码", 208, fields["invoice_number"]),
            (16, 94, "始发站", 64, fields["departure_station"]), (160, 94, "到达站", 208, fields["arrival_station"]),
            (16, 112, "乘车日期", 64, fields["travel_date"]), (160, 112, "开车时间", 208, "08:30"),
            (16, 130, "车次", 64, digits(dice(seed), 4)), (100, 130, "座号", 128, "12"),
            (160, 130, "票价", 208, f"{fields['total']}元"),
        ]  # fmt: skip
        draw_rows(canvas, rows)

    return Ticket(Kind.BUS, 300, 160, fields, draw)


def draw_toll_receipt(seed: int) -> Ticket:
    """过路过桥: a slip from the booth."""
    random = dice(seed)
    region, date = some_region(random), some_day(random)
    fields = {
        "invoice_code": f"1{region.code4}{date:%y}0{digits(random, 4)}",
        "invoice_number": digits(random, 8),
        "issue_date": date.isoformat(),
        "total": money_text(Decimal(random.randint(5, 90))),
    }

    def draw(canvas: Canvas) -> None:
        canvas.text(90, 26, f"{region.zh}省车辆通行费发票", 11, KAI, BROWN, "centre")
        draw_seal(canvas, 90, 44, ("全国统一发票监制章", region.zh, "税务局"), 34, 16)
        draw_rows(
            canvas,
            [(14, 78, "发票代码", 64, fields["invoice_code"]), (14, 94, "发票号码", 64, fields["invoice_number"])],
        )
        rows = [
            ("入口", f"{_PLACES[seed % 5]}站"), ("出口", f"{_PLACES[(seed + 2) % 5]}站"), ("车型", "客1"),
            ("金额", f"{fields['total']}元"), ("日期", fields["issue_date"]), ("时间", "14:20:31"),
        ]  # fmt: skip
        draw_rows(canvas, [(14, 116 + 16 * row, f"{label}：", 64, value) for row, (label, value) in enumerate(rows)])

    return Ticket(Kind.TOLL_RECEIPT, 180, 230, fields, draw)
