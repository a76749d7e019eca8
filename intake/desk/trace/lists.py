"""The lists of the tax authority that were loaded: what each covers, and whether an invoice would be on it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa

from intake.desk.seen import tax_lists_seen
from intake.desk.trace.fit import kind_of
from intake.desk.trace.subjects import Subject
from intake.store.tables import tax_lists
from models.answers import Pair
from models.sight import Sight
from models.tax_list import COMPLETE, FORM_WORDS, Direction, Form, kinds_named, plain, source_of

#: The latest lists that are looked at; some years of them, of several companies.
_MOST = 300
#: What of an invoice a list may leave out.
ASPECTS: dict[str, Pair] = {
    "company": ("购买方", "buyer"),
    "day": ("开票日期", "day of issue"),
    "source": ("发票来源", "source"),
    "kind": ("票种", "kind"),
    "form": ("全部发票（只列出部分）", "kind of list (it holds only a choice)"),
}


@dataclass(frozen=True, slots=True)
class TaxList:
    """One list, without its rows."""

    id: str
    filename: str
    form: str
    company: str | None
    first_day: str
    last_day: str
    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: int
    imported_at: float

    @property
    def label(self) -> Pair:
        """What it covers, in words."""
        zh, en = FORM_WORDS[Form(self.form)] if self.form in set(Form) else (self.form, self.form)
        days = f"{self.first_day} – {self.last_day}"
        parts = "".join(f", {'、'.join(names)}" for names in (self.sources, self.kinds) if names)
        return f"{zh} {days}{parts.replace(', ', '，')}", f"{en} {days}{parts}"

    def leaves_out(self, subject: Subject) -> tuple[str, ...]:
        """The ``ASPECTS`` by which an invoice cannot be on it; empty when it covers it. What is not known fits."""
        issued, number, kind = subject.value("issue_date"), subject.value("invoice_number"), kind_of(subject)
        named = [kinds_named(name) for name in self.kinds]
        told = {
            "company": self.company and (buyer := subject.value("buyer_tax_id")) and buyer != self.company,
            "day": issued is not None and not self.first_day <= issued <= self.last_day,
            "source": number and self.sources and source_of(number) not in map(plain, self.sources),
            "kind": kind and all(named) and named and not any(kind in kinds for kinds in named),
            "form": self.form not in COMPLETE,
        }
        return tuple(aspect for aspect, out in told.items() if out)


def lists_loaded(connection: sa.Connection, sight: Sight) -> tuple[TaxList, ...]:
    """The lists of what was issued to us, the latest first."""
    query = (
        sa.select(*(tax_lists.c[name] for name in TaxList.__dataclass_fields__))
        .where(tax_lists.c.direction == Direction.RECEIVED.value, tax_lists_seen(sight))
        .order_by(tax_lists.c.imported_at.desc())
        .limit(_MOST)
    )
    return tuple(
        TaxList(**{**row, "sources": tuple(json.loads(row["sources"])), "kinds": tuple(json.loads(row["kinds"]))})
        for row in connection.execute(query).mappings()
    )


def covering(lists: tuple[TaxList, ...], subject: Subject) -> tuple[TaxList, ...]:
    """The lists that an invoice should be on."""
    return tuple(one for one in lists if not one.leaves_out(subject))
