"""The second look: what keeps an invoice from being accepted is read once more, prepared in another way.

First the whole page where fields are missing, then the unproven fields alone, each cut from the picture and enlarged.
Every look leaves its readings beside the first; what two looks are worth is for the gate to say. A reading that obeys a
check of its own (a tax id, the sum) takes the place of one that does not. Nothing is looked at that is proven, and the
looking stops when all is proven or no idea is left. What would send an invoice back, a mark or the words that say what
else it is, is looked at again as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from intake.check import CheckContext, check
from intake.decide import decide
from intake.page import Look
from intake.read.engine import OcrEngine
from intake.second_look.fields import read_fields_alone, read_lines_again, read_page_again
from intake.second_look.marks import read_marks_again
from intake.second_look.obeying import obeying
from models.finding import Severity, Verdict
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind


def judge(invoice: Invoice, context: CheckContext) -> Invoice:
    """Check an invoice as it was read and decide on it."""
    return decide(check(invoice, context))


def look_again(
    invoice: Invoice, judged: Invoice, looks: Mapping[int, Look], engine: OcrEngine, context: CheckContext
) -> Invoice:
    """Look again at what OCR left in doubt, and judge anew after each look.

    ``judged`` is what was decided on ``invoice`` as it was read; ``looks`` holds the pages that OCR read, by number.
    """
    if not looks or judged.verdict is Verdict.ACCEPT:
        return judged
    marked = read_marks_again(invoice, looks, engine)
    if marked is not invoice:
        invoice, judged = marked, judge(marked, context)
    for idea in (read_page_again, read_lines_again, read_fields_alone):
        doubtful = doubts(judged)
        if not doubtful or judged.verdict is Verdict.ACCEPT:
            return judged
        invoice = obeying(idea(invoice, doubtful, looks, engine))
        judged = judge(invoice, context)
    return judged


def doubts(judged: Invoice) -> frozenset[str]:
    """The fields read by OCR, or missing, that keep a judged invoice from being accepted."""
    info = KIND_INFO[judged.kind]
    stopping = [finding for finding in judged.findings if finding.severity in (Severity.REVIEW, Severity.REJECT)]
    named = {finding.field for finding in stopping if finding.field}
    if "buyer_tax_id" in judged.fields or any(finding.rule == "BUYER-ID-MISSING" for finding in stopping):
        named |= {"buyer_tax_id"}
    if judged.kind is Kind.UNKNOWN:
        named |= {"title"}  # a seal may have covered it
    return frozenset(
        name for name in {*info.gate, *named} if name not in judged.fields or not judged.fields[name].proven
    )
