"""One's own account: where one is signed in, and one's keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import Asking, Desk
from api.guard import guarded, in_person
from api.web.frame import once, render
from intake.desk.keys import ScopeTooWide, key_list, make_key, revoke_key
from intake.desk.sessions import end_session, session_list
from models.rights import KEY_SCOPES, Permission

router = guarded(include_in_schema=False)
Scopes = Annotated[list[Permission], Form(default_factory=list)]
Days = Annotated[str, Form(pattern=r"^\d{0,4}$")]
KeyName = Annotated[str, Form(max_length=100)]


@router.get("/account", dependencies=[in_person()])
def account(request: Request, desk: Desk, caller: Asking, why: str = "") -> Response:
    """Sessions and keys of one's own."""
    return render(
        request, "account.html", sessions=session_list(desk, caller.person), keys=key_list(desk, caller.person),
        scopes=[one for one in Permission if one in caller.permissions & KEY_SCOPES], why=why,
    )  # fmt: skip


@router.post("/account/sessions/{session_id}/end", dependencies=[in_person()])
def end(session_id: str, desk: Desk, caller: Asking) -> Response:
    """Sign out of another browser."""
    end_session(desk, caller.person, session_id)
    return RedirectResponse("/account", 303)


@router.post("/account/keys", dependencies=[in_person()])
def new_key(
    request: Request, desk: Desk, caller: Asking, scopes: Scopes, name: KeyName = "", days: Days = ""
) -> Response:
    """Make a key of one's own; it is shown in the answer and never again."""
    owner = caller.person.name
    try:
        key = make_key(desk, owner, scopes, name=name, actor=owner, days=int(days or 0) or None)
    except ScopeTooWide:
        return RedirectResponse("/account?why=key_too_wide", 303)
    return once(request, key, told="once_key", name=owner, back="/account")


@router.post("/account/keys/{prefix}/revoke", dependencies=[in_person()])
def revoke(prefix: str, desk: Desk, caller: Asking) -> Response:
    """End a key of one's own."""
    revoke_key(desk, prefix, actor=caller.person.name, owner=caller.person)
    return RedirectResponse("/account", 303)
