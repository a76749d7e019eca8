"""How the service runs: its work, rules, partners, proof of the ledger, room, foundations and versions."""

from __future__ import annotations

import redis
from fastapi import Request
from fastapi.responses import Response

from api.deps import Desk
from api.guard import allow, guarded
from api.web.frame import render
from intake.desk.health import ledger_state, oldest_waiting, readiness
from intake.desk.reports import report_counts
from intake.desk.statistics import RuleRecord, rule_records
from intake.desk.sync.monitor import standings
from intake.desk.versions import room, versions
from intake.desk.workload import workload
from models.document import STATE_WORDS
from models.rights import Permission
from models.sight import EVERYTHING

router = guarded(include_in_schema=False)
#: The worst rules are what one looks for here; the page of the rules has them all.
_RULES = 12


@router.get("/operations", dependencies=[allow(Permission.OPERATE)])
def operations(request: Request, desk: Desk) -> Response:
    """Everything that those who run the service look at, the urgent first."""
    states = {state.value: pair for state, pair in STATE_WORDS.items()}
    return render(
        request, "operations.html", work=workload(desk), oldest=oldest_waiting(desk), queues=_queues(desk),
        records=_disputed(desk), partners=standings(desk), proof=ledger_state(desk), room=room(desk),
        ready=readiness(desk), versions=versions(desk), classes=report_counts(desk), states=states,
    )  # fmt: skip


def _disputed(desk: Desk) -> list[RuleRecord]:
    """The rules that kept something from the ledger, the most overturned first: of all, whosever they are."""
    return [one for one in rule_records(desk, EVERYTHING) if one.rejected or one.asked][:_RULES]


def _queues(desk: Desk) -> dict[str, int] | None:
    """How many jobs wait in each queue; None when Redis is away."""
    try:
        return desk.queue.depth()
    except redis.RedisError:
        return None
