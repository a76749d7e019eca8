"""The rules, and how each fares."""

from __future__ import annotations

import itertools

from fastapi import Request
from fastapi.responses import Response

from api.deps import Asking, Desk
from api.guard import guarded, signed_in
from api.web.frame import render
from intake.check.catalogue import CHECKED_WORDS, SOURCE_WORDS, STAGE_WORDS
from intake.check.catalogue import rules as catalogue
from intake.desk.policies import policy_list
from intake.desk.statistics import rule_records
from models.rights import Permission

router = guarded(include_in_schema=False)


@router.get("/rules", dependencies=[signed_in()])
def rules(request: Request, desk: Desk, caller: Asking) -> Response:
    """Every rule, how it fares, and the company's packs."""
    stages = [(name, list(group)) for name, group in itertools.groupby(catalogue().values(), lambda rule: rule.stage)]
    records = {record.rule: record for record in rule_records(desk, caller.sight)}
    packs = policy_list(desk) if caller.may(Permission.READ_POLICIES) else None
    return render(
        request,
        "rules.html",
        stages=stages,
        records=records,
        packs=packs,
        checked=CHECKED_WORDS,
        stage_words=STAGE_WORDS,
        source_words=SOURCE_WORDS,
    )
