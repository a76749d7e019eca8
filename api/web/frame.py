"""What every page shares: templates, language, who is signed in, and the frame around errors."""

from __future__ import annotations

import datetime as dt
import urllib.parse
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from api.session import session_token
from api.web.texts import named, words
from intake.desk.sessions import form_token
from models.rights import PERMISSION_WORDS, ROLE_WORDS, Permission

Language = Literal["zh", "en"]
_templates = Jinja2Templates(directory=Path(__file__).with_name("templates"))
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_YEAR = 31_536_000


def render(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Make a page.

    Beside ``values`` a template has ``t`` (the texts), ``names``, ``lang``, ``place`` (of the language in a pair),
    ``caller`` (who asks, or None), ``may`` (what they may do) and ``csrf``, which every form must carry.
    """
    lang = language(request)
    caller = getattr(request.state, "caller", None)
    token = session_token(request)
    context: dict[str, object] = {
        "t": words(lang),
        "names": named(lang),
        "lang": lang,
        "place": 0 if lang == "zh" else 1,
        "path": request.url.path,
        "caller": caller,
        "may": caller.permissions if caller else frozenset(),
        "csrf": form_token(token) if caller and caller.session and token else "",
        "Permission": Permission,
        "role_words": ROLE_WORDS,
        "permission_words": PERMISSION_WORDS,
        **values,
    }
    answer = _templates.TemplateResponse(request, template, context, status_code=status)
    answer.headers["cache-control"] = "private, no-store"
    asked = request.query_params.get("lang")
    if asked in ("zh", "en"):
        answer.set_cookie("lang", asked, max_age=_YEAR, samesite="lax", httponly=True)
    return answer


def error_page(request: Request, status: int, zh: str, en: str) -> Response:
    """An error in the frame of the pages."""
    return render(request, "error.html", status=status, code=status, zh=zh, en=en)


def language(request: Request) -> Language:
    """The language of the one who asks: the address says it, or the cookie; else Chinese."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    return "en" if asked == "en" else "zh"


def back_to(address: str, **said: str) -> Response:
    """Send the browser to a page after a form, with what there is to say in the address."""
    query = urllib.parse.urlencode({name: value for name, value in said.items() if value})
    return RedirectResponse(f"{address}?{query}" if query else address, 303)


def _moment(at: float) -> str:
    return dt.datetime.fromtimestamp(at, _SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _day(at: float) -> str:
    return dt.datetime.fromtimestamp(at, _SHANGHAI).strftime("%Y-%m-%d %H:%M")


_templates.env.filters.update(moment=_moment, day=_day)
