"""Errors as problem details (RFC 9457), with a sentence in each language."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.web.pages import error_page
from intake.desk.ledger import BadCursor
from intake.desk.receive import TooLarge
from intake.desk.review import NotInReview, StillWrong
from intake.desk.views import NotFound

_SENTENCES: Mapping[int, tuple[str, str]] = {
    400: ("请求有误，请检查后重试。", "The request is wrong; check it and try again."),
    404: ("没有找到，可能编号有误。", "Not found; the id may be wrong."),
    405: ("不支持此操作。", "This is not supported here."),
    409: ("当前状态不允许此操作，请刷新后查看。", "Its state does not allow this; reload to see where it stands."),
    413: (
        "文件超过上限 {limit} MB，请压缩或拆分后上传。",
        "The file is over the limit of {limit} MB; compress or split it.",
    ),
    422: ("内容不完整或格式不对。", "Something is missing or has the wrong form."),
    503: ("服务暂时不可用，请稍后重试。", "The service is not available right now; try again soon."),
}


def problem(status: int, code: str, **params: object) -> JSONResponse:
    """Make a problem+json answer; ``code`` is stable and for programs."""
    zh, en = _SENTENCES.get(status, ("出错了，请稍后重试。", "Something went wrong; try again later."))
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": en.format_map(params) if params else en,
        "detail_zh": zh.format_map(params) if params else zh,
        **{name: value for name, value in params.items() if name != "limit"},
    }
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every expected error as a problem, and to a browser as a page."""

    def too_large(_request: Request, trouble: TooLarge) -> Response:
        return problem(413, "too_large", limit=f"{trouble.limit / 2**20:.0f}")

    def still_wrong(_request: Request, trouble: StillWrong) -> Response:
        return problem(422, "still_wrong", rules=[finding.rule for finding in trouble.findings])

    def http(request: Request, trouble: HTTPException) -> Response:
        return _answer(request, trouble.status_code, HTTPStatus(trouble.status_code).name.lower())

    app.add_exception_handler(TooLarge, too_large)  # type: ignore[arg-type]
    app.add_exception_handler(StillWrong, still_wrong)  # type: ignore[arg-type]
    app.add_exception_handler(NotInReview, lambda request, _: _answer(request, 409, "not_in_review"))
    app.add_exception_handler(NotFound, lambda request, _: _answer(request, 404, "not_found"))
    app.add_exception_handler(BadCursor, lambda request, _: _answer(request, 400, "bad_cursor"))
    app.add_exception_handler(RequestValidationError, lambda request, _: _answer(request, 422, "invalid"))
    app.add_exception_handler(HTTPException, http)  # type: ignore[arg-type]


def _answer(request: Request, status: int, code: str) -> Response:
    if not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", ""):
        return error_page(request, status, *_SENTENCES.get(status, _SENTENCES[400]))
    return problem(status, code)
