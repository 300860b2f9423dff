"""Typed query parameters and opaque cursors. What is not declared is refused, so that a typo is never an unfiltered list."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from organizations.errors import AttestryError

MAX_LIMIT = 200
T = TypeVar("T")


class BadParameter(AttestryError):
    """A query parameter that is unknown, repeated or not of its type."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One query parameter: str, int, datetime or UUID; `choices` narrows a str."""

    name: str
    type: type
    description: str
    choices: tuple[str, ...] = ()
    maximum: int = 2**31


LIMIT = Parameter(
    name="limit", type=int, description=f"Items on one page, 1 to {MAX_LIMIT}; 50 unless told.", maximum=MAX_LIMIT
)
CURSOR = Parameter(name="cursor", type=str, description="`next` of the page before; opaque.")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list. `next` is the cursor of the following page, null on the last one."""

    items: Sequence[T]
    next: str | None


def read_parameters(query: QueryDict, declared: Sequence[Parameter]) -> dict[str, Any]:
    """Values by name, absent ones left out. Raises `BadParameter` naming the parameter and what is expected."""
    known = {parameter.name: parameter for parameter in declared}
    unknown = sorted(set(query) - set(known))
    if unknown:
        allowed = ", ".join(sorted(known)) or "none"
        raise BadParameter(f"There is no parameter {unknown[0][:40]!r}.", what_to_do=f"Allowed here: {allowed}.")
    return {name: _value(known[name], query.getlist(name)) for name in query}


def _value(parameter: Parameter, given: list[str]) -> Any:
    if len(given) != 1:
        raise BadParameter(f"{parameter.name} is given more than once.")
    text = given[0]
    if "\x00" in text or len(text) > 500 or not text.isprintable():
        raise BadParameter(f"{parameter.name} has characters that cannot be used.")
    if parameter.type is int:
        if not (text.isascii() and text.isdigit() and len(text) <= 12 and 1 <= int(text) <= parameter.maximum):
            raise BadParameter(f"{parameter.name} is a whole number from 1 to {parameter.maximum}.")
        return int(text)
    if parameter.type is datetime:
        return _time(parameter.name, text)
    if parameter.type is UUID:
        return _id(parameter.name, text)
    if parameter.choices and text not in parameter.choices:
        raise BadParameter(f"{parameter.name} is one of: {', '.join(parameter.choices)}.")
    return text


def _time(name: str, text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadParameter(f"{name} is a time with its zone.", what_to_do="For example 2026-11-02T09:00:00Z.")
    return found


def _id(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadParameter(f"{name} is an id.", what_to_do="Take it from an answer of this API.") from error


def encode_cursor(values: Mapping[str, Any]) -> str:
    """An opaque cursor of JSON values."""
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).rstrip(b"=").decode()


def decode_cursor(text: str) -> dict[str, Any]:
    """What `encode_cursor` was given. Raises `BadParameter` for anything else."""
    try:
        found = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        found = None
    if not isinstance(found, dict):
        raise BadParameter("This cursor is not one of ours.", what_to_do="Start again without it.")
    return found
