"""Errors as problem details (RFC 9457), with a sentence in each language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus

import redis
import sqlalchemy as sa
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.guard import ForeignForm, NotAllowed, NotSignedIn, PasswordFirst
from api.web.frame import error_page
from api.web.login import login_address
from intake.check.catalogue import remedy, rules, sentence
from intake.check.policy import BadPolicy
from intake.desk.claims import UsedBefore
from intake.desk.contest import NotItsRule
from intake.desk.corrections import StillWrong, UnknownField
from intake.desk.handoff import LimitReached
from intake.desk.handoff_results import ResultsOff, UnreadableResults
from intake.desk.keys import UnknownKey
from intake.desk.lifecycle import Changed, Refused
from intake.desk.login import TooManyTries
from intake.desk.originals import FileDeleted
from intake.desk.people import UnknownPerson
from intake.desk.policies import KnownVersion, UnknownPolicy
from intake.desk.receive import TooLarge, UnknownDocument
from intake.desk.reconciliation.links import CannotLink
from intake.desk.reconciliation.loading import BadPeriod, BeingLoaded
from intake.desk.rejudge import NotAsTried
from intake.desk.review import CannotUndo, Held, NotInReview, SecondPersonNeeded, UnknownReason
from intake.desk.search import BadCursor
from intake.desk.steering import TooLate
from intake.desk.sync.endpoints import BadTypes, KnownName
from intake.desk.sync.feed import CursorAhead
from intake.desk.sync.guard import BadAddress
from intake.desk.sync.monitor import TROUBLE_WORDS
from intake.desk.trace.ask import NothingAsked
from intake.desk.views import NotFound
from intake.errors import StorageUnavailable, UnreadableInput, UnstorableText
from models.columns import BadColumn
from models.finding import Finding
from models.query import EXAMPLES, BadFilter

log = structlog.get_logger()
_SENTENCES: Mapping[int, tuple[str, str]] = {
    400: ("请求有误，请检查后重试。", "The request is wrong; check it and try again."),
    401: ("请先登录，或在请求头中附上有效的密钥。", "Sign in first, or send a key that is still good."),
    403: ("您没有此权限，请联系管理员。", "You may not do this; ask an administrator."),
    404: ("没有找到，可能编号有误。", "Not found; the id may be wrong."),
    405: ("不支持此操作。", "This is not supported here."),
    409: ("当前状态不允许此操作，请刷新后查看。", "Its state does not allow this; reload to see where it stands."),
    413: (
        "文件超过上限 {limit} MB，请压缩或拆分后上传。",
        "The file is over the limit of {limit} MB; compress or split it.",
    ),
    422: ("内容不完整或格式不对。", "Something is missing or has the wrong form."),
    429: ("请求过于频繁，请 {wait} 秒后再试。", "Too many requests; try again in {wait} seconds."),
    503: ("服务暂时不可用，请稍后重试。", "The service is not available right now; try again soon."),
}

#: The database is away or has no connection left, or the queue is away.
_AWAY = (sa.exc.OperationalError, sa.exc.TimeoutError, redis.RedisError)
_COME_BACK_SECONDS = "5"
_TROUBLE = ("出错了，请稍后重试。", "Something went wrong; try again later.")
#: What a refusal says where the sentence of its status would say too little.
_OWN: Mapping[str, tuple[str, str]] = {
    "request_entity_too_large": ("内容过大，没有读取。", "It is too large and was not read."),
    "in_person": ("此操作须登录后本人进行，密钥不可用。", "Only somebody who has signed in may do this; no key may."),
    "not_for_others": (
        "只能以自己的名义提交；代他人提交需要专门的密钥。",
        "You can only send as yourself; sending for others needs a key made for it.",
    ),
    "password_first": ("请先修改初始密码。", "Change the password that was given to you first."),
    "foreign_form": (
        "此请求不是从本站页面发出，或页面已过期；请刷新后重试。",
        "This was not sent by a page of this site, or the page is too old; reload it and try again.",
    ),
    "held": ("{holder} 正在处理这张发票，请稍后再试。", "{holder} is looking at this invoice; try again later."),
    "file_deleted": (
        "保管期限已满，文件已按规定删除；识别内容和历史记录仍可查看。",
        "Its time is over and the file was deleted by policy; what was read in it and its history are still here.",
    ),
    "too_late": (
        "已经开始识别或已有结果，不能再取消或调整顺序。",
        "It is being read or has its outcome; it cannot be taken back or put ahead any more.",
    ),
    "second_person": (
        "金额超过公司设定的限额，需要另一位同事复核。",
        "Above the company's limit a second person must confirm; you were the first.",
    ),
    "cannot_undo": (
        "无法撤销：不是您的决定、已超过半小时，或之后已报销、记账或归档。",
        "It cannot be undone: not your decision, more than half an hour ago, or paid, booked or archived since.",
    ),
    "still_wrong": (
        "更正后仍不符合规则：{told_zh}",
        "As corrected it still breaks a rule: {told}",
    ),
    "check_limit": (
        "今天已查验 5 次，请明天再查。",
        "It was verified five times today; ask again tomorrow.",
    ),
    "results_off": (
        "尚未允许导入查验结果，请管理员设置 SHOUPIAO_VERIFICATION_RESULTS=true。",
        "Results may not be brought in yet; the operator allows it with SHOUPIAO_VERIFICATION_RESULTS=true.",
    ),
    "unreadable_results": (
        "未识别到号码和查验结果两列，或文件损坏、过大；请使用 CSV 或 XLSX。",
        "No columns of numbers and results, or the file is damaged or too large; send CSV or XLSX.",
    ),
    "nothing_asked": (
        "没有可查找的内容：请输入号码、名称、金额、日期或地区。",
        "There is nothing to look for: give a number, a name, an amount, a day or a region.",
    ),
    "used_before": ("这张发票已用于报销单 {claim}。", "This invoice was paid with claim {claim} before."),
    "withdrawn": (
        "这张发票的登记已撤回，不能再办理。",
        "The registration of this invoice was withdrawn; nothing can be done with it.",
    ),
    "dead": ("这张发票{told_zh}，不能记账。", "This invoice is {told} and cannot be booked."),
    "booked_before": (
        "这张发票已按 {mark}（{told_zh}）记账；如需更改请先撤销（06）。",
        "This invoice is booked as {mark} ({told}); revoke that first (06).",
    ),
    "not_booked": ("这张发票没有记账，无可撤销。", "This invoice is not booked; there is nothing to revoke."),
    "archived_before": ("这张发票已于 {told} 归档。", "This invoice was archived on {told} before."),
    "no_result": ("“未查验”不是查验结果。", "“Unchecked” is not what a verification answers."),
    "changed": (
        "您打开之后，这张发票已有更改；请刷新后再办理。",
        "This invoice was changed since you looked at it; reload and try again.",
    ),
    "bad_text": (
        "内容含有无法保存的字符（空字符），请删除后重试。",
        "It holds a character that cannot be stored (NUL); take it out and try again.",
    ),
    "unreadable_list": ("{told_zh}", "{told}"),
    "bad_period": (
        "清单中有期间以外的发票，或起止日期颠倒、缺少一个，请核对期间。",
        "The list holds invoices outside these days, or the days are the wrong way round, or one is missing.",
    ),
    "being_loaded": ("同一份清单正在导入，请稍后查看。", "The same list is being loaded; look again in a moment."),
    "cannot_link": (
        "其中一张发票已有对应（号码相同或已人工对应），请先撤销。",
        "One of the two has its counterpart already, by number or by a link; take that back first.",
    ),
    "bad_filter": (
        "筛选条件 {name} 的内容“{value}”看不懂；写法见 docs/api.md，如 {told}。",
        "The filter {name} says “{value}”, which is not understood; write it like {told} (docs/api.md).",
    ),
    "bad_column": ("没有名为“{column}”的列。", "There is no column “{column}”."),
    "bad_policy": ("规则包有误：{told}", "The pack has mistakes: {told}"),
    "bad_endpoint": ("地址不能使用：{told_zh}。", "The address cannot be used: {told}."),
    "known_name": (
        "已有名为“{name}”的对接端点，请换一个名称。",
        "There is an endpoint named {name}; choose another name.",
    ),
    "bad_types": (
        "没有这些变更类型：{told}；可用类型见 GET /api/v1/changes/types。",
        "There are no such types: {told}; GET /api/v1/changes/types lists those there are.",
    ),
    "cursor_ahead": (
        "游标超过最后一个事件（{last}）：可能数据库已从旧备份恢复。请从恢复前的位置重新拉取，按 id 去重。",
        "The cursor is behind the last event ({last}): an old backup may have been restored. "
        "Fetch again from an earlier place; what you have is known by its id.",
    ),
    "unknown_field": ("没有字段“{field}”。", 'There is no field "{field}".'),
    "unknown_reason": ("没有这个退回原因。", "There is no such reason; GET /reviews/reasons lists them."),
    "not_its_rule": (
        "这张发票不是因为规则 {rule} 退回的。",
        "The invoice was not returned because of {rule}.",
    ),
    "not_as_tried": (
        "现在会改变 {count} 张，与试算不同；请重新试算。",
        "Now {count} invoices would change, another number than was tried: try again first.",
    ),
    "known_version": (
        "规则包 {label} 已安装；修改后请使用新的版本号。",
        "The pack {label} is installed already; give a changed pack a new version.",
    ),
}


def problem(status: int, code: str, **params: object) -> JSONResponse:
    """Make a problem+json answer; ``code`` is stable and for programs, ``params`` are told beside it."""
    zh, en = _OWN.get(code) or _SENTENCES.get(status, _TROUBLE)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": en.format_map(params) if params else en,
        "detail_zh": zh.format_map(params) if params else zh,
        **{name: value for name, value in params.items() if not name.startswith(("limit", "told"))},
    }
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every expected error as a problem, and to a browser as a page."""
    for error, told in _PROBLEMS.items():
        app.add_exception_handler(error, lambda request, trouble, told=told: _framed(request, told(trouble)))
    for error, (status, code) in _PLAIN.items():
        app.add_exception_handler(error, lambda request, _, status=status, code=code: _answer(request, status, code))
    app.add_exception_handler(NotAllowed, lambda request, trouble: _answer(request, 403, trouble.code))
    app.add_exception_handler(NotSignedIn, lambda request, _: _sign_in_first(request))
    app.add_exception_handler(PasswordFirst, lambda request, _: _password_first(request))
    app.add_exception_handler(BadFilter, _bad_filter)  # type: ignore[arg-type]
    # Whoever broke an upload off hears no answer; without this each would leave a traceback in the log.
    app.add_exception_handler(ClientDisconnect, lambda *_: Response(status_code=400))
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    for away in _AWAY:
        app.add_exception_handler(away, _come_back)
    app.add_exception_handler(Exception, _unforeseen)


def _come_back(request: Request, trouble: Exception) -> Response:
    """A page would ask the database, or the queue, that is away, so this is plain."""
    log.warning("storage_away", exc_info=trouble)
    answer: Response = problem(503, "service_unavailable")
    if _wants_page(request):
        answer = PlainTextResponse("\n".join(_SENTENCES[503]), 503)
    answer.headers["retry-after"] = _COME_BACK_SECONDS
    return answer


def _unforeseen(request: Request, _trouble: Exception) -> Response:
    """Whatever was not foreseen may have broken what pages are built of, so this is plain; the id is in the log."""
    identity = str(request.scope["request_id"])
    answer: Response = problem(500, "internal_server_error", request=identity)
    if _wants_page(request):
        answer = PlainTextResponse("\n".join((*_TROUBLE, identity)), 500)
    answer.headers["x-request-id"] = identity
    return answer


def _http(request: Request, trouble: HTTPException) -> Response:
    return _answer(request, trouble.status_code, HTTPStatus(trouble.status_code).name.lower())


def _sign_in_first(request: Request) -> Response:
    if _wants_page(request):
        return RedirectResponse(login_address(request), 303)
    answer = problem(401, "not_signed_in")
    answer.headers["www-authenticate"] = "Bearer"
    return answer


def _password_first(request: Request) -> Response:
    return RedirectResponse("/password", 303) if _wants_page(request) else problem(403, "password_first")


def _still_wrong(trouble: StillWrong) -> JSONResponse:
    zh = " ".join(sentence(one, "zh") + remedy(one, "zh") for one in trouble.findings)
    en = " ".join(f"{sentence(one, 'en')} {remedy(one, 'en')}" for one in trouble.findings)
    return problem(422, "still_wrong", rules=[one.rule for one in trouble.findings], told=en, told_zh=zh)


def _unreadable(trouble: UnreadableInput) -> JSONResponse:
    finding = Finding(trouble.rule, rules()[trouble.rule].severity, params=trouble.params)
    zh, en = sentence(finding, "zh") + remedy(finding, "zh"), f"{sentence(finding, 'en')} {remedy(finding, 'en')}"
    return problem(422, "unreadable_list", rule=trouble.rule, told=en, told_zh=zh)


def _bad_filter(request: Request, trouble: BadFilter) -> Response:
    told = EXAMPLES.get(trouble.name, "-")
    return _answer(request, 422, "bad_filter", name=trouble.name, value=trouble.value, told=told)


def _bad_policy(trouble: BadPolicy) -> JSONResponse:
    mistakes = [{"line": line, "what": what} for line, what in trouble.mistakes]
    return problem(422, "bad_policy", mistakes=mistakes, told=str(trouble))


_REFUSALS = {"no_result": 422}


def _bad_endpoint(trouble: BadAddress) -> JSONResponse:
    zh, en = TROUBLE_WORDS[trouble.code]
    return problem(422, "bad_endpoint", reason=trouble.code, told=en, told_zh=zh)


def _too_many(trouble: TooManyTries) -> JSONResponse:
    wait = int(trouble.seconds) + 1
    answer = problem(429, "too_many", wait=wait)
    answer.headers["retry-after"] = str(wait)
    return answer


_PROBLEMS: Mapping[type[Exception], Callable[..., JSONResponse]] = {
    TooLarge: lambda trouble: problem(413, "too_large", limit=f"{trouble.limit / 2**20:.0f}"),
    StillWrong: _still_wrong,
    BadPolicy: _bad_policy,
    KnownVersion: lambda trouble: problem(409, "known_version", label=str(trouble)),
    Held: lambda trouble: problem(409, "held", holder=trouble.holder),
    SecondPersonNeeded: lambda _: problem(409, "second_person"),
    CannotUndo: lambda _: problem(409, "cannot_undo"),
    TooLate: lambda _: problem(409, "too_late"),
    BadColumn: lambda trouble: problem(422, "bad_column", column=str(trouble)),
    UsedBefore: lambda trouble: problem(409, "used_before", claim=trouble.claim, at=trouble.at),
    Refused: lambda trouble: problem(_REFUSALS.get(trouble.code, 409), trouble.code, **trouble.told),
    Changed: lambda trouble: problem(412, "changed", revision=trouble.revision),
    LimitReached: lambda _: problem(409, "check_limit"),
    ResultsOff: lambda _: problem(403, "results_off"),
    UnreadableResults: lambda _: problem(422, "unreadable_results"),
    NothingAsked: lambda _: problem(422, "nothing_asked"),
    BadAddress: _bad_endpoint,
    KnownName: lambda trouble: problem(409, "known_name", name=str(trouble)),
    BadTypes: lambda trouble: problem(422, "bad_types", told=str(trouble)),
    CursorAhead: lambda trouble: problem(409, "cursor_ahead", last=trouble.last),
    UnreadableInput: _unreadable,
    UnstorableText: lambda _: problem(422, "bad_text"),
    BadPeriod: lambda _: problem(422, "bad_period"),
    BeingLoaded: lambda _: problem(409, "being_loaded"),
    CannotLink: lambda _: problem(409, "cannot_link"),
    UnknownDocument: lambda _: problem(404, "not_found"),
    UnknownPolicy: lambda _: problem(404, "not_found"),
    UnknownField: lambda trouble: problem(422, "unknown_field", field=trouble.name),
    UnknownReason: lambda _: problem(422, "unknown_reason"),
    NotItsRule: lambda trouble: problem(422, "not_its_rule", rule=trouble.rule, rules=trouble.known),
    NotAsTried: lambda trouble: problem(409, "not_as_tried", count=trouble.count),
    TooManyTries: _too_many,
}


#: Errors that say no more than their sentence.
_PLAIN: Mapping[type[Exception], tuple[int, str]] = {
    NotInReview: (409, "not_in_review"),
    FileDeleted: (410, "file_deleted"),
    NotFound: (404, "not_found"),
    UnknownPerson: (404, "not_found"),
    UnknownKey: (404, "not_found"),
    BadCursor: (400, "bad_cursor"),
    RequestValidationError: (422, "invalid"),
    ForeignForm: (403, "foreign_form"),
    StorageUnavailable: (503, "service_unavailable"),
}


def _answer(request: Request, status: int, code: str, **params: object) -> Response:
    return _framed(request, problem(status, code, **params))


def _framed(request: Request, answer: JSONResponse) -> Response:
    """The problem as it is; to a browser its sentence in the frame of the pages."""
    if not _wants_page(request):
        return answer
    told = json.loads(bytes(answer.body))
    return error_page(request, answer.status_code, told["detail_zh"], told["detail"])


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
