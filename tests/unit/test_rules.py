"""Every rule speaks where it should and is silent beside it, in whole sentences of both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake.check.catalogue import CHECKED_NOW, Rule, remedy, rules, sentence
from models.finding import Severity
from tests.rule_cases import AT_THE_DESK, CASES

ROOT = Path(__file__).parents[2]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
CHECKED = [rule for rule in rules().values() if rule.checked in CHECKED_NOW]


@pytest.mark.parametrize("name", CASES)
def test_a_rule_speaks_where_it_should_and_not_beside_it(name: str) -> None:
    speaks, silent = CASES[name]
    assert name in {finding.rule for finding in speaks()}
    assert name not in {finding.rule for finding in silent()}


@pytest.mark.parametrize("name", CASES)
def test_what_a_rule_says_is_whole(name: str) -> None:
    finding = next(one for one in CASES[name][0]() if one.rule == name)
    rule = rules()[name]
    texts = (rule.zh, rule.en, rule.mend_zh, rule.mend_en)
    needed = {placeholder for text in texts for placeholder in _PLACEHOLDER.findall(text)}
    assert needed <= set(finding.params)
    for said in (sentence(finding, "zh"), sentence(finding, "en"), remedy(finding, "zh"), remedy(finding, "en")):
        assert not re.search(r"[{}@]", said)


@pytest.mark.parametrize("name", CASES)
def test_an_english_sentence_has_no_chinese_of_ours(name: str) -> None:
    finding = next(one for one in CASES[name][0]() if one.rule == name)
    values = "".join(finding.params.values()) + "发票联差额征税发票号码数电开票日期"
    ours = [char for char in sentence(finding, "en") if "\u4e00" <= char <= "\u9fff" and char not in values]
    assert ours == []


def test_every_checked_rule_has_its_cases() -> None:
    assert {rule.id for rule in CHECKED} == set(CASES) | set(AT_THE_DESK)


@pytest.mark.parametrize("place", sorted(set(AT_THE_DESK.values())))
def test_the_cases_at_the_desk_exist(place: str) -> None:
    file, name = place.split("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {name}(" in text


def test_a_rule_that_is_not_checked_is_raised_nowhere() -> None:
    sources = [path for room in ("intake", "workers", "api") for path in (ROOT / room).rglob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    waiting = [rule.id for rule in rules().values() if rule not in CHECKED]
    assert [rule for rule in waiting if f'"{rule}"' in text] == []


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.id)
def test_a_rule_is_well_written(rule: Rule) -> None:
    for text in (rule.zh, rule.mend_zh):
        assert text.endswith("。")
        assert "  " not in text
    for text in (rule.en, rule.mend_en):
        assert text.endswith(".")
        assert text[0].isupper() or text[0] in '{"'
    assert set(_PLACEHOLDER.findall(rule.zh)) == set(_PLACEHOLDER.findall(rule.en))


def test_the_page_of_rules_is_the_one_of_the_catalogue() -> None:
    from intake.cli.rules import catalogue_page

    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == "\n".join(catalogue_page()) + "\n"


def test_no_rule_rejects_on_unsure_recognition() -> None:
    """Severity discipline: text that one look alone recognised sends nothing back, whatever it says."""
    from models.kinds import Kind
    from models.outcome import Format
    from models.reading import Source
    from tests.rule_cases import CODED, DIGITAL, invoice, told

    for base, kind in ((DIGITAL, Kind.DIGITAL_NORMAL), (CODED, Kind.VAT_NORMAL_PAPER)):
        for name in base:
            for change in (None, "名称:", "9", "2027-01-01", "壹佰零柒圆整"):
                found = told(invoice(base, kind, Source.OCR, **{name: change}), form=Format.JPEG)
                assert [one.rule for one in found if one.severity is Severity.REJECT] == []
