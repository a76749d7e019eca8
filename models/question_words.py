"""The words of questions: what says that digits are a number or an amount, what is said around them, names of kinds."""

from __future__ import annotations

import re

from models.kinds import KIND_INFO, Kind
from models.regions import REGIONS

DIGITS_IN_WORDS = "一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
NUMERALS = f"{DIGITS_IN_WORDS}零〇十百千万亿拾佰仟萬億"
FILE_NAME = re.compile(r"[^\s/\\]+\.(?:pdf|ofd|xml|jpe?g|png|webp|heic|tiff?|bmp|zip)(?![a-z0-9])")
#: Digits that say what they are (尾号 5678, no. 1234), or groups of four as people copy them.
NUMBER = re.compile(
    r"(?:(?:发票)?(?:号码|尾号|后[四六八]位|代码|编号)[是为:]?\s*|(?<![a-z])(?:no|number)\b[.:]?\s*|#\s*)\d{4,24}(?!\d)"
    r"|(?<![\da-z.])\d{4}(?:[ -]\d{4}){2,4}(?![\d-])"
)
AMOUNT = re.compile(
    r"(?P<sign>(?<![a-z])(?:¥|cny|rmb)\s*)?(?<![\da-z.])(?P<amount>-?(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{1,2})?)"
    r"(?![\d.])\s*(?P<scale>[万千]|[wk](?![a-z]))?\s*(?P<unit>元|块钱?|圆|(?:cny|rmb|yuan)(?![a-z]))?"
)
DIGITS = re.compile(r"(?<![a-z0-9.])\d{1,24}(?![a-z0-9]|\.\d)")
#: What people write around a question. To lose a word of a name is no harm: the rest is still found within it.
AROUND = re.compile(
    r"的?(?:发票|票据|单据|单子)|系统(?=[里中内上没查有找\s]|$)[里中内上]?|请问|为什么|怎么|是否|有没有"
    r"|没有?(?:收|查|找|看|登记|入账)?[到见]|没有|还没有?|不见了|不在|在?(?:哪里|哪儿|哪)"
    r"|(?:帮我)?(?:查一下|找一下|查询)|我们?的|那张|这张|一张|提交|上传"
    r"|\b(?:where|is|are|my|our|the|an?|invoices?|of|from|for|in|at|on|to|why|not|missing|find|issued|sent|system|it)\b"
)
ALONE = frozenset("的了呢吗张个笔和在到从至查找票里中是有年月日号元-–—~/.")
#: 内蒙 stands for 内蒙古 and so behind it: the longer name is cut off a word first.
REGION_NAMES = {name: region for region in REGIONS for name in (region.zh, region.en.casefold())}
REGION_NAMES["内蒙"] = REGION_NAMES["内蒙古"]
REGION_EN = re.compile(rf"(?<![a-z])(?:{'|'.join(region.en.casefold() for region in REGIONS)})(?![a-z])")
_NAMED: dict[str, tuple[str, ...]] = {
    "火车票 高铁票 动车票 火车 高铁 train": (Kind.DIGITAL_RAIL, Kind.RAIL_PAPER),
    "机票 飞机票 行程单 flight": (Kind.DIGITAL_AIR, Kind.AIR_ITINERARY_PAPER),
    "出租车 出租车票 打车 taxi": (Kind.TAXI,),
    "定额 定额票": (Kind.QUOTA,),
    "过路费 过桥费 通行费 toll": (Kind.TOLL_RECEIPT, Kind.TOLL_ELECTRONIC),
    "财政 财政票据": (Kind.FISCAL_BILL,),
    "客运 客运票 汽车票 coach": (Kind.BUS,),
    "专票": tuple(kind for kind, info in KIND_INFO.items() if "专" in info.zh),
    "普票": tuple(kind for kind, info in KIND_INFO.items() if "普" in info.zh),
}
KIND_NAMES: dict[str, frozenset[Kind]] = {
    **{name.casefold(): frozenset({kind}) for kind, info in KIND_INFO.items() for name in (info.zh, info.en)},
    **{name: frozenset(map(Kind, kinds)) for names, kinds in _NAMED.items() for name in names.split()},
}
