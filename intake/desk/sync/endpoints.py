"""The endpoints of partners: added, changed, paused, resumed, given a new secret, deleted; each an event."""

from __future__ import annotations

import base64
import json
import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.services import Services
from intake.desk.sync.feed import Wanted, last_event
from intake.desk.sync.guard import check_url
from intake.desk.views import NotFound
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import deliveries, endpoints, events
from models.changes import TYPES
from models.sight import Sight

Json = dict[str, Any]
#: For how long the old secret signs beside a new one, so that a partner can change over without missing anything.
OVERLAP_SECONDS = 86_400.0
_LISTS = ("types", "companies", "departments")
_SHOWN = ("id", "name", "url", *_LISTS, "lag_limit", "created_at", "disabled_at", "disabled_reason", "previous_until")
_MANY = 5_000


class KnownName(IntakeError):
    """Another endpoint has this name."""


class BadTypes(IntakeError):
    """There are no such types of changes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an endpoint is to be: where it lies, what it is told of (None: all), and how late it may be (seconds)."""

    name: str
    url: str
    types: Sequence[str] | None = None
    companies: Sequence[str] | None = None
    departments: Sequence[str] | None = None
    lag_limit: float = 900.0


def add(services: Services, plan: Plan, *, actor: str, since: float | None = None) -> Json:
    """Add an endpoint; the answer holds its secret, this once. It gets what happens from now on, or since a moment.

    Raises:
        BadAddress: the address may not be one. BadTypes, KnownName.
    """
    identity, secret, now = uuid.uuid4().hex, _new_secret(), time.time()
    values = {**_checked(services, plan), "id": identity, "secret": secret, "created_at": now}
    start = event_before(services, since) if since is not None else None
    with services.database.begin() as connection:
        _name_is_free(connection, plan.name, identity)
        cursor = start if start is not None else last_event(connection)
        row = endpoints.insert().values(**values, cursor=cursor, failures=0, rest_until=0.0)
        connection.execute(row)
        note(connection, "endpoint_added", identity, plan.name, actor)
    return {**endpoint_view(services, identity), "secret": secret}


def change(services: Services, endpoint_id: str, plan: Plan, *, actor: str) -> Json:
    """Change where an endpoint lies or what it is told of from now on; what is under way to it goes the new way.

    Raises:
        NotFound. BadAddress, BadTypes, KnownName: as ``add``.
    """
    values = _checked(services, plan)
    with services.database.begin() as connection:
        row_of(connection, endpoint_id)
        _name_is_free(connection, plan.name, endpoint_id)
        _write(connection, endpoint_id, values)
        note(connection, "endpoint_changed", endpoint_id, plan.name, actor)
    return endpoint_view(services, endpoint_id)


def pause(services: Services, endpoint_id: str, *, actor: str) -> None:
    """Send nothing for now. What happens meanwhile is sent after ``resume``.

    Raises:
        NotFound: there is no such endpoint.
    """
    with services.database.begin() as connection:
        switch_off(connection, endpoint_id, "paused", actor=actor)


def switch_off(connection: sa.Connection, endpoint_id: str, reason: str, *, actor: str) -> None:
    """Send nothing any more: ``paused`` by a person, ``gone`` (410) or ``failing`` by the outbox. Once is enough."""
    row = row_of(connection, endpoint_id)
    if row["disabled_at"] is None:
        _write(connection, endpoint_id, {"disabled_at": time.time(), "disabled_reason": reason})
        note(connection, f"endpoint_{reason}", endpoint_id, row["name"], actor)


def rotate_secret(services: Services, endpoint_id: str, *, actor: str) -> Json:
    """Give an endpoint a new secret; for a day the old one signs as well. The answer holds the new one, this once.

    Raises:
        NotFound: there is no such endpoint.
    """
    secret = _new_secret()
    with services.database.begin() as connection:
        row = row_of(connection, endpoint_id)
        old = {"previous_secret": row["secret"], "previous_until": time.time() + OVERLAP_SECONDS}
        _write(connection, endpoint_id, {"secret": secret, **old})
        note(connection, "endpoint_secret_changed", endpoint_id, row["name"], actor)
    return {**endpoint_view(services, endpoint_id), "secret": secret}


def delete(services: Services, endpoint_id: str, *, actor: str) -> None:
    """Delete an endpoint and all that was on its way to it; the chain keeps that it was there.

    Raises:
        NotFound: there is no such endpoint.
    """
    pause(services, endpoint_id, actor=actor)
    chunk = sa.select(deliveries.c.event_id).where(deliveries.c.endpoint_id == endpoint_id).limit(_MANY)
    mine = (deliveries.c.endpoint_id == endpoint_id) & deliveries.c.event_id.in_(chunk)
    gone = _MANY
    while gone:
        with services.database.begin() as connection:
            gone = connection.execute(deliveries.delete().where(mine)).rowcount
    with services.database.begin() as connection:
        row = row_of(connection, endpoint_id)
        connection.execute(endpoints.delete().where(endpoints.c.id == endpoint_id))
        note(connection, "endpoint_deleted", endpoint_id, row["name"], actor)


def endpoint_views(services: Services) -> list[Json]:
    """All endpoints by name, without their secrets."""
    with reading(services.database) as connection:
        return [_view(row) for row in connection.execute(sa.select(endpoints).order_by(endpoints.c.name)).mappings()]


def endpoint_view(services: Services, endpoint_id: str) -> Json:
    """One endpoint, without its secret.

    Raises:
        NotFound: there is no such endpoint.
    """
    with reading(services.database) as connection:
        return _view(row_of(connection, endpoint_id))


def checked_types(types: Sequence[str] | None) -> Sequence[str] | None:
    """The same types, all of which there are.

    Raises:
        BadTypes: names the ones that there are not.
    """
    unknown = [type_ for type_ in types or () if type_ not in TYPES]
    if unknown:
        raise BadTypes(", ".join(unknown))
    return types


def wanted_by(row: sa.RowMapping) -> Wanted:
    """What an endpoint is told of: it sees like a person who may see these companies and departments."""
    companies, departments = (_set(row[name]) for name in ("companies", "departments"))
    return Wanted(Sight(f"endpoint:{row['id']}", companies, departments), _set(row["types"]))


def signing_secrets(row: sa.RowMapping) -> tuple[str, ...]:
    """The secrets that sign now, the newest first."""
    both = row["previous_secret"] and row["previous_until"] > time.time()
    return (row["secret"], row["previous_secret"]) if both else (row["secret"],)


def event_before(services: Services, moment: float) -> int:
    """The last event before a moment, 0 when there was none. It may look through all of them, so never hold a lock.

    A moment is taken to the millisecond, as events are: one that came right after it may be rounded to before it.
    """
    since = events.c.at >= round(moment, 3)
    with reading(services.database) as connection:
        first = connection.execute(sa.select(sa.func.min(events.c.id)).where(since)).scalar()
        return first - 1 if first is not None else last_event(connection)


def _checked(services: Services, plan: Plan) -> Json:
    check_url(plan.url, services.settings.sync_inside)
    checked_types(plan.types)
    lists = {name: _json(getattr(plan, name)) for name in _LISTS}
    return {"name": plan.name, "url": plan.url, "lag_limit": plan.lag_limit, **lists}


def _name_is_free(connection: sa.Connection, name: str, endpoint_id: str) -> None:
    other = sa.select(endpoints.c.id).where(endpoints.c.name == name, endpoints.c.id != endpoint_id)
    if connection.execute(other).first():
        raise KnownName(name)


def row_of(connection: sa.Connection, endpoint_id: str) -> sa.RowMapping:
    """The row of an endpoint, its secrets included.

    Raises:
        NotFound: there is no such endpoint.
    """
    query = sa.select(endpoints).where(endpoints.c.id == endpoint_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(endpoint_id)
    return row


def _write(connection: sa.Connection, endpoint_id: str, values: Mapping[str, Any]) -> None:
    connection.execute(endpoints.update().where(endpoints.c.id == endpoint_id).values(**values))


def note(connection: sa.Connection, what: str, endpoint_id: str, name: str, actor: str) -> None:
    """Write the event. Neither secret nor address: the address of a webhook is often a secret itself."""
    append(connection, what, actor=actor, details={"id": endpoint_id, "name": name})


def _view(row: sa.RowMapping) -> Json:
    lists = {name: json.loads(row[name]) if row[name] else None for name in _LISTS}
    return {**{name: row[name] for name in _SHOWN}, **lists}


def _json(values: Sequence[str] | None) -> str | None:
    return json.dumps(sorted(set(values)), ensure_ascii=False) if values is not None else None


def _set(told: str | None) -> frozenset[str] | None:
    return frozenset(json.loads(told)) if told is not None else None


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
