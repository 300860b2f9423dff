"""JSON Schema of the frozen dataclasses that the API answers with, so that the description cannot drift from the code."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    UUID: {"type": "string", "format": "uuid"},
    bytes: {"type": "string", "description": "hexadecimal"},
    Any: {},
    type(None): {"type": "null"},
}


def schema_of(kind: Any, bindings: Mapping[Any, Any] | None = None) -> dict[str, Any]:
    """JSON Schema (2020-12) of a type hint: dataclass, sequence, mapping, union, literal or plain value.

    Raises TypeError for a hint that has no JSON form, when the description is generated and not at a customer's.
    """
    kind = (bindings or {}).get(kind, kind)
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(option, bindings) for option in inner]}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is not None and dataclasses.is_dataclass(origin):
        return _object(origin, dict(zip(_type_variables(origin), inner, strict=True)))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": schema_of(inner[1], bindings) if inner else {}}
    if isinstance(origin, type) and issubclass(origin, Sequence | frozenset | set):
        return {"type": "array", "items": schema_of(inner[0], bindings)}
    if dataclasses.is_dataclass(kind):
        return _object(kind, {})
    if isinstance(kind, type) and issubclass(kind, str):
        return {"type": "string"}
    raise TypeError(f"{kind!r} has no JSON form")


def _object(kind: Any, bindings: Mapping[Any, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    properties = {field.name: schema_of(hints[field.name], bindings) for field in dataclasses.fields(kind)}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _type_variables(kind: Any) -> tuple[TypeVar, ...]:
    return tuple(getattr(kind, "__parameters__", ()))
