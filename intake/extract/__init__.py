"""From readings to invoices: find which kind each page shows, read its fields, put the sources together.

Nothing is proven here and nothing is invented: a field that was not read is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from intake.extract.classify import classify, titles_apart
from intake.extract.combine import derive_tax, qr_readings, settle, structured_readings
from intake.extract.draft import Draft, new_draft
from intake.extract.forms import form_of
from intake.extract.frame import Frame, find_frame
from intake.extract.other import name_other
from models.finding import Finding, Severity
from models.invoice import Invoice, LineItem, StructuredInvoice
from models.kinds import KIND_INFO, Kind
from models.numbers import kind_of_code
from models.qr_payload import QrPayload, is_title_card, parse_payload
from models.reading import Box, PageReading, QrCode, Reading, Source
from models.terms import OTHERS

_LIST_PAGE = re.compile(r"销售货物或者?提供应税劳务.{0,6}清单|应税货物.{0,8}清单")
_VOID = re.compile(r"作\s*废|样\s*票|样\s*张|仅供参考|仅供预览|此票无效|已红冲")
_PAGES = re.compile(r"共(\d{1,2})页,?第(\d{1,2})页")
#: A page with these is an invoice whose title was lost, whatever its remark speaks of.
_INVOICE_WORDS = re.compile(r"发票号码|发票代码|价税合计")
#: A red-letter invoice names the one it cancels as well: that is no second invoice on the page.
_NUMBERS = re.compile(r"(?<!蓝字数电)发票号码:?(\d{20}|\d{8})(?!\d)")


@dataclass(slots=True)
class _Sheet:
    """What was found for one invoice so far: its pages, and the data inside the file that speaks of it."""

    drafts: list[Draft] = field(default_factory=list)
    codes: list[Mapping[str, list[Reading]]] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    data: list[StructuredInvoice] = field(default_factory=list)
    #: 共N页 第M页 of its first page; and which of the pages have come.
    numbered: tuple[int, int] | None = None
    seen: set[int] = field(default_factory=set)
    region: Box | None = None

    def number(self) -> str | None:
        found = [d.fields.get("invoice_number") for d in self.data]
        found += [r[0].value for code in self.codes if (r := code.get("invoice_number"))]
        found += [r[0].value for draft in self.drafts if (r := draft.readings.get("invoice_number"))]
        return next((number for number in found if number), None)


def extract(pages: Sequence[PageReading], data: Sequence[StructuredInvoice]) -> tuple[Invoice, ...]:
    """Give every invoice that the pages and the data show, each with all its readings.

    Pages that belong to the invoice before them (a second page of a 数电票, a 销货清单) join it.
    """
    sheets: list[_Sheet] = []
    for page in pages:
        sheet = _read_page(page)
        if sheet is None:
            continue
        sheet.region = page.region
        if sheets and _continues(sheets[-1], sheet, page):
            sheets[-1].drafts.extend(sheet.drafts)
            sheets[-1].codes.extend(sheet.codes)
        else:
            sheets.append(sheet)
        if sheet.numbered:
            sheets[-1].seen.add(sheet.numbered[1])
    _join_data(sheets, data)
    invoices = [_invoice(sheet) for sheet in sheets]
    # An itinerary or a contract behind an invoice in one file is its attachment, not a wrong document.
    proper = [invoice for invoice in invoices if invoice.kind is not Kind.NOT_INVOICE]
    return tuple(proper or invoices)


def _read_page(page: PageReading) -> _Sheet | None:
    payloads = [(code, payload) for code in page.codes if (payload := parse_payload(code.text))]
    if not page.words and not payloads:
        return None
    frame = find_frame(page)
    text = "".join(line.text for line in frame.lines)
    head = "".join(line.text for line in frame.lines if line.y < frame.head_bottom)
    kind = classify(head if frame.header else text, _code_kinds(head), (payload.kind for _, payload in payloads))
    if _LIST_PAGE.search(text):
        return _Sheet([new_draft(kind, page)], numbered=_page_numbers(text))
    findings: list[Finding] = [*_several(text, payloads, page), *_voided(page)]
    form = form_of(kind)
    draft = new_draft(kind, page)
    if form:
        form.read(frame, draft)
    elif not payloads and not _INVOICE_WORDS.search(text) and (title := _other_title(frame, page)):
        draft.kind = Kind.NOT_INVOICE
        draft.readings["title"] = [title]
    return _Sheet([draft], _readings_of_codes(payloads, page.page), tuple(findings), numbered=_page_numbers(text))


def _other_title(frame: Frame, page: PageReading) -> Reading | None:
    """What a page that is no invoice is, as surely as the words were read that say so; or its QR code says it."""
    named = name_other("".join(line.text for line in frame.lines))
    if named:
        what, start, end = named
        scores = [score for line in frame.lines for _, score in line.places][start:end]
        return Reading(OTHERS[what][0], page.source, min(scores, default=0.0), page.page)
    if any(is_title_card(code.text) for code in page.codes):
        return Reading(OTHERS["title_card"][0], Source.QR, page=page.page)
    return None


def _page_numbers(text: str) -> tuple[int, int] | None:
    """What a page says of itself: how many pages there are and which one it is (共N页 第M页)."""
    found = _PAGES.search(text)
    return (int(found[1]), int(found[2])) if found else None


def voids(text: str) -> bool:
    """Whether a text that stands by itself says that the sheet is no valid invoice."""
    return bool(_VOID.fullmatch(text.strip("()[]【】*")))


def _voided(page: PageReading) -> Iterator[Finding]:
    """A mark by itself on the page; one that was recognised asks a person until a second look agrees."""
    for word in page.words:
        if voids(word.text):
            severity = Severity.REVIEW if page.source is Source.OCR else Severity.REJECT
            yield Finding("PRINT-VOID", severity, page=page.page, box=word.box, params={"word": word.text})


def _several(text: str, payloads: Sequence[tuple[QrCode, QrPayload]], page: PageReading) -> Iterator[Finding]:
    """Several invoices on one picture are told apart by a person: their fields must never be mixed."""
    coded, printed = {payload.number for _, payload in payloads}, set(_NUMBERS.findall(text))
    if len(coded) > 1 or len(printed) > 1 or text.count("价税合计") > 1 or len(titles_apart(text)) > 1:
        yield Finding("FILE-SPLIT-DOUBT", Severity.REVIEW, page=page.page)


def _readings_of_codes(payloads: Sequence[tuple[QrCode, QrPayload]], page: int) -> list[Mapping[str, list[Reading]]]:
    return [qr_readings(payload, code, page) for code, payload in payloads[:1]]


def _code_kinds(text: str) -> Iterable[Kind | None]:
    return [kind_of_code(code) for code in re.findall(r"(?<!\d)(?:\d{12}|\d{10})(?!\d)", text)]


def _continues(before: _Sheet, sheet: _Sheet, page: PageReading) -> bool:
    number = sheet.number()
    if number is not None:
        return number == before.number()
    if page.region is not None:
        return False  # sheets side by side on one photo are invoices of their own
    text = "".join(word.text for word in page.words)
    kind = sheet.drafts[0].kind
    # Slips come many to a file, each complete: one whose number was not read is never a further page of another.
    further = kind is before.drafts[0].kind and KIND_INFO[kind].taxed
    return bool(_LIST_PAGE.search(text)) or kind is Kind.UNKNOWN or further


def _join_data(sheets: list[_Sheet], data: Sequence[StructuredInvoice]) -> None:
    """Give each piece of data to the sheet with its number, to the only sheet there is, or to a sheet of its own."""
    numbers = {one.fields.get("invoice_number") for one in data if one.fields.get("invoice_number")}
    for one in data:
        number = one.fields.get("invoice_number")
        home = next((sheet for sheet in sheets if number and sheet.number() == number), None)
        if home is None and len(sheets) == 1 and len(numbers) <= 1:
            home = sheets[0]
        if home is None:
            home = _Sheet()
            sheets.append(home)
        home.data.append(one)


def _invoice(sheet: _Sheet) -> Invoice:
    told = next((one.kind for one in sheet.data if one.kind), None)
    drawn = next((draft.kind for draft in sheet.drafts if draft.kind is not Kind.UNKNOWN), Kind.UNKNOWN)
    kind = drawn if drawn is not Kind.UNKNOWN else told or Kind.UNKNOWN
    gathered: list[Mapping[str, Sequence[Reading]]] = [structured_readings(one) for one in sheet.data]
    gathered += sheet.codes
    gathered += [draft.readings for draft in sheet.drafts]
    fields = settle(gathered)
    if KIND_INFO[kind].taxed:
        derive_tax(fields)
    items, source = _items(sheet)
    return Invoice(
        kind=kind,
        page=sheet.drafts[0].page if sheet.drafts else 1,
        fields=fields,
        items=items,
        items_source=source,
        region=sheet.region,
        findings=(*sheet.findings, *_pages(sheet)),
    )


def _pages(sheet: _Sheet) -> Iterator[Finding]:
    """Pages that were joined, and those that 共N页 promises and that have not come (unless data holds them all)."""
    if len(sheet.drafts) > 1:
        yield Finding("FILE-MULTI-PAGE", Severity.INFO, params={"n": str(len(sheet.drafts))})
    if sheet.numbered is None or any(one.complete for one in sheet.data):
        return
    pages, come = sheet.numbered[0], len(sheet.seen)
    if come < pages:
        params = {"n": str(pages), "m": str(come)}
        sure = sheet.drafts[0].source is not Source.OCR
        yield Finding("FILE-PAGE-MISSING", Severity.REJECT if sure else Severity.REVIEW, params=params)


def _items(sheet: _Sheet) -> tuple[tuple[LineItem, ...], Source | None]:
    told = next((one.items for one in sheet.data if one.items and one.complete), ())
    if told:
        return told, Source.STRUCTURED
    drawn = tuple(item for draft in sheet.drafts for item in draft.items)
    if drawn:
        return drawn, sheet.drafts[0].source
    loose = next((one.items for one in sheet.data if one.items), ())
    return loose, Source.STRUCTURED if loose else None
