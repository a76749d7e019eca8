"""The rules, how they fare, and the company's packs."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field

from api.deps import Desk, Sender
from intake.check.catalogue import CHECKED_WORDS, HELPER_WORDS, KINDS_WORDS, rules
from intake.check.policy import read_policy
from intake.desk.policies import install_policy, policy_list, policy_of
from intake.desk.rejudge import Change, apply_changes, rejudge
from intake.desk.statistics import rule_records
from models.document import State

router = APIRouter(tags=["rules"])
#: How many changes a dry run names one by one.
_LISTED = 500
Pack = Annotated[str, Body(media_type="application/toml", max_length=200_000)]


class Again(BaseModel):
    """Judging again what was received since a moment, as many as the dry run named."""

    expected: int = Field(ge=0)
    since: float = Field(default=0.0, ge=0)


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
    return _told(rejudge(desk, read_policy(text), since=since))


@router.get("/policies/{policy_id}/rejudge")
def try_again(policy_id: str, desk: Desk, since: Annotated[float, Query(ge=0)] = 0.0) -> dict[str, Any]:
    """What an installed pack would change in what was judged before. Changes nothing."""
    return _told(rejudge(desk, policy_of(desk, policy_id), since=since))


@router.post("/policies/{policy_id}/rejudge")
def judge_again(policy_id: str, body: Again, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Send to review what an installed pack judges differently and is not registered.

    ``expected`` is the number ``to_review`` of the dry run (the GET); when it is another by now, nothing is changed.
    """
    policy = policy_of(desk, policy_id)
    done = apply_changes(desk, policy, actor=sender, since=body.since, expected=body.expected)
    return {"to_review": len(done)}


def _told(changes: Iterable[Change]) -> dict[str, Any]:
    """The first changes in full, and how many there are of each sort."""
    listed: list[dict[str, Any]] = []
    counts, to_review = Counter[str](), 0
    for change in changes:
        counts[f"{change.before.value} -> {change.after.value}"] += 1
        to_review += change.before is not State.REGISTERED
        if len(listed) < _LISTED:
            listed.append(dataclasses.asdict(change))
    return {"changes": listed, "counts": counts, "count": counts.total(), "to_review": to_review}
