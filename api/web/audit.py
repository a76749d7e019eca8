"""The auditor's page: who did what, when, from where, before and after, and how the chain stands."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from api.deps import Desk, Seeing
from api.guard import allow, guarded
from api.routes.audit import Paged
from api.web.frame import language, render
from intake.desk.audit import audit_page, chain_state
from models.acts import ACTS, GROUP_WORDS
from models.columns import COLUMNS
from models.document import STATE_WORDS
from models.entry import BOOKING_MARKS, BOOKING_WORDS, RECONCILIATION_WORDS, VERIFICATION_WORDS
from models.integrity import PART_WORDS
from models.kinds import KIND_INFO
from models.rights import Permission

router = guarded(include_in_schema=False)
_LABELS: Mapping[str, tuple[str, str]] = {
    **{name: (column.zh, column.en) for name, column in COLUMNS.items()},
    "state": ("状态", "State"),
    "roles": ("角色", "Roles"),
    "companies": ("公司", "Companies"),
    "departments": ("部门", "Departments"),
    "used_at": ("报销时间", "Claimed at"),
    "verified_at": ("查验时间", "Verified at"),
    "withdrawn_at": ("撤回时间", "Withdrawn at"),
}
#: What the values of some names are called.
_VALUES: Mapping[str, Mapping[Any, tuple[str, str]]] = {
    "state": STATE_WORDS,
    "kind": {kind.value: (info.zh, info.en) for kind, info in KIND_INFO.items()},
    "verification": VERIFICATION_WORDS,
    "reconciliation": RECONCILIATION_WORDS,
    "booking": BOOKING_WORDS,
    "booked_as": BOOKING_MARKS,
}
#: What repeats other facts: cents the amounts, the key the number.
_REPEATED = frozenset({"key", "amount_cents", "tax_cents", "total_cents"})


@router.get("/audit", dependencies=[allow(Permission.READ_AUDIT)])
def audit(request: Request, desk: Desk, sight: Seeing, asked: Annotated[Paged, Query()]) -> Response:
    """The state of the chain, the filters, and a page of the trail."""
    wanted, state = asked.read(), chain_state(desk)
    page = audit_page(desk, sight, wanted, cursor=asked.cursor, limit=asked.limit)
    kinds = [(words, [(what, act) for what, act in ACTS.items() if act.group is group], f"group:{group.value}")
             for group, words in GROUP_WORDS.items()]  # fmt: skip
    return render(
        request, "audit.html", page=page, chain=state, asked=asked, kinds=kinds, all_seen=sight.everything,
        labels=_LABELS, values=_VALUES, repeated=_REPEATED,
        parts={part.value: words for part, words in PART_WORDS.items()},
        taken=urllib.parse.urlencode({**wanted.told, "lang": language(request)}),
    )  # fmt: skip
