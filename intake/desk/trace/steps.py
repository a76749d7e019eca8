"""The fifteen steps of the rule book (§9.1), in its order: the first that holds is the answer, later ones stand beside.

What a step asks exactly is told at each; the rule book leaves some of it open (decision 0014).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from intake.desk.trace.case import Case
from intake.desk.trace.fit import kind_of
from intake.desk.trace.lists import ASPECTS, covering
from models.answers import Code, Pair
from models.clock import day_of
from models.document import UNFINISHED, State
from models.entry import DEAD, VERIFICATION_WORDS, Verification
from models.handoff import too_early
from models.kinds import KIND_INFO, Kind
from models.tax_list import NEVER_LISTED

Values = Mapping[str, str | Pair]


@dataclass(frozen=True, slots=True)
class Told:
    """What a step says: a code, the variant of its sentence ("" for the usual one), and the values in it.

    ``who`` can do the next step, where it is not who it usually is.
    """

    code: Code
    values: Values = field(default_factory=dict)
    variant: str = ""
    who: str = ""


Step = Callable[[Case], Told | None]


def steps_that_hold(case: Case) -> list[Told]:
    """Every step that holds, in order; never none."""
    return [told for step in _STEPS if (told := step(case))] or [_registered(case)]


def _not_received(case: Case) -> Told | None:
    """1. Nothing that may be seen and nothing that may not: no file, no entry, no row of a list."""
    if case.subject or case.hidden:
        return None
    n = case.unread
    several = (f"；另有 {n} 个文件还没读完，可能在其中", f"; {n} files are not read yet, and it may be in them")
    return Told(Code.NOT_RECEIVED, {"unread": several if case.unread else ""})


def _in_progress(case: Case) -> Told | None:
    """2. Its file is on the way through the machine, and it is not registered by another one."""
    if not (case.unregistered and case.state in UNFINISHED and case.queue):
        return None
    place = {"place": str(case.queue.place)}
    if case.queue.seconds is None:
        return Told(Code.IN_PROGRESS, place, "stuck")
    ready = case.moment(case.now + case.queue.seconds)
    return Told(Code.IN_PROGRESS, {**place, "minutes": str(max(1, round(case.queue.seconds / 60))), "time": ready})


def _ocr_failed(case: Case) -> Told | None:
    """3. The machine could not do the work, or found nothing in the picture or file that it could read."""
    unreadable = case.state is State.REJECTED and case.subject and case.subject.file and not case.subject.file.invoice
    if case.unregistered and (case.state is State.FAILED or unreadable):
        return Told(Code.OCR_FAILED, case.reason.values, who=case.reason.who)
    return None


def _rejected(case: Case) -> Told | None:
    """4. It was returned, by a rule or by a person."""
    if not (case.unregistered and case.state is State.REJECTED):
        return None
    return Told(Code.REJECTED, case.reason.values, who=case.reason.who)


def _in_review(case: Case) -> Told | None:
    """5. It waits for a person."""
    if not (case.unregistered and case.state is State.IN_REVIEW):
        return None
    holder = (f"（{case.held_by} 正在处理）", f" ({case.held_by} is looking at it)") if case.held_by else ""
    return Told(Code.IN_REVIEW, {"fields": case.doubtful, "holder": holder})


def _duplicate(case: Case) -> Told | None:
    """6. What was asked for is a file that came after another one of the same invoice."""
    if not (case.subject and case.sent_again):
        return None
    if case.entry is None:
        return Told(Code.DUPLICATE, variant="hidden")
    return Told(Code.DUPLICATE, _registration(case))


def _registered_elsewhere(case: Case) -> Told | None:
    """7. It is registered, but the number, company, month or another thing is not as it was asked."""
    if case.hidden == "here" or (case.entry is None and case.state is State.REGISTERED):
        return Told(Code.REGISTERED_ELSEWHERE, variant="hidden")
    other = [one for one in case.differences if one.what != "region"]
    if case.entry is None or not other:
        return None
    zh = "；".join(f"{_NAMED[one.what][0]}是 {one.found[0]}（您查的是 {one.asked[0]}）" for one in other)
    en = "; ".join(f"its {_NAMED[one.what][1]} is {one.found[1]} (you asked for {one.asked[1]})" for one in other)
    return Told(Code.REGISTERED_ELSEWHERE, {**_registration(case), "differences": (zh, en)})


def _region_differs(case: Case) -> Told | None:
    """8. Another region issued it than the one that was asked for."""
    other = next((one for one in case.differences if one.what == "region"), None)
    if case.subject is None or other is None:
        return None
    number, code = case.subject.value("invoice_number") or "", case.subject.code
    by = ("号码第3-4位", "digits 3-4 of its number") if len(number) == 20 else ("发票代码", "its invoice code")
    by = by if code or len(number) == 20 else ("销售方", "the seller")
    values = {"issuer": other.found, "asked": other.asked, "by": by, "standing": _standing(case)}
    return Told(Code.REGION_DIFFERS, values)


def _sync_delay(case: Case) -> Told | None:
    """9. Issued today or yesterday: neither its absence from the lists nor "not found" says anything yet."""
    if case.entry is None or case.subject is None or case.subject.rows or case.issued is None:
        return None
    fresh = case.lists and case.issued >= case.today - dt.timedelta(1)
    if not fresh and not (case.verification is Verification.NOT_FOUND and not _believed(case)):
        return None
    after = case.issued + dt.timedelta(2)
    values = {"day": case.issued.isoformat(), "time": after.isoformat(), "standing": _standing(case)}
    return Told(Code.SYNC_DELAY, values)


def _known_to_tax(case: Case) -> Told | None:
    """10. A list has it, alive, and no file of it came."""
    if case.hidden == "listed":
        return Told(Code.KNOWN_TO_TAX, variant="hidden")
    if case.subject is None or case.entry is not None or case.subject.files or case.listed_as in DEAD:
        return None
    row = case.subject.rows[0]
    seller = row["seller_name"]
    from_ = (f"（开票方：{seller}）", f" (issued by {seller})") if seller else ""
    return Told(Code.KNOWN_TO_TAX, {"list": row["filename"], "line": str(row["line"]), "from": from_})


def _not_ours(case: Case) -> Told | None:
    """11. Its buyer is none of our companies, as far as the pack names them, and no list of ours has it."""
    if case.entry is None or case.subject is None or case.subject.rows:
        return None
    buyer, ours = case.entry["buyer_tax_id"], case.policy.own_tax_ids
    if not ours or not buyer or buyer in ours:
        return None
    return Told(Code.NOT_OURS, {"buyer": case.entry["buyer_name"] or buyer, "standing": _standing(case)})


def _out_of_export(case: Case) -> Told | None:
    """12. Lists were loaded, none has it, and none of them could."""
    if case.entry is None or case.subject is None or case.subject.rows or not case.lists:
        return None
    if kind_of(case.subject) in NEVER_LISTED or covering(case.lists, case.subject):
        return None
    nearest = sorted(case.lists, key=lambda one: len(one.leaves_out(case.subject)))[:3]  # type: ignore[arg-type]
    out = nearest[0].leaves_out(case.subject)
    ranges = ("；".join(one.label[0] for one in nearest), "; ".join(one.label[1] for one in nearest))
    aspects = ("、".join(ASPECTS[one][0] for one in out), ", ".join(ASPECTS[one][1] for one in out))
    return Told(Code.OUT_OF_EXPORT, {"ranges": ranges, "aspects": aspects, "standing": _standing(case)})


def _voided(case: Case) -> Told | None:
    """13. The latest list, or its verification, says that it was voided or wholly taken back."""
    if case.subject is None:
        return None
    if case.listed_as in DEAD:
        source: str | Pair = case.subject.rows[0]["filename"]
        state = VERIFICATION_WORDS[case.listed_as]
    elif case.entry is not None and case.verification in DEAD:
        source, state = ("查验", "verification"), VERIFICATION_WORDS[case.verification]
    else:
        return None
    return Told(Code.VOIDED, {"state": (state[0], state[1].lower()), "source": source, "standing": _standing(case)})


def _kind_not_tracked(case: Case) -> Told | None:
    """14. The tax authority lists no invoices of its kind."""
    if case.entry is None or (kind := Kind(case.entry["kind"])) not in NEVER_LISTED:
        return None
    words = (KIND_INFO[kind].zh, KIND_INFO[kind].en)
    return Told(Code.KIND_NOT_TRACKED, {"kind": words, "standing": _standing(case)})


def _not_found(case: Case) -> Told | None:
    """15. The tax authority was asked, late enough, and did not find it."""
    if case.entry is None or case.verification is not Verification.NOT_FOUND or not _believed(case):
        return None
    day = day_of(case.entry["verified_at"] or case.now).isoformat()
    return Told(Code.NOT_FOUND, {"time": day, "standing": _standing(case)})


def _believed(case: Case) -> bool:
    """Whether "not found" was said late enough after the day of issue."""
    if case.entry is None:
        return False
    return not too_early(Kind(case.entry["kind"]), case.issued, case.entry["verified_at"] or case.now)


def _registered(case: Case) -> Told:
    """Nothing is amiss as far as is known; what is not known about the tax authority's side is said."""
    tax: Pair = ("；没有可对照的税局清单", "; no list of the tax authority was loaded that could show it")
    if case.subject and case.subject.rows:
        tax = ("，税局清单上也有", "; it is on the tax authority's list")
    elif case.subject and covering(case.lists, case.subject):
        tax = ("；税局清单应有而没有，请查验", "; the tax authority's list should have it and does not: verify it")
    return Told(Code.REGISTERED, {**_registration(case), "tax": tax})


def _registration(case: Case) -> dict[str, str | Pair]:
    if case.entry is None:
        return {}
    day = day_of(case.entry["registered_at"]).isoformat()
    return {"id": case.entry["id"][:8], "time": day, "who": case.entry["sender"]}


def _standing(case: Case) -> str | Pair:
    """What stands before a reason that lies outside: whether we have the invoice ourselves."""
    if case.entry is not None:
        return f"已入账（编号 {case.entry['id'][:8]}）；", f"Registered (no. {case.entry['id'][:8]}); "
    if case.subject and not case.subject.files:
        return "税局清单已有，未收到文件；", "On the tax authority's list, no file received; "
    return ""


_NAMED: Mapping[str, Pair] = {
    "number": ("号码", "number"),
    "amount": ("金额", "amount"),
    "name": ("销售方", "seller"),
    "company": ("购买方", "buyer"),
    "month": ("日期", "date"),
    "kind": ("票种", "kind"),
}
_STEPS: tuple[Step, ...] = (
    _not_received,
    _in_progress,
    _ocr_failed,
    _rejected,
    _in_review,
    _duplicate,
    _registered_elsewhere,
    _region_differs,
    _sync_delay,
    _known_to_tax,
    _not_ours,
    _out_of_export,
    _voided,
    _kind_not_tracked,
    _not_found,
)
