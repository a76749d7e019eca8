"""The committed samples, read and compared with their truth: the verdict holds, and what is accepted is right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.outcome import Outcome
from samples.generate import SET, draw, written
from samples.plan import FIXED

KEY_FIELDS = (
    "invoice_code",
    "invoice_number",
    "issue_date",
    "amount_excl_tax",
    "tax",
    "total",
    "buyer_tax_id",
    "seller_tax_id",
)
PICTURES = {"digital-render.png", "digital-photo.jpg", "digital-scan.pdf", "paper-photo.jpg", "paper-turned.jpg",
            "paper-heic.heic"}  # fmt: skip
PICTURE_ENDINGS = (".png", ".jpg", ".heic")
TRUTHS = {path.name.removesuffix(".json"): json.loads(path.read_text("utf-8")) for path in sorted(SET.glob("*.json"))}
Reader = Callable[[Path], Outcome]


def rules_of(outcome: Outcome) -> set[str]:
    found = [*outcome.findings, *(finding for invoice in outcome.invoices for finding in invoice.findings)]
    return {finding.rule for finding in found}


def assert_as_expected(outcome: Outcome, truth: dict[str, Any]) -> None:
    verdict, rules = truth["expect"]["verdict"], set(truth["expect"]["rules"])
    assert outcome.verdict in (("accept", "review") if verdict == "any" else (verdict,)), sorted(rules_of(outcome))
    assert rules <= rules_of(outcome)
    if outcome.verdict == "accept":
        assert_right(outcome, truth)


def assert_right(outcome: Outcome, truth: dict[str, Any]) -> None:
    wanted = truth.get("invoices", [truth])
    assert [values(invoice) for invoice in outcome.invoices] == [
        {name: one.get(name) for name in ("kind", *KEY_FIELDS)} for one in wanted
    ]


def values(invoice: Any) -> dict[str, str | None]:
    return {"kind": invoice.kind.value, **{name: invoice.value(name) for name in KEY_FIELDS}}


@pytest.mark.parametrize(
    "name", [name for name in TRUTHS if name not in PICTURES and not name.endswith(PICTURE_ENDINGS)]
)
def test_sample_with_text_or_data(name: str, read_text: Reader) -> None:
    assert_as_expected(read_text(SET / name), TRUTHS[name])


@pytest.mark.ocr
@pytest.mark.parametrize("name", sorted({*PICTURES, *(name for name in TRUTHS if name.endswith(PICTURE_ENDINGS))}))
def test_sample_as_picture(name: str, read_picture: Reader) -> None:
    assert_as_expected(read_picture(SET / name), TRUTHS[name])


def test_the_set_is_drawn_again_byte_for_byte() -> None:
    """Pictures are left out, as codecs may change; everything else depends on the seed alone."""
    steady = [sample for sample in FIXED if sample.form in ("xml", "ofd", "dtd") or sample.name == "digital-normal"]
    for name, content, truth in draw(steady):
        assert (SET / name).read_bytes() == content, name
        assert (SET / f"{name}.json").read_text("utf-8") == written(truth)


def test_every_sample_has_its_truth() -> None:
    files = {path.name for path in SET.iterdir() if not path.name.endswith(".json")}
    assert files == set(TRUTHS)
    assert {sample.name for sample in FIXED} <= {Path(name).stem for name in TRUTHS}
