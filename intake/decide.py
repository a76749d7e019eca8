"""From findings to a verdict. Accept only what is proven through and through."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice
from models.kinds import KIND_INFO

_WORSE = (Verdict.ACCEPT, Verdict.REVIEW, Verdict.REJECT)


def decide(invoice: Invoice) -> Invoice:
    """Give the invoice with its verdict; what keeps it from being accepted is named in a finding."""
    unproven = _unproven(invoice) if KIND_INFO[invoice.kind].supported else ()
    findings = invoice.findings
    if unproven:
        named = ", ".join(f"@field.{name}" for name in unproven)
        findings = (*findings, Finding("GATE-UNPROVEN", Severity.REVIEW, params={"fields": named}))
    return dataclasses.replace(invoice, findings=findings, verdict=verdict_of(findings))


def decide_document(findings: Sequence[Finding], invoices: Sequence[Invoice]) -> Verdict:
    """The verdict on a whole document: the best it can be is what its invoices agree on."""
    own = verdict_of(findings)
    if own is Verdict.REJECT or not invoices:
        return own if own is Verdict.REJECT else Verdict.REVIEW
    verdicts = {invoice.verdict for invoice in invoices}
    if verdicts == {Verdict.REJECT}:
        return Verdict.REJECT
    return Verdict.ACCEPT if verdicts == {Verdict.ACCEPT} and own is Verdict.ACCEPT else Verdict.REVIEW


def bounded(verdict: Verdict, findings: Sequence[Finding]) -> Verdict:
    """The verdict on one invoice of a document, no better than what there is to say of the document itself.

    What is said of one file of an archive (``file``) is no matter of the invoices in the others.
    """
    own = verdict_of([finding for finding in findings if "file" not in finding.params])
    return max(verdict, own, key=_WORSE.index)


def _unproven(invoice: Invoice) -> tuple[str, ...]:
    needed = list(KIND_INFO[invoice.kind].gate)
    if "buyer_tax_id" in invoice.fields:
        needed.append("buyer_tax_id")
    return tuple(name for name in needed if name not in invoice.fields or not invoice.fields[name].proven)


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """The verdict that the gravest finding asks for."""
    severities = {finding.severity for finding in findings}
    if Severity.REJECT in severities:
        return Verdict.REJECT
    return Verdict.REVIEW if Severity.REVIEW in severities else Verdict.ACCEPT
