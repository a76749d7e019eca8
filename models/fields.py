"""Names of the fields as people read them."""

from __future__ import annotations

MONEY_FIELDS = frozenset(
    {"amount_excl_tax", "tax", "total", "fare", "fuel_surcharge", "development_fund", "other_taxes", "insurance"}
)
DATE_FIELDS = frozenset({"issue_date", "travel_date"})

FIELD_LABELS: dict[str, tuple[str, str]] = {
    "invoice_code": ("发票代码", "Invoice code"),
    "invoice_number": ("发票号码", "Invoice number"),
    "issue_date": ("开票日期", "Issue date"),
    "check_code": ("校验码", "Check code"),
    "machine_number": ("机器编号", "Machine number"),
    "buyer_name": ("购买方名称", "Buyer"),
    "buyer_tax_id": ("购买方税号", "Buyer tax id"),
    "seller_name": ("销售方名称", "Seller"),
    "seller_tax_id": ("销售方税号", "Seller tax id"),
    "amount_excl_tax": ("金额", "Amount excl. tax"),
    "tax": ("税额", "Tax"),
    "total": ("价税合计", "Total incl. tax"),
    "total_in_words": ("大写", "Total in words"),
    "drawer": ("开票人", "Drawer"),
    "payee": ("收款人", "Payee"),
    "reviewer": ("复核人", "Reviewer"),
    "remark": ("备注", "Remark"),
    "copy": ("联次", "Copy"),
    "qr_payload": ("二维码", "QR code"),
    "original_number": ("被红冲发票号码", "Invoice that it cancels"),
    "paper_number": ("纸票号码", "Number of the paper"),
    "title": ("票据名称", "Title"),
    "ticket_number": ("客票号", "Ticket number"),
    "train_number": ("车次", "Train"),
    "departure_station": ("出发站", "From"),
    "arrival_station": ("到达站", "To"),
    "travel_date": ("乘车日期", "Date of travel"),
    "departure_time": ("发车时间", "Departure"),
    "seat": ("座位", "Seat"),
    "seat_class": ("席别", "Class"),
    "fare": ("票价", "Fare"),
    "fuel_surcharge": ("燃油附加费", "Fuel surcharge"),
    "development_fund": ("民航发展基金", "Civil aviation fund"),
    "other_taxes": ("其他税费", "Other taxes"),
    "insurance": ("保险费", "Insurance"),
    "tax_rate": ("税率", "Tax rate"),
    "verification_code": ("验证码", "Verification code"),
    "vehicle_type": ("车辆类型", "Vehicle type"),
    "brand_model": ("厂牌型号", "Make and model"),
    "origin": ("产地", "Origin"),
    "certificate_number": ("合格证号", "Certificate"),
    "engine_number": ("发动机号码", "Engine number"),
    "vin": ("车架号", "VIN"),
    "plate_number": ("车牌号", "Plate"),
    "registration_certificate": ("登记证号", "Registration certificate"),
    "time_on": ("上车", "Time on"),
    "time_off": ("下车", "Time off"),
    "distance": ("里程", "Distance"),
}
