"""People, their rights and everybody's keys, for administrators."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import Desk, Sender
from api.guard import guarded, in_person
from api.web.account import Days, KeyName, Scopes
from api.web.frame import back_to, once, render
from intake.desk.keys import ScopeTooWide, key_list, make_key, revoke_key
from intake.desk.login import NeverSignsIn, reset_password
from intake.desk.people import (
    BadName,
    LastAdministrator,
    NameTaken,
    add_person,
    change_rights,
    disable,
    enable,
    people,
    person_named,
)
from models.person import Rights, SignIn
from models.rights import KEY_SCOPES, Permission, Role, permissions_of

router = guarded(include_in_schema=False)
_USERS, _KEYS = in_person(Permission.MANAGE_USERS), in_person(Permission.MANAGE_KEYS)
_SIGN_IN_TEXTS = {SignIn.PASSWORD: "by_password", SignIn.OIDC: "by_oidc", SignIn.NEVER: "by_never"}
Text = Annotated[str, Form(max_length=2000)]


def _rights(
    roles: Annotated[list[Role], Form(default_factory=list)],
    companies: Text = "",
    all_companies: Annotated[bool, Form()] = False,
    departments: Text = "",
    all_departments: Annotated[bool, Form()] = False,
    department: Annotated[str, Form(max_length=100)] = "",
) -> Rights:
    """The rights as the form gives them: nothing but what is ticked or written."""
    return Rights(
        frozenset(roles),
        None if all_companies else _listed(companies.upper(), r"[\s,，、;；]+"),
        None if all_departments else _listed(departments, r"[,，、;；\r\n]+"),
        department.strip() or None,
    )


Given = Annotated[Rights, Depends(_rights)]


@router.get("/users", dependencies=[_USERS])
def users(request: Request, desk: Desk, why: str = "") -> Response:
    """Everybody, and the form to add somebody."""
    return render(request, "users.html", everybody=people(desk), why=why, roles=Role, sign_in_texts=_SIGN_IN_TEXTS)


@router.post("/users", dependencies=[_USERS])
def add(
    request: Request,
    desk: Desk,
    sender: Sender,
    rights: Given,
    name: Text,
    display_name: Text = "",
    sign_in: Annotated[SignIn, Form()] = SignIn.PASSWORD,
) -> Response:
    """Add somebody; a first password is shown in the answer and never again."""
    try:
        added = add_person(desk, name, rights, actor=sender, display_name=display_name, sign_in=sign_in)
    except BadName:
        return back_to("/users", why="name_bad")
    except NameTaken:
        return back_to("/users", why="name_taken")
    if added.password is None:
        return RedirectResponse(_address(added.person.name), 303)
    return _once(request, added.password, added.person.name)


@router.get("/users/{name}", dependencies=[_USERS])
def user(name: str, request: Request, desk: Desk, why: str = "") -> Response:
    """Somebody's rights, and their keys."""
    person = person_named(desk, name)
    allowed = permissions_of(person.rights.roles) & KEY_SCOPES
    return render(
        request, "user.html", person=person, keys=key_list(desk, person), roles=Role, why=why,
        scopes=[one for one in Permission if one in allowed], sign_in_text=_SIGN_IN_TEXTS[person.sign_in],
    )  # fmt: skip


@router.post("/users/{name}", dependencies=[_USERS])
def give(name: str, desk: Desk, sender: Sender, rights: Given, display_name: Text = "") -> Response:
    """Give somebody other rights."""
    return _done(name, lambda: change_rights(desk, name, rights, actor=sender, display_name=display_name))


@router.post("/users/{name}/disable", dependencies=[_USERS])
def shut_out(name: str, desk: Desk, sender: Sender) -> Response:
    """Shut somebody out at once."""
    return _done(name, lambda: disable(desk, name, actor=sender))


@router.post("/users/{name}/enable", dependencies=[_USERS])
def let_in(name: str, desk: Desk, sender: Sender) -> Response:
    """Let somebody in again."""
    return _done(name, lambda: enable(desk, name, actor=sender))


@router.post("/users/{name}/reset", dependencies=[_USERS])
def reset(name: str, request: Request, desk: Desk, sender: Sender) -> Response:
    """Give somebody a new first password; it is shown in the answer and never again."""
    try:
        return _once(request, reset_password(desk, name, actor=sender), name)
    except NeverSignsIn:
        return RedirectResponse(_address(name), 303)


@router.get("/keys", dependencies=[_KEYS])
def keys(request: Request, desk: Desk) -> Response:
    """Everybody's keys."""
    return render(request, "keys.html", keys=key_list(desk))


@router.post("/users/{name}/keys", dependencies=[_KEYS])
def new_key(
    name: str, request: Request, desk: Desk, sender: Sender, scopes: Scopes, label: KeyName = "", days: Days = ""
) -> Response:
    """Make a key for somebody, or for a program."""
    try:
        key = make_key(desk, name, scopes, name=label, actor=sender, days=int(days or 0) or None)
    except ScopeTooWide:
        return back_to(_address(name), why="key_too_wide")
    return once(request, key, told="once_key", name=name, back=_address(name))


@router.post("/keys/{prefix}/revoke", dependencies=[_KEYS])
def revoke(prefix: str, desk: Desk, sender: Sender) -> Response:
    """End somebody's key."""
    revoke_key(desk, prefix, actor=sender)
    return RedirectResponse("/keys", 303)


def _done(name: str, act: Callable[[], None]) -> Response:
    try:
        act()
    except LastAdministrator:
        return back_to(_address(name), why="last_administrator")
    return RedirectResponse(_address(name), 303)


def _once(request: Request, password: str, name: str) -> Response:
    return once(request, password, told="once_password", name=name, back=_address(name))


def _address(name: str) -> str:
    return f"/users/{urllib.parse.quote(name, safe='')}"


def _listed(text: str, between: str) -> frozenset[str]:
    return frozenset(one.strip() for one in re.split(between, text) if one.strip())
