"""The help: complete in both languages, safe, and found by what people ask."""

from __future__ import annotations

import re

import pytest

from api.web.help import TOPICS, answering, topic, topics, topics_for


@pytest.mark.parametrize("name", [name for name, _ in TOPICS])
def test_every_topic_is_told_in_both_languages_with_the_same_parts(name: str) -> None:
    zh, en = topic(name, "zh"), topic(name, "en")
    tags = [re.findall(r"<(\w+)", page.html) for page in (zh, en)]
    assert zh.title != en.title
    assert tags[0].count("li") == tags[1].count("li")
    assert tags[0].count("tr") == tags[1].count("tr")
    assert not re.search(r"[一-鿿]{8}", en.html)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("北京的发票不在系统里", "where"),
        ("我的票为什么被退回", "returned"),
        ("照片模糊", "photographing"),
        ("导出", "ledger"),
        ("怎么对账", "reconciliation"),
        ("出租车票", "kinds"),
    ],
)
def test_a_question_finds_its_page(question: str, name: str) -> None:
    assert name in [page.name for page in answering(question, "zh")]


def test_a_question_in_english_finds_its_page() -> None:
    assert answering("how do I export the ledger", "en")[0].name in ("ledger", "reconciliation")


def test_nonsense_finds_nothing() -> None:
    assert answering("zzzz qqqq xxxx", "zh") == []


def test_a_page_of_the_service_knows_its_help() -> None:
    assert [page.name for page in topics_for("/documents/abc", "zh")] == ["states", "returned"]


def test_no_help_page_carries_markup_of_its_own() -> None:
    assert not any("<script" in page.html or "&lt;" in page.html for page in topics("zh") + topics("en"))
