"""Signing in and out, with a password or through the company's own provider."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import urllib.parse
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import Asking, Desk
from api.guard import guarded, in_person, public
from api.session import brought, forget_session, keep_for, keep_session
from api.web.frame import render
from intake.desk.login import SignedIn, TooManyTries, WrongPassword, change_password, sign_in
from intake.desk.oidc import CALLBACK, Flow, SignInRefused, begin, finish
from intake.desk.oidc_people import sign_in_claimed
from intake.desk.passwords import WEAKNESSES, WeakPassword
from intake.desk.sessions import end_session

router = guarded(include_in_schema=False)
_PUBLIC = public()
_FLOW, _FLOW_SECONDS = "shoupiao-flow", 600
#: A place of ours, and nothing that a browser would take for another site's address.
_PLACE = re.compile(r"/(?![/\\])[^\s\\]*")
_FORM_BYTES = 16_384
Typed = Annotated[str, Form(max_length=500)]


@router.get("/login", dependencies=[_PUBLIC])
def login_page(request: Request, desk: Desk, target: str = "/", why: str = "") -> Response:
    """The form; who has signed in is sent on."""
    if request.state.caller:
        return RedirectResponse(_place(target), 303)
    return _login(request, desk, target, why)


@router.post("/login", dependencies=[_PUBLIC], max_body_size=_FORM_BYTES)
def login(request: Request, desk: Desk, name: Typed, password: Typed, target: Typed = "/") -> Response:
    """Sign in from the form, and go on to where one was."""
    try:
        signed = sign_in(desk, name, password, address=_address(request), agent=_agent(request))
    except WrongPassword:
        return _login(request, desk, target, "wrong_password", status=401, name=name)
    except TooManyTries as trouble:
        return _login(request, desk, target, "too_many", status=429, name=name, seconds=trouble.seconds)
    return _welcome(request, signed, target)


@router.get("/login/oidc", dependencies=[_PUBLIC])
def oidc_begin(request: Request, desk: Desk, target: str = "/") -> Response:
    """Send the browser to the company's provider."""
    if desk.settings.oidc is None:
        return RedirectResponse("/login", 303)
    try:
        address, flow = begin(desk.settings.oidc, _place(target))
    except SignInRefused as refusal:
        return _login(request, desk, target, f"oidc_{refusal.why}", status=502)
    answer = RedirectResponse(address, 303)
    told = base64.urlsafe_b64encode(json.dumps(dataclasses.asdict(flow)).encode()).decode()
    keep_for(request, answer, _FLOW, told, _FLOW_SECONDS)
    return answer


@router.get(CALLBACK, dependencies=[_PUBLIC])
def oidc_finish(request: Request, desk: Desk) -> Response:
    """Take the browser back from the provider, and let in who the provider has named."""
    flow = _flow(brought(request, _FLOW))
    if desk.settings.oidc is None:
        return RedirectResponse("/login", 303)
    try:
        claims = finish(desk.settings.oidc, flow, dict(request.query_params))
        signed = sign_in_claimed(
            desk, desk.settings.oidc, claims, address=_address(request), agent=_agent(request)
        )  # fmt: skip
    except SignInRefused as refusal:
        answer: Response = _login(request, desk, "/", f"oidc_{refusal.why}", status=401)
    else:
        answer = _welcome(request, signed, flow.target if flow else "/")
    keep_for(request, answer, _FLOW, "", 0)
    return answer


@router.post("/logout", dependencies=[in_person(early=True)])
def logout(request: Request, desk: Desk, caller: Asking) -> Response:
    """Sign out of this browser."""
    end_session(desk, caller.person, caller.session or "")
    answer = RedirectResponse("/login", 303)
    forget_session(request, answer)
    return answer


@router.get("/password", dependencies=[in_person(early=True)])
def password_page(request: Request) -> Response:
    """The form to change one's password."""
    return render(request, "password.html", why="")


@router.post("/password", dependencies=[in_person(early=True)], max_body_size=_FORM_BYTES)
def password(request: Request, desk: Desk, caller: Asking, old: Typed, new: Typed) -> Response:
    """Change one's password; all other browsers are signed out."""
    try:
        signed = change_password(
            desk, caller.person, old, new, address=_address(request), agent=_agent(request)
        )  # fmt: skip
    except WrongPassword:
        return render(request, "password.html", status=422, why="old_wrong")
    except WeakPassword as weak:
        return render(request, "password.html", status=422, why="weak", weakness=WEAKNESSES[weak.why])
    except TooManyTries as trouble:
        return render(request, "password.html", status=429, why="too_many", minutes=_minutes(trouble.seconds))
    return _welcome(request, signed, "/")


def _login(
    request: Request, desk: Desk, target: str, why: str, *, status: int = 200, name: str = "", seconds: float = 0.0
) -> Response:
    values = {"target": _place(target), "why": why, "name": name, "minutes": _minutes(seconds)}
    answer = render(request, "login.html", status=status, oidc=desk.settings.oidc is not None, **values)
    if seconds:
        answer.headers["retry-after"] = str(int(seconds) + 1)
    return answer


def _welcome(request: Request, signed: SignedIn, target: str) -> Response:
    answer = RedirectResponse("/password" if signed.person.must_change else _place(target), 303)
    keep_session(request, answer, signed.token)
    return answer


def _place(target: str) -> str:
    """Where to go on to: a place of ours, or the first page."""
    return target if _PLACE.fullmatch(target) else "/"


def _flow(told: str | None) -> Flow | None:
    try:
        return Flow(**json.loads(base64.urlsafe_b64decode(told or "")))
    except (ValueError, TypeError):
        return None


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _minutes(seconds: float) -> int:
    return int(seconds // 60) + 1


def login_address(request: Request) -> str:
    """Where to sign in and then go on: to the page that was asked for, or the one that its form stood on."""
    if request.method == "GET":
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        came_from = urllib.parse.urlsplit(request.headers.get("referer", ""))
        here = came_from.path if came_from.netloc == request.headers.get("host") else "/"
    return "/login?" + urllib.parse.urlencode({"target": _place(here)})
