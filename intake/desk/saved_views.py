"""Filters of the ledger that somebody keeps under a name; each sees their own."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from intake.desk.search import Order
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.store.database import reading
from intake.store.tables import saved_views
from models.clock import day_of
from models.columns import chosen
from models.query import BadFilter, parse_query

Json = dict[str, Any]
#: What a view keeps beside its filters.
BESIDE = ("sort", "columns")


def views_of(services: Services, owner: str) -> list[Json]:
    """The views of somebody, by name."""
    query = sa.select(saved_views).where(saved_views.c.owner == owner).order_by(saved_views.c.name)
    with reading(services.database) as connection:
        return [_told(row) for row in connection.execute(query).mappings()]


def save_view(services: Services, owner: str, name: str, given: Mapping[str, str]) -> Json:
    """Keep filters, order (``sort``) and ``columns`` under a name; a view of the same name is replaced.

    Raises:
        BadFilter, BadColumn: the view could not be opened again.
    """
    kept = {key: value for key, value in given.items() if value.strip()}
    parse_query({key: value for key, value in kept.items() if key not in BESIDE}, day_of(time.time()))
    if kept.get("sort", Order.NEWEST) not in set(Order):
        raise BadFilter("sort", kept["sort"])
    chosen(kept.get("columns", "").split(","))
    mine = sa.and_(saved_views.c.owner == owner, saved_views.c.name == name)
    row = {"query": json.dumps(kept, ensure_ascii=False), "created_at": time.time()}
    with services.database.begin() as connection:
        if not connection.execute(saved_views.update().where(mine).values(**row)).rowcount:
            connection.execute(saved_views.insert().values(id=uuid.uuid4().hex, owner=owner, name=name, **row))
        return _told(connection.execute(sa.select(saved_views).where(mine)).mappings().one())


def delete_view(services: Services, owner: str, view_id: str) -> None:
    """Forget a view of somebody's own.

    Raises:
        NotFound: they have none with this id.
    """
    mine = sa.and_(saved_views.c.owner == owner, saved_views.c.id == view_id)
    with services.database.begin() as connection:
        if not connection.execute(saved_views.delete().where(mine)).rowcount:
            raise NotFound(view_id)


def _told(row: sa.RowMapping) -> Json:
    return {"id": row["id"], "name": row["name"], "query": json.loads(row["query"]), "created_at": row["created_at"]}
