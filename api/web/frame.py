"""What every page shares: templates, language and theme, who is signed in, and the frame around errors."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from pydantic import BeforeValidator

from api.session import session_token
from api.web.help import topics_for
from api.web.navigation import is_here, places
from api.web.texts import named, spoken, words
from intake.desk.sessions import form_token
from models.clock import local
from models.person import Caller
from models.rights import PERMISSION_WORDS, ROLE_WORDS, Permission

Language = Literal["zh", "en"]
Theme = Literal["light", "dark"]
#: The ``cursor`` of a list that is counted off: how many came before this page; nothing in the address is none.
Skipped = Annotated[int, BeforeValidator(lambda given: given or 0), Query(ge=0, le=10_000_000)]

_templates = Jinja2Templates(directory=Path(__file__).with_name("templates"))
_templates.env.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
_templates.env.trim_blocks = _templates.env.lstrip_blocks = True
_YEAR = 31_536_000


def render(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Make a page.

    Beside ``values`` a template has ``t`` (the texts), ``names``, ``lang``, ``place`` (of the language in a pair: 0
    Chinese, 1 English), ``here(name=value)`` (this address with some parameters changed), ``caller`` (who asks, or
    None), ``may`` (what they may do), ``pages`` (the addresses that open to them), ``sends`` (whether files are sent
    from here) and ``csrf``, which every form must carry.
    """
    lang, theme = language(request), _theme(request)
    path = request.url.path
    texts = words(lang)
    caller: Caller | None = getattr(request.state, "caller", None)
    token = session_token(request)
    pages = _opened(request, caller)
    groups = places(pages)
    context: dict[str, object] = {
        "t": texts,
        "names": named(lang),
        "lang": lang,
        "place": 0 if lang == "zh" else 1,
        "theme": theme,
        "path": path,
        "caller": caller,
        "may": caller.permissions if caller else frozenset(),
        "sends": (caller is not None and caller.may(Permission.SUBMIT)) or path == "/phone",
        "csrf": form_token(token) if caller and caller.session and token else "",
        "role_words": ROLE_WORDS,
        "permission_words": PERMISSION_WORDS,
        "pages": pages,
        "groups": groups,
        "help_here": topics_for(path, lang),
        "about_here": _about(path, values),
        "current": next((one for group in groups for one in group if is_here(one, path)), None),
        "here": lambda **changes: _here(request, changes),
        "wait": lambda seconds: in_words(seconds, texts),
        "spoken": spoken(lang),
        "limit": request.app.state.services.settings.max_bytes // 2**20,
        **values,
    }
    answer = _templates.TemplateResponse(request, template, context, status_code=status)
    # A part of a page has the page's own address; "back" must never show it in the page's place.
    answer.headers.update({"cache-control": "private, no-cache", "vary": "cookie, x-part"})
    for name in ("lang", "theme"):
        if name in request.query_params:
            chosen = lang if name == "lang" else theme or ""
            answer.set_cookie(name, chosen, max_age=_YEAR, samesite="lax", httponly=True)
    return answer


def _opened(request: Request, caller: Caller | None) -> frozenset[str]:
    """The addresses of the pages that open to somebody."""
    if caller is None:
        return frozenset()
    return frozenset(
        path for path, gates in request.app.state.pages.items() if all(gate.opens(caller) for gate in gates)
    )


def once(request: Request, secret: str, *, told: str, name: str, back: str) -> HTMLResponse:
    """A secret that is shown this once: no other page has it, and no browser keeps it. ``told``: its text."""
    answer = render(request, "once.html", secret=secret, told=told, name=name, back=back)
    answer.headers["cache-control"] = "private, no-store"
    return answer


def error_page(request: Request, status: int, zh: str, en: str) -> Response:
    """An error in the frame of the pages."""
    return render(request, "error.html", status=status, code=status, zh=zh, en=en, back=_came_from(request))


def _came_from(request: Request) -> str:
    """The page whose form was refused; "" where there was none of ours."""
    came = urllib.parse.urlsplit(request.headers.get("referer", ""))
    ours = request.method == "POST" and came.netloc == request.url.netloc
    return urllib.parse.urlunsplit(("", "", came.path, came.query, "")) if ours and came.path[:2] != "//" else ""


def language(request: Request) -> Language:
    """The language of the one who asks: the address says it, or the cookie; else Chinese."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    return "en" if asked == "en" else "zh"


def back_to(address: str, **said: str) -> Response:
    """Send the browser to a page after a form, with what there is to say in the address."""
    query = urllib.parse.urlencode({name: value for name, value in said.items() if value})
    return RedirectResponse(f"{address}?{query}" if query else address, 303)


def _about(path: str, values: Mapping[str, Any]) -> str:
    """What a report from this page takes along by itself: the page, the document on it, and what speaks against it."""
    shown = values.get("document")
    document = shown if isinstance(shown, dict) else {}
    told = next((reason.get("rule", "") for reason in document.get("reasons", ())), "")
    taken = {"page": path, "document": document.get("id", ""), "rule": told}
    return urllib.parse.urlencode({name: value for name, value in taken.items() if value})


def _theme(request: Request) -> Theme | None:
    asked = request.query_params.get("theme", request.cookies.get("theme"))
    return asked if asked in ("light", "dark") else None  # type: ignore[return-value]


def _here(request: Request, changes: dict[str, str]) -> str:
    """This page's address with some of its parameters changed; an empty value takes one away."""
    kept = {name: value for name, value in request.query_params.items() if name not in ("lang", "theme")}
    query = urllib.parse.urlencode({name: value for name, value in (kept | changes).items() if value != ""})
    return f"{request.url.path}?{query}" if query else request.url.path


def _moment(at: float) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M:%S")


def _day(at: float) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M")


def _iso(at: float) -> str:
    return local(at).isoformat(timespec="seconds")


def _money(printed: str | None) -> str:
    """A sum as printed, with commas between thousands; what is no number stays as it is."""
    try:
        return f"{Decimal(printed or ''):,}"
    except InvalidOperation:
        return printed or "–"


def in_words(seconds: float, texts: Mapping[str, str]) -> str:
    """A time to wait, as exact as it is known: to the second below a minute and a half, then minutes, hours, days."""
    if seconds < 90:
        return texts["seconds"].format(n=max(1, round(seconds)))
    if seconds < 5400:
        return texts["minutes"].format(n=round(seconds / 60))
    if seconds < 129_600:
        return texts["hours"].format(n=round(seconds / 3600))
    return texts["day_count"].format(n=round(seconds / 86_400))


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{max(1, round(count / 1024))} KB"


_templates.env.filters.update(moment=_moment, day=_day, iso=_iso, money=_money, size=_size)
