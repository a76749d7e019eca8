"""The block of one party, straight and with print that slipped against its form."""

from __future__ import annotations

import pytest

from intake.extract.lines import build_lines
from intake.extract.parties import Party, read_party
from models.reading import Box, Word

LABELS = ("名称:", "纳税人识别号:", "地址、电话:", "开户行及账号:")
VALUES = ("云岫医药有限公司", "91510781MA63W8TR2X", "砚池路12号0833-3448648", "示例银行砚池支行23063851091000")
PITCH, HEIGHT = 56.0, 44.0


def block(slip: float, labels: tuple[str, ...] = LABELS) -> Party:
    """Labels on the left, values on the right and ``slip`` pixels lower."""
    words = [
        Word(text, Box(x, top, x + 22 * len(text), top + HEIGHT))
        for texts, x, low in ((labels, 40.0, 0.0), (VALUES, 400.0, slip))
        for row, text in enumerate(texts)
        if text
        for top in [100 + PITCH * row + low]
    ]
    return read_party(build_lines(words))


@pytest.mark.parametrize("slip", [0, 8, -8, 33, 41])
def test_name_and_id_are_found_however_the_print_slipped(slip: float) -> None:
    party = block(slip)
    assert party.name is not None
    assert party.tax_id is not None
    assert (party.name.text, party.tax_id.text) == VALUES[:2]


def test_a_name_whose_label_was_not_read_is_a_row_above_the_id() -> None:
    party = block(36, ("", *LABELS[1:]))
    assert party.name is not None
    assert party.name.text == VALUES[0]
