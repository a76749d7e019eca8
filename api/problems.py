"""Errors as problem details (RFC 9457), with a sentence in each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.guard import ForeignForm, NotAllowed, NotSignedIn, PasswordFirst
from api.web.frame import error_page
from api.web.login import login_address
from intake.check.catalogue import remedy, sentence
from intake.check.policy import BadPolicy
from intake.desk.claims import UsedBefore
from intake.desk.keys import UnknownKey
from intake.desk.ledger import BadCursor
from intake.desk.login import TooManyTries
from intake.desk.people import UnknownPerson
from intake.desk.policies import KnownVersion
from intake.desk.receive import TooLarge, UnknownDocument
from intake.desk.review import CannotUndo, Held, NotInReview, SecondPersonNeeded, StillWrong
from intake.desk.views import NotFound

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
    "second_person": (
        "金额超过公司设定的限额，需要另一位同事复核。",
        "Above the company's limit a second person must confirm; you were the first.",
    ),
    "cannot_undo": (
        "无法撤销：不是您的决定、已超过半小时，或已被报销使用。",
        "It cannot be undone: not your decision, more than half an hour ago, or used by a claim since.",
    ),
    "still_wrong": (
        "更正后仍不符合规则：{told_zh}",
        "As corrected it still breaks a rule: {told}",
    ),
    "used_before": ("这张发票已用于报销单 {claim}。", "This invoice was paid with claim {claim} before."),
    "bad_policy": ("规则包有误：{told}", "The pack has mistakes: {told}"),
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
        app.add_exception_handler(error, lambda _, trouble, told=told: told(trouble))
    for error, (status, code) in _PLAIN.items():
        app.add_exception_handler(error, lambda request, _, status=status, code=code: _answer(request, status, code))
    app.add_exception_handler(NotAllowed, lambda request, trouble: _answer(request, 403, trouble.code))
    app.add_exception_handler(NotSignedIn, lambda request, _: _sign_in_first(request))
    app.add_exception_handler(PasswordFirst, lambda request, _: _password_first(request))
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]


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


def _bad_policy(trouble: BadPolicy) -> JSONResponse:
    mistakes = [{"line": line, "what": what} for line, what in trouble.mistakes]
    return problem(422, "bad_policy", mistakes=mistakes, told=str(trouble))


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
    UsedBefore: lambda trouble: problem(409, "used_before", claim=trouble.claim, at=trouble.at),
    UnknownDocument: lambda _: problem(404, "not_found"),
    TooManyTries: _too_many,
}


#: Errors that say no more than their sentence.
_PLAIN: Mapping[type[Exception], tuple[int, str]] = {
    NotInReview: (409, "not_in_review"),
    NotFound: (404, "not_found"),
    UnknownPerson: (404, "not_found"),
    UnknownKey: (404, "not_found"),
    BadCursor: (400, "bad_cursor"),
    RequestValidationError: (422, "invalid"),
    ForeignForm: (403, "foreign_form"),
}


def _answer(request: Request, status: int, code: str) -> Response:
    if _wants_page(request):
        return error_page(request, status, *(_OWN.get(code) or _SENTENCES.get(status, _SENTENCES[400])))
    return problem(status, code)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
