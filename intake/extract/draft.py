"""What one page gives for one invoice, before the sources are put together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from intake.extract.lines import Piece
from models.dates import iso_date
from models.fields import DATE_FIELDS, MONEY_FIELDS
from models.invoice import LineItem
from models.kinds import Kind
from models.money import money_text, parse_money
from models.reading import PageReading, Reading, Source

#: Plates have neither I nor O, which look like figures (GA 36).
_NO_SUCH_LETTERS = str.maketrans("IO", "10")


@dataclass(slots=True)
class Draft:
    """The readings of one page, by field; filled by the reader of the page's family and by the QR code."""

    kind: Kind
    page: int
    source: Source
    readings: dict[str, list[Reading]] = field(default_factory=lambda: defaultdict(list))
    items: tuple[LineItem, ...] = ()

    def add(self, name: str, piece: Piece | None, value: str | None = None) -> None:
        """Note what a piece says for a field; nothing when the piece is None."""
        if piece is not None:
            self.readings[name].append(_reading(piece, self.source, self.page, value))

    def add_money(self, name: str, piece: Piece | None) -> None:
        """Note a figure, brought to two decimals; a figure that is no money is left out."""
        amount = parse_money(piece.text) if piece else None
        if piece is not None and amount is not None:
            self.add(name, piece, money_text(amount))

    def put(self, name: str, piece: Piece) -> None:
        """Note a piece in the form that its field has: money with two decimals, dates in ISO form, ids in capitals."""
        if name in MONEY_FIELDS:
            self.add_money(name, piece)
        elif name in DATE_FIELDS:
            iso = iso_date(piece.text)
            if iso:
                self.add(name, piece, iso)
        elif name.endswith("tax_id") or name == "vin":
            self.add(name, piece, piece.text.upper())
        elif name == "plate_number":
            self.add(name, piece, piece.text[:1] + piece.text[1:].translate(_NO_SUCH_LETTERS))
        else:
            self.add(name, piece)

    def add_text(self, name: str, text: str | None) -> None:
        """Note a text that has no single place on the page."""
        if text:
            self.readings[name].append(Reading(value=text, source=self.source, page=self.page))


def new_draft(kind: Kind, page: PageReading) -> Draft:
    """Begin the draft of a page."""
    return Draft(kind=kind, page=page.page, source=page.source)


def _reading(piece: Piece, source: Source, page: int, value: str | None = None) -> Reading:
    """Make a reading of a piece; ``value`` when it is not the printed text itself."""
    return Reading(
        value=piece.text if value is None else value,
        source=source,
        confidence=piece.confidence,
        page=page,
        box=piece.box,
        raw=None if value is None or value == piece.text else piece.text,
    )
