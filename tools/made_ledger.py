"""A made-up ledger of any size, as a company of four has it: sellers by Zipf, three years, every region."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from intake.store.database import MIGRATIONS, migrate
from intake.store.dump import make_tables
from intake.store.entries import view_after
from models.entry import Verification
from models.regions import REGIONS, Region
from tools.made_files import lay_around

FIRST_DAY, DAYS = dt.date(2024, 1, 1), 1050
SELLERS = 30_000
_PORTION = 20_000
#: Numbers that look drawn by lot and never come twice: it has no divisor in common with a power of ten.
_STEP = 617_283_945_137_781
_SYLLABLES = "华宏南西海天宇鼎泰恒盛瑞祥康银龙凤光明远达信诚德善美佳乐福源汇丰江河云星辰腾跃博雅文轩环球嘉禾"
_TRADES = (
    "餐饮", "科技", "贸易", "酒店管理", "物流", "信息技术", "文化传媒", "建筑工程", "电子", "办公用品", "汽车服务",
    "医药", "广告", "印刷", "石化销售", "电力", "通信", "旅行社", "物业管理", "机械",
)  # fmt: skip
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "（分公司）", "店", "集团有限公司")
_ITEMS = (
    "*餐饮服务*餐费", "*住宿服务*住宿费", "*运输服务*客运服务费", "*信息技术服务*技术服务费", "*纸制品*复印纸A4",
    "*汽油*95号车用汽油", "*计算机外部设备*显示器", "*物流辅助服务*快递费", "*供电*电费", "*广告服务*推广费",
    "*会展服务*会务费", "*印刷品*宣传册", "*药品*感冒灵颗粒", "*家具*办公椅", "*经营租赁*房租", "*建筑服务*装修工程款",
    "*软件*软件使用费", "*水冰雪*自来水", "*焙烤食品*糕点", "*劳务*保洁费",
)  # fmt: skip
BUYERS = (
    ("北京样例科技有限公司", "91110006MACP0MQ239"), ("上海样例科技有限公司", "91310001MA48UHFR8E"),
    ("深圳样例智造有限公司", "91440002MA73CF658B"), ("杭州样例网络有限公司", "91330015MAPQTRDG1N"),
)  # fmt: skip
_STATES = {Verification.UNCHECKED: 395, Verification.MATCH: 100, Verification.MISMATCH: 1, Verification.VOIDED: 1}


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller: name, tax id, and the region that issues its invoices."""

    name: str
    tax_id: str
    region: Region


class MadeLedger:
    """Entries that are the same every time for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - nothing secret
        self.sellers = [self._seller() for _ in range(SELLERS)]

    def rows(self, count: int) -> Iterator[dict[str, Any]]:
        """Rows of ``entries``, as the events of so many entries would build them; oldest first."""
        for serial in range(count):
            day = FIRST_DAY + dt.timedelta(serial * DAYS // count)
            at = dt.datetime.combine(day, dt.time(9)).timestamp() + 172_800 + serial % 1000
            row = view_after({}, "entered", at, self._facts(serial, day))
            state = self.dice.choices(list(_STATES), list(_STATES.values()))[0]
            yield {**row, "verification": state.value, "id": f"{self.dice.getrandbits(128):032x}"}

    def _seller(self) -> Seller:
        dice = self.dice
        region = dice.choice(REGIONS)
        own = "".join(dice.choices(_SYLLABLES, k=dice.choice((2, 2, 2, 3, 4))))
        form = dice.choices(_FORMS, (60, 10, 8, 5, 5, 12))[0]
        tail = "".join(dice.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=12))
        return Seller(f"{region.zh}{own}{dice.choice(_TRADES)}{form}", f"91{region.code4}{tail}", region)

    def _facts(self, serial: int, day: dt.date) -> dict[str, Any]:
        dice = self.dice
        rank = dice.randrange(SELLERS) if dice.random() < 0.5 else int(dice.paretovariate(0.6)) % SELLERS
        seller, buyer = self.sellers[rank], dice.choices(BUYERS, (60, 20, 12, 8))[0]
        amount = round(dice.lognormvariate(6, 1.4), 2)
        tax = round(amount * dice.choice((0.06, 0.13, 0.01, 0.03, 0)), 2)
        code, number = None, f"{day.year % 100}{seller.region.digital2}2{serial * _STEP % 10**15:015d}"
        kind = dice.choice(("digital_normal", "digital_special"))
        if dice.random() < 0.25:
            code, number = f"0{seller.region.code4}{day.year % 100}00111", f"{serial * _STEP % 10**8:08d}"
            kind = "vat_normal_electronic"
        return {
            "key": f"{code}|{number}" if code else number, "kind": kind, "invoice_code": code, "invoice_number": number,
            "issue_date": day.isoformat(), "amount_excl_tax": f"{amount:.2f}", "tax": f"{tax:.2f}",
            "total": f"{amount + tax:.2f}", "buyer_name": buyer[0], "buyer_tax_id": buyer[1],
            "seller_name": seller.name, "seller_tax_id": seller.tax_id,
            "items": "\n".join(dice.sample(_ITEMS, dice.choice((1, 1, 1, 2, 3)))),
            "sender": f"员工{dice.randrange(200):03d}", "department": f"部门{dice.randrange(20):02d}",
        }  # fmt: skip


def fill(engine: sa.Engine, count: int) -> None:
    """Load a made ledger, and what lies around it, into an empty database."""
    load(engine, MadeLedger().rows(count))
    lay_around(engine)
    analyze(engine)


def load(engine: sa.Engine, rows: Iterator[dict[str, Any]]) -> None:
    """Load entries into an empty database, then bring its tables up to date: quicker than entry by entry."""
    make_tables(engine, _before_the_search())
    with engine.begin() as connection:
        table = sa.Table("entries", sa.MetaData(), autoload_with=connection)
        names = [column.name for column in table.c]
        while portion := [tuple(row[name] for name in names) for row in itertools.islice(rows, _PORTION)]:
            _load(connection, table, portion)
    migrate(engine)
    analyze(engine)


def analyze(engine: sa.Engine) -> None:
    """Let PostgreSQL count, as its autovacuum does; nothing does it for SQLite, and its queries do without."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT", reading=True) as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _load(connection: sa.Connection, table: sa.Table, portion: list[tuple[Any, ...]]) -> None:
    names = ", ".join(column.name for column in table.c)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(table.c))
        driver.executemany(f"INSERT INTO entries ({names}) VALUES ({marks})", portion)  # nosec B608 # noqa: S608 - our own names
        return
    with driver.cursor().copy(f"COPY entries ({names}) FROM STDIN") as copy:
        for row in portion:
            copy.write_row(row)


def _before_the_search() -> str:
    """The revision before the tables of the search."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    known = ScriptDirectory.from_config(config).walk_revisions()
    searched = next(one for one in known if Path(one.path).stem.endswith("search_and_saved_views"))
    return str(searched.down_revision)
