"""Readings that obey a check of their own take the place of those that do not."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping

from intake.check.proof import contradicted, sum_holds, sums_of
from models.amount_words import parse_words
from models.invoice import Invoice
from models.money import parse_money
from models.reading import Field, Reading, Source
from models.tax_id import is_sound


def obeying(invoice: Invoice) -> Invoice:
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
