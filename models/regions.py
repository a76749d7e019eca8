"""The regions that issue invoices: 31 provinces and the five plan cities with digits of their own.

Two tables are needed: invoice codes carry four digits of GB/T 2260, 20-digit numbers carry two digits in which the
plan cities are 91-95. Source: rule book §2.5 (91-93 are inferred from the order, 94 and 95 seen).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.search_text import normal


@dataclass(frozen=True, slots=True)
class Region:
    """A region: the digits of its 20-digit numbers, its four-digit code, and its names."""

    digital2: str
    code4: str
    zh: str
    en: str


REGIONS: tuple[Region, ...] = tuple(
    Region(*(part.replace("_", " ") for part in row.split()))
    for row in (
        "11 1100 北京 Beijing", "12 1200 天津 Tianjin", "13 1300 河北 Hebei", "14 1400 山西 Shanxi",
        "15 1500 内蒙古 Inner_Mongolia", "21 2100 辽宁 Liaoning", "22 2200 吉林 Jilin", "23 2300 黑龙江 Heilongjiang",
        "31 3100 上海 Shanghai", "32 3200 江苏 Jiangsu", "33 3300 浙江 Zhejiang", "34 3400 安徽 Anhui",
        "35 3500 福建 Fujian", "36 3600 江西 Jiangxi", "37 3700 山东 Shandong", "41 4100 河南 Henan",
        "42 4200 湖北 Hubei", "43 4300 湖南 Hunan", "44 4400 广东 Guangdong", "45 4500 广西 Guangxi",
        "46 4600 海南 Hainan", "50 5000 重庆 Chongqing", "51 5100 四川 Sichuan", "52 5200 贵州 Guizhou",
        "53 5300 云南 Yunnan", "54 5400 西藏 Tibet", "61 6100 陕西 Shaanxi", "62 6200 甘肃 Gansu",
        "63 6300 青海 Qinghai", "64 6400 宁夏 Ningxia", "65 6500 新疆 Xinjiang", "91 2102 大连 Dalian",
        "92 3702 青岛 Qingdao", "93 3302 宁波 Ningbo", "94 3502 厦门 Xiamen", "95 4403 深圳 Shenzhen",
    )
)  # fmt: skip
#: What people put behind the name of a region.
SORT_OF_REGION = "(?:(?:壮族|回族|维吾尔)?自治区|省|市|地区)"
#: One character each, as on number plates, in the order of the provinces; then what else people call some of them.
_PLATES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_ALSO = {"蜀": "四川", "黔": "贵州", "滇": "云南", "秦": "陕西", "陇": "甘肃", "neimenggu": "内蒙古", "xizang": "西藏"}
_FEWEST = 2


def by_digital2(digits: str) -> Region | None:
    """The region of digits 3-4 of a 20-digit number."""
    return next((region for region in REGIONS if region.digital2 == digits), None)


def by_code4(digits: str) -> Region | None:
    """The region of the four digits in an invoice code; cities inside a province count as the province."""
    exact = next((region for region in REGIONS if region.code4 == digits), None)
    return exact or next((region for region in REGIONS if region.code4 == digits[:2] + "00"), None)


def by_name(text: str) -> Region | None:
    """A region as people call it: 内蒙, 内蒙古自治区, 蒙, Inner Mongolia; two characters are enough."""
    said = normal(text)
    short = re.sub(f"{SORT_OF_REGION}$", "", said) or said
    if len(short) == 1 and short in _PLATES:
        return REGIONS[_PLATES.index(short)]
    name, en = _ALSO.get(short, short), re.sub("[ '-]", "", said)
    fits = (one for one in REGIONS if one.zh == name or one.en.casefold().replace(" ", "") == en)
    begins = (one for one in REGIONS if len(name) >= _FEWEST and one.zh.startswith(name))
    return next(fits, None) or next(begins, None)
