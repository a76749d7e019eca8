"""What people tell us of the service itself (用户反馈): of which class it is, and where its answer stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from models.search_text import normal


class ReportClass(StrEnum):
    """What a report is about; operations count by it."""

    MISSING = "missing"
    MISREAD = "misread"
    RULE = "rule"
    UPLOAD = "upload"
    SLOW = "slow"
    PAGE = "page"
    RIGHTS = "rights"
    WISH = "wish"
    OTHER = "other"


class ReportState(StrEnum):
    """Where a report stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"


CLASS_WORDS: Mapping[ReportClass, tuple[str, str]] = {
    ReportClass.MISSING: ("找不到发票", "An invoice is missing"),
    ReportClass.MISREAD: ("识别有误", "Something was read wrongly"),
    ReportClass.RULE: ("退回理由不对", "A returned invoice is right"),
    ReportClass.UPLOAD: ("上传问题", "Sending files"),
    ReportClass.SLOW: ("太慢", "It is slow"),
    ReportClass.PAGE: ("页面问题", "A page does not work"),
    ReportClass.RIGHTS: ("账号与权限", "Account and rights"),
    ReportClass.WISH: ("建议", "A wish"),
    ReportClass.OTHER: ("其他", "Something else"),
}
REPORT_STATE_WORDS: Mapping[ReportState, tuple[str, str]] = {
    ReportState.OPEN: ("待处理", "Open"),
    ReportState.ASSIGNED: ("处理中", "Being looked at"),
    ReportState.ANSWERED: ("已答复", "Answered"),
    ReportState.CLOSED: ("已关闭", "Closed"),
}
#: Words that give a class away, in the order in which they are tried.
_SIGNS: tuple[tuple[ReportClass, tuple[str, ...]], ...] = (
    (ReportClass.WISH, ("建议", "希望", "能不能", "wish", "could you", "please add", "suggest")),
    (ReportClass.MISSING, ("找不到", "没有", "不见", "缺", "missing", "where is", "not in", "cannot find")),
    (ReportClass.RULE, ("退回", "拒绝", "规则", "理由", "returned", "rejected", "rule")),
    (ReportClass.MISREAD, ("识别", "读错", "认错", "金额不对", "misread", "wrong amount", "wrongly read", "ocr")),
    (ReportClass.UPLOAD, ("上传", "拍照", "文件夹", "upload", "photo", "camera", "folder")),
    (ReportClass.SLOW, ("慢", "卡", "等了", "超时", "slow", "timeout", "waiting for")),
    (ReportClass.RIGHTS, ("权限", "登录", "密码", "账号", "login", "password", "permission", "not allowed")),
    (ReportClass.PAGE, ("页面", "按钮", "显示", "打不开", "page", "button", "display")),
)


def classify(text: str, *, page: str = "", rule: str | None = None) -> ReportClass:
    """The class that the words of a report, the rule it names or the page it came from give away."""
    said = normal(text)
    for one, signs in _SIGNS:
        if any(sign in said for sign in signs):
            return one
    if rule:
        return ReportClass.RULE
    return ReportClass.MISSING if page.startswith("/trace") else ReportClass.OTHER
