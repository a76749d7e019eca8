"""What Prometheus does with an alert, for the few forms that our rules have: scrape, compare, tell for whom it holds.

Forms: ``[time() -] metric{label="value"} op number``, the same against another metric with the same labels, and
``increase(metric{…}[…]) op number`` between two scrapes. Anything else is refused. How long an alert must hold
(``for``) is left out.
"""

from __future__ import annotations

import operator
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]
Series = Mapping[Labels, float]
_VECTOR = r"([a-z_]+)(?:\{([^}]*)\})?"
_PLAIN = re.compile(rf"(time\(\) - )?{_VECTOR} (==|>|<) (?:{_VECTOR}|([\d.]+))")
_INCREASE = re.compile(rf"increase\({_VECTOR}\[\w+\]\) (>) ([\d.]+)")
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {"==": operator.eq, ">": operator.gt, "<": operator.lt}


@dataclass(frozen=True, slots=True)
class Scrape:
    """All series of one moment; ``up`` is added, as Prometheus adds it."""

    at: float
    series: Mapping[str, Series]

    def of(self, name: str, labels: str | None) -> Series:
        """The series of a metric that have these labels."""
        wanted = set(re.findall(r'(\w+)="([^"]*)"', labels or ""))
        return {told: value for told, value in self.series.get(name, {}).items() if wanted <= told}


def scrape(client: TestClient, later: float = 0.0) -> Scrape:
    """Ask for the figures, and look at them ``later`` seconds from now."""
    answer = client.get("/metrics")
    up = answer.status_code == 200
    series: dict[str, dict[Labels, float]] = {"up": {frozenset({("job", "shoupiao")}): float(up)}}
    for family in text_string_to_metric_families(answer.text if up else ""):
        for sample in family.samples:
            series.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    return Scrape(time.time() + later, series)


def names_in(expression: str) -> set[str]:
    """Every metric that an expression asks for."""
    return set(re.findall(r"\b(?:shoupiao_\w+|up)\b", expression))


def firing(expression: str, before: Scrape, now: Scrape) -> list[Labels]:
    """For which labels an alert holds.

    Raises:
        ValueError: the expression has another form than those that are understood here.
    """
    if found := _INCREASE.fullmatch(expression):
        name, labels, sign, limit = found.groups()
        old = before.of(name, labels)
        grown = {told: value - old.get(told, 0.0) for told, value in now.of(name, labels).items()}
        return [told for told, value in grown.items() if _OPERATORS[sign](value, float(limit))]
    found = _PLAIN.fullmatch(expression)
    if found is None:
        raise ValueError(expression)
    since, name, labels, sign, other, other_labels, limit = found.groups()
    values = {told: now.at - value if since else value for told, value in now.of(name, labels).items()}
    limits = now.of(other, other_labels) if other else dict.fromkeys(values, float(limit))
    return [told for told, value in values.items() if told in limits and _OPERATORS[sign](value, limits[told])]
