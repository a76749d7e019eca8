"""Puts an answer into words, with everything that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from intake.check.catalogue import HELPER_WORDS, Helper
from intake.desk.trace.case import Case
from intake.desk.trace.fit import Difference, Fit
from intake.desk.trace.steps import Told, steps_that_hold
from intake.desk.trace.subjects import Subject
from models.answers import STATUS, WORDINGS, Code, Pair, Wording, said
from models.document import STATE_WORDS, State
from models.entry import (
    RECONCILIATION_WORDS,
    VERIFICATION_WORDS,
    Reconciliation,
    Verification,
)  # fmt: skip
from models.fields import FIELD_LABELS
from models.money import money_text

Json = dict[str, Any]
#: How many other invoices are named beside the answer.
_OTHERS = 8
_SHOWN = ("invoice_number", "total", "seller_name")
_FIELD_OF = {
    "number": "invoice_number", "amount": "total", "name": "seller_name", "company": "buyer_name",
    "month": "issue_date", "region": "invoice_number",
}  # fmt: skip


def answer(case: Case, found: Sequence[Fit], happened: Sequence[Json], sources: Sequence[Json]) -> Json:
    """The whole answer as data for programs and pages, in both languages."""
    told, *later = steps_that_hold(case)
    wording = _wording(told)
    who = Helper(told.who or wording.who)
    certain = case.fit is None or case.fit.certain
    zh, en = _reason(told, certain=certain)
    step, again = said(wording.step, told.values), said(wording.again, told.values) if wording.again else None
    return {
        "question": _question(case),
        "code": told.code.value,
        "certain": certain,
        "word_zh": STATUS[told.code][0],
        "word_en": STATUS[told.code][1],
        "reason_zh": zh,
        "reason_en": en,
        "next_zh": step[0],
        "next_en": step[1],
        "who": who.value,
        "who_zh": HELPER_WORDS[who][0],
        "who_en": HELPER_WORDS[who][1],
        "next_check": {"zh": again[0], "en": again[1]} if again else None,
        "also": [_also(one) for one in later if one.code is not Code.REGISTERED],
        "invoice": _invoice(case.subject) if case.subject else None,
        "differences": [_difference(one) for one in case.differences],
        "timeline": list(happened),
        "evidence": list(_evidence(case)),
        "looked_at": list(sources),
        "others": [_other(one) for one in found if one is not case.fit and one.score > 0][:_OTHERS],
    }


def _wording(told: Told) -> Wording:
    return WORDINGS[f"{told.code.value}/{told.variant}" if told.variant else told.code.value]


def _reason(told: Told, *, certain: bool = True) -> Pair:
    zh, en = said(_wording(told).reason, told.values)
    return (zh, en) if certain else (f"可能是这一张：{zh}", f"Possibly this one: {en}")


def _also(told: Told) -> Json:
    zh, en = _reason(told)
    return {"code": told.code.value, "zh": zh, "en": en}


def _question(case: Case) -> Json:
    """How the question was understood, so that a misunderstanding shows."""
    asked = case.asked
    days = asked.days
    return {
        "text": asked.text,
        "numbers": list(asked.digits),
        "amounts": [money_text(one.amount) for one in asked.figures if one.amount is not None],
        "words": list(asked.words),
        "regions": [{"zh": one.zh, "en": one.en, "digits": one.digital2} for one in asked.regions],
        "kinds": sorted(asked.kinds),
        "days": {"first": days.first.isoformat(), "last": days.last.isoformat()} if days else None,
    }


def _invoice(subject: Subject) -> Json:
    """The invoice in short: what it is, and where it stands."""
    entry, file, region = subject.entry, subject.file, subject.region
    state = State.REGISTERED if entry is not None else file.state if file else None
    zh, en = STATE_WORDS[state] if state else ("税局清单", "On a list only")
    verification = VERIFICATION_WORDS[Verification(entry["verification"])] if entry is not None else None
    reconciliation = RECONCILIATION_WORDS[Reconciliation(entry["reconciliation"])] if entry is not None else None
    names = ("invoice_number", "issue_date", "seller_name", "buyer_name")
    return {
        **{name: subject.value(name) for name in names},
        "invoice_code": subject.code,
        "total": _total(subject),
        "region_zh": region.zh if region else None,
        "region_en": region.en if region else None,
        "state": state.value if state else "listed",
        "state_zh": zh,
        "state_en": en,
        "entry_id": entry["id"] if entry is not None else None,
        "document_id": file.document["id"] if file else None,
        "filename": file.document["filename"] if file else None,
        "invoice_id": file.invoice["id"] if file and file.invoice else None,
        "verification": {"zh": verification[0], "en": verification[1]} if verification else None,
        "reconciliation": {"zh": reconciliation[0], "en": reconciliation[1]} if reconciliation else None,
    }


def _total(subject: Subject) -> str | None:
    cents = subject.total_cents
    return money_text(Decimal(cents) / 100) if cents is not None else None


def _difference(one: Difference) -> Json:
    return {
        "what": one.what,
        "asked_zh": one.asked[0],
        "asked_en": one.asked[1],
        "found_zh": one.found[0],
        "found_en": one.found[1],
    }


def _evidence(case: Case) -> Iterator[Json]:
    """What can be seen with one's own eyes: the crop of each field that matters, the finding, the row of a list."""
    fields: Mapping[str, Any] = case.invoice["fields"] if case.invoice else {}
    if case.unregistered:
        for one in case.reasons:
            field = fields.get(one["field"] or "", {})
            yield _piece(one["field"], field, rule=one["rule"], zh=one["zh"], en=one["en"], crop=one["crop"])
    else:
        named = [_FIELD_OF[one.what] for one in case.differences if one.what in _FIELD_OF]
        for name in dict.fromkeys((*named, *_SHOWN)):
            if name in fields:
                yield _piece(name, fields[name])
    for row in case.subject.rows[:1] if case.subject else ():
        where = (f"{row['filename']} 第 {row['line']} 行", f"{row['filename']}, row {row['line']}")
        status = row["status"] or "–"
        yield _piece(None, {}, zh=f"{where[0]}：{status}", en=f"{where[1]}: {status}", at=row["imported_at"])


def _piece(name: str | None, field: Mapping[str, Any], **told: Any) -> Json:
    label = FIELD_LABELS.get(name or "", ("", ""))
    piece = {"field": name, "label_zh": label[0], "label_en": label[1], "value": field.get("value")}
    return {**piece, "crop": field.get("crop"), "rule": None, "zh": None, "en": None, "at": None, **told}


def _other(one: Fit) -> Json:
    """Another invoice that may be meant, in one line."""
    short = _invoice(one.subject)
    names = ("invoice_number", "seller_name", "total", "issue_date", "state", "state_zh", "state_en", "region_zh")
    more = ("region_en", "entry_id", "document_id", "filename")
    return {**{name: short[name] for name in (*names, *more)}, "differences": [_difference(x) for x in one.differences]}
