"""Who may use a route: each route names it, one that names nothing is closed to everybody.

``dependencies=[allow(Permission.SUBMIT)]`` on the route says it. ``guarded()`` makes routers that ask before they read
what is sent, so that a stranger's upload is refused at its first byte. ``closed`` stands before every route of the
application and refuses those that say nothing.
"""

from __future__ import annotations

import hmac
import urllib.parse
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute
from limits import RateLimitItemPerMinute

from api.session import session_token
from intake.desk.keys import caller_of_key
from intake.desk.login import TooManyTries
from intake.desk.services import Services
from intake.desk.sessions import caller_of_session, form_token
from intake.store.history import Origin, origin
from models.person import Caller
from models.rights import Permission

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class NotSignedIn(Exception):
    """Nobody has signed in, or the key opens nothing."""


class NotAllowed(Exception):
    """Who has signed in may not do this. ``code`` is for programs."""

    def __init__(self, code: str = "not_allowed") -> None:
        super().__init__(code)
        self.code = code


class PasswordFirst(Exception):
    """The password was given out by somebody else and must be changed first."""


class ForeignForm(Exception):
    """It was not sent by a page of ours, or its page is too old."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may pass: anyone; or who has signed in or has a key; and then, if any are named, who may do one of these.

    ``in_person``: a key does not pass. ``early``: who must change their password first does.
    """

    permissions: frozenset[Permission] = frozenset()
    anyone: bool = False
    in_person: bool = False
    early: bool = False

    async def __call__(self, request: Request) -> None:
        """Let the caller pass, or raise what keeps them out."""
        caller = await _identified(request)
        changes = request.method not in _READING
        if self.anyone:
            if changes:
                _require_own_site(request)
            return
        if caller is None:
            raise NotSignedIn
        if self.in_person and caller.session is None:
            raise NotAllowed("in_person")
        if caller.session and caller.person.must_change and not self.early:
            raise PasswordFirst
        if not self.opens(caller):
            raise NotAllowed
        if changes and caller.session:
            _require_own_site(request)
            await _require_token(request)

    def opens(self, caller: Caller) -> bool:
        """Whether somebody may do what the gate asks for."""
        return not self.permissions or not self.permissions.isdisjoint(caller.permissions)


class GuardedRoute(APIRoute):
    """A route that asks who is there before it reads what they send."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the gates before the handler."""
        handler, gates = super().get_route_handler(), gates_of(self)

        async def guarded(request: Request) -> Response:
            for gate in gates:
                await gate(request)
            return await handler(request)

        return guarded


def allow(first: Permission, *others: Permission) -> Any:
    """Whoever may do one of these may use the route."""
    return Depends(Gate(frozenset((first, *others))))


def signed_in() -> Any:
    """Whoever has signed in or has a key may use the route."""
    return Depends(Gate())


def in_person(*any_of: Permission, early: bool = False) -> Any:
    """Whoever has signed in may use the route, if they may do one of these; no key may. ``early``: see ``Gate``."""
    return Depends(Gate(frozenset(any_of), in_person=True, early=early))


def public() -> Any:
    """Anyone may use the route, signed in or not."""
    return Depends(Gate(anyone=True))


def guarded(**options: Any) -> APIRouter:
    """A router whose routes ask who is there before they read what is sent."""
    return APIRouter(route_class=GuardedRoute, **options)


async def closed(request: Request) -> None:
    """Refuse a route that does not say who may use it."""
    if not gates_of(request.scope["route"]):
        raise NotAllowed


def gates_of(route: Any) -> list[Gate]:
    """The gates that a route names."""
    named = (one.dependency for one in getattr(route, "dependencies", ()) if isinstance(one, Dependency))
    return [one for one in named if isinstance(one, Gate)]


async def _identified(request: Request) -> Caller | None:
    """Who asks, found out once a request; every event that it writes says from where."""
    if not hasattr(request.state, "caller"):
        address = request.client.host if request.client else ""
        origin.set(Origin(address))
        request.state.caller = await run_in_threadpool(_find, request, address)
        if request.state.caller and request.state.caller.key:
            origin.set(Origin(address, request.state.caller.key))
    caller: Caller | None = request.state.caller
    return caller


def _find(request: Request, address: str) -> Caller | None:
    services: Services = request.app.state.services
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        caller = caller_of_key(services, key.strip(), address=address)
        if caller is None:
            raise NotSignedIn
    else:
        token = session_token(request)
        caller = caller_of_session(services, token) if token else None
    if caller and (often := services.settings.requests_per_minute):
        wait = services.throttle.wait(RateLimitItemPerMinute(often), caller.person.id)
        if wait:
            raise TooManyTries(wait)
    return caller


def _require_own_site(request: Request) -> None:
    """Refuse what a browser says that another site has made it send. Programs say nothing, and no key comes unasked."""
    site, source = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    foreign = site not in ("same-origin", "none") if site else source is not None and _plain(source) != _plain(own)
    if foreign:
        raise ForeignForm


async def _require_token(request: Request) -> None:
    """Refuse what does not carry the token of the session, in the header of a script or the field of a form."""
    sent = request.headers.get("x-csrf-token")
    if sent is None and request.headers.get("content-type", "").startswith(_FORMS):
        sent = (await request.form()).get("csrf")  # type: ignore[assignment]  # a file is no token and does not fit
    if not isinstance(sent, str) or not hmac.compare_digest(sent, form_token(session_token(request) or "")):
        await request.close()
        raise ForeignForm


def _plain(address: str) -> tuple[str, str | None, int | None]:
    """An origin with the port that its scheme stands for left out."""
    parts = urllib.parse.urlsplit(address)
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, None if parts.port == standard else parts.port
