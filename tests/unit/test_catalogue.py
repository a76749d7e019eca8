"""The catalogue of rules: whole, and never at a loss for words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake.check.catalogue import SOURCE_WORDS, STAGE_WORDS, Rule, remedy, rules, sentence
from models.finding import Finding, Severity

ROOT = Path(__file__).parents[2]
_ID = re.compile(r'"((?:FILE|IMG|EV|SIG|TYPE|INV|DATE|TAXID|BUYER|SELLER|AMT|RATE|QR|XML|DUP|GATE)-[A-Z-]+)"')


def used() -> set[str]:
    sources = [path for room in ("intake", "workers", "api") for path in (ROOT / room).rglob("*.py")]
    return {found for path in sources for found in _ID.findall(path.read_text(encoding="utf-8"))}


def test_every_rule_that_the_code_raises_is_in_the_catalogue() -> None:
    assert used() - set(rules()) == set()


@pytest.mark.parametrize("rule", list(rules()))
def test_a_rule_speaks_both_languages_even_without_its_facts(rule: str) -> None:
    finding = Finding(rule, Severity.REVIEW)
    for language in ("zh", "en"):
        said = sentence(finding, language)
        assert said
        assert "{" not in said
    assert remedy(finding, "zh")


@pytest.mark.parametrize("rule", rules().values(), ids=list(rules()))
def test_where_a_rule_stands_and_comes_from_is_said_without_english(rule: Rule) -> None:
    stage, _ = STAGE_WORDS[rule.stage]
    source, _ = SOURCE_WORDS.get(rule.source, (rule.source, rule.source))
    assert not re.search("[a-z]{3}", stage + source.replace("docs/accuracy.md", ""))
