"""How long the files of a document are kept (保管期限)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from models.clock import SHANGHAI, local

_DAY = 86_400.0


class Kept(StrEnum):
    """As what a file is kept."""

    VOUCHER = "voucher"
    RETURNED = "returned"


KEPT_WORDS: dict[Kept, tuple[str, str]] = {
    Kept.VOUCHER: ("会计凭证", "voucher"),
    Kept.RETURNED: ("已退回的文件", "returned file"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The policy: whole years for what became a voucher, days for what was returned and became none.

    Vouchers are kept for 30 years from the end of their accounting year (会计档案管理办法, 2015, article 14 and its
    first table); the law says nothing of files that were never booked.
    """

    voucher_years: int
    returned_days: int

    def over_at(self, kept: Kept, last: float) -> float:
        """The moment from which a file need not be kept; ``last`` is when something was last done with it."""
        if kept is Kept.RETURNED:
            return last + self.returned_days * _DAY
        year = local(last).year + 1 + self.voucher_years
        return dt.datetime(year, 1, 1, tzinfo=SHANGHAI).timestamp()

    def latest(self, kept: Kept, now: float) -> float:
        """No file with which something was done after this moment is over by now."""
        if kept is Kept.RETURNED:
            return now - self.returned_days * _DAY
        year = local(now).year - self.voucher_years
        return dt.datetime(year, 1, 1, tzinfo=SHANGHAI).timestamp()
