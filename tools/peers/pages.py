"""Pages that everybody reads, with what is printed on them."""

from __future__ import annotations

import json
from pathlib import Path

from models.kinds import Kind
from models.money import money_text
from samples.forms import ENDINGS, in_form
from samples.invoice import Drawn, draw_invoice

_KINDS = (Kind.DIGITAL_NORMAL, Kind.DIGITAL_SPECIAL, Kind.VAT_NORMAL_ELECTRONIC, Kind.VAT_SPECIAL_PAPER)
_FORMS = ("png", "photo")


def draw_pages(folder: Path, count: int, seed: int = 9000) -> dict[str, list[str]]:
    """Draw so many pages of every kind in every form; gives what is printed, by file name, and keeps it beside them."""
    printed = {}
    for serial in range(count * len(_KINDS) * len(_FORMS)):
        kind, form = _KINDS[serial % len(_KINDS)], _FORMS[serial // len(_KINDS) % len(_FORMS)]
        drawn = draw_invoice(seed + serial, kind)
        name = f"{serial:03d}-{form}.{ENDINGS[form]}"
        (folder / name).write_bytes(in_form(drawn, form, seed + serial))
        printed[name] = _printed(drawn)
    (folder / "printed.json").write_text(json.dumps(printed, ensure_ascii=False), "utf-8")
    return printed


def _printed(drawn: Drawn) -> list[str]:
    """The values of an invoice as they stand on it, each in one line; addresses and remarks are left out."""
    figures = [drawn.amount, drawn.total, *([drawn.tax] if drawn.tax is not None else [])]
    told = [
        drawn.code, drawn.number, drawn.check_code, drawn.machine_number, drawn.buyer.name, drawn.buyer.tax_id,
        drawn.seller.name, drawn.seller.tax_id, drawn.words, drawn.drawer,
        *(money_text(figure) for figure in figures), *(money_text(line.amount) for line in drawn.lines),
    ]  # fmt: skip
    return [one for one in told if one]
