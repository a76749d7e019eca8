"""Buyer and seller: names and tax ids, cut from the block of one party."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.extract.lines import Line, Piece, around

_NAME = re.compile(r"名称[::]?|称[::]")
_TAX_ID = re.compile(r"识别号[::]?|纳税人.{2,3}号[::]?")
_ID_VALUE = re.compile(r"^[::]?([0-9A-Z]{15,20})(?![0-9A-Z])")
_ADDRESS = re.compile(r"地址、?电话[::]?")
_ALONE_ID = re.compile(r"^[0-9A-Z]{15,20}$")
_OTHER_LABEL = re.compile(r"纳税人|识别号|统一社会信用|地址|电话|开户行|账号|购买方|销售方|密码区|规格型号")
_SIDE_LABELS = re.compile(r"^[购买销售方信息备注密码区]+$")


@dataclass(frozen=True, slots=True)
class Party:
    """What is printed about one party; None where nothing is printed."""

    name: Piece | None
    tax_id: Piece | None


def read_party(lines: Sequence[Line]) -> Party:
    """Read the block of one party. The lines must hold this block only (no neighbour to the right).

    Print that slipped against its form by up to a row stands beside the wrong label; the tax id, which is known by its
    own form, says by how much, and the name is looked for as far away from its label.
    """
    name, tax_id = _name(lines), _tax_id(lines)
    if name and tax_id:
        return Party(name, tax_id)
    slip = _slipped_id(lines)
    if slip is None:
        return Party(name, tax_id)
    piece, distance = slip
    slipped = _slipped_name(lines, distance)
    return Party(name if tax_id and name else slipped, tax_id or piece)


def _slipped_id(lines: Sequence[Line]) -> tuple[Piece, float] | None:
    """The tax id that stands beside no label of its own, and how far below that label it stands (pixels)."""
    label = _first(lines, _TAX_ID)
    if label is None:
        return None
    words = [(line, start, end) for line in lines for start, end in line.spans()]
    alone = [line.cut(start, end) for line, start, end in words if _ALONE_ID.match(line.text[start:end].upper())]
    near = [piece for piece in alone if abs(_middle(piece) - _middle(label)) < 1.5 * label.box.height]
    near = [piece for piece in near if piece.box.x0 > label.box.x1 - label.box.height]
    if not near:
        return None
    piece = min(near, key=lambda one: abs(_middle(one) - _middle(label)))
    return Piece(piece.text.upper(), piece.box, piece.confidence), _middle(piece) - _middle(label)


def _slipped_name(lines: Sequence[Line], distance: float) -> Piece | None:
    """The name as far below its label as the tax id; a label that was not read stood a row above that of the id."""
    row = _first(lines, _NAME) or _first(lines, _TAX_ID)
    if row is None:
        return None
    words = [line.cut(start, end) for line in lines for start, end in line.spans()]
    right = [
        piece
        for piece in words
        if piece.box.x0 > row.box.x1 - row.box.height
        and len(re.findall(r"[\u4e00-\u9fff]", piece.text)) > 1
        and not _OTHER_LABEL.search(piece.text)
        and not _SIDE_LABELS.match(piece.text)
    ]
    target = _middle(row) + distance
    if _first(lines, _NAME) is None:
        below = _first(lines, _ADDRESS)
        if below is None:
            return None
        target -= _middle(below) - _middle(row)
    nearest = min(right, key=lambda piece: abs(_middle(piece) - target), default=None)
    return nearest if nearest and abs(_middle(nearest) - target) < 0.5 * row.box.height else None


def _first(lines: Sequence[Line], label: re.Pattern[str]) -> Piece | None:
    return next((line.cut(*found.span()) for line in lines if (found := label.search(line.text))), None)


def _middle(piece: Piece) -> float:
    return piece.box.center[1]


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
