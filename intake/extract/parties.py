"""Buyer and seller: names and tax ids, cut from the block of one party."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.extract.lines import Line, Piece, around

_NAME = re.compile(r"名称[::]?|称[::]")
_TAX_ID = re.compile(r"识别号[::]?|纳税人.{2,3}号[::]?")
_ID_VALUE = re.compile(r"^[::]?([0-9A-Z]{15,20})(?![0-9A-Z])")
_OTHER_LABEL = re.compile(r"纳税人|识别号|统一社会信用|地址|电话|开户行|账号|购买方|销售方|密码区|规格型号")
_SIDE_LABELS = re.compile(r"^[购买销售方信息备注密码区]+$")


@dataclass(frozen=True, slots=True)
class Party:
    """What is printed about one party; None where nothing is printed."""

    name: Piece | None
    tax_id: Piece | None


def read_party(lines: Sequence[Line]) -> Party:
    """Read the block of one party. The lines must hold this block only (no neighbour to the right)."""
    return Party(_name(lines), _tax_id(lines))


def _name(lines: Sequence[Line]) -> Piece | None:
    for index, line in enumerate(lines):
        label = _NAME.search(line.text)
        if not label or "项目" in line.text or "服务名称" in line.text:
            continue
        pieces = [_rest(line, label.end())]
        pieces += [_continuation(following) for following in lines[index + 1 : index + 2]]
        found = [piece for piece in pieces if piece]
        return _join(found) if found else None
    return None


def _continuation(line: Line) -> Piece | None:
    """A name that is too long for its row goes on in the next one, before any other label."""
    rest = None if _OTHER_LABEL.search(line.text) else _rest(line, 0)
    return rest if rest and len(re.findall(r"[\u4e00-\u9fff]", rest.text)) > 1 else None


def _rest(line: Line, start: int) -> Piece | None:
    """The text from ``start`` to the first wide gap: what stands behind it belongs to the neighbour."""
    while start < len(line.text) and line.text[start] in ":.,":
        start += 1
    if start >= len(line.text):
        return None
    end = start + 1
    while end < len(line.text) and not _gap(line, end):
        end += 1
    return None if _SIDE_LABELS.match(line.text[start:end]) else line.cut(start, end)


def _gap(line: Line, at: int) -> bool:
    before, after = line.places[at - 1][0], line.places[at][0]
    return after.x0 - before.x1 > 1.5 * min(before.height, after.height)


def _tax_id(lines: Sequence[Line]) -> Piece | None:
    for line in lines:
        label = _TAX_ID.search(line.text)
        if not label:
            continue
        value = _ID_VALUE.search(line.text[label.end() :].upper())
        if value:
            start, end = (label.end() + at for at in value.span(1))
            piece = line.cut(start, end)
            return Piece(piece.text.upper(), piece.box, piece.confidence)
    return None


def _join(pieces: Sequence[Piece]) -> Piece:
    first = pieces[0]
    if len(pieces) == 1:
        return first
    box = around([piece.box for piece in pieces])
    return Piece("".join(p.text for p in pieces), box, min(p.confidence for p in pieces))
