"""What the company asks beyond the law: its own names, kinds, limits and watch list.

Without a pack nothing is asked.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator

from intake.check.context import CheckContext, dated_by, day, find
from models.finding import Finding, Severity
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind
from models.money import parse_money
from models.policy import Company
from models.reading import Source
from models.tax_id import is_unified

#: Tickets are issued to whom the traveller names, and can be corrected by the carrier: a person decides.
_TICKETS = frozenset({Kind.DIGITAL_RAIL, Kind.DIGITAL_AIR})
_PERSON = re.compile(r"个人|[(]个人[)]")
#: How many of our companies a message names.
_NAMED = 3


def check_company(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """TYPE-UNSUPPORTED, DATE-TOO-OLD, DATE-CROSS-YEAR, BUYER-, SELLER-BLOCKED and AMT-LIMIT."""
    policy = context.policy
    if policy.kinds and invoice.kind not in policy.kinds:
        yield find(invoice, "TYPE-UNSUPPORTED", kind=f"@kind.{invoice.kind.value}")
    yield from _check_age(invoice, context)
    if policy.ours:
        yield from _check_buyer(invoice, context)
    for one in policy.watched:
        name, code = invoice.value("seller_name"), invoice.value("seller_tax_id")
        if (one.tax_id and one.tax_id == code) or (one.name and name and _plain(one.name) == _plain(name)):
            yield find(invoice, "SELLER-BLOCKED", "seller_name", name=name or code, why=one.why)
    total = parse_money(invoice.value("total"))
    if policy.amount_limit is not None and total is not None and total > policy.amount_limit:
        yield find(invoice, "AMT-LIMIT", "total", P=total, limit=policy.amount_limit)


def _check_age(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    dated = dated_by(invoice)
    date = day(invoice, dated)
    if date is None:
        return
    days, closed, came = context.policy.age_days, context.policy.books_closed, context.received or context.today
    if days is not None and (came - date).days > days:
        yield find(invoice, "DATE-TOO-OLD", dated, date=date, n=days)
    if closed is not None and date.year < came.year and came > dt.date(came.year, *closed):
        yield find(invoice, "DATE-CROSS-YEAR", dated, year=date.year, closed=dt.date(came.year, *closed))


def _check_buyer(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """The buyer must be one of our companies, by tax id and by name."""
    name, code = invoice.value("buyer_name"), invoice.value("buyer_tax_id")
    if name is None and code is None:
        return
    companies = context.policy.companies
    by_id = next((one for one in companies if one.tax_id == code), None)
    by_name = next((one for one in companies if name and _plain(one.name) == _plain(name)), None)
    known = by_id or by_name
    ours = _listed(context.policy.ours)
    if known is None:
        yield from _stranger(invoice, name, code, ours)
    elif not known.here:
        yield find(invoice, "BUYER-GROUP", "buyer_name", name=known.name)
    elif by_id is None:
        yield from _wrong_id(invoice, known, code)
    elif by_name is not by_id and name is not None:
        yield find(invoice, "BUYER-NAME-MISMATCH", "buyer_name", name=name, ours=known.name)


def _stranger(invoice: Invoice, name: str | None, code: str | None, ours: str) -> Iterator[Finding]:
    if code is None:
        if name and _PERSON.search(name):
            yield find(invoice, "BUYER-PERSONAL", "buyer_name", ours=ours)
        elif name:
            yield find(invoice, "BUYER-NOT-OURS", "buyer_name", name=name, id="@page.none", ours=ours)
    elif is_unified(code) or invoice.fields["buyer_tax_id"].best.source is not Source.OCR:
        yield find(invoice, "BUYER-NOT-OURS", "buyer_tax_id", name=name or "@page.none", id=code, ours=ours)


def _wrong_id(invoice: Invoice, company: Company, code: str | None) -> Iterator[Finding]:
    if code is None and (not KIND_INFO[invoice.kind].electronic or invoice.kind in _TICKETS):
        return  # not every form prints it
    place = "buyer_tax_id" if code else "buyer_name"
    finding = find(invoice, "BUYER-TAXID-MISMATCH", place, id=code or "@page.none", oursid=company.tax_id)
    soft = invoice.kind in _TICKETS and finding.severity is Severity.REJECT
    yield dataclasses.replace(finding, severity=Severity.REVIEW) if soft else finding


def _listed(companies: tuple[Company, ...]) -> str:
    """The companies as one of them should be named on the invoice; a group of many is only begun."""
    begun = "; ".join(f"{one.name} {one.tax_id}" for one in companies[:_NAMED])
    return f"{begun} …" if len(companies) > _NAMED else begun


def _plain(name: str) -> str:
    """A name without what differs between two ways of writing it: width, brackets, blanks."""
    return re.sub(r"[\s()\[\]【】<>]", "", unicodedata.normalize("NFKC", name)).upper()
