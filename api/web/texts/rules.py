"""Texts of the rules."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "rules_intro": (
        "这里列出全部检查规则。退回的发票按提示即可更正；尚未检查的规则也如实列出。",
        "Every rule that there is. What is returned can be mended as it says; rules that are not checked are named so.",
    ),
    "rule": ("规则", "Rule"),
    "severity": ("后果", "Consequence"),
    "says": ("提示", "What it says"),
    "checked": ("何时检查", "Checked"),
    "source": ("依据", "Source"),
    "since_day": ("自", "since"),
    "record": ("退回 / 询问 / 异议 / 推翻", "returned / asked / contested / overturned"),
    "packs": ("公司规则包", "The company's packs"),
    "packs_none": (
        "尚未安装公司规则包：只检查法规和票面本身。安装方法见 docs/policy.md。",
        "No pack is installed: only the law and the invoice itself are checked. See docs/policy.md.",
    ),
    "holds": ("现行", "holds today"),
    "valid_from": ("生效日期", "Valid from"),
}
