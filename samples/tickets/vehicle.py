"""机动车销售统一发票, digital and on paper."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from models.amount_words import print_words
from models.kinds import Kind
from models.money import money_text
from models.qr_payload import build_payload
from samples.canvas import Canvas, draw_qr, draw_seal
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
    with_tax,
)  # fmt: skip
from samples.tickets.ticket import Ticket

WIDTH, HEIGHT = 595.0, 440.0


def draw_ticket(seed: int) -> Ticket:
    """Draw a digital invoice."""
    return _drawn(seed, Kind.DIGITAL_MOTOR_VEHICLE)


def draw_paper(seed: int) -> Ticket:
    """Draw an invoice on paper, with code and number."""
    return _drawn(seed, Kind.MOTOR_VEHICLE)


def _drawn(seed: int, kind: Kind) -> Ticket:
    random = dice(seed)
    region, date = some_region(random), some_day(random)
    total = price(random, 60_000, 400_000).quantize(Decimal(100))
    amount, tax = with_tax(total, "13")
    buyer, seller = company(random, region), company(random, region)
    number = number20(random, region, date)
    fields = {
        "issue_date": date.isoformat(),
        "buyer_name": buyer.name,
        "buyer_tax_id": buyer.tax_id,
        "vehicle_type": random.choice(("轿车", "多用途乘用车", "纯电动轿车")),
        "brand_model": f"{random.choice(('青禾牌', '星槎牌'))}{letters(random, 3)}{digits(random, 4)}",
        "origin": f"{region.zh}市",
        "certificate_number": f"W{letters(random, 2)}{digits(random, 12)}",
        "engine_number": letters(random, 8),
        "vin": some_vin(random),
        "total": money_text(total),
        "total_in_words": print_words(total),
        "seller_name": seller.name,
        "seller_tax_id": seller.tax_id,
        "tax_rate": "13%",
        "tax": money_text(tax),
        "amount_excl_tax": money_text(amount),
        "drawer": person(random),
    }
    if kind is Kind.DIGITAL_MOTOR_VEHICLE:
        fields |= {"invoice_number": number, "qr_payload": build_payload(Kind.DIGITAL_NORMAL, number, total, date)}
    else:
        fields |= {"invoice_code": f"1{region.code4}{date:%y}2{digits(random, 4)}", "invoice_number": digits(random, 8)}
        fields |= {"machine_number": f"66{digits(random, 10)}"}
    extra = (seller.address, seller.bank, digits(random, 16))
    return Ticket(kind, WIDTH, HEIGHT, fields, lambda canvas: _draw(canvas, fields, extra, region.zh))


def _draw(canvas: Canvas, fields: dict[str, str], extra: tuple[str, str, str], place: str) -> None:
    digital = "qr_payload" in fields
    draw_title(canvas, WIDTH, "电子发票（机动车销售统一发票）" if digital else "机动车销售统一发票", place)
    day = chinese_day(dt.date.fromisoformat(fields["issue_date"]))
    if digital:
        draw_qr(canvas, fields["qr_payload"], 20, 16, 56)
        head = [(430, 60, "发票号码：", 474, fields["invoice_number"]), (430, 76, "开票日期：", 474, day)]
    else:
        head = [
            (20, 76, "开票日期", 62, day),
            (430, 44, "发票代码", 474, fields["invoice_code"]),
            (430, 58, "发票号码", 474, fields["invoice_number"]),
            (20, 100, "机打代码", 70, fields["invoice_code"]),
            (20, 114, "机打号码", 70, fields["invoice_number"]),
            (20, 128, "机器编号", 70, fields["machine_number"]),
            (220, 100, "税控码", 262, extra[2] + "+-*/<>" + extra[2]),
        ]
    draw_rows(canvas, head)
    draw_grid(canvas, (14, 581), (86, 134, 164, 190, 216, 242, 268, 294, 320, 346, 372, 398))
    draw_rows(canvas, _rows(fields, extra))
    draw_rows(canvas, [(200, 416, "开票人", 240, fields["drawer"]), (430, 416, "备注：一车一票", 0, "")])
    if not digital:
        draw_seal(canvas, 500, 385, (fields["seller_name"][:12], fields["seller_tax_id"], "发票专用章"), 50, 28)


def _rows(fields: dict[str, str], extra: tuple[str, str, str]) -> list[tuple[float, float, str, float, str]]:
    id_label = "纳税人识别号/统一社会信用代码/身份证明号码"
    return [
        (20, 152, "购买方名称", 110, fields["buyer_name"]),
        (272, 152, id_label, 480, fields["buyer_tax_id"]),
        (20, 180, "车辆类型", 110, fields["vehicle_type"]),
        (220, 180, "厂牌型号", 270, fields["brand_model"]),
        (440, 180, "产地", 480, fields["origin"]),
        (20, 206, "合格证号", 110, fields["certificate_number"]),
        (260, 206, "进口证明书号", 330, ""),
        (440, 206, "商检单号", 490, ""),
        (20, 232, "发动机号码", 110, fields["engine_number"]),
        (260, 232, "车辆识别代号/车架号码", 370, fields["vin"]),
        (20, 258, "价税合计（大写）", 110, fields["total_in_words"]),
        (400, 258, "（小写）", 445, f"￥{fields['total']}"),
        (20, 284, "销货单位名称", 110, fields["seller_name"]),
        (400, 284, "电话", 445, extra[2][:8]),
        (20, 310, "纳税人识别号", 110, fields["seller_tax_id"]),
        (300, 310, "账号", 345, extra[2]),
        (20, 336, "地址", 110, extra[0]),
        (330, 336, "开户银行", 380, extra[1]),
        (20, 362, "增值税税率或征收率", 110, fields["tax_rate"]),
        (170, 362, "增值税税额", 225, f"￥{fields['tax']}"),
        (330, 362, "主管税务机关及代码", 425, f"{fields['origin']}税务局"),
        (20, 388, "不含税价", 70, f"￥{fields['amount_excl_tax']}"),
        (220, 388, "完税凭证号码", 285, ""),
        (420, 388, "吨位", 445, ""),
        (490, 388, "限乘人数", 535, "5"),
    ]
