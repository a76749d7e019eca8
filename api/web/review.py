"""The review desk: what waits, and one invoice with its fields left and its page right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.deps import Desk, Seeing, Sender
from api.guard import allow, guarded
from api.web.deciding import confirm_form
from api.web.frame import Skipped, back_to, render
from intake.desk.corrections import StillWrong, may_waive
from intake.desk.review import (
    CannotUndo,
    Held,
    NotInReview,
    SecondPersonNeeded,
    refuse,
    undo,
)
from intake.desk.review_queue import review_queue, waiting_counts, waiting_order
from intake.desk.views import document_view, invoice_view
from models.document import State
from models.fields import FIELD_LABELS, MONEY_FIELDS
from models.kinds import KIND_INFO, Kind
from models.regions import by_digital2
from models.rights import Permission
from models.terms import REFUSALS

router = guarded(include_in_schema=False)
_REVIEW = allow(Permission.REVIEW)
Json = dict[str, Any]
#: How many of those that wait a page shows.
_PAGE = 50
_GRAVE = ("reject", "review")


@router.get("/review", dependencies=[_REVIEW])
def queue(
    request: Request, desk: Desk, sight: Seeing, show: str = "", region: str = "", did: str = "", what: str = "",
    number: str = "", cursor: Skipped = 0,
) -> Response:  # fmt: skip
    """What waits for a person; of one region, where the regions led here; and what was decided last."""
    of_region = by_digital2(region)
    digits = of_region.digital2 if of_region else ""
    found = review_queue(desk, sight, _PAGE + 1, cursor, digits, show)
    return render(
        request, "review_queue.html", waiting=found[:_PAGE], counted=waiting_counts(desk, sight, digits), show=show,
        labels=FIELD_LABELS, region=of_region, done=(did, what, number),
        cursor=cursor + _PAGE if len(found) > _PAGE else None,
    )  # fmt: skip


@router.get("/review/next", dependencies=[_REVIEW])
def next_one(desk: Desk, sight: Seeing, after: str = "", did: str = "", what: str = "", number: str = "") -> Response:
    """Go to the invoice that waits next; ``did`` and ``what`` tell the page what was decided before."""
    waiting = waiting_order(desk, sight)
    place = waiting.index(after) + 1 if after in waiting else 0
    said = {"did": did, "what": what, "number": number} if did else {}
    if not waiting:
        return back_to("/review", **said)
    return back_to(f"/review/{waiting[place % len(waiting)]}", **said)


@router.get("/review/{invoice_id}", dependencies=[_REVIEW])
def review(
    invoice_id: str, request: Request, desk: Desk, sight: Seeing, did: str = "", what: str = "", number: str = "",
    why: str = "", told: str = "",
) -> Response:  # fmt: skip
    """One invoice: its fields, its page, and what can be decided."""
    view = invoice_view(desk, sight, invoice_id)
    if view["state"] != State.IN_REVIEW.value:
        return RedirectResponse(f"/documents/{view['document_id']}", 303)
    document = document_view(desk, sight, view["document_id"])
    waiting = waiting_order(desk, sight)
    place = waiting.index(invoice_id) + 1 if invoice_id in waiting else 0
    kinds = [(one.value, info) for one, info in KIND_INFO.items() if info.supported]
    return render(
        request, "review.html", invoice=view, document=document, rows=_rows(view), labels=FIELD_LABELS, kinds=kinds,
        asked_of_company=_waivable(view, told), refusals=REFUSALS, place_in_line=place, count=len(waiting),
        done=(did, what, number), trouble=(why, told), taxed=KIND_INFO[Kind(view["kind"])].taxed,
    )  # fmt: skip


@router.post("/review/{invoice_id}", dependencies=[allow(Permission.DECIDE)])
async def decide(invoice_id: str, request: Request, desk: Desk, sight: Seeing, sender: Sender) -> Response:
    """Accept, return or take back, and go on with the next one."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    view = invoice_view(desk, sight, invoice_id)
    here, number = f"/review/{invoice_id}", (view["fields"].get("invoice_number") or {}).get("value", "")
    try:
        what = _decide(desk, invoice_id, form, view, sender)
    except StillWrong as trouble:
        return back_to(here, why="still_wrong", told=",".join(finding.rule for finding in trouble.findings))
    except Held as trouble:
        return back_to(here, why="held", told=trouble.holder)
    except SecondPersonNeeded:
        return back_to(here, why="second_person")
    except CannotUndo:
        return back_to("/review", why="cannot_undo")
    except NotInReview:
        return back_to("/review/next", after=invoice_id, did=invoice_id, what="gone", number=number)
    if what == "undone":
        return back_to(here, did=invoice_id, what=what, number=number)
    return back_to("/review/next", after=form.get("after", ""), did=invoice_id, what=what, number=number)


def _decide(desk: Desk, invoice_id: str, form: Mapping[str, str], view: Json, actor: str) -> str:
    action = form.get("action", "")
    if action == "undo":
        undo(desk, invoice_id, actor=actor)
        return "undone"
    if action in ("refuse", "duplicate"):
        reason = "duplicate" if action == "duplicate" else form.get("reason", "other")[:40]
        refuse(desk, invoice_id, actor=actor, reason=reason, words=form.get("words", "")[:500])
        return "refused"
    state = confirm_form(desk, invoice_id, form, view, actor)
    return "first" if state is State.IN_REVIEW else "confirmed"


def _rows(view: Json) -> list[Json]:
    """The fields in the order of the face: each with its mark, what speaks against it, and its other readings."""
    against: dict[str, list[Json]] = {}
    for finding in view["findings"]:
        if finding["severity"] in _GRAVE and finding["field"]:
            against.setdefault(finding["field"], []).append(finding)
    shown = [name for name in FIELD_LABELS if name in view["fields"] or name in view["asked"]]
    # A name is proven by its tax id; it needs a person where none was read, or where a rule speaks.
    gate = [name for name in view["asked"] if not name.endswith("_name") or name not in view["fields"]]
    return [_row(name, view["fields"].get(name), against.get(name, ()), gate) for name in shown]


def _row(name: str, field: Json | None, told: Sequence[Json], gate: Sequence[str]) -> Json:
    proven = bool(field and field["proven"])
    mark = "bad" if told else "good" if proven else "ask" if name in gate else "calm"
    others = {one["value"]: one for one in (field["readings"] if field else ()) if one["value"] != field["value"]}  # type: ignore[index]
    placed = field["place"] if field else None
    return {
        "name": name, "field": field, "mark": mark, "told": told, "others": list(others.values()), "placed": placed,
        "needs": mark in ("bad", "ask"), "money": name in MONEY_FIELDS,
    }  # fmt: skip


def _waivable(view: Json, refused: str) -> list[str]:
    """Rules that a person may let pass: those that speak now, and those that refused the last confirmation."""
    grave = [finding["rule"] for finding in view["findings"] if finding["severity"] in _GRAVE]
    return [rule for rule in dict.fromkeys([*grave, *refused.split(",")]) if rule and may_waive(rule)]
