"""The packs of the company: installed once, never changed, each valid from its day until a later one follows."""

from __future__ import annotations

import time
import uuid
from typing import Any

import sqlalchemy as sa

from intake.check.policy import law, read_policy
from intake.desk.services import Services
from intake.errors import IntakeError
from intake.store.database import reading
from intake.store.history import append
from intake.store.tables import policies
from models.clock import day_of
from models.policy import Policy


class KnownVersion(IntakeError):
    """A pack of this name and version is installed already, with another text or with the same."""


class UnknownPolicy(LookupError):
    """There is no such pack."""


def install_policy(services: Services, text: str, *, actor: str) -> Policy:
    """Install a pack; it judges what arrives from its day on.

    Raises:
        BadPolicy: it breaks its form. KnownVersion: its version is taken; a change needs a new version.
    """
    policy = read_policy(text)
    values = {
        "id": uuid.uuid4().hex,
        "name": policy.name,
        "version": policy.version,
        "valid_from": policy.valid_from.isoformat(),
        "text": text,
        "actor": actor,
        "installed_at": time.time(),
    }
    try:
        with services.database.begin() as connection:
            connection.execute(policies.insert().values(**values))
            details = {name: values[name] for name in ("id", "name", "version", "valid_from", "text")}
            append(connection, "policy", actor=actor, details=details)
    except sa.exc.IntegrityError as trouble:
        raise KnownVersion(policy.label) from trouble
    return policy


def policy_at(connection: sa.Connection, moment: float) -> Policy:
    """The pack that holds for what was received at a moment: the latest that was valid on its day in Shanghai."""
    day = day_of(moment).isoformat()
    query = (
        sa.select(policies.c.text)
        .where(policies.c.valid_from <= day)
        .order_by(policies.c.valid_from.desc(), policies.c.installed_at.desc())
        .limit(1)
    )
    text = connection.execute(query).scalar()
    return read_policy(text) if text else law()


def policy_of(services: Services, policy_id: str) -> Policy:
    """An installed pack.

    Raises:
        UnknownPolicy: there is none with this id.
    """
    with reading(services.database) as connection:
        text = connection.execute(sa.select(policies.c.text).where(policies.c.id == policy_id)).scalar()
    if text is None:
        raise UnknownPolicy(policy_id)
    return read_policy(text)


def policy_list(services: Services) -> list[dict[str, Any]]:
    """Every installed pack, the latest first, and which one holds today."""
    order = (policies.c.valid_from.desc(), policies.c.installed_at.desc())
    with reading(services.database) as connection:
        rows = [dict(row) for row in connection.execute(sa.select(policies).order_by(*order)).mappings()]
        today = policy_at(connection, time.time()).label
    holding = next((row["id"] for row in rows if f"{row['name']} {row['version']}" == today), None)
    return [{**row, "holds": row["id"] == holding} for row in rows]
