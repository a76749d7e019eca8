"""The catalogue of rules: identity, severity and the sentences for people, in both languages."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.finding import Finding, Severity

Language = Literal["zh", "en"]

_REMEDIES: dict[str, tuple[str, str]] = {
    "File and picture": ("请按提示处理后重新上传。", "Mend the file as described and send it again."),
    "Kind": ("请上传对应的发票，或联系财务说明票据类型。", "Send the invoice itself, or tell finance what it is."),
    "Numbers": (
        "请对照票面核对号码；优先上传 PDF、OFD 或 XML 原件。",
        "Compare the number; best send the original file.",
    ),
    "Date": ("请对照票面核对开票日期。", "Compare the date with the invoice."),
    "Parties": (
        "请核对名称和税号，必要时请开票方换开。",
        "Compare name and tax id; if they are wrong ask the issuer to reissue.",
    ),
    "Amounts": ("请核对金额，或上传原件。", "Compare the figures, or send the original file."),
    "QR, seal, print": (
        "请上传原件；票面与二维码不符请联系开票方。",
        "Send the original; ask the issuer if code and print differ.",
    ),
    "Duplicates, tax state": ("无需重复上传；如有疑问请联系财务。", "No need to send it again; ask finance in doubt."),
    "Proof": (
        "财务会核对，您无需操作；上传原件可更快入账。",
        "Finance will check; sending the original file is faster.",
    ),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``zh`` and ``en`` are sentences with placeholders in braces."""

    id: str
    stage: str
    kinds: str
    severity: Severity
    zh: str
    en: str
    source: str


@functools.cache
def rules() -> Mapping[str, Rule]:
    """All rules by id, in the order in which they are checked."""
    with Path(__file__).with_name("rules.toml").open("rb") as file:
        table = tomllib.load(file)["rule"]
    return {row["id"]: Rule(**{**row, "severity": Severity(row["severity"])}) for row in table}


def sentence(finding: Finding, language: Language) -> str:
    """Say a finding in words; what it does not know stands as a dash."""
    rule = rules().get(finding.rule)
    if rule is None:
        return finding.rule
    return (rule.zh if language == "zh" else rule.en).format_map(_Dashes(finding.params))


def remedy(finding: Finding, language: Language) -> str:
    """Say how to mend what a finding is about."""
    rule = rules().get(finding.rule)
    if rule is None or rule.stage not in _REMEDIES:
        return ""
    return _REMEDIES[rule.stage][0 if language == "zh" else 1]


class _Dashes(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"
