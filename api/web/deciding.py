"""What a form says of an invoice that waits for a person, for the review desk and the page of a document alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intake.desk.review import confirm
from intake.desk.services import Services
from models.document import State
from models.kinds import Kind


def confirm_form(
    desk: Services, invoice_id: str, form: Mapping[str, str], view: Mapping[str, Any], actor: str
) -> State:
    """Confirm with what the form changed: fields, kind, and the rules that it lets pass.

    Raises:
        As ``intake.desk.review.confirm``.
    """
    before = {name: field["value"] for name, field in view["fields"].items()}
    given = {name.removeprefix("field."): value for name, value in form.items() if name.startswith("field.")}
    changed = {name: value for name, value in given.items() if value.strip() and value != before.get(name)}
    kind = Kind(form["kind"]) if form.get("kind") in {one.value for one in Kind} else None
    waived = [name.removeprefix("waive.") for name in form if name.startswith("waive.")]
    return confirm(desk, invoice_id, actor=actor, corrections=changed, kind=kind, waived=waived)
