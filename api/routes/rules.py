"""The rules, how they fare, and the company's packs."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from typing import Annotated, Any

from fastapi import Body, Query
from pydantic import BaseModel, Field

from api.deps import Desk, Seeing, Sender
from api.guard import allow, guarded, signed_in
from intake.check.catalogue import CHECKED_WORDS, HELPER_WORDS, KINDS_WORDS, SOURCE_WORDS, STAGE_WORDS, rules
from intake.check.policy import read_policy
from intake.desk.policies import install_policy, policy_list, policy_of
from intake.desk.rejudge import apply_changes, rejudge
from intake.desk.services import Services
from intake.desk.statistics import rule_records
from models.document import State
from models.policy import Policy
from models.rights import Permission
from models.sight import EVERYTHING, Sight

router = guarded(tags=["rules"])
_MANAGE = allow(Permission.MANAGE_POLICIES)
#: How many changes a dry run names one by one.
_LISTED = 500
Pack = Annotated[str, Body(media_type="application/toml", max_length=200_000)]


class Again(BaseModel):
    """Judging again what was received since a moment, as many as the dry run named."""

    expected: int = Field(ge=0)
    since: float = Field(default=0.0, ge=0)


@router.get("/rules", dependencies=[signed_in()])
def rule_list() -> dict[str, Any]:
    """Every rule: what it says, how grave it is, how to mend it, where it comes from, and whether it is checked."""
    words = {
        "checked": {one.value: said for one, said in CHECKED_WORDS.items()},
        "who": {one.value: said for one, said in HELPER_WORDS.items()},
        "kinds": KINDS_WORDS,
        "stage": STAGE_WORDS,
        "source": SOURCE_WORDS,
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
    """What a pack would change in what was judged before: how many of all, and those that may be seen by name."""
    return _told(desk, sight, read_policy(text), since)


@router.get("/policies/{policy_id}/rejudge", dependencies=[_MANAGE])
def try_again(policy_id: str, desk: Desk, sight: Seeing, since: Annotated[float, Query(ge=0)] = 0.0) -> dict[str, Any]:
    """What an installed pack would change in what was judged before. Changes nothing."""
    return _told(desk, sight, policy_of(desk, policy_id), since)


@router.post("/policies/{policy_id}/rejudge", dependencies=[_MANAGE])
def judge_again(policy_id: str, body: Again, desk: Desk, sender: Sender) -> dict[str, Any]:
    """Send to review what an installed pack judges differently and is not registered.

    ``expected`` is the number ``to_review`` of the dry run (the GET); when it is another by now, nothing is changed.
    """
    policy = policy_of(desk, policy_id)
    done = apply_changes(desk, policy, actor=sender, since=body.since, expected=body.expected)
    return {"to_review": len(done)}


def _told(desk: Services, sight: Sight, policy: Policy, since: float) -> dict[str, Any]:
    """The first changes that may be seen in full, and how many there are of each sort: of everybody's.

    Whoever sends invoices to review must know how many they are; whose they are is another right.
    """
    counts, to_review = Counter[str](), 0
    for change in rejudge(desk, EVERYTHING, policy, since=since):
        counts[f"{change.before.value} -> {change.after.value}"] += 1
        to_review += change.before is not State.REGISTERED
    seen = itertools.islice(rejudge(desk, sight, policy, since=since), _LISTED)
    listed = [dataclasses.asdict(change) for change in seen]
    return {"changes": listed, "counts": counts, "count": counts.total(), "to_review": to_review}
