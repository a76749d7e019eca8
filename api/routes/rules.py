"""The rules, how they fare, and the company's packs."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from api.deps import Desk, Sender
from intake.check.catalogue import CHECKED_WORDS, HELPER_WORDS, KINDS_WORDS, rules
from intake.check.policy import read_policy
from intake.desk.policies import install_policy, policy_list
from intake.desk.rejudge import rejudge
from intake.desk.statistics import rule_records

router = APIRouter(tags=["rules"])
Pack = Annotated[str, Body(media_type="application/toml", max_length=200_000)]


@router.get("/rules")
def rule_list() -> dict[str, Any]:
    """Every rule: what it says, how grave it is, how to mend it, where it comes from, and whether it is checked."""
    words = {
        "checked": {one.value: said for one, said in CHECKED_WORDS.items()},
        "who": {one.value: said for one, said in HELPER_WORDS.items()},
        "kinds": KINDS_WORDS,
    }
    return {"rules": [dataclasses.asdict(rule) for rule in rules().values()], "words": words}


@router.get("/rules/statistics")
def statistics(desk: Desk, since: Annotated[float, Query(ge=0)] = 0.0) -> dict[str, Any]:
    """How often each rule spoke, was contested and was overturned, since a moment (seconds since 1970)."""
    return {"rules": [dataclasses.asdict(one) for one in rule_records(desk, since=since)]}


@router.get("/policies")
def packs(desk: Desk) -> dict[str, Any]:
    """The company's packs, the latest first, and which one holds today (none: the law's own)."""
    return {"policies": policy_list(desk)}


@router.post("/policies", status_code=201)
def install(text: Pack, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Install a pack (TOML). A mistake is answered with its line."""
    policy = install_policy(desk, text, actor=sender)
    return {"name": policy.name, "version": policy.version, "valid_from": policy.valid_from.isoformat()}


@router.post("/policies/try")
def dry_run(text: Pack, desk: Desk, since: Annotated[float, Query(ge=0)] = 0.0) -> dict[str, Any]:
    """What a pack would change in what was judged before. Changes nothing and installs nothing."""
    return {"changes": [dataclasses.asdict(change) for change in rejudge(desk, read_policy(text), since=since)]}
