"""Where QR code, data and print disagree, and words on the print that void it."""

from __future__ import annotations

from collections.abc import Iterator

from intake.check.context import CheckContext, find
from models.finding import Finding
from models.invoice import Invoice
from models.kinds import KIND_INFO
from models.outcome import Format
from models.qr_payload import parse_payload
from models.reading import Field, Source

_QR_RULES = {
    "invoice_number": "QR-MISMATCH-NUM",
    "invoice_code": "QR-MISMATCH-NUM",
    "amount_excl_tax": "QR-MISMATCH-AMT",
    "total": "QR-MISMATCH-AMT",
    "issue_date": "QR-MISMATCH-DATE",
}
_COMPARED = (*_QR_RULES, "tax", "buyer_tax_id", "seller_tax_id")


def check_sources(invoice: Invoice, context: CheckContext) -> Iterator[Finding]:
    """QR- and XML-PDF-rules: what two sources say differently."""
    for name, rule in _QR_RULES.items():
        field = invoice.fields.get(name)
        pair = _differing(field, Source.QR) if field else None
        if pair:
            yield find(invoice, rule, name, a=pair[0], b=pair[1])
    for name in _COMPARED:
        field = invoice.fields.get(name)
        pair = _differing(field, Source.STRUCTURED) if field else None
        if pair:
            yield find(invoice, "XML-PDF-MISMATCH", name, field=f"@field.{name}", a=pair[0], b=pair[1])
    payload = invoice.fields.get("qr_payload")
    if payload is None:
        if KIND_INFO[invoice.kind].electronic and context.format not in (Format.XML, Format.OFD):
            yield find(invoice, "QR-MISSING")
    elif (parsed := parse_payload(payload.value)) and parsed.intact is None:
        yield find(invoice, "QR-CRC", "qr_payload")


def _differing(field: Field, one: Source) -> tuple[str, str] | None:
    """The value of one source and the first value of another that differs from it."""
    said = next((reading.value for reading in field.readings if reading.source is one), None)
    if said is None:
        return None
    other = next((r.value for r in field.readings if r.source is not one and r.value != said), None)
    return (said, other) if other else None
