"""铁路电子客票: the fare alone, neither seller nor tax (rule book §1). Its QR code carries number, date and fare."""

from __future__ import annotations

import re

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.form import Form, Sum, titled
from intake.extract.frame import Frame
from intake.extract.labels import Label, read_labelled
from intake.extract.lines import Line, Piece
from models.kinds import Kind

#: Only the data inside the file splits the fare.
_FARE_SUM = Sum("total", ("amount_excl_tax", "tax"), rule="AMT-SUM-RAIL")
FARE = Label(r"票价|退票费|改签费|变更费", r"[¥￥]?\d[\d,]*\.\d{1,2}")
_LABELS = {
    "total": FARE,
    "ticket_number": Label(r"电子客票号", r"[0-9A-Z]{18,23}"),
    "buyer_name": Label(r"购买方名称"),
    "buyer_tax_id": Label(r"统一社会信用代码(?:/纳税人识别号)?|纳税人识别号", r"[0-9A-Z]{15,20}"),
}
_DEPARTURE = re.compile(r"(20\d\d年\d\d?月\d\d?日)(\d{1,2}:\d\d)开?")
_STATION = re.compile(r"[\u4e00-\u9fff]{1,8}站")
_TRAIN = re.compile(r"^[GDCZTKYLSP]?\d{1,4}$")
_SEAT = re.compile(r"\d{2}车(?:\d{1,3}[A-F]?号|无座)(?:[上中下]铺)?|无座")
_CLASS = re.compile(r"(?:新空调)?(?:商务座|特等座|一等座|二等座|优选一等座|硬座|软座|硬卧|软卧|动卧|高级软卧)")


def read_rail(frame: Frame, draft: Draft) -> None:
    """Read all fields of the ticket into the draft."""
    draft.add("invoice_number", heading.number20(frame.lines))
    dated = heading.issue_date([line for line in frame.lines if "开票日期" in line.text])
    if dated:
        draft.add("issue_date", *dated)
    read_labelled(frame.lines, draft, _LABELS, stops=r"身份证|开票日期|原发票号码")
    read_journey(frame.lines, draft)


def read_journey(lines: tuple[Line, ...], draft: Draft) -> None:
    """Read stations, train, time and seat, which stand without labels, as on every ticket of the railway."""
    for line in lines:
        stations = [piece for _, piece in line.match(_STATION) if "售" not in piece.text]
        if len(stations) == 2 and "departure_station" not in draft.readings:
            draft.add("departure_station", stations[0])
            draft.add("arrival_station", stations[1])
        for found in _DEPARTURE.finditer(line.text):
            draft.put("travel_date", line.cut(*found.span(1)))
            draft.add("departure_time", line.cut(*found.span(2)))
    draft.add("train_number", _first_word(lines, _TRAIN))
    draft.add("seat", _first(lines, _SEAT))
    draft.add("seat_class", _first(lines, _CLASS))


def _first(lines: tuple[Line, ...], pattern: re.Pattern[str]) -> Piece | None:
    return next((piece for line in lines for _, piece in line.match(pattern)), None)


def _first_word(lines: tuple[Line, ...], pattern: re.Pattern[str]) -> Piece | None:
    words = (word for line in lines for word in line.words)
    return next((Piece(w.text, w.box, w.confidence) for w in words if pattern.match(w.text)), None)


FORM = Form(Kind.DIGITAL_RAIL, titled(r"电子发票.{0,6}铁.{0,8}电子客票", r"铁路电子客票"), read_rail, (_FARE_SUM,))
