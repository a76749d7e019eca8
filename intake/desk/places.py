"""Where on its pages something is to be seen: the print of a field, and the places that a finding speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
_FIELDS_TOLD = re.compile(r"@field\.(\w+)")


def printed_place(field: Mapping[str, Any]) -> Json | None:
    """Page and box of a field: its print if that was read, else the QR code that says it; None where neither lies."""
    placed = [one for one in field["readings"] if one.get("box")]
    printed = [one for one in placed if one["source"] != "qr"]
    first = next(iter(printed or placed), None)
    return {"page": first["page"], "box": first["box"]} if first else None


def places_told(finding: Mapping[str, Any], fields: Mapping[str, Json]) -> list[Json]:
    """The places of all fields that a finding names, each once; its own box where it names none that was read."""
    told = _FIELDS_TOLD.findall(" ".join(finding["params"].values()))
    names = dict.fromkeys([name for name in (finding["field"], *told) if name in fields])
    found = [place for name in names if (place := printed_place(fields[name]))]
    if not found and finding["box"]:
        found = [{"page": finding["page"], "box": finding["box"]}]
    return found
