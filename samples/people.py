"""Invented companies, people and goods. Any likeness to a real one is chance; the tax ids only carry right checks."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from models.regions import REGIONS, Region
from models.tax_id import check_character, organisation_check

_WORDS = ("青禾", "云岫", "拾贝", "南樟", "白鹭湾", "砚田", "星槎", "半夏", "松间", "海棠里", "望舒", "竹露")
_TRADES = ("文化传媒", "信息技术", "餐饮管理", "办公用品", "物流", "酒店管理", "机电设备", "商贸")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = ("晓岚", "文博", "一帆", "雨桐", "思远", "静", "伟", "若溪", "明轩", "丽华")
_LETTERS = "ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Party:
    """A buyer or seller; ``tax_id`` is empty for a natural person."""

    name: str
    tax_id: str
    address: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """What can stand on a line: name, spec and unit as printed, the price range in whole yuan, the rates in use."""

    name: str
    spec: str
    unit: str
    low: int
    high: int
    rates: tuple[str, ...]


GOODS: tuple[Goods, ...] = (
    Goods("*餐饮服务*餐费", "", "", 40, 900, ("6%", "1%")),
    Goods("*住宿服务*住宿费", "", "天", 180, 700, ("6%", "1%")),
    Goods("*信息技术服务*软件维护服务费", "", "项", 500, 9000, ("6%", "3%")),
    Goods("*纸制品*复印纸", "A4 70g", "包", 15, 40, ("13%", "1%")),
    Goods("*计算机外部设备*无线键盘鼠标套装", "KM-210", "套", 80, 300, ("13%", "3%")),
    Goods("*运输服务*国内道路货物运输服务", "", "次", 200, 3000, ("9%", "1%")),
    Goods("*家具*可升降办公桌配静音电机及收纳抽屉", "140×70", "张", 700, 2400, ("13%",)),
    Goods("*文具*中性笔", "0.5mm 黑", "盒", 10, 35, ("13%", "1%")),
    Goods("*现代服务*会议场地布置服务", "", "场", 900, 5000, ("6%",)),
    Goods("*蔬菜*新鲜叶菜", "", "千克", 4, 20, ("免税",)),
)


def person(random: Random) -> str:
    """Give a name of a person."""
    return random.choice(_SURNAMES) + random.choice(_GIVEN)


def company(random: Random, region: Region) -> Party:
    """Give an enterprise of the region (code 91)."""
    name = f"{region.zh}{random.choice(_WORDS)}{random.choice(_TRADES)}有限公司"
    return _party(random, region, name, "91")


def sole_trader(random: Random, region: Region) -> Party:
    """Give a sole trader of the region (code 92)."""
    name = f"{region.zh}市{random.choice(_WORDS)}小吃店（个体工商户）"
    return _party(random, region, name, "92")


def natural_person(random: Random) -> Party:
    """Give a buyer without a tax id."""
    return Party(f"{person(random)}（个人）", "")


def some_region(random: Random) -> Region:
    """Give a region whose tax ids, codes and numbers agree on their digits."""
    return random.choice([region for region in REGIONS if region.digital2 < "90" and len(region.zh) == 2])


def unified_code(random: Random, area: str, prefix: str) -> str:
    """Build a unified code whose check character and organisation check hold (GB 32100, GB 11714)."""
    body = "MA" + "".join(random.choice("0123456789" + _LETTERS) for _ in range(6))
    first = f"{prefix}{area}{body}{organisation_check(body)}"
    return first + check_character(first)


def _party(random: Random, region: Region, name: str, prefix: str) -> Party:
    area = f"{region.code4}{random.randint(1, 15):02d}"
    phone = f"0{random.randint(10, 89)}-{random.randint(20_000_000, 89_999_999)}"
    address = f"{region.zh}市砚池区松间路{random.randint(1, 300)}号 {phone}"
    account = "".join(random.choice("0123456789") for _ in range(17))
    return Party(name, unified_code(random, area, prefix), address, f"示例银行{region.zh}分行{account}")
