"""An outcome as JSON and back: what the bounded child hands to its parent, and what the store keeps.

The form is the contract of ``read --json`` (docs/architecture.md) less the sentences, which the catalogue of rules
adds in the reader's language, and plus every reading behind a field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from models.finding import Finding, Severity, Verdict
from models.invoice import Invoice, LineItem
from models.kinds import Kind
from models.outcome import Format, Outcome, PagePicture
from models.reading import Box, Field, Reading, Source

Json = dict[str, Any]


def _box_to(box: Box | None) -> list[float] | None:
    return [round(edge, 1) for edge in box] if box else None


def _box_from(value: list[float] | None) -> Box | None:
    return Box(*value) if value else None


def _reading_to(reading: Reading) -> Json:
    return {
        "value": reading.value,
        "source": reading.source.value,
        "confidence": round(reading.confidence, 4),
        "page": reading.page,
        "box": _box_to(reading.box),
        "raw": reading.raw,
        "look": reading.look,
        "repaired": reading.repaired,
    }


def _reading_from(data: Json) -> Reading:
    return Reading(
        value=data["value"],
        source=Source(data["source"]),
        confidence=data["confidence"],
        page=data["page"],
        box=_box_from(data["box"]),
        raw=data["raw"],
        look=data.get("look", 1),
        repaired=data.get("repaired", False),
    )


def _field_to(field: Field) -> Json:
    shown = field.shown
    return {
        "value": field.value,
        "confidence": round(field.confidence, 4),
        "sources": [source.value for source in field.sources],
        "proven": field.proven,
        "proof": field.proof,
        "page": shown.page,
        "box": _box_to(shown.box),
        "readings": [_reading_to(reading) for reading in field.readings],
    }


def _field_from(name: str, data: Json) -> Field:
    return Field(
        name=name,
        value=data["value"],
        readings=tuple(_reading_from(reading) for reading in data["readings"]),
        proven=data["proven"],
        proof=data["proof"],
    )


def finding_to(finding: Finding) -> Json:
    """Give a finding as JSON, without its sentences."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "field": finding.field,
        "page": finding.page,
        "box": _box_to(finding.box),
        "params": dict(finding.params),
    }


def finding_from(data: Json) -> Finding:
    """Take a finding back from ``finding_to``."""
    return Finding(
        rule=data["rule"],
        severity=Severity(data["severity"]),
        field=data["field"],
        page=data["page"],
        box=_box_from(data["box"]),
        params=data["params"],
    )


def _item_to(item: LineItem) -> Json:
    data = asdict(item)
    data["box"] = _box_to(item.box)
    return data


def _item_from(data: Json) -> LineItem:
    return LineItem(**{**data, "box": _box_from(data["box"])})


def invoice_to(invoice: Invoice) -> Json:
    """Give an invoice as JSON."""
    return {
        "kind": invoice.kind.value,
        "page": invoice.page,
        "region": _box_to(invoice.region),
        "verdict": invoice.verdict.value if invoice.verdict else None,
        "fields": {name: _field_to(field) for name, field in invoice.fields.items()},
        "items": [_item_to(item) for item in invoice.items],
        "items_source": invoice.items_source.value if invoice.items_source else None,
        "likeness": invoice.likeness,
        "findings": [finding_to(finding) for finding in invoice.findings],
    }


def invoice_from(data: Json) -> Invoice:
    """Take an invoice back from ``invoice_to``."""
    return Invoice(
        kind=Kind(data["kind"]),
        page=data["page"],
        region=_box_from(data["region"]),
        verdict=Verdict(data["verdict"]) if data["verdict"] else None,
        fields={name: _field_from(name, value) for name, value in data["fields"].items()},
        items=tuple(_item_from(item) for item in data["items"]),
        items_source=Source(data["items_source"]) if data["items_source"] else None,
        findings=tuple(finding_from(finding) for finding in data["findings"]),
        likeness=data.get("likeness"),
    )


def outcome_to(outcome: Outcome) -> Json:
    """Give an outcome as JSON."""
    return {
        "sha256": outcome.sha256,
        "format": outcome.format.value,
        "pages": outcome.pages,
        "verdict": outcome.verdict.value,
        "findings": [finding_to(finding) for finding in outcome.findings],
        "invoices": [invoice_to(invoice) for invoice in outcome.invoices],
        "pictures": [asdict(picture) for picture in outcome.pictures],
        "timings_ms": {stage: round(ms, 1) for stage, ms in outcome.timings_ms.items()},
        "policy": outcome.policy,
    }


def outcome_from(data: Mapping[str, Any]) -> Outcome:
    """Take an outcome back from ``outcome_to``."""
    return Outcome(
        sha256=data["sha256"],
        format=Format(data["format"]),
        pages=data["pages"],
        verdict=Verdict(data["verdict"]),
        findings=tuple(finding_from(finding) for finding in data["findings"]),
        invoices=tuple(invoice_from(invoice) for invoice in data["invoices"]),
        pictures=tuple(PagePicture(**picture) for picture in data["pictures"]),
        timings_ms=data["timings_ms"],
        policy=data.get("policy", ""),
    )
