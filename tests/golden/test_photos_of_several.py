"""Several sheets on one photo become several invoices; sheets that cannot be parted are never mixed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.kinds import Kind
from models.outcome import Outcome
from samples import photo
from samples.canvas_pdf import PdfCanvas
from samples.tickets import TICKETS
from samples.tickets.ticket import Ticket


def sheet(ticket: Ticket) -> photo.Picture:
    canvas = PdfCanvas(ticket.width, ticket.height)
    ticket.draw(canvas)
    return photo.rendered(canvas.finish(), 150)


def taken(tmp_path: Path, picture: photo.Picture) -> Path:
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo.jpeg(picture, 85))
    return file


@pytest.mark.ocr
def test_three_slips_on_a_desk_are_three_invoices(tmp_path: Path, read_picture: Callable[[Path], Outcome]) -> None:
    names = ("roll", "toll-receipt", "quota")
    tickets = [TICKETS[name](11 + place) for place, name in enumerate(names)]
    picture = photo.desk(1600, 3400, 4)
    for place, ticket in enumerate(tickets):
        picture = photo.laid(picture, sheet(ticket), (420 + 1100 * place, 800), 4 * place - 3, 1.35)
    outcome = read_picture(taken(tmp_path, picture))
    assert [invoice.kind for invoice in outcome.invoices] == [ticket.kind for ticket in tickets]
    assert len(outcome.pictures) in (0, 3)
    for invoice, ticket in zip(outcome.invoices, tickets, strict=True):
        assert invoice.region is not None
        assert {name: invoice.value(name) for name in ("invoice_number", "total")} == {
            name: ticket.fields[name] for name in ("invoice_number", "total")
        }


@pytest.mark.ocr
def test_two_sheets_that_overlap_go_to_a_person(tmp_path: Path, read_picture: Callable[[Path], Outcome]) -> None:
    picture = photo.laid(photo.desk(1500, 2300, 1), sheet(TICKETS["quota"](3)), (700, 700), 3, 1.4)
    picture = photo.laid(picture, sheet(TICKETS["rail-paper"](4)), (1500, 760), -5, 1.7)
    outcome = read_picture(taken(tmp_path, picture))
    assert outcome.verdict in ("review", "accept")
    if len(outcome.invoices) == 1:
        assert outcome.verdict == "review"


@pytest.mark.ocr
@pytest.mark.parametrize("degrees", [20, 90, 200])
def test_a_turned_sheet_is_set_upright(degrees: int, tmp_path: Path, read_picture: Callable[[Path], Outcome]) -> None:
    ticket = TICKETS["rail"](21)
    picture = photo.laid(photo.desk(2000, 2000, 2), sheet(ticket), (1000, 1000), degrees, 1.3, 0.03, degrees)
    outcome = read_picture(taken(tmp_path, picture))
    (invoice,) = outcome.invoices
    assert invoice.kind is Kind.DIGITAL_RAIL
    assert invoice.value("invoice_number") == ticket.fields["invoice_number"]


@pytest.mark.ocr
def test_a_picture_on_its_head_is_read_without_the_compass(
    tmp_path: Path, read_picture: Callable[[Path], Outcome], engine: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "turns", lambda picture: 0)
    ticket = TICKETS["vehicle-paper"](22)
    outcome = read_picture(taken(tmp_path, np.ascontiguousarray(np.rot90(sheet(ticket), 2))))
    assert outcome.invoices[0].value("invoice_number") == ticket.fields["invoice_number"]
