"""出租汽车发票: a narrow slip, printed by the meter onto labels that are there already; 160 by 440 points."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from models.kinds import Kind
from models.money import money_text
from models.regions import Region
from samples.canvas import BLACK, BROWN, KAI, MONO, SONG, Canvas, draw_seal
from samples.people import some_region
from samples.tickets.ticket import Ticket

_CITIES = ("青禾", "云岫", "砚田", "白鹭湾", "星槎")
_REGIONS = (
    "北京天津河北山西辽宁吉林上海江苏浙江安徽福建江西山东河南湖北"
    "湖南广东广西海南重庆四川贵州云南西藏陕西甘肃青海宁夏新疆"
)
_PLATES = "京津冀晋辽吉沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_PITCH = 18.0
#: What three cities print: a label, the name of its value, the unit behind it.
_FORMS = tuple(
    tuple(tuple(f"{part}//".split("/")[:3]) for part in form.split())
    for form in (
        "车号/plate 证号/permit 日期/date 上车/on 下车/off 单价/price/元 里程/run/km 等候/wait 金额/total/元",
        "单位/seller 电话/phone 车号/plate 日期/date 时间/span 单价/price 里程/run 等候/wait 金额/total",
        "电话/phone 车号/plate 日期/date 上车/on 下车/off 单价/price/元 里程/run/公里 状态/state 金额/total/元",
    )
)


def plate_of(random: Random, region: Region) -> str:
    """Give a car plate of the region."""
    letters = "".join(random.choice("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2))
    return f"{_PLATES[_REGIONS.index(region.zh) // 2]}{random.choice('ABCDEF')}{letters}{random.randrange(1000):03d}"


def draw_ticket(seed: int) -> Ticket:
    """Draw one slip."""
    random = Random(seed)  # noqa: S311 - drawn data, no secret
    region, city = some_region(random), random.choice(_CITIES)
    form = random.randrange(len(_FORMS))
    day = dt.date(2023, 6, 1) + dt.timedelta(days=random.randint(0, 700))
    start = dt.datetime.combine(day, dt.time(random.randint(6, 21), random.randint(0, 59)))
    tenths = random.randint(12, 420)
    price = Decimal(random.choice(("2.30", "2.50", "2.70", "3.10")))
    total = Decimal(random.randint(9, 14)) + (price * tenths / 10).quantize(Decimal(random.choice(("1", "0.1"))))
    plate = plate_of(random, region)
    serial = f"{random.choice('013567')}{random.randrange(10**4):04d}"  # a 2 would make it one of motor vehicles
    fields = {
        "invoice_code": f"1{region.code4}{day.year % 100 - random.randint(0, 2):02d}{serial}",
        "invoice_number": f"{random.randint(1, 10**8 - 1):08d}",
        "issue_date": day.isoformat(),
        "total": money_text(total),
        "seller_name": f"{city}市{random.choice(('半夏', '松间', '望舒', '竹露'))}出租汽车有限公司",
        "plate_number": plate if random.random() < 0.5 else plate[1:],
        "time_on": f"{start:%H:%M}",
        "time_off": f"{start + dt.timedelta(minutes=2 + tenths // 6):%H:%M}",
        "distance": f"{tenths / 10:.1f}",
    }
    values = {
        "seller": fields["seller_name"], "plate": fields["plate_number"], "on": fields["time_on"],
        "off": fields["time_off"], "span": f"{fields['time_on']}-{fields['time_off']}",
        "date": day.isoformat() if random.random() < 0.6 else f"{day:%Y年%m月%d日}", "run": fields["distance"],
        "permit": f"{random.randrange(10**6):06d}",
        "phone": f"0{random.randint(310, 899)}{random.randrange(10**7):07d}",
        "price": str(price), "wait": f"00:{random.randint(0, 19):02d}:{random.randint(0, 59):02d}",
        "state": random.choice(("1", "单程", "往返")),
        "total": fields["total"] + ("" if form != 1 else "元"),
    }  # fmt: skip
    shift = random.choice((0.0, 0.0, random.uniform(-_PITCH, _PITCH), random.uniform(-0.5, 0.5) * _PITCH))
    return Ticket(Kind.TAXI, 160, 440, fields, lambda canvas: _draw(canvas, region, city, form, fields, values, shift))


def _draw(
    canvas: Canvas, region: Region, city: str, form: int, fields: dict[str, str], values: dict[str, str], shift: float
) -> None:
    kind = ("专用", "统一", "机打")[form]
    canvas.text(80, 28, f"{city}市出租汽车{kind}发票", 11.5, KAI, BROWN, "centre")
    draw_seal(canvas, 80, 58, ("全国统一发票监制章", region.zh, "税务局"), 44, 24)
    canvas.text(80, 96, "发 票 联", 12, KAI, BROWN, "centre")
    canvas.text(14, 116, "发票代码", 9, KAI, BROWN)
    canvas.text(146, 116, fields["invoice_code"], 10.5, SONG, BLACK, "right")
    canvas.text(14, 132, "发票号码", 9, KAI, BROWN)
    canvas.text(146, 132, fields["invoice_number"], 10.5, SONG, BLACK, "right")
    top = 158.0
    if not any(name == "seller" for _, name, _ in _FORMS[form]):
        canvas.text(14, top, "单位名称：", 8, KAI, BROWN)
        canvas.text(14, top + 13, fields["seller_name"], 8.5, KAI, BROWN)
        top += 44
    for row, (label, name, unit) in enumerate(_FORMS[form]):
        y = top + row * _PITCH
        canvas.text(14, y, f"{label[0]} {label[1]}" if form == 2 else label, 9, KAI, BROWN)
        canvas.text(154, y, unit, 7, KAI, BROWN, "right")
        right = 148.0 if form == 1 else 138.0
        face, size = (MONO, 10.5) if values[name].isascii() else (SONG, 8 if len(values[name]) > 11 else 9.5)
        canvas.text(right, y + shift, values[name], size, face, BLACK, "right")
    canvas.text(80, 398, "手写无效  遗失不补", 8, KAI, BROWN, "centre")
    canvas.text(80, 414, f"监督电话：{values['phone'][:4]}-12328", 8, KAI, BROWN, "centre")
