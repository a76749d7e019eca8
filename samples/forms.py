"""An invoice in every form in which it arrives: PDF, render, photo, scan, OFD, XML."""

from __future__ import annotations

from samples import not_invoices, photo
from samples.canvas import Canvas
from samples.canvas_ofd import OfdCanvas
from samples.canvas_pdf import PdfCanvas
from samples.faults import other_data
from samples.invoice import DIGITAL, Drawn
from samples.layout_digital import HEIGHT, WIDTH, draw_digital
from samples.layout_vat import draw_vat
from samples.tickets.ticket import Ticket
from samples.xml import data_of, tags_of

#: The endings of the files by form.
ENDINGS = {
    "pdf": "pdf", "png": "png", "photo": "jpg", "heic": "heic", "scan": "pdf", "turned": "jpg", "xml": "xml",
    "ofd": "ofd", "ofd-differs": "ofd", "cut": "pdf", "dtd": "xml", "blur": "jpg",
}  # fmt: skip


def in_form(drawn: Drawn, form: str, seed: int) -> bytes:
    """Give the bytes of the file."""
    if form in ("ofd", "ofd-differs"):
        return _ofd(drawn, other_data(drawn) if form == "ofd-differs" else drawn)
    if form in ("xml", "dtd"):
        return _with_dtd(data_of(drawn)) if form == "dtd" else data_of(drawn)
    pdf = pdf_of(drawn)
    if form == "pdf":
        return pdf
    return pdf[: len(pdf) // 2] if form == "cut" else _picture(pdf, form, seed)


def ticket_in_form(ticket: Ticket, form: str, seed: int) -> bytes:
    """Give the bytes of a ticket's file: its PDF, or a picture of it."""
    canvas = PdfCanvas(ticket.width, ticket.height)
    ticket.draw(canvas)
    pdf = canvas.finish()
    return pdf if form == "pdf" else _picture(pdf, form, seed)


def other_picture(name: str, seed: int) -> bytes:
    """Give the picture of something that is no invoice."""
    canvas = PdfCanvas(not_invoices.WIDTH, not_invoices.HEIGHT)
    not_invoices.draw_other(canvas, name, seed)
    return photo.png(photo.rendered(canvas.finish(), 140))


def pdf_of(drawn: Drawn) -> bytes:
    """Give the PDF with its text layer."""
    canvas = PdfCanvas(WIDTH, HEIGHT)
    _draw(canvas, drawn)
    return canvas.finish()


def _draw(canvas: Canvas, drawn: Drawn) -> None:
    if drawn.kind in DIGITAL:
        draw_digital(canvas, drawn)
    else:
        draw_vat(canvas, drawn)


def _picture(pdf: bytes, form: str, seed: int) -> bytes:
    if form == "png":
        return photo.png(photo.rendered(pdf, 160))
    sheet = photo.rendered(pdf, 220)
    if form == "scan":
        page = PdfCanvas(WIDTH, HEIGHT)
        page.picture(photo.jpeg(photo.scanned(sheet, seed), 75))
        return page.finish()
    if form == "blur":
        return photo.jpeg(photo.photographed(photo.rendered(pdf, 90), seed, blur=2.2), 60)
    taken = photo.photographed(sheet, seed)
    if form == "turned":
        taken = photo.quarter_turned(taken)
    return photo.heic(taken) if form == "heic" else photo.jpeg(taken)


def _ofd(drawn: Drawn, data: Drawn) -> bytes:
    canvas = OfdCanvas(WIDTH, HEIGHT)
    _draw(canvas, drawn)
    if drawn.kind in DIGITAL:
        return canvas.finish({"Tags/CustomTag.xml": tags_of(drawn, canvas)})
    return canvas.finish({"Attachs/original_invoice.xml": data_of(data)})


def _with_dtd(xml: bytes) -> bytes:
    head, body = xml.split(b"\n", 1)
    return head + b'\n<!DOCTYPE EInvoice [<!ENTITY who "somebody">]>\n' + body.replace(b"<Drawer>", b"<Drawer>&who;")
