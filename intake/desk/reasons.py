"""What people are told of findings: the sentence, how to mend it, who can help, and which findings matter where."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from intake.check.catalogue import HELPER_WORDS, Language, helper, remedy, sentence
from intake.desk.places import places_told
from models.document import State
from models.finding import Finding
from models.serial import finding_from, finding_to

Json = dict[str, Any]
GRAVE = ("reject", "review")
#: What the desk itself says of a document that could not be read, in both languages.
_TROUBLES = {
    "the worker stopped answering": (
        "多次读取都没有完成，请重试；如仍失败请联系管理员。",
        "Reading did not finish in several attempts; retry, and ask the operator if it fails again.",
    ),
}
_UNKNOWN_TROUBLE = (
    "系统暂时无法处理，请稍后重试；文件已保存。",
    "The service could not do the work; the file is kept, please retry later.",
)
#: Before the words of whoever took a document back.
CANCELLED = "cancelled: "
#: Where a reason is to be seen; and what there is to do about it.
_PLACE = ("invoice_id", "field", "page", "box", "crop", "places")
_TOLD = ("remedy_zh", "remedy_en", "who", "who_zh", "who_en")
#: What a finding says of an earlier entry or document, and what is said of one that the asker may not see.
_EARLIER = ("entry", "document")
_HIDDEN = {"who": "@someone.else", "a": "@someone.hidden", "id": "@someone.nameless"}


def told(findings: Sequence[Json], hidden: Collection[str] = ()) -> list[Json]:
    """Stored findings with what people are told; ``hidden`` are earlier entries and documents that they may not see."""
    return [
        {**finding_to(one), **words_of(one)} for one in (_concealed(finding_from(data), hidden) for data in findings)
    ]


def earlier(findings: Sequence[Json]) -> frozenset[str]:
    """The ids of the earlier entries and documents that findings name."""
    return frozenset(str(one["params"][name]) for one in findings for name in _EARLIER if name in one["params"])


def _concealed(finding: Finding, hidden: Collection[str]) -> Finding:
    if not any(finding.params.get(name) in hidden for name in _EARLIER):
        return finding
    kept = {name: value for name, value in finding.params.items() if name not in _EARLIER}
    return dataclasses.replace(finding, params={name: _HIDDEN.get(name, value) for name, value in kept.items()})


def words_of(finding: Finding) -> Json:
    """What people are told of a finding, in both languages: the sentence, how to mend it, and who can help."""
    who = helper(finding)
    languages: tuple[Language, ...] = ("zh", "en")
    said = {f"message_{language}": sentence(finding, language) for language in languages}
    mending = {f"remedy_{language}": remedy(finding, language) for language in languages}
    zh, en = HELPER_WORDS[who]
    return {**said, **mending, "who": who.value, "who_zh": zh, "who_en": en}


def reasons(state: State, reason: str | None, findings: Sequence[Json], invoices: Sequence[Json]) -> list[Json]:
    """What keeps a document from the ledger, gravest first and numbered as on its annotated picture.

    ``reason`` is the trouble of a document that could not be read. Of several invoices each reason says which it means.
    """
    own = [{**one, "invoice_id": None, "crop": None, "which": None, "places": places_told(one, {})} for one in findings]
    of_invoices = [
        {
            **one, "invoice_id": invoice["id"], "crop": _crop(invoice, one), "which": which,
            "places": places_told(one, invoice["fields"]),
        }
        for which, invoice in enumerate(invoices, 1)
        for one in _standing(invoice)
    ]  # fmt: skip
    open_still = state in (State.IN_REVIEW, State.REJECTED)
    grave = [one for one in (*own, *of_invoices) if one["severity"] in GRAVE] if open_still else []
    picture = [one for one in own if open_still and one["severity"] == "warn" and one["rule"].startswith("IMG-")]
    repeated = [one for one in (*own, *of_invoices) if one["rule"] in ("DUP-FILE", "DUP-INVOICE")]
    ordered = sorted(grave, key=lambda one: GRAVE.index(one["severity"]))
    rejecting = sum(one["severity"] == "reject" for one in ordered)
    lines = [_trouble(reason)] if reason and not repeated else []
    lines += [
        _line(one, several=len(invoices) > 1)
        for one in (*ordered[:rejecting], *picture, *ordered[rejecting:], *repeated)
    ]
    once: dict[tuple[str, int | None, str], Json] = {}
    for line in lines:
        once.setdefault((line["zh"], line["page"], str(line["box"])), line)
    return [{"number": number, **one} for number, one in enumerate(once.values(), 1)]


def _standing(invoice: Json) -> Iterator[Json]:
    """The findings that still count: of a returned invoice those that returned it, of a decided one no question."""
    state = State(invoice["state"])
    for one in invoice["findings"]:
        if state is State.REJECTED and one["severity"] == "review":
            continue
        if state in (State.REGISTERED, State.DUPLICATE) and one["severity"] in GRAVE:
            continue
        yield one


def _crop(invoice: Json, finding: Json) -> str | None:
    field = invoice["fields"].get(finding["field"])
    crop: str | None = field["crop"] if field else None
    return crop


def _line(one: Json, *, several: bool) -> Json:
    numbered = several and one["which"] is not None
    zh, en = one["message_zh"], one["message_en"]
    return {
        "zh": f"第 {one['which']} 张：{zh}" if numbered else zh,
        "en": f"Invoice {one['which']}: {en}" if numbered else en,
        **{name: one[name] for name in ("rule", "severity", *_PLACE, *_TOLD)},
    }


def _trouble(reason: str) -> Json:
    zh, en = _TROUBLES.get(reason, _UNKNOWN_TROUBLE)
    if reason.startswith(CANCELLED):
        words = reason.removeprefix(CANCELLED)
        zh = f"识别之前已取消：{words}。如仍需入账，请重新发送或点“重新识别”。"
        en = f"Taken back before it was read: {words}. If it is still wanted, send it again or press “Read again”."
    helping = dict(zip(("who", "who_zh", "who_en"), ("operator", "系统管理员", "the operator"), strict=True))
    told_all = {"remedy_zh": "", "remedy_en": "", **helping}
    return {"zh": zh, "en": en, "rule": "", "severity": None, **dict.fromkeys(_PLACE), "places": [], **told_all}


def reason_text(view: Json) -> str:
    """Why a document came back and how to mend it, in both languages, for a file beside it."""
    lines = [f"{view['filename']}", f"{view['state_zh']} / {view['state_en']}", ""]
    for reason in view["reasons"]:
        number = f"{reason['number']}."
        lines += [
            f"{number} {reason['zh']}{reason['remedy_zh']}（可联系：{reason['who_zh']}）",
            f"{' ' * len(number)} {reason['en']} {reason['remedy_en']} (who can help: {reason['who_en']})",
        ]
    return "\n".join(lines) + "\n"
