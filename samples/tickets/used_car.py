"""二手车销售统一发票, digital and on paper: buyer and seller below each other, 车价合计 alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from models.amount_words import print_words
from models.kinds import Kind
from models.money import money_text
from models.qr_payload import build_payload
from samples.canvas import Canvas, draw_qr
from samples.people import company, person, some_region
from samples.tickets.parts import (
    chinese_day,
    dice,
    digits,
    draw_grid,
    draw_rows,
    draw_title,
    letters,
    number20,
    price,
    some_day,
    some_vin,
)  # fmt: skip
from samples.tickets.ticket import Ticket

WIDTH, HEIGHT = 595.0, 400.0


def draw_ticket(seed: int) -> Ticket:
    """Draw a digital invoice."""
    return _drawn(seed, Kind.DIGITAL_USED_CAR)


def draw_paper(seed: int) -> Ticket:
    """Draw an invoice on paper, with code and number."""
    return _drawn(seed, Kind.USED_CAR)


def _drawn(seed: int, kind: Kind) -> Ticket:
    random = dice(seed)
    region, date = some_region(random), some_day(random)
    total = price(random, 8_000, 150_000).quantize(Decimal(100))
    buyer, seller, market = (company(random, region) for _ in range(3))
    number = number20(random, region, date)
    fields = {
        "issue_date": date.isoformat(),
        "buyer_name": buyer.name,
        "buyer_tax_id": buyer.tax_id,
        "seller_name": seller.name,
        "seller_tax_id": seller.tax_id,
        "plate_number": f"{random.choice('京津冀晋辽')}A{letters(random, 5)}",
        "registration_certificate": f"{region.code4}{digits(random, 8)}",
        "vehicle_type": random.choice(("小型轿车", "小型越野客车")),
        "vin": some_vin(random),
        "brand_model": f"{random.choice(('青禾牌', '星槎牌'))}{letters(random, 3)}{digits(random, 4)}",
        "total": money_text(total),
        "total_in_words": print_words(total),
        "drawer": person(random),
    }
    if kind is Kind.DIGITAL_USED_CAR:
        fields |= {"invoice_number": number, "qr_payload": build_payload(Kind.DIGITAL_NORMAL, number, total, date)}
    else:
        fields |= {"invoice_code": f"0{region.code4}{date:%y}00317", "invoice_number": digits(random, 8)}
    others = (buyer.address, seller.address, market.name, market.tax_id)
    return Ticket(kind, WIDTH, HEIGHT, fields, lambda canvas: _draw(canvas, fields, others, region.zh))


def _draw(canvas: Canvas, fields: dict[str, str], others: tuple[str, ...], place: str) -> None:
    digital = "qr_payload" in fields
    draw_title(canvas, WIDTH, "电子发票（二手车销售统一发票）" if digital else "二手车销售统一发票", place)
    day = chinese_day(dt.date.fromisoformat(fields["issue_date"]))
    if digital:
        draw_qr(canvas, fields["qr_payload"], 20, 16, 56)
    else:
        draw_rows(canvas, [(430, 44, "发票代码：", 474, fields["invoice_code"])])
    draw_rows(canvas, [(430, 58, "发票号码：", 474, fields["invoice_number"]), (430, 74, "开票日期：", 474, day)])
    draw_grid(canvas, (14, 581), (86, 112, 138, 164, 190, 216, 242, 268, 294, 320, 346))
    label = "单位代码/身份证号码"
    draw_rows(
        canvas,
        [
            (20, 102, "买方单位/个人", 90, fields["buyer_name"]),
            (330, 102, label, 425, fields["buyer_tax_id"]),
            (20, 128, "买方单位/个人住址", 110, others[0]),
            (20, 154, "卖方单位/个人", 90, fields["seller_name"]),
            (330, 154, label, 425, fields["seller_tax_id"]),
            (20, 180, "卖方单位/个人住址", 110, others[1]),
            (20, 206, "车牌照号", 70, fields["plate_number"]),
            (200, 206, "登记证号", 250, fields["registration_certificate"]),
            (400, 206, "车辆类型", 450, fields["vehicle_type"]),
            (20, 232, "车架号/车辆识别代码", 125, fields["vin"]),
            (300, 232, "厂牌型号", 350, fields["brand_model"]),
            (20, 258, "转入地车辆管理所名称", 130, f"{place}市车辆管理所"),
            (20, 284, "车价合计（大写）", 110, fields["total_in_words"]),
            (400, 284, "（小写）", 445, f"￥{fields['total']}"),
            (20, 310, "二手车市场", 90, others[2]),
            (330, 310, "纳税人识别号", 425, others[3]),
            (20, 336, "备注：", 60, ""),
            (60, 366, "开票人：", 105, fields["drawer"]),
        ],
    )
