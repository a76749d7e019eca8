"""The cookie of a session. Over https it cannot be set by a neighbour, read by scripts, or sent in the clear."""

from __future__ import annotations

from fastapi import Request, Response

_PLAIN, _HOST = "shoupiao", "__Host-shoupiao"


def session_token(request: Request) -> str | None:
    """The token that the browser brought, if it did."""
    return request.cookies.get(_name(request))


def keep_session(request: Request, answer: Response, token: str) -> None:
    """Give the browser a token, until it is closed; the service ends the session earlier when it was idle."""
    _set(request, answer, _name(request), token)


def forget_session(request: Request, answer: Response) -> None:
    """Take the token back, and with it the pictures that the browser has kept."""
    answer.delete_cookie(_name(request), secure=is_secure(request), httponly=True, samesite="lax")
    answer.headers["clear-site-data"] = '"cache"'


def keep_for(request: Request, answer: Response, name: str, value: str, seconds: int) -> None:
    """Give the browser something to bring back soon, guarded like a session."""
    _set(request, answer, f"__Host-{name}" if is_secure(request) else name, value, seconds)


def brought(request: Request, name: str) -> str | None:
    """What ``keep_for`` gave."""
    return request.cookies.get(f"__Host-{name}" if is_secure(request) else name)


def is_secure(request: Request) -> bool:
    """Whether the browser speaks https, with us or with a trusted proxy."""
    return request.url.scheme == "https"


def _name(request: Request) -> str:
    return _HOST if is_secure(request) else _PLAIN


def _set(request: Request, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    answer.set_cookie(name, value, max_age=seconds, secure=is_secure(request), httponly=True, samesite="lax")
