"""For every rule that is checked: one case that it speaks about, and the nearest one that it leaves alone.

What only the running desk can show (duplicates, resubmissions) has tests of its own, named in ``AT_THE_DESK``.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pikepdf
from PIL import Image

from intake.check import CheckContext, check
from intake.check.policy import law
from intake.decide import decide
from intake.errors import UnreadableInput
from intake.extract import extract
from intake.preprocess import Picture, prepare
from intake.preprocess.quality import cut_sides, findings_of, measure
from intake.source import Limits, open_source
from models.finding import Finding, Severity
from models.invoice import Invoice, LineItem
from models.kinds import Kind
from models.outcome import Format
from models.policy import Company, Policy, Watched
from models.reading import Box, Field, PageReading, Reading, Source, Word
from tests.integration.invoices import BUYER, SELLER, einvoice, number, tax_id

TODAY = dt.date(2026, 11, 24)
BUYER_NAME, SELLER_NAME = "北京样例科技有限公司", "上海范例餐饮有限公司"
STRANGER = tax_id("440106", "87654321")
DIGITAL = {
    "invoice_number": "26312000000123456789",
    "issue_date": "2026-07-30",
    "buyer_name": BUYER_NAME,
    "buyer_tax_id": BUYER,
    "seller_name": SELLER_NAME,
    "seller_tax_id": SELLER,
    "amount_excl_tax": "100.00",
    "tax": "6.00",
    "total": "106.00",
    "total_in_words": "壹佰零陆圆整",
}
CODED = {**DIGITAL, "invoice_code": "031002500104", "invoice_number": "12345678", "issue_date": "2025-07-30"}
AIR = {"invoice_number": "26312000000123456789", "issue_date": "2026-07-30", "fare": "900.00",
       "fuel_surcharge": "50.00", "total": "950.00", "seller_name": SELLER_NAME}  # fmt: skip
RAIL = {"invoice_number": "26319000000123456789", "issue_date": "2026-07-30", "amount_excl_tax": "50.46",
        "tax": "4.54", "total": "55.00"}  # fmt: skip
LINE = LineItem(name="*餐饮服务*餐费", quantity="2", price="50", amount="100.00", tax_rate="6%", tax="6.00")
OURS = Policy("样例", "1", dt.date(2026, 1, 1), rates=law().rates, companies=(Company(BUYER_NAME, BUYER),))
Told = tuple[Finding, ...]


def invoice(
    base: Mapping[str, str], kind: Kind = Kind.DIGITAL_NORMAL, source: Source = Source.STRUCTURED, *,
    items: tuple[LineItem, ...] = (), **changes: str | None,
) -> Invoice:  # fmt: skip
    """An invoice whose fields one source gave; ``None`` leaves a field out."""
    fields = {
        name: Field(name, value, (Reading(value, source, 0.99 if source is Source.OCR else 1.0, 1),))
        for name, value in {**base, **changes}.items()
        if value is not None
    }
    return Invoice(kind, 1, fields, items, Source.STRUCTURED if items else None)


def told(one: Invoice, policy: Policy | None = None, form: Format = Format.XML, today: dt.date = TODAY) -> Told:
    """What all checks say of an invoice."""
    return decide(check(one, CheckContext(today, form, policy or law()))).findings


def digital(policy: Policy | None = None, **changes: str | None) -> Told:
    return told(invoice(DIGITAL, **changes), policy)


def coded(kind: Kind = Kind.VAT_NORMAL_PAPER, **changes: str | None) -> Told:
    return told(invoice(CODED, kind, **changes))


def lines(*items: LineItem, **changes: str | None) -> Told:
    return told(invoice(DIGITAL, items=items or (LINE,), **changes))


def air(**changes: str | None) -> Told:
    return told(invoice(AIR, Kind.DIGITAL_AIR, **changes))


def company(**changes: object) -> Policy:
    return Policy("样例", "1", dt.date(2026, 1, 1), rates=law().rates, **changes)  # type: ignore[arg-type]


def two_sources(name: str, value: str, source: Source) -> Told:
    """A field for which a second source says something else."""
    one = invoice(DIGITAL, source=Source.TEXT_LAYER)
    field = one.fields[name]
    more = Reading(value, source, 1.0, 1)
    fields = {**one.fields, name: Field(name, field.value, (*field.readings, more))}
    return told(Invoice(one.kind, 1, fields), form=Format.PDF)


def twice_printed(value: str) -> Told:
    """The number of a paper form in its two places."""
    one = invoice(CODED, Kind.VAT_NORMAL_PAPER, Source.OCR)
    places = ((CODED["invoice_number"], 10), (value, 300))
    prints = tuple(Reading(text, Source.OCR, 0.99, 1, Box(x, 10, x + 80, 30)) for text, x in places)
    fields = {**one.fields, "invoice_number": Field("invoice_number", prints[0].value, prints)}
    return told(Invoice(one.kind, 1, fields), form=Format.JPEG)


def repaired(raw: str | None) -> Told:
    reading = Reading(SELLER, Source.OCR, 0.99, 1, raw=raw, repaired=raw is not None)
    one = invoice(DIGITAL)
    return told(Invoice(one.kind, 1, {**one.fields, "seller_tax_id": Field("seller_tax_id", SELLER, (reading,))}))


def opened(name: str, content: bytes, limits: Limits | None = None) -> Told:
    """What is said when a file is opened."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            one = open_source(path, limits or Limits())
            for page in one.pages:
                page.picture()
        except UnreadableInput as refusal:
            return (Finding(refusal.rule, Severity.REJECT, params=refusal.params),)
        return one.findings


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return stream.getvalue()


def pdf(pages: int = 1, password: str = "") -> bytes:
    stream, file = io.BytesIO(), pikepdf.new()
    for _ in range(pages):
        file.add_blank_page(page_size=(200, 100))
    file.save(stream, encryption=pikepdf.Encryption(user=password, owner=password) if password else False)
    return stream.getvalue()


def png(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    Image.new("1", (width, height), 1).save(stream, "PNG")
    return stream.getvalue()


def print_of(blur: int = 0, contrast: float = 1.0, size: tuple[int, int] = (1000, 1400), tilt: float = 0.0) -> Picture:
    """A page of rows of print between rules, spoilt in one way."""
    page = np.full((*size, 3), 235, np.uint8)
    for y in range(60, size[0] - 40, 60):
        cv2.putText(page, "INVOICE 12345678 TOTAL 106.00 TAX", (80, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20, 20, 20), 2)
        cv2.line(page, (60, y + 15), (size[1] - 60, y + 15), (20, 20, 20), 2)
    if tilt:
        turn = cv2.getRotationMatrix2D((size[1] / 2, size[0] / 2), -tilt, 1.0)
        page = cv2.warpAffine(page, turn, (size[1], size[0]), borderValue=(235, 235, 235))
    if blur:
        page = cv2.GaussianBlur(page, (0, 0), blur)
    return np.asarray(200 + (page.astype(float) - 200) * contrast if contrast < 1 else page, np.uint8)


def measured(page: Picture) -> Told:
    return findings_of(measure(page), (page.shape[0], page.shape[1]))


def prepared(tilt: float) -> Told:
    return prepare(print_of(tilt=tilt), lambda _: 0).findings


def glaring(spot: bool) -> Told:
    page = np.asarray(print_of() * 0.75, np.uint8)
    if spot:
        cv2.circle(page, (700, 400), 160, (255, 255, 255), -1)
    return measured(page)


def page_of(*texts: str, source: Source = Source.TEXT_LAYER, page: int = 1) -> PageReading:
    words = [Word(text, Box(20, 20 + 30 * row, 20 + 14 * len(text), 40 + 30 * row)) for row, text in enumerate(texts)]
    return PageReading(page, 800, 600, tuple(words), source)


def extracted(*pages: PageReading) -> Told:
    return tuple(finding for one in extract(pages, ()) for finding in one.findings)


TOP = ("电子发票(普通发票)", "发票号码:26312000000123456789", "开票日期:2026年07月30日")
HEAD, SECOND = (*TOP, "价税合计(大写)壹佰零陆圆整(小写)¥106.00"), (*TOP, "共2页,第2页")


def not_invoice(title: str) -> Told:
    return told(invoice({}, Kind.NOT_INVOICE, Source.DERIVED, title=title))


Case = tuple[Callable[[], Told], Callable[[], Told]]
#: The rule -> (it speaks, it is silent).
CASES: Mapping[str, Case] = {
    "FILE-EMPTY": (lambda: opened("a.pdf", b""), lambda: opened("a.pdf", pdf())),
    "FILE-TYPE": (lambda: opened("a.exe", b"MZ\x90\x00 nothing"), lambda: opened("a.pdf", pdf())),
    "FILE-EXT-MISMATCH": (lambda: opened("a.jpg", pdf()), lambda: opened("a.pdf", pdf())),
    "FILE-SIZE": (lambda: opened("a.pdf", pdf(), Limits(size=10)), lambda: opened("a.pdf", pdf())),
    "FILE-CORRUPT": (lambda: opened("a.pdf", pdf()[:60]), lambda: opened("a.pdf", pdf())),
    "FILE-PASSWORD": (lambda: opened("a.pdf", pdf(password="x")), lambda: opened("a.pdf", pdf())),
    "FILE-ARCHIVE": (lambda: opened("a.zip", zipped(a_txt=b"hello")), lambda: opened("a.zip", zipped(a_pdf=pdf()))),
    "FILE-PAGES": (lambda: opened("a.pdf", pdf(3), Limits(pages=2)), lambda: opened("a.pdf", pdf(2), Limits(pages=2))),
    "FILE-PIXELS": (lambda: opened("a.png", png(20000, 20000)), lambda: opened("a.png", png(900, 900))),
    "FILE-XML-UNSAFE": (
        lambda: opened("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        lambda: opened("a.xml", einvoice(number(1))),
    ),
    "FILE-MULTI-PAGE": (lambda: extracted(page_of(*HEAD), page_of(*SECOND, page=2)), lambda: extracted(page_of(*HEAD))),
    "FILE-PAGE-MISSING": (
        lambda: extracted(page_of(*HEAD, "共2页,第1页")),
        lambda: extracted(page_of(*HEAD, "共2页,第1页"), page_of(*SECOND, page=2)),
    ),
    "FILE-SPLIT-DOUBT": (
        lambda: extracted(page_of(*HEAD, "发票号码:26312000000123456780")),
        lambda: extracted(page_of(*HEAD)),
    ),
    "IMG-RESOLUTION": (lambda: measured(print_of(size=(500, 700))), lambda: measured(print_of())),
    "IMG-BLUR": (lambda: measured(print_of(blur=5)), lambda: measured(print_of())),
    "IMG-GLARE": (lambda: glaring(True), lambda: glaring(False)),
    "IMG-DARK": (lambda: measured(print_of(contrast=0.08)), lambda: measured(print_of())),
    "IMG-CUT": (
        lambda: cut_sides([Word("票", Box(970, 40 + 50 * n, 1000, 70 + 50 * n)) for n in range(4)], 1000, 600),
        lambda: cut_sides([Word("票", Box(870, 40 + 50 * n, 900, 70 + 50 * n)) for n in range(4)], 1000, 600),
    ),
    "IMG-SKEW": (lambda: prepared(7), lambda: prepared(0)),
    "EV-NO-ORIGINAL": (
        lambda: told(invoice(DIGITAL), form=Format.JPEG),
        lambda: told(invoice(DIGITAL), form=Format.OFD),
    ),
    "EV-XML-MISSING": (
        lambda: told(invoice(DIGITAL, source=Source.TEXT_LAYER), form=Format.PDF),
        lambda: told(invoice(DIGITAL), form=Format.PDF),
    ),
    "TYPE-NOT-INVOICE": (lambda: not_invoice("支付截图"), digital),
    "TYPE-TITLE-CARD": (lambda: not_invoice("开票信息"), lambda: not_invoice("支付截图")),
    "TYPE-UNSUPPORTED": (
        lambda: digital(company(kinds=frozenset({Kind.DIGITAL_SPECIAL}))),
        lambda: digital(company(kinds=frozenset({Kind.DIGITAL_NORMAL}))),
    ),
    "TYPE-UNKNOWN": (lambda: told(invoice(DIGITAL, Kind.UNKNOWN)), digital),
    "TYPE-QR-CONFLICT": (
        lambda: digital(qr_payload="01,31,,26312000000123456789,106.00,20260730,,"),
        lambda: digital(qr_payload="01,32,,26312000000123456789,106.00,20260730,,"),
    ),
    "KIND-RETIRED": (
        lambda: told(invoice({"issue_date": "2026-07-30", "total": "55.00"}, Kind.AIR_ITINERARY_PAPER)),
        lambda: told(invoice({"issue_date": "2025-07-30", "total": "55.00"}, Kind.AIR_ITINERARY_PAPER)),
    ),
    "COPY-WRONG": (lambda: coded(copy="记账联"), lambda: coded(copy="发票联")),
    "INV-NUM-MISSING": (lambda: digital(invoice_number=None), digital),
    "INV-NUM-FORMAT": (lambda: digital(invoice_number="2631200000012345678"), digital),
    "INV-CODE-MISSING": (lambda: coded(invoice_code=None), coded),
    "INV-CODE-FORMAT": (lambda: coded(invoice_code="03100250010"), coded),
    "INV-CODE-UNEXPECTED": (lambda: digital(invoice_code="031002500104"), digital),
    "INV-CODE-KIND": (lambda: coded(Kind.VAT_NORMAL_PAPER, invoice_code="031002500111"), coded),
    "INV-CODE-YEAR": (lambda: coded(invoice_code="031001200104"), coded),
    "INV-NUM-YEAR": (lambda: digital(invoice_number="24312000000123456789"), digital),
    "INV-REGION-UNKNOWN": (lambda: digital(invoice_number="26992000000123456789"), digital),
    "INV-REGION-SELLER": (lambda: digital(invoice_number="26112000000123456789"), digital),
    "INV-TWIN-DIFF": (lambda: twice_printed("12345679"), lambda: twice_printed("12345678")),
    "INV-CHECKCODE-FORMAT": (lambda: coded(check_code="1" * 19), lambda: coded(check_code="1" * 20)),
    "INV-VIN-CHECK": (
        lambda: coded(Kind.MOTOR_VEHICLE, vin="LSVAA49J132047370"),
        lambda: coded(Kind.MOTOR_VEHICLE, vin="1M8GDM9AXKP042788"),
    ),
    "DATE-MISSING": (lambda: digital(issue_date=None), digital),
    "DATE-INVALID": (lambda: digital(issue_date="2026-02-30"), digital),
    "DATE-FUTURE": (lambda: digital(issue_date="2026-11-25"), lambda: digital(issue_date="2026-11-24")),
    "DATE-TOO-OLD": (lambda: digital(company(age_days=116)), lambda: digital(company(age_days=117))),
    "DATE-CROSS-YEAR": (
        lambda: told(invoice(CODED, Kind.VAT_NORMAL_PAPER), company(books_closed=(3, 31))),
        lambda: told(invoice(CODED, Kind.VAT_NORMAL_PAPER), company(books_closed=(12, 31))),
    ),
    "DATE-PAPER-PERIOD": (lambda: digital(issue_date="2021-11-30"), digital),
    "BUYER-NOT-OURS": (lambda: digital(OURS, buyer_name="别家公司", buyer_tax_id=STRANGER), lambda: digital(OURS)),
    "BUYER-TAXID-MISMATCH": (lambda: digital(OURS, buyer_tax_id=STRANGER), lambda: digital(OURS)),
    "BUYER-NAME-MISMATCH": (
        lambda: digital(OURS, buyer_name="北京样例技术有限公司"),
        lambda: digital(OURS, buyer_name="北京 样例科技有限公司"),
    ),
    "BUYER-PERSONAL": (lambda: digital(OURS, buyer_name="个人", buyer_tax_id=None), lambda: digital(OURS)),
    "BUYER-GROUP": (
        lambda: digital(company(companies=(Company(BUYER_NAME, BUYER, False), Company("本部", STRANGER)))),
        lambda: digital(OURS),
    ),
    "BUYER-ID-MISSING": (lambda: told(invoice(DIGITAL, Kind.DIGITAL_SPECIAL, buyer_tax_id=None)), digital),
    "TAXID-FORMAT": (lambda: digital(seller_tax_id=SELLER[:16]), digital),
    "TAXID-CHECK": (lambda: digital(seller_tax_id=SELLER[:-1] + ("A" if SELLER[-1] != "A" else "B")), digital),
    "TAXID-CORRECTED": (lambda: repaired("O" + SELLER[1:]), lambda: repaired(None)),
    "SELLER-NAME-LABEL": (lambda: digital(seller_name="名称:"), digital),
    "SELLER-MISSING": (lambda: digital(seller_tax_id=None), digital),
    "SELLER-BLOCKED": (
        lambda: digital(company(watched=(Watched("上海范例餐饮有限公司", "", "虚开嫌疑"),))),
        lambda: digital(company(watched=(Watched("别家", "", "虚开嫌疑"),))),
    ),
    "AGENT-ISSUED": (lambda: digital(remark="代开企业名称:某店"), digital),
    "AMT-MISSING": (lambda: digital(total=None), digital),
    "AMT-FORMAT": (lambda: digital(total="1O6.00元整5"), digital),
    "AMT-SUM": (lambda: digital(tax="6.01"), digital),
    "AMT-SUM-RAIL": (
        lambda: told(invoice(RAIL, Kind.DIGITAL_RAIL, tax="4.55")),
        lambda: told(invoice(RAIL, Kind.DIGITAL_RAIL)),
    ),
    "AMT-SUM-AIR": (lambda: air(fuel_surcharge="60.00"), air),
    "AMT-LINES": (lambda: lines(LINE, LINE), lines),
    "AMT-LINE-TAX": (lambda: lines(LineItem(amount="100.00", tax_rate="6%", tax="6.07")), lines),
    "AMT-TAX-CUM": (lambda: lines(LineItem(amount="100.00", tax_rate="6%", tax="7.28")), lines),
    "AMT-QTY": (lambda: lines(LineItem(amount="100.00", quantity="3", price="50", tax_rate="6%", tax="6.00")), lines),
    "AMT-WORDS": (lambda: digital(total_in_words="壹佰零柒圆整"), digital),
    "AMT-WORDS-AMBIGUOUS": (lambda: digital(total_in_words="壹佰陆"), digital),
    "AMT-NEGATIVE": (
        lambda: digital(amount_excl_tax="-100.00", tax="-6.00", total="-106.00", total_in_words="(负数)壹佰零陆圆整"),
        digital,
    ),
    "AMT-ZERO": (lambda: digital(amount_excl_tax="0.00", tax="0.00", total="0.00", total_in_words="零圆整"), digital),
    "AMT-LIMIT": (
        lambda: digital(company(amount_limit=Decimal("105.99"))),
        lambda: digital(company(amount_limit=Decimal("106.00"))),
    ),
    "RATE-UNKNOWN": (lambda: lines(LineItem(amount="100.00", tax_rate="7%", tax="7.00")), lines),
    "RATE-PERIOD": (lambda: lines(LineItem(amount="100.00", tax_rate="16%", tax="16.00")), lines),
    "RATE-DIFF-TAX": (lambda: digital(remark="差额征税:50.00。"), digital),
    "QR-MISSING": (
        lambda: told(invoice(DIGITAL), form=Format.PDF),
        lambda: told(invoice(DIGITAL, qr_payload="01,32,,26312000000123456789,106.00,20260730,,"), form=Format.PDF),
    ),
    "QR-CRC": (
        lambda: digital(qr_payload="01,32,,26312000000123456789,106.00,20260730,,0000"),
        lambda: digital(),
    ),
    "QR-MISMATCH-NUM": (
        lambda: two_sources("invoice_number", "26312000000123456780", Source.QR),
        lambda: two_sources("invoice_number", DIGITAL["invoice_number"], Source.QR),
    ),
    "QR-MISMATCH-AMT": (
        lambda: two_sources("total", "107.00", Source.QR),
        lambda: two_sources("total", "106.00", Source.QR),
    ),
    "QR-MISMATCH-DATE": (
        lambda: two_sources("issue_date", "2026-07-31", Source.QR),
        lambda: two_sources("issue_date", "2026-07-30", Source.QR),
    ),
    "XML-PDF-MISMATCH": (
        lambda: two_sources("seller_tax_id", STRANGER, Source.STRUCTURED),
        lambda: two_sources("seller_tax_id", SELLER, Source.STRUCTURED),
    ),
    "PRINT-VOID": (lambda: extracted(page_of(*HEAD, "作废")), lambda: extracted(page_of(*HEAD))),
    "GATE-UNPROVEN": (lambda: told(invoice(DIGITAL, source=Source.OCR), form=Format.JPEG), digital),
    "GATE-NAME": (lambda: digital(seller_name=None), digital),
}
_DESK = "tests/integration/test_rules_of_the_desk.py"
_RECONCILE = "tests/integration/test_reconciliation.py"
_FOLLOWS = "tests/integration/test_reconciliation_follows.py"
#: Shown on the running desk, with real files, by the test of that name.
AT_THE_DESK: Mapping[str, str] = {
    "FILE-LIMIT": f"{_DESK}::test_a_file_that_breaks_its_reader_is_refused",
    "FILE-SPLIT": f"{_DESK}::test_two_invoices_in_one_file_are_parted",
    "SIG-INTACT": "tests/unit/test_signatures.py::test_what_is_said_of_signatures",
    "SIG-BROKEN": "tests/unit/test_signatures.py::test_what_is_said_of_signatures",
    "SIG-ABSENT": "tests/unit/test_signatures.py::test_what_is_said_of_signatures",
    "DUP-FILE": "tests/integration/test_desk.py::test_the_same_bytes_again_are_a_duplicate_that_names_the_first",
    "DUP-INVOICE": f"{_DESK}::test_a_duplicate_names_entry_registrar_and_day",
    "DUP-INVOICE-REJECTED": f"{_DESK}::test_a_mended_invoice_names_the_returned",
    "DUP-PICTURE": f"{_DESK}::test_a_picture_saved_anew_is_pointed_out",
    "DUP-SOFT": f"{_DESK}::test_two_slips_without_number_are_compared",
    "DUP-NUM-OTHER-DATA": f"{_DESK}::test_one_number_with_other_figures_says_which",
    "DUP-COMPANION": f"{_DESK}::test_carriers_of_one_invoice_join_one_entry",
    "DESK-REFUSED": "tests/integration/test_review.py::test_a_refusal_is_told_to_the_sender",
    "VER-VOID": f"{_FOLLOWS}::test_what_happened_after_registration_raises_an_alarm_once",
    "VER-RED": f"{_FOLLOWS}::test_a_red_letter_invoice_alone_takes_back_an_entry_of_months_before",
    "VER-ABNORMAL": f"{_FOLLOWS}::test_a_mark_that_is_lifted_is_gone_but_a_void_invoice_stays_void",
    "REC-ONLY-TAX": f"{_RECONCILE}::test_what_is_on_one_side_only_is_told_with_its_remedy",
    "REC-ONLY-REG": f"{_RECONCILE}::test_what_is_on_one_side_only_is_told_with_its_remedy",
    "REC-DIFF": f"{_RECONCILE}::test_a_row_says_what_differs_and_who_can_help",
    "REC-NUMBER-ROUNDED": "tests/unit/test_tax_list.py::test_a_rounded_number_refuses_its_row_alone",
    "REC-ROW": "tests/unit/test_tax_list.py::test_a_row_that_cannot_be_read_is_refused_with_its_value",
    "REC-HEADER": "tests/unit/test_tax_list.py::test_what_is_no_list_is_refused",
    "REC-FILE": "tests/unit/test_tax_list.py::test_what_is_no_list_is_refused",
    "REC-SIZE": "tests/unit/test_tax_list.py::test_more_columns_than_any_export_has_are_refused",
    "SEQ-NUMBERS": f"{_DESK}::test_consecutive_numbers_are_pointed_out",
}
