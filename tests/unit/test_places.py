"""Where a finding is to be seen."""

from __future__ import annotations

from typing import Any

from intake.desk.places import places_told, printed_place

QR = {"source": "qr", "page": 1, "box": [50, 50, 200, 200]}


def field(*readings: dict[str, Any]) -> dict[str, Any]:
    return {"readings": list(readings)}


def printed(page: int, *box: float) -> dict[str, Any]:
    return {"source": "ocr", "page": page, "box": list(box)}


def finding(name: str | None = None, box: list[float] | None = None, **params: str) -> dict[str, Any]:
    return {"field": name, "page": 1 if box else None, "box": box, "params": params}


def test_the_print_of_a_field_is_shown_rather_than_its_code() -> None:
    assert printed_place(field(QR, printed(2, 1, 2, 3, 4))) == {"page": 2, "box": [1, 2, 3, 4]}


def test_the_code_is_shown_where_nothing_was_printed() -> None:
    assert printed_place(field({"source": "structured", "page": None, "box": None}, QR)) == {
        "page": 1,
        "box": [50, 50, 200, 200],
    }


def test_data_of_a_file_lies_nowhere() -> None:
    assert printed_place(field({"source": "structured", "page": None, "box": None})) is None


def test_a_finding_shows_every_field_that_it_names_once() -> None:
    fields = {"total": field(printed(1, 1, 1, 2, 2)), "tax": field(printed(1, 3, 3, 4, 4))}
    told = finding("total", [9, 9, 9, 9], detail="@field.tax + 1 ≠ @field.total", other="@field.amount_excl_tax")

    assert places_told(told, fields) == [{"page": 1, "box": [1, 1, 2, 2]}, {"page": 1, "box": [3, 3, 4, 4]}]


def test_a_finding_about_no_field_shows_its_own_place() -> None:
    assert places_told(finding(box=[9, 9, 10, 10]), {}) == [{"page": 1, "box": [9, 9, 10, 10]}]
    assert places_told(finding(), {}) == []
