"""``users``: who may do what. And the way back when the last administrator is lost, which is on this machine only."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from models.person import Person, Rights, SignIn
from models.rights import Role

users = typer.Typer(help="People and their rights; without a command: list them, and make the first administrator.")
ALL = "all"
Name = Annotated[str, typer.Argument(metavar="NAME")]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="What they are; may be given several times.")]
Companies = Annotated[
    list[str] | None, typer.Option("--company", metavar="TAXID|all", help="A company that they see; several times.")
]
Departments = Annotated[
    list[str] | None,
    typer.Option("--department", metavar="NAME|all", help="A department they see; several times."),
]
Home = Annotated[str | None, typer.Option("--home", metavar="NAME", help="The department that what they send is of.")]
Display = Annotated[str, typer.Option("--display", help="Their name as it is shown.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]


@users.callback(invoke_without_command=True)
def first(context: typer.Context, as_json: AsJson = False) -> None:
    """List everybody; where there is nobody yet, make the first administrator and tell the password, once."""
    if context.invoked_subcommand is None:
        from intake.desk.people import first_administrator

        added = first_administrator(_services())
        if added:
            _told(added.person, as_json, password=added.password)
        else:
            listing(as_json)


@users.command("list")
def listing(as_json: AsJson = False) -> None:
    """List everybody with their rights."""
    from intake.desk.people import people

    for person, signed_in_at in people(_services()):
        _told(person, as_json, signed_in_at=signed_in_at)


@users.command("add")
def add(
    name: Name,
    role: Roles = None,
    company: Companies = None,
    department: Departments = None,
    home: Home = None,
    display: Display = "",
    oidc: Annotated[bool, typer.Option("--oidc", help="They sign in with the company account.")] = False,
    service: Annotated[bool, typer.Option("--service", help="A program or a folder: it never signs in.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add somebody. The first password is told once; they change it when they sign in. No role, no rights."""
    from intake.desk.people import add_person

    sign_in = SignIn.OIDC if oidc else SignIn.NEVER if service else SignIn.PASSWORD
    rights = Rights(frozenset(role or ()), _seen(company), _seen(department), home)
    with _complaints():
        added = add_person(_services(), name, rights, actor=actor(), display_name=display, sign_in=sign_in)
    _told(added.person, as_json, password=added.password)


@users.command("roles")
def roles(
    name: Name,
    role: Roles = None,
    company: Companies = None,
    department: Departments = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody other rights. What is not given stays as it is; ``--company ""`` takes all companies away."""
    from intake.desk.people import change_rights, person_named

    with _complaints():
        before = person_named(_services(), name).rights
        rights = Rights(
            before.roles if role is None else frozenset(role),
            before.companies if company is None else _seen(company),
            before.departments if department is None else _seen(department),
            before.department if home is None else home or None,
        )
        change_rights(_services(), name, rights, actor=actor())
        _told(person_named(_services(), name), as_json)


@users.command("disable")
def disable(name: Name, as_json: AsJson = False) -> None:
    """Shut somebody out at once: sessions end, keys open nothing. What they sent and decided stays theirs."""
    from intake.desk import people

    with _complaints():
        people.disable(_services(), name, actor=actor())
        _told(people.person_named(_services(), name), as_json)


@users.command("enable")
def enable(name: Name, as_json: AsJson = False) -> None:
    """Let somebody in again, with the rights that they had."""
    from intake.desk import people

    with _complaints():
        people.enable(_services(), name, actor=actor())
        _told(people.person_named(_services(), name), as_json)


@users.command("reset")
def reset(name: Name, as_json: AsJson = False) -> None:
    """Give somebody a new first password, told once. For a lost administrator also ``roles`` and ``enable``."""
    from intake.desk.login import reset_password
    from intake.desk.people import person_named

    with _complaints():
        password = reset_password(_services(), name, actor=actor())
        _told(person_named(_services(), name), as_json, password=password)


def actor() -> str:
    """Who works on the command line of the machine, as events say it; no person of the service has such a name."""
    return f"{getpass.getuser()} (command line)"


def _services() -> Any:
    from intake.settings import Settings
    from intake.wiring import build_services

    return build_services(Settings())


def _seen(given: list[str] | None) -> frozenset[str] | None:
    wanted = {one.strip() for one in given or () if one.strip()}
    return None if ALL in wanted else frozenset(wanted)


@contextmanager
def _complaints() -> Iterator[None]:
    """Say what is wrong in one line, and end with 1."""
    from intake.desk.login import NeverSignsIn
    from intake.desk.people import BadName, LastAdministrator, NameTaken, UnknownPerson

    said = {
        UnknownPerson: "there is nobody named {}; see `python -m intake users list`",
        NameTaken: "the name {} exists or was used before; names are never given twice",
        BadName: "{} is no name: 2 to 60 letters, digits or . _ - @ ·, and none that the service goes by",
        LastAdministrator: "{} is the last administrator who can sign in; make another one first",
        NeverSignsIn: "{} is a program and has no password",
    }
    try:
        yield
    except tuple(said) as trouble:
        typer.echo(said[type(trouble)].format(trouble.args[0]), err=True)
        raise typer.Exit(1) from trouble


def _told(person: Person, as_json: bool, *, password: str | None = None, signed_in_at: float | None = None) -> None:
    from intake.desk.people import rights_json

    told = {"name": person.name, "display_name": person.display_name, **rights_json(person.rights)}
    told |= {"sign_in": person.sign_in, "disabled": person.disabled, "must_change": person.must_change}
    if as_json:
        extra = {"password": password} if password else {"signed_in_at": signed_in_at}
        typer.echo(json.dumps({**told, **extra}, ensure_ascii=False))
        return
    scope = [f"{what} {_written(told[what])}" for what in ("companies", "departments")]
    marks = ["disabled"] if person.disabled else []
    roles = ", ".join(told["roles"]) or "no role"
    typer.echo("  ".join([person.name, roles, *scope, f"of {person.rights.department or '–'}", *marks]))
    if password:
        typer.echo(f"  password: {password}   (shown once; to be changed at the first sign-in)")


def _written(seen: list[str] | None) -> str:
    return ALL if seen is None else ",".join(seen) or "none"
