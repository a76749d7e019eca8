"""How far each partner is behind, and where one delivery stands."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.desk.services import Services
from intake.desk.sync.endpoints import row_of, wanted_by
from intake.desk.sync.feed import waiting_after
from intake.desk.sync.send import OWED
from intake.store.database import reading
from intake.store.tables import deliveries, endpoints, events
from models.changes import DOCUMENT_TYPES, ENTRY_TYPES

Json = dict[str, Any]
#: What keeps a partner from being up to date, and what to do.
ALARM_WORDS: Mapping[str, tuple[str, str]] = {
    "lag": (
        "落后超过设定时间，请检查对方系统是否正常接收。",
        "Further behind than its limit: see whether the partner's system takes messages.",
    ),
    "dead_letters": (
        "有消息多次被对方拒收，已停止重试；请查明原因后重新发送或跳过。",
        "Messages were refused for too long and given up: find out why, then replay or skip them.",
    ),
    "gone": ("对方地址已停用（410），已停止发送。", "The partner wants nothing any more (410); sending has stopped."),
    "failing": (
        "对方长时间无法接收，已停止发送；恢复后请点“继续”。",
        "The partner took nothing for too long; sending has stopped. Resume once it is back.",
    ),
}
#: What can go wrong on the way, in both languages; other codes are ``http_`` and the status that was answered.
TROUBLE_WORDS: Mapping[str, tuple[str, str]] = {
    "bad_url": ("地址格式不对", "the address has a wrong form"),
    "not_https": ("地址必须是 https", "the address must be https"),
    "forbidden_address": (
        "地址指向内部网络，未被允许（SHOUPIAO_SYNC_INSIDE）",
        "the address lies in a network that is not allowed (SHOUPIAO_SYNC_INSIDE)",
    ),
    "unknown_host": ("域名无法解析", "the name cannot be resolved"),
    "connect": ("连接不上", "no connection"),
    "tls": ("证书或加密连接有问题", "its certificate or encryption is wrong"),
    "timeout": ("对方没有及时应答", "no answer in time"),
    "broken": ("连接中断", "the connection broke off"),
}
_SHOWN = (
    "event_id", "subject", "state", "attempts", "failures", "next_at", "last_trouble", "delivered_at", "dead_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How a partner stands: ``lag`` is the age of the oldest change that it should have and has not, seconds."""

    id: str
    name: str
    lag: float
    lag_limit: float
    backlog: int
    dead: int
    failures: int
    last_success_at: float | None
    last_failure_at: float | None
    last_trouble: str | None
    disabled_reason: str | None
    alarms: tuple[str, ...]


def standings(services: Services) -> list[Standing]:
    """How every partner stands, by name; the figures of the sync monitor and of the metrics."""
    with reading(services.database) as connection:
        rows = connection.execute(sa.select(endpoints).order_by(endpoints.c.name)).mappings().all()
        return [_standing(connection, row) for row in rows]


def delivery_list(
    services: Services, endpoint_id: str, *, state: str = "", subject: str = "", before: int = 0, limit: int = 50
) -> list[Json]:
    """The deliveries of an endpoint, the newest first: in a state, about one entry or document, before an event.

    Raises:
        NotFound: there is no such endpoint.
    """
    conditions = [deliveries.c.endpoint_id == endpoint_id]
    if state:
        conditions.append(deliveries.c.state == state)
    if subject:
        conditions.append(deliveries.c.subject == subject)
    if before:
        conditions.append(deliveries.c.event_id < before)
    query = _joined().where(*conditions).order_by(deliveries.c.event_id.desc()).limit(limit)
    with reading(services.database) as connection:
        row_of(connection, endpoint_id)
        return [_view(row) for row in connection.execute(query).mappings()]


def deliveries_about(services: Services, subject: str) -> list[Json]:
    """Which partners have what about an entry or a document, and which have not, in the order of events."""
    query = _joined().where(deliveries.c.subject == subject).order_by(deliveries.c.event_id, endpoints.c.name)
    with reading(services.database) as connection:
        return [_view(row) for row in connection.execute(query).mappings()]


def trouble_words(code: str | None) -> tuple[str, str] | None:
    """What a code of trouble says, in both languages."""
    if code is None:
        return None
    status = code.removeprefix("http_")
    return TROUBLE_WORDS.get(code) or (f"对方应答 {status}", f"it answered {status}")


def _standing(connection: sa.Connection, row: sa.RowMapping) -> Standing:
    counts, first = _owed(connection, row["id"])
    ahead, first_ahead = waiting_after(connection, row["cursor"], wanted_by(row))
    oldest = min((at for at in (first, first_ahead) if at is not None), default=None)
    lag = max(time.time() - oldest, 0.0) if oldest is not None else 0.0
    dead = counts.get("dead", 0)
    told = ("id", "name", "lag_limit", "failures", "last_success_at", "last_failure_at", "last_trouble")
    return Standing(
        **{name: row[name] for name in told},
        lag=lag,
        backlog=counts.get("pending", 0) + ahead,
        dead=dead,
        disabled_reason=row["disabled_reason"],
        alarms=tuple(_alarms(row, lag, dead)),
    )


def _owed(connection: sa.Connection, endpoint_id: str) -> tuple[dict[str, int], float | None]:
    """How many deliveries are owed, by state, and when the first of them happened."""
    mine = (deliveries.c.endpoint_id == endpoint_id) & deliveries.c.state.in_(OWED)
    by_state = sa.select(deliveries.c.state, sa.func.count()).where(mine).group_by(deliveries.c.state)
    counts: dict[str, int] = {state: count for state, count in connection.execute(by_state)}
    oldest = sa.select(sa.func.min(deliveries.c.event_id)).where(mine).scalar_subquery()
    return counts, connection.execute(sa.select(events.c.at).where(events.c.id == oldest)).scalar()


def _alarms(row: sa.RowMapping, lag: float, dead: int) -> Sequence[str]:
    off = row["disabled_reason"]
    found = {
        "lag": lag > row["lag_limit"],
        "dead_letters": dead > 0,
        "gone": off == "gone",
        "failing": off == "failing",
    }
    return [name for name, holds in found.items() if holds]


def _joined() -> sa.Select[Any]:
    columns = [deliveries.c[name] for name in _SHOWN]
    query = sa.select(*columns, events.c.at, events.c.what, endpoints.c.name.label("endpoint"))
    return query.join(events, events.c.id == deliveries.c.event_id).join(endpoints)


def _view(row: sa.RowMapping) -> Json:
    view = {name: row[name] for name in (*_SHOWN, "at", "endpoint")}
    return {**view, "type": ENTRY_TYPES.get(row["what"]) or DOCUMENT_TYPES[row["what"]]}
