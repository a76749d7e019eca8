"""航空运输电子客票行程单, digital and on paper.

民航发展基金 stands outside the tax base, so the parts are added as printed and 金额 is never computed (rule book §4.2).
"""

from __future__ import annotations

from intake.extract import heading
from intake.extract.draft import Draft
from intake.extract.form import Form, Sum, titled
from intake.extract.frame import Frame
from intake.extract.labels import Label, read_labelled
from models.kinds import Kind

_FIGURE = r"(?:CNY|[¥￥])?-?\d[\d,]*\.\d{2}"
_LABELS = {
    "fare": Label(r"票价", _FIGURE, below=True),
    "fuel_surcharge": Label(r"燃油附加费", _FIGURE, below=True),
    "tax_rate": Label(r"增值税税率", r"\d{1,2}(?:\.\d+)?%|免税|不征税", below=True),
    "tax": Label(r"增值税税额", _FIGURE, below=True),
    "development_fund": Label(r"民航发展基金", _FIGURE, below=True),
    "other_taxes": Label(r"其他税费", _FIGURE, below=True),
    "insurance": Label(r"保险费", _FIGURE),
    "total": Label(r"合计", _FIGURE, below=True),
    "ticket_number": Label(r"电子客票号码", r"\d{3}-?\d{10}"),
    "verification_code": Label(r"验证码", r"\d{4,20}"),
    "seller_name": Label(r"填开单位", r"[^:]{4,40}"),
    "buyer_name": Label(r"购买方名称"),
    "buyer_tax_id": Label(r"统一社会信用代码(?:/纳税人识别号)?|纳税人识别号", r"[0-9A-Z]{15,20}"),
}
_STOPS = r"填开日期|国内国际标识|提示信息|销售网点代号|印刷序号|GP单号|旅客姓名|有效身份证|签注"
_PARTS = ("fare", "fuel_surcharge", "tax", "development_fund", "other_taxes")
_AIR_SUM = Sum("total", ("fare",), optional=_PARTS[1:], rule="AMT-SUM-AIR")


def read_air(frame: Frame, draft: Draft) -> None:
    """Read all fields of the itinerary into the draft."""
    draft.add("invoice_number", heading.number20(frame.lines))
    read_labelled(frame.lines, draft, {**_LABELS, "issue_date": Label(r"填开日期", r"20\d\d[年./-].+")}, _STOPS)


def read_air_paper(frame: Frame, draft: Draft) -> None:
    """The same on the paper form, which has no number of its own but that of the ticket."""
    read_labelled(frame.lines, draft, {**_LABELS, "issue_date": Label(r"填开日期", r"20\d\d[年./-].+")}, _STOPS)


FORM = Form(Kind.DIGITAL_AIR, titled(r"电子发票.{0,6}航空运输"), read_air, (_AIR_SUM,))
PAPER = Form(Kind.AIR_ITINERARY_PAPER, titled(r"航空运输电子客票行程单"), read_air_paper, (_AIR_SUM,))
