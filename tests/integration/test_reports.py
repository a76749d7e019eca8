"""The feedback desk, from a report to its answer."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from intake.desk.reports import (
    answer_report,
    close_report,
    reply,
    report,
    report_counts,
    report_list,
    report_total,
    report_view,
    take_report,
)
from intake.desk.services import Services
from intake.desk.views import NotFound
from models.report import ReportClass, classify
from tests.integration.people import boss, key_headers


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("北京的发票系统里找不到", ReportClass.MISSING),
        ("发票被退回了，可是票面没问题", ReportClass.RULE),
        ("税额识别成了别的数", ReportClass.MISREAD),
        ("手机拍照上传一直转圈", ReportClass.UPLOAD),
        ("The page is slow today", ReportClass.SLOW),
        ("希望能导出成 PDF", ReportClass.WISH),
        ("……", ReportClass.OTHER),
    ],
)
def test_a_report_is_classed_by_its_words(text: str, about: ReportClass) -> None:
    assert classify(text) is about


def test_a_report_goes_from_open_to_answered_and_its_writer_sees_it(services: Services) -> None:
    identity = report(
        services, "金额认错了", reporter="小王", page="/documents/1", document_id="1" * 32, rule="AMT-SUM"
    )
    take_report(services, identity, actor="运维小周")
    assert report_view(services, identity)["state_zh"] == "处理中"
    answer_report(services, identity, "已重新识别，请查看。", actor="运维小周")
    (mine,) = report_list(services, reporter="小王")
    assert (mine["state"], mine["assignee"]) == ("answered", "运维小周")
    assert [note["text"] for note in report_view(services, identity)["notes"]] == ["已重新识别，请查看。"]


def test_the_writer_may_say_that_it_is_not_solved(services: Services) -> None:
    identity = report(services, "页面打不开", reporter="小王")
    answer_report(services, identity, "已修复", actor="运维小周")
    reply(services, identity, "还是打不开", actor="小王")
    assert [one["id"] for one in report_list(services, waiting=True)] == [identity]


def test_nobody_replies_in_anothers_name(services: Services) -> None:
    identity = report(services, "页面打不开", reporter="小王")
    with pytest.raises(NotFound):
        reply(services, identity, "好了", actor="小李")


def test_the_numbers_by_class_count_what_waits(services: Services) -> None:
    first = report(services, "上传不了", reporter="小王")
    report(services, "上传很慢", reporter="小李", about=ReportClass.UPLOAD)
    close_report(services, first, actor="运维小周")
    assert [(one["about"], one["count"], one["waiting"]) for one in report_counts(services)] == [("upload", 2, 1)]


def test_the_list_is_read_page_by_page_and_counted_whole(services: Services) -> None:
    for place in range(52):
        report(services, f"第 {place} 条", reporter="小王")
    assert report_total(services, reporter="小王") == report_total(services, waiting=True) == 52
    with TestClient(create_app(services), headers=key_headers(services, boss(services))) as client:
        first, second = (client.get(f"/feedback?show=all{more}").text for more in ("", "&cursor=50"))
    assert "第 51 条" in first
    assert "第 1 条" not in first
    assert "第 1 条" in second
    assert "第 51 条" not in second
