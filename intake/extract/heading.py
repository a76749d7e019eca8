"""What stands above the table: code, number, date, check code and machine number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from intake.extract.draft import Draft
from intake.extract.lines import Line, Piece
from models.dates import iso_date
from models.kinds import KIND_INFO

_LOOSE_DATE = re.compile(r"20\d{2}[年午牛]\d{1,2}[月目]\d{1,2}[日目]?")
_LABELLED_DATE = re.compile(r"开票日期[::]?([0-9年午牛月目日./-]{8,12})")
_NUMBER20 = re.compile(r"(?<!\d)(\d{20})(?!\d)")
_LABELLED_NUMBER20 = re.compile(r"发票号码[::]?(\d{20})(?!\d)")
_LABELLED_CODE = re.compile(r"发票代码[::]?(\d{12}|\d{10})(?!\d)")
_LABELLED_NUMBER8 = re.compile(r"发票号码[::]?(\d{8})(?!\d)")
_SIGNED_NUMBER8 = re.compile(r"N[oO0°º][.:]?(\d{8})(?!\d)")
#: Without a label: codes of 12 digits begin with 0 or 1, what begins with 4 or 6 is a machine number (rule book §2.3).
_CODE = re.compile(r"^([01]\d{11}|\d{10})$")
_NUMBER8 = re.compile(r"^(\d{8})$")
_CHECK_CODE = re.compile(r"校验码[::]?(\d{20})(?!\d)")
#: A pattern that no text matches.
NOTHING = re.compile(r"(?!)")
_MACHINE = re.compile(r"机器编号[::]?(\d{12})(?!\d)")


def number20(lines: Sequence[Line]) -> Piece | None:
    """The 20-digit number: by its label, else the only run of 20 digits above the table."""
    labelled = _first(lines, _LABELLED_NUMBER20)
    if labelled:
        return labelled
    loose = {piece.text: piece for line in lines for _, piece in line.match(_NUMBER20)}
    return next(iter(loose.values())) if len(loose) == 1 else None


def code_and_number(lines: Sequence[Line]) -> tuple[list[Piece], list[Piece]]:
    """All readings of 发票代码 and of 发票号码 (8 digits) above the table.

    Paper forms carry both twice, pre-printed and by machine, without labels; each print counts as a reading.
    """
    codes = [piece for line in lines for _, piece in line.match(_LABELLED_CODE)]
    numbers = [piece for line in lines for _, piece in line.match(_LABELLED_NUMBER8)]
    numbers += [piece for line in lines for _, piece in line.match(_SIGNED_NUMBER8)]
    machine = machine_number(lines)
    loose_codes = [piece for piece in _whole_words(lines, _CODE) if not machine or piece.text != machine.text]
    return _with_loose(codes, loose_codes), _with_loose(numbers, _whole_words(lines, _NUMBER8))


def read_numbers(lines: Sequence[Line], draft: Draft) -> None:
    """Code, number and date: the 20 digits of a digital form, else code and number, printed once or twice."""
    if KIND_INFO[draft.kind].twenty_digits:
        draft.add("invoice_number", number20(lines))
    else:
        codes, numbers = code_and_number(lines)
        for code in codes:
            draft.add("invoice_code", code)
        for number in numbers:
            draft.add("invoice_number", number)
    dated = issue_date([line for line in lines if "开票日期" in line.text])
    if dated:
        draft.add("issue_date", *dated)


def issue_date(lines: Sequence[Line]) -> tuple[Piece, str] | None:
    """The date of issue with its ISO form: by its label, else the only date above the table."""
    for line in lines:
        for _, piece in line.match(_LABELLED_DATE):
            iso = iso_date(piece.text)
            if iso:
                return piece, iso
    loose = {}
    for line in lines:
        for found in _LOOSE_DATE.finditer(line.text):
            iso = iso_date(found.group())
            if iso:
                loose[iso] = line.cut(*found.span())
    return next(((piece, iso) for iso, piece in loose.items()), None) if len(loose) == 1 else None


def check_code(lines: Sequence[Line], pattern: re.Pattern[str] = _CHECK_CODE) -> Piece | None:
    """The 20 digits of 校验码, or what the pattern says of another kind's."""
    return _first(lines, pattern)


def machine_number(lines: Sequence[Line]) -> Piece | None:
    """The 12 digits of 机器编号."""
    return _first(lines, _MACHINE)


def _first(lines: Iterable[Line], pattern: re.Pattern[str]) -> Piece | None:
    return next((piece for line in lines for _, piece in line.match(pattern)), None)


def _with_loose(labelled: list[Piece], loose: list[Piece]) -> list[Piece]:
    """Add prints without a label: those that repeat a labelled one, or all where nothing is labelled."""
    seen, places = {piece.text for piece in labelled}, {piece.box for piece in labelled}
    return labelled + [piece for piece in loose if piece.box not in places and (not seen or piece.text in seen)]


def _whole_words(lines: Iterable[Line], pattern: re.Pattern[str]) -> list[Piece]:
    return [
        Piece(word.text, word.box, word.confidence) for line in lines for word in line.words if pattern.match(word.text)
    ]
