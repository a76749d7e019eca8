"""All that the steps are decided on: the question, the invoice that it means, and what stands around both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from intake.desk.trace.fit import Difference, Fit
from intake.desk.trace.lists import TaxList
from intake.desk.trace.subjects import Row, Subject
from models.answers import Pair
from models.clock import day_of, local
from models.document import State
from models.entry import Verification
from models.fields import FIELD_LABELS
from models.policy import Policy
from models.question import Question
from models.sight import Sight
from models.tax_list import standing

_SETTLED = (State.REGISTERED, State.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Queue:
    """Where a waiting file stands, counted from 1; in how many seconds it is read at the pace of the last minutes."""

    place: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a file was returned, and how to mend that, as values of a sentence; who can."""

    values: Mapping[str, str | Pair]
    who: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a file stands: its document as ``document_view`` shows it, its place in the queue, what a person said."""

    view: Mapping[str, Any]
    queue: Queue | None
    refusal: Pair | None


@dataclass(frozen=True, slots=True)
class Case:
    """One question with everything that its answer may need.

    ``hidden``: an invoice whose number was given in full is ``here`` or ``listed``, where the asker may not see it.
    ``unread``: how many files are on their way. ``standing``: of the best file; None where there is none.
    """

    asked: Question
    sight: Sight
    now: float
    policy: Policy
    lists: tuple[TaxList, ...]
    fit: Fit | None
    hidden: Literal["here", "listed"] | None
    unread: int
    standing: Standing | None

    @property
    def today(self) -> dt.date:
        """The day in Shanghai."""
        return day_of(self.now)

    @property
    def subject(self) -> Subject | None:
        """The invoice that is meant."""
        return self.fit.subject if self.fit else None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """In what it is not as it was asked."""
        return self.fit.differences if self.fit else ()

    @property
    def entry(self) -> Row | None:
        """Its entry."""
        return self.subject.entry if self.subject else None

    @property
    def state(self) -> State | None:
        """Where its best file stands."""
        return self.subject.file.state if self.subject and self.subject.file else None

    @property
    def unregistered(self) -> bool:
        """Whether its file is not in the ledger: no file is, or the very one that was asked for is not."""
        if self.state is None or self.state in _SETTLED:
            return False
        return self.entry is None or bool(self.subject and self.subject.files[0].is_asked(self.asked))

    @property
    def issued(self) -> dt.date | None:
        """Its day of issue."""
        told = self.subject.value("issue_date") if self.subject else None
        return dt.date.fromisoformat(told) if told else None

    @property
    def listed_as(self) -> Verification | None:
        """What the latest list that has it says against it."""
        rows = self.subject.rows if self.subject else ()
        return standing(rows[0]["status"], rows[0]["risk"]) if rows else None

    @property
    def verification(self) -> Verification:
        """What its verification said."""
        return Verification(self.entry["verification"]) if self.entry is not None else Verification.UNCHECKED

    @property
    def invoice(self) -> Mapping[str, Any] | None:
        """The invoice as it was read in its best file."""
        read = self.subject.file.invoice if self.subject and self.subject.file else None
        return next((one for one in self._view.get("invoices", ()) if read and one["id"] == read["id"]), None)

    @property
    def queue(self) -> Queue | None:
        """Its place among what waits."""
        return self.standing.queue if self.standing else None

    @property
    def _view(self) -> Mapping[str, Any]:
        return self.standing.view if self.standing else {}

    @property
    def held_by(self) -> str | None:
        """Who is looking at it."""
        return self.invoice["held_by"] if self.invoice else None

    @property
    def sent_again(self) -> bool:
        """Whether the file that is asked about, or every one that the asker sent, came after another one of it."""
        files = self.subject.files if self.subject else ()
        if self.entry is None:
            return self.state is State.DUPLICATE
        asked = [one for one in files if one.is_asked(self.asked)]
        own = asked or [one for one in files if one.document["sender"] == self.sight.name]
        return bool(own) and all(one.state is State.DUPLICATE for one in own)

    @property
    def reasons(self) -> list[Mapping[str, Any]]:
        """What keeps its file from the ledger, the gravest first; what names invoices that are not seen is left out."""
        own = self.invoice["id"] if self.invoice else None
        told = [one for one in self._view.get("reasons", ()) if one["invoice_id"] in (None, own)]
        seen = self.sight.everything or self.entry is not None
        return [one for one in told if seen or not one["rule"].startswith("DUP-")]

    @property
    def reason(self) -> Reason:
        """Why it was returned: what a person said, else the gravest finding."""
        word = self.standing.refusal if self.standing else None
        if word:
            return Reason({"reason": word, "remedy": word}, "sender")
        if not self.reasons:
            return Reason({"reason": "–", "remedy": ("请联系财务。", "Ask finance.")}, "finance")
        first, more = self.reasons[0], len(self.reasons) - 1
        count = (f"（另有 {more} 项）", f" (and {more} more)") if more else ("", "")
        remedy = (first["remedy_zh"] or _AGAIN[0], first["remedy_en"] or _AGAIN[1])
        values = {"reason": (first["zh"] + count[0], first["en"] + count[1]), "remedy": remedy}
        return Reason(values, first["who"])

    @property
    def doubtful(self) -> Pair:
        """What a person must confirm: the fields that nothing proves, else the rule that asks, else a second word."""
        fields = self.invoice["fields"] if self.invoice else {}
        unproven = [name for name in (self.invoice or {}).get("asked", ()) if not fields.get(name, {}).get("proven")]
        if self.invoice and self.invoice["confirmed_by"]:
            return "需要第二人确认", "a second person's word"
        if unproven:
            labels = [FIELD_LABELS[name] for name in unproven]
            return "、".join(one[0] for one in labels), ", ".join(one[1].lower() for one in labels)
        first = self.reasons[0] if self.reasons else None
        return (first["zh"].rstrip("。"), first["en"].rstrip(".")) if first else ("全部内容", "all of it")

    def moment(self, at: float) -> str:
        """A moment of today as people say it."""
        return local(at).strftime("%H:%M")


#: For trouble that the desk itself tells without a remedy.
_AGAIN = ("请重拍或上传电子原件。", "Take the picture again, or send the electronic original.")
