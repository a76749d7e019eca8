"""车辆识别代号 (VIN, GB 16735, ISO 3779): 17 characters, of which the ninth checks the others."""

from __future__ import annotations

import re

_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def check_digit(vin: str) -> str:
    """The check character of 17 characters, whatever stands in the ninth place: 0-9 or X.

    Raises:
        KeyError: a character that no VIN has (I, O, Q or a sign).
    """
    rest = sum(_VALUES[char] * weight for char, weight in zip(vin, _WEIGHTS, strict=True) if weight) % 11
    return "X" if rest == 10 else str(rest)


def vin_holds(vin: str) -> bool:
    """Whether the check character fits the others."""
    return bool(re.fullmatch(r"[0-9A-HJ-NPR-Z]{8}[0-9X][0-9A-HJ-NPR-Z]{8}", vin)) and check_digit(vin) == vin[8]
