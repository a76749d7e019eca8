"""The rules, how they fare, and the company's packs."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import Body, Query

from api.deps import Desk, Seeing, Sender
from api.guard import allow, guarded, signed_in
from intake.check.catalogue import CHECKED_WORDS, HELPER_WORDS, KINDS_WORDS, rules
from intake.check.policy import read_policy
from intake.desk.policies import install_policy, policy_list
from intake.desk.rejudge import rejudge
from intake.desk.statistics import rule_records
from models.rights import Permission

router = guarded(tags=["rules"])
_MANAGE = allow(Permission.MANAGE_POLICIES)
Pack = Annotated[str, Body(media_type="application/toml", max_length=200_000)]


@router.get("/rules", dependencies=[signed_in()])
def rule_list() -> dict[str, Any]:
    """Every rule: what it says, how grave it is, how to mend it, where it comes from, and whether it is checked."""
    words = {
        "checked": {one.value: said for one, said in CHECKED_WORDS.items()},
        "who": {one.value: said for one, said in HELPER_WORDS.items()},
        "kinds": KINDS_WORDS,
    }
    return {"rules": [dataclasses.asdict(rule) for rule in rules().values()], "words": words}


@router.get("/rules/statistics", dependencies=[allow(Permission.SEE_OWN)])
def statistics(desk: Desk, sight: Seeing, since: Annotated[float, Query(ge=0)] = 0.0) -> dict[str, Any]:
    """How often each rule spoke, was contested and was overturned, since a moment (seconds since 1970)."""
    return {"rules": [dataclasses.asdict(one) for one in rule_records(desk, sight, since=since)]}


@router.get("/policies", dependencies=[allow(Permission.READ_POLICIES)])
def packs(desk: Desk) -> dict[str, Any]:
    """The company's packs, the latest first, and which one holds today (none: the law's own)."""
    return {"policies": policy_list(desk)}


@router.post("/policies", status_code=201, dependencies=[_MANAGE])
def install(text: Pack, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Install a pack (TOML). A mistake is answered with its line."""
    policy = install_policy(desk, text, actor=sender)
    return {"name": policy.name, "version": policy.version, "valid_from": policy.valid_from.isoformat()}


@router.post("/policies/try", dependencies=[_MANAGE])
def dry_run(text: Pack, desk: Desk, sight: Seeing, since: Annotated[float, Query(ge=0)] = 0.0) -> dict[str, Any]:
    """What a pack would change in what was judged before and may be seen. Changes nothing and installs nothing."""
    changes = rejudge(desk, sight, read_policy(text), since=since)
    return {"changes": [dataclasses.asdict(change) for change in changes]}
