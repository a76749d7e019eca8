"""Wherever the code raises a finding it gives all that the rule's sentences need, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from intake.check.catalogue import remedy, rules, sentence
from models.fields import FIELD_LABELS
from models.finding import Finding, Severity
from models.terms import OTHERS, REFUSALS, spoken

ROOT = Path(__file__).parents[2]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MAKERS = ("find", "Finding", "UnreadableInput")
PERSON, COMPANY = "11010519491231002X", "914403001922038216"


@dataclass(frozen=True)
class Raised:
    """One place in the code that raises a rule; ``given`` is None where what it gives is known only when it runs."""

    place: str
    rule: str
    given: frozenset[str] | None


def raised() -> Iterator[Raised]:
    for path in sorted((ROOT / "intake").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MAKERS:
                for rule in _rules(node):
                    yield Raised(f"{path.relative_to(ROOT)}:{node.lineno}", rule, _given(node))


def _rules(node: ast.Call) -> list[str]:
    """The rules that a call names, also where it chooses between two."""
    named = [one.value for argument in node.args for one in ast.walk(argument) if isinstance(one, ast.Constant)]
    return [one for one in named if isinstance(one, str) and one in rules()]


def _given(node: ast.Call) -> frozenset[str] | None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "find":
        names = [one.arg for one in node.keywords]
        return None if None in names else frozenset(str(one) for one in names)
    told = next((one.value for one in node.keywords if one.arg == "params"), None)
    if name == "UnreadableInput" and len(node.args) > 1:
        told = node.args[1]
    if told is None:
        return frozenset()
    if isinstance(told, ast.Dict) and all(isinstance(key, ast.Constant) for key in told.keys):
        return frozenset(str(key.value) for key in told.keys if isinstance(key, ast.Constant))
    return None


RAISED = tuple(raised())


def needed(rule: str) -> set[str]:
    known = rules()[rule]
    texts = (known.zh, known.en, known.mend_zh, known.mend_en)
    return {name for text in texts for name in _PLACEHOLDER.findall(text)}


def test_the_places_are_found() -> None:
    assert len(RAISED) > 90
    assert sum(one.given is not None for one in RAISED) > 80


@pytest.mark.parametrize("one", [one for one in RAISED if one.given is not None], ids=lambda one: one.place)
def test_a_place_gives_what_the_sentences_need(one: Raised) -> None:
    assert one.given is not None
    assert needed(one.rule) <= one.given


@pytest.mark.parametrize("rule", [rule for rule in rules() if {"field", "fields"} & needed(rule)])
def test_every_field_can_be_named_in_a_sentence(rule: str) -> None:
    for name in FIELD_LABELS:
        params = {one: f"@field.{name}" if one.startswith("field") else "1" for one in needed(rule)}
        finding = Finding(rule, Severity.REVIEW, name, params=params)
        for said in (sentence(finding, "zh"), sentence(finding, "en"), remedy(finding, "zh"), remedy(finding, "en")):
            assert not re.search(r"[{}@–]|  ", said)
            assert not said[0].islower()


@pytest.mark.parametrize("group", [("other", OTHERS), ("refusal", REFUSALS)], ids=lambda one: one[0])
def test_every_term_is_said_in_both_languages(group: tuple[str, dict[str, tuple[str, str]]]) -> None:
    name, terms = group
    for key in terms:
        assert spoken(f"@{name}.{key}", english=False) != spoken(f"@{name}.{key}", english=True)


def test_fields_in_a_row_stand_as_each_language_has_them() -> None:
    finding = Finding("GATE-UNPROVEN", Severity.REVIEW, params={"fields": "@field.total, @field.vin, @field.tax"})
    assert "价税合计、车架号、税额" in sentence(finding, "zh")
    assert "total incl. tax, VIN, tax" in sentence(finding, "en")


def test_a_finding_on_one_file_of_an_archive_names_it() -> None:
    finding = Finding("FILE-CORRUPT", Severity.REVIEW, params={"file": "b.pdf"})
    assert sentence(finding, "zh").startswith("b.pdf：文件已损坏")
    assert sentence(finding, "en").startswith("b.pdf: The file")


def test_a_persons_number_is_struck_out_and_a_companys_is_not() -> None:
    params = {"name": "某店", "id": PERSON, "ours": f"样例公司 {COMPANY}"}
    for language in ("zh", "en"):
        finding = Finding("BUYER-NOT-OURS", Severity.REJECT, params=params)
        said = sentence(finding, language) + remedy(finding, language)
        assert "110105********002X" in said
        assert PERSON not in said
        assert COMPANY in said


def test_what_a_stranger_wrote_is_no_placeholder() -> None:
    finding = Finding("DATE-INVALID", Severity.REJECT, params={"field": "@field.issue_date", "raw": "{rule.id} {0}"})
    assert "{rule.id} {0}" in sentence(finding, "zh")
