"""What a new OpenAPI document breaks for programs written after an old one.

A program breaks when something it may use is gone, and when it must send more, or may send less, than before. What is
added for those who want it breaks nobody. Answers have no schema in our documents beyond their status and media type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
#: Limits that may only become wider.
_MOST, _LEAST = ("maxLength", "maximum", "maxItems", "maxProperties"), ("minLength", "minimum", "minItems")


def breaking(before: Json, now: Json) -> list[str]:
    """One sentence for everything that worked and does not any more; empty: nothing is broken."""
    return list(_Comparison(before, now).operations())


class _Comparison:
    """Two documents, each with the schemas that its parts refer to by name."""

    def __init__(self, before: Json, now: Json) -> None:
        self._before, self._now = before, now

    def operations(self) -> Iterator[str]:
        for path, methods in self._before["paths"].items():
            for method in (one for one in methods if one in _METHODS):
                where = f"{method.upper()} {path}"
                new = self._now["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{where} is gone."
                else:
                    yield from self._parameters(methods[method], new, where)
                    yield from self._body(methods[method], new, where)
                    yield from self._answers(methods[method], new, where)

    def _parameters(self, old: Json, new: Json, where: str) -> Iterator[str]:
        known, offered = _by_name(old), _by_name(new)
        for place, name in known:
            if (place, name) not in offered:
                yield f"{where}: the {place} parameter {name} is gone."
        for (place, name), one in offered.items():
            before = known.get((place, name))
            if one.get("required") and not (before and before.get("required")):
                yield f"{where}: the {place} parameter {name} is required now."
            if before:
                yield from self._schema(before["schema"], one["schema"], f"{where}: {name}")

    def _body(self, old: Json, new: Json, where: str) -> Iterator[str]:
        before, now = old.get("requestBody", {}), new.get("requestBody", {})
        if now.get("required") and not before.get("required"):
            yield f"{where}: a body is required now."
        for media, told in before.get("content", {}).items():
            if media not in now.get("content", {}):
                yield f"{where}: {media} is not taken any more."
            else:
                yield from self._schema(told["schema"], now["content"][media]["schema"], f"{where}: body")

    def _answers(self, old: Json, new: Json, where: str) -> Iterator[str]:
        for status, told in old.get("responses", {}).items():
            offered = new.get("responses", {}).get(status)
            if offered is None:
                yield f"{where}: the answer {status} is gone."
                continue
            for media in told.get("content", {}):
                if media not in offered.get("content", {}):
                    yield f"{where}: the answer {status} is not {media} any more."

    def _schema(self, old: Json, new: Json, where: str) -> Iterator[str]:
        """What a value that fits ``old`` may violate in ``new``."""
        old, new = _resolved(self._before, old), _resolved(self._now, new)
        if "anyOf" in old or "anyOf" in new:
            yield from self._alternatives(old, new, where)
            return
        if old.get("type") != new.get("type") and "type" in new:
            yield f"{where} is {new['type']} now, it was {old.get('type', 'anything')}."
            return
        yield from _values(old, new, where)
        yield from _limits(old, new, where)
        yield from self._fields(old, new, where)
        if "items" in old and "items" in new:
            yield from self._schema(old["items"], new["items"], f"{where}, each")

    def _alternatives(self, old: Json, new: Json, where: str) -> Iterator[str]:
        """Every alternative must still fit one: the one that breaks it least speaks for it."""
        for one in old.get("anyOf", [old]):
            tried = [list(self._schema(one, other, where)) for other in new.get("anyOf", [new])]
            yield from min(tried, key=len)

    def _fields(self, old: Json, new: Json, where: str) -> Iterator[str]:
        known, offered = old.get("properties", {}), new.get("properties", {})
        for name, told in known.items():
            if name not in offered:
                yield f"{where}: the field {name} is gone."
            else:
                yield from self._schema(told, offered[name], f"{where}.{name}")
        for name in new.get("required", []):
            if name not in old.get("required", []):
                yield f"{where}: the field {name} is required now."


def _by_name(operation: Json) -> dict[tuple[str, str], Json]:
    return {(one["in"], one["name"]): one for one in operation.get("parameters", [])}


def _resolved(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _values(old: Json, new: Json, where: str) -> Iterator[str]:
    allowed = new.get("enum", [new["const"]] if "const" in new else None)
    if allowed is None:
        return
    taken = old.get("enum", [old["const"]] if "const" in old else None)
    if taken is None:
        yield f"{where} takes only {', '.join(map(str, allowed))} now."
    else:
        yield from (f"{where} does not take {value} any more." for value in taken if value not in allowed)


def _limits(old: Json, new: Json, where: str) -> Iterator[str]:
    for name in (*_MOST, *_LEAST):
        if name not in new:
            continue
        narrower = name not in old or (new[name] < old[name] if name in _MOST else new[name] > old[name])
        if narrower:
            yield f"{where}: {name} is {new[name]} now, it was {old.get(name, 'open')}."
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{where} must match {new['pattern']} now."
