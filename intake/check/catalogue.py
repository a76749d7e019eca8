"""The catalogue of rules: identity, severity and the sentences for people, in both languages."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from models.finding import Finding, Severity
from models.tax_id import without_person
from models.terms import spoken

Language = Literal["zh", "en"]


class Checked(StrEnum):
    """When a rule is checked; the last two say plainly that it is not, and what it waits for."""

    ALWAYS = "always"
    POLICY = "policy"
    TAX_LIST = "tax list"
    TAX_AUTHORITY = "tax authority"
    NOT_MEASURED = "not measured"


class Helper(StrEnum):
    """Who can help with what a rule found."""

    SENDER = "sender"
    ISSUER = "issuer"
    FINANCE = "finance"
    OPERATOR = "operator"


HELPER_WORDS: Mapping[Helper, tuple[str, str]] = {
    Helper.SENDER: ("提交人", "the sender"),
    Helper.ISSUER: ("开票方", "the issuer"),
    Helper.FINANCE: ("财务", "finance"),
    Helper.OPERATOR: ("系统管理员", "the operator"),
}
CHECKED_WORDS: Mapping[Checked, tuple[str, str]] = {
    Checked.ALWAYS: ("每次检查", "always"),
    Checked.POLICY: ("公司设定后检查", "once the company's policy asks for it"),
    Checked.TAX_LIST: ("与税务清单对账时检查", "when a list of the tax authority is loaded"),
    Checked.TAX_AUTHORITY: ("需要税务查验，尚未检查", "not yet: needs the tax authority's verification"),
    Checked.NOT_MEASURED: ("尚不能可靠识别，未检查", "not yet: cannot be told reliably"),
}
#: What is checked today.
CHECKED_NOW = frozenset({Checked.ALWAYS, Checked.POLICY, Checked.TAX_LIST})


def _beside_english(chinese: Mapping[str, str]) -> Mapping[str, tuple[str, str]]:
    return {english: (words, english) for english, words in chinese.items()}


#: The stages of the check, in its order.
STAGE_WORDS = _beside_english(
    {
        "File and picture": "文件与图像",
        "Kind": "票种",
        "Numbers": "发票号码与代码",
        "Date": "日期",
        "Parties": "购销双方",
        "Amounts": "金额",
        "QR, seal, print": "二维码、印章、印制",
        "Duplicates, tax state": "重复与税务状态",
        "Proof": "证明",
        "People": "人员",
    }
)
#: Sources that are no law or standard; those go by their own names in both languages.
SOURCE_WORDS = _beside_english(
    {
        "house rule": "本系统规则",
        "company policy": "公司制度",
        "measured (docs/accuracy.md)": "实测（docs/accuracy.md）",
        "tolerance of the tax authority's issuing software": "税务开票软件的允许误差",
    }
)
#: What the short names in the column ``kinds`` stand for.
KINDS_WORDS: Mapping[str, tuple[str, str]] = {
    "*": ("全部", "all"),
    "VAT": ("增值税类发票", "VAT invoices"),
    "DIG": ("数电票", "digital invoices (20 digits)"),
    "OLD": ("有发票代码的票种", "kinds with an invoice code"),
    "PAPER": ("纸质票", "paper"),
    "electronic": ("电子票", "electronic kinds"),
    "image": ("图片", "pictures"),
    "import": ("对账清单", "imported lists"),
    "rail": ("铁路客票", "rail tickets"),
    "air": ("航空行程单", "air itineraries"),
    "vehicle": ("机动车、二手车", "vehicles"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. The four texts are sentences with placeholders in braces.

    ``kinds``: to what it applies (``KINDS_WORDS``, or file formats as they are called). ``since``: the day from which
    it holds. ``source``: the law, standard or measurement behind it. ``differs``: why it is not as in the rule book.
    """

    id: str
    stage: str
    kinds: str
    severity: Severity
    checked: Checked
    who: Helper
    since: dt.date
    source: str
    zh: str
    en: str
    mend_zh: str
    mend_en: str
    differs: str = ""


@functools.cache
def rules() -> Mapping[str, Rule]:
    """All rules by id, in the order in which they are checked."""
    with Path(__file__).with_name("rules.toml").open("rb") as file:
        table = tomllib.load(file)["rule"]
    return {row["id"]: _rule(row) for row in table}


def _rule(row: Mapping[str, Any]) -> Rule:
    kinds = {"severity": Severity(row["severity"]), "checked": Checked(row["checked"]), "who": Helper(row["who"])}
    return Rule(**{**row, **kinds})


def sentence(finding: Finding, language: Language) -> str:
    """Say a finding in words; what it does not know stands as a dash.

    A finding on one file of an archive begins with the name of that file.
    """
    rule = rules().get(finding.rule)
    if rule is None:
        return finding.rule
    said = _say(rule.zh if language == "zh" else rule.en, finding, language)
    file = finding.params.get("file")
    return said if file is None else f"{file}：{said}" if language == "zh" else f"{file}: {said}"


def remedy(finding: Finding, language: Language) -> str:
    """Say how to mend what a finding is about; "" for a rule of an older catalogue."""
    rule = rules().get(finding.rule)
    return _say(rule.mend_zh if language == "zh" else rule.mend_en, finding, language) if rule else ""


def helper(finding: Finding) -> Helper:
    """Who can help with a finding."""
    rule = rules().get(finding.rule)
    return rule.who if rule else Helper.FINANCE


def _say(text: str, finding: Finding, language: Language) -> str:
    english = language == "en"
    params = {name: without_person(spoken(value, english=english)) for name, value in finding.params.items()}
    said = text.format_map(_Dashes(params))
    return said[:1].upper() + said[1:] if english else said


class _Dashes(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"
