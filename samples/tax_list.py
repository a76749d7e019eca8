"""Writes lists as the tax authority exports them, from invoices of a ledger, with differences planted on purpose.

The columns are those of the exports; every seller and number comes from the invoices given.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import xlsxwriter

from models.kinds import Kind
from models.tax_list import Form, source_of

KIND_NAMES: Mapping[Kind, str] = {
    Kind.DIGITAL_SPECIAL: "数电发票（增值税专用发票）",
    Kind.DIGITAL_NORMAL: "数电发票（普通发票）",
    Kind.DIGITAL_RAIL: "数电发票（铁路电子客票）",
    Kind.DIGITAL_AIR: "数电发票（航空运输电子客票行程单）",
    Kind.DIGITAL_SPECIAL_PAPER: "数电纸质发票（增值税专用发票）",
    Kind.DIGITAL_NORMAL_PAPER: "数电纸质发票（普通发票）",
    Kind.VAT_SPECIAL_PAPER: "增值税专用发票",
    Kind.VAT_NORMAL_PAPER: "增值税普通发票",
    Kind.VAT_NORMAL_ELECTRONIC: "增值税电子普通发票",
    Kind.VAT_SPECIAL_ELECTRONIC: "增值税电子专用发票",
    Kind.TOLL_ELECTRONIC: "增值税电子普通发票",
    Kind.VAT_ROLL: "增值税普通发票（卷票）",
    Kind.MOTOR_VEHICLE: "机动车销售统一发票",
}
_THEN = dt.datetime(2026, 11, 1)


@dataclass(frozen=True, slots=True)
class Listed:
    """An invoice as a list tells it. Money is whole cents. ``as_number``: its numbers are typed as number cells."""

    number: str
    code: str
    kind: str
    day: str
    seller: str
    seller_tax_id: str
    buyer: str
    buyer_tax_id: str
    amount: int
    tax: int
    total: int
    status: str = "正常"
    risk: str = "正常"
    remark: str = ""
    #: 是否正数发票; "" where the sign of the total says it.
    positive: str = ""
    as_number: bool = False

    @property
    def key(self) -> str:
        """Its key in the ledger."""
        return self.number if len(self.number) == 20 else f"{self.code}|{self.number}"


def from_entry(entry: Mapping[str, Any]) -> Listed:
    """An entry of the ledger as a list without differences tells it."""
    total = entry["total_cents"] or 0
    tax = entry["tax_cents"] or 0
    amount = entry["amount_cents"] if entry["amount_cents"] is not None else total - tax
    said: dict[str, Any] = {name: entry[column] or "" for name, column in _PARTIES_OF_ENTRY.items()}
    kind = KIND_NAMES.get(Kind(entry["kind"]), "")
    return Listed(
        entry["invoice_number"], entry["invoice_code"] or "", kind, entry["issue_date"] or "", **said,
        amount=amount, tax=tax, total=total,
    )  # fmt: skip


_PARTIES_OF_ENTRY = {
    "seller": "seller_name", "seller_tax_id": "seller_tax_id", "buyer": "buyer_name", "buyer_tax_id": "buyer_tax_id",
}  # fmt: skip


def red_of(blue: Listed, number: str, total: int | None = None) -> Listed:
    """The red-letter invoice that takes an invoice back, wholly or by ``total`` cents."""
    share = blue.total if total is None else total
    tax = blue.tax * share // blue.total
    return replace(
        blue, number=number, code="", amount=tax - share, tax=-tax, total=-share, status="正常",
        remark=f"被红冲蓝字数电发票号码：{blue.number}",
    )  # fmt: skip


def _misread(row: Listed, random: Random) -> Listed:
    place = random.randrange(12, 20)
    other = str((int(row.number[place]) + random.randint(1, 9)) % 10)
    return replace(row, number=row.number[:place] + other + row.number[place + 1 :])


def _other_number(row: Listed, random: Random) -> str:
    return f"{row.number[:5]}9{random.randrange(10**14):014d}"


#: What can be planted in the row of an invoice: name -> the rows that take its place, and the bucket they should be in.
DIFFERENCES: Mapping[str, tuple[str, Callable[[Listed, Random], list[Listed]]]] = {
    "amount": ("different", lambda row, _: [replace(row, amount=row.amount + 100, total=row.total + 100)]),
    "date": ("different", lambda row, _: [replace(row, day=_day_after(row.day))]),
    "buyer": ("different", lambda row, _: [replace(row, buyer_tax_id=row.buyer_tax_id[:-1] + "0")]),
    "seller": ("different", lambda row, _: [replace(row, seller_tax_id=row.seller_tax_id[:-1] + "0")]),
    "voided": ("different", lambda row, _: [replace(row, status="作废")]),
    "red_full": (
        "different",
        lambda row, random: [replace(row, status="已红冲-全额"), red_of(row, _other_number(row, random))],
    ),
    "red_partial": (
        "different",
        lambda row, random: [
            replace(row, status="已红冲-部分"), red_of(row, _other_number(row, random), row.total // 2),
        ],
    ),
    "abnormal": ("different", lambda row, _: [replace(row, risk="异常")]),
    "twice": ("matched", lambda row, _: [row, row]),
    "misread": ("suggested", lambda row, random: [_misread(row, random)]),
    "missing": ("only_here", lambda row, _: []),
    "not_received": ("matched", lambda row, random: [row, replace(row, number=_other_number(row, random))]),
}  # fmt: skip


def planted(rows: Sequence[Listed], seed: int, each: int = 1) -> tuple[list[Listed], dict[str, list[str]]]:
    """A list with every difference planted ``each`` times, and the keys of the invoices that got each of them.

    Raises:
        ValueError: there are fewer 20-digit invoices of positive total than differences to plant.
    """
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    fit = [row for row in rows if len(row.number) == 20 and row.total > 200]
    chosen = random.sample(fit, len(DIFFERENCES) * each)
    names = {row.key: name for row, name in zip(chosen, list(DIFFERENCES) * each, strict=True)}
    out = [one for row in rows for one in _with(row, names.get(row.key), random)]
    return out, {name: [key for key, given in names.items() if given == name] for name in DIFFERENCES}


def _with(row: Listed, name: str | None, random: Random) -> list[Listed]:
    return DIFFERENCES[name][1](row, random) if name else [row]


def _day_after(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()


def _whole(row: Listed, place: int) -> list[Any]:
    positive = row.positive or ("是" if row.total >= 0 else "否")
    return [place, *_numbers(row), row.seller_tax_id, row.seller, row.buyer_tax_id, row.buyer, f"{row.day} 17:22:15",
            row.amount / 100, row.tax / 100, row.total / 100, source_of(row.number), row.kind, row.status, positive,
            row.risk, "管理员", row.remark]  # fmt: skip


def _numbers(row: Listed) -> list[Any]:
    digital = len(row.number) == 20
    told = [row.code, "" if digital else row.number, row.number if digital else ""]
    return [float(part) if part and row.as_number else part for part in told]


_NUMBERS = ["发票代码", "发票号码", "数电发票号码"]
_TURNED = ["数电发票号码", "发票代码", "发票号码"]
_PARTIES = ["销方识别号", "销方名称", "购方识别号", "购买方名称", "开票日期"]
_TAIL = ["发票来源", "发票票种", "发票状态", "是否正数发票", "发票风险等级", "开票人", "备注"]
_GOODS = ["税收分类编码", "特定业务类型", "货物或应税劳务名称", "规格型号", "单位", "数量", "单价"]
_WHOLE = ["序号", *_NUMBERS, *_PARTIES, "金额", "税额", "价税合计", *_TAIL]
_LINES = ["序号", *_NUMBERS, *_PARTIES, *_GOODS, "金额", "税率", "税额", "价税合计", *_TAIL]


def full_query(rows: Iterable[Listed], *, lines: bool = False, whole: bool = True) -> bytes:
    """全量发票查询导出: the sheet of invoices, the sheet of their lines, or both."""
    told = list(rows)
    sheets: dict[str, list[list[Any]]] = {}
    if whole:
        sheets["发票基础信息"] = [_WHOLE, *(_whole(row, place) for place, row in enumerate(told, 1))]
    if lines:
        sheets["信息汇总表"] = [_LINES, *(_line(row, half) for row in told for half in (0, 1))]
    return workbook(sheets)


def _line(row: Listed, half: int) -> list[Any]:
    """One of the two lines of an invoice."""
    amount, tax = (cents - cents // 2 if half else cents // 2 for cents in (row.amount, row.tax))
    whole = _whole(row, half)
    goods = ["1090511030000000000", "", "*电子计算机*显示器", "", "台", 1, amount / 100]
    return [*whole[:9], *goods, amount / 100, "13%", tax / 100, (amount + tax) / 100, *whole[12:]]


def deduction_template(rows: Iterable[Listed]) -> bytes:
    """抵扣勾选: starred headers, amounts without total."""
    head = ["序号", "是否勾选*", *_TURNED, "开票日期*", "金额*", "票面税额*", "有效抵扣税额*", "购买方识别号*",
            "销售方纳税人名称", "销售方纳税人识别号", "发票来源", "票种*", "发票状态", "红字锁定标志"]  # fmt: skip
    table = [
        [place, "否", *_turned(row), row.day, row.amount / 100, row.tax / 100, row.tax / 100, row.buyer_tax_id,
         row.seller, row.seller_tax_id, source_of(row.number), row.kind, row.status, "未锁定"]
        for place, row in enumerate(rows, 1)
    ]  # fmt: skip
    return workbook({"sheet1": [head, *table]})


def deduction_result(rows: Iterable[Listed]) -> bytes:
    """已勾选清单: a title above the headers, amounts as text with commas, no buyer."""
    head = ["序号", "勾选状态", "发票来源", "转内销证明编号", *_TURNED, "开票日期", "销售方纳税人识别号",
            "销售方纳税人名称", "金额", "税额", "有效抵扣税额", "票种", "票种标签", "发票状态"]  # fmt: skip
    table = [
        [place, "已勾选", source_of(row.number), "", *_turned(row), row.day.replace("-", ""), row.seller_tax_id,
         row.seller, f"{row.amount / 100:,.2f}", f"{row.tax / 100:,.2f}", f"{row.tax / 100:,.2f}", row.kind, "",
         row.status]
        for place, row in enumerate(rows, 1)
    ]  # fmt: skip
    return workbook({"抵扣统计": [["抵扣类勾选统计明细"], [], head, *table, ["合计"]]})


def import_list(rows: Iterable[Listed]) -> bytes:
    """导入清单: notes in brackets, days as date cells."""
    head = ["序号", "数电发票号码（必填）", "开票日期（必填）", "销售方纳税人名称", "销售方纳税人识别号",
            "发票金额（不含税）", "税额"]  # fmt: skip
    table = [
        [place, row.number, dt.date.fromisoformat(row.day), row.seller, row.seller_tax_id, row.amount / 100,
         row.tax / 100]
        for place, row in enumerate(rows, 1)
    ]  # fmt: skip
    return workbook({"清单": [head, *table]})


def as_csv(rows: Iterable[Listed], encoding: str = "gb18030") -> bytes:
    """The full query as text, with numbers protected from spreadsheets."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(_WHOLE)
    for place, row in enumerate(rows, 1):
        whole = _whole(row, place)
        table.writerow([whole[0], *(f'="{one}"' if one else "" for one in whole[1:4]), *whole[4:]])
    return out.getvalue().encode(encoding)


#: How each form is written.
FORMS: Mapping[Form, Callable[[Iterable[Listed]], bytes]] = {
    Form.FULL_QUERY: full_query,
    Form.DEDUCTION_TEMPLATE: deduction_template,
    Form.DEDUCTION_RESULT: deduction_result,
    Form.IMPORT_LIST: import_list,
}


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """A workbook of sheets; the same rows give the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": _THEN})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                else:
                    sheet.write(line, place, cell)
    book.close()
    return out.getvalue()


def _turned(row: Listed) -> list[Any]:
    code, number, digital = _numbers(row)
    return [digital, code, number]
