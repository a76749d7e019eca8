"""通用定额发票: a face value in words, no date and no buyer; 420 by 200 points."""

from __future__ import annotations

from random import Random

from models.kinds import Kind
from models.regions import Region
from samples.canvas import BLACK, BROWN, KAI, RED, SONG, Canvas, draw_seal
from samples.people import Party, company, some_region
from samples.tickets.ticket import Ticket

_CITIES = ("青禾", "云岫", "砚田", "白鹭湾", "星槎")
_FACES = (
    ("伍元", 5), ("拾元", 10), ("壹拾元", 10), ("贰拾元", 20), ("伍拾元", 50), ("壹佰元", 100),
)  # fmt: skip
_SITES = ("http://fapiao.qinghe.example", "https://chaxun.yantian.example/dingE")


def place_of(region: Region, city: str) -> str:
    """Name a city with its region as titles do: the regions that are cities stand alone."""
    if region.zh in ("北京", "天津", "上海", "重庆"):
        return f"{region.zh}市"
    suffix = {"广西": "壮族自治区", "宁夏": "回族自治区", "新疆": "维吾尔自治区", "西藏": "自治区"}.get(region.zh, "省")
    return f"{region.zh}{suffix}{city}市"


def draw_ticket(seed: int) -> Ticket:
    """Draw one slip."""
    random = Random(seed)  # noqa: S311 - drawn data, no secret
    region = some_region(random)
    seller = company(random, region)
    words, face = random.choice(_FACES)
    named = random.random() < 0.3
    ninth = random.choice("0123456789ABCDEK")
    fields = {
        "invoice_code": f"1{region.code4}{random.randint(19, 24)}{random.choice('013567')}{ninth}"
        f"{random.randrange(1000):03d}",
        "invoice_number": f"{random.randint(1, 10**8 - 1):08d}",
        "total": f"{face}.00",
        "total_in_words": words + random.choice(("", "整")),
    }
    if named:
        fields["seller_name"] = seller.name
    place = place_of(region, random.choice(_CITIES))
    office = random.choice((f"{place}通用定额发票", f"{place}税务局通用定额发票"))
    title = f"{seller.name}通用定额发票" if named else office
    site, figure, shift = random.choice(_SITES), random.random() < 0.5, random.randint(-60, 25)
    return Ticket(
        Kind.QUOTA, 420, 200, fields,
        lambda canvas: _draw(canvas, fields, title, region, seller, site, figure, shift),
    )  # fmt: skip


def _draw(
    canvas: Canvas, fields: dict[str, str], title: str, region: Region, seller: Party, site: str, figure: bool,
    shift: int,
) -> None:  # fmt: skip
    for x0, y0, x1, y1 in ((12, 12, 408, 12), (12, 188, 408, 188), (12, 12, 12, 188), (408, 12, 408, 188)):
        canvas.line(x0, y0, x1, y1, BROWN, 1.2)
    draw_seal(canvas, 210, 58, ("全国统一发票监制章", region.zh, "税务局"), 42, 25)
    canvas.text(210, 36, title, 15 if len(title) < 20 else 13, KAI, BROWN, "centre")
    canvas.text(210, 99, "发 票 联", 11, KAI, BROWN, "centre")
    canvas.text(250, 84, "发票代码", 9, KAI, BROWN)
    canvas.text(296, 84, fields["invoice_code"], 11, SONG, BLACK)
    canvas.text(250, 100, "发票号码", 9, KAI, BROWN)
    canvas.text(296, 100, fields["invoice_number"], 11, SONG, RED)
    canvas.text(28, 84, "付款单位（个人）：", 8, KAI, BROWN)
    canvas.text(28, 124, "人民币", 10, KAI, BROWN)
    canvas.text(150, 134, fields["total_in_words"], 32, KAI, BROWN, "centre")
    if figure:
        canvas.text(150, 152, f"￥{fields['total']}", 9, SONG, BROWN, "centre")
    canvas.text(28, 168, "收款单位（盖章有效）", 8, KAI, BROWN)
    canvas.text(28, 180, f"发票查询网址：{site}", 7, KAI, BROWN)
    draw_seal(canvas, 315 + shift, 140, (seller.name, seller.tax_id, "发票专用章"), 58, 34)
