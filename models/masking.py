"""Personal data hidden in what leaves the ledger: in logs, in reports of the feedback desk, in messages to partners.

Hidden are citizens' numbers (GB 11643-1999), mobile telephone numbers, passports where they are named so, and the names
that stand beside a label or a number, as on tickets of railway and air. What an invoice needs to be found by, the codes
of companies and the numbers of invoices, stays as it is.
"""

from __future__ import annotations

import re

from models.tax_id import is_company, is_person

#: A code begins where no letter or digit stands before it; ``\n`` as it is written in a log is no letter.
_BEGINS = r"(?:(?<![0-9A-Za-z])|(?<=\\[nrt]))"
#: The form of a citizen's number, its day of birth included; of 20-character tax ids, two digits more. People write it
#: in groups, too.
_CITIZEN = re.compile(
    _BEGINS + r"(\d{3})\d{3}([ -]?)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\2(\d{3}[\dXx](?:\d\d)?)"
    r"(?![0-9A-Za-z])"
)
_MOBILE = re.compile(_BEGINS + r"((?:\+?86[ -]?)?)(1[3-9]\d)([ -]?)\d{4}\3(\d{4})(?![0-9A-Za-z])")
_PASSPORT = re.compile(r"((?:护照|[Pp]assport)[^0-9A-Za-z]{0,8})([A-Za-z]{1,2})\d{5,7}(\d\d)(?![0-9A-Za-z])")
#: A name of two to ten signs, also with a dot in it (阿里木·买买提), or in capitals as airlines write it (ZHANG/SAN).
_HAN = r"[\u3400-\u9fff](?:·?[\u3400-\u9fff]){1,9}?"
_ENDS = r"(?![\u3400-\u9fff·])"
_NAME = rf"(?:{_HAN}{_ENDS}|[\u3400-\u9fff]{{2,4}}|[A-Z][A-Za-z]*(?:/[A-Z][A-Za-z]*| [A-Z][a-z]+){{1,2}})"
_LABELLED = re.compile(
    r"((?:(?:旅客|乘客|乘车人|乘机人)?姓名|乘车人|乘机人|(?i:passenger(?:'s)?(?: name)?))[\"'’”]?[\s:：=]+[\"'‘“]?"
    rf"|(?:旅客|乘客)[\"'’”]?\s*[:：=]\s*[\"'‘“]?)({_NAME})"
)
#: On tickets the name follows the number, which the railway itself prints with stars in it.
_AFTER_NUMBER = re.compile(rf"(\d{{3,10}}\*{{4,11}}\d{{1,5}}[\dXx]?\s{{0,3}})({_NAME})")
#: What a person may be called, and hardly a company.
_PERSONAL = re.compile(
    r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]+(?:·[\u3400-\u9fff]+)+|[A-Za-z]+/[A-Za-z]+(?: [A-Za-z]+)*"
)


def masked(text: str) -> str:
    """The same text with personal data hidden; doing it again changes nothing."""
    hidden = _CITIZEN.sub(_citizen, text)
    hidden = _MOBILE.sub(lambda found: f"{found[1]}{found[2]}{'*' * 4}{found[4]}", hidden)
    hidden = _PASSPORT.sub(r"\1\2*****\3", hidden)
    hidden = _LABELLED.sub(lambda found: found[1] + _initial(found[2]), hidden)
    return _AFTER_NUMBER.sub(lambda found: found[1] + _initial(found[2]), hidden)


def party_masked(name: str | None, tax_id: str | None) -> str | None:
    """The name of a buyer or seller, hidden where it is a person's: a name like a person's beside no code of a company.

    A ticket of railway or air that names no company names who travels. 个人 names nobody.
    """
    if not name or name == "个人":
        return name
    company = bool(tax_id) and not is_person(str(tax_id)[:18])
    return _initial(name) if _PERSONAL.fullmatch(name) and not company else masked(name)


def _citizen(found: re.Match[str]) -> str:
    """What fits a citizen and a company alike is a company's where it cannot be a citizen's."""
    companys = is_company(found[0]) and not is_person(found[0])
    return found[0] if companys else f"{found[1]}{'*' * 11}{found[3]}"


def _initial(name: str) -> str:
    return name[0] + "*" * (len(name) - 1)
