"""Where the parts of a VAT invoice lie on a page, found by the words printed on the form itself.

All VAT forms since 2013 share one skeleton from top to bottom: heading, parties, header of the table, lines, the row
合计, the row 价税合计, and what is below. The rows are found by their labels, so cropping, scale and other paper on
the same picture do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.extract.lines import Line, build_lines, inside, text_height
from models.reading import Box, PageReading, Word

#: The form for tolls has the plate, its type and the days of passage where the others have spec, unit, quantity, price.
_COLUMNS = {
    "name": re.compile(r"项目名称|货物或应税劳务、?服务名称|货物或应税劳务名称"),
    "spec": re.compile(r"规格型号|车牌号"),
    "unit": re.compile(r"单位|类型"),
    "quantity": re.compile(r"数量|通行日期起"),
    "price": re.compile(r"单价|通行日期止"),
    "amount": re.compile(r"金额"),
    "tax_rate": re.compile(r"税率(?:/征收率)?"),
    "tax": re.compile(r"税额"),
}
_TOTAL_ROW = re.compile(r"(?<!税)合计")
_WORDS_ROW = re.compile(r"价税合计|[(]?大写[)]|[(]小写[)]?")
_SIGNED = re.compile(r"[¥￥]\s*-?\d|\*{2,}")
_FIGURES = re.compile(r"[¥￥]\s*-?\d|-?\d+\.\d{2}")


@dataclass(frozen=True, slots=True)
class Frame:
    """The skeleton of one invoice on a page.

    ``columns`` gives the box of each column label of the table; ``header``, ``totals`` and ``words`` are the lines of
    the table header, of 合计 and of 价税合计, None when they were not found; ``height`` is the usual text height.
    """

    page: PageReading
    words_all: tuple[Word, ...]
    lines: tuple[Line, ...]
    columns: dict[str, Box]
    header: Line | None
    totals: Line | None
    words: Line | None
    height: float

    def area(self, x0: float, y0: float, x1: float, y1: float) -> list[Line]:
        """Build lines from the words in an area only, so that neighbours to the left and right do not join them."""
        return build_lines(inside(self.words_all, Box(x0, y0, x1, y1)))

    @property
    def head_bottom(self) -> float:
        """The y below which the table begins, or the middle of the page when the header was not found."""
        return self.header.box.y0 if self.header else self.page.height / 2

    @property
    def parties_bottom(self) -> float:
        """The lower edge of the row 价税合计 (what follows are seller or remarks)."""
        if self.words:
            return self.words.y + 0.5 * self.height
        return self.totals.y + 2 * self.height if self.totals else self.page.height * 0.7


def find_frame(page: PageReading) -> Frame:
    """Find the skeleton of the first VAT form on the page."""
    lines = build_lines(page.words)
    header = max(lines, key=_labels_in, default=None)
    if header is not None and _labels_in(header) < 3:
        header = None
    top = header.y if header else 0.0
    below = [line for line in lines if line.y > top]
    words = next((line for line in below if _WORDS_ROW.search(line.text)), None)
    totals = _totals_row(below, words)
    return Frame(
        page=page,
        words_all=page.words,
        lines=tuple(lines),
        columns=_column_boxes(header, lines),
        header=header,
        totals=totals,
        words=words,
        height=text_height(page.words),
    )


def _labels_in(line: Line) -> int:
    return sum(1 for pattern in _COLUMNS.values() if pattern.search(line.text))


def _totals_row(below: Sequence[Line], words: Line | None) -> Line | None:
    limit = words.box.y1 if words else float("inf")
    above = [line for line in below if line.y < limit and "小计" not in line.text]
    # The row 合计 alone carries two figures with a currency sign (or one and ***): true even where the print is
    # shifted against the form or 合 and 计 fall apart.
    signed = [line for line in above if len(_SIGNED.findall(line.text)) >= 2]
    if signed:
        return signed[-1]
    labelled = [line for line in above if _TOTAL_ROW.search(line.text) and _FIGURES.search(line.text)]
    if labelled:
        return labelled[-1]
    single = [line for line in above if line is not words and re.search(r"[¥￥]", line.text)]
    return single[-1] if single else None


def _column_boxes(header: Line | None, lines: Sequence[Line]) -> dict[str, Box]:
    if header is None:
        return {}
    near = [header] + [line for line in lines if line is not header and abs(line.y - header.y) < header.box.height]
    boxes: dict[str, Box] = {}
    for name, pattern in _COLUMNS.items():
        for line in near:
            found = pattern.search(line.text)
            if found:
                boxes[name] = line.cut(*found.span()).box
                break
    return boxes
