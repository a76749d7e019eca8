"""Reading again what is in doubt: the whole page, the line of a field, the field alone."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Mapping

import cv2
import numpy as np

from intake.check.proof import sums_of
from intake.extract import extract
from intake.page import Look
from intake.read.engine import OcrEngine
from intake.second_look.crops import ALONE, LINE, Cut, crop, place, without_red
from models.amount_words import parse_words
from models.dates import iso_date
from models.fields import DATE_FIELDS, MONEY_FIELDS
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind
from models.money import money_text, parse_money
from models.reading import Box, Field, PageReading, Reading, Source, Word

#: Small pictures are enlarged to this longer side: print of six pixels reads better at twenty.
_SIDE = 1600
_MONEY = re.compile(r"-?\d[\d,]*\.\d{1,2}(?!\d)")
_WORDS = re.compile(r"[零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿圆元角分整正]{2,}")
_TAX_ID = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{15,20}(?![0-9A-Z])")
_ALIKE = 0.6
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LABEL_END = re.compile(r"(?:称|单位|个人|买方|卖方|付款方|收款方|交款人|缴款人|信息)$")
_NEXT_LABEL = re.compile(r"[购销纳统地电开名密备规合收复税]")


def read_page_again(
    invoice: Invoice, doubtful: frozenset[str], looks: Mapping[int, Look], engine: OcrEngine
) -> Invoice:
    """Read the page of the invoice anew, without red ink and enlarged, where fields are missing or it is no invoice."""
    look = looks.get(invoice.page)
    missing = [name for name in doubtful if name not in invoice.fields]
    if look is None or not (missing or invoice.kind is Kind.NOT_INVOICE):
        return invoice
    found = extract([_page(look, invoice.page, engine)], [])
    same = next((one for one in found if one.kind is invoice.kind or invoice.kind is Kind.UNKNOWN), None)
    if same is None:
        return invoice
    fields = dict(invoice.fields)
    for name, field in same.fields.items():
        known = fields.get(name)
        if known is None or name in doubtful:
            seen = tuple(dataclasses.replace(reading, look=2) for reading in field.readings)
            fields[name] = Field(
                name, known.value if known else field.value, (*(known.readings if known else ()), *seen)
            )
    items = invoice.items or same.items
    return dataclasses.replace(
        invoice, kind=same.kind, fields=fields, items=items, items_source=invoice.items_source or same.items_source
    )


def _page(look: Look, number: int, engine: OcrEngine) -> PageReading:
    picture = without_red(look.picture)
    factor = max(1.0, _SIDE / max(picture.shape[:2]))
    if factor > 1.0:
        picture = np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)
    scale = look.scale / factor
    words = tuple(
        Word(word.text, Box(*(edge * scale for edge in word.box)), word.confidence) for word in engine.read(picture)
    )
    height, width = look.picture.shape[:2]
    return PageReading(number, width * look.scale, height * look.scale, words, Source.OCR)


def read_lines_again(
    invoice: Invoice, doubtful: frozenset[str], looks: Mapping[int, Look], engine: OcrEngine
) -> Invoice:
    """Read the line of each doubtful field by itself, at the height that the recogniser likes best."""
    return _read_crops(invoice, doubtful, looks, engine, LINE)


def read_fields_alone(
    invoice: Invoice, doubtful: frozenset[str], looks: Mapping[int, Look], engine: OcrEngine
) -> Invoice:
    """Read what is still in doubt without its line, larger; figures have had their chance."""
    return _read_crops(invoice, doubtful - MONEY_FIELDS, looks, engine, ALONE)


def _read_crops(
    invoice: Invoice, doubtful: frozenset[str], looks: Mapping[int, Look], engine: OcrEngine, cut: Cut
) -> Invoice:
    fields = dict(invoice.fields)
    wanted = set(doubtful)
    if wanted & MONEY_FIELDS:
        wanted |= {"total_in_words", *(name for one in sums_of(invoice) for name in (one.total, *one.parts))}
    for name in sorted(wanted & set(fields)):
        best = fields[name].best
        look = looks.get(best.page)
        if look is None or best.box is None or best.source is not Source.OCR:
            continue
        seen = _alone(invoice.kind, fields[name], engine.read(crop(look, place(look, best.box, cut), cut)))
        if seen:
            fields[name] = dataclasses.replace(fields[name], readings=(*fields[name].readings, seen))
    return dataclasses.replace(invoice, fields=fields)


def _alone(kind: Kind, field: Field, words: tuple[Word, ...]) -> Reading | None:
    """What a field's crop says for it; None when it shows nothing of that form."""
    best, look = field.best, max(reading.look for reading in field.readings) + 1
    row = sorted(words, key=lambda word: word.box.x0)
    texts = [(word.text, word.confidence) for word in words]
    texts.append(("".join(word.text for word in row), min((word.confidence for word in row), default=0.0)))
    for text, confidence in texts:
        value = _value(kind, field, text.replace(" ", ""))
        if value:
            return Reading(value, Source.OCR, confidence, best.page, best.box, look=look)
    return None


def _value(kind: Kind, field: Field, text: str) -> str | None:
    """The value of a field in a text read alone, in the form that the field has."""
    name, info = field.name, KIND_INFO[kind]
    if name in MONEY_FIELDS and not parse_words(field.best.raw or "").value:
        found = _MONEY.search(text)
        amount = parse_money(found.group()) if found else None
        return money_text(amount) if amount is not None else None
    if name in MONEY_FIELDS or name == "total_in_words":
        said = _WORDS.search(text)
        value = parse_words(said.group()).value if said else None
        return (money_text(value) if name in MONEY_FIELDS else said[0]) if said and value is not None else None
    if name in DATE_FIELDS:
        return iso_date(text)
    patterns = {"invoice_number": info.number, "invoice_code": info.code or "", "ticket_number": r"[0-9A-Z-]{10,23}"}
    if name in patterns:
        found = re.search(rf"(?<![0-9A-Z])(?:{patterns[name]})(?![0-9A-Z])", text.upper())
        return found.group() if found else None
    if name.endswith("tax_id"):
        found = _TAX_ID.search(text.upper())
        return found.group() if found else None
    return _text(field.value, text)


def _text(value: str, seen: str) -> str | None:
    """What a line says for a free text such as a name: the text itself only where it stands there whole."""
    if value not in seen:
        return seen if difflib.SequenceMatcher(None, value, seen).ratio() > _ALIKE else None
    before, _, after = seen.partition(value)
    longer = _CHINESE.search(before[-1:]) and not _LABEL_END.search(before)
    longer = longer or (_CHINESE.match(after) and not _NEXT_LABEL.match(after))
    return seen if longer else value
