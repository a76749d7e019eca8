"""The second look: what keeps an invoice from being accepted is read once more, prepared in another way.

First the whole page where fields are missing, then the unproven fields alone, each cut from the picture and enlarged.
Every look leaves its readings beside the first; what two looks are worth is for the gate to say. A reading that obeys a
check of its own (a tax id, the sum) takes the place of one that does not. Nothing is looked at that is proven, and the
looking stops when all is proven or no idea is left.
"""

from __future__ import annotations

import dataclasses
import difflib
import itertools
import re
from collections.abc import Iterator, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.check import CheckContext, check
from intake.check.proof import contradicted, sum_holds, sums_of
from intake.decide import decide
from intake.extract import extract
from intake.page import Look
from intake.read.engine import OcrEngine
from models.amount_words import parse_words
from models.dates import iso_date
from models.fields import DATE_FIELDS, MONEY_FIELDS
from models.finding import Severity, Verdict
from models.invoice import Invoice
from models.kinds import KIND_INFO, Kind
from models.money import money_text, parse_money
from models.reading import Box, Field, PageReading, Reading, Source, Word
from models.tax_id import is_sound

Picture = NDArray[np.uint8]
#: Small pictures are enlarged to this longer side: print of six pixels reads better at twenty.
_SIDE = 1600
_MONEY = re.compile(r"-?\d[\d,]*\.\d{1,2}(?!\d)")
_WORDS = re.compile(r"[零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿圆元角分整正]{2,}")
_TAX_ID = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{15,20}(?![0-9A-Z])")
_ALIKE = 0.6
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LABEL_END = re.compile(r"(?:称|单位|个人|买方|卖方|付款方|收款方|交款人|缴款人|信息)$")
_NEXT_LABEL = re.compile(r"[购销纳统地电开名密备规合收复税]")
#: A pixel is red ink when red exceeds the other channels by this much; a crop has a seal in it from this share on.
_REDNESS, _RED_INK = 40, 0.02


@dataclasses.dataclass(frozen=True, slots=True)
class _Cut:
    """How a field is cut out: margin in text heights, height of the crop in pixels, largest enlargement.

    ``whole_line``: with the label and whatever else the first look read as one line. A value cut out of its line keeps
    a sliver of its neighbours, which costs its score (measured on drawn forms: 1.0 became 0.96 to 0.98).
    """

    margin: float
    height: float
    limit: float
    whole_line: bool


#: The first brings a line to the height of the recogniser's input, with a little for its frame.
_LINE, _ALONE = _Cut(0.3, 60, 2.0, True), _Cut(0.55, 110, 3.0, False)


def judge(invoice: Invoice, context: CheckContext) -> Invoice:
    """Check an invoice as it was read and decide on it."""
    return decide(check(invoice, context))


def look_again(
    invoice: Invoice, judged: Invoice, looks: Mapping[int, Look], engine: OcrEngine, context: CheckContext
) -> Invoice:
    """Look again at what OCR left in doubt, and judge anew after each look.

    ``judged`` is what was decided on ``invoice`` as it was read; ``looks`` holds the pages that OCR read, by number.
    """
    if not looks:
        return judged
    for idea in (_read_page_again, _read_lines_again, _read_fields_alone):
        doubtful = doubts(judged)
        if not doubtful or judged.verdict is Verdict.ACCEPT:
            return judged
        invoice = _obeying(idea(invoice, doubtful, looks, engine))
        judged = judge(invoice, context)
    return judged


def doubts(judged: Invoice) -> frozenset[str]:
    """The fields read by OCR, or missing, that keep a judged invoice from being accepted."""
    info = KIND_INFO[judged.kind]
    stopping = [finding for finding in judged.findings if finding.severity in (Severity.REVIEW, Severity.REJECT)]
    named = {finding.field for finding in stopping if finding.field}
    if "buyer_tax_id" in judged.fields or any(finding.rule == "BUYER-ID-MISSING" for finding in stopping):
        named |= {"buyer_tax_id"}
    if judged.kind is Kind.UNKNOWN:
        named |= {"title"}  # a seal may have covered it
    return frozenset(
        name for name in {*info.gate, *named} if name not in judged.fields or not judged.fields[name].proven
    )


def _read_page_again(
    invoice: Invoice, doubtful: frozenset[str], looks: Mapping[int, Look], engine: OcrEngine
) -> Invoice:
    """Read the pages of the invoice anew, without red ink and enlarged, where fields are missing."""
    look = looks.get(invoice.page)
    missing = [name for name in doubtful if name not in invoice.fields]
    if look is None or not missing or invoice.kind is Kind.NOT_INVOICE:
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


def without_red(picture: Picture) -> Picture:
    """The red channel as grey: the ink of seals fades into the paper, black and blue print stays."""
    return np.asarray(cv2.cvtColor(picture[:, :, 2], cv2.COLOR_GRAY2BGR), np.uint8)


def _read_lines_again(
    invoice: Invoice, doubtful: frozenset[str], looks: Mapping[int, Look], engine: OcrEngine
) -> Invoice:
    """Read the line of each doubtful field by itself, at the height that the recogniser likes best."""
    return _read_crops(invoice, doubtful, looks, engine, _LINE)


def _read_fields_alone(
    invoice: Invoice, doubtful: frozenset[str], looks: Mapping[int, Look], engine: OcrEngine
) -> Invoice:
    """Read what is still in doubt without its line, larger; figures have had their chance."""
    return _read_crops(invoice, doubtful - MONEY_FIELDS, looks, engine, _ALONE)


def _read_crops(
    invoice: Invoice, doubtful: frozenset[str], looks: Mapping[int, Look], engine: OcrEngine, cut: _Cut
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
        seen = _alone(invoice.kind, fields[name], engine.read(_crop(look, _place(look, best.box, cut), cut)))
        if seen:
            fields[name] = dataclasses.replace(fields[name], readings=(*fields[name].readings, seen))
    return dataclasses.replace(invoice, fields=fields)


def _red_share(picture: Picture) -> float:
    blue, green, red = (picture[:, :, channel].astype(np.int16) for channel in range(3))
    return float(((red - np.maximum(blue, green)) > _REDNESS).mean())


def _place(look: Look, box: Box, cut: _Cut) -> Box:
    """Where to cut: the whole line that the field was part of, label and all, or the field alone."""
    if not cut.whole_line:
        return box
    x, y = box.center
    around = [word.box for word in look.words if word.box.x0 <= x <= word.box.x1 and word.box.y0 <= y <= word.box.y1]
    return min(around, key=lambda one: one.width * one.height, default=box)


def _crop(look: Look, box: Box, cut: _Cut) -> Picture:
    height, width = look.picture.shape[:2]
    pad = cut.margin * box.height
    x0, y0 = max(0, int((box.x0 - pad) / look.scale)), max(0, int((box.y0 - pad) / look.scale))
    x1, y1 = int((box.x1 + pad) / look.scale) + 1, int((box.y1 + pad) / look.scale) + 1
    x0, y0, x1, y1 = min(x0, width - 1), min(y0, height - 1), min(x1, width), min(y1, height)
    part = look.picture[y0:y1, x0:x1]
    if _red_share(part) > _RED_INK:
        part = without_red(part)
    factor = float(np.clip(cut.height / max(1, y1 - y0), 0.4, cut.limit))
    sized = cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.copyMakeBorder(sized, 30, 30, 60, 60, cv2.BORDER_REPLICATE), np.uint8)


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


def _obeying(invoice: Invoice) -> Invoice:
    """Let readings that obey a check of their own take the place of those that do not."""
    fields = dict(invoice.fields)
    for name in ("buyer_tax_id", "seller_tax_id"):
        sound = (
            {reading.value for reading in fields[name].readings if is_sound(reading.value)} if name in fields else ()
        )
        if len(sound) == 1:
            fields[name] = _settled(fields[name], next(iter(sound)))
    invoice = dataclasses.replace(invoice, fields=fields)
    for one in sums_of(invoice):
        names = [name for name in (one.total, *one.parts, *one.optional) if name in fields]
        if sum_holds(invoice, one) and not any(contradicted(fields[name]) for name in names):
            continue
        fitting = {
            values for values in _combinations(invoice, names) if _fits(invoice, dict(zip(names, values, strict=True)))
        }
        if len(fitting) == 1:
            for name, value in zip(names, fitting.pop(), strict=True):
                fields[name] = _settled(fields[name], value)
    return dataclasses.replace(invoice, fields=fields)


def _combinations(invoice: Invoice, names: list[str]) -> Iterator[tuple[str, ...]]:
    return itertools.product(*(dict.fromkeys(r.value for r in invoice.fields[name].readings) for name in names))


def _fits(invoice: Invoice, values: Mapping[str, str]) -> bool:
    """Whether figures obey their sum and 大写 says the same as the total: two independent locks."""
    words = invoice.value("total_in_words")
    fields = {
        **invoice.fields,
        **{name: dataclasses.replace(invoice.fields[name], value=v) for name, v in values.items()},
    }
    trial = dataclasses.replace(invoice, fields=fields)
    holds = all(sum_holds(trial, one) for one in sums_of(trial))
    return holds and words is not None and parse_words(words).value == parse_money(values.get("total"))


def _settled(field: Field, value: str) -> Field:
    """The field with one value; what was read otherwise stays as the print behind it."""
    agreeing = [reading for reading in field.readings if reading.value == value]
    others = [_changed(reading, value) for reading in field.readings if reading.value != value]
    return dataclasses.replace(field, value=value, readings=(*agreeing, *others))


def _changed(reading: Reading, value: str) -> Reading:
    if reading.source is not Source.OCR:
        return reading
    return dataclasses.replace(reading, value=value, raw=reading.raw or reading.value, repaired=True)
