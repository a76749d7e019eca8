"""Texts of the help."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "help_intro": ("用您自己的话问，或从目录里选。", "Ask in your own words, or choose from the contents."),
    "help_ask": ("您想知道什么？", "What would you like to know?"),
    "help_answers": ("可能的答案", "What may answer it"),
    "help_none": ("帮助里没有找到答案。", "Nothing in the help answers that."),
    "help_none_hint": ("请写一条反馈，会有人答复您。", "Write to us instead; somebody will answer."),
    "help_contents": ("目录", "Contents"),
    "help_here": ("本页帮助", "Help for this page"),
    "help_news": ("更新记录", "What is new"),
    "help_news_language": ("更新记录只有英文。", "Newest first."),
}
