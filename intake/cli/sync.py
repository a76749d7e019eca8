"""``sync``: the partners that are told what happens. List them, add one, try one, send again."""

from __future__ import annotations

import datetime as dt
import getpass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from models.clock import SHANGHAI

if TYPE_CHECKING:
    from intake.desk.services import Services

sync = typer.Typer(help="Partners that are told what happens (docs/sync.md).", no_args_is_help=True)
Partner = Annotated[str, typer.Argument(metavar="NAME", help="The endpoint's name or id.")]


@sync.command("list")
def listing() -> None:
    """Show how far every partner is behind. Ends with 1 when one needs looking after."""
    from intake.desk.sync.monitor import ALARM_WORDS, standings, trouble_words
    from intake.settings import Settings
    from intake.wiring import build_services

    found = standings(build_services(Settings()))
    for one in found:
        state = one.disabled_reason or "on"
        typer.echo(f"{one.name}  {state}  lag {one.lag:.0f} s  backlog {one.backlog}  dead {one.dead}  {one.id}")
        words = trouble_words(one.last_trouble)
        if words and one.failures:
            typer.echo(f"  {one.failures} failures in a row, the last one: {words[1]}")
        for alarm in one.alarms:
            typer.echo(f"  ! {ALARM_WORDS[alarm][1]}")
    if any(one.alarms for one in found):
        raise typer.Exit(1)


@sync.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What it is called here.")],
    url: Annotated[str, typer.Argument(help="Where messages are posted to.")],
    type_: Annotated[list[str] | None, typer.Option("--type", help="Only this type; may be repeated.")] = None,
    company: Annotated[list[str] | None, typer.Option(help="Only this buyer, by tax id; may be repeated.")] = None,
    department: Annotated[list[str] | None, typer.Option(help="Only this department; may be repeated.")] = None,
    lag_limit: Annotated[float, typer.Option(help="Seconds behind that are an alarm.")] = 900.0,
    since: Annotated[dt.datetime | None, typer.Option(help="Also what happened since then, Shanghai time.")] = None,
) -> None:
    """Add an endpoint and print the secret that signs its messages. It is not shown again."""
    from intake.desk.sync.endpoints import BadTypes, KnownName, Plan
    from intake.desk.sync.endpoints import add as add_endpoint
    from intake.desk.sync.guard import BadAddress
    from intake.settings import Settings
    from intake.wiring import build_services

    plan = Plan(name, url, type_ or None, company or None, department or None, lag_limit)
    try:
        made = add_endpoint(build_services(Settings()), plan, actor=_actor(), since=_moment(since))
    except (BadAddress, BadTypes, KnownName) as trouble:
        raise _refusal(f"{type(trouble).__name__}: {trouble}") from trouble
    typer.echo(f"{made['id']}\n{made['secret']}")


@sync.command("ping")
def ping(partner: Partner) -> None:
    """Send a trial message now and tell what was answered. Ends with 1 when it was not taken."""
    from intake.desk.sync.monitor import trouble_words
    from intake.desk.sync.ping import ping as send_ping
    from intake.settings import Settings
    from intake.wiring import build_services

    services = build_services(Settings())
    echo = send_ping(services, _find(services, partner))
    words = trouble_words(echo.trouble)
    typer.echo(f"{words[1] if words else 'taken'} ({echo.status or '–'}, {echo.seconds} s)")
    if words:
        raise typer.Exit(1)


@sync.command("replay")
def replay(
    partner: Partner,
    event: Annotated[int | None, typer.Option(help="One event, by its id.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that was given up.")] = False,
    since: Annotated[dt.datetime | None, typer.Option(help="All that happened since then, Shanghai time.")] = None,
) -> None:
    """Send again, under the same ids: one event, all that was given up, or everything since a moment."""
    from intake.desk.sync.replay import replay_dead, replay_one, replay_since
    from intake.desk.views import NotFound
    from intake.settings import Settings
    from intake.wiring import build_services

    if [event is not None, dead, since is not None].count(True) != 1:
        raise typer.BadParameter("say one of --event, --dead and --since")
    services = build_services(Settings())
    endpoint_id, moment, count = _find(services, partner), _moment(since), 1
    if event is not None:
        try:
            replay_one(services, endpoint_id, event, actor=_actor())
        except NotFound as trouble:
            raise _refusal(f"event {event} was never on its way to {partner}") from trouble
    elif moment is not None:
        count = replay_since(services, endpoint_id, moment, actor=_actor())
    else:
        count = replay_dead(services, endpoint_id, actor=_actor())
    typer.echo(f"{count} deliveries will be sent again")


def _find(services: Services, partner: str) -> str:
    from intake.desk.sync.endpoints import endpoint_views

    for view in endpoint_views(services):
        if partner in (view["id"], view["name"]):
            return str(view["id"])
    raise _refusal(f"there is no endpoint {partner}")


def _refusal(text: str) -> typer.Exit:
    Console(stderr=True).print(f"[red]{text}[/red]", highlight=False)
    return typer.Exit(1)


def _actor() -> str:
    return f"{getpass.getuser()} (command line)"


def _moment(day: dt.datetime | None) -> float | None:
    return day.replace(tzinfo=SHANGHAI).timestamp() if day else None
