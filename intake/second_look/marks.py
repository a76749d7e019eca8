"""Marks that void a sheet (作废, 样票 …) are read once more, alone, before they send anything back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from intake.extract import voids
from intake.page import Look
from intake.read.engine import OcrEngine
from intake.second_look.crops import MARK, crop
from models.finding import Finding, Severity
from models.invoice import Invoice

#: Both looks must be this sure of a mark (rule book §10: a rejection below it is a review).
_SURE = 0.90


def read_marks_again(invoice: Invoice, looks: Mapping[int, Look], engine: OcrEngine) -> Invoice:
    """The invoice with every recognised mark that two looks see surely as a rejection; itself where nothing changes."""
    findings = tuple(_read_again(one, looks, engine) for one in invoice.findings)
    return dataclasses.replace(invoice, findings=findings) if findings != invoice.findings else invoice


def _read_again(finding: Finding, looks: Mapping[int, Look], engine: OcrEngine) -> Finding:
    look = looks.get(finding.page or 0)
    if finding.rule != "PRINT-VOID" or finding.severity is not Severity.REVIEW or look is None or finding.box is None:
        return finding
    first = next((word.confidence for word in look.words if word.box == finding.box), 0.0)
    again = [word for word in engine.read(crop(look, finding.box, MARK)) if voids(word.text)]
    seen = first >= _SURE and any(word.confidence >= _SURE for word in again)
    return dataclasses.replace(finding, severity=Severity.REJECT) if seen else finding
