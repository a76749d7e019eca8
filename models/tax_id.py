"""Tax identifiers: the 18-character unified code, older numbers, and the repair of misread characters.

Sources: GB 32100-2015 (unified social credit code), GB 11714-1997 (organisation code inside it), GB 11643-1999
(person's number, which sole traders carry). Rule book §3.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations, product

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_UNIFIED = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
#: A person's number born in the last two centuries, standing by itself.
_PERSONS = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}(?:19|20)[0-9]{9}[0-9X](?![0-9A-Za-z])")
_PREFIXES = re.compile(r"1[1239]|2[19]|3[1-59]|4[19]|5[1239]|6[129]|7[129]|8[19]|9[123]|A[19]|N[1239]|Y1")
_PROVINCES = frozenset(
    [
        "10",
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
    ]
)
#: Letters that the code never contains, with what they are misread from; the first choice is free of cost.
_IMPOSSIBLE = {"O": "0DQ", "I": "1LT", "Z": "27", "S": "58", "V": "UYW"}
_PAIRS = [
    "0D",
    "0Q",
    "1L",
    "1T",
    "17",
    "27",
    "56",
    "58",
    "8B",
    "83",
    "6G",
    "6B",
    "CG",
    "4A",
    "UW",
    "MN",
    "HN",
    "KX",
    "PR",
    "EF",
    "DQ",
    "PF",
    "XY",
    "39",
    "89",
]
_LOOKALIKES: dict[str, str] = {
    char: "".join(pair.replace(char, "", 1) for pair in _PAIRS if char in pair) for char in ALPHABET
}


@dataclass(frozen=True, slots=True)
class Repair:
    """The outcome of a repair: the code when there is exactly one at cost 0 or 1, and all cheapest candidates."""

    value: str | None
    candidates: tuple[str, ...] = ()


def normal(text: str) -> str:
    """Bring an identifier to its plain form: NFKC, capitals, no blanks or hyphens."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def check_character(first17: str) -> str:
    """Compute the 18th character of a unified code (GB 32100-2015)."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check(first8: str) -> str:
    """Compute the check character of an organisation code (GB 11714-1997)."""
    total = sum(int(char, 36) * weight for char, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[(11 - total % 11) % 11]


def is_unified(code: str) -> bool:
    """Whether a code has the form and the check character of a unified code."""
    return bool(_UNIFIED.fullmatch(code)) and check_character(code[:17]) == code[17]


def is_sound(code: str) -> bool:
    """Whether a unified code holds both of its checks (a random string does with p of about 1/800)."""
    return is_unified(code) and organisation_check(code[8:16]) == code[16]


def is_person(code: str) -> bool:
    """Whether an 18-character code is a person's number with a right check character (personal data)."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", code):
        return False
    total = sum(int(char) * weight for char, weight in zip(code[:17], _PERSON_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == code[17]


def without_person(text: str) -> str:
    """The text with the middle of every person's number struck out: it is personal data (rule book §3.2).

    Codes of companies that happen to fit are left alone: those with their own check, and those that name no day.
    """
    return _PERSONS.sub(lambda found: _struck(found[0]), text)


def _struck(code: str) -> str:
    if is_unified(code) or not is_person(code):
        return code
    try:
        dt.date.fromisoformat(f"{code[6:10]}-{code[10:12]}-{code[12:14]}")
    except ValueError:
        return code
    return f"{code[:6]}********{code[14:]}"


def has_form(code: str) -> bool:
    """Whether the length and the alphabet are those of an identifier in use (rule book §3.2).

    15: a region and an organisation code, or an old person's number; 17: such a number and two digits; 18; 20: a
    person's number and two digits. A code of 18 that lost a letter's neighbour is so no code of 17.
    """
    return bool(re.fullmatch(r"[0-9]{6}[0-9A-Z]{9}|[0-9]{17}|[0-9A-Z]{18}|[0-9]{17}[0-9X][0-9]{2}", code))


def tax_id_ok(code: str) -> bool:
    """Whether the identifier carries a check of its own that holds."""
    if len(code) == 18:
        return is_unified(code) or is_person(code)
    if len(code) == 15 and re.fullmatch(r"[0-9]{6}[0-9A-Z]{9}", code):
        return organisation_check(code[6:14]) == code[14]
    return len(code) == 20 and is_person(code[:18])


def repair(text: str) -> Repair:
    """Mend misread characters of an 18-character code where exactly one cheap reading satisfies every check.

    Cost 0: letters that cannot occur (O, I, Z, S, V). Cost 1: one look-alike. Dearer repairs are only offered as
    candidates, as measured 22 of 800 of them are wrong (rule book §3.3).
    """
    raw = normal(text)
    if len(raw) != 18:
        return Repair(None)
    for cost in (0, 1, 2):
        found = tuple(sorted(code for code in _variants(raw, cost) if is_company(code)))
        if found:
            return Repair(found[0] if len(found) == 1 and cost < 2 else None, found)
    return Repair(None)


def is_company(code: str) -> bool:
    """Whether a code holds both of its checks, and begins as those do that departments and regions give out."""
    return is_sound(code) and bool(_PREFIXES.match(code)) and code[2:4] in _PROVINCES


def _variants(raw: str, cost: int) -> set[str]:
    base = "".join(_IMPOSSIBLE[char][0] if char in _IMPOSSIBLE else char for char in raw)
    choices = [_IMPOSSIBLE[char][1:] if char in _IMPOSSIBLE else _LOOKALIKES.get(char, "") for char in raw]
    found = set()
    for places in combinations(range(18), cost):
        for chars in product(*(choices[place] for place in places)):
            code = list(base)
            for place, char in zip(places, chars, strict=True):
                code[place] = char
            found.add("".join(code))
    return found
