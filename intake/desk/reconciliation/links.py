"""Links by hand: a person says which entry an invoice of the list is, and why. Later runs keep to it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from intake.desk.reconciliation.compare import differences
from intake.desk.reconciliation.consequences import apply, of_pair
from intake.desk.reconciliation.history import run_seen
from intake.desk.reconciliation.reds import find_reds
from intake.desk.seen import entries_seen, reconciled_seen
from intake.desk.services import Services
from intake.desk.views import NotFound
from intake.errors import IntakeError
from intake.store.entries import change
from intake.store.tables import entries, reconciliation_links, reconciliation_rows, tax_rows
from models.entry import Reconciliation
from models.reconciliation import Bucket
from models.sight import Sight

Row = Mapping[str, Any]


class CannotLink(IntakeError):
    """One of the two has its counterpart already: by its number, or by another link."""


def link(services: Services, run_id: str, row_id: int, entry_id: str, *, reason: str, actor: str, sight: Sight) -> str:
    """Link the invoice of a row of a run to an entry, and give the id of the link.

    The entry stands against the list as the two compare, from now on; the run stays what it was.

    Raises:
        NotFound: no such run, row or entry, or not for these eyes. CannotLink: one of the two has its counterpart.
    """
    with services.database.begin() as connection:
        listed = _listed(connection, run_id, row_id, sight)
        entry = _entry(connection, entry_id, sight)
        _ensure_free(connection, listed, entry)
        told: dict[str, str] = {"id": uuid.uuid4().hex, "key": listed["key"], "entry_id": entry_id, "reason": reason}
        connection.execute(reconciliation_links.insert().values(**told, actor=actor, linked_at=time.time()))
        details = {"link": told["id"], "key": told["key"], "list": listed["list_id"], "reason": reason}
        change(connection, entry_id, "linked", actor=actor, details=details)
        bucket = Bucket.DIFFERENT if differences(listed, entry) else Bucket.MATCHED
        follows = of_pair(bucket, listed, entry_id, find_reds(connection, listed["list_id"]))
        apply(connection, [follows], list_id=listed["list_id"], run_id=run_id, actor=actor)
    return told["id"]


def unlink(services: Services, link_id: str, *, reason: str, actor: str, sight: Sight) -> None:
    """Take a link back; the entry is unseen until the next run says where it stands.

    Raises:
        NotFound: there is no such link, it was taken back, or its entry is not for these eyes.
    """
    mine = reconciliation_links.c.id == link_id
    with services.database.begin() as connection:
        found = connection.execute(
            sa.select(reconciliation_links.c.entry_id, reconciliation_links.c.key, entries.c.reconciliation)
            .join(entries, entries.c.id == reconciliation_links.c.entry_id)
            .where(mine, reconciliation_links.c.undone_at.is_(None), entries_seen(sight))
        ).one_or_none()
        if found is None:
            raise NotFound(link_id)
        undone = {"undone_by": actor, "undone_at": time.time(), "undone_reason": reason}
        connection.execute(reconciliation_links.update().where(mine).values(**undone))
        details = {"link": link_id, "key": found.key, "reason": reason}
        change(connection, found.entry_id, "unlinked", actor=actor, details=details)
        if found.reconciliation != Reconciliation.UNSEEN.value:
            result = {"result": Reconciliation.UNSEEN.value, "link": link_id}
            change(connection, found.entry_id, "reconciled", actor=actor, details=result)


def _listed(connection: sa.Connection, run_id: str, row_id: int, sight: Sight) -> Row:
    run_seen(connection, run_id, sight)
    joined = reconciliation_rows.join(tax_rows, tax_rows.c.id == reconciliation_rows.c.tax_row_id)
    query = (
        sa.select(tax_rows)
        .select_from(joined.outerjoin(entries, entries.c.id == reconciliation_rows.c.entry_id))
        .where(reconciliation_rows.c.run_id == run_id, reconciliation_rows.c.id == row_id, reconciled_seen(sight))
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(str(row_id))
    return dict(row)


def _entry(connection: sa.Connection, entry_id: str, sight: Sight) -> Row:
    query = sa.select(entries).where(entries.c.id == entry_id, entries.c.withdrawn_at.is_(None), entries_seen(sight))
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(entry_id)
    return dict(row)


def _ensure_free(connection: sa.Connection, listed: Row, entry: Row) -> None:
    standing = reconciliation_links.c.undone_at.is_(None)
    either = sa.or_(reconciliation_links.c.key == listed["key"], reconciliation_links.c.entry_id == entry["id"])
    has_entry = sa.select(entries.c.id).where(entries.c.key == listed["key"], entries.c.withdrawn_at.is_(None))
    on_list = sa.select(tax_rows.c.id).where(tax_rows.c.key == entry["key"])
    for taken in (sa.select(reconciliation_links.c.id).where(standing, either), has_entry, on_list):
        counterpart: Any = connection.execute(taken.limit(1)).scalar()
        if counterpart is not None:
            raise CannotLink(listed["key"])
