"""二手车销售统一发票, digital and on paper: 车价合计 alone, no tax (rule book §4.2)."""

from __future__ import annotations

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.form import Form, titled
from intake.extract.frame import Frame
from intake.extract.labels import WORDS, Label, read_labelled
from intake.extract.vehicle import STOPS, VEHICLE
from models.kinds import Kind

_ID = r"[0-9A-Z]{15,20}"
_LABELS = {
    **VEHICLE,
    "buyer_name": Label(r"买方单位/?个人|买方名称|购买方名称|买方"),
    "seller_name": Label(r"卖方单位/?个人|卖方名称|销售方名称|卖方"),
    "plate_number": Label(r"车牌照号", r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}"),
    "registration_certificate": Label(r"登记证号", r"[0-9A-Z]{6,20}"),
    "total": Label(r"小写[)]?", r"[¥￥]?-?\d[\d,]*\.\d{2}"),
    "total_in_words": Label(r"车价合计(?:[(]?大写[)]?)?", WORDS),
    "drawer": Label(r"开票人", r"[^:\d]{2,10}"),
}
_IDS = (
    r"单位代码/?身份证(?:明)?号码?|统一社会信用代码/?(?:纳税人识别号)?(?:/?身份证明号码)?"
    r"|纳税人识别号(?:/?身份证明号码)?"
)
_STOPS = STOPS + r"|单位/?个人住址|住址|转入地车辆管理所名称|经营、?拍卖单位|二手车市场|拍卖单位|[(]|" + _IDS


def read_used_car(frame: Frame, draft: Draft) -> None:
    """Read all fields of the form into the draft. The ids of buyer and seller share their label and stand in order."""
    heading.read_numbers(frame.lines, draft)
    read_labelled(frame.lines, draft, _LABELS, _STOPS)
    buyer, seller = draft.readings.get("buyer_name"), draft.readings.get("seller_name")
    if not (buyer and seller and buyer[0].box and seller[0].box):
        return
    beside = abs(buyer[0].box.center[1] - seller[0].box.center[1]) < 2 * frame.height
    middle = (seller[0].box.x0 + buyer[0].box.x1) / 2
    for side, own in (("buyer", buyer[0].box), ("seller", seller[0].box)):
        x0, x1 = (0.0, frame.page.width)
        if beside:
            x0, x1 = (0.0, middle - 4 * frame.height) if side == "buyer" else (middle - 4 * frame.height, x1)
        lines = frame.area(x0, own.y0 - 0.5 * frame.height, x1, own.y1 + 6 * frame.height)
        read_labelled(lines, draft, {f"{side}_tax_id": Label(_IDS, _ID)}, _STOPS)


FORM = Form(Kind.DIGITAL_USED_CAR, titled(r"电子发票.{0,6}二手车"), read_used_car)
PAPER = Form(Kind.USED_CAR, titled(r"二手车销售统一发票"), read_used_car)
