"""Checks of one invoice: what is proven, and what the rules have to say. All reasons are collected."""

from __future__ import annotations

import dataclasses

from intake.check.amounts import check_amounts
from intake.check.company import check_company
from intake.check.context import CheckContext, weigh
from intake.check.identity import check_date, check_kind, check_numbers
from intake.check.parties import check_parties
from intake.check.proof import prove
from intake.check.sources import check_sources
from models.invoice import Invoice
from models.kinds import KIND_INFO

__all__ = ["CheckContext", "check", "weigh"]


def check(invoice: Invoice, context: CheckContext) -> Invoice:
    """Give the invoice with its proven fields marked and all findings of the rules.

    A kind whose fields are not read yet gets its TYPE-finding only: checking what was not read would mislead.
    """
    proven = prove(invoice, context)
    findings = [*proven.findings, *check_kind(proven, context)]
    if KIND_INFO[proven.kind].supported:
        findings += check_numbers(proven)
        findings += check_date(proven, context)
        findings += check_parties(proven, context)
        findings += check_amounts(proven, context)
        findings += check_sources(proven, context)
        findings += check_company(proven, context)
    weighed = tuple(weigh(proven, finding, context.policy) for finding in findings)
    return dataclasses.replace(proven, findings=weighed)
