"""What a text around a place says as the value of a field."""

from __future__ import annotations

import pytest

from models.typed import typed_value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("total", "（小写）¥1,234.50", "1234.50"),
        ("tax", "￥ -3.2", "-3.20"),
        ("total", "价税合计", None),
        ("issue_date", "开票日期： 2026 年 03 月 02 日", "2026-03-02"),
        ("issue_date", "2026-13-41", None),
        ("seller_tax_id", "纳税人识别号: 91310115 12345678 2x", "91310115123456782X"),
        ("invoice_number", "No 2611 2000 0000 0000 0001", "26112000000000000001"),
        ("seller_name", "名称：上海范例餐饮有限公司", "上海范例餐饮有限公司"),
        ("drawer", "  ", None),
    ],
)
def test_a_text_becomes_a_value_of_its_form(name: str, text: str, value: str | None) -> None:
    assert typed_value(name, text) == value
