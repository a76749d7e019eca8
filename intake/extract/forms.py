"""All forms, in the order in which their titles are tried: 电子发票（机动车…） before 机动车…, and so on."""

from __future__ import annotations

from intake.extract import (
    air,
    digital,
    fiscal,
    general,
    quota,
    rail,
    rail_paper,
    roll,
    slips,
    taxi,
    used_car,
    vat,
    vehicle,
)
from intake.extract.form import Form
from models.kinds import Kind

FORMS: tuple[Form, ...] = (
    rail.FORM,
    air.FORM,
    vehicle.FORM,
    used_car.FORM,
    *digital.FORMS,
    vat.SPECIAL_ELECTRONIC,
    vat.NORMAL_ELECTRONIC,
    roll.FORM,
    vat.SPECIAL_PAPER,
    vat.NORMAL_PAPER,
    *vat.DIGITAL_PAPER,
    vehicle.PAPER,
    used_car.PAPER,
    vat.BLOCKCHAIN,
    air.PAPER,
    fiscal.FORM,
    taxi.FORM,
    quota.FORM,
    slips.BUS,
    general.MACHINE,
    general.FORM,
    slips.TOLL_RECEIPT,
    rail_paper.FORM,
    vat.TOLL,
)
_BY_KIND = {form.kind: form for form in FORMS}


def form_of(kind: Kind) -> Form | None:
    """The form of a kind; None for what is no invoice or unknown."""
    return _BY_KIND.get(kind)
